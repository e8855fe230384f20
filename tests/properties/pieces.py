"""An answer, cut into pieces and fed to an enforcer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import Answer, Situation, ToolCall
from guardproxy.logic import questions
from guardproxy.streaming.commands import Ask, Command, Complete, Release, ReleaseCall, Stop
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Answered, CallArrived, Event, Finished, TextArrived, TextEnded


@dataclass
class Delivery:
    """What a client got."""

    texts: dict[str, str] = field(default_factory=dict)
    calls: list[ToolCall] = field(default_factory=list)
    verdict: Verdict | None = None
    stopped: bool = False

    def take(self, command: Command) -> None:
        match command:
            case Release():
                assert not self.stopped
                self.texts[command.channel] = self.texts.get(command.channel, "") + command.text
            case ReleaseCall():
                assert command.index == len(self.calls)
                self.calls.append(command.call)
            case Stop() | Complete():
                self.verdict, self.stopped = command.verdict, True


def cut(text: str, marks: Sequence[int]) -> list[str]:
    edges = [0, *sorted({m % (len(text) + 1) for m in marks}), len(text)]
    return [text[a:b] for a, b in pairwise(edges)]


def events(answer: Answer, marks: Sequence[int], ends_told: bool = False) -> Iterator[Event]:
    """`ends_told`: the provider says of each text when it is complete."""
    last = {passage.channel: place for place, passage in enumerate(answer.passages)}
    for place, passage in enumerate(answer.passages):
        for piece in cut(passage.text, marks):
            yield TextArrived(passage.channel, piece)
        if ends_told and last[passage.channel] == place:
            yield TextEnded(passage.channel)
    for key, call in enumerate(answer.calls):
        yield CallArrived(key, "", call.name, call.id)
        for piece in cut(call.arguments, marks):
            yield CallArrived(key, piece)
    yield Finished()


def deliver(
    compiled: CompiledPolicies,
    situation: Situation,
    stream: Iterator[Event],
    ask: questions.Ask,
    watch: Callable[[Delivery], None] = lambda delivery: None,
    whole: bool = False,
) -> Delivery:
    """Carries out the commands as the proxy does; `watch` sees every moment."""
    enforcer, delivery = Enforcer(compiled, situation, whole), Delivery()
    for event in stream:
        pending = enforcer.feed(event)
        while pending:
            command = pending.pop(0)
            if isinstance(command, Ask):
                pending += enforcer.feed(Answered(ask(command.question)))
            delivery.take(command)
        watch(delivery)
    return delivery
