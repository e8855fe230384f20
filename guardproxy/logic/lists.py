"""Unknown lists, written out: a size, and for each place an element, whose fields are variables of their own.

A quantifier over a list of up to N elements becomes N copies of its condition, each behind "the list is longer than
that". So conditions over unknown lists are decided as exactly as others, up to `MOST_COPIES` copies for one term and a
list; beyond it (and for lists without a declared end) the condition is left free, which is sound and not exact.

The first and the last element of a list, and what is read of them, are those elements wherever the list is not empty.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final, TypeVar

import z3

from guardproxy.ir.build import compare
from guardproxy.ir.substitute import at_element, inside
from guardproxy.ir.terms import (
    CountOf,
    Element,
    FieldOf,
    ForEach,
    IsIn,
    PickedFrom,
    ResultField,
    SameSet,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import ListOf, Number, OneOf, Record, Text, Type, YesNo
from guardproxy.ir.walk import variables, whole
from guardproxy.logic.linear import Expression, number, on_one_scale, unknown_times
from guardproxy.logic.rails import Amount, Rails
from guardproxy.logic.unknowns import Unknowns, sizes

MOST_COPIES: Final = 400
"""Copies of a condition that one quantifier is written out to, the quantifiers around it counted in."""
_LAST: Final = 64
"""The last element is looked up in lists of up to this length."""
LAST_PLACE: Final = -1

T = TypeVar("T")


class ListEncoding(Unknowns, ABC):
    """Conditions and numbers over lists. `elements` are the variables that stand for what is in a list, by their place
    (`LAST_PLACE`: the last, wherever that is) and their path inside the element."""

    def __init__(self, terms: Sequence[Term], context: z3.Context | None = None) -> None:
        super().__init__(terms, context)
        self.elements: dict[Variable, dict[tuple[int, tuple[str, ...]], Variable]] = {}
        self._copies = 1
        self.is_vague = False
        """Whether an offset of a time zone, or a last element, was left free."""
        self._free_truths: dict[Term, Rails] = {}
        self._free_amounts: dict[Term, Amount] = {}
        self._picked: set[Variable] = set()

    @abstractmethod
    def truth(self, term: Term) -> Rails:
        """When a condition is true and when it is false."""

    @abstractmethod
    def number(self, term: Term) -> Amount:
        """A number, and when it has a value."""

    # --- elements -----------------------------------------------------------------------------------------------------

    def element(self, of: Variable, place: int, path: tuple[str, ...], type_: Type) -> Variable:
        """What stands at a place of a list, or a field of it."""
        found = inside(of, place, path, type_)
        self._register(of, place, path, found)
        return found

    def _register(self, of: Variable, place: int, path: tuple[str, ...], element: Variable) -> None:
        known = self.elements.setdefault(of, {})
        if (place, path) not in known:
            known[place, path] = element
            if isinstance(of.type, ListOf) and _can_be_missing(of.type.item, path):
                self.optional.add(element)

    def _copy(self, term: Term, binder: str, of: Variable, place: int) -> Term:
        """A quantifier's condition for one element."""
        copied = at_element(term, binder, of, place)
        start = (*_path(of), str(place))
        for variable in map(whole, variables(copied)):
            if _is_of(variable, of, start):
                self._register(of, place, _path(variable)[len(start) :], variable)
        return copied

    # --- first and last -----------------------------------------------------------------------------------------------

    def settled(self, variable: Variable) -> Variable:
        """The variable that stands for a value: of the first element of a list, that of its place."""
        origin = variable.origin
        if not isinstance(origin, PickedFrom):
            return variable
        of = self.settled(origin.list)
        self.size(of)
        if origin.which == "first":
            return self.element(of, 0, origin.path, variable.type)
        if variable not in self._picked:
            self._picked.add(variable)
            self._register(of, LAST_PLACE, origin.path, variable)
            self._tie(variable, of, origin)
        return variable

    def _tie(self, last: Variable, of: Variable, origin: PickedFrom) -> None:
        """The last element is the one at the place before the list's size. Texts that are searched are not tied."""
        low, high = sizes(of)
        if high is None or high > _LAST:
            self.is_vague = True
            return
        for place in range(max(low, 1) - 1, high):
            element = self.element(of, place, origin.path, last.type)
            same = self._same(last, element)
            self.domain.append(z3.Implies(self.size(of) == place + 1, same))

    def _same(self, left: Variable, right: Variable) -> Expression:
        there = [self.inner_presence(left) == self.inner_presence(right)] if right in self.optional else []
        match left.type:
            case YesNo():
                there.append(self.condition(left) == self.condition(right))
            case Number():
                difference = self.unknown_number(left).plus(self.unknown_number(right).times(-1))
                there.append(on_one_scale([difference], self.context)[0][0] == 0)
            case OneOf() | Text():
                there.append(self.unknown_label(left) == self.unknown_label(right))
            case ListOf():
                there.append(self.size(left) == self.size(right))
        return self.all(there)

    def present(self, variable: Variable) -> Expression:
        origin = variable.origin
        if not isinstance(origin, PickedFrom):
            return super().present(variable)
        of, settled = self.settled(origin.list), self.settled(variable)
        there = [] if sizes(of)[0] > 0 else [self.size(of) > 0]
        return self.all([self.present(origin.list), *there, self.inner_presence(settled)])

    def inner_presence(self, variable: Variable) -> Expression:
        """Whether an element has this field, wherever there is the element."""
        return super().present(variable)

    # --- quantifiers --------------------------------------------------------------------------------------------------

    def list_truth(self, term: ForEach | IsIn | SameSet) -> Rails:
        if isinstance(term, SameSet):
            return self._same_set(term)
        of = self.settled(term.list)
        places = self._places(of)
        if places is None:
            return self._free_truth(term)
        if isinstance(term, IsIn):
            found = [(p, self.truth(compare("is", term.item, m))) for p, m in enumerate(self._members(of, places))]
        else:
            found = self._each(places, lambda place: self.truth(self._copy(term.has, term.binder, of, place)))
        wants_all = isinstance(term, ForEach) and term.quantifier == "every"
        rails = self._all_of(of, found) if wants_all else self._some_of(of, found)
        if isinstance(term, ForEach) and term.quantifier == "no":
            rails = Rails(rails.false, rails.true)
        return self._where_there(self.present(term.list), rails)

    def _same_set(self, term: SameSet) -> Rails:
        left, right = self.settled(term.left), self.settled(term.right)
        here, there = self._places(left), self._places(right)
        if here is None or there is None or len(here) * len(there) > MOST_COPIES:
            return self._free_truth(term)
        one, other = self._members(left, here), self._members(right, there)
        same = {(a, b): self.truth(compare("is", x, y)) for a, x in enumerate(one) for b, y in enumerate(other)}
        in_right = [(a, self._some_of(right, [(b, same[a, b]) for b in there])) for a in here]
        in_left = [(b, self._some_of(left, [(a, same[a, b]) for a in here])) for b in there]
        parts = [self._all_of(left, in_right), self._all_of(right, in_left)]
        rails = Rails(self.all([part.true for part in parts]), self.any([part.false for part in parts]))
        return self._where_there(self.all([self.present(term.left), self.present(term.right)]), rails)

    def _members(self, of: Variable, places: range) -> list[Variable]:
        assert isinstance(of.type, ListOf)
        return [self.element(of, place, (), of.type.item) for place in places]

    def list_amount(self, term: CountOf | TotalOf) -> Amount:
        """How many elements there are, or fit; or the sum of what is counted."""
        of = self.settled(term.list)
        if isinstance(term, CountOf) and term.where is None:
            return Amount(unknown_times(self.size(of)), self.present(term.list))
        places = self._places(of)
        if places is None:
            return self._free_amount(term)
        added = self._each(places, lambda place: self._added(term, of, place))
        values, scale = on_one_scale([each.value for _, each in added], self.context)
        counts = [self._where(self._longer(of, p), value) for (p, _), value in zip(added, values, strict=True)]
        defined = [self.any([self.negated(self._longer(of, place)), each.defined]) for place, each in added]
        total = unknown_times(z3.Sum(counts), Fraction(1, scale)) if counts else number(0)
        return Amount(total, self.all([self.present(term.list), *defined]))

    def _added(self, term: CountOf | TotalOf, of: Variable, place: int) -> Amount:
        """What the element at a place adds: nothing where the condition is false."""
        item = Amount(number(1), self.yes)
        if isinstance(term, TotalOf):
            item = self.number(self._copy(term.item, term.binder, of, place))
        if term.where is None:
            return item
        where = self.truth(self._copy(term.where, term.binder, of, place))
        (value,), scale = on_one_scale([item.value], self.context)
        chosen = self._where(where.true, value)
        defined = self.any([where.false, self.all([where.true, item.defined])])
        return Amount(unknown_times(chosen, Fraction(1, scale)), defined)

    def _where(self, condition: Expression, value: Expression) -> Expression:
        """The number, or 0 where the condition is not true."""
        return value if condition is self.yes else z3.If(condition, value, 0)

    def _places(self, of: Variable) -> range | None:
        """The places that a list may have; None where they are too many to be written out."""
        high = sizes(of)[1]
        self.size(of)
        return None if high is None or high * self._copies > MOST_COPIES else range(high)

    def _each(self, places: range, make: Callable[[int], T]) -> list[tuple[int, T]]:
        self._copies *= max(len(places), 1)
        try:
            return [(place, make(place)) for place in places]
        finally:
            self._copies //= max(len(places), 1)

    def _longer(self, of: Variable, place: int) -> Expression:
        """Whether a list has an element at a place."""
        return self.yes if place < sizes(of)[0] else self.size(of) > place

    def _all_of(self, of: Variable, found: Iterable[tuple[int, Rails]]) -> Rails:
        both = [(self._longer(of, place), rails) for place, rails in found]
        true = [self.any([self.negated(there), rails.true]) for there, rails in both]
        return Rails(self.all(true), self.any([self.all([there, rails.false]) for there, rails in both]))

    def _some_of(self, of: Variable, found: Iterable[tuple[int, Rails]]) -> Rails:
        turned = self._all_of(of, [(place, Rails(rails.false, rails.true)) for place, rails in found])
        return Rails(turned.false, turned.true)

    def _where_there(self, present: Expression, rails: Rails) -> Rails:
        return Rails(self.all([present, rails.true]), self.all([present, rails.false]))

    @property
    def leaves_free(self) -> bool:
        """Whether something was not written out, so that the formulas allow more than can be."""
        return bool(self._free_truths or self._free_amounts or self.is_vague)

    # --- what is not written out --------------------------------------------------------------------------------------

    def _free_truth(self, term: Term) -> Rails:
        if term not in self._free_truths:
            rails = Rails(self.fresh(z3.Bool), self.fresh(z3.Bool))
            self.domain.append(z3.Not(z3.And(rails.true, rails.false)))
            self._free_truths[term] = rails
        return self._free_truths[term]

    def _free_amount(self, term: CountOf | TotalOf) -> Amount:
        if term not in self._free_amounts:
            value = self.fresh(z3.Real if isinstance(term, TotalOf) else z3.Int)
            if isinstance(term, CountOf):
                self.domain += [value >= 0, value <= self.size(self.settled(term.list))]
            self._free_amounts[term] = Amount(unknown_times(value), self.fresh(z3.Bool))
        return self._free_amounts[term]


def _path(variable: Variable) -> tuple[str, ...]:
    origin = variable.origin
    return origin.path if isinstance(origin, FieldOf | ResultField | Element | PickedFrom) else ()


def _is_of(variable: Variable, of: Variable, start: tuple[str, ...]) -> bool:
    """Whether a variable is an element of a list, or a field of it; `start` is the element's path."""
    origin = variable.origin
    if _path(variable)[: len(start)] != start or variable.occurrence != of.occurrence:
        return False
    if not isinstance(origin, FieldOf | ResultField | Element | PickedFrom):
        return False
    return replace(origin, path=_path(of)) == of.origin


def _can_be_missing(type_: Type, path: tuple[str, ...]) -> bool:
    """Whether a field on the way is optional."""
    for name in path:
        field = next((f for f in type_.fields if f.name == name), None) if isinstance(type_, Record) else None
        if field is None or field.optional:
            return field is not None
        type_ = field.type
    return False
