"""Whole chat completions: reading the upstream's, and writing the one that is delivered."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, encoded, loads
from guardproxy.streaming.events import Event, Finished, TextArrived
from guardproxy.wire.chat.citations import follow
from guardproxy.wire.chat.message import MOST_VALUES, ReadMessage, read_message
from guardproxy.wire.chat.repeats import FIELDS, delivered_logprobs
from guardproxy.wire.errors import reported_error, unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.judgement import Judgement
from guardproxy.wire.places import CHOICE, IsHarmless, Place, Walk
from guardproxy.wire.side_strings import SideStrings
from guardproxy.wire.unchanged import Kept, kept_parts, moved
from guardproxy.wire.usage import total

MAX_CHOICES = 128
_NOT_WALKED = frozenset({"message", "logprobs", "index"})


class WholeChoice:
    """One choice of a parsed answer. `events` tells an enforcer about it, `deliver` writes what it decided."""

    def __init__(self, value: dict[str, Any], is_harmless: IsHarmless, keeps_repeats: bool) -> None:
        message = value.get("message")
        if not isinstance(message, dict):
            raise unreadable("a choice has no `message`")
        self.index = choice_index(value)
        if not keeps_repeats:
            value.pop("delta", None)
        self.value = value
        self._keeps_repeats, self._is_harmless = keeps_repeats, is_harmless
        if not keeps_repeats:
            HiddenCalls().refuse(value, skip=_NOT_WALKED)
        self._message: ReadMessage = read_message(message, is_harmless, keeps_repeats)
        walk = Walk(is_harmless, keeps_repeats, MOST_VALUES)
        walk.members(value, CHOICE, skip=_NOT_WALKED)
        self._places: list[Place] = self._message.places + walk.places
        self.dropped = self._message.dropped + walk.dropped

    def events(self) -> Iterator[Event]:
        yield from self._message.events()
        for place in self._places[len(self._message.places) :]:
            yield TextArrived(place.channel, place.text)
        yield Finished()

    def deliver(self, judged: Judgement) -> bool:
        """Puts what may be sent into the value. True if anything differs from what the model said."""
        changed = self._deliver_texts(judged.released)
        changed = self._deliver_calls(judged.calls) or changed
        if not self._keeps_repeats:
            self._follow_texts(judged.released)
        return changed

    def _deliver_texts(self, released: Mapping[str, str]) -> bool:
        """Parts that are read as one text stay as they came if nothing in it changed; else the first holds it all."""
        texts: dict[str, list[Place]] = {}
        for place in self._places:
            texts.setdefault(place.channel, []).append(place)
        changed = False
        for channel, parts in texts.items():
            text = released.get(channel, "")
            same = text == "".join(part.text for part in parts)
            if not same or (len(parts) > 1 and not self._may_stand_alone(parts)):
                parts[0].put(text)
                for part in parts[1:]:
                    part.put("")
                changed = True
        return changed

    def _may_stand_alone(self, parts: Sequence[Place]) -> bool:
        """Whether parts that were judged together may be shown one by one: a key ends where its part ends."""
        return self._keeps_repeats or all("{" not in part.text and self._is_harmless(part.text) for part in parts)

    def _deliver_calls(self, calls: Mapping[int, ToolCall]) -> bool:
        changed = False
        for place in self._message.calls:
            call = calls.get(place.key)
            if call is not None:
                changed = place.put(place.delivered(call)) or changed
        gone = [place for place in self._message.calls if place.key not in calls]
        if gone:
            self._remove_calls({id(place.entry) for place in gone}, legacy=any(p.kind == "legacy" for p in gone))
        return changed or bool(gone)

    def _remove_calls(self, entries: set[int], legacy: bool) -> None:
        message = self.value["message"]
        kept = [entry for entry in message.get("tool_calls") or [] if id(entry) not in entries]
        for index, entry in enumerate(kept):
            if "index" in entry:
                entry["index"] = index
        if kept:
            message["tool_calls"] = kept
        else:
            message.pop("tool_calls", None)
        if legacy:
            message.pop("function_call", None)
        if not kept and self.value.get("finish_reason") in ("tool_calls", "function_call"):
            self.value["finish_reason"] = "stop"

    def _follow_texts(self, released: Mapping[str, str]) -> None:
        """What speaks of parts of the texts: citations move along, log probabilities of what was rewritten go."""
        message, logprobs = self.value["message"], self.value.get("logprobs")
        cited = message.get("annotations")
        if logprobs is None and not cited:
            return
        said = {name: "".join(p.text for p in self._places if p.channel == name) for name in FIELDS}
        parts = {name: kept_parts(text, released.get(name, "")) for name, text in said.items()}
        if isinstance(cited, list) and said["content"] != released.get("content", ""):
            message["annotations"] = _followed(cited, parts["content"])
        if logprobs is not None:
            self.value["logprobs"] = delivered_logprobs(logprobs, said, parts, self._is_harmless)

    def block(self, verdict: Verdict) -> None:
        """The refusal that every client understands; nothing of the model's remains."""
        self.value.clear()
        self.value.update(
            index=self.index,
            message={"role": "assistant", "content": None, "refusal": verdict.notice},
            logprobs=None,
            finish_reason="content_filter",
        )


