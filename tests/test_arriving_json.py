"""JSON while it arrives means what it means when it is there."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.arriving_json import ArrivingJson, OpenNumber, OpenObject, OpenText, Progress

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.decimals(-1000, 1000, places=3)
    | st.text(max_size=8)
)
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=4), v, max_size=3), max_leaves=8
)


def cut(text: str, cuts: list[int]) -> list[str]:
    marks = [0, *sorted(c % (len(text) + 1) for c in cuts), len(text)]
    return [text[a:b] for a, b in pairwise(marks)]


@given(values, st.lists(st.integers(0, 500), max_size=6))
def test_any_cut_gives_the_value_of_the_whole(value: Any, cuts: list[int]) -> None:
    text = exact_json.dumps(value)
    arriving = ArrivingJson()
    for piece in cut(text, cuts):
        assert arriving.feed(piece) == len(piece)
    arriving.close()
    assert arriving.progress is Progress.COMPLETE
    assert arriving.root == exact_json.loads(text)


@example("0 ", [])
@given(st.text(alphabet='{}[]":, \\ntrue0123.e-', max_size=14), st.lists(st.integers(0, 20), max_size=4))
def test_accepts_what_the_exact_parser_accepts_and_nothing_else(text: str, cuts: list[int]) -> None:
    arriving = ArrivingJson()
    complete = all(arriving.feed(piece) == len(piece) for piece in cut(text, cuts))
    arriving.close()
    try:
        whole: Any = exact_json.loads(text)
    except exact_json.JsonError:
        assert not complete or arriving.progress is Progress.BROKEN
    else:
        assert complete and arriving.progress is Progress.COMPLETE
        assert arriving.root == whole


def test_what_has_begun_is_marked_as_open() -> None:
    arriving = ArrivingJson()
    arriving.feed('{"a": 1, "b": "xy\\u00')
    assert isinstance(arriving.root, OpenObject)
    assert arriving.root["a"] == 1
    assert isinstance(arriving.root["b"], OpenText)
    arriving.feed('e9", "c": 12')
    assert arriving.root["b"] == "xy\u00e9"
    assert isinstance(arriving.root["c"], OpenNumber)
    assert [(m.key, m.start, m.end) for m in arriving.members] == [("a", 6, 7), ("b", 14, 24), ("c", 31, None)]


@pytest.mark.parametrize("text", ['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}'])
def test_a_repeated_key_is_an_error_at_once(text: str) -> None:
    arriving = ArrivingJson()
    arriving.feed(text)
    assert isinstance(arriving.error, exact_json.AmbiguousJson)


def test_a_hundred_thousand_brackets_are_refused() -> None:
    arriving = ArrivingJson()
    arriving.feed("[" * 100_000)
    assert isinstance(arriving.error, exact_json.JsonTooLarge)
