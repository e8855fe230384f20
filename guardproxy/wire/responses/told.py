"""What a streamed response has said at which place, what of it was sent, and the queue of events that wait for that.

A response says each text up to five times. The first time counts: it is judged, and whatever says it again says what
was sent. The texts of all messages are judged as one. Clients show and parse each by itself too, so each that is not
the only one, or may be an object, is also judged alone: nothing is shown that either judgement keeps back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from guardproxy.streaming.commands import Command, Release
from guardproxy.streaming.events import Event, TextArrived, TextEnded
from guardproxy.wire.held_events import HeldEvents
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.responses.views import View, share
from guardproxy.wire.responses.walk import CONTENT, REFUSAL, TRANSCRIPT, Text

_OPEN = frozenset({CONTENT, REFUSAL, TRANSCRIPT})
"""Channels to which more may come until the response ends."""


JOINED = frozenset({CONTENT, REFUSAL})


def alone_channel(channel: str, place: int, text: str) -> str:
    """Where one of several texts is judged alone; a message that may be an object is one that programs read."""
    return f"content[{place}].text" if may_be_object(channel, text) else f"{channel} alone[{place}]"


def may_be_object(channel: str, text: str) -> bool:
    return channel == CONTENT and text.lstrip()[:1] in ("{", "`", "")


@dataclass(slots=True)
class Said:
    """A text at one place: `arrived` and `sent` in pieces; `alone` is where it is judged by itself."""

    channel: str
    alone: str | None = None
    arrived: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    length: int = 0
    waiting: int = 0
    """How many of its pieces have not been sent."""
    is_streamed: bool = False

    @property
    def text(self) -> str:
        self.arrived = ["".join(self.arrived)]
        return self.arrived[0]

    @property
    def delivered(self) -> str:
        self.sent = ["".join(self.sent)]
        return self.sent[0]


class Told:
    """`events` is what the enforcer has to be told; whoever reads takes it."""

    def __init__(self, is_harmless: IsHarmless) -> None:
        self.held = HeldEvents()
        self.events: list[Event] = []
        self._is_harmless = is_harmless
        self._said: dict[str, Said] = {}
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
        """A delta: sent once all of it is settled, so that what is left alone is sent as it came; not sent if empty."""
        known = self._said.get(path)
        said = known if known is not None else self._begin(path, channel, text)
        said.is_streamed = True
        self._arrive(said, text, write)

    def say(self, text: Text, is_begun: bool = False) -> Said:
        """A text that is read whole: one that is known already, or a new one; one that `is_begun` may still grow."""
        known = self._said.get(text.path)
        if known is not None and (known.is_streamed or known.text == text.text):
            return known
        said = self._begin(text.path, text.channel, text.text)
        self._arrive(said, text.text, stands_alone=is_begun)
        if text.channel == text.path:
            self.end_channel(said.channel)
        return said

    def more(self, text: Text) -> Said:
        """A string of an event that we do not know: whoever reads such events may join what they say."""
        said = Said(text.path)
        self._arrive(said, text.text)
        return said

    def known(self, path: str) -> Said | None:
        return self._said.get(path)

    def end(self, path: str) -> None:
        """No more is said at this place."""
        said = self._said.get(path)
        if said is not None:
            self.end_channel(said.channel if said.alone is None else said.alone)

    def end_channel(self, channel: str) -> None:
        """No more is said in this channel."""
        if channel in _OPEN or channel in self._ended:
            return
        self._ended.add(channel)
        self.events.append(TextEnded(channel))

    def untold(self) -> str:
        """What was put behind what the user reads when nothing could be added to it any more."""
        said = [each for listed in self._joined.values() for each in listed]
        channels = dict.fromkeys(name for each in said for name in (each.channel, each.alone) if name is not None)
        return "".join(self._views[channel].untold() for channel in channels)

    def _begin(self, path: str, channel: str, text: str) -> Said:
        if channel in self._ended:
            self._versions += 1
            channel = f"{channel}~{self._versions}"
        said = self._said[path] = Said(channel)
        if channel in JOINED:
            before = self._joined.setdefault(channel, [])
            if before:
                self._stands_alone(before[-1], len(before) - 1)
            if before or may_be_object(channel, text):
                said.alone = alone_channel(channel, len(before), text)
            before.append(said)
        return said

    def _stands_alone(self, said: Said, place: int) -> None:
        """Another text begins behind this one: what waits at its end is judged as if nothing followed, too."""
        if said.alone is None and said.waiting:
            said.alone = f"{said.channel} alone[{place}]"
            self._views[said.alone] = View(said.text)
            self.events.append(TextArrived(said.alone, said.text))
        if said.alone is not None:
            self.end_channel(said.alone)

    def _arrive(
        self, said: Said, text: str, write: Callable[[str], bytes] = lambda piece: b"", stands_alone: bool = False
    ) -> None:
        channels = [said.channel, *([said.alone] if said.alone is not None else [])]
        self.events += (TextArrived(channel, text) for channel in channels)
        starts = [self._views.setdefault(channel, View()).arrive(text) for channel in channels]
        at, start = said.length, starts[0]
        said.arrived.append(text)
        said.length += len(text)
        said.waiting += 1

        def send(_: Mapping[str, str]) -> bytes:
            views = [(self._views[said.channel], start)]
            if said.alone is not None:
                views.append((self._views[said.alone], at))
            piece = share(text, views)
            if stands_alone and not self._is_harmless(piece):
                piece = ""
            said.waiting -= 1
            said.sent.append(piece)
            return write(piece) if piece else b""

        self.held.add(dict.fromkeys(channels, text), send)
