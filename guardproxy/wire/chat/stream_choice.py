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
from guardproxy.wire.chat.message import CALLS, MOST_VALUES, entries_of
from guardproxy.wire.chat.repeats import FIELDS
from guardproxy.wire.chat.stream_calls import ArrivingCalls
from guardproxy.wire.chat.stream_citations import ANNOTATIONS, StreamedCitations, listed
from guardproxy.wire.chat.stream_logprobs import NewGate, StreamedLogprobs
from guardproxy.wire.errors import unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.places import CHOICE, ENUMERATIONS, IsHarmless, Place, Walk, grows
from guardproxy.wire.unchanged import Followed

_STEP = re.compile(r'\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.\[\]]+)')
_NOT_WALKED = frozenset({"delta", "index"})

_MOST_PLACES = 1000
"""Different ones in the chunks of one choice; each is remembered."""

Entry = dict[str, Any]


@dataclass(slots=True)
class Reading:
    """One choice of one chunk: what it tells the enforcer, and the entry that will be filled and sent."""

    entry: Entry
    events: list[Event]
    places: list[Place]
    ends: bool
    plain: bool = True
    """Whether all that it says is in `places` and calls."""


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
    new_gate: NewGate | None = None
    verdict: Verdict | None = None
    role: str = ""
    """The role as sent."""
    again: bool = False
    """Whether the model was asked again, so that the role may have been sent before."""
    finished: bool = False
    """Whether the provider has said that the choice is complete."""
    said: bool = False
    """Whether anything but the role has been sent."""
    changed: bool = False
    calls: ArrivingCalls = field(init=False)
    logprobs: StreamedLogprobs = field(init=False)
    _citations: StreamedCitations = field(init=False)
    _hidden: HiddenCalls = field(default_factory=lambda: HiddenCalls(in_pieces=True))
    _followed: dict[str, Followed] = field(default_factory=lambda: {name: Followed() for name in FIELDS})
    _wholes: dict[str, _Whole] = field(default_factory=dict)
    _apart: set[str] = field(default_factory=set)
    """The channels of strings that are sent whole, whose last one must not be read by itself."""
    _homes: dict[str, tuple[str, Entry]] = field(default_factory=dict)
    """Where each growing channel was said first, and what marks the object there: the path that its text is sent at.

    One path for one judged text: cut over several parts, a harmless text could show what it must not in one of them.
    """
    _queue: list[ReleaseCall] = field(default_factory=list)
    _calls_sent: int = 0

    def __post_init__(self) -> None:
        self.calls = ArrivingCalls(self.is_harmless, self.keeps_repeats)
        self.logprobs = StreamedLogprobs(self._followed, self.is_harmless, self.new_gate)
        self._citations = StreamedCitations(self._followed["content"], self.is_harmless)

    def read(self, entry: Entry) -> Reading:
        """Raises `UpstreamFailure` when the entry is not written as the API says."""
        delta = entry.get("delta")
        if delta is None:
            delta = entry["delta"] = {}
        if not isinstance(delta, dict):
            raise unreadable("`delta` is no object")
        if not self.keeps_repeats:
            entry.pop("message", None)
        if self.again and self.role:
            delta.pop("role", None)
        ends = _ends(entry)
        logprobs = None if self.keeps_repeats else entry.get("logprobs")
        if not self.keeps_repeats:
            self._hidden.refuse(delta, skip=CALLS)
            self._hidden.refuse(entry, CHOICE, skip=_NOT_WALKED | {"logprobs"})
        annotations = [] if self.keeps_repeats else listed(delta)
        if annotations:
            del delta[ANNOTATIONS]
        walk = Walk(self.is_harmless, self.keeps_repeats, MOST_VALUES)
        walk.members(delta, "", skip=CALLS)
        walk.members(entry, CHOICE, skip=_NOT_WALKED)
        self._set_apart(walk)
        events: list[Event] = [TextArrived(place.channel, place.text) for place in walk.places]
        self._hear_texts(walk.places, logprobs)
        events += self._citations.read(annotations) + self._call_events(delta)
        self.changed = self.changed or walk.dropped > 0 or self._citations.dropped > 0
        if ends:
            events += self.finish()
        for place in walk.places:
            self._note(place)
        return Reading(entry, events, walk.places, ends, plain=logprobs is None and not annotations)

    def _set_apart(self, walk: Walk) -> None:
        """Strings that are sent whole are read by themselves too, and what is found in one only so must not pass.

        The first at its place is judged as it stands, with an edge between it and the next; a later one is taken out.
        """
        for place in [place for place in walk.places if not grows(place.path)]:
            is_first, is_harmless = place.channel not in self._wholes, self.is_harmless(place.text)
            if is_first and not is_harmless:
                self._apart.add(place.channel)
            elif not is_harmless:
                place.leave()
                walk.places.remove(place)
                walk.dropped += 1
            elif place.channel in self._apart:
                self._apart.remove(place.channel)
                place.text = f"\n{place.text}"

    def _hear_texts(self, places: Sequence[Place], logprobs: Any) -> None:
        said: dict[str, str] = {}
        for place in places:
            if place.channel in self._followed:
                said[place.channel] = said.get(place.channel, "") + place.text
        self.logprobs.read(logprobs, said)
        for name, text in said.items():
            self._followed[name].arrive(text)

    def hear(self, channel: str, text: str) -> None:
        """More of a text that came the short way, without anything beside it."""
        if channel in self._followed:
            self._followed[channel].arrive(text)

    def let_go(self, command: Release) -> None:
        """What was released of a text and is sent the short way."""
        self.said = True
        if command.channel in self._followed:
            self._followed[command.channel].release(command.text, command.settled)

    def finish(self) -> list[Event]:
        """The events of the end, when the provider says that the choice is complete."""
        self.finished = True
        return [*self.calls.close(), Finished()]

    def _call_events(self, delta: Entry) -> list[Event]:
        listed, legacy = delta.pop("tool_calls", None), delta.pop("function_call", None)
        events: list[Event] = []
        for piece in entries_of(listed):
            events += self.calls.read(piece)
        if legacy is not None:
            events += self.calls.read({"function": legacy}, "legacy")
        for event in events:
            if isinstance(event, TextArrived):
                self._wholes.setdefault(event.channel, _Whole()).arrived += event.text
        return events

    def _note(self, place: Place) -> None:
        if len(self._wholes) + len(self._homes) > _MOST_PLACES:
            raise unreadable("a choice says something in too many places")
        if not grows(place.path):
            self._wholes.setdefault(place.channel, _Whole()).arrived += place.text
            return
        if place.channel not in self._homes:
            sign = _sign(place.holder) if isinstance(place.holder, dict) else {}
            self._homes[place.channel] = place.path, sign

    # --- writing ----------------------------------------------------------------------------------------------------

    def write(self, reading: Reading | None, commands: Sequence[Command]) -> list[Entry]:
        """The entries to send now, one for each chunk."""
        released: dict[str, str] = {}
        ended = False
        for command in commands:
            if isinstance(command, Release):
                released[command.channel] = released.get(command.channel, "") + command.text
                if command.channel in self._followed:
                    self._followed[command.channel].release(command.text, command.settled)
            elif isinstance(command, ReleaseCall):
                self._queue.append(command)
            elif isinstance(command, Complete):
                self.verdict, ended = command.verdict, True
            elif isinstance(command, Stop):
                self.verdict = command.verdict
                return [self.refusal(command.verdict)]
        self._citations.release(released)
        self._collect(released, ended)
        taken = reading is not None and self._fill(reading, released, ended)
        entries = self._leftover(released) + self._ready_calls(ended)
        self._follow_texts(reading, entries, ended)
        if reading is not None:
            if reading.ends:
                self._end(reading.entry)
            if (reading.plain and not taken) or _says_something(reading.entry, ended):
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
            text = released.pop(place.channel, "") if self.is_home(place) else ""
            if text:
                place.put(text)
            else:
                place.leave()
                taken = True
        return taken

    def _follow_texts(self, reading: Reading | None, entries: list[Entry], ended: bool) -> None:
        """Citations and log probabilities of what was released go with it, or else in an entry of their own."""
        if ended:
            for followed in self._followed.values():
                followed.end()
        cited, logprobs = self._citations.take(ended), self.logprobs.take(ended)
        if not cited and logprobs is None:
            return
        homes = [entry for entry in entries if not entry["delta"].keys().isdisjoint(FIELDS)]
        home = homes[0] if homes else reading.entry if reading is not None else None
        if home is None:
            home = {"index": self.index, "delta": {}, "finish_reason": None}
            entries.append(home)
        if cited:
            home["delta"][ANNOTATIONS] = cited
        if logprobs is not None:
            home["logprobs"] = logprobs

    def is_home(self, place: Place) -> bool:
        """Whether this is where the text of its channel is sent."""
        home = self._homes.get(place.channel)
        return home is None or home[0] == place.path

    def _leftover(self, released: dict[str, str]) -> list[Entry]:
        """Text whose place is not in this chunk: entries with nothing but it."""
        entries: list[Entry] = []
        for channel, text in released.items():
            path, siblings = self._homes.get(channel, (channel, {}))
            steps = _steps(path.removeprefix(CHOICE))
            beside = path.startswith(CHOICE)
            if not entries or not _is_free(entries[-1] if beside else entries[-1]["delta"], steps):
                entries.append({"index": self.index, "delta": {}, "finish_reason": None})
            _put_at(entries[-1] if beside else entries[-1]["delta"], steps, text, siblings)
        return entries

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


