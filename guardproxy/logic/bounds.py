"""Deciding residual terms by ranges: cheap, without a solver, and never wrong.

Each condition is followed as the set of truth values it may have, each number as the range it may lie in, each listed
value as the set it may be from. That alone is sound: what cannot be false is always true. It is exact, so that
"depends" can be said too, where the parts are independent (no variable occurs twice) and the ends of every range are
reached, the ends being moved to the grid of the type first.
"""

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Final, TypeAlias

from guardproxy.ir.calendar import EPOCH_DAY, FIRST_DAY, LAST_DAY, MICROSECONDS_OF_DAY, months_between
from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    DateOf,
    Holds,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    Product,
    Relation,
    ResultField,
    Scaled,
    Sum,
    Term,
    Variable,
)
from guardproxy.ir.types import ListOf, Number, OneOf, Rational, Record, Text, Type, rational
from guardproxy.ir.walk import can_be_empty, kind, occurrences, subterms, whole
from guardproxy.logic.questions import Decision


@dataclass(frozen=True, slots=True)
class Truth:
    """Which of true, false and invalid a condition may be; `exact`: each of them really happens, independently."""

    true: bool
    false: bool
    invalid: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both reached; None: without end. `exact` as above, for these ends only."""

    low: Rational | None
    high: Rational | None
    invalid: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `values`; None: any text. `exact`: each of them really happens."""

    values: frozenset[str] | None
    invalid: bool = False
    exact: bool = True


Known: TypeAlias = Truth | Range | Choice

_EITHER: Final = Truth(true=True, false=True)
_ANY_NUMBER: Final = Range(None, None, invalid=True, exact=False)
_GUESS: Final = Truth(true=True, false=True, invalid=True, exact=False)


def decide_by_bounds(term: Term) -> Decision | None:
    """Whether a condition holds for all values of its variables within their ranges; None: only a solver can say."""
    counts = Counter(occurrences(term))
    if any(is_empty(each.type) for variable in counts for each in (variable, whole(variable))):
        return None
    known = may_be(term)
    if not (known.false or known.invalid):
        return Decision.ALWAYS
    if not known.true:
        return Decision.NEVER
    sources = Counter(whole(variable) for variable in occurrences(term))
    independent = known.exact and all(count == 1 for count in sources.values())
    return Decision.DEPENDS if independent else None


def may_be(term: Term) -> Truth:
    """Which truth values a condition may have; what is not among them, it never has."""
    return _Bounds(may_be_absent(term)).truth(term)


def range_of(term: Term) -> tuple[Rational | None, Rational | None]:
    """The ends of the range in which a number lies wherever it has a value; None: without end, or not known."""
    found = _Bounds(may_be_absent(term)).range(term)
    return found.low, found.high


def may_be_absent(*terms: Term) -> frozenset[Variable]:
    """The variables that may turn out to be absent.

    The terms ask for it, what they are picked from may be empty, or they are looked up: an unknown field of a look-up
    means that nothing was found, and there may be no such thing at all (examples README, `Decided on the way` 5).
    """
    inside = [each for term in terms for each in subterms(term)]
    asked = {each.variable for each in inside if isinstance(each, IsPresent)}
    read = {each for each in inside if isinstance(each, Variable)}
    looked_up = {each for each in read if isinstance(whole(each).origin, ResultField)}
    picked = {each for each in read if can_be_empty(each) or whole(each) in asked}
    return frozenset(asked | looked_up | picked)


