"""Putting known values, or other terms, in the place of a term's variables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from guardproxy.ir.build import (
    NOT_READABLE,
    TRUE,
    WHOLE,
    add,
    all_of,
    any_of,
    case,
    compare,
    count_of,
    date_of,
    every,
    is_in,
    item_type,
    months_between,
    negate,
    product,
    scaled,
    total_of,
    yes_no,
)
from guardproxy.ir.evaluate import HoldsIn, member, picked
from guardproxy.ir.terms import (
    And,
    Case,
    Compare,
    Constant,
    CountOf,
    DateOf,
    Element,
    FieldOf,
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
    ResultField,
    SameSet,
    Scaled,
    Sum,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, State, Type, Value, rational


def substitute(term: Term, values: Mapping[Variable, Value], holds_in: HoldsIn | None = None) -> Term:
    """Puts known values in and simplifies; what is unknown or not in `values` stays, everything else goes.

    An absent or invalid value that is read becomes `NOT_READABLE`, so the result means what the term meant:
    evaluating it with the remaining values gives what evaluating `term` with all of them gives. A known list is
    unrolled; an unknown field of its elements becomes a variable with the list's origin and a path like
    `("rooms", "0", "kind")`. Without `holds_in`, conditions on text stay.
    """
    return _Substitution(values, {}, holds_in).put(term)


def replace_variables(term: Term, terms: Mapping[Variable, Term]) -> Term:
    """Puts terms in the place of variables and simplifies.

    Raises `ValueError` where only another variable can stand: a list, a text that is searched, `is present`.
    """
    return _Substitution({}, terms).put(term)


def at_element(term: Term, binder: str, of: Variable, index: int) -> Term:
    """What a condition or an item of a quantifier is for one element of an unknown list."""
    return _Substitution({}, {}, None, {binder: (of, index, UNKNOWN)}).put(term)


class _Substitution:
    def __init__(
        self,
        values: Mapping[Variable, Value],
        terms: Mapping[Variable, Term],
        holds_in: HoldsIn | None = None,
        elements: Mapping[str, tuple[Variable, int, Value]] = MappingProxyType({}),
    ) -> None:
        self.values, self.terms, self.holds_in, self.elements = values, terms, holds_in, elements

    def find(self, variable: Variable) -> tuple[Variable, Value]:
        """The value, and the variable that stands for it outside of quantifiers."""
        origin = variable.origin
        if isinstance(origin, PickedFrom):
            return self._find_picked(variable, origin)
        if not (isinstance(origin, Element) and origin.binder in self.elements):
            return self._replaced(variable), self.values.get(variable, UNKNOWN)
        of, index, element = self.elements[origin.binder]
        return inside(of, index, origin.path, variable.type), member(element, origin.path)

    def _find_picked(self, variable: Variable, origin: PickedFrom) -> tuple[Variable, Value]:
        of, elements = self.find(origin.list)
        if isinstance(elements, tuple) and elements:
            index = 0 if origin.which == "first" else len(elements) - 1
            return inside(of, index, origin.path, variable.type), picked(origin, elements)
        if of != origin.list:
            name = ".".join((f"the {origin.which} of {of.name}", *origin.path))
            variable = Variable(name, variable.type, replace(origin, list=of), of.occurrence)
        if elements is not UNKNOWN:
            return variable, picked(origin, elements)
        return self._replaced(variable), self.values.get(variable, UNKNOWN)

    def _replaced(self, variable: Variable) -> Variable:
        replaced = self.terms.get(variable, variable)
        if not isinstance(replaced, Variable):
            raise ValueError(f"only a variable can stand in the place of `{variable.name}`")
        return replaced

    def _within(self, elements: Mapping[str, tuple[Variable, int, Value]]) -> "_Substitution":
        return _Substitution(self.values, self.terms, self.holds_in, elements)

    def put(self, term: Term) -> Term:
        match term:
            case Constant():
                return term
            case Variable():
                return self.terms.get(term) or _known_or_open(*self.find(term))
            case Not(inner):
                return negate(self.put(inner))
            case And(terms):
                return all_of(*map(self.put, terms))
            case Or(terms):
                return any_of(*map(self.put, terms))
            case Compare(relation, left, right):
                return compare(relation, self.put(left), self.put(right))
            case IsPresent(variable):
                variable, value = self.find(variable)
                return IsPresent(variable) if value is UNKNOWN else yes_no(value is not ABSENT)
            case Holds(text, finders):
                return self._put_text_test(text, finders)
            case Sum(terms):
                return add(*map(self.put, terms))
            case Scaled(factor, inner):
                return scaled(factor, self.put(inner))
            case Product(left, right):
                return product(self.put(left), self.put(right))
            case MonthsBetween(start, end, per):
                return months_between(self.put(start), self.put(end), per)
            case DateOf(instant, zone):
                return date_of(self.put(instant), zone)
            case SameSet(left, right):
                return self._put_same_set(left, right)
            case Case(rows):
                return case(*((self.put(condition), self.put(value)) for condition, value in rows))
            case _:
                return self._put_list(term)

    def _put_text_test(self, text: Variable, finders: tuple[Finder, ...]) -> Term:
        text, value = self.find(text)
        if isinstance(value, str) and self.holds_in:
            return yes_no(self.holds_in(finders, value))
        return NOT_READABLE if value in (ABSENT, INVALID) else Holds(text, finders)

    def _put_same_set(self, left: Variable, right: Variable) -> Term:
        (left, first), (right, second) = self.find(left), self.find(right)
        if any(not isinstance(value, tuple) and value is not UNKNOWN for value in (first, second)):
            return NOT_READABLE
        if not isinstance(first, tuple):
            if not isinstance(second, tuple):
                return SameSet(left, right)
            left, first, right, second = right, second, left, first
        known = _elements(left, first)
        if isinstance(second, tuple):
            others = _elements(right, second)
            return all_of(*(_is_one_of(each, others) for each in known), *(_is_one_of(each, known) for each in others))
        each = Variable(_EACH, item_type(right), Element(_EACH))
        return all_of(*(is_in(one, right) for one in known), every(right, _EACH, _is_one_of(each, known)))

    def _put_list(self, term: CountOf | TotalOf | ForEach | IsIn) -> Term:
        of, value = self.find(term.list)
        if isinstance(value, tuple):
            return self._unrolled(term, of, value)
        if value is not UNKNOWN:
            return NOT_READABLE
        if isinstance(term, IsIn):
            return IsIn(self.put(term.item), of)
        outside = {binder: each for binder, each in self.elements.items() if binder != term.binder}
        put = self._within(outside).put
        if isinstance(term, ForEach):
            return ForEach(term.quantifier, of, term.binder, put(term.has))
        where = TRUE if term.where is None else put(term.where)
        if isinstance(term, CountOf):
            return count_of(of, term.binder, where)
        return total_of(of, term.binder, put(term.item), where)

    def _unrolled(self, term: CountOf | TotalOf | ForEach | IsIn, of: Variable, elements: tuple[Value, ...]) -> Term:
        if isinstance(term, IsIn):
            return _is_one_of(self.put(term.item), _elements(of, elements))
        inside = [
            self._within({**self.elements, term.binder: (of, i, element)}).put for i, element in enumerate(elements)
        ]
        if isinstance(term, ForEach):
            found = [put(term.has) for put in inside]
            some_of = any_of(*found)
            return {"every": all_of(*found), "some": some_of, "no": negate(some_of)}[term.quantifier]
        one, nothing = Constant(1, WHOLE), Constant(0, WHOLE)
        rows = [
            ((TRUE if term.where is None else put(term.where)), (put(term.item) if isinstance(term, TotalOf) else one))
            for put in inside
        ]
        return add(*(case(row, (TRUE, nothing)) for row in rows))


_EACH: Final = "element"
"""Binds the elements of an unknown list that is compared with a known one."""


def _elements(of: Variable, elements: tuple[Value, ...]) -> list[Term]:
    type_ = item_type(of)
    return [_known_or_open(inside(of, i, (), type_), element) for i, element in enumerate(elements)]


def _is_one_of(item: Term, others: Sequence[Term]) -> Term:
    return any_of(*(compare("is", item, each) for each in others))


def _known_or_open(variable: Variable, value: Value) -> Term:
    if value is UNKNOWN:
        return variable
    if isinstance(value, State):
        return NOT_READABLE
    if isinstance(value, tuple | Mapping):
        raise ValueError(f"`{variable.name}` is a list or a record where a single value is needed")
    return Constant(value if isinstance(value, bool | str) else rational(value), variable.type)


def inside(of: Variable, index: int, path: tuple[str, ...], type_: Type) -> Variable:
    """The variable that stands for an element of a list, or for a field of it."""
    if not isinstance(of.origin, FieldOf | ResultField | Element | PickedFrom):
        raise ValueError(f"`{of.name}` is no field, so it has no elements")
    path = (str(index), *path)
    return Variable(".".join((of.name, *path)), type_, replace(of.origin, path=of.origin.path + path), of.occurrence)
