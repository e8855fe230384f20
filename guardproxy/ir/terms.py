"""Terms: what a rule says, with every name resolved and every unit converted. The waist of the house.

A term is a tree of frozen dataclasses, either a condition (yes/no) or an expression (number, listed value, text). Its
leaves are constants and variables. A `Variable` knows its `Origin`: where in the answer, the facts or the conversation
the value is found. Everything that depends on text is a yes/no variable or a `Holds`: no text reaches a solver.

Build terms with the functions of `ir.build`, which check and simplify; read them back with `ir.printed`.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from guardproxy.ir.types import Rational, Type

# --- text -----------------------------------------------------------------------------------------------------------

FinderKind = Literal["detector", "pattern", "words", "mention", "prefix", "suffix"]


@dataclass(frozen=True, slots=True)
class Exemption:
    """A match that does not count: one that starts with, ends with, or matches `text`."""

    how: Literal["starting", "ending", "matching"]
    text: str
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Finder:
    """What to look for in a text.

    `detector`: `expression` is a name of the library. `pattern`: a regular expression. `words`: exactly these words,
    anywhere. `mention`: these words as whole words, in any case. `prefix`, `suffix`: at the ends of the text.
    """

    kind: FinderKind
    expression: str
    name: str = ""
    ignore_case: bool = False
    exemptions: tuple[Exemption, ...] = ()
    decoded: bool = False
    """Whether the text is looked through as the decoders read it, too (`patterns.decoders`)."""


TextScope = Literal["reply", "any"]


# --- where a variable's value comes from ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field of the subject (reply object, call or claim) that the rule is judged for, or of a facts declaration.

    `at_end`: a fact about the whole answer, which a classifier supplies when that has ended.
    """

    schema: str
    kind: Literal["reply", "call", "tool", "facts", "claims"]
    path: tuple[str, ...]
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class LookUp:
    """The latest result of `tool` whose `key` field is the value of `match` (a field of the judged call).

    The result's own `key` counts, or the call's argument where the result has none. `match` None: the latest of all.
    """

    tool: str
    key: str = ""
    match: "Variable | None" = None


@dataclass(frozen=True, slots=True)
class ResultField:
    """A field of a looked-up result. No such result: unknown."""

    look_up: LookUp
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundInText:
    """Whether some passage (of the reply, or of any channel, call arguments included) contains one of the finders."""

    scope: TextScope
    finders: tuple[Finder, ...]


@dataclass(frozen=True, slots=True)
class UserSays:
    """Whether the user's latest message mentions one of the phrases."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalledBefore:
    """Whether `tool` was called before, with the same `key` argument as the judged call where `key` is given.

    `with_result`: only calls whose result is there count (`only after`); without it, so do calls of this answer.
    """

    tool: str
    key: str = ""
    with_result: bool = True


@dataclass(frozen=True, slots=True)
class CallsSoFar:
    """How many calls to `tool` there are: in this answer, or also in the past. All calls of the answer count."""

    tool: str
    scope: Literal["conversation", "answer", "day"]


@dataclass(frozen=True, slots=True)
class CallsElsewhere:
    """How many calls to `tool` there were today before this answer, anywhere: never known, but not negative."""

    tool: str


@dataclass(frozen=True, slots=True)
class CallsInAnswer:
    """How many calls, to any tool, the answer makes."""


@dataclass(frozen=True, slots=True)
class TotalPerKey:
    """Sum of `field` over the past calls to `tool` and all of this answer with the judged call's `key` value."""

    tool: str
    field: str
    key: str


@dataclass(frozen=True, slots=True)
class Clock:
    """`today` as an ordinal, `now` in microseconds. `zone` (IANA name) is where it is today."""

    what: Literal["today", "now"]
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Element:
    """The element that a quantifier binds (`binder`), or a field of it."""

    binder: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PickedFrom:
    """The first or last element of a list, or a field of it. Absent where the list is empty."""

    which: Literal["first", "last"]
    list: "Variable"
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conforms:
    """Whether the reply text, all of it, conforms to an output grammar (Lark) or a JSON Schema.

    `text` is the file's content: two versions of one file are two conditions. An answer without any reply text (calls
    only) has nothing that could fail to conform: the condition is true.
    """

    what: Literal["grammar", "schema"]
    file: str
    text: str


