"""Events of a stream that wait, in their order, until what they say has been released.

A streamed answer of the newer dialects is a list of parts that come one after the other: opened, filled by deltas,
closed by events that say the whole again. Rewriting has to reach all of them, and none may overtake another. So each
event that is to be sent stands in one queue: a delta goes as far as its text was released, what says texts again goes
once all of them is settled, a call goes once it is released.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from guardproxy.conversation import ToolCall
from guardproxy.streaming.commands import Command, Complete, Release, ReleaseCall

WriteTexts = Callable[[Mapping[str, str]], bytes]
WriteText = Callable[[str], bytes]
WriteCall = Callable[[ToolCall | None], bytes]


@dataclass(slots=True)
class _Waiting:
    """`spans`: for each channel, from which to which of its arrived code points the event says."""

    spans: dict[str, tuple[int, int]]
    grows: bool = False
    repeats: bool = False
    call: int | None = None
    texts: WriteTexts | None = None
    called: WriteCall | None = None


@dataclass(slots=True)
class _Channel:
    """Counts of code points that arrived, and of those that what was released accounts for."""

    arrived: int = 0
    settled: int = 0
    told: int = 0
    """Characters of what was released that an event has said, other than as a repetition."""
    released: list[tuple[int, int, str]] = field(default_factory=list)
    """`(start, end, text)`: what was released for the arrived code points from `start` to `end`."""

    def release(self, text: str, settled: int) -> None:
        until = min(max(self.settled, settled), self.arrived)
        self.released.append((self.settled, until, text))
        self.settled = until

    def said(self, start: int, end: int, is_last: bool) -> str:
        """What was released for a span. Rewritten text belongs to where it begins, which cannot be told closer."""
        first = len(self.released)
        while first and (self.released[first - 1][1] > start or self.released[first - 1][0] >= start):
            first -= 1
        return "".join(_share(piece, start, end, is_last) for piece in self.released[first:])


def _share(piece: tuple[int, int, str], start: int, end: int, is_last: bool) -> str:
    first, until, text = piece
    if len(text) == until - first:
        return text[max(0, start - first) : max(0, end - first)]
    return text if start <= first < end or (is_last and first == end) else ""


class HeldEvents:
    """Feed it with the events to send as they arrive, then with the commands; send what `take` returns."""

    def __init__(self) -> None:
        self._queue: deque[_Waiting] = deque()
        self._channels: dict[str, _Channel] = {}
        self._calls: dict[int, ToolCall] = {}
        self._complete = False

    def say(self, channel: str, text: str, write: WriteText) -> None:
        """A delta of a text that clients put together: sent in as many pieces as it is released in."""
        spans = self._arrive({channel: text})
        self._queue.append(_Waiting(spans, grows=True, texts=lambda texts: write(texts[channel])))

    def add(self, texts: Mapping[str, str], write: WriteTexts) -> None:
        """An event with texts that are read whole: it waits until all of them is settled."""
        self._queue.append(_Waiting(self._arrive(texts), texts=write))

    def then(self, channels: Iterable[str], write: WriteTexts) -> None:
        """An event that says these channels again, from their beginning: it waits until they are settled so far."""
        spans = {name: (0, self._channels.setdefault(name, _Channel()).arrived) for name in channels}
        self._queue.append(_Waiting(spans, repeats=True, texts=write))

    def call(self, key: int, write: WriteCall) -> None:
        """The event of a call: `write` gets it as it was released, or None where it is not delivered."""
        self._queue.append(_Waiting({}, call=key, called=write))

    def take(self, commands: Sequence[Command]) -> bytes:
        """Carries out the commands; returns what can be sent now. After `Complete` nothing waits any more."""
        for command in commands:
            if isinstance(command, Release):
                self._channels.setdefault(command.channel, _Channel()).release(command.text, command.settled)
            elif isinstance(command, ReleaseCall):
                self._calls[command.key] = command.call
            elif isinstance(command, Complete):
                self._complete = True
        return self._sendable()

    def released(self, channel: str) -> str:
        """All that was released of a channel so far."""
        known = self._channels.get(channel)
        return "".join(text for _, _, text in known.released) if known else ""

    def unsaid(self, channel: str) -> str:
        """What a rule put behind the text when no event could say it any more. Ask for it after `Complete`."""
        known = self._channels.get(channel)
        return self.released(channel)[known.told :] if known else ""

    def _arrive(self, texts: Mapping[str, str]) -> dict[str, tuple[int, int]]:
        spans: dict[str, tuple[int, int]] = {}
        for name, text in texts.items():
            channel = self._channels.setdefault(name, _Channel())
            spans[name] = (channel.arrived, channel.arrived + len(text))
            channel.arrived += len(text)
        return spans

    def _sendable(self) -> bytes:
        out: list[bytes] = []
        while self._queue:
            head = self._queue[0]
            if not self._send(head, out):
                break
            self._queue.popleft()
        return b"".join(out)

    def _send(self, event: _Waiting, out: list[bytes]) -> bool:
        """Sends what can be sent of an event. True if it is done with."""
        if event.called is not None:
            call = self._calls.get(event.call) if event.call is not None else None
            if call is not None or self._complete:
                out.append(event.called(call))
                return True
            return False
        settled = self._complete or all(self._channels[name].settled >= end for name, (_, end) in event.spans.items())
        if event.texts is None or not (settled or event.grows):
            return settled
        texts = {name: self._said(name, *span) for name, span in event.spans.items()}
        if not event.repeats:
            for name, text in texts.items():
                self._channels[name].told += len(text)
        if not event.grows or any(texts.values()):
            out.append(event.texts(texts))
        if not settled:
            event.spans = {name: (self._channels[name].settled, end) for name, (_, end) in event.spans.items()}
        return settled

    def _said(self, name: str, start: int, end: int) -> str:
        channel = self._channels[name]
        upto = end if self._complete else min(end, max(start, channel.settled))
        return channel.said(start, upto, is_last=end == channel.arrived)
