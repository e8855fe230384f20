"""The calls among the items: their name, their arguments as rules read them, and putting back what is delivered."""

from dataclasses import dataclass
from typing import Any

from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.wire.errors import unreadable
from guardproxy.wire.responses.names import CALLS, ITEMS, NAMED, WRITTEN_AS_JSON

TEXTUAL = {"custom_tool_call": "input", "code_interpreter_call": "code", "program": "code"}
"""Calls whose one argument is free text; it is judged as a member of an object."""


@dataclass(slots=True)
class CallItem:
    """One item that is a call. `name`, `arguments` and `id` are what rules read."""

    item: dict[str, Any]
    kind: str
    name: str
    arguments: str
    id: str

    def deliver(self, call: ToolCall) -> bool:
        """Writes what is delivered; equal values stay as they came. True if anything changed."""
        if (call.name, call.arguments) == (self.name, self.arguments):
            return False
        if self.kind in NAMED:
            self.item["name"] = call.name
        self.item.update(words_of(self.kind, call))
        return True


def own_members(kind: str) -> frozenset[str]:
    """What the call itself says; everything else of the item is beside it."""
    return frozenset((*CALLS[kind], *(("name",) if kind in NAMED else ())))


def call_in(item: dict[str, Any]) -> CallItem | None:
    """The call that an item is. Raises `UpstreamFailure` where it is not written as the API says."""
    kind = kind_of(item)
    if kind is None:
        return None
    name = item.get("name") if kind in NAMED else kind
    if not isinstance(name, str):
        raise unreadable(f"the name of a `{kind}` is no text")
    id_ = item.get("call_id") or item.get("id")
    return CallItem(item, kind, name, arguments_of(kind, item), id_ if isinstance(id_, str) else "")


def kind_of(item: dict[str, Any]) -> str | None:
    """The kind of call that an item is: by its type, or, where that is none that we know, by what it carries."""
    kind = item.get("type")
    if isinstance(kind, str) and kind in ITEMS:
        return kind if kind in CALLS else None
    if not isinstance(item.get("name"), str):
        return None
    if item.get("arguments") is not None:
        return "function_call"
    return "custom_tool_call" if isinstance(item.get("input"), str) else None


def arguments_of(kind: str, item: dict[str, Any]) -> str:
    """The arguments as JSON, as rules read them."""
    if kind in WRITTEN_AS_JSON:
        words = item.get("arguments")
        return words if isinstance(words, str) else "" if words is None else dumps(words)
    if kind in TEXTUAL:
        words = item.get(TEXTUAL[kind])
        if not isinstance(words, str | None):
            raise unreadable(f"`{TEXTUAL[kind]}` of a `{kind}` is no text")
        return dumps({TEXTUAL[kind]: words or ""})
    return dumps({name: item[name] for name in CALLS[kind] if item.get(name) is not None})


def words_of(kind: str, call: ToolCall) -> dict[str, Any]:
    """The members of the item that say the call as it is delivered."""
    if kind in WRITTEN_AS_JSON:
        return {"arguments": call.arguments}
    try:
        members = loads(call.arguments)
    except JsonError:
        raise unreadable(f"what is delivered of a `{kind}` is no JSON") from None
    return dict(members)
