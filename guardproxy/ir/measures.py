"""Units of mass, volume and duration with their exact factors, and products of them such as `mg/kg`. The only table.

Base units: mg, mL, s; for calendar durations the month. The pound and the ounce are the international ones of 1959
(1 lb = 0.45359237 kg exactly, 1 oz = 1/16 lb). A day is 24 h; a month has no length in days, so months and years are
of another kind and never convert.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from guardproxy.ir.types import Dimension, Rational, rational


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` base units make one of this unit. A calendar unit has no dimension."""

    name: str
    kind: Literal["quantity", "calendar"]
    factor: Rational
    dimension: Dimension = ()


MASS: Dimension = (("mass", 1),)
VOLUME: Dimension = (("volume", 1),)
DURATION: Dimension = (("duration", 1),)
_CALENDAR: Dimension = ()

# Dimension, size in the base unit, names in a policy, further words for it in a sentence.
_ROWS: tuple[tuple[Dimension, str, str, str], ...] = (
    (MASS, "1/1000000", "ng", "nanogram nanograms"),
    (MASS, "1/1000", "µg μg ug mcg", "microgram micrograms"),
    (MASS, "1", "mg", "milligram milligrams"),
    (MASS, "1000", "g", "gram grams gramme grammes"),
    (MASS, "1000000", "kg", "kilogram kilograms kilogramme kilogrammes kilo kilos"),
    (MASS, "1000000000", "t", "tonne tonnes"),
    (MASS, "453592.37", "lb lbs", "pound pounds"),
    (MASS, "28349.523125", "oz", "ounce ounces"),
    (VOLUME, "1/1000", "µL μL uL", "microliter microliters microlitre microlitres"),
    (VOLUME, "1", "mL ml", "milliliter milliliters millilitre millilitres cc"),
    (VOLUME, "10", "cL cl", "centiliter centiliters centilitre centilitres"),
    (VOLUME, "100", "dL dl", "deciliter deciliters decilitre decilitres"),
    (VOLUME, "1000", "L l liters litres", "liter litre"),
    (DURATION, "1/1000000000", "", "ns nanosecond nanoseconds"),
    (DURATION, "1/1000000", "", "µs μs microsecond microseconds"),
    (DURATION, "1/1000", "ms", "msec msecs millisecond milliseconds"),
    (DURATION, "1", "s second seconds", "sec secs"),
    (DURATION, "60", "min minute minutes", "mins"),
    (DURATION, "3600", "h hour hours", "hr hrs"),
    (DURATION, "86400", "d day days", ""),
    (DURATION, "604800", "week weeks", "wk wks"),
    (DURATION, "1209600", "", "fortnight fortnights"),
    (_CALENDAR, "1", "month months", ""),
    (_CALENDAR, "12", "year years", "yr yrs"),
)


def _units(*, spoken: bool) -> Iterator[Unit]:
    for dimension, size, names, words in _ROWS:
        kind: Literal["quantity", "calendar"] = "quantity" if dimension else "calendar"
        for name in f"{names} {words}".split() if spoken else names.split():
            yield Unit(name, kind, rational(Fraction(size)), dimension)


UNITS: Mapping[str, Unit] = {found.name: found for found in _units(spoken=False)}
"""By their names in a policy, where upper and lower case matter."""

SPOKEN: Mapping[str, Unit] = {found.name.casefold(): found for found in _units(spoken=True)}
"""By the words of a sentence, casefolded: the names in a policy and what else people write."""

_SIZELESS = (
    "ton tons gallon gallons pint pints quart quarts cup cups teaspoon teaspoons tsp tablespoon tablespoons tbsp"
)
SIZELESS = frozenset(f"{_SIZELESS} iu mmol mol".split())
"""Words for units without one exact size in the base units: their size depends on the country or the substance."""


def unit(name: str, among: Mapping[str, Unit] = UNITS) -> Unit | None:
    """The unit `name`, where `/` divides: `mg/kg/h` is mg per kg per hour. None when a part of it is no unit."""
    first, *others = [among.get(part) for part in name.split("/")]
    if first is None or not others:
        return first
    factor, dimension = Fraction(first.factor), first.dimension
    for other in others:
        if other is None or "calendar" in (first.kind, other.kind):
            return None
        factor /= other.factor
        dimension = divided(dimension, other.dimension)
    return Unit(name, "quantity", rational(factor), dimension)


def spoken_unit(words: str) -> Unit | None:
    """The unit that a sentence says: `Grams`, `mL per hour`, `mg / kg`. None when a part of it is no unit."""
    parts = words.casefold().replace("/", " per ").split()
    return unit("/".join(part for part in parts if part != "per"), SPOKEN)


def longest_unit(text: str) -> str:
    """The longest beginning of a word such as `mg/kg` that is a unit, cut at a `/`; empty when there is none."""
    parts = text.split("/")
    for count in range(len(parts), 0, -1):
        name = "/".join(parts[:count])
        if unit(name) is not None:
            return name
    return ""


def multiplied(left: Dimension, right: Dimension) -> Dimension:
    return _combined(left, right, 1)


def divided(left: Dimension, right: Dimension) -> Dimension:
    return _combined(left, right, -1)


def _combined(left: Dimension, right: Dimension, sign: int) -> Dimension:
    exponents = dict(left)
    for name, exponent in right:
        exponents[name] = exponents.get(name, 0) + sign * exponent
    return tuple(sorted((name, exponent) for name, exponent in exponents.items() if exponent))
