"""What is written is what the language reads."""

from fractions import Fraction

import pytest

from guardproxy.ir.types import ABSENT, UNKNOWN, ListOf, Number, OneOf, Text, Type, Value, YesNo
from guardproxy.ir.written import NotWritable, written_name, written_value


@pytest.mark.parametrize(
    ("value", "of", "text"),
    [
        (UNKNOWN, YesNo(), "unknown"),
        (ABSENT, Text(), "missing"),
        (False, YesNo(), "no"),
        ("gold", OneOf(("gold",)), "gold"),
        ("two words", OneOf(("two words",)), '"two words"'),
        ("missing", OneOf(("missing",)), '"missing"'),
        ("gold", Text(), '"gold"'),
        (Fraction(1, 8), Number("percent"), "12.5%"),
        (1795255200000000, Number("instant"), "2026-11-21T10:00Z"),
    ],
)
def test_values(value: Value, of: Type, text: str) -> None:
    assert written_value(value, of) == text


@pytest.mark.parametrize(
    ("value", "of", "why"),
    [
        (Fraction(1, 3), Number("percent"), "100/3% has no end when it is written in digits"),
        (1795255200000001, Number("instant"), "an instant between two seconds"),
        ((), ListOf(Text()), "lists and records among the facts cannot be written"),
    ],
)
def test_what_the_language_has_no_words_for(value: Value, of: Type, why: str) -> None:
    with pytest.raises(NotWritable, match=why):
        written_value(value, of)


def test_names() -> None:
    assert [written_name(name) for name in ("look_up", "look-up")] == ["look_up", '"look-up"']
