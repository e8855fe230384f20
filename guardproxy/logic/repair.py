"""The smallest change of an answer that makes it comply.

Lexicographic: fewest fields; then the smallest sum of changes, each counted in its field's steps; then the earlier
call changes the least. What is removed, or set to something that is no number, counts as one step. Numbers are searched
for as multiples of the step, so an optimum exists. Where two different changes of one call's fields are equally small,
none is made: to choose between the rate and the fee would be to make the author's decision.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import ceil, floor, gcd, lcm
from typing import Final

import z3

from guardproxy.ir.build import all_of
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import Term, Variable
from guardproxy.ir.types import ABSENT, Number, Rational, Value, rational
from guardproxy.ir.walk import variables
from guardproxy.logic.bounds import limits
from guardproxy.logic.budget import Budget
from guardproxy.logic.checker import BudgetSpent, Checker
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import Expression, Linear, unknown_times
from guardproxy.logic.questions import Adjustable, FindRepair, NoRepair, Repaired
from guardproxy.logic.replay import Model

_MOST_CHOICES: Final = 8
"""Fields to be removed or set: all their combinations are tried."""


@dataclass(frozen=True, slots=True)
class _Change:
    """One way to comply: what every adjustable becomes, and how far that is, in steps, from what it was."""

    values: dict[Variable, Value]
    distances: tuple[Fraction, ...]
    """In the order of the adjustables."""
    by_call: tuple[Fraction, ...]
    """How far the fields of each call are moved, the earliest call first."""
    tied: bool
    """Whether other values would do as well."""

    @property
    def cost(self) -> tuple[int, Fraction, tuple[Fraction, ...]]:
        return sum(1 for d in self.distances if d), sum(self.distances, Fraction(0)), self.by_call


def find_repair(question: FindRepair, budget: Budget, context: z3.Context | None = None) -> Repaired | NoRepair:
    """The smallest repair, re-checked by the reference evaluator; `NoRepair` where there is none or it is not known."""
    adjustables = sorted(question.adjustables, key=lambda each: each.order)
    demand = all_of(*question.demands)
    try:
        ways = _Ways(demand, adjustables, budget, context or z3.Context())
        found = list(ways.all())
    except BudgetSpent:
        return NoRepair(budget=True)
    best = min(found, key=lambda change: change.cost, default=None)
    if best is None or best.tied or any(c.cost == best.cost and c.values != best.values for c in found):
        return NoRepair()
    if any(Model(best.values, {}).value_of(each) is not True for each in question.demands):
        return NoRepair(budget=True)
    changed = {each.variable for each, distance in zip(adjustables, best.distances, strict=True) if distance}
    return Repaired({variable: value for variable, value in best.values.items() if variable in changed})


class _Ways:
    """The best change for each choice of fields that are removed or set."""

    def __init__(self, demand: Term, adjustables: Sequence[Adjustable], budget: Budget, context: z3.Context) -> None:
        self.demand, self.adjustables, self.budget, self.context = demand, adjustables, budget, context
        self.choices = [each for each in adjustables if each.how in ("removing", "setting")]
        self.numbers = [each for each in adjustables if each.how in ("lowering", "raising")]

    def all(self) -> Iterator[_Change]:
        """As long as a choice may still be the best of all. Raises `BudgetSpent`."""
        if len(self.choices) > _MOST_CHOICES:
            raise BudgetSpent
        fewest = len(self.adjustables)
        for count in range(len(self.choices) + 1):
            for chosen in combinations(self.choices, count):
                change = self.best_with(chosen) if count <= fewest else None
                if change is not None:
                    fewest = min(fewest, change.cost[0])
                    yield change

    def best_with(self, chosen: Sequence[Adjustable]) -> _Change | None:
        """The best change that removes or sets exactly the fields in `chosen`."""
        fixed: dict[Variable, Value] = {each.variable: each.original for each in self.choices}
        fixed |= {each.variable: ABSENT if each.to is None else each.to for each in chosen}
        residual = substitute(self.demand, fixed)
        if not (chosen or self.numbers) and variables(residual):
            return None  # Nothing changes, and of a text as it is the answer is known: that is why a repair is sought.
        moved = _Search(residual, self.numbers, self.budget, self.context).best()
        if moved is None:
            return None
        values = {**fixed, **moved.values}
        distances = tuple(_distance(each, values[each.variable]) for each in self.adjustables)
        by_call: dict[int, Fraction] = {}
        for each, distance in zip(self.adjustables, distances, strict=True):
            by_call[each.order] = by_call.get(each.order, Fraction(0)) + distance
        return _Change(values, distances, tuple(by_call.values()), moved.tied)


def _distance(adjustable: Adjustable, value: Value) -> Fraction:
    """How many of its field's steps a value is away from the original."""
    before = adjustable.original
    if value == before:
        return Fraction(0)
    if isinstance(value, int | Fraction) and isinstance(before, int | Fraction):
        return abs(Fraction(value) - before) / _step(adjustable)
    return Fraction(1)


