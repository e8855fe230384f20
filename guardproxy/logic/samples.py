"""Cases found without a solver: a fixed number of samples of all variables, looked at side by side.

A condition becomes two integers whose bits say in which samples it is true and in which it is false, so that "and" and
"or" cost one operation for all samples. The values are those at which conditions turn: the ends of ranges, the numbers
that variables are compared with and their neighbours, every listed value. They are chosen by arithmetic and not by
chance, so the same question has the same samples. What is found is replayed by the caller; what is not found may exist.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from guardproxy.ir.calendar import date_of, months_between
from guardproxy.ir.evaluate import RELATIONS, evaluate
from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    DateOf,
    Finder,
    Holds,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    Product,
    Scaled,
    Sum,
    Term,
    Variable,
)
from guardproxy.ir.types import ABSENT, ListOf, Number, OneOf, Record, State, Text, Type, Value, YesNo, rational
from guardproxy.ir.walk import subterms, variables, whole
from guardproxy.logic.bounds import is_empty, limits, may_be_absent
from guardproxy.logic.plain import another_text, plain_value
from guardproxy.logic.questions import Says

SAMPLES: Final = 192
ALL_SAMPLES: Final = (1 << SAMPLES) - 1

_ONES: Final = tuple(1 << number for number in range(SAMPLES))

_SLOW: Final = 48
"""Samples of conditions over lists, which are evaluated one by one."""


@dataclass(frozen=True, slots=True)
class Bits:
    """In which samples a condition is true, in which it is false, and in which anybody looked (the rest is invalid)."""

    true: int
    false: int
    known: int = ALL_SAMPLES

    def saying(self, says: Says) -> int:
        """The samples in which it says this."""
        match says:
            case "true":
                return self.true
            case "false":
                return self.false
            case "not true":
                return self.known & ~self.true
        return self.known & ~self.false

    def opposite(self) -> "Bits":
        return Bits(self.false, self.true, self.known)


class Samples:
    """Samples of everything that the terms read. Terms that read a variable without any value must not be asked for."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._turns = _turning_points(terms)
        self._optional = may_be_absent(*terms)
        self._searched = {each.text for term in terms for each in subterms(term) if isinstance(each, Holds)}
        self._columns: dict[Variable, _Column] = {}
        self._known: dict[int, Bits] = {}
        self._terms = terms
        self.findings: dict[tuple[tuple[Finder, ...], str], bool] = {}

    def bits(self, at: int) -> Bits:
        """Of the term at a position."""
        if at not in self._known:
            self._known[at] = self._condition(self._terms[at])
        return self._known[at]

    def values(self, names: Iterable[Variable], number: int) -> dict[Variable, Value]:
        """The values of some variables in one sample."""
        return {name: self._column(name).values[number] for name in names}

    # --- terms --------------------------------------------------------------------------------------------------------

    def _condition(self, term: Term) -> Bits:
        match term:
            case Constant(value):
                return Bits(ALL_SAMPLES, 0) if value else Bits(0, ALL_SAMPLES)
            case Not(inner):
                return self._condition(inner).opposite()
            case And(terms):
                return _all_of([self._condition(each) for each in terms])
            case Or(terms):
                return _all_of([self._condition(each).opposite() for each in terms]).opposite()
            case IsPresent(variable) if whole(variable) == variable:
                return self._column(variable).bits(lambda value: value is not ABSENT)
            case Variable() if whole(term) == term:
                return self._column(term).bits(lambda value: value)
            case Compare(relation, Variable() as left, Constant(limit)) if whole(left) == left:
                return self._column(left).bits(_against(RELATIONS[relation], limit))
            case Compare(relation, left, right):
                a, b = self._values(left), self._values(right)
                if a is not None and b is not None:
                    compare = RELATIONS[relation]
                    pairs = zip(a, b, strict=True)
                    return _bits([None if x is None or y is None else compare(x, y) for x, y in pairs])
        return self._by_the_evaluator(term)

    def _values(self, term: Term) -> list[Any] | None:
        """The values of a plain number or text, None for each sample in which it has none."""
        match term:
            case Constant(value):
                return [value] * SAMPLES
            case Variable() if whole(term) == term:
                return self._column(term).present
            case Scaled(factor, inner):
                found = self._values(inner)
                return None if found is None else [None if each is None else factor * each for each in found]
            case Sum(terms):
                return self._calculated(lambda *numbers: sum(numbers), terms)
            case Product(left, right):
                return self._calculated(lambda a, b: a * b, (left, right))
            case MonthsBetween(start, end, per):
                return self._calculated(lambda a, b: months_between(a, b, per), (start, end))
            case DateOf(instant, zone):
                return self._calculated(lambda at: date_of(at, zone), (instant,))
            case Case(rows):
                return self._chosen(rows)
        return None

    def _calculated(self, calculate: Callable[..., Any], terms: Sequence[Term]) -> list[Any] | None:
        columns = [self._values(each) for each in terms]
        if any(column is None for column in columns):
            return None
        rows = zip(*(column for column in columns if column is not None), strict=True)
        return [None if None in row else calculate(*row) for row in rows]

    def _chosen(self, rows: Sequence[tuple[Term, Term]]) -> list[Any] | None:
        """The value of the first row that holds; none where a row before it cannot be read."""
        found: list[Any] = [None] * SAMPLES
        undecided = ALL_SAMPLES
        for condition, value in rows:
            bits, column = self._condition(condition), self._values(value)
            if column is None or bits.known != ALL_SAMPLES:
                return None
            here = undecided & bits.true
            found = [column[i] if here >> i & 1 else each for i, each in enumerate(found)]
            undecided &= bits.false
        return found

    def _by_the_evaluator(self, term: Term) -> Bits:
        names = tuple(dict.fromkeys(map(whole, variables(term))))
        return _bits([evaluate(term, self.values(names, number), self._found) for number in range(_SLOW)])

    def _found(self, finders: tuple[Finder, ...], text: str) -> bool:
        """A guess, which stays the same for a text. No searched text is one that the terms name."""
        key = (finders, text)
        if key not in self.findings:
            self.findings[key] = _mixed(len(self.findings), len(text)) % 2 == 0
        return self.findings[key]

    # --- values -------------------------------------------------------------------------------------------------------

    def _column(self, variable: Variable) -> "_Column":
        known = self._columns.get(variable)
        if known is None:
            known = self._columns[variable] = _Column(self._options(variable), len(self._columns) + 1)
        return known

    def _options(self, variable: Variable) -> list[Value]:
        turns = () if variable in self._searched else self._turns.get(variable, ())
        found = _options(variable.type, turns)
        return [*found, ABSENT] if variable in self._optional else found


