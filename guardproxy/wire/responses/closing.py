"""The end of a streamed response that was stopped: what is open is closed, then comes the notice as a refusal.

What has been sent stays sent. The response at the end says nothing but the notice: it is what clients keep.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.responses.beside import blocked_state, refusal_item
from guardproxy.wire.responses.told import Said

Event = dict[str, Any]


@dataclass(slots=True)
class OpenItem:
    """An item that was begun: `parts` are those that are open still, `closed` those that are not."""

    item: dict[str, Any]
    parts: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    closed: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Open:
    """What has been begun by the events that were sent."""

    items: dict[int, OpenItem] = field(default_factory=dict)
    begun: int = 0
    has_response: bool = False

    def note(self, value: Event) -> None:
        """An event that is sent now."""
        kind, index = value["type"], value.get("output_index")
        self.has_response = self.has_response or "response" in value
        if not isinstance(index, int):
            return
        item = value.get("item")
        if kind == "response.output_item.added" and isinstance(item, dict):
            self.begun = max(self.begun, index + 1)
            self.items[index] = OpenItem(dict(item))
        elif kind == "response.output_item.done":
            self.begun = max(self.begun, index + 1)
            self.items.pop(index, None)
        elif index in self.items and isinstance(value.get("part"), dict):
            listed = "summary" if "summary" in kind else "content"
            place = (listed, int(value.get(f"{listed}_index") or 0))
            if kind.endswith(".added"):
                self.items[index].parts[place] = dict(value["part"])
            elif kind.endswith(".done"):
                self.items[index].parts.pop(place, None)
                self.items[index].closed[place] = value["part"]


def refusal_events(
    opened: Open,
    known: Callable[[str], Said | None],
    response: dict[str, Any],
    decision: str,
    notice: str,
    remark: Mapping[str, Any],
) -> Iterator[Event]:
    """`response` is what may be told of it besides its output; `known` finds what was said at a place."""
    about = {"id": f"resp_{decision}", "object": "response", "created_at": 0, "model": "", **response}
    if not opened.has_response:
        yield _numbered("response.created", response={**about, "status": "in_progress", "output": []})
    for index, item in list(opened.items.items()):
        yield from _closed(index, item, known)
    yield from _notice(opened.begun, decision, notice)
    final = {**about, **blocked_state(), "output": [refusal_item(decision, notice)], "guardproxy": dict(remark)}
    yield _numbered("response.incomplete", response=final)


def _closed(index: int, opened: OpenItem, known: Callable[[str], Said | None]) -> Iterator[Event]:
    """The events that end an item with what of it has been sent."""
    item, id_ = opened.item, opened.item.get("id")
    for (listed, number), part in list(opened.parts.items()):
        member = "refusal" if part.get("type") == "refusal" else "text"
        said = known(f"output[{index}].{listed}[{number}].{member}")
        text = said.delivered if said is not None else ""
        whole = {**part, member: text}
        place = {"item_id": id_, "output_index": index, f"{listed}_index": number}
        name = _event_name(listed, part)
        logprobs: dict[str, Any] = {"logprobs": []} if name == "output_text" else {}
        yield _numbered(f"response.{name}.done", **place, **{member: text}, **logprobs)
        ended = "reasoning_summary_part" if listed == "summary" else "content_part"
        yield _numbered(f"response.{ended}.done", **place, part=whole)
        opened.closed[listed, number] = whole
    for listed in ("summary", "content"):
        parts = [part for (where, _), part in sorted(opened.closed.items(), key=lambda at: at[0]) if where == listed]
        if parts:
            item[listed] = parts
    yield _numbered("response.output_item.done", output_index=index, item={**item, "status": "incomplete"})


def _event_name(listed: str, part: dict[str, Any]) -> str:
    if listed == "summary":
        return "reasoning_summary_text"
    return {"refusal": "refusal", "reasoning_text": "reasoning_text"}.get(str(part.get("type")), "output_text")


def _notice(index: int, decision: str, notice: str) -> Iterator[Event]:
    """A message of its own that says why there is no more."""
    yield from _message(index, refusal_item(decision, notice), "refusal", "refusal")


def late_item(decision: str, text: str) -> dict[str, Any]:
    """A message for what was put behind the answer."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {**refusal_item(decision, "", "completed"), "id": f"msg_{decision}", "content": [part]}


def late_events(index: int, item: dict[str, Any]) -> Iterator[Event]:
    """The events that bring it; `index` is its place among the items that were sent."""
    yield from _message(index, item, "output_text", "text")


def _message(index: int, whole: dict[str, Any], name: str, member: str) -> Iterator[Event]:
    part = whole["content"][0]
    at = {"item_id": whole["id"], "output_index": index, "content_index": 0}
    logprobs: Event = {"logprobs": []} if name == "output_text" else {}
    begun = {**whole, "status": "in_progress", "content": []}
    yield _numbered("response.output_item.added", output_index=index, item=begun)
    yield _numbered("response.content_part.added", **at, part={**part, member: ""})
    yield _numbered(f"response.{name}.delta", **at, delta=part[member], **logprobs)
    yield _numbered(f"response.{name}.done", **at, **{member: part[member]}, **logprobs)
    yield _numbered("response.content_part.done", **at, part=part)
    yield _numbered("response.output_item.done", output_index=index, item=whole)


def error_event(error: ErrorBody) -> Event:
    """An error in the middle of a stream: as the published description has it, and as clients look for it."""
    inside = error.value["error"]
    return _numbered("error", code=error.code, message=error.message, param=error.param, error=inside, **error.beside)


def _numbered(kind: str, **members: Any) -> Event:
    return {"type": kind, "sequence_number": 0, **members}
