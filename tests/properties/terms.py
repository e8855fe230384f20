"""Generated terms over every type, and values for them in all four states: material for the agreement of the engines.

Ranges are small, so that equalities and limits are often met exactly, and so that all values can be tried.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

from guardproxy.ir import build
from guardproxy.ir.terms import Element, FieldOf, Finder, Relation, Term, Variable
from guardproxy.ir.types import (
    ABSENT,
    INVALID,
    UNKNOWN,
    Field,
    ListOf,
    Number,
    OneOf,
    Record,
    State,
    Text,
    Type,
    Value,
    YesNo,
    rational,
)

WHOLE = Number("whole", 0, 4, grid=1)
CENTS = Number("decimal", Fraction(-1, 2), Fraction(3, 2), grid=Fraction(1, 4))
PERCENT = Number("percent", 0, 1, step=Fraction(1, 10))
COLOUR = OneOf(("red", "green", "blue"))
WORD = Text(0, 3)
START = date(2024, 1, 29).toordinal()
DAY = Number("date", START, START + 70, grid=1)
ROOM = Record("room", (Field("size", WHOLE), Field("colour", COLOUR), Field("free", YesNo())))
TYPES: tuple[Type, ...] = (WHOLE, CENTS, PERCENT, COLOUR, WORD, DAY, YesNo())
LISTS: tuple[Type, ...] = (ListOf(WHOLE, 0, 3), ListOf(COLOUR, 0, 3), ListOf(ROOM, 0, 3))
FINDERS = (Finder("words", "a"),)


def holds(finders: tuple[Finder, ...], text: str) -> bool:
    return any(finder.expression in text for finder in finders)


def variable(name: str, of: Type) -> Variable:
    return Variable(f"it.{name}", of, FieldOf("it", "call", (name,)))


POOL = {of: tuple(variable(f"{of.__class__.__name__}{i}_{n}", of) for n in "ab") for i, of in enumerate(TYPES + LISTS)}
VARIABLES = tuple(v for pair in POOL.values() for v in pair)
ELEMENT = {of: Variable("each", of, Element("each")) for of in (WHOLE, COLOUR)}
ROOM_FIELDS = {f.type: Variable(f"each.{f.name}", f.type, Element("each", (f.name,))) for f in ROOM.fields}


@dataclass
class Terms:
    """Makes terms. `bound` are the variables of the element that a quantifier around binds, by their type."""

    random: Random
    bound: Mapping[Type, Variable]
    lists: bool = True

    def variable(self, of: Type) -> Variable:
        if of in self.bound and self.random.random() < 0.7:
            return self.bound[of]
        return self.random.choice(POOL[of])

    def condition(self, depth: int) -> Term:
        plain: list[Callable[[int], Term]] = [self.comparison, self.comparison, self.same, self.flag]
        nested: list[Callable[[int], Term]] = [self.conjunction, self.disjunction, self.negation, self.condition_table]
        lists: list[Callable[[int], Term]] = [self.quantified, self.membership] if self.lists else []
        return self.random.choice(plain if depth <= 0 else plain + 2 * nested + lists)(depth - 1)

    def conjunction(self, depth: int) -> Term:
        return build.all_of(*(self.condition(depth) for _ in range(self.random.randint(2, 3))))

    def disjunction(self, depth: int) -> Term:
        return build.any_of(*(self.condition(depth) for _ in range(self.random.randint(2, 3))))

    def negation(self, depth: int) -> Term:
        return build.negate(self.condition(depth))

    def condition_table(self, depth: int) -> Term:
        return build.case(*((self.condition(depth), self.condition(depth)) for _ in range(self.random.randint(1, 2))))

    def flag(self, depth: int) -> Term:
        found = self.random.random()
        if found < 0.4:
            return self.variable(YesNo())
        if found < 0.6:
            return build.holds(self.random.choice(POOL[WORD]), FINDERS)
        return build.is_present(self.random.choice(VARIABLES))

    def comparison(self, depth: int) -> Term:
        relations: tuple[Relation, ...] = ("at most", "at least", "above", "below", "is", "is not")
        return build.compare(self.random.choice(relations), self.number(depth), self.number(depth))

    def same(self, depth: int) -> Term:
        relation: Relation = self.random.choice(("is", "is not"))
        if self.random.random() < 0.2:
            return build.compare(relation, self.condition(0), self.condition(0))
        of = self.random.choice((COLOUR, WORD))
        return build.compare(relation, self.label(of, depth), self.label(of, depth))

    def label(self, of: Type, depth: int) -> Term:
        if depth > 0 and self.random.random() < 0.2:
            return build.case(*((self.condition(0), self.label(of, 0)) for _ in range(self.random.randint(1, 2))))
        return self.constant(of) if self.random.random() < 0.4 else self.variable(of)

    def number(self, depth: int) -> Term:
        found = self.random.random()
        if depth <= 0 or found < 0.5:
            of = self.random.choice((WHOLE, WHOLE, CENTS, PERCENT))
            return self.constant(of) if self.random.random() < 0.35 else self.variable(of)
        if found < 0.65:
            return build.add(self.number(depth - 1), self.number(depth - 1))
        if found < 0.75:
            return build.scaled(self.random.choice((-1, 0, 2, Fraction(1, 3))), self.number(depth - 1))
        if found < 0.82:
            return build.product(self.number(depth - 1), self.number(depth - 1))
        if found < 0.9:
            rows = [(self.condition(0), self.number(depth - 1)) for _ in range(self.random.randint(1, 2))]
            return build.case(*rows, *([(build.TRUE, self.number(0))] if self.random.random() < 0.6 else []))
        if found < 0.94 or not self.lists:
            return build.months_between(self.day(), self.day(), self.random.choice((1, 1, 12)))
        return self.counted(depth)

    def day(self) -> Term:
        if self.random.random() < 0.1:
            return build.add(self.variable(DAY), self.number(0))
        return self.constant(DAY) if self.random.random() < 0.3 else self.variable(DAY)

    def constant(self, of: Type) -> Term:
        value: Any = a_value(of, self.random)
        return build.constant(value, of)

    # --- lists --------------------------------------------------------------------------------------------------------

    def inside(self, of: Type) -> "Terms":
        assert isinstance(of, ListOf)
        bound = ROOM_FIELDS if of.item == ROOM else {of.item: ELEMENT[of.item]}
        return Terms(self.random, bound, lists=False)

    def quantified(self, depth: int) -> Term:
        of = self.random.choice(LISTS)
        quantifier = self.random.choice((build.every, build.some, build.no))
        return quantifier(self.variable(of), "each", self.inside(of).condition(min(depth, 1)))

    def membership(self, depth: int) -> Term:
        of = self.random.choice(LISTS[:2])
        assert isinstance(of, ListOf)
        return build.is_in(self.variable(of.item), self.variable(of))

    def counted(self, depth: int) -> Term:
        of = self.random.choice(LISTS)
        inside, found = self.inside(of), self.random.random()
        if found < 0.3:
            return build.count_of(self.variable(of))
        where = inside.condition(0)
        if found < 0.6:
            return build.count_of(self.variable(of), "each", where)
        return build.total_of(self.variable(of), "each", inside.number(1), where)


def a_condition(random: Random, depth: int = 3) -> Term:
    return Terms(random, {}).condition(depth)


# --- values -----------------------------------------------------------------------------------------------------------


def a_value(of: Type, random: Random) -> Value:
    """A present value within the declared range."""
    match of:
        case YesNo():
            return random.random() < 0.5
        case OneOf(values):
            return random.choice(values)
        case Text():
            return random.choice(("", "a", "b", "abc"))
        case Number():
            return random.choice(_numbers(of, dense=random))
        case ListOf(item, low, high):
            return tuple(a_value(item, random) for _ in range(random.randint(low, high or 3)))
        case Record():
            return {field.name: a_value(field.type, random) for field in of.fields}


def in_any_state(of: Type, random: Random) -> Value:
    """A value, or now and then a state; the elements of lists too."""
    found = random.random()
    if found < 0.3:
        states: tuple[State, ...] = (UNKNOWN, UNKNOWN, UNKNOWN, ABSENT, INVALID)
        return random.choice(states)
    if isinstance(of, ListOf) and random.random() < 0.5:
        return tuple(in_any_state(of.item, random) for _ in range(random.randint(0, 3)))
    if isinstance(of, Record):
        return {field.name: in_any_state(field.type, random) for field in of.fields}
    return a_value(of, random)


def _numbers(of: Number, dense: Random | None = None) -> list[Value]:
    """The values on the grid; of a dense type, some between the ends."""
    low, high = Fraction(of.low or 0), Fraction(of.high or 0)
    step = Fraction(of.grid) if of.grid else (high - low) / (dense.choice((1, 2, 3, 10)) if dense else 4)
    return [rational(low + i * step) for i in range(int((high - low) / step) + 1)]


def all_values(of: Type) -> list[Value]:
    """Every value of a type that has few."""
    match of:
        case YesNo():
            return [True, False]
        case OneOf(values):
            return list(values)
        case Number(grid=grid) if grid is not None:
            return _numbers(of)
    raise ValueError(f"{of!r} has too many values")
