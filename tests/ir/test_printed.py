"""Terms read like the language they came from."""

from datetime import date
from fractions import Fraction

import pytest

from guardproxy.ir import build
from guardproxy.ir.printed import printed, printed_number, printed_value, shown
from guardproxy.ir.terms import Element, FieldOf, Finder, Scaled, Term, Variable
from guardproxy.ir.types import ABSENT, UNKNOWN, Field, ListOf, Number, OneOf, Record, Text, Type, YesNo

WHOLE = Number("whole", grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


A, B, PAID, NOTE = field("a", WHOLE), field("b", WHOLE), field("paid", YesNo()), field("note", Text())
ROOMS = field("rooms", ListOf(Record("room", ())))
SIZE = Variable("room.size", WHOLE, Element("room", ("size",)))
DAY = field("day", Number("date", grid=1))
FIVE = build.constant(5, WHOLE)
LIMIT = build.compare("at most", A, FIVE)
BEDS = field("beds", ListOf(WHOLE))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (build.all_of(build.any_of(LIMIT, PAID), build.negate(PAID)), "(a at most 5 or paid) and not paid"),
        (build.negate(build.is_present(NOTE)), "note is missing"),
        (build.subtract(A, build.scaled(2, build.add(B, FIVE))), "a - 2 * (b + 5)"),
        (build.product(A, build.add(A, B)), "a * (a + b)"),
        (Scaled(-1, A), "-a"),
        (build.case((PAID, A), (build.TRUE, FIVE)), "(a when paid, 5 when yes)"),
        (build.every(ROOMS, "room", build.compare("above", SIZE, FIVE)), "every room in rooms has room.size above 5"),
        (build.total_of(ROOMS, "room", SIZE, PAID), "total of room.size for room in rooms where (paid)"),
        (build.months_between(DAY, DAY, 12), "years from day to day"),
        (build.holds(NOTE, (Finder("mention", "late"),)), 'note mentions "late"'),
        (build.holds(NOTE, (Finder("words", 'a "b"'),)), 'note contains "a \\"b\\""'),
        (build.same_set(BEDS, BEDS), "beds is the same set as beds"),
        (build.date_of(build.add(A, FIVE), "UTC"), "the date of (a + 5) in UTC"),
        (build.NOT_READABLE, "(not readable)"),
    ],
)
def test_terms(term: Term, text: str) -> None:
    assert printed(term) == text


@pytest.mark.parametrize(
    ("value", "of", "text"),
    [
        (Fraction(2499, 10000), Number("percent"), "24.99%"),
        (8050, Number("money", wire=100, currency="USD", unit="USD"), "80.5 USD"),
        (400, Number("quantity", unit="mg"), "400 mg"),
        (Fraction(15, 10**6), Number("quantity", wire=Fraction(1, 10**6), unit="mg/kg"), "15 mg/kg"),
        (36, Number("calendar", unit="months"), "36 months"),
        (date(2026, 11, 21).toordinal(), Number("date"), "2026-11-21"),
        (64800, Number("time"), "18:00"),
        (1795255200000000, Number("instant"), "2026-11-21T10:00Z"),
        ("red", OneOf(("red",)), '"red"'),
        ('say "no"\n\u200b\U000e0041', Text(), '"say \\"no\\"\\n\\u200b\\udb40\\udc41"'),
        (False, YesNo(), "no"),
    ],
)
def test_values_stand_in_their_written_unit(value: bool | int | Fraction | str, of: Type, text: str) -> None:
    assert printed_value(value, of) == text


def test_lists_records_and_states_are_shown_too() -> None:
    room = Record("room", (Field("beds", WHOLE), Field("view", YesNo(), True), Field("rate", Number("percent"))))
    value = ({"beds": 2, "view": ABSENT, "rate": Fraction(1, 3)}, UNKNOWN)
    assert shown(value, ListOf(room)) == "[{beds: 2, view: missing, rate: 100/3%}, unknown]"


def test_numbers_are_exact() -> None:
    assert [printed_number(n) for n in (Fraction(1, 8), Fraction(-1, 3), -12, Fraction(-1, 20))] == [
        "0.125",
        "-1/3",
        "-12",
        "-0.05",
    ]
