"""Values as people write them in a sentence: `1,216`, `12.5 %`, `$5,000`, `5,000 dollars`, `30 mg`, `2026-11-21`.

`expression` gives the RE2 expression that finds a value of a type, `read` its value in the type's base unit. A comma or
a point directly followed by a digit belongs to the number. What is found and is not such a value is `INVALID`: out of
range, off the grid, another currency or dimension, thousands that are not three digits, a percentage without its sign.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

from guardproxy.ir.types import INVALID, Dimension, Number, OneOf, Rational, Text, Type, Value, rational
from guardproxy.patterns.tree import NOTHING, quoted

_DIGITS = r"[0-9]{1,60}(?:[.,][0-9]{1,60}){0,6}"
_SIGN = r"[\-\x{2212}]"
_NUMBER = rf"(?:{_SIGN}|\b){_DIGITS}"
_PERCENT = r"(?:\s?(?:[%\x{ff05}]|(?i:percent|per cent|pct)\b))?"
_DATE = r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_ZONE = r"(?:Z|[+\-][0-9]{2}:[0-9]{2})?"

# Units of measure by the words for them: dimension and size in the base unit (mg, mL, s; months apart).
_UNITS: Mapping[str, tuple[str, Fraction]] = {
    word: (dimension, Fraction(size))
    for dimension, size, words in (
        ("mass", "1/1000000", "ng nanogram nanograms"),
        ("mass", "1/1000", "mcg µg μg ug microgram micrograms"),
        ("mass", "1", "mg milligram milligrams"),
        ("mass", "1000", "g gram grams"),
        ("mass", "1000000", "kg kilogram kilograms kilo kilos"),
        ("mass", "453592.37", "lb lbs pound pounds"),
        ("mass", "28349.523125", "oz ounce ounces"),
        ("volume", "1", "ml milliliter milliliters millilitre millilitres"),
        ("volume", "10", "cl"),
        ("volume", "100", "dl"),
        ("volume", "1000", "l liter liters litre litres"),
        ("duration", "1", "s sec secs second seconds"),
        ("duration", "60", "min mins minute minutes"),
        ("duration", "3600", "h hr hrs hour hours"),
        ("duration", "86400", "d day days"),
        ("duration", "604800", "week weeks"),
        ("calendar", "1", "month months"),
        ("calendar", "12", "year years"),
    )
    for word in words.split()
}

# Signs and words of currencies; a code (ISO 4217) always works. `¥` is the yen unless the field says yuan.
_CURRENCIES: Mapping[str, str] = {
    word: code
    for code, words in (
        ("USD", "$ us$ dollar dollars"),
        ("EUR", "€ euro euros"),
        ("GBP", "£ pound pounds"),
        ("JPY", "¥ ￥ 円 yen"),
        ("CNY", "元 yuan"),
        ("KRW", "₩ won"),
        ("INR", "₹ rupee rupees"),
        ("CHF", "francs franc"),
    )
    for word in words.split()
}
_MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def expression(kind: Type) -> str:
    """The expression of a value of this type. Lists and records are not read from sentences: it finds nothing then."""
    match kind:
        case Number(kind="percent"):
            return _NUMBER + _PERCENT
        case Number(kind="money"):
            sign = f"(?:{_words(_CURRENCIES)}|[A-Z]{{3}})"
            return rf"(?:(?:{_SIGN}|\b|)(?:{sign}\s?)(?:{_SIGN})?{_DIGITS}|{_NUMBER}(?:\s?{sign})?)"
        case Number(kind="quantity" | "calendar"):
            unit = rf"(?:{_words(_UNITS)})"
            return rf"{_NUMBER}(?:[\s\-]?{unit}(?:\s?(?:/|per)\s?{unit})?\b)?"
        case Number(kind="date"):
            return _DATE
        case Number(kind="time"):
            return rf"\b{_TIME}"
        case Number(kind="instant"):
            return rf"{_DATE}[Tt\x20]{_TIME}{_ZONE}"
        case Number():
            return _NUMBER
        case OneOf(values):
            return f"(?:{_words(dict.fromkeys(values))})"
        case Text():
            return r"[^\s.,;:!?\x22]+"
        case _:
            return NOTHING


def _words(words: Mapping[str, object]) -> str:
    """Any of the words, in any case, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return f"(?i:{'|'.join(''.join(map(quoted, word)) for word in ordered)})"


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
            return _money(kind, value, before.strip("- \u00a0"), behind)
        case "quantity" | "calendar":
            return _quantity(kind, value, behind.removeprefix("-").strip())
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


def _money(kind: Number, value: Fraction, before: str, behind: str) -> Rational | None:
    said = {_currency(word, kind.currency) for word in (before, behind) if word}
    if not said:
        return value * kind.wire
    return value * 10 ** _MINOR_DIGITS.get(kind.currency, 2) if said == {kind.currency} else None


def _currency(word: str, wanted: str) -> str:
    """The currency that a sign or word means. A sign that several share means the field's own."""
    shared = {"$": "USD CAD AUD NZD SGD HKD MXN", "¥": "JPY CNY", "￥": "JPY CNY", "元": "CNY TWD"}
    shared |= {"dollars": shared["$"], "dollar": shared["$"], "pounds": "GBP EGP", "pound": "GBP EGP"}
    if wanted in shared.get(word.casefold(), "").split():
        return wanted
    return _CURRENCIES.get(word.casefold(), word.upper())


def _quantity(kind: Number, value: Fraction, unit: str) -> Rational | None:
    if not unit:
        return value * kind.wire
    over, *under = (_UNITS[word.strip().casefold()] for word in unit.casefold().replace(" per ", "/").split("/"))
    powers = {over[0]: 1}
    size = over[1]
    for dimension, factor in under:
        powers[dimension] = powers.get(dimension, 0) - 1
        size /= factor
    found: Dimension = tuple(sorted((name, power) for name, power in powers.items() if power))
    wanted: Dimension = (("calendar", 1),) if kind.kind == "calendar" else kind.dimension
    return value * size if found == wanted else None


def _moment(kind: Number, text: str) -> Rational | None:
    try:
        if kind.kind == "date":
            return date.fromisoformat(text).toordinal()
        if kind.kind == "time":
            clock = time.fromisoformat(text.rjust(5, "0") if text.count(":") == 1 else text.rjust(8, "0"))
            return clock.hour * 3600 + clock.minute * 60 + clock.second
        moment = datetime.fromisoformat(text.upper())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(kind.zone))
        return round((moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10**6
    except ValueError:
        return None
