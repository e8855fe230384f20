"""Calls at places where rules on calls do not read them.

Rules read the calls that stand where the API says. Some client, or the program behind it, may carry out a call that
stands elsewhere too: an object with a name and arguments, or a list of `tool_calls`, whatever its type says. Servers
write none, so that an answer with one is unreadable; documents may hold some, and there they are judged as calls.
"""

import re
from collections.abc import Iterator
from typing import Any

from guardproxy.conversation import ToolCall
from guardproxy.exact_json import dumps
from guardproxy.wire.errors import unreadable
from guardproxy.wire.places import PROTOCOL_KEYS

_NAMES = ("name", "tool_name", "toolname", "function", "recipient_name")
_WORDS = ("arguments", "input", "args", "tool_input", "toolinput")
"""What the name and the arguments of a call are named, by the API and in programs that read calls, in small letters."""

_KINDS = ("tooluse", "toolcall", "functioncall")
"""How types and members of calls end, in small letters and without signs."""

_PLAIN = PROTOCOL_KEYS - {"name", "function", "arguments", "input", "type", "tool_calls", "function_call"}
"""Names of members that are no sign of a call."""

_ELSEWHERE = "a tool call stands where none belongs"
_NO_LETTER = re.compile(r"[^a-z]")
_INDEX = re.compile(r"\[\d+\]")
_MOST_PATHS = 1000
"""Different ones in a stream at which a name or arguments stood; each is remembered."""

Object = dict[str, Any]


class HiddenCalls:
    """Looks through the parts of one answer, or of the chunks of a stream, whose members clients put together."""

    def __init__(self, in_pieces: bool = False) -> None:
        self._signs: dict[str, set[str]] | None = {} if in_pieces else None

    def refuse(self, value: Any, path: str = "", skip: frozenset[str] = frozenset()) -> None:
        """`skip` are the members of the value that are read as calls, or in another way.

        Raises `UpstreamFailure` for a call among the others, and for what some clients take for one of `skip`.
        """
        if isinstance(value, dict):
            self._look(value, path, skip)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict | list):
                    self.refuse(item, f"{path}[{index}]")

    def _look(self, holder: Object, path: str, skip: frozenset[str]) -> None:
        signs: set[str] = set()
        for name, member in holder.items():
            if name in skip:
                continue
            if name not in _PLAIN:
                if name.lower() in skip:
                    raise unreadable("the name of a member is written with capital letters")
                if _holds_calls(name, member):
                    raise unreadable(_ELSEWHERE)
                signs.add(_sign(name, member))
            if isinstance(member, dict | list):
                self.refuse(member, f"{path}.{name}")
        if signs and _is_call(self._with_earlier(signs, path)):
            raise unreadable(_ELSEWHERE)

    def _with_earlier(self, signs: set[str], path: str) -> set[str]:
        """With what stood at the same path in earlier pieces of a stream."""
        signs.discard("")
        if self._signs is None or not signs:
            return signs
        path = _INDEX.sub("[]", path)
        self._signs[path] = signs | self._signs.get(path, set())
        if len(self._signs) > _MOST_PATHS:
            raise unreadable("names stand in too many places of it")
        return self._signs[path]


def calls_in(value: Any) -> list[tuple[Object, ToolCall]]:
    """The objects of a document that are calls, and what they call."""
    found = [holder for holder in _objects_in(value) if _is_call(_signs(holder))]
    return [(holder, ToolCall(_name(holder), _arguments(holder), _id(holder))) for holder in found]


def refuse_answers(value: Any) -> None:
    """Raises `UpstreamFailure` where a document or a listing holds an answer, which would have to be judged as one."""
    for holder in _objects_in(value):
        if any(_has_objects(holder.get(name)) for name in ("choices", "output")):
            raise unreadable("an answer of a model stands where none belongs")


def _objects_in(value: Any) -> Iterator[Object]:
    """All objects, each before those in it."""
    if isinstance(value, dict):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(member, dict | list):
            yield from _objects_in(member)


def _signs(holder: Object) -> set[str]:
    return {_sign(name, member) for name, member in holder.items()} - {""}


def _sign(name: str, member: Any) -> str:
    """What a member is of a call; empty where it is nothing of one."""
    plain = name.lower()
    if plain in _WORDS:
        return "words" if member is not None else ""
    if plain in _NAMES:
        return "name" if isinstance(member, str) else ""
    return "kind" if plain == "type" and isinstance(member, str) and _is_kind(member) else ""


def _is_call(signs: set[str]) -> bool:
    return "name" in signs and len(signs) > 1


def _is_kind(name: str) -> bool:
    return _NO_LETTER.sub("", name.lower()).endswith(_KINDS)


def _holds_calls(name: str, member: Any) -> bool:
    """Whether a member is named after calls and holds any; counts of calls are numbers."""
    is_one = isinstance(member, dict) and any(isinstance(inner, str | dict | list) for inner in member.values())
    return (is_one or _has_objects(member)) and _is_kind(name.removesuffix("s"))


def _has_objects(listed: Any) -> bool:
    return isinstance(listed, list) and any(isinstance(item, dict) for item in listed)


def _arguments(holder: Object) -> str:
    """As rules read them: a custom tool's input, which is free text, stands in an object."""
    name, given = next(((k, v) for k, v in holder.items() if k.lower() in _WORDS and v is not None), ("", ""))
    if name == "input" and isinstance(given, str):
        return dumps({"input": given})
    return given if isinstance(given, str) else dumps(given)


def _name(holder: Object) -> str:
    return next((v for k, v in holder.items() if k.lower() in _NAMES and isinstance(v, str)), "")


def _id(holder: Object) -> str:
    id_ = holder.get("call_id", holder.get("id"))
    return id_ if isinstance(id_, str) else ""
