"""Reading one message of a chat completion: its strings and its tool calls, in their order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.streaming.events import CallArrived, Event, TextArrived
from guardproxy.wire.errors import unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.places import IsHarmless, Place, Walk

MOST_VALUES = 20_000
"""Members and elements of one message, which are judged one by one."""

CallKind = Literal["function", "custom", "legacy"]

CALLS = frozenset({"tool_calls", "function_call"})
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
    is_sure: bool
    """Whether the call's own object is there, so that its kind is known."""

    @property
    def judged_arguments(self) -> str:
        """What rules read: a custom tool's input, which is free text, stands in an object."""
        return dumps({"input": self.arguments}) if self.kind == "custom" else self.arguments

    def delivered(self, call: ToolCall) -> ToolCall:
        """The call as the client gets it, from what the enforcer released."""
        if self.kind != "custom":
            return call
        try:
            return ToolCall(call.name, str(loads(call.arguments)["input"]), call.id)
        except (JsonError, KeyError, TypeError):
            raise unreadable("a custom tool's input is no text") from None

    def put(self, call: ToolCall) -> bool:
        """Writes what is delivered; equal values stay as they came. True if anything changed."""
        if call.name != self.name:
            self.holder["name"] = call.name
        if call.arguments != self.arguments:
            self.holder[self.words] = call.arguments
        return (call.name, call.arguments) != (self.name, self.arguments)


@dataclass(slots=True)
class ReadMessage:
    places: list[Place] = field(default_factory=list)
    calls: list[CallPlace] = field(default_factory=list)
    dropped: int = 0

    def events(self) -> Iterator[Event]:
        for place in self.places:
            yield TextArrived(place.channel, place.text)
        for call in self.calls:
            yield CallArrived(call.key, call.judged_arguments, call.name, call.id)


def read_message(message: dict[str, Any], is_harmless: IsHarmless, keeps_repeats: bool = False) -> ReadMessage:
    """Raises `UpstreamFailure` for calls that are not written as the API says."""
    if not keeps_repeats:
        HiddenCalls().refuse(message, skip=CALLS)
    walk = Walk(is_harmless, keeps_repeats, MOST_VALUES)
    walk.members(message, "", skip=CALLS)
    calls = [call_place(entry, index, "") for index, entry in enumerate(entries_of(message.get("tool_calls")))]
    legacy = message.get("function_call")
    if legacy is not None:
        calls.append(call_place({"function": legacy}, len(calls), "legacy"))
    for call in calls:
        read_extras(walk, call, f"tool_calls[{call.key}]", None if keeps_repeats else HiddenCalls())
    return ReadMessage(walk.places, calls, walk.dropped)


def read_extras(walk: Walk, call: CallPlace, channel: str, hidden: HiddenCalls | None) -> None:
    """The strings of a call besides its name and arguments, its id among them: servers write free text there too.

    Raises `UpstreamFailure` for another call inside, where `hidden` looks for it.
    """
    own = "custom" if call.kind == "custom" else "function"
    if hidden is not None:
        hidden.refuse(call.entry, channel, skip=frozenset({own}))
        hidden.refuse(call.holder, f"{channel}.{own}", skip=frozenset({"name", call.words}))
    walk.members(call.entry, channel, skip=frozenset({own}))
    walk.members(call.holder, f"{channel}.{own}", skip=frozenset({"name", call.words}))


def read_call(entry: Mapping[str, Any]) -> ToolCall:
    """A call of an earlier turn."""
    place = call_place(dict(entry), 0, "")
    return ToolCall(place.name, place.judged_arguments, place.id)


def entries_of(listed: Any) -> list[dict[str, Any]]:
    """The elements of `tool_calls`; none where it is null."""
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise unreadable("`tool_calls` is no list of objects")
    return listed


def call_place(entry: dict[str, Any], key: int, kind: Literal["legacy", ""] = "") -> CallPlace:
    """Raises `UpstreamFailure` for a call that is of two kinds: rules would read the one and clients the other."""
    given = [name for name in _OWN_FIELDS if entry.get(name) is not None]
    type_ = entry.get("type")
    said = [type_] if type_ in ("function", "custom") else []
    if len({*given, *said}) > 1:
        raise unreadable("a tool call is `function` and `custom` at once")
    named: Literal["function", "custom"] = "custom" if "custom" in (*given, *said) else "function"
    own, words = _OWN_FIELDS[named]
    holder = entry.get(own)
    if holder is None:
        holder = {}
    if not isinstance(holder, dict):
        raise unreadable(f"`tool_calls[].{own}` is no object")
    name = holder.get("name")
    if name is not None and not isinstance(name, str):
        raise unreadable("the name of a tool call is no text")
    return CallPlace(
        key,
        kind or named,
        entry,
        holder,
        words,
        name or "",
        _text(holder.get(words)),
        _text(entry.get("id")),
        bool(given),
    )


def _text(value: Any) -> str:
    """Arguments are a text that holds JSON; some servers send the JSON itself."""
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value)
