"""Values that fit a declaration, and partly known ones completed; and how they are said in a sentence."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil, floor

from guardproxy.ir.printed import printed_value
from guardproxy.ir.types import (
    ABSENT,
    UNKNOWN,
    Field,
    ListOf,
    Number,
    OneOf,
    Rational,
    Record,
    Text,
    Type,
    Value,
    YesNo,
    rational,
)

TODAY = 739_941
"""2026-11-21, around which made-up dates lie."""

_NOW = 1_795_255_200_000_000
_NOON = 43_200


def default(of: Type) -> Value:
    """A plain value that fits the type."""
    match of:
        case YesNo():
            return False
        case OneOf(values):
            return values[0] if values else ""
        case Text(low, high):
            return fitting_text("A1", low, high)
        case ListOf(item, low, _):
            return tuple(default(item) for _ in range(low))
        case Record(_, fields):
            return {f.name: ABSENT if f.optional else default(f.type) for f in fields}
        case Number():
            return nearest(of, _typical(of))


def _typical(of: Number) -> Rational:
    """A number of today's order of magnitude."""
    match of.kind:
        case "date":
            return TODAY
        case "instant":
            return _NOW
        case "time":
            return _NOON
    if of.high is not None and of.high > 0:
        return round_below(of, Fraction(of.high) / 10)
    return of.wire if of.low is None or of.low <= 0 else of.low


def nearest(of: Number, value: Rational) -> Rational:
    """The value of the type that lies next to this number."""
    if of.low is not None and value < of.low:
        value = of.low
    if of.high is not None and value > of.high:
        value = of.high
    if of.grid is None:
        return rational(Fraction(value))
    steps = Fraction(value) / Fraction(of.grid)
    snapped = floor(steps) * Fraction(of.grid)
    if of.low is not None and snapped < of.low:
        snapped = ceil(steps) * Fraction(of.grid)
    return rational(snapped)


def round_below(of: Number, value: Rational) -> Rational:
    """The next number below with one digit that is not zero, as it is written."""
    written = Fraction(value) / Fraction(of.wire)
    if written <= 0:
        return 0
    power = Fraction(1)
    while power * 10 <= written:
        power *= 10
    while power > written:
        power /= 10
    return rational(written // power * power * Fraction(of.wire))


def fitting_text(text: str, low: int, high: int | None) -> str:
    """The text, made as long as it has to be."""
    text = text + "x" * (low - len(text))
    return text if high is None else text[:high]


def complete(of: Type, value: Value) -> Value:
    """The value with everything put in that it leaves open; what it says stays."""
    if value is UNKNOWN:
        return default(of)
    match of:
        case Record(_, fields) if isinstance(value, Mapping):
            return completed(fields, value)
        case ListOf(item) if isinstance(value, tuple):
            return tuple(complete(item, each) for each in value)
    return value


def completed(fields: Iterable[Field], known: Mapping[str, Value]) -> dict[str, Value]:
    """All fields: the known ones, and those that may not be missing."""
    found: dict[str, Value] = {}
    for field in fields:
        value = known.get(field.name, UNKNOWN)
        if value is UNKNOWN:
            found[field.name] = ABSENT if field.optional else default(field.type)
        else:
            found[field.name] = complete(field.type, value)
    return found


def spoken(value: Value, of: Type) -> str:
    """As a sentence says it: `16`, `36%`, `$5,000` as `5000 USD`, `gold`."""
    if isinstance(value, str):
        return value
    return printed_value(value, of) if isinstance(value, bool | int | Fraction) else str(value)
