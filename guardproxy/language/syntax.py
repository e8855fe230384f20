"""The syntax tree of a policy file's items: header, declarations, rules and examples, as written."""

from dataclasses import dataclass
from typing import Literal as OneWord
from typing import TypeAlias

from guardproxy.language.phrases import Literal, Name, Path, PatternText, Phrase
from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Note:
    """`owner "..."`, `source "..."`, `severity high`, `tags a, b` (`values` has one entry, or the tags)."""

    word: OneWord["owner", "source", "severity", "tags"]
    values: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Header:
    """`policy "Title" version 3.2, ...`. `options` are in the order in which they were written."""

    title: str
    version: str
    options: "tuple[HeaderOption, ...]"
    notes: tuple[Note, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class HeaderOption:
    """`extends FILE`, `money in CODE`, `dates in ZONE`, `release at end` (with an empty value)."""

    word: OneWord["extends", "money in", "dates in", "release at end"]
    value: str
    span: Span


# --- declarations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """`from A to B`, both allowed; `up to B` has no `low`."""

    low: Phrase | None
    high: Phrase
    span: Span


@dataclass(frozen=True, slots=True)
class TypeText:
    """A type as written. `word` is `yes/no`, `whole number`, `decimal`, `money`, ..., `one of`, `list`, or `record`.

    `options` are listed values, `places` those of a decimal, `item` a list's, `name` a record's.
    """

    word: str
    span: Span
    limits: Limits | None = None
    options: tuple[Phrase, ...] = ()
    places: Literal | None = None
    item: "TypeText | None" = None
    name: Name | None = None


ModifierWord = OneWord[
    "optional", "may be unknown", "written in", "written as a fraction", "in steps of", "read from", "read yes from",
    "read no from",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Modifier:
    """`unit` of `written in`, `step` of `in steps of`, `sentences` of `read ... from`."""

    word: ModifierWord
    span: Span
    unit: str = ""
    step: Literal | None = None
    sentences: tuple[Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldText:
    name: Name
    type: TypeText
    modifiers: tuple[Modifier, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration with fields. `tool` is that of `check call`; `provenance` that of facts; `returns` a tool's."""

    kind: OneWord["reply", "call", "tool", "facts", "claims", "record"]
    name: Name
    fields: tuple[FieldText, ...]
    span: Span
    tool: Name | None = None
    provenance: str = ""
    returns: tuple[FieldText, ...] | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    name: Name
    meaning: Phrase
    span: Span


@dataclass(frozen=True, slots=True)
class PatternDefinition:
    name: Name
    pattern: PatternText
    span: Span


@dataclass(frozen=True, slots=True)
class KeyRange:
    low: Phrase
    high: Phrase
    span: Span


@dataclass(frozen=True, slots=True)
class AnyKey:
    span: Span


Key: TypeAlias = "Phrase | KeyRange | AnyKey"


@dataclass(frozen=True, slots=True)
class Row:
    keys: tuple[Key, ...]
    value: Phrase
    span: Span


@dataclass(frozen=True, slots=True)
class Table:
    name: Name
    by: tuple[Path, ...]
    rows: tuple[Row, ...]
    span: Span


# --- rules -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Latest:
    """`the latest T result with the same KEY` (`equals` is None) or `... whose KEY is PATH`."""

    tool: Name
    key: Name
    equals: Path | None
    span: Span


@dataclass(frozen=True, slots=True)
class EndOfList:
    which: OneWord["first", "last"]
    list: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    name: Name
    what: Latest | EndOfList
    span: Span


@dataclass(frozen=True, slots=True)
class Guard:
    """`when C`, `unless C`, `except when C`."""

    word: OneWord["when", "unless", "except when"]
    condition: Phrase
    span: Span


@dataclass(frozen=True, slots=True)
class Demand:
    """`require C`, `never C`; `every X in LIST has ...` is a `require` without the word."""

    word: OneWord["require", "never", "every"]
    condition: Phrase
    span: Span


@dataclass(frozen=True, slots=True)
class AllowWhen:
    """`allow T only when C`, or `allow T only after user says ...`."""

    tool: Name
    condition: Phrase
    span: Span
    word: OneWord["when", "after"] = "when"


@dataclass(frozen=True, slots=True)
class AfterCall:
    """`allow T only after T2 with the same KEY` (`word` is `allow`) or `never T after T2 with the same KEY`."""

    word: OneWord["allow", "never"]
    tool: Name
    other: Name
    key: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class AllowTimes:
    tool: Name
    times: Literal
    scope: OneWord["conversation", "answer", "day"]
    span: Span


Body: TypeAlias = Demand | AllowWhen | AfterCall | AllowTimes


@dataclass(frozen=True, slots=True)
class RepairText:
    """`value` is what `setting` sets the one field to."""

    how: OneWord["lowering", "raising", "removing", "setting"]
    fields: tuple[Path, ...]
    span: Span
    value: Phrase | None = None


@dataclass(frozen=True, slots=True)
class IfUnknownText:
    action: OneWord["allow", "block", "hold"]
    span: Span


@dataclass(frozen=True, slots=True)
class Otherwise:
    action: OneWord["block", "hold", "ask again", "redact", "replace", "cut", "append", "warn"]
    span: Span
    text: str = ""
    times: Literal | None = None


Clause: TypeAlias = Note | Let | Guard | Body | RepairText | IfUnknownText | Otherwise


@dataclass(frozen=True, slots=True)
class RuleText:
    id: Name
    title: str
    clauses: tuple[Clause, ...]
    span: Span
    tightens: bool = False


# --- examples --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GivenFact:
    """`state` is `unknown` or `missing` where no value is given."""

    path: Path
    span: Span
    value: Phrase | None = None
    state: OneWord["unknown", "missing", ""] = ""


@dataclass(frozen=True, slots=True)
class GivenClock:
    what: OneWord["today", "now"]
    at: Literal
    span: Span


@dataclass(frozen=True, slots=True)
class GivenCall:
    """`arguments` and a JSON `result` as written."""

    tool: Name
    arguments: Literal
    span: Span
    result: str | None = None


@dataclass(frozen=True, slots=True)
class GivenWords:
    who: OneWord["user", "assistant"]
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """`reply text "..."`, `reply {...}`, or with a tool `call T {...}`."""

    kind: OneWord["text", "json", "call"]
    content: Literal
    span: Span
    tool: Name | None = None


@dataclass(frozen=True, slots=True)
class Expect:
    """`results` are texts in quotes or JSON; `by` names rules and declarations."""

    kind: str
    by: tuple[Name, ...]
    span: Span
    results: tuple[Literal, ...] = ()
    json: tuple[bool, ...] = ()


ExampleLine: TypeAlias = GivenFact | GivenClock | GivenCall | GivenWords | AnswerLine | Expect


@dataclass(frozen=True, slots=True)
class ExampleText:
    """An example; `background` has no title."""

    title: str | None
    lines: tuple[ExampleLine, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Broken:
    """An item that could not be read. `names` may be what it declares, so that uses of them are not reported again."""

    span: Span
    kind: str
    names: tuple[str, ...]


Item: TypeAlias = Header | Declaration | Definition | PatternDefinition | Table | RuleText | ExampleText | Broken