class _Bounds:
    """`optional` are the variables that may turn out to be absent, for the term asks whether they are present."""

    def __init__(self, optional: frozenset[Variable]) -> None:
        self.optional = optional

    def truth(self, term: Term) -> Truth:
        match term:
            case Constant(value):
                return Truth(true=value is True, false=value is False)
            case Variable() | Holds():
                read = term.text if isinstance(term, Holds) else term
                return replace(_EITHER, invalid=read in self.optional)
            case IsPresent():
                return _EITHER
            case Not(inner):
                return _opposite(self.truth(inner))
            case And(terms):
                return _conjunction([self.truth(each) for each in terms])
            case Or(terms):
                return _opposite(_conjunction([_opposite(self.truth(each)) for each in terms]))
            case Compare():
                return self._comparison(term)
            case Case(rows):
                return self._table(rows)
            case _:
                return _GUESS

    def _table(self, rows: tuple[tuple[Term, Term], ...]) -> Truth:
        values = [self.truth(value) for value in self._reachable(rows)]
        true, false = any(v.true for v in values), any(v.false for v in values)
        return Truth(true, false, self._may_fail(rows) or any(v.invalid for v in values), exact=False)

    def _may_fail(self, rows: tuple[tuple[Term, Term], ...]) -> bool:
        """Whether perhaps no row is chosen, or a condition cannot be read."""
        conditions = [self.truth(condition) for condition, _ in rows]
        return not conditions or conditions[-1].false or any(c.invalid for c in conditions)

    def _reachable(self, rows: tuple[tuple[Term, Term], ...]) -> list[Term]:
        return [value for condition, value in rows if self.truth(condition).true]

    def _comparison(self, term: Compare) -> Truth:
        if "condition" in (kinds := {kind(term.left), kind(term.right)}):
            left, right = self.truth(term.left), self.truth(term.right)
            return _same_truth(left, right, term.relation)
        if "number" in kinds:
            found = _compared(term, self.range(term.left), self.range(term.right))
        else:
            found = _same_text(self.choice(term.left), self.choice(term.right))
        return _opposite(found) if term.relation == "is not" else found

    def choice(self, term: Term) -> Choice:
        match term:
            case Constant(str() as value):
                return Choice(frozenset({value}))
            case Variable(_, OneOf(values)):
                return Choice(frozenset(values), invalid=term in self.optional)
            case Variable(_, Text(low, high)):
                return Choice(None, invalid=term in self.optional, exact=low == 0 and high is None)
            case Case(rows):
                found = [self.choice(value) for value in self._reachable(rows)]
                sets = [each.values for each in found if each.values is not None]
                union = frozenset[str]().union(*sets) if len(sets) == len(found) else None
                return Choice(union, self._may_fail(rows) or any(each.invalid for each in found), exact=False)
        return Choice(None, invalid=True, exact=False)

    def range(self, term: Term) -> Range:
        match term:
            case Constant(int() | Fraction() as value):
                return Range(value, value)
            case Variable(_, Number() as of):
                return replace(_range_of(of), invalid=term in self.optional)
            case Sum(terms):
                return _sum([self.range(each) for each in terms])
            case Scaled(factor, inner):
                return _scaled(factor, self.range(inner))
            case Product(left, right):
                return _product(self.range(left), self.range(right))
            case MonthsBetween(start, end, per):
                dates = all(_is_date(each) for each in (start, end))
                return _months(self.range(start), self.range(end), per) if dates else _ANY_NUMBER
            case DateOf(instant, zone):
                return _dates(self.range(instant), zone)
            case CountOf(of, _, where):
                low, high = _sizes(of.type)
                exact = where is None
                return Range(low if exact else 0, high, invalid=not exact or of in self.optional, exact=exact)
            case Case(rows):
                found = [self.range(value) for value in self._reachable(rows)]
                invalid = self._may_fail(rows) or any(each.invalid for each in found)
                return Range(_least([r.low for r in found]), _greatest([r.high for r in found]), invalid, exact=False)
        return _ANY_NUMBER


# --- truth ------------------------------------------------------------------------------------------------------------


def _opposite(truth: Truth) -> Truth:
    return replace(truth, true=truth.false, false=truth.true)


def _conjunction(parts: list[Truth]) -> Truth:
    if any(not (part.true or part.invalid) for part in parts):
        return Truth(true=False, false=True)
    return Truth(
        true=all(part.true for part in parts),
        false=any(part.false for part in parts),
        invalid=any(part.invalid for part in parts),
        exact=all(part.exact for part in parts),
    )


def _same_truth(left: Truth, right: Truth, relation: Relation) -> Truth:
    same = (left.true and right.true) or (left.false and right.false)
    different = (left.true and right.false) or (left.false and right.true)
    found = Truth(same, different, left.invalid or right.invalid, left.exact and right.exact)
    return _opposite(found) if relation == "is not" else found


def _same_text(left: Choice, right: Choice) -> Truth:
    invalid, exact = left.invalid or right.invalid, left.exact and right.exact
    if left.values is None or right.values is None:
        return replace(_EITHER, invalid=invalid, exact=exact)
    different = len(left.values | right.values) > 1
    return Truth(bool(left.values & right.values), different, invalid, exact)


def _compared(term: Compare, left: Range, right: Range) -> Truth:
    """Of two ranges; `is not` is answered as `is`."""
    invalid, exact = left.invalid or right.invalid, left.exact and right.exact
    match term.relation:
        case "at most":
            return Truth(_may_reach(left.low, right.high), _may_pass(right.low, left.high), invalid, exact)
        case "above":
            return Truth(_may_pass(right.low, left.high), _may_reach(left.low, right.high), invalid, exact)
        case "at least":
            return Truth(_may_reach(right.low, left.high), _may_pass(left.low, right.high), invalid, exact)
        case "below":
            return Truth(_may_pass(left.low, right.high), _may_reach(right.low, left.high), invalid, exact)
    same = _may_reach(left.low, right.high) and _may_reach(right.low, left.high)
    different = left.low is None or not (left.low == left.high == right.low == right.high)
    return Truth(same, different, invalid, exact and _takes(term.left, term.right))


