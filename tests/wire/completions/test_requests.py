"""Requests for legacy completions: prompts of all kinds."""

import json
from typing import Any

import pytest

from guardproxy.wire.completions.requests import read_request
from guardproxy.wire.errors import ClientMistake


def asked(prompt: Any, **more: Any) -> bytes:
    return json.dumps({"model": "m", "prompt": prompt, **more}).encode()


@pytest.mark.parametrize(
    ("prompt", "n", "said", "choices"),
    [
        ("Hi", None, "Hi", 1),
        ("Hi", 3, "Hi", 3),
        (["Hi", "Ho"], 2, "Hi\nHo", 4),
        ([1, 2, 3], None, None, 1),
        ([[1, 2], [3]], None, None, 2),
        (["Hi", [3]], None, None, 2),
        (None, None, None, 1),
    ],
)
def test_each_prompt_gets_its_choices(prompt: Any, n: int | None, said: str | None, choices: int) -> None:
    request = read_request(asked(prompt, n=n, best_of=5, echo=True))
    assert (request.conversation.user_says, request.choices) == (said, choices)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (asked({"a": 1}), "prompt"),
        (asked([True]), "prompt"),
        (asked(["x"] * 100, n=2), "prompt"),
        (asked("x", n=0), "n"),
        (asked("x", stream="yes"), "stream"),
    ],
)
def test_a_mistake_names_the_field(body: bytes, field: str) -> None:
    with pytest.raises(ClientMistake) as caught:
        read_request(body)
    assert caught.value.param == field
