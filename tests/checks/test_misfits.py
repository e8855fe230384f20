"""What is said of a value that does not fit is said exactly where `read_value` finds it invalid."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.checks.misfits import value_misfits
from guardproxy.checks.values import read_value
from guardproxy.ir.types import INVALID, Field, ListOf, Number, OneOf, Record, Text, Type, YesNo

PERCENT = Number("percent", Fraction(0), Fraction(36, 100), wire=Fraction(1, 100), unit="%")
POINT = Record("point", (Field("x", Number("whole", 0, 9, 1)), Field("y", YesNo(), optional=True)))
TYPES: list[Type] = [
    YesNo(), PERCENT, Number("whole", grid=1), Number("date"), Number("time"), Number("instant"),
    OneOf(("gold", "silver")), Text(2, 3), ListOf(YesNo(), 1, 2), POINT, ListOf(POINT),
]  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 40), st.sampled_from([Decimal("0.5"), Decimal("36.1")]))
TEXTS = st.sampled_from(["", "ab", "gold", "2026-11-21", "2026-13-01", "09:30", "2026-11-21T09:30:00Z"])
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "y"]), inner),
    max_leaves=4,
)


@given(st.sampled_from(TYPES), VALUES)
def test_a_sentence_wherever_a_value_is_invalid_and_nowhere_else(of: Type, raw: Any) -> None:
    assert bool(list(value_misfits(of, raw, "v"))) == (read_value(of, raw) is INVALID)


@pytest.mark.parametrize(
    ("of", "raw", "sentence"),
    [
        (YesNo(), "no", '`v` is `"no"`, which is of another kind: it has to be true or false'),
        (OneOf(("a", "b")), "c", '`v` is `"c"`, which is not listed: it has to be one of "a", "b"'),
        (PERCENT, 38, "`v` is `38`, which is out of range: it has to be a number of % from 0% up to 36%"),
        (
            Number("whole", grid=1),
            Decimal("2.5"),
            "`v` is `2.5`, which is too fine: it has to be a whole number",
        ),
        (Number("whole", grid=1), True, "`v` is `true`, which is of another kind: it has to be a whole number"),
        (Text(2, 3), "a", '`v` is `"a"`, which is too short: it has to be a text of 2 to 3 characters'),
        (
            Number("date"),
            "tomorrow",
            '`v` is `"tomorrow"`, which is no date, or out of range: '
            'it has to be a text with a date such as "2026-11-21"',
        ),
        (POINT, {"x": 12}, "`v.x` is `12`, which is out of range: it has to be a whole number from 0 up to 9"),
        (POINT, {}, "`v.x` is missing"),
        (
            ListOf(YesNo()),
            [True, 1],
            "`v[2]` is `1`, which is of another kind: it has to be true or false",
        ),
    ],
)
def test_sentences(of: Type, raw: Any, sentence: str) -> None:
    assert list(value_misfits(of, raw, "v")) == [sentence]
