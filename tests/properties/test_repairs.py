"""Repairs are minimal: compared with trying every allowed change, on ranges small enough for that."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product as every_combination
from random import Random

import z3

from guardproxy.ir import build
from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import FieldOf, Term, Variable
from guardproxy.ir.types import ABSENT, Number, OneOf, Value, YesNo, rational
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Adjustable, FindRepair, NoRepair, Repaired
from guardproxy.logic.repair import find_repair
from tests.properties.terms import holds
from tests.properties.test_agreement import CASES, SEED

SHARED = z3.Context()
NUMBERS = (
    Number("whole", 0, 6, grid=1),
    Number("whole", 1, 9, grid=1, step=2),
    Number("decimal", 0, 2, grid=Fraction(1, 4), step=Fraction(1, 2)),
    Number("percent", 0, 1, step=Fraction(1, 5)),
)
SIZE = OneOf(("small", "large"))


def test_a_repair_is_the_smallest_of_all_that_comply() -> None:
    for case in range(CASES // 20):
        random = Random(f"{SEED}/repair/{case}")
        adjustables = [an_adjustable(random, i) for i in range(random.randint(1, 3))]
        demands = tuple(a_demand(random, [a.variable for a in adjustables]) for _ in range(random.randint(1, 2)))
        found = find_repair(FindRepair(demands, tuple(adjustables)), Budget(), SHARED)
        expected = by_trying(demands, adjustables)
        said = f"case {case}: {[printed(d) for d in demands]} {[(a.how, a.original, a.order) for a in adjustables]}"
        if expected is None:
            assert found == NoRepair(), said
        else:
            assert found == Repaired(expected), said


def an_adjustable(random: Random, number: int) -> Adjustable:
    found, order = random.random(), random.randint(0, 1)
    if found < 0.8:
        of = random.choice(NUMBERS)
        how = random.choice(("lowering", "lowering", "raising"))
        original = random.choice(on_grid(of, of.grid or Fraction(1, 10)))
        return Adjustable(variable(number, of), how, original, order=order)
    if found < 0.9:
        return Adjustable(variable(number, SIZE), "setting", "large", "small", order)
    return Adjustable(variable(number, YesNo()), "removing", True, order=order)


def variable(number: int, of: Number | OneOf | YesNo) -> Variable:
    return Variable(f"it.f{number}", of, FieldOf("it", "call", (f"f{number}",)))


def on_grid(of: Number, grid: Fraction | int) -> list[int | Fraction]:
    low, high = Fraction(of.low or 0), Fraction(of.high or 0)
    first = -(-low // grid)
    return [rational(k * Fraction(grid)) for k in range(int(first), int(high // grid) + 1)]


def a_demand(random: Random, names: list[Variable]) -> Term:
    numbers = [name for name in names if isinstance(name.type, Number)]
    others: list[Term] = [build.compare("is", n, build.constant("small", SIZE)) for n in names if n.type == SIZE]
    others += [build.negate(build.is_present(n)) for n in names if n.type == YesNo()]
    if not numbers or (others and random.random() < 0.4):
        return random.choice(others)
    if random.random() < 0.5:
        # One limit for all of them, which several fields have to give way to.
        lowest = sum(Fraction(n.type.low or 0) for n in numbers if isinstance(n.type, Number))
        limit = build.constant(rational(lowest + random.choice((0, 1, Fraction(7, 4)))), NUMBERS[0])
        return build.compare("at most", build.add(*numbers), limit)
    left: Term = random.choice(numbers)
    for name in random.sample(numbers, random.randint(0, len(numbers))):
        left = random.choice((build.add, build.add, build.product))(left, build.scaled(random.choice((1, 2)), name))
    limit = build.constant(random.choice((0, 1, 2, 3, 5, Fraction(5, 4))), NUMBERS[0])
    demand = build.compare(random.choice(("at most", "at most", "at least", "is", "below")), left, limit)
    return build.any_of(demand, *others) if random.random() < 0.2 else demand


def by_trying(demands: tuple[Term, ...], adjustables: list[Adjustable]) -> Mapping[Variable, Value] | None:
    """What changes in the best way to comply: fewest fields, smallest sum, later calls before earlier ones.

    None where nothing complies, or where two best ways differ.
    """
    ways: dict[tuple[int, Fraction, tuple[Fraction, ...]], list[Mapping[Variable, Value]]] = {}
    orders = sorted({a.order for a in adjustables})
    for way in every_combination(*(list(allowed(a)) for a in adjustables)):
        values = {a.variable: value for a, (value, _) in zip(adjustables, way, strict=True)}
        if all(evaluate(demand, values, holds) is True for demand in demands):
            distances = [distance for _, distance in way]
            pairs = list(zip(adjustables, distances, strict=True))
            calls = tuple(sum((d for a, d in pairs if a.order == o), Fraction(0)) for o in orders)
            cost = (sum(1 for d in distances if d), sum(distances, Fraction(0)), calls)
            changed = {v: x for (v, x), d in zip(values.items(), distances, strict=True) if d}
            ways.setdefault(cost, []).append(changed)
    best = ways[min(ways)] if ways else []
    return best[0] if len(best) == 1 else None


def allowed(adjustable: Adjustable) -> Iterator[tuple[Value, Fraction]]:
    """What the value may become, and how many steps away that is."""
    original, of = adjustable.original, adjustable.variable.type
    yield original, Fraction(0)
    if adjustable.how == "removing":
        yield ABSENT, Fraction(1)
    elif adjustable.how == "setting":
        yield "small", Fraction(1)
    elif isinstance(of, Number) and isinstance(original, int | Fraction):
        for value in on_grid(of, of.step):
            if value < original if adjustable.how == "lowering" else value > original:
                yield value, abs(Fraction(value) - original) / of.step
