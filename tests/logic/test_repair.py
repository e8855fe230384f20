"""The repairs of the golden policies, and the order between equal ones."""

from fractions import Fraction
from itertools import permutations

import pytest

from guardproxy.ir import build
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import FieldOf, Finder, Term, Variable
from guardproxy.ir.types import ABSENT, Number, OneOf, Text, Type, Value
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Adjustable, FindRepair, NoRepair, Repaired
from guardproxy.logic.repair import find_repair

MASS = Number("quantity", 10, 4_000, step=5, unit="mg")
MONEY = Number("money", 1, 500_000, grid=1, wire=100, currency="USD")
POINTS = Number("percent", 0, 1, step=Fraction(1, 10_000))


def field(name: str, of: Type, call: int = 0) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)), call)


DOSE, DOSES = field("dose", MASS), field("doses", Number("whole", 1, 6, grid=1))
WEIGHT = field("weight", Number("quantity", 2_000_000, 150_000_000))
APR, TERM = field("apr", POINTS), field("term", Number("whole", 6, 84, grid=1))
AMOUNTS = tuple(field("amount", MONEY, call) for call in range(2))
WHERE = field("where", OneOf(("original", "gift")))
NOTE = field("note", Text())


def at_most(term: Term, limit: int | Fraction) -> Term:
    return build.compare("at most", term, build.constant(limit, build.WHOLE))


def repaired(*demands: Term, **adjust: Adjustable) -> list[Value] | NoRepair:
    found = find_repair(FindRepair(demands, tuple(adjust.values())), Budget())
    return list(found.values.values()) if isinstance(found, Repaired) else found


def lowering(variable: Variable, original: Value, order: int = 0) -> Adjustable:
    return Adjustable(variable, "lowering", original, order=order)


def dosing(weight: int, doses: int) -> tuple[Term, ...]:
    day = build.product(DOSE, DOSES)
    by_weight = build.compare("at most", DOSE, build.scaled(Fraction(15, 10**6), WEIGHT))
    by_day = build.compare("at most", day, build.scaled(Fraction(60, 10**6), WEIGHT))
    known = {WEIGHT: weight, DOSES: doses}
    return tuple(substitute(term, known) for term in (by_weight, by_day, at_most(day, 4_000)))


def test_doses_are_lowered_to_the_step_at_or_below_the_limit() -> None:
    assert repaired(*dosing(20_000_000, 4), dose=lowering(DOSE, 400)) == [300]
    assert repaired(*dosing(20_000_000, 6), dose=lowering(DOSE, 250)) == [200]
    assert repaired(*dosing(12_500_000, 1), dose=lowering(DOSE, 190)) == [185]


def test_two_fields_are_lowered_together() -> None:
    demands = (at_most(APR, Fraction(1999, 10_000)), at_most(TERM, 24))
    found = repaired(*demands, apr=lowering(APR, Fraction(1, 5)), term=lowering(TERM, 36))
    assert found == [Fraction(1999, 10_000), 24]


def test_between_equal_repairs_the_later_call_changes() -> None:
    both = at_most(build.add(*AMOUNTS), 8_000)
    adjust = {f"call{i}": lowering(amount, 5_000, order=i) for i, amount in enumerate(AMOUNTS)}
    assert find_repair(FindRepair((both,), tuple(adjust.values())), Budget()) == Repaired({AMOUNTS[1]: 3_000})
    backwards = tuple(reversed(adjust.values()))
    assert find_repair(FindRepair((both,), backwards), Budget()) == Repaired({AMOUNTS[1]: 3_000})


def test_the_first_calls_keep_as_much_as_they_can() -> None:
    amounts = [field("amount", MONEY, call) for call in range(5)]
    limit = at_most(build.add(*amounts), 80_000)
    adjustables = tuple(lowering(amount, 40_000, order=call) for call, amount in enumerate(amounts))
    expected = dict(zip(amounts[1:], (39_997, 1, 1, 1), strict=True))
    assert find_repair(FindRepair((limit,), adjustables), Budget()) == Repaired(expected)


@pytest.mark.parametrize("named", list(permutations(("a", "b"))))
def test_between_equal_changes_of_one_call_none_is_chosen(named: tuple[str, ...]) -> None:
    fields = [field(name, MONEY) for name in named]
    too_much = at_most(build.add(*fields), 150)
    adjustables = tuple(lowering(each, 100) for each in fields)
    assert find_repair(FindRepair((too_much,), adjustables), Budget()) == NoRepair()
    only_one = build.any_of(at_most(fields[0], 40), at_most(fields[1], 50))
    assert find_repair(FindRepair((too_much, only_one), adjustables), Budget()) == Repaired({fields[1]: 50})


def test_a_share_is_lowered_until_the_amount_fits() -> None:
    amount = build.scaled(50_000, APR)
    assert repaired(at_most(amount, 3_000), at_most(APR, Fraction(1, 10)), share=lowering(APR, Fraction(1, 10))) == [
        Fraction(6, 100)
    ]


def test_fewer_fields_come_before_smaller_changes() -> None:
    demand = build.any_of(at_most(TERM, 7), build.all_of(at_most(TERM, 35), at_most(APR, Fraction(19, 100))))
    assert repaired(demand, term=lowering(TERM, 36), apr=lowering(APR, Fraction(1, 5))) == [7]


def test_a_value_off_its_steps_may_stay_and_moves_onto_them() -> None:
    assert repaired(at_most(DOSE, 200), dose=lowering(DOSE, 188)) == []
    assert repaired(at_most(DOSE, 187), dose=lowering(DOSE, 188)) == [185]
    up = Adjustable(DOSE, "raising", 188)
    assert repaired(build.negate(at_most(DOSE, 189)), dose=up) == [190]


def test_nothing_below_the_range_is_a_repair() -> None:
    assert repaired(at_most(AMOUNTS[0], 0), amount=lowering(AMOUNTS[0], 100)) == NoRepair()


def test_setting_and_removing() -> None:
    is_original = build.compare("is", WHERE, build.constant("original", WHERE.type))
    assert repaired(is_original, where=Adjustable(WHERE, "setting", "gift", "original")) == ["original"]
    without = build.negate(build.holds(NOTE, (Finder("words", "x"),)))
    missing = build.any_of(build.negate(build.is_present(NOTE)), without)
    assert repaired(missing, note=Adjustable(NOTE, "removing", "x")) == [ABSENT]
    assert repaired(at_most(TERM, 7), term=Adjustable(TERM, "removing", 36)) == NoRepair()


def test_what_is_not_known_is_not_repaired() -> None:
    demand = build.compare("at most", DOSE, build.scaled(Fraction(1, 10**6), WEIGHT))
    assert repaired(demand, dose=lowering(DOSE, 400)) == NoRepair(budget=True)
    tight = Budget(steps=1)
    assert find_repair(FindRepair((at_most(DOSE, 200),), (lowering(DOSE, 400),)), tight) == NoRepair(budget=True)
