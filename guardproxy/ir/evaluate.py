"""The reference meaning of terms: slow, small and plain. Every other engine is tested against it.

Three-valued. A condition is true, false, or in a state: `UNKNOWN` where an unknown value decides, `INVALID` where a
value is unreadable or read although it is absent. What is known may still decide: `false and x` is false, `true or x`
is true. Otherwise `INVALID` beats `UNKNOWN`. A term never has the value `ABSENT`: reading an absent value is invalid,
and only `IsPresent` looks at absence.

A variable that is picked from a list is read from the list where that is known; while the list is unknown (it is still
arriving, say), the variable's own value counts, as of any other.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from guardproxy.ir.calendar import date_of, months_between
from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    DateOf,
    Element,
    Finder,
    ForEach,
    Holds,
    IsIn,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    PickedFrom,
    Product,
    Relation,
    SameSet,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, Rational, State, Value, rational

HoldsIn: TypeAlias = Callable[[tuple[Finder, ...], str], bool]
"""Whether one of the finders is found in the text."""

RELATIONS: Mapping[Relation, Callable[[Any, Any], bool]] = {
    "at most": operator.le,
    "at least": operator.ge,
    "above": operator.gt,
    "below": operator.lt,
    "is": operator.eq,
    "is not": operator.ne,
}


def evaluate(term: Term, values: Mapping[Variable, Value], holds: HoldsIn) -> Value:
    """The value of a term; a variable that is not in `values` is unknown. Elements are read from their list's value."""
    return _Reading(values, holds, {}).of(term)


def member(value: Value, path: Iterable[str]) -> Value:
    """The value at a path of field names. A state on the way is the answer; a missing name is `ABSENT`."""
    for name in path:
        if isinstance(value, State):
            return value
        if not isinstance(value, Mapping):
            return INVALID
        value = value.get(name, ABSENT)
    return value


def picked(origin: PickedFrom, elements: Value) -> Value:
    """What stands at the place in a list's value. A state of the list is the answer; an empty list has `ABSENT`."""
    if not isinstance(elements, tuple):
        return elements if isinstance(elements, State) else INVALID
    if not elements:
        return ABSENT
    return member(elements[0 if origin.which == "first" else -1], origin.path)


def is_element(item: Value, elements: Iterable[Value]) -> Value:
    """Whether a value is one of the elements."""
    return disjunction(worst(item, element) or item == element for element in elements)


def same_set(left: Value, right: Value) -> Value:
    """Whether two lists have the same elements, in any order and however often."""
    if not (isinstance(left, tuple) and isinstance(right, tuple)):
        return worst(left, right) or INVALID
    return conjunction([*(is_element(each, right) for each in left), *(is_element(each, left) for each in right)])


def conjunction(values: Iterable[Value]) -> Value:
    found: Value = True
    for value in values:
        if value is False:
            return False
        if value is INVALID or (value is UNKNOWN and found is True):
            found = value
    return found


def negation(value: Value) -> Value:
    return value if isinstance(value, State) else not value


def disjunction(values: Iterable[Value]) -> Value:
    return negation(conjunction(negation(value) for value in values))


def worst(*values: Value) -> State | None:
    """The state that a comparison or a calculation with these values has; None when all have a value."""
    if INVALID in values or ABSENT in values:
        return INVALID
    return UNKNOWN if UNKNOWN in values else None


def chosen(rows: Iterable[tuple[Value, Value]]) -> Value:
    """The value of a decision table. While the condition of a row is unknown, nothing but `INVALID` is certain, even if
    all rows that may be chosen have one value: what is unknown may turn out to be absent, so that no row is."""
    is_open = False
    for condition, value in rows:
        if condition is INVALID:
            return INVALID
        if condition is not False and value is not INVALID:
            if condition is UNKNOWN or is_open:
                return UNKNOWN
            return value
        if condition is True:
            return INVALID
        is_open = is_open or condition is UNKNOWN
    return INVALID


def total(numbers: Iterable[Any]) -> Rational:
    return rational(sum(numbers))


class _Reading:
    def __init__(self, values: Mapping[Variable, Value], holds: HoldsIn, elements: Mapping[str, Value]) -> None:
        self.values, self.holds, self.elements = values, holds, elements

    def raw(self, variable: Variable) -> Value:
        origin = variable.origin
        if isinstance(origin, Element) and origin.binder in self.elements:
            return member(self.elements[origin.binder], origin.path)
        if isinstance(origin, PickedFrom):
            elements = self.raw(origin.list)
            if elements is not UNKNOWN:
                return picked(origin, elements)
        return self.values.get(variable, UNKNOWN)

    def of(self, term: Term) -> Value:
        match term:
            case Constant(value):
                return value
            case Variable():
                found = self.raw(term)
                return INVALID if found is ABSENT else found
            case Not(inner):
                return negation(self.of(inner))
            case And(terms):
                return conjunction(map(self.of, terms))
            case Or(terms):
                return disjunction(map(self.of, terms))
            case Compare(relation, left, right):
                return self._with(RELATIONS[relation], left, right)
            case IsPresent(variable):
                found = self.raw(variable)
                return found if found is UNKNOWN else found is not ABSENT
            case Holds(text, finders):
                return self._with(lambda value: self.holds(finders, value), text)
            case Sum(terms):
                return self._with(lambda *numbers: total(numbers), *terms)
            case Scaled(factor, inner):
                return self._with(lambda number: rational(factor * number), inner)
            case Product(left, right):
                return self._with(lambda a, b: rational(a * b), left, right)
            case MonthsBetween(start, end, per):
                return self._with(lambda a, b: months_between(a, b, per), start, end)
            case DateOf(instant, zone):
                return self._with(lambda at: date_of(at, zone), instant)
            case SameSet(left, right):
                return same_set(self.raw(left), self.raw(right))
            case Case(rows):
                return chosen((self.of(condition), self.of(value)) for condition, value in rows)
            case _:
                return self._of_list(term)

    def _with(self, calculate: Callable[..., Any], *terms: Term) -> Value:
        values = [self.of(term) for term in terms]
        result: Value | None = worst(*values) or calculate(*values)
        return INVALID if result is None else result

    def _of_list(self, term: CountOf | TotalOf | ForEach | IsIn) -> Value:
        elements = self.of(term.list)
        if not isinstance(elements, tuple):
            return elements if elements is UNKNOWN else INVALID
        if isinstance(term, IsIn):
            return is_element(self.of(term.item), elements)
        inside = [_Reading(self.values, self.holds, {**self.elements, term.binder: each}) for each in elements]
        if isinstance(term, ForEach):
            found = [each.of(term.has) for each in inside]
            some = disjunction(found)
            return {"every": conjunction(found), "some": some, "no": negation(some)}[term.quantifier]
        counted = [(True if term.where is None else each.of(term.where), each) for each in inside]
        items = [
            chosen([(where, each.of(term.item) if isinstance(term, TotalOf) else 1), (True, 0)])
            for where, each in counted
        ]
        return worst(*items) or total(items)