class _Column:
    """A variable in all samples: in the first at its lowest or first option, in the second at its highest or last."""

    def __init__(self, options: Sequence[Value], place: int) -> None:
        chosen = [_mixed(number, place) % len(options) for number in range(SAMPLES)]
        chosen[:2] = _ends(options)
        self.values = [options[number] for number in chosen]
        self._where = [0] * len(options)
        for sample, number in enumerate(chosen):
            self._where[number] |= 1 << sample
        self._options = options

    @cached_property
    def present(self) -> list[Any]:
        """The values; None where there is none."""
        return [None if isinstance(value, State) else value for value in self.values]

    def bits(self, says: Callable[[Any], Any]) -> Bits:
        """What a condition on this variable alone says: looked up once for each option."""
        true = false = 0
        for value, where in zip(self._options, self._where, strict=True):
            if where:
                said = says(value)
                true |= where if said is True else 0
                false |= where if said is False else 0
        return Bits(true, false)


def _ends(options: Sequence[Value]) -> tuple[int, int]:
    """The places of the least and the greatest number; of the first and the last option of anything else."""
    numbers = [(x, i) for i, x in enumerate(options) if isinstance(x, int | Fraction) and not isinstance(x, bool)]
    return (min(numbers)[1], max(numbers)[1]) if numbers else (0, len(options) - 1)