Origin: TypeAlias = (
    FieldOf
    | PickedFrom
    | Conforms
    | ResultField
    | FoundInText
    | UserSays
    | CalledBefore
    | CallsSoFar
    | CallsElsewhere
    | CallsInAnswer
    | TotalPerKey
    | Clock
    | Element
)


# --- terms ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant:
    """A yes/no, number (base unit), listed value or text."""

    value: bool | Rational | str
    type: Type


@dataclass(frozen=True, slots=True)
class Variable:
    """A named value. `occurrence` tells apart the same field of several calls in one answer (0 where there is one)."""

    name: str
    type: Type
    origin: Origin
    occurrence: int = 0

    def __hash__(self) -> int:
        """Of the name where there is one: variables are looked up all the time, and the whole is deep."""
        return hash((self.name or self.origin, self.occurrence))


@dataclass(frozen=True, slots=True)
class Not:
    term: "Term"


@dataclass(frozen=True, slots=True)
class And:
    terms: "tuple[Term, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    terms: "tuple[Term, ...]"


Relation = Literal["at most", "at least", "above", "below", "is", "is not"]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two numbers, two listed values, two texts or two yes/no values (these by `is`, `is not` only)."""

    relation: Relation
    left: "Term"
    right: "Term"


@dataclass(frozen=True, slots=True)
class IsPresent:
    """True when present or invalid, false when absent, unknown while unknown."""

    variable: Variable


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether one of the finders is found in a text value (a field, or an element of a list)."""

    text: Variable
    finders: tuple[Finder, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    terms: "tuple[Term, ...]"


@dataclass(frozen=True, slots=True)
class Scaled:
    """A term times a constant: `-x` is `Scaled(-1, x)`, `x / 3` is `Scaled(1/3, x)`."""

    factor: Rational
    term: "Term"


@dataclass(frozen=True, slots=True)
class Product:
    """Two terms, neither of them constant."""

    left: "Term"
    right: "Term"


@dataclass(frozen=True, slots=True)
class Case:
    """A decision table: the value of the first row whose condition holds. No row: the term is invalid."""

    rows: "tuple[tuple[Term, Term], ...]"


@dataclass(frozen=True, slots=True)
class MonthsBetween:
    """Whole calendar months from one date to another, towards zero; `per` 12 counts years."""

    start: "Term"
    end: "Term"
    per: int = 1


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many elements a list has, or how many of them satisfy `where` (which reads `binder`)."""

    list: Variable
    binder: str = ""
    where: "Term | None" = None


@dataclass(frozen=True, slots=True)
class TotalOf:
    """Sum of `item` (a term over `binder`) over the elements that satisfy `where`."""

    list: Variable
    binder: str
    item: "Term"
    where: "Term | None" = None


@dataclass(frozen=True, slots=True)
class ForEach:
    """`every`, `some` or `no` element of the list satisfies `has` (which reads `binder`)."""

    quantifier: Literal["every", "some", "no"]
    list: Variable
    binder: str
    has: "Term"


@dataclass(frozen=True, slots=True)
class IsIn:
    """Whether a value is an element of a list."""

    item: "Term"
    list: Variable


@dataclass(frozen=True, slots=True)
class SameSet:
    """Whether two lists have the same elements, in any order and however often."""

    left: Variable
    right: Variable


@dataclass(frozen=True, slots=True)
class DateOf:
    """The date (ordinal) on which an instant falls in a time zone (IANA name)."""

    instant: "Term"
    zone: str


Term: TypeAlias = (
    Constant
    | Variable
    | Not
    | And
    | Or
    | Compare
    | IsPresent
    | Holds
    | Sum
    | Scaled
    | Product
    | Case
    | MonthsBetween
    | CountOf
    | TotalOf
    | ForEach
    | IsIn
    | SameSet
    | DateOf
)
