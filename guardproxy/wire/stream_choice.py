"""One choice of a streamed chat completion: reading its chunks, and writing those that are sent instead.

An outgoing chunk is the incoming one with each string replaced by what has been released of its channel; what is held
comes in a later chunk at the same path, and a chunk that says nothing any more is not sent. Strings that clients do not
put together from pieces (see `places.grows`) are sent whole; a call is sent whole once its other strings are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.exact_json import loads
from guardproxy.streaming.commands import Command, Complete, Release, ReleaseCall, Stop
from guardproxy.streaming.events import Event, Finished, TextArrived
from guardproxy.wire.places import CHOICE, ENUMERATIONS, REPEATS, IsHarmless, Place, Walk, grows
from guardproxy.wire.stream_calls import ArrivingCalls
from guardproxy.wire.whole import unreadable

_STEP = re.compile(r'\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.\[\]]+)')
_NOT_WALKED = REPEATS | {"delta"}
_CALLS = frozenset({"tool_calls", "function_call"}) | REPEATS

Entry = dict[str, Any]


@dataclass(slots=True)
class Reading:
    """One choice of one chunk: what it tells the enforcer, and the entry that will be filled and sent."""

    entry: Entry
    events: list[Event]
    places: list[Place]
    ends: bool


@dataclass(slots=True)
class _Whole:
    """A string that is sent only once it is complete: what came of it and what was released."""

    arrived: str = ""
    released: str = ""


@dataclass(slots=True)
class ChoiceStream:
    """What was read and written of one choice. `verdict` is there once the choice has ended."""

    index: int
    is_harmless: IsHarmless
    keeps_repeats: bool
    verdict: Verdict | None = None
    role: str = ""
    finished: bool = False
    """Whether the provider has said that the choice is complete."""
    said: bool = False
    """Whether anything but the role has been sent."""
    changed: bool = False
    calls: ArrivingCalls = field(init=False)
    _wholes: dict[str, _Whole] = field(default_factory=dict)
    _siblings: dict[str, Entry] = field(default_factory=dict)
    _queue: list[ReleaseCall] = field(default_factory=list)
    _calls_sent: int = 0

    def __post_init__(self) -> None:
        self.calls = ArrivingCalls(self.is_harmless)

    def read(self, entry: Entry) -> Reading:
        """Raises `UpstreamFailure` when the entry is not written as the API says."""
        delta = entry.get("delta")
        if delta is None:
            delta = entry["delta"] = {}
        if not isinstance(delta, dict):
            raise unreadable("`delta` is no object")
        walk = Walk(self.is_harmless)
        walk.members(delta, "", skip=_CALLS)
        walk.members(entry, CHOICE, skip=_NOT_WALKED)
        self.changed = self.changed or walk.dropped > 0
        events: list[Event] = [TextArrived(place.channel, place.text) for place in walk.places]
        events += self._call_events(delta)
        ends = entry.get("finish_reason") is not None
        if ends:
            events += self.finish()
        self._drop_repeats(entry, delta)
        for place in walk.places:
            self._note(place)
        return Reading(entry, events, walk.places, ends)

    def finish(self) -> list[Event]:
        """The events of the end, when the provider says that the choice is complete."""
        self.finished = True
        return [*self.calls.close(), Finished()]

    def _call_events(self, delta: Entry) -> list[Event]:
        listed, legacy = delta.pop("tool_calls", None), delta.pop("function_call", None)
        events: list[Event] = []
        if listed is not None:
            if not isinstance(listed, list) or not all(isinstance(piece, dict) for piece in listed):
                raise unreadable("`tool_calls` is no list of objects")
            for piece in listed:
                events += self.calls.read(piece)
        if isinstance(legacy, dict):
            events += self.calls.read({"function": legacy}, "legacy")
        for event in events:
            if isinstance(event, TextArrived):
                self._wholes.setdefault(event.channel, _Whole()).arrived += event.text
        return events

    def _drop_repeats(self, entry: Entry, delta: Entry) -> None:
        if self.keeps_repeats:
            return
        for holder in (entry, delta):
            for name in REPEATS & holder.keys():
                holder[name] = None
        audio = delta.get("audio")
        if isinstance(audio, dict):
            audio.pop("data", None)

    def _note(self, place: Place) -> None:
        if not grows(place.channel):
            self._wholes.setdefault(place.channel, _Whole()).arrived += place.text
        elif place.channel not in self._siblings:
            self._siblings[place.channel] = _sign(place.holder) if isinstance(place.holder, dict) else {}

    # --- writing ----------------------------------------------------------------------------------------------------

    def write(self, reading: Reading | None, commands: Sequence[Command]) -> list[Entry]:
        """The entries to send now, one for each chunk."""
        released: dict[str, str] = {}
        ended = False
        for command in commands:
            if isinstance(command, Release):
                released[command.channel] = released.get(command.channel, "") + command.text
            elif isinstance(command, ReleaseCall):
                self._queue.append(command)
            elif isinstance(command, Complete):
                self.verdict, ended = command.verdict, True
            elif isinstance(command, Stop):
                self.verdict = command.verdict
                return [self.refusal(command.verdict)]
        self._collect(released, ended)
        filled = reading is not None and self._fill(reading, released, ended)
        entries = self._leftover(released) + self._ready_calls(ended)
        if reading is not None:
            if reading.ends:
                self._end(reading.entry)
            if not filled or _says_something(reading.entry, ended):
                entries.append(reading.entry)
        return [self._with_role(entry) for entry in entries]

    def _collect(self, released: dict[str, str], ended: bool) -> None:
        """Strings that are sent whole wait until all of them is released; then they count as released now."""
        for channel, whole in self._wholes.items():
            whole.released += released.pop(channel, "")
            if channel.startswith("tool_calls["):
                continue
            if whole.released and (ended or whole.released == whole.arrived):
                released[channel] = whole.released
                self._wholes[channel] = _Whole()

    def _fill(self, reading: Reading, released: dict[str, str], ended: bool) -> bool:
        """Puts what was released where the incoming text stood. True if something was taken out."""
        taken = False
        for place in reading.places:
            text = released.pop(place.channel, "")
            if text:
                place.put(text)
            else:
                place.leave()
                taken = True
        return taken

    def _leftover(self, released: dict[str, str]) -> list[Entry]:
        """Text whose place is not in this chunk: an entry with nothing but it."""
        if not released:
            return []
        entry: Entry = {"index": self.index, "delta": {}, "finish_reason": None}
        for channel, text in released.items():
            beside = channel.startswith(CHOICE)
            _put_at(
                entry if beside else entry["delta"], channel.removeprefix(CHOICE), text, self._siblings.get(channel)
            )
        return [entry]

    def _ready_calls(self, ended: bool) -> list[Entry]:
        entries = []
        while self._queue and (ended or self._sides_released(self._queue[0].key)):
            command = self._queue.pop(0)
            arriving = self.calls.calls[command.key]
            for channel, place in arriving.sides.items():
                whole = self._wholes.get(channel, _Whole())
                place.put(whole.released)
            if arriving.place.kind == "legacy":
                words = {"name": command.call.name, "arguments": command.call.arguments}
                delta: Entry = {"function_call": {**arriving.place.holder, **words}}
            else:
                delta = {"tool_calls": [arriving.entry(command.call, self._calls_sent)]}
                self._calls_sent += 1
            entries.append({"index": self.index, "delta": delta, "finish_reason": None})
        return entries

    def _sides_released(self, key: int) -> bool:
        sides = self.calls.calls[key].sides
        return all((whole := self._wholes[channel]).released == whole.arrived for channel in sides)

    def _end(self, entry: Entry) -> None:
        if self.verdict is None:
            entry["finish_reason"] = None
        elif entry.get("finish_reason") == "tool_calls" and not self._calls_sent and self.calls.calls:
            entry["finish_reason"] = "stop"

    def _with_role(self, entry: Entry) -> Entry:
        role = entry["delta"].get("role")
        self.said = self.said or len(entry["delta"]) > (role is not None)
        if role is None and not self.role and entry["delta"]:
            entry["delta"] = {"role": "assistant", **entry["delta"]}
        self.role = self.role or role or ("assistant" if entry["delta"] else "")
        return entry

    def refusal(self, verdict: Verdict) -> Entry:
        """The last entry of a choice that was stopped."""
        delta: Entry = {} if self.role else {"role": "assistant"}
        delta["refusal"] = verdict.notice
        return {"index": self.index, "delta": delta, "logprobs": None, "finish_reason": "content_filter"}


def _sign(holder: Entry) -> Entry:
    """What marks the object that a text stands in: its type and its number."""
    marks = {k: holder[k] for k in ("type", "index") if k in holder}
    return {k: v for k, v in marks.items() if v.__class__ is int or v in ENUMERATIONS["type"]}


def _says_something(entry: Entry, ended: bool) -> bool:
    beside = (v for k, v in entry.items() if k not in ("index", "delta"))
    return ended or bool(entry["delta"]) or any(v is not None for v in beside)


def _put_at(root: Entry, channel: str, text: str, siblings: Entry | None) -> None:
    """Builds the path that a channel's name says and puts the text at its end."""
    steps = [int(n) if n else loads(q) if q else k for n, q, k in _STEP.findall(channel)]
    holder: Any = root
    for step, following in pairwise(steps):
        new: Any = [] if isinstance(following, int) else {}
        holder = _step_into(holder, step, new)
    if isinstance(holder, dict):
        holder.update(siblings or {})
        holder[steps[-1]] = text
    else:
        _step_into(holder, steps[-1], text)


def _step_into(holder: Any, step: Any, new: Any) -> Any:
    if isinstance(holder, dict):
        return holder.setdefault(step, new)
    while len(holder) <= step:
        holder.append({} if isinstance(new, dict) else new)
    return holder[step]
