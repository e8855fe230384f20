"""The syntax tree of conditions and expressions: what the author wrote, with where it stands.

Nothing is resolved here: a `Path` may turn out to be a field, a listed value, a definition or a table.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal as OneWord
from typing import TypeAlias

from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Name:
    """A word or a quoted text that names something; `text` is in Unicode's composed form (NFC)."""

    text: str
    span: Span
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """`offer.apr`, or a single word."""

    names: tuple[Name, ...]
    span: Span

    @property
    def text(self) -> str:
        return ".".join(n.text for n in self.names)


LiteralKind = OneWord["number", "percent", "money", "quantity", "date", "instant", "time", "yes/no", "text"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written. `number` is the figure before its unit; `unit` is a unit, a currency sign or a code.

    `text` is the value of a text, and the spelling of a date, time or instant; `number` of yes is 1, of no 0.
    """

    kind: LiteralKind
    span: Span
    number: Fraction = Fraction(0)
    unit: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Negative:
    value: "Phrase"
    span: Span


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operation: OneWord["+", "-", "*", "/"]
    left: "Phrase"
    right: "Phrase"
    span: Span


@dataclass(frozen=True, slots=True)
class ClockReading:
    what: OneWord["today", "now"]
    span: Span


@dataclass(frozen=True, slots=True)
class Between:
    """`days from A to B`."""

    unit: OneWord["days", "hours", "minutes", "months", "years"]
    start: "Phrase"
    end: "Phrase"
    span: Span


@dataclass(frozen=True, slots=True)
class Count:
    """`count of LIST`, or with a binder `count of X in LIST where ...`."""

    list: Path
    span: Span
    binder: Name | None = None
    where: "Phrase | None" = None


@dataclass(frozen=True, slots=True)
class Total:
    """`total of LIST.field`, or with a binder `total of X.field for X in LIST [where ...]`; `item` is `X.field`."""

    list: Path
    span: Span
    binder: Name | None = None
    item: Path | None = None
    where: "Phrase | None" = None


@dataclass(frozen=True, slots=True)
class TotalPer:
    """`total of T.field per KEY`."""

    field: Path
    key: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Connected:
    """Two or more conditions joined by the same word."""

    word: OneWord["and", "or"]
    parts: "tuple[Phrase, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Negation:
    condition: "Phrase"
    span: Span


@dataclass(frozen=True, slots=True)
class Comparison:
    """`relation` as written: `at most`, `is not`, `is on or before`, ..."""

    relation: str
    left: "Phrase"
    right: "Phrase"
    span: Span


@dataclass(frozen=True, slots=True)
class IsOneOf:
    left: "Phrase"
    options: "tuple[Phrase, ...]"
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class IsInList:
    left: "Phrase"
    list: Path
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Presence:
    """`is present` or `is missing`."""

    left: "Phrase"
    present: bool
    span: Span


@dataclass(frozen=True, slots=True)
class IsWithin:
    left: "Phrase"
    length: Literal
    nearness: OneWord["of", "after", "before"]
    anchor: "Phrase"
    span: Span


@dataclass(frozen=True, slots=True)
class SameSet:
    left: "Phrase"
    right: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Agrees:
    left: "Phrase"
    right: "Phrase"
    span: Span


@dataclass(frozen=True, slots=True)
class PatternText:
    """`/.../`, its `\\/` already plain slashes."""

    text: str
    ignore_case: bool
    span: Span


@dataclass(frozen=True, slots=True)
class ExemptionText:
    how: OneWord["starting", "ending", "matching"]
    text: str
    ignore_case: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Sought:
    """What a text condition looks for: `name` a detector or pattern, or exact words in quotes."""

    what: Name | PatternText
    span: Span
    exemptions: tuple[ExemptionText, ...] = ()


TextRelation = OneWord["contains", "mentions", "matches", "starts with", "ends with"]


@dataclass(frozen=True, slots=True)
class TextTest:
    """`where`: `reply` (what the user reads), `any` (every channel), or a field. `decoded` is where that stands."""

    where: "Phrase | OneWord['reply', 'any']"
    relation: TextRelation
    sought: tuple[Sought, ...]
    span: Span
    decoded: Span | None = None


@dataclass(frozen=True, slots=True)
class UserSaid:
    phrases: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Conforms:
    kind: OneWord["grammar", "schema"]
    file: str
    file_span: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    quantifier: OneWord["every", "some", "no"]
    binder: Name
    list: Path
    has: "Phrase"
    span: Span


Phrase: TypeAlias = (
    Path
    | Literal
    | Negative
    | Arithmetic
    | ClockReading
    | Between
    | Count
    | Total
    | TotalPer
    | Connected
    | Negation
    | Comparison
    | IsOneOf
    | IsInList
    | Presence
    | IsWithin
    | SameSet
    | Agrees
    | TextTest
    | UserSaid
    | Conforms
    | Quantified
)
