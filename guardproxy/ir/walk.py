"""Visiting terms: their parts, their variables, and what kind of value they have."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

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
    return _PARTS[term.__class__](term)


_PARTS: Mapping[type, Callable[[Any], tuple[Term, ...]]] = {
    Constant: lambda term: (),
    Variable: lambda term: (),
    Not: lambda term: (term.term,),
    Scaled: lambda term: (term.term,),
    DateOf: lambda term: (term.instant,),
    And: lambda term: term.terms,
    Or: lambda term: term.terms,
    Sum: lambda term: term.terms,
    Compare: lambda term: (term.left, term.right),
    Product: lambda term: (term.left, term.right),
    MonthsBetween: lambda term: (term.start, term.end),
    SameSet: lambda term: (term.left, term.right),
    IsPresent: lambda term: (term.variable,),
    Holds: lambda term: (term.text,),
    Case: lambda term: tuple(part for row in term.rows for part in row),
    CountOf: lambda term: (term.list,) if term.where is None else (term.list, term.where),
    TotalOf: lambda term: (term.list, term.item) if term.where is None else (term.list, term.item, term.where),
    ForEach: lambda term: (term.list, term.has),
    IsIn: lambda term: (term.item, term.list),
}
"""Looked up by class: terms are visited all the time."""


def subterms(term: Term) -> Iterator[Term]:
    """The term itself and everything in it, outside in, left to right; what occurs twice comes twice."""
    ahead = [term]
    while ahead:
        found = ahead.pop()
        yield found
        if found.__class__ not in _LEAVES:
            ahead += reversed(parts(found))


_LEAVES = frozenset({Constant, Variable})


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
    ahead = [term]
    while ahead:
        found = ahead.pop()
        match found:
            case Variable():
                origin = whole(found).origin
                if not (isinstance(origin, Element) and origin.binder in bound):
                    yield found
            case CountOf() | TotalOf() | ForEach():
                of, *conditions = parts(found)
                yield from _free(of, bound)
                for condition in conditions:
                    yield from _free(condition, bound | {found.binder})
            case Constant():
                pass
            case _:
                ahead += reversed(parts(found))
