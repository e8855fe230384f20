"""Expressions to terms: every value with its type, so that what does not go together is found here."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from guardproxy.ir import build
from guardproxy.ir.measures import DURATION
from guardproxy.ir.terms import CallsInAnswer, Clock, Constant, Element, Term, TotalPerKey, Variable
from guardproxy.ir.types import ListOf, Number, OneOf, Rational, Text, Type, YesNo
from guardproxy.language import constants, presence, types
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
from guardproxy.language.types import Clash, described
from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Typed:
    """A term with its type; `reading` where it is a field that a path reads."""

    term: Term
    type: Type
    reading: Reading | None = None


DATE = Number("date", grid=1)
WHOLE = Number("whole", grid=1)
_SECONDS_PER = {"days": 86400, "hours": 3600, "minutes": 60}


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

    def value(self, phrase: Phrase, place: Place, beside: Type | None = None) -> Typed | None:
        """What an expression comes to. `beside` is the type on the other side: a bare word may be its listed value."""
        match phrase:
            case Literal():
                return self._literal(phrase, beside)
            case Path():
                return self._path(phrase, place, beside)
            case Negative():
                return self._negative(phrase, place)
            case Arithmetic():
                return self._arithmetic(phrase, place)
            case ClockReading(what):
                type_ = DATE if what == "today" else Number("instant", grid=1, zone=self.names.zone)
                return Typed(Variable(what, type_, Clock(what)), type_)
            case Between():
                return self._between(phrase, place)
            case Count():
                return self._count(phrase, place)
            case Total():
                return self._total(phrase, place)
            case TotalPer():
                return self._total_per(phrase)
        term = self.condition(phrase, place)
        return Typed(term, YesNo()) if term is not None else None

    def number(self, phrase: Phrase, place: Place) -> tuple[Term, Number] | None:
        found = self.value(phrase, place)
        if found is None:
            return None
        if not isinstance(found.type, Number):
            help_ = "only numbers, amounts, measures and dates are computed with"
            self.mistakes.error("E012", f"`{phrase.span.text}` is {described(found.type)}", phrase.span, help_)
            return None
        return found.term, found.type

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
            named = self._is_name(word.text, place)
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

    def _is_name(self, word: str, place: Place) -> bool:
        return word in place.binders or word in place.lets or word in self.names.readable()

    def _definition(self, word: Name, place: Place) -> Typed | None:
        self.names.used.add(word.text)
        if word.text in place.reading:
            self.circular(word)
            return None
        return self.value(self.names.definitions[word.text].meaning, place.inside(word.text))

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

    # --- arithmetic ---------------------------------------------------------------------------------------------------

    def _negative(self, phrase: Negative, place: Place) -> Typed | None:
        found = self.number(phrase.value, place)
        if found is None:
            return None
        term, type_ = found
        if type_.kind in types.POINTS:
            self.mistakes.error("E012", f"{described(type_)} has no negative", phrase.span, "take the `-` away")
            return None
        return Typed(build.scaled(-1, term), types.unlimited(type_))

    def _arithmetic(self, phrase: Arithmetic, place: Place) -> Typed | None:
        left, right = self.number(phrase.left, place), self.number(phrase.right, place)
        if left is None or right is None:
            return None
        if phrase.operation in "+-":
            shifted = self._shifted(phrase, left, right)
            return shifted or self._computed(
                phrase, types.of_sum(left[1], right[1]), self._sum(phrase, left[0], right[0])
            )
        if phrase.operation == "*":
            self._note_product(phrase, left[0], right[0])
            return self._computed(phrase, types.of_product(left[1], right[1]), lambda: _product(left[0], right[0]))
        divisor = self._divisor(phrase, right[0])
        if divisor is None:
            return None
        scaled = Fraction(1) / Fraction(divisor)
        return self._computed(phrase, types.of_quotient(left[1], right[1]), lambda: build.scaled(scaled, left[0]))

    def _computed(self, phrase: Phrase, type_: Number | Clash, term: Callable[[], Term]) -> Typed | None:
        if isinstance(type_, Clash):
            self.mistakes.error(type_.code, type_.message, phrase.span, type_.help)
            return None
        return Typed(term(), type_)

    def _sum(self, phrase: Arithmetic, left: Term, right: Term) -> Callable[[], Term]:
        sign = 1 if phrase.operation == "+" else -1
        return lambda: build.add(left, build.scaled(sign, right))

    def _shifted(self, phrase: Arithmetic, left: tuple[Term, Number], right: tuple[Term, Number]) -> Typed | None:
        """A date or an instant moved by a duration that stands in the policy."""
        length, kind = right[0], left[1].kind
        is_duration = right[1].kind == "quantity" and right[1].dimension == DURATION
        if kind not in ("date", "instant") or not is_duration or not isinstance(length, Constant):
            return None
        seconds = Fraction(number_of(length)) * (1 if phrase.operation == "+" else -1)
        units = seconds / 86400 if kind == "date" else seconds * 10**6
        if units.denominator != 1:
            return None
        moved = build.add(left[0], Constant(units.numerator, WHOLE))
        return Typed(moved, types.unlimited(left[1]))

    def _note_product(self, phrase: Arithmetic, left: Term, right: Term) -> None:
        if not self.product_noted and not isinstance(left, Constant) and not isinstance(right, Constant):
            self.product_noted = True
            message = f"`{phrase.span.text}` multiplies two values that are not fixed"
            help_ = "every check of an answer stays exact; a proof over all answers may not finish"
            self.mistakes.remark("I301", message, phrase.span, help_)

    def _divisor(self, phrase: Arithmetic, term: Term) -> Rational | None:
        if not isinstance(term, Constant):
            help_ = "divide by a number that stands here, or multiply on the other side"
            self.mistakes.error("E028", f"`{phrase.right.span.text}` could be zero", phrase.right.span, help_)
            return None
        if number_of(term) == 0:
            self.mistakes.error("E028", "nothing is divided by zero", phrase.right.span, "correct the divisor")
            return None
        return number_of(term)

    # --- times --------------------------------------------------------------------------------------------------------

    def _between(self, phrase: Between, place: Place) -> Typed | None:
        start, end = self.number(phrase.start, place), self.number(phrase.end, place)
        if start is None or end is None:
            return None
        kinds = {start[1].kind, end[1].kind}
        wanted = "instant" if phrase.unit in ("hours", "minutes") else "date"
        if kinds == {"instant"} and wanted == "date":
            what = f"`{phrase.unit} from` between instants, which depends on midnight in {self.names.zone},"
            self.mistakes.not_yet(what, phrase.span, "declare both as dates, or count `hours from`")
            return None
        if kinds != {wanted}:
            other = end if end[1].kind != wanted else start
            help_ = f"`{phrase.unit} from A to B` stands between two {wanted}s"
            self.mistakes.error("E012", f"{described(other[1])} is no {wanted}", phrase.span, help_)
            return None
        return self._distance(phrase, start[0], end[0])

    def _distance(self, phrase: Between, start: Term, end: Term) -> Typed:
        if phrase.unit in ("months", "years"):
            per = 12 if phrase.unit == "years" else 1
            return Typed(build.months_between(start, end, per), WHOLE)
        distance = build.subtract(end, start)
        if phrase.unit == "days":
            return Typed(distance, WHOLE)
        return Typed(build.scaled(Fraction(1, _SECONDS_PER[phrase.unit] * 10**6), distance), Number("decimal"))

    # --- lists --------------------------------------------------------------------------------------------------------

    def list(self, path: Path, place: Place) -> tuple[Variable, ListOf, Reading] | None:
        """The list that a path reads, or goes through."""
        reading = self.read(path, place)
        if reading is None:
            return None
        type_ = reading.variable.type
        if not isinstance(type_, ListOf):
            help_ = "name a field that is declared as `list of ...`"
            self.mistakes.error("E012", f"`{path.text}` is {described(type_)} and no list", path.span, help_)
            return None
        return reading.variable, type_, reading

    def bound(self, binder: Name, type_: ListOf, place: Place) -> Place | None:
        if binder.text in place.binders or binder.text in place.lets:
            help_ = "give the inner one another name"
            self.mistakes.error("E018", f"`{binder.text}` names something else here already", binder.span, help_)
            return None
        return place.with_binder(binder.text, type_.item)

    def _count(self, phrase: Count, place: Place) -> Typed | None:
        if phrase.list.text == "calls" and not self._is_name("calls", place):
            return Typed(Variable("count of calls", WHOLE, CallsInAnswer()), WHOLE)
        found = self.list(phrase.list, place)
        if found is None:
            return None
        variable, type_, _ = found
        result = Number("whole", 0, type_.high, 1)
        if phrase.binder is None or phrase.where is None:
            return Typed(build.count_of(variable), result)
        inner = self.bound(phrase.binder, type_, place)
        where = self.condition(phrase.where, inner) if inner is not None else None
        return Typed(build.count_of(variable, phrase.binder.text, where), result) if where is not None else None

    def _total(self, phrase: Total, place: Place) -> Typed | None:
        found = self.list(phrase.list, place)
        if found is None:
            return None
        variable, type_, reading = found
        if phrase.binder is None or phrase.item is None:
            return self._total_of_field(phrase, variable, reading)
        inner = self.bound(phrase.binder, type_, place)
        where = self.condition(phrase.where, inner) if phrase.where is not None and inner is not None else build.TRUE
        if inner is not None and phrase.where is not None:
            inner = inner.knowing(presence.guards(phrase.where, True, self.names.definitions))
        item = self.number(phrase.item, inner) if inner is not None else None
        if item is None or where is None:
            return None
        total = build.total_of(variable, phrase.binder.text, item[0], where)
        return self._summed(phrase.item, item[1], total)

    def _total_of_field(self, phrase: Total, variable: Variable, reading: Reading) -> Typed | None:
        binder = "one"
        if not isinstance(reading.type, Number):
            shown = described(reading.type)
            self.mistakes.error(
                "E012", f"`{phrase.list.text}` is {shown}, which has no total", phrase.span, "name a number"
            )
            return None
        item = Variable(".".join((binder, *reading.inner)), reading.type, Element(binder, reading.inner))
        return self._summed(phrase.list, reading.type, build.total_of(variable, binder, item))

    def _summed(self, path: Path, type_: Number, total: Term) -> Typed | None:
        if type_.kind in types.POINTS:
            self.mistakes.error("E012", f"{described(type_)} has no total", path.span, "name a number")
            return None
        return Typed(total, types.unlimited(type_))

    def _total_per(self, phrase: TotalPer) -> Typed | None:
        tool, *names = phrase.field.names
        schema = self.names.for_tool(tool.text) or self.names.schema(tool.text)
        if schema is None or not schema.tool or len(names) != 1:
            help_ = "write `total of TOOL.field per KEY`, with the tool's fields declared"
            self.mistakes.error("E027", f"`{phrase.field.text}` is no field of a tool", phrase.field.span, help_)
            return None
        fields = {f.name: f for f in schema.fields}
        for name in (names[0], phrase.key):
            if name.text not in fields and name.text not in self.names.broken:
                help_ = suggestion(name.text, fields, "declare it as a `-` line")
                self.mistakes.error("E011", f"`{schema.name}` has no field `{name.text}`", name.span, help_)
        if names[0].text not in fields or phrase.key.text not in fields:
            return None
        type_ = fields[names[0].text].type
        if not isinstance(type_, Number) or type_.kind in types.POINTS:
            message = f"`{phrase.field.text}` is {described(type_)}, which has no total"
            self.mistakes.error("E012", message, phrase.field.span, "name a number")
            return None
        total = replace(types.unlimited(type_), grid=type_.grid)
        origin = TotalPerKey(schema.tool, names[0].text, phrase.key.text)
        return Typed(Variable(f"total of {schema.tool}.{names[0].text} per {phrase.key.text}", total, origin), total)


def _product(left: Term, right: Term) -> Term:
    """A factor that stands in the policy comes first: a constant product keeps the other's unit."""
    return build.product(right, left) if isinstance(right, Constant) else build.product(left, right)


def number_of(term: Constant) -> Rational:
    """A numeric constant's value."""
    if isinstance(term.value, bool | str):
        raise TypeError("a number is needed here")
    return term.value
