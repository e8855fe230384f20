"""What is seen of an answer at one moment, whole or still arriving, and how each variable of a rule finds its value."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from guardproxy import exact_json
from guardproxy.arriving_json import OpenNumber, OpenText
from guardproxy.checks.memory import Memory
from guardproxy.checks.reply_object import reply_object
from guardproxy.conformance import shape
from guardproxy.conversation import Passage, PastCall, Situation, ToolCall
from guardproxy.ir.terms import Finder, TextScope
from guardproxy.ir.types import INVALID, UNKNOWN, Value
from guardproxy.patterns.claims import Reading
from guardproxy.patterns.scan import FinderSet

LONG_NUMBER = 7
"""A bare number of this many characters may be a card or identity number; shorter ones cannot match a detector."""


@dataclass(slots=True)
class SeenCall:
    """A call of the answer. `tree` is its parsed arguments, maybe open; `INVALID` when they are not one JSON object."""

    call: ToolCall
    tree: Any
    open: bool = False


def seen_call(call: ToolCall) -> SeenCall:
    """A complete call. No arguments at all mean an empty object: some servers send it so."""
    return SeenCall(call, parsed_object(call.arguments or "{}"))


def parsed_object(text: str) -> Any:
    try:
        tree = exact_json.loads(text)
    except exact_json.JsonError:
        return INVALID
    return tree if isinstance(tree, dict) else INVALID


def parsed_result(text: str | None) -> Any:
    """A tool's result as JSON: None when it is plain text (an error message, say), `INVALID` when nobody can be sure.

    That is an object that only lenient readers accept, or one that was cut off.
    """
    if text is None or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return exact_json.loads(text)
    except exact_json.JsonError:
        return INVALID if reply_object(text).tree is INVALID else None


class Past:
    """The earlier calls of a conversation with arguments and results parsed, each once and only when needed."""

    def __init__(self, calls: Sequence[PastCall]) -> None:
        self._by_tool: dict[str, list[tuple[PastCall, list[Any]]]] = {}
        for call in calls:
            self._by_tool.setdefault(call.name, []).append((call, []))

    def calls(self, tool: str) -> Iterator[tuple[PastCall, Any, Any]]:
        """`(call, arguments, result)` of each call to the tool, oldest first; result None where it is no JSON.

        `INVALID` stands for arguments that are not one object and for a result that cannot be read.
        """
        for call, parsed in self._by_tool.get(tool, ()):
            if not parsed:
                parsed.extend((parsed_object(call.arguments or "{}"), parsed_result(call.result)))
            yield call, parsed[0], parsed[1]


@dataclass
class Occurrence:
    """One thing that a rule is judged for: a reply object, one call, or one way to read the claims.

    `index` is the call's place in the answer, None for anything else; `reply` the reply object's among those.
    """

    holder: Any = None
    index: int | None = None
    reply: int = 0
    readings: Mapping[str, Value] = field(default_factory=dict)

    @property
    def slot(self) -> int:
        """Tells the same field of several calls, or of several reply objects, apart (`Variable.occurrence`)."""
        return self.reply if self.index is None else self.index


WHOLE_ANSWER = Occurrence()


@dataclass
class Observation:
    """An answer at one moment. `text_open`, `calls_open`: more text, more calls may come."""

    situation: Situation
    past: Past
    passages: Sequence[Passage]
    calls: Sequence[SeenCall]
    replies: Sequence[tuple[str, Any]] = ()
    """The replies that are JSON objects: their channel and the object (see `ArrivingReply.tree`)."""
    text_open: bool = False
    calls_open: bool = False
    readings: Mapping[tuple[str, str], Sequence[Reading]] = field(default_factory=dict)
    """The claims read so far, per policy title and claims declaration."""
    nonconforming: Collection[tuple[str, str]] = ()
    """While text arrives: the `(what, text)` of each grammar or schema that some reply text no longer conforms to."""
    memory: Memory = field(default_factory=Memory)
    """What was decided before: shared by the observations of one answer."""
    _found: tuple[set[int], set[int]] | None = None

    def conforms(self, what: Literal["grammar", "schema"], text: str) -> Value:
        """Whether each text that the user reads conforms to this grammar or schema; unknown while more may come."""
        if self.text_open:
            return False if (what, text) in self.nonconforming else UNKNOWN
        return all(shape(what, text).accepts(p.text) for p in self.passages if p.is_reply and p.text)

    def found(self, scope: TextScope, wanted: frozenset[int], index: "FinderIndex") -> Value:
        """Whether one of the finders matches; unknown while no match is certain and more may come."""
        is_open = self.text_open or (scope == "any" and self.calls_open)
        hits = self._hits(is_open, index)
        if not wanted.isdisjoint(hits[0] if scope == "reply" else hits[1]):
            return True
        return UNKNOWN if is_open and not (scope == "reply" and self._begins_otherwise(wanted, index)) else False

    def _begins_otherwise(self, wanted: frozenset[int], index: "FinderIndex") -> bool:
        """Whether the finders look at beginnings only, and what the user reads has begun and does not begin so."""
        texts = [p.text for p in self.passages if p.is_reply and p.text]
        return bool(texts) and all(index.begins_otherwise(wanted, text) for text in texts)

    def _hits(self, is_open: bool, index: "FinderIndex") -> tuple[set[int], set[int]]:
        """The finders that match in what the user reads, and in any text. Every text is searched once."""
        if self._found is None:
            find = index.finders.certain if is_open else index.finders.find
            reply = {m.finder for p in self.passages if p.is_reply for m in find(p.text)}
            others = {p.text for p in self.passages if not p.is_reply}
            for seen in self.calls:
                others.update(call_texts(seen))
            self._found = reply, reply.union(m.finder for text in others for m in find(text))
        return self._found


class FinderIndex:
    """All finders of a set of policies in one `FinderSet`, so that every text is scanned once."""

    def __init__(self, finders: Sequence[Finder]) -> None:
        self._position = {f: i for i, f in enumerate(dict.fromkeys(finders))}
        self.finders = FinderSet(tuple(self._position))

        self._beginnings = {i: FinderSet((f,)) for f, i in self._position.items() if f.kind == "prefix"}
        self.longest_beginning = max((len(f.expression) for f in self._position if f.kind == "prefix"), default=0)
        """After so many characters of a text it is known what it begins with."""

    def begins_otherwise(self, wanted: frozenset[int], text: str) -> bool:
        """Whether no text that goes on like this begins with any of these; False for other finders than `prefix`."""
        beginning = text[: self.longest_beginning]
        return wanted <= self._beginnings.keys() and all(self._beginnings[i].hold(beginning) > 0 for i in wanted)

    def of(self, finders: tuple[Finder, ...]) -> frozenset[int]:
        return frozenset(self._position[f] for f in finders)


def call_texts(seen: SeenCall) -> list[str]:
    """Every string that a call carries: its name and id, argument keys and values, and long bare numbers."""
    texts = [seen.call.name]
    if seen.call.id:
        texts.append(seen.call.id)
    if seen.tree is INVALID:
        return [*texts, seen.call.arguments]
    collect_texts(seen.tree, texts.append)
    return texts


def collect_texts(tree: Any, keep: Callable[[str], Any]) -> None:
    if isinstance(tree, dict):
        for key, value in tree.items():
            keep(key)
            collect_texts(value, keep)
    elif isinstance(tree, list):
        for value in tree:
            collect_texts(value, keep)
    elif isinstance(tree, OpenNumber | OpenText):
        return
    elif isinstance(tree, str):
        keep(tree)
    elif isinstance(tree, int | Decimal) and not isinstance(tree, bool):
        digits = number_text(tree)
        if len(digits) >= LONG_NUMBER:
            keep(digits)


def number_text(number: int | Decimal) -> str:
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def same(left: Any, right: Any) -> bool:
    """Equality of two JSON scalars: numbers by value, and never a number with a text or a yes/no."""
    if isinstance(left, bool) != isinstance(right, bool) or isinstance(left, str) != isinstance(right, str):
        return False
    return bool(left == right)
