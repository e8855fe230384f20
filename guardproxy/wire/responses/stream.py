"""One streamed response: events in, events out. Everything that is sent stands in one queue (`held_events`).

What an event says is found, told to the enforcer where it is new, and written from what was released.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from guardproxy.checks.verdict import Verdict
from guardproxy.streaming.commands import Command
from guardproxy.streaming.events import Event, Finished
from guardproxy.wire.errors import ErrorBody, UpstreamFailure
from guardproxy.wire.requests import ModelRequest
from guardproxy.wire.responses.beside import Beside
from guardproxy.wire.responses.closing import error_event, late_events, late_item, refusal_events
from guardproxy.wire.responses.events import (
    SHELL_COMMAND,
    SHELL_OUTPUT,
    SOUND_EVENTS,
    TERMINAL,
    call_place,
    read_event,
    text_place,
)
from guardproxy.wire.responses.item_ids import ItemIds
from guardproxy.wire.responses.sending import Sending, filled
from guardproxy.wire.responses.strays import refuse_calls_beside
from guardproxy.wire.responses.stream_items import ItemEvents
from guardproxy.wire.responses.stream_texts import TextEvents
from guardproxy.wire.responses.whole import items_in
from guardproxy.wire.side_strings import SideStrings
from guardproxy.wire.sse import DONE

MOST_WAITING = 4_000_000
"""Characters of events that may wait: the last ones say again all that the others said."""


class ResponseStream:
    """The state of one stream. `is_over` once its last event has been read."""

    def __init__(self, request: ModelRequest, beside: SideStrings, decision: str) -> None:
        self._strings, self._decision = beside, decision
        self._beside = Beside(beside, decision)
        self._sending = Sending(beside, after=int(request.told.get("starting_after", -1)))
        self._told = self._sending.told
        self._ids = ItemIds()
        self._texts, self._items = TextEvents(self._sending), ItemEvents(self._sending, self._ids)
        self._response: dict[str, Any] = {}
        self._waiting = 0
        self.is_over = False

    def read(self, data: str) -> list[Event]:
        if data == DONE:
            return []
        value = read_event(data, self._strings.harmless)
        value.pop("obfuscation", None)
        self._sending.number_from(value)
        self._wait(len(data))
        self._take(value)
        self._told.held.add({}, lambda _: self._waited(len(data)))
        events = list(self._told.events)
        self._told.events.clear()
        return events

    def close(self) -> list[Event]:
        return []

    def _wait(self, size: int) -> None:
        self._waiting += size
        if self._waiting > MOST_WAITING:
            raise UpstreamFailure(
                f"more than {MOST_WAITING} characters of the upstream's events wait for being judged",
                "upstream_too_large",
                reason="too_large",
            )

    def _waited(self, size: int) -> bytes:
        self._waiting -= size
        return b""

    def _take(self, value: dict[str, Any]) -> None:
        """Clients go by the type of an event: whatever else stands in one of a known type is read as an extra."""
        kind = value["type"]
        self._ids.note(value)
        place, call = text_place(value), call_place(value)
        if kind in SOUND_EVENTS and not self._strings.keeps_repeats:
            return
        if place is not None:
            say = self._texts.delta if kind.endswith(".delta") else self._texts.again
            say(value, *place)
        elif call is not None:
            self._items.words(value, *call)
        elif kind.startswith(f"{SHELL_COMMAND}."):
            self._items.command(value)
        elif kind == f"{SHELL_OUTPUT}.delta":
            self._texts.printed(value)
        elif isinstance(value.get("response"), dict):
            self._snapshot(value, value["response"])
        elif isinstance(value.get("item"), dict):
            self._items.item(value, value["item"])
        else:
            self._texts.whole(value)

    def _snapshot(self, value: dict[str, Any], response: dict[str, Any]) -> None:
        """An event that tells the whole response so far."""
        is_last = value["type"] in TERMINAL
        if not self._strings.keeps_repeats:
            refuse_calls_beside(response)
        items = items_in(response.get("output"))
        fills = [self._items.listed(item, place, is_last) for place, item in enumerate(items)]
        pairs = self._sending.others(value, frozenset({"response"}))
        if is_last:
            self._sending.calls.close()
            self._told.events.append(Finished())
            self.is_over = True
            self._told.held.add({}, lambda _: self._late(items))
        self._response, beside = response, self._beside.cleaned(response)

        def fill() -> bool:
            late = items[len(fills) :]
            output = [item for item, put in zip(items, fills, strict=False) if put()] + late
            kept: dict[str, Any] = {**beside, "output": output}
            if isinstance(response.get("output_text"), str):
                kept["output_text"] = _shown(output)
            value["response"] = {key: kept[key] for key in response if key in kept}
            return filled(pairs)

        self._sending.queue(value, fill)

    def _late(self, items: list[dict[str, Any]]) -> bytes:
        """What a rule put behind the answer when all its messages were closed: one more message."""
        text = self._told.untold()
        if not text:
            return b""
        items.append(late_item(self._decision, text))
        return b"".join(map(self._sending.own, late_events(self._sending.open.begun, items[-1])))

    def write(self, commands: Sequence[Command]) -> bytes:
        return self._told.take(commands)

    def refusal(self, verdict: Verdict, remark: Mapping[str, Any]) -> bytes:
        about = self._beside.of_blocked(self._response)
        events = refusal_events(self._sending.open, self._told.known, about, self._decision, verdict.notice, remark)
        return b"".join(map(self._sending.own, events))

    def error(self, error: ErrorBody) -> bytes:
        return self._sending.own(error_event(error))


def _shown(items: Sequence[dict[str, Any]]) -> str:
    """What clients show as the text of a response."""
    contents = [item.get("content") for item in items if item.get("type") == "message"]
    parts = [part for content in contents if isinstance(content, list) for part in content if isinstance(part, dict)]
    return "".join(str(part.get("text") or "") for part in parts)
