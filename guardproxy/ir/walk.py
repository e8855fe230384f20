"""Visiting terms: their parts, their variables, and what kind of value they have."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    DateOf,
    Element,
    ForEach,
    Holds,
    IsIn,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    PickedFrom,
    Product,
    SameSet,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import ListOf, Number, OneOf, Record, Text, Type, YesNo

Kind: TypeAlias = Literal["condition", "number", "text", "list", "record", "invalid"]
"""`text` are also listed values. `invalid` is the decision table without rows, which stands for any kind."""

_KINDS: dict[type, Kind] = {
    YesNo: "condition",
    Number: "number",
    OneOf: "text",
    Text: "text",
    ListOf: "list",
    Record: "record",
}


def kind_of_type(of: Type) -> Kind:
    return _KINDS[type(of)]


def kind(term: Term) -> Kind:
    """What a term gives when it has a value."""
    match term:
        case Constant() | Variable():
            return kind_of_type(term.type)
        case Sum() | Scaled() | Product() | MonthsBetween() | DateOf() | CountOf() | TotalOf():
            return "number"
        case Case(rows):
            kinds = (kind(value) for _, value in rows)
            return next((k for k in kinds if k != "invalid"), "invalid")
        case _:
            return "condition"


def parts(term: Term) -> tuple[Term, ...]:
    """The direct parts in reading order, the list of a quantifier before its conditions."""
    match term:
        case Constant() | Variable():
            return ()
        case Not(inner) | Scaled(_, inner) | DateOf(inner, _):
            return (inner,)
        case And(terms) | Or(terms) | Sum(terms):
            return terms
        case Compare(_, left, right) | Product(left, right) | MonthsBetween(left, right) | SameSet(left, right):
            return (left, right)
        case IsPresent(variable) | Holds(variable, _):
            return (variable,)
        case Case(rows):
            return tuple(part for row in rows for part in row)
        case CountOf(of, _, where):
            return (of,) if where is None else (of, where)
        case TotalOf(of, _, item, where):
            return (of, item) if where is None else (of, item, where)
        case ForEach(_, of, _, has):
            return (of, has)
        case IsIn(item, of):
            return (item, of)


def subterms(term: Term) -> Iterator[Term]:
    """The term itself and everything in it, outside in, left to right; what occurs twice comes twice."""
    yield term
    for part in parts(term):
        yield from subterms(part)


def variables(term: Term) -> tuple[Variable, ...]:
    """The free variables, each once, in reading order. An element that a quantifier inside `term` binds is not free."""
    return tuple(dict.fromkeys(_free(term, frozenset())))


def occurrences(term: Term) -> Iterator[Variable]:
    """The free variables in reading order, each as often as it occurs."""
    return _free(term, frozenset())


def whole(variable: Variable) -> Variable:
    """The variable, or the list that it is picked from."""
    while isinstance(variable.origin, PickedFrom):
        variable = variable.origin.list
    return variable


def can_be_empty(variable: Variable) -> bool:
    """Whether a variable is picked from a list that may have no elements, so that nothing is there to be picked."""
    while isinstance(variable.origin, PickedFrom):
        variable = variable.origin.list
        if isinstance(variable.type, ListOf) and variable.type.low < 1:
            return True
    return False


def _free(term: Term, bound: frozenset[str]) -> Iterator[Variable]:
    if isinstance(term, Variable):
        origin = whole(term).origin
        if not (isinstance(origin, Element) and origin.binder in bound):
            yield term
        return
    if isinstance(term, CountOf | TotalOf | ForEach):
        of, *conditions = parts(term)
        yield from _free(of, bound)
        for condition in conditions:
            yield from _free(condition, bound | {term.binder})
        return
    for part in parts(term):
        yield from _free(part, bound)
