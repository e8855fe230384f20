"""How deep JSON is nested is told without reading it letter by letter."""

import json
import random
from typing import Any

import pytest

from guardproxy.exact_json import MAX_DEPTH, NotJson, RawJson, raw_members, raw_objects, too_deep, vector_of


def nested(depth: int, seed: int) -> str:
    value: Any = 1
    draw = random.Random(seed)
    for _ in range(depth):
        value = [value, '[{"\\'] if draw.random() < 0.5 else {'a[\\"': value, "b": 1}
    return json.dumps(value)


@pytest.mark.parametrize("depth", [0, 1, 60, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, MAX_DEPTH + 30, 400])
def test_brackets_in_strings_do_not_count(depth: int) -> None:
    assert all(too_deep(nested(depth, seed)) == (depth > MAX_DEPTH) for seed in range(20))


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 101 + "]" * 101, '"\\\\"' + "[" * 101, "{" * 50 + "[" * 51])
def test_what_is_too_deep(text: str) -> None:
    assert too_deep(text)


@pytest.mark.parametrize("text", ['"' + "[" * 1000 + '"', '"\\"' + "[" * 1000, "[]" * 1000, "]" * 200 + "[" * 100])
def test_what_is_not(text: str) -> None:
    assert not too_deep(text)


def test_bytes_that_are_no_text_are_no_json() -> None:
    with pytest.raises(NotJson):
        raw_members(b'{"\xff": 1}')
    with pytest.raises(NotJson):
        raw_objects(RawJson(b'[{"\xff": 1}]'))
    assert vector_of(b"[\xff]") is None
