"""A policy as the language hands it over: schemas, rules as terms, and the examples that are its tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from guardproxy.conversation import Conversation, ToolCall
from guardproxy.ir.terms import Term, Variable
from guardproxy.ir.types import Schema, Value
from guardproxy.source import Span

Severity = Literal["low", "medium", "high", "critical"]
OutcomeKind = Literal["block", "hold", "ask again", "redact", "replace", "cut", "append", "warn"]
IfUnknown = Literal["allow", "block", "hold"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a violation asks for.

    `text` is the notice (block, hold, warn), or what is put in (redact, replace, append).
    """

    kind: OutcomeKind = "block"
    text: str = ""
    times: int = 0


@dataclass(frozen=True, slots=True)
class Repair:
    """Fields that may change, and how. `value` is what `setting` sets the one field to."""

    how: Literal["lowering", "raising", "removing", "setting"]
    fields: tuple[Variable, ...]
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is judged for, one occurrence at a time: each call of `tool`, the reply object, each claim.

    `schema` names the declaration (empty for a tool that none declares).
    """

    kind: Literal["reply", "call", "claims"]
    schema: str = ""
    tool: str = ""


ClauseWord = Literal["when", "except when", "unless", "body"]
Verb = Literal["require", "never", "every", "allow only when", "allow only after", "allow at most", "never after"]
"""The forms of a rule's body. `every` stands for `some X in ...` and `no X in ...`, too."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a rule as its author wrote it, for findings that point at it.

    `term` is the condition in its own sense: what `never` forbids is here as it was written, not negated. `comparisons`
    are the comparisons inside, each with its place. `verb` is what the body does with its condition, None in the other
    clauses; `lead` are the author's words before `span` (`unless`, `never`, `allow refund only when`), none where
    `span` is the whole sentence.
    """

    word: ClauseWord
    term: Term
    span: Span
    comparisons: tuple[tuple[Term, Span], ...] = ()
    verb: Verb | None = None
    lead: str = ""

    @property
    def forbids(self) -> bool:
        """Whether the rule demands that the condition does not hold."""
        return self.verb in ("never", "never after")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule applies where `applies` is true and then demands `demands`. Both read variables of `subject` only.

    `applies` is `when` and not `except when`; `demands` is the body, or `unless`. Subject None: judged once an answer.
    """

    id: str
    title: str
    applies: Term
    demands: Term
    span: Span
    subject: Subject | None = None
    severity: Severity = "medium"
    if_unknown: IfUnknown = "block"
    if_unknown_said: bool = False
    otherwise: Outcome = Outcome()
    repair: Repair | None = None
    owner: str = ""
    tags: tuple[str, ...] = ()
    source: str = ""
    clauses: tuple[Clause, ...] = ()
    """The parts of `applies` and `demands`, in the order in which they were written."""


@dataclass(frozen=True, slots=True)
class Tightening:
    """A rule of a baseline (`loose`) and the overlay's rule that takes its place (`strict`), which has to be proved at
    least as strict (`proofs.overlays`) before the policy may serve."""

    loose: Rule
    strict: Rule


ExpectKind = Literal["allowed", "blocked", "held", "asked again", "warned", "repaired", "rewritten", "violated", "open"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """`results` are JSON values or texts, one for each rewritten call or the one reply."""

    kind: ExpectKind
    rules: tuple[str, ...]
    span: Span
    results: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A test that stands beside the rules. Background is already merged in; the example's own lines win.

    `facts[declaration][field]` are typed values (a `State` where it says unknown or missing).
    """

    title: str
    span: Span
    facts: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    today: int | None = None
    now: int | None = None
    conversation: Conversation = Conversation()
    reply_text: str | None = None
    reply_json: Any = None
    calls: tuple[ToolCall, ...] = ()
    expects: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """`fingerprint` is the SHA-256 (hex) of the source text and of every file that it names, in UTF-8.

    `currency` is empty where none is declared. An overlay holds the baseline's schemas and rules too (tightened ones in
    the place of the baseline's own), but only its own examples; `inherited` are the ids of the rules it did not write.
    """

    title: str
    version: str
    fingerprint: str
    schemas: tuple[Schema, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    owner: str = ""
    tags: tuple[str, ...] = ()
    source: str = ""
    currency: str = ""
    zone: str = "UTC"
    release_at_end: bool = False
    file: str = ""
    extends: str = ""
    inherited: tuple[str, ...] = ()
    tightened: tuple[Tightening, ...] = ()
    background: Example | None = None
    """What the file's `background` gives, merged into its examples already; None where it has none."""

    def schema(self, name: str, *kinds: str) -> Schema | None:
        return next((s for s in self.schemas if s.name == name and (not kinds or s.kind in kinds)), None)
