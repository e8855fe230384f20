"""The values of two versions of a policy as one set of variables: what is read in the same place is the same value.

Where the versions declare different ranges, the common one counts here; what fits only one of the declarations is
compared by `declared`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from guardproxy.ir.substitute import replace_variables
from guardproxy.ir.terms import Element, PickedFrom, ResultField, Term, Variable
from guardproxy.ir.types import Field, ListOf, Number, OneOf, Record, Text, Type, YesNo
from guardproxy.ir.walk import subterms
from guardproxy.proofs.forms import RuleForm

_ANY: Final = YesNo()


class Unreconcilable(ValueError):
    """Two declarations of one field that have no value in common, or read it in different ways."""


class Unified:
    """One variable for each value of either version. `torn` are those that the versions read in different ways."""

    def __init__(self, old: Iterable[RuleForm], new: Iterable[RuleForm]) -> None:
        self._named: dict[Variable, Variable] = {}
        self.torn: set[Variable] = set()
        for form in (*old, *new):
            for term in (form.applies, form.demands):
                for part in subterms(term):
                    if isinstance(part, Variable) and not isinstance(part.origin, Element):
                        self._meet(part)

    def _meet(self, variable: Variable) -> None:
        key = _key(variable)
        known = self._named.get(key)
        if known is None:
            self._named[key] = variable
        elif known.type != variable.type:
            try:
                self._named[key] = replace(known, type=common(known.type, variable.type))
            except Unreconcilable:
                self.torn.add(key)

    def form(self, form: RuleForm) -> RuleForm:
        return RuleForm(form.rule, self._term(form.applies), self._term(form.demands))

    def is_torn(self, form: RuleForm) -> bool:
        return any(_key(v) in self.torn for v in form.reads)

    def _term(self, term: Term) -> Term:
        read = {p for p in subterms(term) if isinstance(p, Variable) and not isinstance(p.origin, Element)}
        changed: Mapping[Variable, Term] = {
            v: self._named[_key(v)] for v in read if _key(v) not in self.torn and self._named[_key(v)] != v
        }
        return replace_variables(term, changed) if changed else term


def _key(variable: Variable) -> Variable:
    """The same for the same place in the answer or the situation, whatever is declared about it."""
    origin = variable.origin
    match origin:
        case ResultField(look_up) if look_up.match is not None:
            origin = replace(origin, look_up=replace(look_up, match=_key(look_up.match)))
        case PickedFrom(_, of):
            origin = replace(origin, list=_key(of))
    return replace(variable, name="", type=_ANY, origin=origin)


def common(left: Type, right: Type) -> Type:
    """The type of the values that both have. Raises `Unreconcilable`."""
    match left, right:
        case YesNo(), YesNo():
            return left
        case Number(), Number():
            return _common_number(left, right)
        case OneOf(mine), OneOf(others):
            both = tuple(value for value in mine if value in others)
            return OneOf(_some(both))
        case Text(), Text():
            return Text(max(left.low, right.low), _least(left.high, right.high))
        case ListOf(), ListOf():
            low, high = max(left.low, right.low), _least(left.high, right.high)
            return ListOf(common(left.item, right.item), low, high)
        case Record(), Record():
            return _common_record(left, right)
    raise Unreconcilable


def _common_number(left: Number, right: Number) -> Number:
    ways = [(n.kind, n.wire, n.currency, n.dimension, n.grid, n.zone) for n in (left, right)]
    if ways[0] != ways[1]:
        raise Unreconcilable
    lows = [n.low for n in (left, right) if n.low is not None]
    highs = [n.high for n in (left, right) if n.high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        raise Unreconcilable
    return replace(left, low=low, high=high)


def _common_record(left: Record, right: Record) -> Record:
    names = dict.fromkeys(f.name for f in (*left.fields, *right.fields))
    fields = []
    for name in names:
        mine, other = (next((f for f in r.fields if f.name == name), None) for r in (left, right))
        fields.append(_common_field(mine, other))
    return Record(left.name, tuple(fields))


def _common_field(mine: Field | None, other: Field | None) -> Field:
    if mine is None or other is None:
        found = mine or other
        assert found is not None
        return found
    return replace(mine, type=common(mine.type, other.type), optional=mine.optional and other.optional)


def _some(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise Unreconcilable
    return values


def _least(left: int | None, right: int | None) -> int | None:
    return min((limit for limit in (left, right) if limit is not None), default=None)
