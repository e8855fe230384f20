"""Whole answers: each choice ends by itself, and what repeats the text goes where the text was changed."""

import json
from typing import Any

import pytest

from tests.proxy.judging import DECISION, Json, guard_by, whole_of

GUARD = guard_by("privacy")
KEY, MAIL = "AKIAIOSFODNN7EXAMPLE", "bob@example.org"


def answer(*contents: str, **choice: Any) -> Json:
    choices = [
        {"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop", **choice}
        for i, text in enumerate(contents)
    ]
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m", "choices": choices}


def token(text: str, *others: str) -> Json:
    alternatives = [{"token": t, "bytes": list(t.encode()), "logprob": -1} for t in (text, *others)]
    return {**alternatives[0], "top_logprobs": alternatives}


def test_the_strongest_verdict_is_shown_and_the_others_arrive() -> None:
    delivered = whole_of(GUARD, answer("Fine.", MAIL, KEY))
    value = json.loads(delivered.body)
    messages = [choice["message"] for choice in value["choices"]]
    assert delivered.verdict == "blocked"
    assert [message["content"] for message in messages] == ["Fine.", "[e-mail]", None]
    assert value["guardproxy"] == {"decision": DECISION, "verdict": "blocked", "rules": ["SEC-KEYS"]}


def test_numbers_arrive_as_they_were_written() -> None:
    raw = json.dumps(answer("Fine.", score=0.5)).replace("0.5", "0.10000000000000000000001").encode()
    assert b"0.10000000000000000000001" in whole_of(GUARD, raw).body


@pytest.mark.parametrize(
    ("text", "tokens", "kept"),
    [
        ("Hi you", [token("Hi"), token(" you", " me")], True),
        ("Hi you", [token("Hi"), token(" all")], False),
        ("Hi you", [token("Hi", MAIL), token(" you")], False),
        ("Hi you", [token("Hi", "bob@"), token(" you", "example.org")], False),
        ("Hi you", [{**token("Hi"), "note": "x"}], False),
        (f"Hi {MAIL}", [token("Hi "), token(MAIL)], False),
    ],
)
def test_log_probabilities_stay_only_where_they_say_the_same(text: str, tokens: list[Json], kept: bool) -> None:
    delivered = json.loads(whole_of(GUARD, answer(text, logprobs={"content": tokens})).body)
    assert delivered["choices"][0]["logprobs"] == ({"content": tokens} if kept else None)


def test_calls_beside_an_empty_text() -> None:
    calls = [{"id": f"c{i}", "type": "function", "function": {"name": "f", "arguments": "{}"}} for i in range(2)]
    value = answer("", finish_reason="tool_calls")
    value["choices"][0]["message"]["tool_calls"] = calls
    assert json.loads(whole_of(GUARD, value).body) == value
