"""What has happened: past facts that the outer ring tells an enforcer, which judges one choice of one answer."""

from dataclasses import dataclass, field
from typing import TypeAlias

from guardproxy.conversation import Facts
from guardproxy.logic.questions import Reply


@dataclass(frozen=True, slots=True)
class TextArrived:
    """More text of a channel (see `conversation.Passage`)."""

    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class TextEnded:
    """No more text of the channel comes, as the provider says; what waited only for more of it need not wait longer."""

    channel: str


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A piece of a tool call. `key` tells calls apart; `name` and `id` may come in the first piece only."""

    key: int
    arguments: str = ""
    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is whole, as the provider says, so that it need not wait for the next one or for the end."""

    key: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is complete, as the provider says."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The answer will not be completed: the upstream failed, time ran out, a limit was reached."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The time that a `Wake` asked for is over."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The solver's reply to the question last asked."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Classified:
    """What the classifiers of a `Classify` found; a fact that one of them could not tell is not there."""

    facts: Facts = field(default_factory=dict)


Event: TypeAlias = (
    TextArrived | TextEnded | CallArrived | CallEnded | Finished | Interrupted | TimePassed | Answered | Classified
)


def characters(event: Event) -> int:
    """How much of an answer the event brings."""
    if isinstance(event, TextArrived):
        return len(event.text)
    return len(event.arguments) if isinstance(event, CallArrived) else 0
