"""Expressions to terms: every value with its type, so that what does not go together is found here."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TypeAlias

from guardproxy.ir.terms import Clock, Constant, Term, Variable
from guardproxy.ir.types import Number, OneOf, Rational, Text, Type, YesNo
from guardproxy.language import constants
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names, suggestion
from guardproxy.language.paths import PathReader, Reading
from guardproxy.language.phrases import (
    Arithmetic,
    Between,
    ClockReading,
    Count,
    Literal,
    Name,
    Negative,
    Path,
    Phrase,
    Total,
    TotalPer,
)
from guardproxy.language.place import Place
from guardproxy.language.types import described
from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Typed:
    """A term with its type; `reading` where it is a field that a path reads.

    `over` is a positive divisor that is no constant: the value is `term` divided by it.
    """

    term: Term
    type: Type
    reading: Reading | None = None
    over: Term | None = None


NumberTerm: TypeAlias = tuple[Term, Number]
DATE = Number("date", grid=1)
WHOLE = Number("whole", grid=1)


class ValueLowering(ABC):
    """Each method gives None for what does not make sense, after reporting it."""

    def __init__(self, names: Names, mistakes: Mistakes) -> None:
        self.names = names
        self.mistakes = mistakes
        self.paths = PathReader(names, mistakes)
        self.unknowns_read: list[str] = []
        """Paths of facts that may be unknown, as they are read."""
        self.product_noted = False

    @abstractmethod
    def condition(self, phrase: Phrase, place: Place) -> Term | None: ...

    @abstractmethod
    def table(self, name: Name, place: Place) -> Typed | None: ...

    @abstractmethod
    def between(self, phrase: Between, place: Place) -> Typed | None: ...

    @abstractmethod
    def arithmetic(self, phrase: Arithmetic, place: Place) -> Typed | None: ...

    @abstractmethod
    def negative(self, phrase: Negative, place: Place) -> Typed | None: ...

    @abstractmethod
    def count(self, phrase: Count, place: Place) -> Typed | None: ...

    @abstractmethod
    def total(self, phrase: Total, place: Place) -> Typed | None: ...

    @abstractmethod
    def total_per(self, phrase: TotalPer) -> Typed | None: ...

    def value(self, phrase: Phrase, place: Place, beside: Type | None = None) -> Typed | None:
        """What an expression comes to. `beside` is the type on the other side: a bare word may be its listed value."""
        found = self.quotient(phrase, place, beside)
        if found is not None and found.over is not None:
            message = f"`{phrase.span.text}` is divided by a value that is not fixed, and so it cannot be used here"
            help_ = "such a quotient can be compared, added and multiplied; elsewhere divide by a number"
            self.mistakes.error("E028", message, phrase.span, help_)
            return None
        return found

    def quotient(self, phrase: Phrase, place: Place, beside: Type | None = None) -> Typed | None:
        """`value`, which may be divided by another one: for places that can multiply instead."""
        match phrase:
            case Literal():
                return self._literal(phrase, beside)
            case Path():
                return self._path(phrase, place, beside)
            case Negative():
                return self.negative(phrase, place)
            case Arithmetic():
                return self.arithmetic(phrase, place)
            case ClockReading("today", span):
                return Typed(Variable("today", DATE, Clock("today", self.names.zone_at(span))), DATE)
            case ClockReading("now"):
                type_ = Number("instant", grid=1, zone=self.names.zone)
                return Typed(Variable("now", type_, Clock("now")), type_)
            case Between():
                return self.between(phrase, place)
            case Count():
                return self.count(phrase, place)
            case Total():
                return self.total(phrase, place)
            case TotalPer():
                return self.total_per(phrase)
        term = self.condition(phrase, place)
        return Typed(term, YesNo()) if term is not None else None

    def number(self, phrase: Phrase, place: Place) -> NumberTerm | None:
        found = self.value(phrase, place)
        type_ = self.number_type(phrase, found)
        return (found.term, type_) if found is not None and type_ is not None else None

    def number_type(self, phrase: Phrase, found: Typed | None) -> Number | None:
        """The type of what was read, where that is a number."""
        if found is None or isinstance(found.type, Number):
            return found.type if found is not None and isinstance(found.type, Number) else None
        help_ = "only numbers, amounts, measures and dates are computed with"
        self.mistakes.error("E012", f"`{phrase.span.text}` is {described(found.type)}", phrase.span, help_)
        return None

    # --- literals and names -------------------------------------------------------------------------------------------

    def _literal(self, literal: Literal, beside: Type | None) -> Typed | None:
        if literal.kind == "yes/no":
            return Typed(Constant(literal.number == 1, YesNo()), YesNo())
        if literal.kind == "text":
            if isinstance(beside, OneOf):
                return self._listed(literal.text, literal.span, beside)
            return Typed(Constant(literal.text, Text()), Text())
        known = constants.number(literal, self.names, self.mistakes)
        return Typed(Constant(known.number, known.type), known.type) if known is not None else None

    def _listed(self, word: str, span: Span, type_: OneOf) -> Typed | None:
        if word in type_.values:
            return Typed(Constant(word, type_), type_)
        help_ = suggestion(word, type_.values, f"the listed values are {', '.join(type_.values)}")
        self.mistakes.error("E019", f"`{word}` is not one of the listed values", span, help_)
        return None

    def _path(self, path: Path, place: Place, beside: Type | None) -> Typed | None:
        word = path.names[0]
        if len(path.names) == 1 and isinstance(beside, OneOf):
            named = self.is_name(word.text, place)
            if word.text in beside.values and not named:
                return Typed(Constant(word.text, beside), beside)
            if word.text in beside.values:
                help_ = f'put the listed value in quotes: "{word.text}", or rename the other'
                message = f"`{word.text}` is a listed value and also the name of something else"
                self.mistakes.error("E020", message, path.span, help_)
                return None
            if not named and word.text not in self.names.broken:
                return self._listed(word.text, path.span, beside)
        if len(path.names) == 1 and word.text not in place.binders and word.text not in place.lets:
            if word.text in self.names.definitions:
                return self._definition(word, place)
            if word.text in self.names.tables:
                self.names.used.add(word.text)
                return self.table(word, place)
        return self._field(path, place)

    def is_name(self, word: str, place: Place) -> bool:
        return word in place.binders or word in place.lets or word in self.names.readable()

    def _definition(self, word: Name, place: Place) -> Typed | None:
        self.names.used.add(word.text)
        if word.text in place.reading:
            self.circular(word)
            return None
        return self.quotient(self.names.definitions[word.text].meaning, place.inside(word.text))

    def circular(self, word: Name) -> None:
        span = word.span
        self.mistakes.error("E038", f"`{word.text}` is defined by itself", span, "define it by other names")

    def _field(self, path: Path, place: Place) -> Typed | None:
        reading = self.read(path, place)
        if reading is None:
            return None
        if reading.through_list:
            help_ = "say which: `every ... in ... has`, `some ...`, `total of ...`, or `count of ...`"
            self.mistakes.error("E012", f"`{path.text}` is the list of these fields", path.span, help_)
            return None
        return Typed(reading.variable, reading.type, reading)

    def read(self, path: Path, place: Place, guarded: bool = True) -> Reading | None:
        """A field for its value: what can be missing has to be guarded."""
        reading = self.paths.read(path, place)
        if reading is None:
            return None
        if reading.may_be_unknown:
            self.unknowns_read.append(path.text)
        if guarded:
            self._check_guard(path, reading, place)
        return reading

    def _check_guard(self, path: Path, reading: Reading, place: Place) -> None:
        unguarded = next((p for p in reading.can_be_missing if p not in place.guarded), None)
        if unguarded is not None:
            help_ = (
                f"say which you mean: `... {unguarded} is present and ...` blocks when it is missing,\n"
                f"`... {unguarded} is missing or ...` allows it"
            )
            if reading.through_list and len(unguarded) > len(reading.variable.name):
                field = reading.inner[-1]
                help_ = f"say for which elements: `... for one in {reading.variable.name} where one.{field} is present`"
            self.mistakes.error("E014", f"`{unguarded}` can be missing", path.span, help_)


def number_of(term: Constant) -> Rational:
    """A numeric constant's value."""
    if isinstance(term.value, bool | str):
        raise TypeError("a number is needed here")
    return term.value
