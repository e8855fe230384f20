"""Decisions over all values within the declared ranges, by Z3, in this process."""

from datetime import date, datetime
from fractions import Fraction
from typing import Literal

import pytest

from guardproxy.ir import build
from guardproxy.ir.terms import Element, FieldOf, Finder, PickedFrom, Term, Variable
from guardproxy.ir.types import ListOf, Number, OneOf, Text, Type
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Decide, Decision
from guardproxy.logic.solver import answer

WHOLE = Number("whole", 0, 9, grid=1)
ANY = Number("whole", grid=1)
DAY = Number("date", grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


A, B, SHARE = field("a", WHOLE), field("b", WHOLE), field("share", Number("percent", 0, 1))
TIER, NOTE, BORN = field("tier", OneOf(("bronze", "silver"))), field("note", Text(0, 5)), field("born", DAY)
LIST, OTHER, MANY = (
    field("list", ListOf(WHOLE, 1, 3)),
    field("other", ListOf(WHOLE, 0, 4)),
    field("many", ListOf(WHOLE)),
)
X, Y, Z = (field(name, ANY) for name in "xyz")
TODAY = build.constant(date(2026, 11, 21).toordinal(), DAY)
BIRTHDAY = build.constant(date(2008, 11, 21).toordinal(), DAY)


def whole(number: Fraction | int) -> Term:
    return build.constant(number, WHOLE)


def text(value: str) -> Term:
    return build.constant(value, Text())


def is_tier(name: str) -> Term:
    return build.compare("is", TIER, build.constant(name, TIER.type))


def finds(words: str) -> Term:
    return build.holds(NOTE, (Finder("words", words),))


ADULT = build.compare("at least", build.months_between(BORN, TODAY, 12), whole(18))
BORN_BEFORE = build.compare("at most", BORN, BIRTHDAY)
EACH = Variable("each", WHOLE, Element("each"))
SMALL, LARGE = build.compare("at most", EACH, whole(5)), build.compare("above", EACH, whole(5))
EACH_IS_SMALL, EACH_OF_MANY_IS_SMALL = (build.every(each, "each", SMALL) for each in (LIST, MANY))
HAS_ONE = build.compare("is", build.count_of(LIST), whole(1))


def picked(which: Literal["first", "last"], of: Variable) -> Variable:
    return Variable(f"the {which} of {of.name}", WHOLE, PickedFrom(which, of))


FIRST, LAST, LAST_OTHER, FIRST_OF_ANY = (
    picked("first", LIST),
    picked("last", LIST),
    picked("last", OTHER),
    picked("first", field("any", ListOf(WHOLE, 0, 3))),
)


def instant(low: str, high: str) -> Number:
    """From one to the other, in UTC."""
    ends = (int(datetime.fromisoformat(end).timestamp()) * 10**6 for end in (low, high))
    return Number("instant", *ends, grid=1)


NOON = field("noon", instant("2026-10-24T12:00Z", "2026-10-24T13:00Z"))
TONIGHT = field("tonight", instant("2026-10-24T15:00Z", "2026-10-24T23:00Z"))
NIGHT = field("night", instant("2026-10-24T22:00Z", "2026-10-26T00:00Z"))
SOMETIME = field("sometime", Number("instant", grid=1))
SUNDAY = build.constant(date(2026, 10, 25).toordinal(), DAY)


@pytest.mark.parametrize(
    ("term", "decision"),
    [
        (build.compare("at most", build.add(A, B), whole(18)), Decision.ALWAYS),
        (build.compare("is", build.add(build.scaled(2, A), build.scaled(4, B)), whole(7)), Decision.NEVER),
        (build.compare("is", build.add(build.scaled(2, A), build.scaled(4, B)), whole(6)), Decision.DEPENDS),
        (build.compare("is", A, A), Decision.ALWAYS),
        (build.compare("is", build.scaled(3, SHARE), whole(1)), Decision.DEPENDS),
        (build.any_of(is_tier("bronze"), is_tier("silver")), Decision.ALWAYS),
        (build.compare("is", NOTE, text("too long")), Decision.NEVER),
        (build.any_of(*(build.compare("is not", NOTE, text(one)) for one in "ab")), Decision.ALWAYS),
        (build.any_of(finds("a"), build.negate(finds("a"))), Decision.ALWAYS),
        (finds("a"), Decision.DEPENDS),
        (build.compare("is", ADULT, BORN_BEFORE), Decision.ALWAYS),
        (build.any_of(build.is_present(A), build.compare("at least", A, whole(0))), Decision.DEPENDS),
        (build.compare("at least", build.count_of(LIST), whole(2)), Decision.DEPENDS),
        (build.any_of(EACH_IS_SMALL, build.compare("at most", A, whole(9))), Decision.ALWAYS),
        (build.case((is_tier("bronze"), is_tier("bronze"))), Decision.DEPENDS),
        (build.NOT_READABLE, Decision.NEVER),
        (EACH_IS_SMALL, Decision.DEPENDS),
        (build.all_of(EACH_IS_SMALL, build.some(LIST, "each", LARGE)), Decision.NEVER),
        (build.all_of(finds("a"), build.negate(finds("b"))), Decision.DEPENDS),
        (build.any_of(build.is_in(FIRST, LIST), build.compare("is", FIRST, whole(7))), Decision.ALWAYS),
        (build.compare("at most", build.total_of(LIST, "each", EACH), whole(27)), Decision.ALWAYS),
        (build.compare("at most", build.total_of(LIST, "each", EACH), whole(26)), Decision.DEPENDS),
        (build.all_of(build.same_set(LIST, OTHER), build.negate(build.same_set(OTHER, LIST))), Decision.NEVER),
        (build.all_of(build.same_set(LIST, OTHER), build.negate(build.is_in(LAST, OTHER))), Decision.NEVER),
        (build.all_of(build.same_set(LIST, OTHER), build.compare("is not", FIRST, LAST_OTHER)), Decision.DEPENDS),
        (build.all_of(HAS_ONE, build.compare("is not", FIRST, LAST)), Decision.NEVER),
        (build.compare("at most", FIRST, whole(9)), Decision.ALWAYS),
        (build.compare("at most", FIRST_OF_ANY, whole(9)), Decision.DEPENDS),
        (build.compare("is", build.date_of(NOON, "UTC"), build.date_of(TONIGHT, "UTC")), Decision.ALWAYS),
        (build.compare("is", build.date_of(NOON, "Asia/Tokyo"), build.date_of(TONIGHT, "Asia/Tokyo")), Decision.NEVER),
        (build.compare("is", build.date_of(NIGHT, "Europe/Paris"), SUNDAY), Decision.DEPENDS),
        (build.compare("at least", build.date_of(NIGHT, "Europe/Paris"), SUNDAY), Decision.ALWAYS),
        (build.compare("is", build.date_of(SOMETIME, "Europe/Paris"), SUNDAY), Decision.DEPENDS),
    ],
)
def test_decisions(term: Term, decision: Decision) -> None:
    assert answer(Decide(term), Budget()) is decision


@pytest.mark.parametrize(
    "term",
    [
        EACH_OF_MANY_IS_SMALL,
        build.all_of(finds("a"), build.compare("is", NOTE, text("b"))),
        build.compare("is", field("nothing", OneOf(())), text("x")),
    ],
)
def test_what_the_formulas_do_not_say_exactly_is_not_guessed(term: Term) -> None:
    assert answer(Decide(term), Budget()) is Decision.BUDGET


def test_a_hard_question_ends_with_the_budget() -> None:
    cubes = build.add(*(build.product(v, build.product(v, v)) for v in (X, Y, Z)))
    assert answer(Decide(build.compare("is", cubes, whole(33))), Budget(steps=50_000)) is Decision.BUDGET


def test_a_decision_is_no_yes_or_no() -> None:
    with pytest.raises(TypeError, match="a decision has four values"):
        bool(answer(Decide(build.TRUE), Budget()))
