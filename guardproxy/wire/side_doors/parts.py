"""Parts of a body that holds several answers: stored ones in a list, the lines of a file, the items of a conversation.

Each part is read as its own dialect reads it; what no model wrote is searched like a listing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from guardproxy.checks.verdict import Verdict
from guardproxy.exact_json import encoded, loads
from guardproxy.streaming.events import Event
from guardproxy.wire.dialect import Dialect, Unit
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.side_doors.documents import DocumentUnit
from guardproxy.wire.side_strings import SideStrings

Remark = Mapping[str, Any] | None


class Part(Protocol):
    @property
    def units(self) -> "Sequence[CountedUnit]": ...

    def delivered(self, beside: SideStrings, decision: str, remark: Remark) -> Any:
        """Its value, once each unit was delivered or blocked; with our remark in it where one was blocked."""
        ...


ReadPart = Callable[[dict[str, Any], SideStrings], Part]
"""Raises `UpstreamFailure` for what cannot be read."""


class CountedUnit:
    """A unit of one of several answers; it remembers what it was blocked for."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.verdict: Verdict | None = None

    @property
    def index(self) -> int:
        return self._unit.index

    @property
    def dropped(self) -> int:
        return self._unit.dropped

    def events(self) -> Iterator[Event]:
        return self._unit.events()

    def deliver(self, judged: Judgement) -> bool:
        return self._unit.deliver(judged)

    def block(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self._unit.block(verdict)


class SearchedPart:
    """What no model wrote."""

    units: Sequence[CountedUnit] = ()

    def __init__(self, value: dict[str, Any]) -> None:
        self._value = value

    def delivered(self, beside: SideStrings, decision: str, remark: Remark) -> Any:
        return beside.withhold(self._value)


class DocumentPart:
    """What a model may have written, in no shape that we know: an error stands in its place where it is blocked."""

    def __init__(self, value: dict[str, Any], beside: SideStrings) -> None:
        self._document = DocumentUnit(value, beside)
        self._unit = CountedUnit(self._document)
        self.units: Sequence[CountedUnit] = (self._unit,)

    def delivered(self, beside: SideStrings, decision: str, remark: Remark) -> Any:
        if self._unit.verdict is None:
            return self._document.value
        return {"error": blocked_entry(self._unit.verdict), "guardproxy": remark}


class AnswerPart:
    """An answer of another dialect; `wrap` makes one of what is only a piece of one, `unwrap` takes the piece out."""

    def __init__(
        self,
        value: dict[str, Any],
        beside: SideStrings,
        dialect: Dialect,
        wrap: Callable[[dict[str, Any]], dict[str, Any]] = lambda piece: piece,
        unwrap: Callable[[Any], Any] = lambda answer: answer,
    ) -> None:
        self._whole = dialect.read_whole(encoded(wrap(value)), beside)
        self._unwrap = unwrap
        self.units = [CountedUnit(unit) for unit in self._whole.units]

    def delivered(self, beside: SideStrings, decision: str, remark: Remark) -> Any:
        said = remark if any(unit.verdict is not None for unit in self.units) else None
        value = self._unwrap(loads(self._whole.encoded(beside, decision, said)))
        return {**value, "guardproxy": said} if said is not None else value


def blocked_entry(verdict: Verdict) -> dict[str, Any]:
    """The inside of an error, in the place of an entry that was blocked."""
    return {"message": verdict.notice, "type": "content_policy_violation", "param": None, "code": "content_filter"}
