"""Whole chat completions: reading the upstream's, and writing the one that is delivered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, loads
from guardproxy.streaming.events import Event, Finished, TextArrived
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.message import ReadMessage, read_message
from guardproxy.wire.places import CHOICE, REPEATS, IsHarmless, Place, Walk
from guardproxy.wire.repeats import says_the_same

MAX_CHOICES = 128
_NOT_WALKED = REPEATS | {"message"}


@dataclass(slots=True)
class Judgement:
    """What became of one choice: `released` text by channel and calls by key, or, stopped, nothing but a notice."""

    verdict: Verdict
    released: Mapping[str, str]
    calls: Mapping[int, ToolCall]

    @property
    def ending(self) -> Ending:
        return self.verdict.ending


class WholeChoice:
    """One choice of a parsed answer. `events` tells an enforcer about it, `deliver` writes what it decided."""

    def __init__(self, value: dict[str, Any], is_harmless: IsHarmless, keeps_repeats: bool) -> None:
        message = value.get("message")
        if not isinstance(message, dict):
            raise unreadable("a choice has no `message`")
        self.value = value
        self._keeps_repeats, self._is_harmless = keeps_repeats, is_harmless
        self._message: ReadMessage = read_message(message, is_harmless)
        walk = Walk(is_harmless)
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
        changed = False
        for place in self._places:
            text = judged.released.get(place.channel, "")
            if text != place.text:
                place.put(text)
                changed = True
        changed = self._deliver_calls(judged.calls) or changed
        if not self._keeps_repeats:
            self._drop_repeats(changed)
        return changed

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

    def _drop_repeats(self, changed: bool) -> None:
        """Log probabilities stay where nothing was changed and they say what the answer says; speech never stays."""
        message = self.value["message"]
        for name in REPEATS & self.value.keys():
            same = name == "logprobs" and not changed and says_the_same(self.value[name], message, self._is_harmless)
            if not same:
                self.value[name] = None
        for name in REPEATS & message.keys():
            message[name] = None
        audio = message.get("audio")
        if isinstance(audio, dict) and "data" in audio:
            audio["data"] = ""

    def block(self, verdict: Verdict) -> None:
        """The refusal that every client understands; nothing of the model's remains."""
        index = self.value.get("index", 0)
        self.value.clear()
        self.value.update(
            index=index,
            message={"role": "assistant", "content": None, "refusal": verdict.notice},
            logprobs=None,
            finish_reason="content_filter",
        )


def read_whole(body: bytes) -> dict[str, Any]:
    """The parsed answer, which has a list of choices. Raises `UpstreamFailure`."""
    try:
        value = loads(body)
    except JsonError as error:
        raise unreadable(f"as JSON, {error.reason}") from None
    if not isinstance(value, dict) or not isinstance(value.get("choices"), list):
        raise unreadable("it is no chat completion")
    if len(value["choices"]) > MAX_CHOICES or not all(isinstance(choice, dict) for choice in value["choices"]):
        raise unreadable(f"`choices` is no list of at most {MAX_CHOICES} objects")
    return value


def strongest(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The verdict that the header shows when there are several choices."""
    return max(verdicts, key=lambda verdict: verdict.ending.strength, default=None)


def remark(decision: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The `guardproxy` object beside `choices` of a blocked answer."""
    shown = strongest(verdicts)
    rules = dict.fromkeys(rule for verdict in verdicts if not verdict.ending.delivers for rule in verdict.by)
    return {"decision": decision, "verdict": shown.ending.header if shown else "allowed", "rules": list(rules)}


def unreadable(what: str) -> UpstreamFailure:
    return UpstreamFailure(f"the upstream's answer cannot be read: {what}", "upstream_unreadable", reason="unreadable")
