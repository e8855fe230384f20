"""What a streamed response has said at which place, what of it was sent, and the queue of events that wait for that.

A response says each text up to five times. The first time counts: it is judged, and whatever says it again says what
was sent. A text that is said first as a thought and then as an answer is judged as both. The texts of all messages are
judged as one, so each has to be whole before the next begins. Clients show and parse each by itself too, so each that
is not the only one, or may be an object, is also judged alone: nothing is shown that either judgement keeps back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from guardproxy.streaming.commands import Command, Release
from guardproxy.streaming.events import Event, TextArrived, TextEnded
from guardproxy.wire.errors import unreadable
from guardproxy.wire.held_events import HeldEvents
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.responses.alone import alone_channel, are_glued, may_be_object
from guardproxy.wire.responses.views import View, share
from guardproxy.wire.responses.walk import JOINED, Text, channel_at, may_grow
from guardproxy.wire.unchanged import Kept, kept_parts


@dataclass(slots=True)
class Said:
    """A text at one place: `arrived` and `sent` in pieces; `alone` are the channels where it is judged by itself."""

    channel: str
    alone: list[str] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    length: int = 0
    waiting: int = 0
    """How many of its pieces have not been sent."""
    is_streamed: bool = False
    has_ended: bool = False
    _compared: tuple[str, str, tuple[Kept, ...]] = ("", "", ())

    @property
    def text(self) -> str:
        self.arrived = ["".join(self.arrived)]
        return self.arrived[0]

    @property
    def delivered(self) -> str:
        self.sent = ["".join(self.sent)]
        return self.sent[0]

    def kept_of(self, text: str) -> tuple[Kept, ...]:
        """What of it was left alone, where it was `text` so far; compared once for all who ask in between."""
        if self._compared[:2] != (text, self.delivered):
            self._compared = (text, self.delivered, kept_parts(text, self.delivered))
        return self._compared[2]


class Told:
    """`events` is what the enforcer has to be told; whoever reads takes it."""

    def __init__(self, is_harmless: IsHarmless) -> None:
        self.held = HeldEvents()
        self.events: list[Event] = []
        self._is_harmless = is_harmless
        self._said: dict[tuple[str, str], Said] = {}
        """By the place and the channel in which it would be judged if it were the first."""
        self._views: dict[str, View] = {}
        self._joined: dict[str, list[Said]] = {}
        self._ended: set[str] = set()
        self._versions = 0

    def take(self, commands: Sequence[Command]) -> bytes:
        """Carries out the commands; returns what can be sent now."""
        for command in commands:
            if isinstance(command, Release) and command.channel in self._views:
                self._views[command.channel].release(command.text, command.settled)
        return self.held.take(commands)

    def grow(self, path: str, channel: str, text: str, write: Callable[[str], bytes]) -> None:
        """A delta: sent once all of it is settled, so that what is left alone is sent as it came; not sent if empty.

        Raises `UpstreamFailure` where the pieces of several texts that clients join are mixed.
        """
        known = self._said.get((path, channel))
        said = known if known is not None else self._begin(path, channel, text)
        if said.has_ended or (said.channel in JOINED and self._joined[said.channel][-1] is not said):
            raise unreadable("a text goes on behind its end, or behind the beginning of the next")
        said.is_streamed = True
        self._arrive(said, text, write)

    def say(self, text: Text, is_begun: bool = False) -> Said:
        """A text that is read whole: one that is known already, or a new one; one that `is_begun` may still grow."""
        known = self._said.get((text.path, text.channel))
        if known is not None and (known.is_streamed or known.text == text.text):
            return known
        said = self._begin(text.path, text.channel, text.text)
        self._arrive(said, text.text, stands_alone=is_begun)
        if text.channel not in JOINED and not (is_begun and may_grow(text.path)):
            self._end(said)
        return said

    def more(self, text: Text) -> Said:
        """A string of an event that we do not know: whoever reads such events may join what they say."""
        said = Said(text.path)
        self._arrive(said, text.text, stands_alone=True)
        return said

    def known(self, path: str) -> Said | None:
        """What was said at a place, as a reply or else as anything else."""
        return self._said.get((path, channel_at(path, "reply"))) or self._said.get((path, path))

    def end(self, path: str, channel: str) -> None:
        """No more is said at this place."""
        said = self._said.get((path, channel))
        if said is not None:
            self._end(said)

    def _end(self, said: Said) -> None:
        """No more is said there; of the channels in which all texts are judged, only the response's end is the end."""
        said.has_ended = True
        for channel in (said.channel, *said.alone):
            if channel not in JOINED and channel not in self._ended:
                self._ended.add(channel)
                self.events.append(TextEnded(channel))

    def untold(self) -> str:
        """What was put behind what the user reads when nothing could be added to it any more."""
        said = [each for listed in self._joined.values() for each in listed]
        channels = dict.fromkeys(name for each in said for name in (each.channel, *each.alone))
        return "".join(self._views[channel].untold() for channel in channels)

    def _begin(self, path: str, channel: str, text: str) -> Said:
        key = (path, channel)
        if channel in self._ended:
            self._versions += 1
            channel = f"{channel}~{self._versions}"
        said = self._said[key] = Said(channel)
        if channel in JOINED:
            before = self._joined.setdefault(channel, [])
            is_glued = bool(before) and are_glued(before[-1].text, text)
            if before:
                self._stands_alone(before[-1], len(before) - 1, is_glued)
            if before or may_be_object(channel, text):
                said.alone.append(alone_channel(channel, len(before), text, is_glued))
            before.append(said)
        return said

    def _stands_alone(self, said: Said, place: int, is_glued: bool) -> None:
        """Another text begins behind this one: what waits at its end is judged as if nothing followed, too."""
        name = alone_channel(said.channel, place, "x", is_glued)
        if said.waiting and (is_glued or not said.alone) and name not in said.alone:
            said.alone.append(name)
            self._views[name] = View(said.text)
            self.events.append(TextArrived(name, said.text))
        self._end(said)

    def _arrive(
        self, said: Said, text: str, write: Callable[[str], bytes] = lambda piece: b"", stands_alone: bool = False
    ) -> None:
        channels = [said.channel, *said.alone]
        self.events += (TextArrived(channel, text) for channel in channels)
        starts = [self._views.setdefault(channel, View()).arrive(text) for channel in channels]
        at, start = said.length, starts[0]
        said.arrived.append(text)
        said.length += len(text)
        said.waiting += 1

        def send(_: Mapping[str, str]) -> bytes:
            views = [(self._views[said.channel], start)]
            views += ((self._views[name], at) for name in said.alone)
            piece = share(text, views)
            if stands_alone and not self._is_harmless(piece):
                piece = ""
            said.waiting -= 1
            said.sent.append(piece)
            return write(piece) if piece else b""

        self.held.add(dict.fromkeys(channels, text), send)
