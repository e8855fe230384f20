"""Decisions over all values within the declared ranges, by Z3, in this process."""

from datetime import date
from fractions import Fraction

import pytest

from guardproxy.ir import build
from guardproxy.ir.terms import Element, FieldOf, Finder, Term, Variable
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
LIST = field("list", ListOf(WHOLE, 1, 3))
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
EACH_IS_SMALL = build.every(LIST, "each", build.compare("at most", Variable("each", WHOLE, Element("each")), whole(5)))


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
    ],
)
def test_decisions(term: Term, decision: Decision) -> None:
    assert answer(Decide(term), Budget()) is decision


@pytest.mark.parametrize(
    "term",
    [
        EACH_IS_SMALL,
        build.all_of(finds("a"), build.negate(finds("b"))),
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