def _ends(entry: Entry) -> bool:
    """Whether the provider says that the choice is complete; some write an empty text while it is not."""
    reason = entry.get("finish_reason")
    if reason is not None and not isinstance(reason, str):
        raise unreadable("`finish_reason` is no text")
    if reason == "":
        entry["finish_reason"] = None
    return bool(reason)


def _sign(holder: Entry) -> Entry:
    """What marks the object that a text stands in: its type and its number."""
    marks = {k: holder[k] for k in ("type", "index") if k in holder}
    return {k: v for k, v in marks.items() if _is_small(v) or (isinstance(v, str) and v in ENUMERATIONS["type"])}


def _is_small(value: Any) -> bool:
    return value.__class__ is int and 0 <= value < 1_000_000


def _says_something(entry: Entry, ended: bool) -> bool:
    beside = (v for k, v in entry.items() if k not in ("index", "delta"))
    return ended or bool(entry["delta"]) or any(v is not None for v in beside)


def _steps(path: str) -> list[Any]:
    return [int(n) if n else loads(q) if q else k for n, q, k in _STEP.findall(path)]


def _is_free(root: Entry, steps: list[Any]) -> bool:
    """Whether a text can be put there without taking the place of another."""
    holder: Any = root
    for step in steps:
        if isinstance(holder, list) and isinstance(step, int):
            holder = holder[step] if step < len(holder) else None
        elif isinstance(holder, dict) and isinstance(step, str):
            holder = holder.get(step)
        else:
            return False
        if holder is None:
            return True
    return False


def _put_at(root: Entry, steps: list[Any], text: str, siblings: Entry) -> None:
    """Builds the path and puts the text at its end."""
    holder: Any = root
    for step, following in pairwise(steps):
        new: Any = [] if isinstance(following, int) else {}
        holder = _step_into(holder, step, new)
    if isinstance(holder, dict):
        holder.update(siblings)
        holder[steps[-1]] = text
    else:
        _step_into(holder, steps[-1], text)


def _step_into(holder: Any, step: Any, new: Any) -> Any:
    if isinstance(holder, dict):
        return holder.setdefault(step, new)
    filler: Any = "" if isinstance(new, str) else None if isinstance(new, list) else {}
    while len(holder) < step:
        holder.append(filler if not isinstance(filler, dict) else {})
    if len(holder) == step:
        holder.append(new)
    return holder[step]