def _step(adjustable: Adjustable) -> Fraction:
    """The least multiple of the field's step that is on its grid."""
    of = adjustable.variable.type
    if not isinstance(of, Number):
        return Fraction(1)
    step, grid = Fraction(of.step), Fraction(of.step if of.grid is None else of.grid)
    return Fraction(lcm(step.numerator, grid.numerator), gcd(step.denominator, grid.denominator))


@dataclass(frozen=True, slots=True)
class _Moves:
    """New values of numbers, and whether others would do as well."""

    values: dict[Variable, Value]
    tied: bool


class _Search:
    """The least change of numbers that are lowered or raised."""

    def __init__(self, demand: Term, adjustables: Sequence[Adjustable], budget: Budget, context: z3.Context) -> None:
        self.demand, self.budget = demand, budget
        self.encoding = Encoding([demand], context)
        self.numbers = [_Moved(each, self.encoding) for each in adjustables]

    def best(self) -> _Moves | None:
        """New values, or None where no change of these numbers suffices. Raises `BudgetSpent`."""
        if not set(variables(self.demand)) <= {number.adjustable.variable for number in self.numbers}:
            raise BudgetSpent
        encoding = self.encoding
        holds = encoding.truth(self.demand).true
        checker = Checker(encoding, self.budget)
        checker.add([holds, *(f for number in self.numbers for f in number.domain)])
        model = checker.witness()
        if model is None:
            return None
        for goal in self._goals():
            model = _least(goal, model, checker)
        others = [number.steps != _value(model, number.steps) for number in self.numbers]
        tied = len(others) > 1 and checker.witness([z3.Or(others)]) is not None
        return _Moves({number.adjustable.variable: number.value(model) for number in self.numbers}, tied)

    def _goals(self) -> Iterator[Expression]:
        """What is made as small as possible, one after the other: whole numbers, never negative."""
        if len(self.numbers) > 1:
            yield z3.Sum([z3.If(number.changed, 1, 0) for number in self.numbers])
        scale = lcm(*(number.origin.denominator for number in self.numbers))
        distances = [number.distance(scale) for number in self.numbers]
        if distances:
            yield z3.Sum(distances)
        orders = [number.adjustable.order for number in self.numbers]
        for order in sorted(set(orders))[:-1]:
            yield z3.Sum([d for d, of in zip(distances, orders, strict=True) if of == order])


def _least(goal: Expression, model: z3.ModelRef, checker: Checker) -> z3.ModelRef:
    """A model in which the goal is least, by halving; from then on it stays so."""
    low, high = 0, _value(model, goal)
    middle = high - 1
    while low < high:
        better = checker.witness([goal <= middle])
        if better is None:
            low = middle + 1
        else:
            model, high = better, _value(better, goal)
        middle = (low + high) // 2
    checker.add([goal == high])
    return model


def _value(model: z3.ModelRef, goal: Expression) -> int:
    return int(model.eval(goal, model_completion=True).as_long())


class _Moved:
    """A number that may be lowered or raised: `steps` times its step. `stays` steps stand for the original value."""

    def __init__(self, adjustable: Adjustable, encoding: Encoding) -> None:
        of, original = adjustable.variable.type, adjustable.original
        if not isinstance(of, Number) or not isinstance(original, int | Fraction):
            raise ValueError(f"`{adjustable.variable.name}` is no number, so it cannot be moved")
        self.adjustable, self.original, self.step = adjustable, Fraction(original), _step(adjustable)
        self.origin = self.original / self.step
        self.steps = encoding.fresh(z3.Int)
        self.stays = ceil(self.origin) if adjustable.how == "lowering" else floor(self.origin)
        self.changed = self.steps < self.stays if adjustable.how == "lowering" else self.steps > self.stays
        in_range = encoding.bounds(unknown_times(self.steps, self.step), *limits(of))
        self.domain = [z3.Or(self.steps == self.stays, encoding.all([self.changed, *in_range]))]
        encoding.numbers[adjustable.variable] = self._linear()

    def _linear(self) -> Linear:
        moved = unknown_times(self.steps, self.step)
        if self.origin == self.stays:
            return moved
        scale = lcm(self.step.denominator, self.original.denominator)
        steps, original = int(self.step * scale), int(self.original * scale)
        return unknown_times(z3.If(self.changed, steps * self.steps, original), Fraction(1, scale))

    def distance(self, scale: int) -> Expression:
        """How many steps away from the original, times `scale`, which makes that a whole number."""
        moved = self.steps * scale - int(self.origin * scale)
        away = -moved if self.adjustable.how == "lowering" else moved
        return away if self.origin == self.stays else z3.If(self.changed, away, 0)

    def value(self, model: z3.ModelRef) -> Rational:
        steps = _value(model, self.steps)
        return rational(self.original if steps == self.stays else self.step * steps)
