"""Which way a value may move without spoiling a condition: two demands that push the same way never contradict."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from guardproxy.ir.terms import (
    And,
    Compare,
    Constant,
    IsPresent,
    MonthsBetween,
    Not,
    Or,
    Scaled,
    Sum,
    Term,
    Variable,
)
from guardproxy.ir.types import Number
from guardproxy.ir.walk import variables

Direction: TypeAlias = Literal["lower", "higher", "neither"]
"""Lowering, raising a value keeps the condition true; or it depends."""

_OPPOSITE: dict[Direction, Direction] = {"lower": "higher", "higher": "lower", "neither": "neither"}


def directions(term: Term) -> Mapping[Variable, Direction]:
    """For each variable of a condition, the way in which it may move and the condition, once true, stays true."""
    match term:
        case Constant():
            return {}
        case Variable():
            return {term: "higher"}
        case And(terms) | Or(terms):
            return _joined(*map(directions, terms))
        case Not(Variable() as variable):
            return {variable: "lower"}
        case Compare(relation, left, right) if relation not in ("is", "is not") and _is_number(left):
            growing = _joined(_growth(left), _turned(_growth(right)))
            return growing if relation in ("at least", "above") else _turned(growing)
        case IsPresent(variable):
            return {variable: "neither"}
    return dict.fromkeys(variables(term), "neither")


def _is_number(term: Term) -> bool:
    return not isinstance(term, Variable) or isinstance(term.type, Number)


def _growth(term: Term) -> Mapping[Variable, Direction]:
    """For each variable of a number, the way in which it moves so that the number does not fall."""
    match term:
        case Constant():
            return {}
        case Variable():
            return {term: "higher"}
        case Sum(terms):
            return _joined(*map(_growth, terms))
        case Scaled(factor, inner):
            return _growth(inner) if factor > 0 else _turned(_growth(inner))
        case MonthsBetween(start, end):
            return _joined(_turned(_growth(start)), _growth(end))
    return dict.fromkeys(variables(term), "neither")


def _turned(found: Mapping[Variable, Direction]) -> Mapping[Variable, Direction]:
    return {variable: _OPPOSITE[way] for variable, way in found.items()}


def _joined(*parts: Mapping[Variable, Direction]) -> Mapping[Variable, Direction]:
    joined: dict[Variable, Direction] = {}
    for part in parts:
        for variable, way in part.items():
            joined[variable] = way if joined.get(variable, way) == way else "neither"
    return joined
