import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.conformance import shape
from tests.conformance.schemas import value
from tests.conformance.sentences import mutated

ANYTHING = shape("schema", "{}")


@given(random=st.randoms(use_true_random=False))
def test_json_is_read_exactly_as_everywhere_else(random: Random) -> None:
    text = json.dumps(value(random), indent=random.choice([None, 1]), ensure_ascii=random.random() < 0.5)
    for tried in (text, mutated(text, '{}[]:,"\\u0e.-+1tn ', random)):
        try:
            exact_json.loads(tried)
            readable = True
        except exact_json.JsonError:
            readable = False
        assert ANYTHING.accepts(tried) == readable, tried


@pytest.mark.parametrize(
    ("text", "died_at"),
    [
        ("trx", 2),
        ("01", 1),
        ("-", None),
        ("-a", 1),
        ("1.", None),
        ("1.e", 2),
        ("1e+", None),
        ('"\\x', 2),
        ('"\\u12g', 5),
        ('"\n', 1),
        ("{,", 1),
        ('{"a" 1', 5),
        ('{"a": 1, }', 9),
        ('{"a": 1, "a"', 11),
        ("[1 2", 3),
        ("[1, ]", 4),
        ("{} {", 3),
        ("\ufeff1", None),
        ("```json", None),
        ("```json x", 8),
        ("```\n1\n```` ", 9),
        ("{}`", 2),
        ("Good", 0),
        ("1" * 401, 400),
    ],
)
def test_a_text_is_dead_where_it_cannot_become_json(text: str, died_at: int | None) -> None:
    watch = ANYTHING.watch()
    watch.feed(text)
    assert watch.died_at == died_at


@pytest.mark.parametrize(("text", "conforms"), [("12", True), (" 12 ", True), ("1e", False), ("", False), ("9", False)])
def test_a_number_may_be_the_whole_text(text: str, conforms: bool) -> None:
    assert shape("schema", '{"minimum": 10}').accepts(text) == conforms
