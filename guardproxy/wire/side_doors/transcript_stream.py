"""A transcription as it is made: deltas of the text, segments with times, and at the end the whole text again.

There is no event in which a client would look for a refusal, so that a block ends the stream with an error.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.streaming.commands import Command
from guardproxy.streaming.events import Event, Finished, TextArrived, TextEnded
from guardproxy.wire.chat.chunks import UpstreamError
from guardproxy.wire.errors import ErrorBody, UpstreamFailure, unreadable
from guardproxy.wire.held_events import HeldEvents
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.places import Walk, give_back, texts_of
from guardproxy.wire.side_doors.parts import blocked_entry
from guardproxy.wire.side_strings import SideStrings
from guardproxy.wire.sse import DONE, is_event_name, named_event_bytes

TEXT, SEGMENTS = "content", "audio.transcript"
"""The channels: the text, and the same in segments. Both are what a user reads."""

_DELTA, _SEGMENT, _END = "transcript.text.delta", "transcript.text.segment", "transcript.text.done"
_SAYS_AGAIN = ("logprobs", "tokens")


class TranscriptStream:
    """See `wire.dialect.AnswerStream`."""

    def __init__(self, beside: SideStrings) -> None:
        self._beside, self._held = beside, HeldEvents()
        self._said = ""
        self.is_over = False

    def read(self, data: str) -> list[Event]:
        if data == DONE:
            return []
        value = _event(data)
        if not self._beside.keeps_repeats:
            HiddenCalls().refuse(value)
        kind = value["type"]
        if kind == _DELTA:
            return self._delta(value, _text(value, "delta"))
        if kind == _SEGMENT:
            return self._segment(value, _text(value, "text"))
        if kind == _END:
            return self._end(value, _text(value, "text"))
        if kind == "error" or "error" in value:
            failure = UpstreamError("the upstream reported an error in its stream", "upstream_error")
            failure.error = value.get("error") or value
            raise failure
        return self._unknown(value)

    def close(self) -> list[Event]:
        raise UpstreamFailure("the upstream's stream ended before its answer", "upstream_broken")

    def write(self, commands: Sequence[Command]) -> bytes:
        return self._held.take(commands)

    def refusal(self, verdict: Verdict, remark: Mapping[str, Any]) -> bytes:
        return _written({"type": "error", "error": blocked_entry(verdict), "guardproxy": remark})

    def error(self, error: ErrorBody) -> bytes:
        return _written({"type": "error", **error.value})

    def _delta(self, value: dict[str, Any], text: str) -> list[Event]:
        rest = self._without(value, "delta")
        self._said += text
        self._held.say(TEXT, text, lambda released: _written({**rest, "delta": released}))
        return [TextArrived(TEXT, text)]

    def _segment(self, value: dict[str, Any], text: str) -> list[Event]:
        """Segments are read as one text, and one by one: a key may end where its segment does."""
        rest = self._without(value, "text")

        def write(released: Mapping[str, str]) -> bytes:
            said = released[SEGMENTS]
            return _written({**rest, "text": said if self._may_stand_alone(said) else ""})

        self._held.add({SEGMENTS: text}, write)
        return [TextArrived(SEGMENTS, text)]

    def _unknown(self, value: dict[str, Any]) -> list[Event]:
        """An event that is newer than this: its strings are texts that may go on in the next of its kind."""
        if not self._may_stand_alone(value["type"]):
            return []
        walk = Walk(self._beside.harmless, self._beside.keeps_repeats)
        walk.members(value, f"event.{value['type']}", skip=frozenset({"type"}))
        texts = texts_of(walk.places)

        def write(released: Mapping[str, str]) -> bytes:
            give_back(walk.places, released, self._may_stand_alone)
            return _written(value)

        self._held.add(texts, write)
        return [TextArrived(name, text) for name, text in texts.items()]

    def _may_stand_alone(self, text: str) -> bool:
        return self._beside.keeps_repeats or self._beside.harmless(text)

    def _end(self, value: dict[str, Any], text: str) -> list[Event]:
        """The whole text is what was released of the deltas; a server that sends none says it here alone."""
        if self._said and text != self._said:
            raise unreadable("the whole text of a transcript is another one than its pieces")
        rest = self._without(value, "text")
        if self._said:
            self._held.then([TEXT], lambda released: _written({**rest, "text": released[TEXT]}))
            arrived: list[Event] = []
        else:
            self._held.add({TEXT: text}, lambda released: _written({**rest, "text": released[TEXT]}))
            arrived = [TextArrived(TEXT, text)]
        self.is_over = True
        return [*arrived, TextEnded(TEXT), TextEnded(SEGMENTS), Finished()]

    def _without(self, value: dict[str, Any], text: str = "") -> dict[str, Any]:
        """The other members of an event, searched; an empty string stands where the text will."""
        said = frozenset({text} if self._beside.keeps_repeats else {text, *_SAYS_AGAIN})
        rest = {key: member for key, member in value.items() if key not in said}
        kept: dict[str, Any] = self._beside.withhold(rest)
        return kept


def _event(data: str) -> dict[str, Any]:
    try:
        value = loads(data)
    except JsonError as error:
        raise unreadable(f"as JSON, {error.reason}") from None
    kind = value.setdefault("type", "error") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not is_event_name(kind):
        raise unreadable("an event is no object with a `type`")
    return value


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise unreadable(f"`{name}` of an event is no text")
    return text


def _written(value: Mapping[str, Any]) -> bytes:
    """Clients read the kind of an event from its data, some from the line before them."""
    return named_event_bytes(value["type"], dumps(value))