def _against(compare: Callable[[Any, Any], bool], limit: Any) -> Callable[[Any], bool | None]:
    return lambda value: None if isinstance(value, State) else compare(value, limit)


def _turning_points(terms: Sequence[Term]) -> dict[Variable, tuple[Any, ...]]:
    """For each variable, the constants that it is compared with."""
    found: dict[Variable, dict[Any, None]] = {}
    for term in terms:
        for each in subterms(term):
            if isinstance(each, Compare) and isinstance(each.right, Constant) and isinstance(each.left, Variable):
                found.setdefault(each.left, {})[each.right.value] = None
    return {variable: tuple(values) for variable, values in found.items()}


def _options(of: Type, turns: Sequence[Any]) -> list[Value]:
    match of:
        case YesNo():
            return [False, True]
        case OneOf(values):
            return list(values)
        case Number():
            return _numbers(of, turns)
        case Text():
            own = [turn for turn in turns if isinstance(turn, str) and _fits(turn, of)]
            return [*own, *(another_text("some", number, of) for number in range(1, 9))]
        case ListOf(item, low, high):
            sizes = {size for size in (low, low + 1, 2, 3) if low <= size and (high is None or size <= high)}
            inner = [] if is_empty(item) else _options(item, ())
            sizes = sizes if inner else {0}
            return [_mixture(inner, size, turn) for size in sorted(sizes) for turn in range(4)]
        case Record(_, fields):
            columns = [[*_options(f.type, ()), *([ABSENT] if f.optional else [])] for f in fields]
            rows = [[each[_mixed(turn, i) % len(each)] for i, each in enumerate(columns)] for turn in range(1, 6)]
            return [plain_value(of), *({f.name: x for f, x in zip(fields, row, strict=True)} for row in rows)]


def _mixture(options: Sequence[Value], size: int, turn: int) -> Value:
    return tuple(options[_mixed(place, size + turn) % len(options)] for place in range(size))


def _numbers(of: Number, turns: Sequence[Any]) -> list[Value]:
    low, high = limits(of)
    grid = Fraction(of.grid if of.grid is not None else of.step)
    start = Fraction(low if low is not None else -1000 * grid if high is None else high - 1000 * grid)
    end = Fraction(high if high is not None else start + 2000 * grid)
    wanted = [start, end, *(start + (end - start) * Fraction(part, 5) for part in range(1, 5))]
    wanted += [Fraction(turn) + step for turn in turns for step in (0, -grid, grid)]
    if of.grid is not None:
        wanted = [number // grid * grid for number in wanted]
    return list(dict.fromkeys(rational(n) for n in wanted if (low is None or n >= low) and (high is None or n <= high)))


def _fits(text: str, of: Text) -> bool:
    return of.low <= len(text) and (of.high is None or len(text) <= of.high)


def _mixed(number: int, place: int) -> int:
    """A number that follows no pattern of the two: a multiplicative hash."""
    mixed = (number * 0x9E3779B97F4A7C15 + place * 0xC2B2AE3D27D4EB4F) & 0xFFFFFFFFFFFFFFFF
    mixed ^= mixed >> 29
    mixed = mixed * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    return mixed >> 33


def _bits(values: Sequence[Any]) -> Bits:
    """Of the first samples, as many as there are values."""
    true = sum(one for one, value in zip(_ONES, values, strict=False) if value is True)
    false = sum(one for one, value in zip(_ONES, values, strict=False) if value is False)
    return Bits(true, false, (1 << len(values)) - 1)


def _all_of(parts: Iterable[Bits]) -> Bits:
    true, false, known = ALL_SAMPLES, 0, ALL_SAMPLES
    for part in parts:
        true &= part.true
        false |= part.false
        known &= part.known
    return Bits(true, false, known | false)
