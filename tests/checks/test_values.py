"""Wire JSON to typed values: exact, nothing coerced, and four states that are never collapsed."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.arriving_json import ArrivingJson
from guardproxy.checks.values import misfit, read_field, read_value, wire_value
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, Field, ListOf, Number, OneOf, Schema, Text, Type, YesNo

PERCENT = Number("percent", 0, 1, step=Fraction(1, 10_000), wire=Fraction(1, 100))
DOLLARS = Number("money", 50_000, 5_000_000, grid=1, wire=100, currency="USD")
WHOLE = Number("whole", 0, 60, grid=1)
MASS = Number("quantity", 10, 4000, step=5, dimension=(("mass", 1),), unit="mg")
DATE = Number("date", grid=1)
INSTANT = Number("instant", grid=1)
TIER = OneOf(("gold", "silver"))


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        (PERCENT, "36.5", Fraction(73, 200)),
        (PERCENT, "36", Fraction(9, 25)),
        (PERCENT, "100.000000000000000000001", INVALID),
        (PERCENT, '"12%"', INVALID),
        (PERCENT, "true", INVALID),
        (DOLLARS, "2000.01", 200_001),
        (DOLLARS, "2000.001", INVALID),
        (DOLLARS, "499.99", INVALID),
        (WHOLE, "12.0", 12),
        (WHOLE, "12.5", INVALID),
        (WHOLE, "1e1", 10),
        (WHOLE, "61", INVALID),
        (MASS, "187.5", Fraction(375, 2)),
        (YesNo(), "true", True),
        (YesNo(), "1", INVALID),
        (YesNo(), '"true"', INVALID),
        (TIER, '"gold"', "gold"),
        (TIER, '"Gold"', INVALID),
        (TIER, '"other"', INVALID),
        (Text(1, 3), '"abc"', "abc"),
        (Text(1, 3), '"abcd"', INVALID),
        (Text(1, 3), "null", INVALID),
        (DATE, '"2026-11-21"', 739_941),
        (DATE, '"2026-02-29"', INVALID),
        (DATE, '"20261121"', INVALID),
        (Number("time", grid=1), '"18:00"', 64_800),
        (INSTANT, '"2026-11-21T10:00Z"', 1_795_255_200_000_000),
        (INSTANT, '"2026-11-21T11:00+01:00"', 1_795_255_200_000_000),
        (INSTANT, '"2026-11-21"', INVALID),
        (ListOf(WHOLE, 1, 2), "[1,2]", (1, 2)),
        (ListOf(WHOLE, 1, 2), "[]", INVALID),
        (ListOf(WHOLE, 1, 2), "[1,2,3]", INVALID),
        (ListOf(WHOLE, 1, 2), '[1,"2"]', INVALID),
    ],
)
def test_reads_exactly_or_not_at_all(type_: Type, raw: str, value: Any) -> None:
    got = read_value(type_, exact_json.loads(raw))
    assert got == value
    assert type(got) is type(value)


@given(st.decimals(0, 100, places=4))
def test_what_is_written_back_is_what_was_read(points: Decimal) -> None:
    value = read_value(PERCENT, points)
    assert read_value(PERCENT, wire_value(PERCENT, value)) == value


@pytest.mark.parametrize(
    ("beginning", "state"),
    [
        ('{"x": 1', UNKNOWN),
        ('{"x": 12, ', 12),
        ('{"x": 120, ', INVALID),
        ('{"x": "', INVALID),
        ('{"x": [', INVALID),
        ('{"x": t', INVALID),
        ('{"y": 1, ', UNKNOWN),
        ('{"y": 1}', ABSENT),
    ],
)
def test_a_number_that_arrives_is_unknown_until_its_delimiter(beginning: str, state: Any) -> None:
    arriving = ArrivingJson()
    arriving.feed(beginning)
    assert read_field(Field("x", WHOLE), arriving.root) == state


@pytest.mark.parametrize(
    ("beginning", "state"), [('{"x": "go', UNKNOWN), ('{"x": "gi', INVALID), ('{"x": "gold"', "gold")]
)
def test_a_listed_value_is_invalid_as_soon_as_none_begins_so(beginning: str, state: Any) -> None:
    arriving = ArrivingJson()
    arriving.feed(beginning)
    assert read_field(Field("x", TIER), arriving.root) == state


def test_missing_counts_once_the_object_is_closed() -> None:
    schema = Schema("offer", "reply", (Field("a", WHOLE), Field("b", WHOLE, optional=True)))
    arriving = ArrivingJson()
    arriving.feed('{"b": null')
    assert misfit(schema, arriving.root) is None
    arriving.feed("}")
    assert misfit(schema, arriving.root) == "a"
