"""Streamed messages: events in, events out, each in its order, with its words as far as they were released.

```
message_start   content_block_start  content_block_delta ...  content_block_stop   message_delta   message_stop
   at once         its other strings      its words released     all before it           at the end of all
```
A call is sent whole, from its beginning to its end, once it was released.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.streaming.commands import Command
from guardproxy.streaming.events import Event, Finished
from guardproxy.wire.anthropic.block_events import BlockEvents
from guardproxy.wire.anthropic.errors import error_event
from guardproxy.wire.anthropic.fields import counted
from guardproxy.wire.anthropic.stream_events import Value, object_in, read_event, written
from guardproxy.wire.anthropic.whole import END_TURN, TOOL_USE, refused
from guardproxy.wire.anthropic.writing import Writing, texts_of, told
from guardproxy.wire.errors import ErrorBody, UpstreamFailure, unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.side_strings import SideStrings

_END = "end of the message"
"""A channel that is never released before the answer is complete: what waits for it is sent last."""

MOST_WAITING = 4_000_000
"""Characters of events that may wait behind what is being judged: results of the provider's tools are long."""


class MessageStream:
    """See `wire.dialect.AnswerStream`."""

    def __init__(self, beside: SideStrings, decision: str) -> None:
        self._beside, self._fallback_id = beside, f"msg_{decision}"
        self._writing = Writing(beside)
        self._held = self._writing.held
        self._blocks = BlockEvents(self._writing)
        self._message: Value | None = None
        self._usage: Value = {}
        self._waiting = 0
        self._begun = self._has_reason = False
        self.is_over = False

    def read(self, data: str) -> list[Event]:
        events = self._read(read_event(data))
        self._wait(len(data))
        return events

    def _wait(self, size: int) -> None:
        """Notes that an event was read; what was noted is taken back when the event has been sent."""
        self._waiting += size
        if self._waiting > MOST_WAITING:
            message = f"more than {MOST_WAITING} characters of the upstream's events wait for being judged"
            raise UpstreamFailure(message, "upstream_too_large", reason="too_large")

        def sent(_: Mapping[str, str]) -> bytes:
            self._waiting -= size
            return b""

        self._held.add({}, sent)

    def _read(self, value: Value) -> list[Event]:
        match value["type"]:
            case "ping":
                self._held.add({}, lambda _: written({"type": "ping"}))
                return []
            case "message_start":
                return self._message_start(value)
            case _ if self._message is None:
                raise unreadable("an event comes before `message_start`")
            case "content_block_start":
                return self._blocks.start(value)
            case "content_block_delta":
                return self._blocks.delta(value)
            case "content_block_stop":
                return self._blocks.stop(value)
            case "message_delta":
                return self._message_delta(value)
            case "message_stop":
                return self._message_stop(value)
            case _:
                return self._unknown(value)

    def close(self) -> list[Event]:
        """Some servers leave out the last event."""
        if not self._has_reason:
            raise UpstreamFailure("the upstream's stream ended before its answer", "upstream_broken")
        return self._message_stop({"type": "message_stop"})

    def write(self, commands: Sequence[Command]) -> bytes:
        return self._held.take(commands)

    # --- the message ------------------------------------------------------------------------------------------------

    def _message_start(self, value: Value) -> list[Event]:
        message = object_in(value, "message")
        if self._message is not None or message.get("content"):
            raise unreadable("a second `message_start`, or one with content")
        others = {key: member for key, member in message.items() if key != "usage"}
        if not self._beside.keeps_repeats:
            HiddenCalls().refuse(message)
        kept = self._beside.clean(others, self._fallback_id)
        if "usage" in message:
            kept["usage"] = self._counted(message["usage"]) or {}
            self._count(kept["usage"])
        self._message = {key: kept[key] for key in message if key in kept}
        sides = self._writing.sides(value, "message")

        def write(released: Mapping[str, str]) -> bytes:
            self._begun = True
            self._writing.put(sides, released)
            return written({**value, "message": self._message})

        self._held.add(texts_of(sides), write)
        return told(sides, ended=False)

    def _message_delta(self, value: Value) -> list[Event]:
        delta = object_in(value, "delta")
        self._has_reason = self._has_reason or delta.get("stop_reason") is not None
        if "usage" in value:
            value["usage"] = self._counted(value["usage"])
            self._count(value["usage"])
        places = self._writing.places(value, "message_delta", "usage")

        def write(released: Mapping[str, str]) -> bytes:
            late = self._blocks.late()
            self._writing.put(places, released)
            if self._blocks.all_calls_are_lost and delta.get("stop_reason") == TOOL_USE:
                delta["stop_reason"] = END_TURN
            return late + written(value)

        self._held.add({**texts_of(places), _END: "."}, write)
        return self._blocks.thoughts_ended() + told(places, ended=False)

    def _message_stop(self, value: Value) -> list[Event]:
        self.is_over = True
        places = self._writing.places(value, "message_stop")
        self._held.add({**texts_of(places), _END: "."}, self._writing.writer(value, places))
        return [*told(places), Finished()]

    def _unknown(self, value: Value) -> list[Event]:
        """An event that is newer than this: what it says is judged like text that goes on, and it is passed on."""
        if not self._beside.harmless(value["type"]):
            return []
        places = self._writing.places(value, f"event.{value['type']}")
        self._held.add(texts_of(places), self._writing.writer(value, places))
        return told(places, ended=False)

    def _counted(self, usage: Any) -> Any:
        if self._beside.keeps_repeats:
            return usage
        HiddenCalls().refuse(usage)
        return counted(usage, self._beside.harmless)

    def _count(self, usage: Any) -> None:
        """Remembers what was reported last."""
        if isinstance(usage, dict):
            self._usage = {**self._usage, **{key: value for key, value in usage.items() if value is not None}}

    # --- ends that are ours -----------------------------------------------------------------------------------------

    def refusal(self, verdict: Verdict, remark: Mapping[str, Any]) -> bytes:
        """The open block ends, and the message says that it was refused, with the usage that was reported last."""
        begin = b"" if self._begun else written({"type": "message_start", "message": self._message or self._unsaid()})
        usage = {"output_tokens": 0, **self._usage}
        end = {"type": "message_delta", "delta": refused(verdict.notice), "usage": usage, "guardproxy": dict(remark)}
        return begin + self._blocks.close() + written(end) + written({"type": "message_stop"})

    def _unsaid(self) -> Value:
        head = {"id": self._fallback_id, "type": "message", "role": "assistant", "model": "", "content": []}
        return {**head, "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 0, "output_tokens": 0}}

    def error(self, error: ErrorBody) -> bytes:
        return error_event(error)
