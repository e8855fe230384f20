"""What all readers of a stream's events share: what was told, the queue of events, and the numbers under which they go.

Events are numbered anew, so that the numbers rise by one whatever was left out or split. The numbers depend on the
upstream's events alone: a stream that is resumed is read from its beginning, and sent from where the client stopped.
"""

from collections.abc import Callable, Sequence
from typing import Any

from guardproxy.exact_json import dumps
from guardproxy.wire.responses.closing import Open
from guardproxy.wire.responses.events import index_in, own_path, says_pieces
from guardproxy.wire.responses.items import Part
from guardproxy.wire.responses.stream_calls import ArrivingCall, ArrivingCalls
from guardproxy.wire.responses.told import Said, Told
from guardproxy.wire.responses.walk import Text, Walk
from guardproxy.wire.side_strings import SideStrings
from guardproxy.wire.sse import named_event_bytes

_PROTOCOL = frozenset(("type", "sequence_number", "output_index", "content_index", "summary_index", "annotation_index"))

Event = dict[str, Any]
Pairs = Sequence[tuple[Text, Said]]
Fill = Callable[[], bool]
"""Puts what was released into an event; False if the event is not sent."""


class Sending:
    """`after` is the number of the last event that the client has got before."""

    def __init__(self, strings: SideStrings, after: int) -> None:
        self.strings = strings
        self.told = Told(strings.harmless)
        self.calls = ArrivingCalls(self.told.events)
        self.open = Open()
        self._number: int | None = None
        self._after = after

    def number_from(self, value: Event) -> None:
        """The first event of the upstream says where its numbers begin."""
        if self._number is None:
            self._number = index_in(value, "sequence_number")

    def walk(self, parts: Sequence[Part] = ()) -> Walk:
        """`parts`: those whose log probabilities are going to `follow` their text."""
        return Walk(self.strings.harmless, self.strings.keeps_repeats, {id(part.value) for part in parts})

    def said(self, texts: Sequence[Text], is_begun: bool = False) -> Pairs:
        return [(text, self.told.say(text, is_begun)) for text in texts]

    def others(self, value: Event, known: frozenset[str]) -> Pairs:
        """The strings of an event besides those that are read in another way."""
        walk = self.walk()
        walk.members(value, own_path(value), skip=_PROTOCOL | known, whose="other")
        if says_pieces(value):
            return [(text, self.told.more(text)) for text in walk.texts]
        return self.said(walk.texts)

    def follow(self, parts: Sequence[Part]) -> bool:
        for part in parts:
            part.follow(self.strings.harmless)
        return True

    def wait_for(self, index: int, arriving: ArrivingCall) -> None:
        """Everything behind this in the queue waits until the call is released."""

        def keep(call: Any) -> bytes:
            arriving.delivered, arriving.is_gone = call, call is None
            return b""

        self.told.held.call(index, keep)

    def queue(self, value: Event, fill: Fill) -> None:
        """The event itself, behind all that it waits for."""
        self.told.held.add({}, lambda _: self.written(value) if fill() else b"")

    def written(self, value: Event) -> bytes:
        """An event as it is sent; nothing where the client of a resumed stream has it already."""
        gone = self.calls.gone_before(index_in(value, "output_index"))
        if gone:
            value["output_index"] -= gone
        return self.own(value)

    def own(self, value: Event) -> bytes:
        """An event whose places are those of what was sent."""
        number = self._number or 0
        if "sequence_number" in value:
            value["sequence_number"] = number
        self._number = number + 1
        self.open.note(value)
        if number <= self._after:
            return b""
        return named_event_bytes(value["type"], dumps(value))


def filled(pairs: Pairs) -> bool:
    for text, said in pairs:
        text.put(said.delivered)
    return True


def item_path(value: Event) -> str:
    return f"output[{index_in(value, 'output_index')}]"