def _may_reach(low: Rational | None, high: Rational | None) -> bool:
    """Whether something from `low` on is at most something up to `high`."""
    return low is None or high is None or low <= high


def _may_pass(low: Rational | None, high: Rational | None) -> bool:
    """Whether something from `low` on is below something up to `high`."""
    return low is None or high is None or low < high


def _takes(term: Term, value: Term) -> bool:
    """Whether a bare variable can have exactly this value, as far as its grid goes."""
    if not (isinstance(term, Variable) and isinstance(term.type, Number) and isinstance(value, Constant)):
        return False
    number, grid = value.value, term.type.grid
    return grid is None or (not isinstance(number, str) and Fraction(number) % grid == 0)


# --- ranges -----------------------------------------------------------------------------------------------------------


def limits(of: Number) -> tuple[Rational | None, Rational | None]:
    """The least and the greatest value of a type, both on its grid."""
    low, high = of.low, of.high
    if of.kind == "date":
        low = FIRST_DAY if low is None else max(low, FIRST_DAY)
        high = LAST_DAY if high is None else min(high, LAST_DAY)
    if of.grid is not None:
        low = None if low is None else rational(ceil(Fraction(low) / of.grid) * Fraction(of.grid))
        high = None if high is None else rational(floor(Fraction(high) / of.grid) * Fraction(of.grid))
    return low, high


def _range_of(of: Number) -> Range:
    return Range(*limits(of))


def is_empty(of: Type) -> bool:
    """Whether a type has no value at all: then everything is true of its values, and nothing is worth saying."""
    match of:
        case Number():
            low, high = limits(of)
            return low is not None and high is not None and low > high
        case OneOf(values):
            return not values
        case ListOf(item, low, high):
            return (high is not None and low > high) or (low > 0 and is_empty(item))
        case Text(low, high):
            return high is not None and low > high
        case Record(_, fields):
            return any(is_empty(field.type) for field in fields if not field.optional)
    return False


def _is_date(term: Term) -> bool:
    """Whether a term has whole days only, which all have a month."""
    of = term.type if isinstance(term, Constant | Variable) else None
    return isinstance(of, Number) and of.kind == "date" and (isinstance(term, Constant) or of.grid == 1)


def _sizes(of: Type) -> tuple[int, int | None]:
    return (of.low, of.high) if isinstance(of, ListOf) else (0, None)


def _least(ends: list[Rational | None]) -> Rational | None:
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def _greatest(ends: list[Rational | None]) -> Rational | None:
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _sum(parts: list[Range]) -> Range:
    lows, highs = [part.low for part in parts], [part.high for part in parts]
    return Range(
        low=None if None in lows else rational(sum(low for low in lows if low is not None)),
        high=None if None in highs else rational(sum(high for high in highs if high is not None)),
        invalid=any(part.invalid for part in parts),
        exact=all(part.exact for part in parts),
    )


def _scaled(factor: Rational, of: Range) -> Range:
    if factor == 0:
        return replace(of, low=0, high=0)
    ends = [None if end is None else rational(factor * end) for end in (of.low, of.high)]
    low, high = ends if factor > 0 else reversed(ends)
    return replace(of, low=low, high=high)


def _product(left: Range, right: Range) -> Range:
    invalid, exact = left.invalid or right.invalid, left.exact and right.exact
    corners = [
        None if a is None or b is None else rational(a * b)
        for a in (left.low, left.high)
        for b in (right.low, right.high)
    ]
    if None not in corners:
        return Range(_least(corners), _greatest(corners), invalid, exact)
    positive = left.low is not None and right.low is not None and left.low >= 0 and right.low >= 0
    return Range(corners[0] if positive else None, None, invalid, exact=False)


def _dates(instant: Range, zone: str) -> Range:
    """One day more on both sides where the zone is not UTC; nothing is said of what may leave the calendar."""
    if instant.low is None or instant.high is None:
        return _ANY_NUMBER
    margin = 0 if zone == "UTC" else 1
    low, high = (EPOCH_DAY + floor(end / Fraction(MICROSECONDS_OF_DAY)) for end in (instant.low, instant.high))
    if low - margin <= FIRST_DAY or high + margin >= LAST_DAY:
        return _ANY_NUMBER
    return Range(low - margin, high + margin, instant.invalid, instant.exact and not margin)


def _months(start: Range, end: Range, per: int) -> Range:
    """More, the earlier the start and the later the end."""
    assert start.low is not None and start.high is not None and end.low is not None and end.high is not None
    low, high = months_between(start.high, end.low, per), months_between(start.low, end.high, per)
    if low is None or high is None:
        return _ANY_NUMBER
    return Range(low, high, start.invalid or end.invalid, start.exact and end.exact)
