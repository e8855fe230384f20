"""Values as people write them in a sentence: `1,216`, `12.5 %`, `$5,000`, `5 cents`, `30 mg`, `2026-11-21`.

`expression` gives the RE2 expression that finds a value of a type, `read` its value in the type's base unit. A comma or
a point directly followed by a digit belongs to the number, and so does a unit or a currency next to it, whichever the
type wants. What is found and is not such a value is `INVALID`: out of range, off the grid, another currency or
dimension, thousands that are not three digits, a percentage without its sign. A bare number is in the type's own unit.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from guardproxy.ir.currencies import ALSO_WORDS, CODES, HUNDREDTHS, SIGNS, WORDS, meant_by, minor_units
from guardproxy.ir.measures import SIZELESS, SPOKEN, spoken_unit
from guardproxy.ir.types import INVALID, Number, OneOf, Rational, Text, Type, Value, rational
from guardproxy.patterns.tree import NOTHING, quoted

_DIGITS = r"[0-9]{1,60}(?:[.,][0-9]{1,60}){0,6}"
_SIGN = r"[\-\x{2212}]"
_NUMBER = rf"(?:{_SIGN}|\b){_DIGITS}"
_SPACE = r"[\s\v\x{85}\pZ]"
_GAP = rf"{_SPACE}{{0,4}}"
_HYPHEN = r"[\-\x{2010}\x{2011}]"
_PERCENT_SIGN = r"[%\x{ff05}]"
_PERCENT = rf"(?:{_GAP}(?:{_PERCENT_SIGN}|(?i:percent|per cent|pct)\b))?"
_DATE = r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_ZONE = r"(?:Z|[+\-][0-9]{2}:[0-9]{2})?"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _words(words: Iterable[str]) -> str:
    """Any of the words, in any case, the longest first."""
    return f"(?i:{_one_of(words)})"


def _one_of(words: Iterable[str]) -> str:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join("".join(map(quoted, word)) for word in ordered)


def _whole_words(words: Iterable[str]) -> str:
    """The same, each up to its end: `min` is no part of `minimum`. A sign such as `$` ends by itself."""
    known = sorted(words)
    ending = [word for word in known if word[-1].isascii() and word[-1].isalpha()]
    signs = [word for word in known if word not in ending]
    return rf"(?:{_words(ending)}\b" + (f"|{_words(signs)})" if signs else ")")


# `\p{Sc}`: a currency sign that nobody declares still says that the number is no amount in the field's own currency.
_CURRENCY_BEFORE = rf"(?:(?:{_words(WORDS | SIGNS)})|\b(?:{_one_of(CODES)})|\p{{Sc}})"
_CODES_IN_ANY_CASE = _whole_words(CODES - ALSO_WORDS)
_CODES_IN_CAPITALS = rf"(?:{_one_of(ALSO_WORDS)})\b"
_CURRENCY = rf"(?:{_whole_words(WORDS | SIGNS | set(HUNDREDTHS))}|{_CODES_IN_ANY_CASE}|{_CODES_IN_CAPITALS}|\p{{Sc}})"
_UNIT = _whole_words({*SPOKEN, *SIZELESS})
_UNITS = rf"{_UNIT}(?:(?:{_GAP}/{_GAP}|{_SPACE}{{1,4}}(?i:per){_SPACE}{{1,4}}){_UNIT}){{0,2}}"
# `pound` is both, and the field says which comes first.
_SAYS_UNIT = rf"(?:{_UNITS}|{_CURRENCY}|{_PERCENT_SIGN})"
_SAYS_CURRENCY = rf"(?:{_CURRENCY}|{_UNITS}|{_PERCENT_SIGN})"


def expression(kind: Type) -> str:
    """The expression of a value of this type. Lists and records are not read from sentences: it finds nothing then."""
    match kind:
        case Number(kind="percent"):
            return _NUMBER + _PERCENT
        case Number(kind="money"):
            prefixed = rf"(?:{_SIGN}|\b|)(?:{_CURRENCY_BEFORE}{_GAP})(?:{_SIGN})?{_DIGITS}(?:{_GAP}{_CURRENCY})?"
            return rf"(?:{prefixed}|{_NUMBER}(?:{_GAP}{_HYPHEN}?{_SAYS_CURRENCY})?)"
        case Number(kind="quantity" | "calendar"):
            return rf"{_NUMBER}(?:{_GAP}{_HYPHEN}?{_SAYS_UNIT})?"
        case Number(kind="date"):
            return _DATE
        case Number(kind="time"):
            return rf"\b{_TIME}"
        case Number(kind="instant"):
            return rf"{_DATE}[Tt\x20]{_TIME}{_ZONE}"
        case Number():
            return _NUMBER
        case OneOf(values):
            return f"(?:{_words(set(values))})"
        case Text():
            return r"[^\s.,;:!?\x22]+"
        case _:
            return NOTHING


def read(kind: Type, text: str) -> Value:
    """The value that a found text says, or `INVALID`."""
    match kind:
        case Number():
            value = _number(kind, text.replace("\u2212", "-").strip())
            return INVALID if value is None or not _fits(kind, value) else rational(Fraction(value))
        case OneOf(values):
            return next((v for v in values if v.casefold() == text.casefold()), INVALID)
        case Text(low, high):
            return text if low <= len(text) and (high is None or len(text) <= high) else INVALID
        case _:
            return INVALID


def _fits(kind: Number, value: Rational) -> bool:
    on_grid = kind.grid is None or Fraction(value) / Fraction(kind.grid) % 1 == 0
    return on_grid and (kind.low is None or value >= kind.low) and (kind.high is None or value <= kind.high)


def _number(kind: Number, text: str) -> Rational | None:
    match kind.kind:
        case "date" | "time" | "instant":
            return _moment(kind, text)
    before, digits, behind = _parts(text)
    value = _exact(digits)
    if value is None:
        return None
    value = -value if "-" in before else value
    match kind.kind:
        case "percent":
            return value / 100 if behind else None
        case "money":
            return _money(kind, value, _name(before), _name(behind))
        case "quantity" | "calendar":
            return _quantity(kind, value, _name(behind))
        case _:
            return value * kind.wire


def _parts(text: str) -> tuple[str, str, str]:
    """What stands before the number, its digits with points and commas, what stands behind it."""
    places = [i for i, c in enumerate(text) if c.isascii() and c.isdigit()]
    end = places[0]
    while end < len(text) and (text[end].isdigit() or (text[end] in ".," and text[end + 1 : end + 2].isdigit())):
        end += 1
    return text[: places[0]], text[places[0] : end], text[end:].strip()


def _exact(digits: str) -> Fraction | None:
    """The number. Commas part thousands, one point comes before the decimals."""
    whole, point, decimals = digits.partition(".")
    first, *thousands = whole.split(",")
    grouped = not thousands or (len(first) <= 3 and all(len(group) == 3 for group in thousands))
    if not grouped or (point and not decimals.isdigit()):
        return None
    return Fraction(whole.replace(",", "") + (f".{decimals}" if point else ""))


def _name(text: str) -> str:
    """The unit or currency that stands next to a number, without what parts them."""
    return text.strip().strip("-\u2010\u2011").strip()


def _money(kind: Number, value: Fraction, before: str, behind: str) -> Rational | None:
    own = kind.currency
    if not before and not behind:
        return value * kind.wire
    if not before and behind.casefold() in HUNDREDTHS:
        return value if own in HUNDREDTHS[behind.casefold()] else None
    if any(word and meant_by(word, own) != own for word in (before, behind)):
        return None
    return value * minor_units(own)


def _quantity(kind: Number, value: Fraction, name: str) -> Rational | None:
    if not name:
        return value * kind.wire
    found = spoken_unit(name)
    if found is None or (found.kind, found.dimension) != (kind.kind, kind.dimension):
        return None
    return value * found.factor


def _moment(kind: Number, text: str) -> Rational | None:
    try:
        if kind.kind == "date":
            return date.fromisoformat(text).toordinal()
        if kind.kind == "time":
            clock = time.fromisoformat(text.rjust(5, "0") if text.count(":") == 1 else text.rjust(8, "0"))
            return clock.hour * 3600 + clock.minute * 60 + clock.second
        moment = datetime.fromisoformat(text.upper())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(kind.zone))
        return (moment.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
