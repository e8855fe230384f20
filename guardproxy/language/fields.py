"""Field declarations to types: limits, grids, steps and the written form of each kind of value."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from guardproxy.ir.currencies import HUNDREDTHS, minor_units, money
from guardproxy.ir.measures import DURATION, MASS, UNITS, VOLUME, Unit, unit
from guardproxy.ir.types import (
    Dimension,
    ListOf,
    Number,
    NumberKind,
    OneOf,
    Rational,
    Record,
    Text,
    Type,
    YesNo,
    rational,
)
from guardproxy.language.collector import Mistakes
from guardproxy.language.constants import Known, constant
from guardproxy.language.names import Names, suggestion
from guardproxy.language.phrases import Literal, Negative, Path, Phrase
from guardproxy.language.syntax import FieldText, Limits, Modifier, ModifierWord, TypeText
from guardproxy.language.types import described
from guardproxy.source import Span

MAX_LENGTH = 1000
"""Most elements that a list may declare: rules over lists are unrolled."""

FindRecord = Callable[[TypeText], Record | None]
Modifiers = Mapping[ModifierWord, Modifier]


class TypeReader:
    """Reads the types of one policy; `find_record` resolves names of records."""

    def __init__(self, names: Names, mistakes: Mistakes, find_record: FindRecord) -> None:
        self.names = names
        self.mistakes = mistakes
        self.find_record = find_record

    def type_of(self, field: FieldText) -> Type | None:
        found = self._type(field.type, {m.word: m for m in field.modifiers})
        if found is not None:
            self._check_modifiers(field, found)
        return found

    def _type(self, text: TypeText, modifiers: Modifiers) -> Type | None:
        match text.word:
            case "yes/no":
                return YesNo()
            case "one of":
                return self._one_of(text)
            case "text":
                low, high = self._lengths(text.limits, "characters")
                return Text(low or 0, high)
            case "list":
                return self._list(text, modifiers)
            case "record":
                return self.find_record(text)
        return self._number(text, modifiers)

    def _one_of(self, text: TypeText) -> OneOf | None:
        values: list[str] = []
        for option in text.options:
            value = listed_text(option)
            if value is None:
                help_ = "listed values are words, or texts in quotes"
                self.mistakes.error("E012", f"`{option.span.text}` is no listed value", option.span, help_)
            elif value in values:
                self.mistakes.error("E018", f"`{value}` is listed twice", option.span, "list each value once")
            else:
                values.append(value)
        return OneOf(tuple(values)) if values else None

    def _list(self, text: TypeText, modifiers: Modifiers) -> ListOf | None:
        item = self._type(text.item, modifiers) if text.item is not None else None
        low, high = self._lengths(text.limits, "elements")
        if high is not None and high > MAX_LENGTH:
            help_ = "rules over lists are written out element by element"
            self.mistakes.error("E033", f"a list has at most {MAX_LENGTH} elements here", _limits_span(text), help_)
        return ListOf(item, low or 0, high) if item is not None else None

    def _lengths(self, limits: Limits | None, of: str) -> tuple[int | None, int | None]:
        if limits is None:
            return None, None
        found: list[int | None] = []
        for phrase in (limits.low, limits.high):
            known = constant(phrase, self.names, self.mistakes) if phrase is not None else None
            if known is not None and not _is_count(known):
                help_ = f"this range counts {of}: plain whole numbers"
                self.mistakes.error("E033", f"`{known.span.text}` is no number of {of}", known.span, help_)
                known = None
            found.append(int(known.number) if known is not None else None)
        low, high = found
        if low is not None and high is not None:
            self._check_order(low, high, limits)
        return low, high

    def _check_order(self, low: Rational, high: Rational, limits: Limits) -> None:
        if low > high:
            help_ = "write the smaller one first"
            self.mistakes.error("E033", "the lower limit is above the upper one", limits.span, help_)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def _number(self, text: TypeText, modifiers: Modifiers) -> Number | None:
        low, high = self._limits(text)
        sample = low or high
        if text.limits is not None and sample is None:
            return None
        bare = self._bare(text, sample, modifiers)
        if bare is None:
            return None
        for known in (low, high):
            if known is not None and not self._fits(known, bare):
                return None
        step = self._step(modifiers.get("in steps of"), bare)
        return Number(
            bare.kind,
            low.number if low else None,
            high.number if high else None,
            bare.grid,
            step,
            bare.wire,
            bare.currency,
            bare.dimension,
            bare.unit,
            self.names.zone,
        )

    def _limits(self, text: TypeText) -> tuple[Known | None, Known | None]:
        if text.limits is None or text.limits.low is None:
            return None, None
        low = constant(text.limits.low, self.names, self.mistakes)
        high = constant(text.limits.high, self.names, self.mistakes)
        if low is not None and high is not None and low.number > high.number and low.type.kind == high.type.kind:
            self._check_order(low.number, high.number, text.limits)
        return low, high

    def _bare(self, text: TypeText, sample: Known | None, modifiers: Modifiers) -> Number | None:
        """The type without limits: its kind, grid, natural step and written form."""
        written = modifiers.get("written in")
        match text.word:
            case "whole number":
                return Number("whole", grid=1)
            case "decimal":
                places = text.places.number if text.places else Fraction(0)
                grid = rational(Fraction(1, 10 ** min(int(places), 30)))
                return Number("decimal", grid=grid, step=grid)
            case "percent":
                wire: Rational = 1 if "written as a fraction" in modifiers else Fraction(1, 100)
                return Number("percent", step=Fraction(1, 10000), wire=wire, unit="%")
            case "money":
                return self._money(sample, written)
            case "date" | "time" | "instant":
                return Number(_POINTS[text.word], grid=1)
        return self._measured(text, sample, written)

    def _money(self, sample: Known | None, written: Modifier | None) -> Number | None:
        currency = sample.type.currency if sample else ""
        currency = currency or self.names.currency or "USD"
        wire: Rational = minor_units(currency)
        if written is not None and written.unit in HUNDREDTHS and wire == 100:
            wire = 1
        elif written is not None and written.unit != currency:
            help_ = f"write `written in {currency}`" + (" or `written in cents`" if wire == 100 else "")
            self.mistakes.error(
                "E024", f"amounts in {currency} are not written in `{written.unit}`", written.span, help_
            )
        return Number("money", grid=1, wire=wire, currency=currency, dimension=money(currency), unit=currency)

    def _measured(self, text: TypeText, sample: Known | None, written: Modifier | None) -> Number | None:
        found = unit(written.unit) if written is not None else None
        if written is not None and found is None:
            help_ = suggestion(written.unit, UNITS, "units are such as mg, kg, mL, h, days, months and mg/kg")
            self.mistakes.error("E024", f"there is no unit `{written.unit}`", written.span, help_)
            return None
        found = found or (unit(sample.type.unit) if sample is not None else None)
        if found is None:
            help_ = f"give limits with units, or say `written in {_SAMPLE_UNITS[text.word]}`"
            self.mistakes.error("E024", f"nothing says in which unit this {text.word} is written", text.span, help_)
            return None
        return self._of_unit(text, found)

    def _of_unit(self, text: TypeText, found: Unit) -> Number | None:
        wanted = _DIMENSIONS.get(text.word)
        if wanted not in (None, found.dimension) and not (text.word == "duration" and found.kind == "calendar"):
            help_ = f"write a unit of {text.word}, such as {_SAMPLE_UNITS[text.word]}"
            self.mistakes.error("E015", f"`{found.name}` does not measure a {text.word}", text.span, help_)
            return None
        if found.kind == "calendar":
            return Number("calendar", grid=1, step=1, wire=found.factor, unit=found.name)
        step = rational(Fraction(found.factor) / 1000)
        return Number("quantity", step=step, wire=found.factor, dimension=found.dimension, unit=found.name)

    def _fits(self, known: Known, bare: Number) -> bool:
        same = known.type.kind == bare.kind or {known.type.kind, bare.kind} == {"whole", "decimal"}
        same = same and (known.type.dimension, known.type.currency) == (bare.dimension, bare.currency)
        if not same:
            help_ = f"a limit is written like the values: as {described(bare)}"
            code = "E016" if {known.type.kind, bare.kind} == {"calendar", "quantity"} else "E012"
            self.mistakes.error(code, f"`{known.span.text}` is no limit for {described(bare)}", known.span, help_)
        return same

    def _step(self, modifier: Modifier | None, bare: Number) -> Rational:
        if modifier is None or modifier.step is None:
            return bare.step
        known = constant(modifier.step, self.names, self.mistakes)
        if known is None or not self._fits(known, bare):
            return bare.step
        if known.number <= 0:
            self.mistakes.error(
                "E033", "a step is more than nothing", modifier.span, "write the distance between two steps"
            )
            return bare.step
        return known.number

    # --- modifiers ----------------------------------------------------------------------------------------------------

    def _check_modifiers(self, field: FieldText, type_: Type) -> None:
        seen: set[str] = set()
        if isinstance(type_, ListOf):
            # `written in mg` says how the elements are written.
            type_ = type_.item
        for modifier in field.modifiers:
            allowed = _ALLOWED.get(modifier.word)
            if modifier.word in seen and not modifier.word.startswith("read"):
                self.mistakes.error("E032", f"`{modifier.word}` stands twice", modifier.span, "say it once")
            elif allowed is not None and not (isinstance(type_, Number) and type_.kind in allowed):
                message = f"`{modifier.word}` does not go with {described(type_)}"
                self.mistakes.error("E032", message, modifier.span, "take it out, or correct the type")
            seen.add(modifier.word)


_POINTS: Mapping[str, NumberKind] = {"date": "date", "time": "time", "instant": "instant"}
_DIMENSIONS: Mapping[str, Dimension] = {"mass": MASS, "volume": VOLUME, "duration": DURATION}
_SAMPLE_UNITS: Mapping[str, str] = {"mass": "mg", "volume": "mL", "duration": "h", "rate": "mL/h"}
_ALLOWED: Mapping[str, tuple[NumberKind, ...]] = {
    "written in": ("money", "quantity", "calendar"),
    "written as a fraction": ("percent",),
    "in steps of": ("whole", "decimal", "percent", "money", "quantity", "calendar"),
}


def listed_text(phrase: Phrase) -> str | None:
    """The listed value that a word or a text in quotes stands for; None for anything else."""
    match phrase:
        case Path(names=(name,)):
            return name.text
        case Literal(kind="text", text=text):
            return text
        case Literal(kind="yes/no" | "number", text=text, span=span):
            return text or span.text
        case Negative():
            return None
    return None


def _is_count(known: Known) -> bool:
    return known.type.kind == "whole" and known.number >= 0


def _limits_span(text: TypeText) -> Span:
    return text.limits.span if text.limits else text.span
