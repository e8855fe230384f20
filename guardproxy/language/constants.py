"""Literals to constants: a figure with its unit becomes an exact number in the base unit of its kind."""

import re
from dataclasses import dataclass
from fractions import Fraction

from guardproxy.ir.currencies import MINOR_DIGITS, meant_by, minor_units, money
from guardproxy.ir.measures import unit
from guardproxy.ir.types import Number, Rational, rational
from guardproxy.language import literals
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.phrases import Literal, Negative, Phrase
from guardproxy.source import Span

_AMOUNT = re.compile(r"(?<![0-9.,])([0-9,]+)\.([0-9]+)(?![0-9.,])")


@dataclass(frozen=True, slots=True)
class Known:
    """A number whose value stands in the policy."""

    number: Rational
    type: Number
    span: Span


def constant(phrase: Phrase, names: Names, mistakes: Mistakes) -> Known | None:
    """The number that a literal is, with its sign; a mistake and None for anything that is no number."""
    match phrase:
        case Negative(value, span):
            known = constant(value, names, mistakes)
            if known is None or known.type.kind in ("date", "time", "instant"):
                return None
            return Known(-known.number, known.type, span)
        case Literal():
            known = number(phrase, names, mistakes)
            if known is not None or phrase.kind == "money":
                return known
    mistakes.error("E012", f"`{phrase.span.text}` is no number", phrase.span, "a number with its unit stands here")
    return None


def number(literal: Literal, names: Names, mistakes: Mistakes) -> Known | None:
    """None for texts and for yes and no, and for amounts that their currency cannot write."""
    figure = literal.number
    match literal.kind:
        case "number":
            kind = Number("whole", grid=1) if figure.denominator == 1 else Number("decimal")
            return Known(rational(figure), kind, literal.span)
        case "percent":
            return Known(rational(figure / 100), Number("percent", wire=Fraction(1, 100), unit="%"), literal.span)
        case "money":
            return _amount(literal, names, mistakes)
        case "quantity":
            return _measured(literal)
        case "date":
            return Known(_safe(literal, names), Number("date", grid=1), literal.span)
        case "time":
            return Known(_safe(literal, names), Number("time", grid=1), literal.span)
        case "instant":
            return Known(
                _safe(literal, names), Number("instant", grid=1, zone=names.zone_at(literal.span)), literal.span
            )
    return None


def _amount(literal: Literal, names: Names, mistakes: Mistakes) -> Known | None:
    currency = meant_by(literal.unit, names.currency_at(literal.span))
    units = minor_units(currency)
    digits, written = MINOR_DIGITS[currency], _AMOUNT.search(literal.span.text)
    if (literal.number * units).denominator != 1 or (written is not None and len(written[2]) > digits):
        places = "no decimal places" if digits == 0 else f"{digits} decimal places"
        help_ = _as_thousands(literal.span.text) or "round it as the rule means it"
        mistakes.error("E004", f"amounts in {currency} have {places}", literal.span, help_)
        return None
    type_ = Number("money", grid=1, wire=units, currency=currency, dimension=money(currency), unit=currency)
    return Known(rational(literal.number * units), type_, literal.span)


def _as_thousands(amount: str) -> str:
    """`€1.000` most likely means a thousand, as much of the world writes it; empty where nothing looks like that."""
    written = _AMOUNT.search(amount)
    if written is None or len(written[2]) != 3 or len(written[1]) > 3 or written[1].startswith("0"):
        return ""
    return f"thousands are written `{amount.replace('.', ',')}`"


def _measured(literal: Literal) -> Known | None:
    found = unit(literal.unit)
    if found is None:
        return None
    value = rational(literal.number * found.factor)
    if found.kind == "calendar":
        return Known(value, Number("calendar", wire=found.factor, unit=found.name), literal.span)
    type_ = Number("quantity", wire=found.factor, dimension=found.dimension, unit=found.name)
    return Known(value, type_, literal.span)


def _safe(literal: Literal, names: Names) -> int:
    """The value of a date, a time or an instant; what cannot be read was reported while parsing."""
    try:
        if literal.kind == "date":
            return literals.day(literal.text)
        if literal.kind == "time":
            return literals.clock_time(literal.text)
        return literals.moment(literal.text, names.zone_at(literal.span))
    except literals.BadLiteral:
        return 1
