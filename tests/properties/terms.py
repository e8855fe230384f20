"""Generated terms over every operator and type, and values in all four states: what the engines have to agree on.

Ranges are small, so that equalities and limits are often met exactly, and so that all values can be tried.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any, Literal

from guardproxy.ir import build
from guardproxy.ir.terms import Conforms, Element, FieldOf, Finder, PickedFrom, Relation, Term, Variable
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
PRICE = Number("money", 0, 300, grid=100, currency="USD", wire=100)
DOSE = Number("quantity", 0, 4, grid=Fraction(1, 2), dimension=(("mass", 1),), unit="mg")
HOUR = Number("time", 0, 86_399, grid=21_600)
TERM = Number("calendar", 0, 36, grid=12, unit="months")
SIX_HOURS = 21_600_000_000
AUTUMN = 1_792_800_000_000_000
"""2026-10-24T00:00Z: the night after, Paris leaves summer time."""
INSTANT = Number("instant", AUTUMN, AUTUMN + 12 * SIX_HOURS, grid=SIX_HOURS)
ZONES = ("UTC", "Etc/GMT-9", "Europe/Paris", "America/New_York")
BEDS = ListOf(WHOLE, 0, 2)
ROOM = Record(
    "room",
    (
        Field("size", WHOLE),
        Field("colour", COLOUR),
        Field("free", YesNo()),
        Field("note", WORD, optional=True),
        Field("beds", BEDS),
    ),
)
TYPES: tuple[Type, ...] = (WHOLE, CENTS, PERCENT, COLOUR, WORD, DAY, YesNo(), PRICE, DOSE, HOUR, TERM, INSTANT)
LISTS: tuple[ListOf, ...] = (
    ListOf(WHOLE, 0, 3),
    ListOf(COLOUR, 0, 3),
    ListOf(ROOM, 0, 3),
    ListOf(WORD, 0, 2),
    ListOf(COLOUR, 1, 2),
)
FINDERS = (Finder("words", "a"),)
OTHER_FINDERS = (Finder("words", "b"), Finder("words", "c"))
GRAMMAR = Conforms("grammar", "one.lark", 'start: "1"')


def holds(finders: tuple[Finder, ...], text: str) -> bool:
    return any(finder.expression in text for finder in finders)


def variable(name: str, of: Type) -> Variable:
    return Variable(f"it.{name}", of, FieldOf("it", "call", (name,)))


POOL = {of: tuple(variable(f"{of.__class__.__name__}{i}_{n}", of) for n in "ab") for i, of in enumerate(TYPES + LISTS)}
CONFORMS = Variable("the reply conforms", YesNo(), GRAMMAR)
VARIABLES = (*(v for pair in POOL.values() for v in pair), CONFORMS)
ELEMENT = {of: Variable("each", of, Element("each")) for of in (WHOLE, COLOUR, WORD)}
BED = Variable("bed", WHOLE, Element("bed"))
ROOM_FIELDS = {f.type: Variable(f"each.{f.name}", f.type, Element("each", (f.name,))) for f in ROOM.fields}


def _picked(of: Variable, which: Literal["first", "last"]) -> list[Variable]:
    """An element of a list, or the fields of one."""
    assert isinstance(of.type, ListOf)
    fields = [((f.name,), f.type) for f in ROOM.fields] if of.type.item == ROOM else [((), of.type.item)]
    names = (f"the {which} of {of.name}" + "".join(f".{name}" for name in path) for path, _ in fields)
    return [Variable(n, type_, PickedFrom(which, of, path)) for n, (path, type_) in zip(names, fields, strict=True)]


PICKED: dict[Type, list[Variable]] = {}
for _list in (v for of in LISTS for v in POOL[of]):
    for _each in (*_picked(_list, "first"), *_picked(_list, "last")):
        PICKED.setdefault(_each.type, []).append(_each)


@dataclass
class Terms:
    """Makes terms. `bound` are the variables of the element that a quantifier around binds, by their type."""

    random: Random
    bound: Mapping[Type, Variable]
    lists: bool = True

    def variable(self, of: Type) -> Variable:
        if of in self.bound and self.random.random() < 0.7:
            return self.bound[of]
        if of in PICKED and self.lists and self.random.random() < 0.15:
            return self.random.choice(PICKED[of])
        return self.random.choice(POOL.get(of, PICKED.get(of, [])))

    def condition(self, depth: int) -> Term:
        plain: list[Callable[[int], Term]] = [self.comparison, self.comparison, self.same, self.flag]
        nested: list[Callable[[int], Term]] = [self.conjunction, self.disjunction, self.negation, self.condition_table]
        lists: list[Callable[[int], Term]] = [self.quantified, self.membership, self.same_set] if self.lists else []
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
        if found < 0.35:
            return self.variable(YesNo())
        if found < 0.4:
            return CONFORMS
        if found < 0.6:
            return build.holds(self.variable(WORD), self.random.choice((FINDERS, OTHER_FINDERS)))
        if found < 0.7:
            return build.is_present(self.variable(WORD))
        return build.is_present(self.random.choice(VARIABLES))

    def comparison(self, depth: int) -> Term:
        relations: tuple[Relation, ...] = ("at most", "at least", "above", "below", "is", "is not")
        relation = self.random.choice(relations)
        if self.random.random() < 0.25:
            of = self.random.choice((PRICE, DOSE, HOUR, TERM, INSTANT, DAY))
            return build.compare(relation, self.of_kind(of), self.of_kind(of))
        return build.compare(relation, self.number(depth), self.number(depth))

    def of_kind(self, of: Type) -> Term:
        if of == DAY and self.random.random() < 0.5:
            return build.date_of(self.of_kind(INSTANT), self.random.choice(ZONES))
        if of == INSTANT and self.random.random() < 0.3:
            shift = build.constant(self.random.choice((-1, 1, 3)) * SIX_HOURS, INSTANT)
            return build.add(self.variable(INSTANT), shift)
        return self.constant(of) if self.random.random() < 0.3 else self.variable(of)

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

    def beds(self) -> Term:
        """Over the list that is in each element of a list."""
        beds, found = self.bound[BEDS], self.random.random()
        inner = Terms(self.random, {WHOLE: BED}, lists=False)
        if found < 0.3:
            return build.some(beds, "bed", inner.comparison(0))
        if found < 0.5:
            first = Variable("the first of each.beds", WHOLE, PickedFrom("first", beds))
            return build.compare("at least", first, self.constant(WHOLE))
        if found < 0.7:
            return build.compare("below", build.count_of(beds), self.constant(WHOLE))
        return build.every(beds, "bed", inner.comparison(0))

    def quantified(self, depth: int) -> Term:
        of = self.random.choice(LISTS)
        quantifier, inside = self.random.choice((build.every, build.some, build.no)), self.inside(of)
        has = inside.beds() if BEDS in inside.bound and self.random.random() < 0.4 else inside.condition(min(depth, 1))
        return quantifier(self.variable(of), "each", has)

    def membership(self, depth: int) -> Term:
        of = self.random.choice([of for of in LISTS if of.item != ROOM])
        item = self.constant(of.item) if self.random.random() < 0.3 else self.variable(of.item)
        return build.is_in(item, self.variable(of))

    def same_set(self, depth: int) -> Term:
        of = self.random.choice([of for of in LISTS if of.item != ROOM])
        like = [each for each in (*LISTS, BEDS) if each.item == of.item]
        return build.same_set(self.variable(of), self.variable(self.random.choice(like)))

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
            empty = {field.name for field in of.fields if field.optional and random.random() < 0.4}
            return {f.name: ABSENT if f.name in empty else a_value(f.type, random) for f in of.fields}


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
        case ListOf(item, low, high) if high is not None:
            inner = all_values(item)
            return [tuple(each) for size in range(low, high + 1) for each in product(inner, repeat=size)]
    raise ValueError(f"{of!r} has too many values")
