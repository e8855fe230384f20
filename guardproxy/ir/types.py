"""The types of values, and the four states in which a value can be found.

A present value is a plain Python value: `bool`, `int` or `Fraction` (whole ones as `int`), `str`, a tuple (list) or a
read-only mapping (record). Numbers of every kind are one exact number in a base unit:

| kind      | base unit                          | example on the wire | value                |
|-----------|------------------------------------|---------------------|----------------------|
| whole     | 1                                  | 12                  | 12                   |
| decimal   | 1                                  | 0.25                | 1/4                  |
| percent   | 1                                  | 36 (points)         | 9/25                 |
| money     | the currency's minor unit          | 80.5 (USD)          | 8050                 |
| quantity  | mg, mL, s and their products       | 0.4 (g)             | 400                  |
| calendar  | month                              | 3 (years)           | 36                   |
| date      | day, `date.toordinal`              | "2026-11-21"        | 739941               |
| time      | second since midnight              | "18:00"             | 64800                |
| instant   | microsecond since 1970, UTC        | "2026-11-21T10:00Z" | 1795255200000000     |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Literal, TypeAlias


class State(Enum):
    """Why a path has no value. None of these is ever turned into null, 0, false or ""."""

    ABSENT = "absent"
    """Known not to be there."""
    UNKNOWN = "unknown"
    """Not seen yet, or a fact that nobody supplied."""
    INVALID = "invalid"
    """There, but of the wrong type, out of range or badly encoded."""


ABSENT, UNKNOWN, INVALID = State.ABSENT, State.UNKNOWN, State.INVALID

Rational: TypeAlias = int | Fraction
Value: TypeAlias = bool | int | Fraction | str | tuple["Value", ...] | Mapping[str, "Value"] | State

NumberKind = Literal["whole", "decimal", "percent", "money", "quantity", "calendar", "date", "time", "instant"]
Dimension: TypeAlias = tuple[tuple[str, int], ...]
"""Sorted exponents of `mass`, `volume`, `duration`, `money CUR`, without zeros: speed of a drip is
`(("duration", -1), ("volume", 1))`."""


@dataclass(frozen=True, slots=True)
class YesNo:
    pass


@dataclass(frozen=True, slots=True)
class Number:
    """Any exact number. `low` and `high` are both allowed; None has no limit on that side."""

    kind: NumberKind
    low: Rational | None = None
    high: Rational | None = None
    grid: Rational | None = None
    """Values are multiples of this (1 for whole numbers, money and dates); None: any rational."""
    step: Rational = 1
    """A repaired value is a multiple of this."""
    wire: Rational = 1
    """A number on the wire times this is the value (percent in points: 1/100; money: 100; g: 1000)."""
    currency: str = ""
    dimension: Dimension = ()
    unit: str = ""
    """The written unit, for messages: `mg`, `months`, `USD`, `%`."""
    zone: str = "UTC"
    """For instants without an offset."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A closed set of listed values; any other text is invalid."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Length limits in code points, both allowed."""

    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "Type"
    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    name: str
    fields: "tuple[Field, ...]"


Type: TypeAlias = YesNo | Number | OneOf | Text | ListOf | Record


@dataclass(frozen=True, slots=True)
class ClaimPattern:
    """A sentence from which a claim is read.

    `template` holds `{field}` once for a value; a yes/no claim has none and `means` yes (True) or no (False).
    """

    template: str
    means: bool | None = None


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: Type
    optional: bool = False
    may_be_unknown: bool = False
    claims: tuple[ClaimPattern, ...] = ()


SchemaKind = Literal["reply", "call", "tool", "result", "facts", "claims"]


@dataclass(frozen=True, slots=True)
class Schema:
    """A declaration with fields.

    `reply`: the reply as a JSON object. `call` and `tool`: the arguments of each call to `tool`. `result`: what that
    tool returned. `facts`: `provenance` says who supplies them: a `classifier` does once it has read
    the whole answer, and may always fail to. `claims`: read from the reply's sentences.
    """

    name: str
    kind: SchemaKind
    fields: tuple[Field, ...]
    tool: str = ""
    provenance: Literal["system", "tool", "request", "reply", "classifier", ""] = ""

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)


def rational(value: Fraction | int) -> Rational:
    """The same number, as `int` where it is whole: comparing and hashing `int` is faster."""
    return value.numerator if value.denominator == 1 else value
