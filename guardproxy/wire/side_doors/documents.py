"""JSON that is judged as a whole, and JSON that no model wrote.

A *document* may repeat what a model said, at no place that we know: each string is a passage of its own, all together
are one unit, and a block is an error. A *listing* (models, files, batches) is searched for what the policies keep out
of any text, and what is found is replaced; rules about what an answer has to hold have no say in it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.exact_json import encoded
from guardproxy.streaming.events import CallArrived, Event, Finished, TextArrived
from guardproxy.wire.dialect import Unit
from guardproxy.wire.hidden_calls import calls_in, refuse_answers
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.places import Place, Walk
from guardproxy.wire.side_doors.door import BlockedAsError, SideDoor, read_json, read_json_object
from guardproxy.wire.side_strings import SideStrings


class DocumentUnit:
    """All strings under a parsed value, each in a channel named by its path."""

    def __init__(
        self, value: dict[str, Any], beside: SideStrings, index: int = 0, skip: frozenset[str] = frozenset()
    ) -> None:
        """`skip` names members of the value that are read in another way.

        Raises `UpstreamFailure` for an answer inside, which would have to be judged as one.
        """
        self.index = index
        self.value = value
        self.notice: str | None = None
        """Said instead of everything, once it is blocked."""
        if not beside.keeps_repeats:
            refuse_answers(value)
        self._is_harmless = (lambda _: True) if beside.keeps_repeats else beside.harmless
        self._calls = [] if beside.keeps_repeats else calls_in(value)
        walk = Walk(beside.harmless, beside.keeps_repeats)
        walk.members(value, "", skip)
        self._places: list[Place] = walk.places
        self.dropped = walk.dropped

    def events(self) -> Iterator[Event]:
        for place in self._places:
            yield TextArrived(place.path, place.text)
        for key, (_, call) in enumerate(self._calls):
            yield CallArrived(key, call.arguments, call.name, call.id)
        yield Finished()

    def deliver(self, judged: Judgement) -> bool:
        """A call that is not let through as it is leaves an empty object, for who knows what would be read of it."""
        changed = False
        for place in self._places:
            text = judged.released.get(place.path, "")
            if text != place.text:
                place.put(text)
                changed = True
        for key, (holder, call) in enumerate(self._calls):
            let_through = judged.calls.get(key)
            if let_through is None or (let_through.name, let_through.arguments) != (call.name, call.arguments):
                holder.clear()
                changed = True
        return self._withhold_pieces(judged.released) or changed

    def _withhold_pieces(self, released: Mapping[str, str]) -> bool:
        """Empties the strings of a list, or of its objects, that say together what none of them may say."""
        changed = False
        for parts in self._lists().values():
            texts = [released.get(part.path, "") for part in parts]
            if all(map(self._is_harmless, texts)) and not self._is_harmless("".join(texts)):
                changed = True
                for part in parts:
                    part.put("")
        return changed

    def _lists(self) -> dict[str, list[Place]]:
        """The strings that stand in one list, or under one name in its objects."""
        lists: dict[str, list[Place]] = {}
        for place in self._places:
            before, bracket, after = place.path.rpartition("[")
            lists.setdefault(before + bracket + after.partition("]")[2], []).append(place)
        return {name: parts for name, parts in lists.items() if len(parts) > 1}

    def block(self, verdict: Verdict) -> None:
        self.value.clear()
        self.notice = verdict.notice


class Document:
    """A whole document. Where it was blocked, nothing of it is left, and the error is written by the proxy."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        value = read_json_object(body)
        self.prepare(value)
        self._unit = DocumentUnit(value, beside)
        self.units: list[Unit] = [self._unit]

    def prepare(self, value: dict[str, Any]) -> None:
        """Takes out what is not judged; nothing, for most documents."""

    def restore(self) -> None:
        """Puts it back, once the rest was judged and may be delivered."""

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("a document is not asked for again")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        if self._unit.notice is None:
            self.restore()
        return encoded(self._unit.value)


class Listing:
    """A body that no model wrote: no unit, and every string of it searched. An empty body stays empty JSON."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self._value = read_json(body) if body else {}
        if not beside.keeps_repeats:
            refuse_answers(self._value)
        self.units: list[Unit] = []

    def another(self, place: int, body: bytes) -> Unit:
        raise AssertionError("a listing has no units")

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        return encoded(beside.withhold(self._value))


class DocumentDialect(BlockedAsError, SideDoor):
    def read_whole(self, body: bytes, beside: SideStrings) -> Document:
        return Document(body, beside)


class ListingDialect(SideDoor):
    def read_whole(self, body: bytes, beside: SideStrings) -> Listing:
        return Listing(body, beside)


DOCUMENT = DocumentDialect("document")
LISTING = ListingDialect("listing")
