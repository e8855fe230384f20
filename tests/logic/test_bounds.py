"""What ranges alone decide. That it is right is shown against Z3 in `properties/test_agreement.py`."""

from datetime import date
from fractions import Fraction

import pytest

from guardproxy.ir import build
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import FieldOf, Term, Variable
from guardproxy.ir.types import ListOf, Number, OneOf, Text, Type, YesNo
from guardproxy.logic.bounds import decide_by_bounds
from guardproxy.logic.questions import Decision

MASS = Number("quantity", unit="mg")
DAY = Number("date", grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


WEIGHT = field("weight", Number("quantity", 2_000_000, 150_000_000, unit="kg"))
DOSE = field("dose", Number("quantity", 10, 4_000, unit="mg"))
SHARE = field("share", Number("decimal", 0, Fraction(99, 100), grid=Fraction(1, 4)))
TIER = field("tier", OneOf(("bronze", "silver")))
PAID, NOTE, BORN = field("paid", YesNo()), field("note", Text()), field("born", DAY)
LIST = field("list", ListOf(YesNo(), 1, 4))
TODAY = build.constant(date(2026, 11, 21).toordinal(), DAY)


def at_most_by_weight(dose: int) -> Term:
    return build.compare("at most", build.constant(dose, MASS), build.scaled(Fraction(15, 10**6), WEIGHT))


def whole(number: Fraction | int) -> Term:
    return build.constant(number, build.WHOLE)


def is_silver(tier: Variable) -> Term:
    return build.compare("is", tier, build.constant("silver", TIER.type))


@pytest.mark.parametrize(
    ("term", "decision"),
    [
        (at_most_by_weight(30), Decision.ALWAYS),
        (at_most_by_weight(31), Decision.DEPENDS),
        (at_most_by_weight(2_250), Decision.DEPENDS),
        (at_most_by_weight(2_251), Decision.NEVER),
        (build.compare("below", SHARE, whole(Fraction(3, 4))), Decision.DEPENDS),
        (build.compare("above", SHARE, whole(Fraction(3, 4))), Decision.NEVER),
        (build.all_of(PAID, at_most_by_weight(30)), Decision.DEPENDS),
        (build.any_of(PAID, at_most_by_weight(30)), Decision.ALWAYS),
        (build.all_of(PAID, build.negate(PAID)), None),
        (is_silver(TIER), Decision.DEPENDS),
        (build.compare("is", TIER, build.constant("gold", TIER.type)), Decision.NEVER),
        (build.compare("is", SHARE, whole(Fraction(1, 2))), Decision.DEPENDS),
        (build.compare("is", SHARE, whole(Fraction(1, 3))), None),
        (build.all_of(PAID, build.compare("is", SHARE, whole(Fraction(1, 3)))), None),
        (
            build.compare("above", build.add(DOSE, build.case((PAID, whole(1)), (build.TRUE, whole(2)))), whole(4_001)),
            None,
        ),
        (build.compare("at least", build.count_of(LIST), whole(1)), Decision.ALWAYS),
        (build.compare("at least", build.months_between(BORN, TODAY, 12), whole(18)), Decision.DEPENDS),
        (build.compare("at most", build.months_between(BORN, TODAY, 12), whole(2_026)), Decision.ALWAYS),
        (build.is_present(NOTE), Decision.DEPENDS),
        (build.any_of(build.is_present(DOSE), build.compare("at least", DOSE, whole(1))), None),
        (build.NOT_READABLE, Decision.NEVER),
        (build.compare("is", field("nothing", OneOf(())), build.constant("x", TIER.type)), None),
    ],
)
def test_ranges_decide(term: Term, decision: Decision | None) -> None:
    assert decide_by_bounds(term) is decision


def test_all_rows_of_a_table_count_while_its_key_is_unknown() -> None:
    rows = ((is_silver(TIER), whole(24)), (build.TRUE, whole(36)))
    table = build.case(*rows)
    assert decide_by_bounds(build.compare("at most", whole(24), table)) is Decision.ALWAYS
    assert decide_by_bounds(build.compare("at most", whole(37), table)) is Decision.NEVER
    assert decide_by_bounds(build.compare("at most", whole(30), table)) is None


def test_a_product_of_two_unknowns_is_followed_to_its_corners() -> None:
    both = build.compare("at most", build.product(DOSE, SHARE), whole(3_000))
    assert decide_by_bounds(both) is Decision.ALWAYS
    assert decide_by_bounds(substitute(both, {SHARE: Fraction(3, 4)})) is Decision.ALWAYS
