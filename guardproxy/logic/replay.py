"""A model of the solver's, read back as plain values, so that the reference evaluator can check what it shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import Final, TypeAlias

import z3

from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.terms import Finder, Term, Variable
from guardproxy.ir.types import (
    ABSENT,
    ListOf,
    Rational,
    Record,
    State,
    Text,
    Type,
    Value,
    rational,
)
from guardproxy.ir.walk import whole
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import Expression, Linear
from guardproxy.logic.lists import LAST_PLACE
from guardproxy.logic.plain import NoRoom, another_text, plain_field, plain_value

_LONGEST_LIST: Final = 10_000
"""Elements that a list of a replayed model may have."""


Elements: TypeAlias = Mapping[tuple[int, tuple[str, ...]], Variable]
"""The variables that stand for what is in a list, by place and path (see `logic.lists`)."""


class NotReplayable(ValueError):
    """The model has no plain values: an irrational number, too long a list, a text that is both found and not."""


@dataclass(frozen=True, slots=True)
class Model:
    """Values for the variables, and what the finders say of the texts among them: taken for granted, for nobody has
    looked for a text of which all of it is so."""

    values: Mapping[Variable, Value]
    findings: Mapping[tuple[tuple[Finder, ...], str], bool]

    def value_of(self, term: Term) -> Value:
        """What the reference evaluator says of a term. A finding that the model leaves open makes it unknown."""
        try:
            return evaluate(term, self.values, lambda finders, text: self.findings[finders, text])
        except KeyError:
            return State.UNKNOWN


def read_model(model: z3.ModelRef, encoding: Encoding, wanted: Iterable[Variable] | None = None) -> Model:
    """The values of the variables that are `wanted`, or of all that were read, and of the lists they are picked from.

    What the model leaves open gets some value of its type. Raises `NotReplayable`.
    """
    return _Reader(model, encoding).read(wanted)


class _Reader:
    def __init__(self, model: z3.ModelRef, encoding: Encoding) -> None:
        self.model, self.encoding = model, encoding
        self.texts = {index: text for text, index in encoding.texts.items()}
        self.others: dict[int, str] = {}
        self.searched: dict[Variable, list[tuple[Finder, ...]]] = {}
        for text, finders in encoding.findings:
            self.searched.setdefault(text, []).append(finders)
        self.findings: dict[tuple[tuple[Finder, ...], str], bool] = {}
        self.placeholders = 0

    def read(self, wanted: Iterable[Variable] | None) -> Model:
        encoding = self.encoding
        if wanted is None:
            inside = {v for known in encoding.elements.values() for v in known.values()}
            found = (*encoding.numbers, *encoding.conditions, *encoding.sizes, *encoding.labels, *self.searched)
            wanted = (v for v in dict.fromkeys((*found, *encoding.presence)) if v not in inside)
        try:
            values = {variable: self.value(variable) for variable in dict.fromkeys(map(whole, wanted))}
        except NoRoom as error:
            raise NotReplayable(str(error)) from error
        return Model(values, self.findings)

    def value(self, variable: Variable) -> Value:
        encoding = self.encoding
        if not self._is_there(variable):
            return ABSENT
        if variable in encoding.numbers:
            return linear_value(self.model, encoding.numbers[variable])
        if variable in encoding.conditions:
            return holds_in(self.model, encoding.conditions[variable])
        if isinstance(variable.type, ListOf):
            return self._list(variable, variable.type)
        if isinstance(variable.type, Text):
            return self._text(variable, variable.type)
        if variable in encoding.labels:
            return self.texts[_whole(self.model, encoding.labels[variable])]
        return plain_value(variable.type)

    def _is_there(self, variable: Variable) -> bool:
        present = self.encoding.presence.get(variable)
        return present is None or holds_in(self.model, present)

    # --- lists --------------------------------------------------------------------------------------------------------

    def _list(self, of: Variable, type_: ListOf, also: Elements = MappingProxyType({})) -> Value:
        """`also` are elements that were read as parts of the list around this one."""
        size = _whole(self.model, self.encoding.sizes[of]) if of in self.encoding.sizes else max(type_.low, 0)
        if size > _LONGEST_LIST:
            raise NotReplayable("too long a list")
        places: dict[int, dict[tuple[str, ...], Variable]] = {}
        for (place, path), element in {**also, **self.encoding.elements.get(of, {})}.items():
            at = size - 1 if place == LAST_PLACE else place
            if 0 <= at < size and (place != LAST_PLACE or path not in places.get(at, {})):
                places.setdefault(at, {})[path] = element
        plain = plain_value(type_.item)
        return tuple(self._element(type_.item, places[i]) if i in places else plain for i in range(size))

    def _element(self, type_: Type, known: Mapping[tuple[str, ...], Variable]) -> Value:
        if () in known and isinstance(type_, ListOf) and self._is_there(known[()]):
            parts = {(int(path[0]), path[1:]): element for path, element in known.items() if path}
            return self._list(known[()], type_, parts)
        if () in known and not isinstance(type_, Record):
            return self.value(known[()])
        if not isinstance(type_, Record):
            return plain_value(type_)
        found: dict[str, Value] = {}
        for each in type_.fields:
            of_field = {path[1:]: variable for path, variable in known.items() if path[:1] == (each.name,)}
            found[each.name] = self._element(each.type, of_field) if of_field else plain_field(each)
        return found

    # --- texts --------------------------------------------------------------------------------------------------------

    def _text(self, variable: Variable, of: Text) -> Value:
        label = self.encoding.labels.get(variable)
        if label is None:
            self.placeholders += 1
            text, searched = another_text("some", self.placeholders, of), [variable]
        else:
            index = _whole(self.model, label)
            text, searched = self._labelled(index, of), self._searched_by_label.get(index, [])
        for each, finders in ((one, finders) for one in searched for finders in self.searched.get(one, ())):
            if label is not None and text in self.encoding.texts:
                raise NotReplayable("what is found in a given text is no guess")
            says = holds_in(self.model, self.encoding.findings[each, finders])
            if self.findings.setdefault((finders, text), says) != says:
                raise NotReplayable("one text, two findings")
        return text

    @cached_property
    def _searched_by_label(self) -> dict[int, list[Variable]]:
        """The searched texts that are the same text, whatever their variables are."""
        found: dict[int, list[Variable]] = {}
        for variable in self.searched:
            if variable in self.encoding.labels:
                found.setdefault(_whole(self.model, self.encoding.labels[variable]), []).append(variable)
        return found

    def _labelled(self, index: int, of: Text) -> str:
        """Equal labels are equal texts, other ones are not."""
        if index in self.texts:
            return self.texts[index]
        if index not in self.others:
            taken = {*self.texts.values(), *self.others.values()}
            names = (another_text("other", number, of) for number in count(1))
            self.others[index] = next(name for name in names if name not in taken)
        return self.others[index]


def linear_value(model: z3.ModelRef, value: Linear) -> Rational:
    parts = (factor * _number(model, unknown) for unknown, factor in value.unknowns.values())
    return rational(sum(parts, value.constant))


def holds_in(model: z3.ModelRef, condition: Expression) -> bool:
    return bool(z3.is_true(model.eval(condition, model_completion=True)))


def _number(model: z3.ModelRef, unknown: Expression) -> Rational:
    value = model.eval(unknown, model_completion=True)
    if z3.is_int_value(value):
        return int(value.as_long())
    if z3.is_rational_value(value):
        return rational(value.as_fraction())
    raise NotReplayable("an irrational number")


def _whole(model: z3.ModelRef, unknown: Expression) -> int:
    return int(model.eval(unknown, model_completion=True).as_long())
