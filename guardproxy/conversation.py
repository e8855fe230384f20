"""What a policy looks at, in neutral shapes: no provider's JSON, no wire names.

An `Answer` is what the model says now (one choice), a `Conversation` is what came before it, and `Facts` is what
the operator, a tool or the client says about the case. JSON stays as parsed by `exact_json`: numbers are exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# `facts[declaration][field]` as JSON. A missing key is unknown; `None` is known to be missing.
Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call that the model asks for: `arguments` is the JSON text as the model wrote it."""

    name: str
    arguments: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call of an earlier turn, with the tool's `result` as text; None while no result is there."""

    name: str
    arguments: str
    result: str | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns before the answer, as far as rules read them."""

    calls: tuple[PastCall, ...] = ()
    user_says: str | None = None
    """The user's latest message; None when there is none."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One string of the answer. `channel` is its place (`content`, `reasoning`, `annotations[0].title`)."""

    channel: str
    text: str

    @property
    def is_reply(self) -> bool:
        """Whether the user reads it: what `reply text` means. `any text` means every passage."""
        return is_reply_channel(self.channel)


def is_reply_channel(channel: str) -> bool:
    return channel in REPLY_CHANNELS or (channel.startswith("content[") and channel.endswith(".text"))


REPLY_CHANNELS = frozenset({"content", "refusal", "audio.transcript", "text"})


def is_object_channel(channel: str) -> bool:
    """Whether a reply that is a JSON object can stand there: in the content or one of its parts, not in a refusal."""
    return channel in ("content", "text") or (channel.startswith("content[") and channel.endswith(".text"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says: passages in the order in which they came, then calls in theirs."""

    passages: tuple[Passage, ...] = ()
    calls: tuple[ToolCall, ...] = ()

    def text(self, channel: str) -> str:
        return "".join(p.text for p in self.passages if p.channel == channel)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything besides the answer that a verdict depends on.

    `now` is in microseconds since 1970 UTC; None means unknown. Where it is known each policy's `today` is its date in
    that policy's zone; only where it is not, `today` (a proleptic ordinal, `date.toordinal`) holds for all of them.
    `wants_json`: the request asked for a JSON reply, so a reply that begins as an object can only end as one.
    """

    facts: Facts = field(default_factory=dict)
    conversation: Conversation = Conversation()
    today: int | None = None
    now: int | None = None
    wants_json: bool = False
