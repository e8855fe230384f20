"""Field declarations: limits, grids, steps and how values are written on the wire."""

from fractions import Fraction

import pytest

from guardproxy.ir.types import Field, ListOf, Number, OneOf, Record, Text
from guardproxy.pipeline import compile_policy


def field(line: str, header: str = "") -> Field:
    done = compile_policy(f'policy "F" version 1{header}\nrecord r - x : text\ncheck reply as o\n  - {line}')
    assert done.policy is not None, done.diagnostics
    return done.policy.schemas[0].fields[0]


def number(line: str, header: str = "") -> Number:
    type_ = field(line, header).type
    assert isinstance(type_, Number)
    return type_


def test_money_is_counted_in_minor_units() -> None:
    usd = number("a : money from $500 to $50,000", ", money in USD")
    assert (usd.low, usd.high, usd.grid, usd.step, usd.wire, usd.currency) == (50000, 5000000, 1, 1, 100, "USD")
    assert usd.dimension == (("money USD", 1),)
    assert number("a : money from ¥0 to ¥3,000", ", money in JPY").wire == 1
    assert number("a : money", ", money in KWD").wire == 1000
    assert number("a : money from $0 to $5, written in cents").wire == 1
    assert number("a : money from €0 to €5").currency == "EUR"


def test_percent_is_written_in_points_or_as_a_fraction() -> None:
    points = number("a : percent from 0% to 100%")
    assert (points.low, points.high, points.grid, points.wire, points.step) == (
        0,
        1,
        None,
        Fraction(1, 100),
        Fraction(1, 10000),
    )
    assert number("a : percent, written as a fraction").wire == 1


def test_quantities_are_written_in_the_unit_of_their_lower_limit_unless_said() -> None:
    dose = number("a : mass from 10 mg to 4 g, in steps of 5 mg")
    assert (dose.low, dose.high, dose.wire, dose.step, dose.unit, dose.grid) == (10, 4000, 1, 5, "mg", None)
    grams = number("a : mass from 10 mg to 4 g, written in g")
    assert (grams.wire, grams.step, grams.unit) == (1000, 1, "g")
    assert number("a : rate from 1 mL/h to 10 mL/h").dimension == (("duration", -1), ("volume", 1))


def test_a_durations_kind_follows_from_its_limits() -> None:
    hours = number("a : duration from 4 h to 24 h")
    assert (hours.kind, hours.low, hours.wire) == ("quantity", 14400, 3600)
    months = number("a : duration from 0 months to 2 years")
    assert (months.kind, months.high, months.wire, months.grid) == ("calendar", 24, 1, 1)


def test_plain_numbers() -> None:
    whole = number("a : whole number from 6 to 84")
    assert (whole.low, whole.high, whole.grid, whole.step) == (6, 84, 1, 1)
    decimal = number("a : decimal to 2 places from 0.5 to 1.25")
    assert (decimal.low, decimal.high, decimal.grid) == (Fraction(1, 2), Fraction(5, 4), Fraction(1, 100))


def test_dates_and_instants_know_the_zone() -> None:
    assert number("a : instant", ", dates in Asia/Tokyo").zone == "Asia/Tokyo"
    assert number("a : date from 2026-01-01 to 2026-12-31").low == 739617


def test_lists_texts_and_listed_values() -> None:
    assert field("a : list of text up to 4, optional") == Field("a", ListOf(Text(), 0, 4), optional=True)
    assert field("a : list of r from 1 to 6").type == ListOf(Record("r", (Field("x", Text()),)), 1, 6)
    assert field('a : one of x, "two words"').type == OneOf(("x", "two words"))
    assert field("a : text from 1 to 200").type == Text(1, 200)
    assert field("a : list of one of x, y up to 2").type == ListOf(OneOf(("x", "y")), 0, 2)


def test_elements_of_lists_are_written_like_fields() -> None:
    doses = field("a : list of mass up to 4, written in g").type
    assert isinstance(doses, ListOf)
    assert isinstance(doses.item, Number)
    assert (doses.high, doses.item.wire, doses.item.unit) == (4, 1000, "g")
    rates = field("a : list of percent from 1 to 3, written as a fraction").type
    assert isinstance(rates, ListOf)
    assert isinstance(rates.item, Number)
    assert rates.item.wire == 1
    assert field("a : list of decimal to 2 places up to 3").type == ListOf(
        Number("decimal", grid=Fraction(1, 100), step=Fraction(1, 100)), 0, 3
    )


def test_cents_are_hundredths() -> None:
    assert number("a : money from €0 to €5, written in cents").wire == 1
    for amount in ("¥5", "5 KWD"):
        text = f'policy "F" version 1\ncheck reply as o\n  - a : money from {amount} to {amount}, written in cents'
        assert [d.code for d in compile_policy(text).diagnostics] == ["E024"]


@pytest.mark.parametrize("word", ["integer", "string", "boolean", "float", "flot"])
def test_other_words_for_types_are_explained(word: str) -> None:
    done = compile_policy(f'policy "F" version 1\ncheck reply as o\n  - a : {word}')
    assert [d.code for d in done.diagnostics] == ["E010"]
    assert done.diagnostics[0].help
