"""Units of mass, volume and duration with their exact factors, and products of them such as `mg/kg`.

Base units: mg, mL, s; for calendar durations the month. The pound and the ounce are the international ones of 1959
(1 lb = 0.45359237 kg exactly, 1 oz = 1/16 lb). A day is 24 h; a month has no length in days, so months and years are
of another kind and never convert.
"""

from collections.abc import Mapping
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

_POUND = Fraction(45359237, 100)
_MASSES: Mapping[str, Rational] = {
    "ng": Fraction(1, 10**6),
    "µg": Fraction(1, 1000),
    "μg": Fraction(1, 1000),
    "ug": Fraction(1, 1000),
    "mcg": Fraction(1, 1000),
    "mg": 1,
    "g": 1000,
    "kg": 10**6,
    "t": 10**9,
    "lb": _POUND,
    "lbs": _POUND,
    "oz": _POUND / 16,
}
_VOLUMES: Mapping[str, Rational] = {
    "µL": Fraction(1, 1000),
    "μL": Fraction(1, 1000),
    "uL": Fraction(1, 1000),
    "mL": 1,
    "ml": 1,
    "cL": 10,
    "cl": 10,
    "dL": 100,
    "dl": 100,
    "L": 1000,
    "l": 1000,
    "liters": 1000,
    "litres": 1000,
}
_DURATIONS: Mapping[str, Rational] = {
    "ms": Fraction(1, 1000),
    "s": 1,
    "second": 1,
    "seconds": 1,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86400,
    "day": 86400,
    "days": 86400,
    "week": 604800,
    "weeks": 604800,
}
_CALENDAR: Mapping[str, Rational] = {"month": 1, "months": 1, "year": 12, "years": 12}

UNITS: Mapping[str, Unit] = {
    **{name: Unit(name, "quantity", factor, MASS) for name, factor in _MASSES.items()},
    **{name: Unit(name, "quantity", factor, VOLUME) for name, factor in _VOLUMES.items()},
    **{name: Unit(name, "quantity", factor, DURATION) for name, factor in _DURATIONS.items()},
    **{name: Unit(name, "calendar", factor) for name, factor in _CALENDAR.items()},
}


def unit(name: str) -> Unit | None:
    """The unit `name`, where `/` divides: `mg/kg/h` is mg per kg per hour. None when a part of it is no unit."""
    first, *others = [UNITS.get(part) for part in name.split("/")]
    if first is None or not others:
        return first
    factor, dimension = Fraction(first.factor), first.dimension
    for other in others:
        if other is None or "calendar" in (first.kind, other.kind):
            return None
        factor /= other.factor
        dimension = divided(dimension, other.dimension)
    return Unit(name, "quantity", rational(factor), dimension)


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


def money(currency: str) -> Dimension:
    """The dimension of amounts in one currency: amounts in two of them never add up."""
    return ((f"money {currency}", 1),)