def _followed(cited: list[Any], parts: Sequence[Kept]) -> list[Any]:
    return [annotation for annotation in cited if follow(annotation, partial(moved, parts=parts))]


def choice_index(choice: Mapping[str, Any]) -> int:
    """The number of a choice, 0 where there is none. Raises `UpstreamFailure`: clients sort choices by it."""
    index = choice.get("index", 0)
    if index.__class__ is not int or not 0 <= index < MAX_CHOICES:
        raise unreadable(f"a choice's `index` is no whole number from 0 to {MAX_CHOICES - 1}")
    return int(index)


def read_whole(body: bytes) -> dict[str, Any]:
    """The parsed answer, which has a list of choices. Raises `UpstreamFailure`."""
    try:
        value = loads(body)
    except JsonError as error:
        raise unreadable(f"as JSON, {error.reason}") from None
    reported = reported_error(value)
    if reported is not None:
        raise reported
    if not isinstance(value, dict) or not isinstance(value.get("choices"), list):
        raise unreadable("it is no chat completion")
    if len(value["choices"]) > MAX_CHOICES or not all(isinstance(choice, dict) for choice in value["choices"]):
        raise unreadable(f"`choices` is no list of at most {MAX_CHOICES} objects")
    return value


def first_choice(value: dict[str, Any], index: int) -> dict[str, Any]:
    """The one choice of an answer that takes the place of choice `index` of another. Raises `UpstreamFailure`."""
    choices: list[dict[str, Any]] = value["choices"]
    if not choices:
        raise unreadable("it has no choice")
    choices[0]["index"] = index
    return choices[0]


class WholeCompletion:
    """A whole chat completion; its units are its choices. Raises `UpstreamFailure` for what is none."""

    content_type = b"application/json"

    def __init__(self, body: bytes, beside: SideStrings) -> None:
        self._beside = beside
        self._value = read_whole(body)
        if not beside.keeps_repeats:
            HiddenCalls().refuse(self._value, skip=frozenset({"choices"}))
        self.units = [self._choice(entry) for entry in self._value["choices"]]

    def _choice(self, entry: dict[str, Any]) -> WholeChoice:
        return WholeChoice(entry, self._beside.harmless, self._beside.keeps_repeats)

    def another(self, place: int, body: bytes) -> WholeChoice:
        """The first choice of another answer, in the place of this one."""
        answer = read_whole(body)
        new = self.units[place] = self._choice(first_choice(answer, self.units[place].index))
        if answer.get("usage") is not None:
            self._value["usage"] = total(self._value.get("usage"), answer["usage"])
        return new

    def encoded(self, beside: SideStrings, decision: str, remark: Mapping[str, Any] | None) -> bytes:
        """The members in the order in which they came, those beside `choices` judged too."""
        value = self._value
        value["choices"] = [unit.value for unit in self.units]
        kept = beside.clean(value, f"chatcmpl-{decision}")
        body = {key: value[key] if key == "choices" else kept[key] for key in value if key == "choices" or key in kept}
        return encoded({**body, "guardproxy": remark} if remark is not None else body)
