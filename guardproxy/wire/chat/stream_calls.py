"""Tool calls that arrive in pieces: which call a piece belongs to, and the call as it is sent on.

Servers send no index, or 0 for all, or the id in each piece. A call is known by index and id together; an id that is
new begins a new call; a piece without an id continues the latest call of its index, unless it names a function and the
call's arguments are complete already. A call is sent whole, and all its pieces are of one kind: what is both `function`
and `custom` would be judged as the one and read as the other.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.streaming.events import CallArrived, Event, TextArrived
from guardproxy.wire.chat.message import CallPlace, call_place, read_extras
from guardproxy.wire.errors import unreadable
from guardproxy.wire.hidden_calls import HiddenCalls
from guardproxy.wire.places import IsHarmless, Place, Walk

LEGACY = "function_call"
_INPUT_OPENS, _INPUT_CLOSES = '{"input":"', '"}'
"""A custom tool's input is judged as a member of an object, for rules read arguments as objects."""


@dataclass(slots=True)
class ArrivingCall:
    """`place` is from the first piece; `sides` are strings besides name and arguments, by channel."""

    place: CallPlace
    sides: dict[str, Place] = field(default_factory=dict)
    arguments: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether its arguments are one JSON value so far."""
        try:
            loads(self.arguments)
        except JsonError:
            return False
        return True

    def entry(self, call: ToolCall, index: int) -> dict[str, Any]:
        """The call as an element of `delta.tool_calls`; the sides have been put in before."""
        own = "custom" if self.place.kind == "custom" else "function"
        call = self.place.delivered(call)
        words = {"name": call.name, self.place.words: call.arguments}
        rest = {k: v for k, v in self.place.entry.items() if k not in ("index", "id", "type", "function", "custom")}
        named = {k: self.place.entry[k] for k in ("id",) if k in self.place.entry}
        return {"index": index, **named, "type": own, own: {**self.place.holder, **words}, **rest}


class ArrivingCalls:
    """The calls of one choice, by the key that the enforcer knows them under: 0, 1, ... as they begin."""

    def __init__(self, is_harmless: IsHarmless, keeps_repeats: bool) -> None:
        self.calls: list[ArrivingCall] = []
        self.dropped = 0
        self._is_harmless, self._keeps_repeats = is_harmless, keeps_repeats
        self._hidden = None if keeps_repeats else HiddenCalls(in_pieces=True)
        self._numbered = False
        self._latest: dict[Any, int] = {}
        self._by_id: dict[tuple[Any, str], int] = {}

    def read(self, entry: dict[str, Any], kind: Literal["legacy", ""] = "") -> list[Event]:
        """The events of one piece. Raises `UpstreamFailure` when it is not written as the API says."""
        index = LEGACY if kind else _index_of(entry)
        piece = call_place(entry, 0, kind)
        key = self._key(index, piece)
        begins = key == len(self.calls)
        piece.key = key
        if begins:
            self.calls.append(ArrivingCall(piece))
        elif piece.is_sure and piece.kind != self.calls[key].place.kind:
            raise unreadable("a piece of a tool call is of another kind than the call")
        sides = self._sides(self.calls[key], piece, begins)
        arguments = piece.arguments
        self.calls[key].arguments += arguments
        if self.calls[key].place.kind == "custom":
            arguments = (_INPUT_OPENS if begins else "") + dumps(arguments)[1:-1]
        return [*sides, CallArrived(key, arguments, piece.name, piece.id if begins else "")]

    def close(self) -> list[Event]:
        """No more pieces will come: the objects around custom tools' inputs end."""
        return [CallArrived(key, _INPUT_CLOSES) for key, call in enumerate(self.calls) if call.place.kind == "custom"]

    def _key(self, index: Any, piece: CallPlace) -> int:
        id_ = piece.id
        key = self._by_id.get((index, id_)) if id_ else self._continued(index)
        if key is not None and not id_ and piece.name and index != LEGACY and self.calls[key].is_whole:
            key = None
        self._numbered = self._numbered or isinstance(index, int)
        if key is None:
            key = len(self.calls)
            if id_:
                self._by_id[index, id_] = key
        self._latest[index] = self._latest["last"] = key
        return key

    def _continued(self, index: Any) -> int | None:
        """The call that a piece without an id continues. An index that is new begins a call, where calls have one."""
        key = self._latest.get(index)
        return self._latest.get("last") if key is None and (index is None or not self._numbered) else key

    def _sides(self, call: ArrivingCall, piece: CallPlace, begins: bool) -> list[Event]:
        """The strings besides name and arguments; a repeated id says nothing new."""
        walk = Walk(self._is_harmless, self._keeps_repeats)
        if not begins:
            piece.entry.pop("id", None)
        read_extras(walk, piece, f"tool_calls[{piece.key}]", self._hidden)
        self.dropped += walk.dropped
        for place in walk.places:
            call.sides.setdefault(place.channel, place)
        if not begins:
            call.place.entry.update({k: v for k, v in piece.entry.items() if k not in call.place.entry})
            for place in walk.places:
                if place.holder is piece.entry:
                    place.holder = call.place.entry
        return [TextArrived(place.channel, place.text) for place in walk.places]


def _index_of(entry: dict[str, Any]) -> int | None:
    index = entry.get("index")
    if index is None:
        return None
    if index.__class__ is not int or index < 0:
        raise unreadable("the `index` of a tool call is no whole number from 0")
    return int(index)
