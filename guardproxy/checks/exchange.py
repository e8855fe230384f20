"""One part of a term exchanged for another, wherever it stands, also where it stands negated."""

from dataclasses import fields, replace
from typing import Any, cast, get_args

from guardproxy.ir.build import negate
from guardproxy.ir.terms import Constant, Term, Variable
from guardproxy.ir.walk import kind


def exchanged(term: Term, old: Term, new: Term) -> Term:
    """The term with `new` for each `old`, and the opposite of `new` for each opposite of `old`."""
    opposites = (negate(old), negate(new)) if kind(old) == "condition" and kind(new) == "condition" else None
    return _exchanged(term, old, new, opposites)


def _exchanged(term: Term, old: Term, new: Term, opposites: tuple[Term, Term] | None) -> Term:
    if term == old:
        return new
    if opposites is not None and term == opposites[0]:
        return opposites[1]
    if isinstance(term, Constant | Variable):
        return term
    changed: dict[str, Any] = {}
    for field in fields(term):
        value = getattr(term, field.name)
        other = _inside(value, old, new, opposites)
        if other != value:
            changed[field.name] = other
    return replace(term, **changed) if changed else term


def _inside(value: Any, old: Term, new: Term, opposites: tuple[Term, Term] | None) -> Any:
    """The same for whatever a term holds: a term, a tuple of them, rows of a table; anything else stays."""
    if isinstance(value, tuple):
        return tuple(_inside(each, old, new, opposites) for each in value)
    return _exchanged(cast(Term, value), old, new, opposites) if isinstance(value, _TERMS) else value


_TERMS: tuple[type, ...] = get_args(Term)
