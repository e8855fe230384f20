"""Reading one message of a chat completion: its strings and its tool calls, in their order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from guardproxy.conversation import ToolCall
from guardproxy.exact_json import dumps, loads
from guardproxy.streaming.events import CallArrived, Event, TextArrived
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.places import IsHarmless, Place, Walk

CallKind = Literal["function", "custom", "legacy"]

_CALLS = frozenset({"tool_calls", "function_call"})
_OWN_FIELDS = {
    "function": ("function", "arguments"),
    "custom": ("custom", "input"),
}


@dataclass(slots=True)
class CallPlace:
    """One call and where it stands: `holder` has its `name` and its arguments under `words`; `entry` surrounds it."""

    key: int
    kind: CallKind
    entry: dict[str, Any]
    holder: dict[str, Any]
    words: str
    name: str
    arguments: str
    id: str

    @property
    def judged_arguments(self) -> str:
        """What rules read: a custom tool's input, which is free text, stands in an object."""
        return dumps({"input": self.arguments}) if self.kind == "custom" else self.arguments

    def delivered(self, call: ToolCall) -> ToolCall:
        """The call as the client gets it, from what the enforcer released."""
        if self.kind != "custom":
            return call
        return ToolCall(call.name, loads(call.arguments)["input"], call.id)

    def put(self, call: ToolCall) -> bool:
        """Writes what is delivered; equal values stay as they came. True if anything changed."""
        if call.name != self.name:
            self.holder["name"] = call.name
        if call.arguments != self.arguments:
            self.holder[self.words] = call.arguments
        return (call.name, call.arguments) != (self.name, self.arguments)


@dataclass(slots=True)
class ReadMessage:
    """`audio_data` are holders of recorded speech: it says the transcript again and cannot be read."""

    places: list[Place] = field(default_factory=list)
    calls: list[CallPlace] = field(default_factory=list)
    dropped: int = 0

    def events(self) -> Iterator[Event]:
        for place in self.places:
            yield TextArrived(place.channel, place.text)
        for call in self.calls:
            yield CallArrived(call.key, call.judged_arguments, call.name, call.id)


def read_message(message: dict[str, Any], is_harmless: IsHarmless) -> ReadMessage:
    """Raises `UpstreamFailure` for calls that are not written as the API says."""
    walk = Walk(is_harmless)
    walk.members(message, "", skip=_CALLS)
    calls = [call_place(entry, index, "") for index, entry in enumerate(_entries(message))]
    if isinstance(message.get("function_call"), dict):
        calls.append(call_place({"function": message["function_call"]}, len(calls), "legacy"))
    for call in calls:
        read_extras(walk, call, f"tool_calls[{call.key}]")
    return ReadMessage(walk.places, calls, walk.dropped)


def read_extras(walk: Walk, call: CallPlace, channel: str) -> None:
    """The strings of a call besides its name and arguments, its id among them: servers write free text there too."""
    own = "custom" if call.kind == "custom" else "function"
    walk.members(call.entry, channel, skip=frozenset({own}))
    walk.members(call.holder, f"{channel}.{own}", skip=frozenset({"name", call.words}))


def read_call(entry: Mapping[str, Any]) -> ToolCall:
    """A call of an earlier turn."""
    place = call_place(dict(entry), 0, "")
    return ToolCall(place.name, place.judged_arguments, place.id)


def _entries(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = message.get("tool_calls")
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise _unreadable("`tool_calls` is no list of objects")
    return listed


def call_place(entry: dict[str, Any], key: int, kind: Literal["legacy", ""] = "") -> CallPlace:
    custom = isinstance(entry.get("custom"), dict)
    own, words = _OWN_FIELDS["custom" if custom else "function"]
    holder = entry.get(own)
    if holder is None:
        holder = {}
    if not isinstance(holder, dict):
        raise _unreadable(f"`tool_calls[].{own}` is no object")
    found: CallKind = kind or ("custom" if custom else "function")
    id_ = entry.get("id")
    return CallPlace(
        key, found, entry, holder, words, _text(holder.get("name")), _text(holder.get(words)), _text(id_)
    )  # fmt: skip


def _text(value: Any) -> str:
    """Arguments are a text that holds JSON; some servers send the JSON itself."""
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value)


def _unreadable(what: str) -> UpstreamFailure:
    return UpstreamFailure(f"the upstream's answer cannot be read: {what}", "upstream_unreadable", reason="unreadable")
