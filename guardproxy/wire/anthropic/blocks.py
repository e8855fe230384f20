"""One block of a message: its strings with the channels they are judged in, and the call that it is, if it is one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from guardproxy.conversation import ToolCall
from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.wire.anthropic.fields import is_plain_type, places_in
from guardproxy.wire.errors import unreadable
from guardproxy.wire.places import IsHarmless, Place
from guardproxy.wire.side_strings import SideStrings
from guardproxy.wire.unchanged import kept_parts

SPOKEN = {"text": "text", "thinking": "thinking"}
"""Blocks whose words clients show as they come, and the member that they stand in."""

THOUGHTS = frozenset({"thinking", "redacted_thinking"})


@dataclass(slots=True)
class Block:
    """`index` is that of the upstream, `words` what a text or a thinking block says as it came.

    `sides` are the strings besides these words and besides the name and input of a call.
    """

    value: dict[str, Any]
    index: int
    kind: str
    words: str = ""
    sides: list[Place] = field(default_factory=list)
    dropped: int = 0

    @property
    def is_call(self) -> bool:
        """Whether it is a call: of the client's tools, of the provider's or of an MCP server's."""
        return self.kind.endswith("tool_use")

    @property
    def call(self) -> ToolCall:
        """The call that a whole block says."""
        return ToolCall(self.value["name"], dumps(self.value.get("input", {})), self.id)

    @property
    def id(self) -> str:
        id_ = self.value.get("id")
        return id_ if isinstance(id_, str) else ""

    @property
    def answers(self) -> str:
        """The id of the call whose result it is."""
        id_ = self.value.get("tool_use_id")
        return id_ if isinstance(id_, str) else ""

    @property
    def is_void(self) -> bool:
        """Whether nothing is left of it: encrypted thoughts in which something was found."""
        return self.kind == "redacted_thinking" and self.dropped > 0

    def put(self, words: str) -> bool:
        """Writes the words that are delivered. True if they differ from those that came."""
        self.value[SPOKEN[self.kind]] = words
        return words != self.words

    def put_call(self, call: ToolCall) -> bool:
        """Writes the call that is delivered. True if it differs."""
        came = self.call
        if (call.name, call.arguments) == (came.name, came.arguments):
            return False
        self.value.update(name=call.name, input=input_of(call.arguments))
        return True


def read_block(value: Any, index: int, beside: SideStrings) -> Block:
    """Raises `UpstreamFailure` for a block that is not written as the API says."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or not is_plain_type(kind):
        raise unreadable("a content block is no object with a `type`")
    block = Block(value, index, kind)
    own: frozenset[str] = frozenset()
    if block.is_call:
        own = frozenset({"name", "input"})
        if not isinstance(value.get("name"), str):
            raise unreadable("a call in the content has no `name`")
    elif kind in SPOKEN:
        own = frozenset({SPOKEN[kind]})
        block.words = _words(value, SPOKEN[kind])
    prefix = f"content[{index}]" if kind == "text" else f"{kind}[{index}]"
    block.sides, block.dropped = places_in(value, prefix, beside, own)
    return block


def _words(value: dict[str, Any], name: str) -> str:
    words = value.get(name)
    if words is not None and not isinstance(words, str):
        raise unreadable(f"`{name}` of a content block is no text")
    return words or ""


def input_of(arguments: str) -> Any:
    """What a released call's arguments are, as `input` holds them. Raises `UpstreamFailure`."""
    try:
        return loads(arguments) if arguments.strip() else {}
    except JsonError:
        raise unreadable("the input of a tool call is no JSON") from None


def shared_out(parts: Sequence[str], released: str, may_stand_alone: IsHarmless) -> list[str]:
    """What was released of a text, given back to the parts that it came in.

    What was left alone stays in its part, what was rewritten stands where it begins. A part that must not be shown by
    itself, though the whole may, is emptied.
    """
    whole = "".join(parts)
    shared = list(parts) if released == whole else _followed(parts, whole, released)
    if len([part for part in shared if part]) < 2:
        return shared
    return [part if may_stand_alone(part) else "" for part in shared]


def _followed(parts: Sequence[str], whole: str, released: str) -> list[str]:
    """Cuts the released text: each end of a part moves along, or to the end of what replaces it."""
    kept = kept_parts(whole, released)
    cuts, end = [], 0
    for part in parts:
        end += len(part)
        inside = [end + k.shift for k in kept if k.start < end <= k.end]
        behind = [k.start + k.shift for k in kept if k.start >= end]
        cuts.append(inside[0] if inside else behind[0] if behind else len(released))
    last = max((i for i, part in enumerate(parts) if part), default=0)
    cuts[last:] = [len(released)] * (len(cuts) - last)
    return [released[a:b] for a, b in zip([0, *cuts[:-1]], cuts, strict=True)]
