"""One choice's enforcer at work: feeds it, answers its questions, keeps the time, and counts what it decided."""

import asyncio
from collections.abc import Iterable
from time import perf_counter

from guardproxy.checks.verdict import Ending, Status, Verdict
from guardproxy.conversation import Answer, Passage, Situation, ToolCall
from guardproxy.proxy.aside import LONG
from guardproxy.proxy.guard import Guard
from guardproxy.streaming.commands import Ask, Classify, Command, Complete, Release, ReleaseCall, Stop, Wake
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Answered, CallArrived, Classified, Event, Finished, TextArrived
from guardproxy.telemetry import metrics
from guardproxy.wire.errors import UpstreamFailure

_SILENT = (Status.NOT_APPLICABLE, Status.COMPLIES)

_LETTER = 4
"""Bytes at most of a character: a stream may say as much as a whole answer of the largest size surely may."""

_TURN = 0.005
"""Seconds of judging after which others get their turn."""


class ChoiceJudge:
    """`verdict` is there once the choice has ended; `seconds` is the time that judging took."""

    def __init__(self, guard: Guard, situation: Situation, whole: bool = False) -> None:
        began = perf_counter()
        self._guard = guard
        self._enforcer = Enforcer(guard.compiled, situation, whole)
        self._whole = whole
        self.verdict: Verdict | None = None
        self.released = False
        """Whether anything that the model said has been released."""
        self._kept: list[Event] | None = [] if guard.asks_again else None
        self.most_held = 0
        self.held_since: float | None = None
        self.longest_held = 0.0
        self.woken_at: float | None = None
        """When `TimePassed` is due (`perf_counter`), after a `Wake`."""
        self._arrived = self._held = 0
        self.seconds = perf_counter() - began
        self._turn_over = self.seconds + _TURN

    async def tell(self, events: Iterable[Event]) -> list[Command]:
        """Feeds events in order and returns all commands; questions have been answered.

        Others get their turns meanwhile. Raises `UpstreamFailure` for an answer that is longer than the limit.
        """
        commands: list[Command] = []
        for event in events:
            size = self._size(event)
            fed = self.feed(event) if size <= LONG else await self._feed_aside(event, size)
            commands += await self.answered(fed) if fed and isinstance(fed[-1], Ask | Classify) else fed
            if self.seconds > self._turn_over:
                self._turn_over = self.seconds + _TURN
                await asyncio.sleep(0)
        return commands

    def _size(self, event: Event) -> int:
        """How many characters have to be looked at because of the event."""
        if isinstance(event, TextArrived):
            said = len(event.text)
        elif isinstance(event, CallArrived):
            said = len(event.arguments)
        else:
            return self._arrived if isinstance(event, Finished) else self._held
        self._arrived += said
        limit = self._guard.settings.limits.answer_bytes // _LETTER
        if self._arrived > limit and not self._whole:
            raise UpstreamFailure(
                f"the upstream's answer is more than {limit} characters", "upstream_too_large", reason="too_large"
            )
        return said + self._held

    async def _feed_aside(self, event: Event, size: int) -> list[Command]:
        began = perf_counter()
        if self._kept is not None:
            self._kept.append(event)
        commands = await self._guard.aside.run(size, self._enforcer.feed, event)
        self._fed(commands, began)
        return commands

    async def answered(self, commands: list[Command]) -> list[Command]:
        """The commands without the question that may end them, which is answered, and with what follows from that."""
        while commands and isinstance(question := commands[-1], Ask | Classify):
            answer = await (self._asked(question) if isinstance(question, Ask) else self._classified(question))
            commands = commands[:-1] + await self._feed_aside(answer, self._arrived)
        return commands

    async def _asked(self, command: Ask) -> Answered:
        began = perf_counter()
        reply = await self._guard.ask(command.question)
        self.seconds += perf_counter() - began
        return Answered(reply)

    async def _classified(self, command: Classify) -> Classified:
        """What classifiers say; the time that they take is no time of judging."""
        return Classified(await self._guard.classifiers.facts(command.names, command.answer))

    def feed(self, event: Event) -> list[Command]:
        """The commands for one event. The last may be an `Ask`: pass them through `answered`."""
        began = perf_counter()
        if self._kept is not None:
            self._kept.append(event)
        commands = self._enforcer.feed(event)
        self._fed(commands, began)
        return commands

    def _fed(self, commands: list[Command], began: float) -> None:
        now = perf_counter()
        self.seconds += now - began
        if commands:
            self._note(commands, now)

    @property
    def arrived(self) -> Answer:
        """What the model has said so far, as it came; nothing where no rule asks it again."""
        return put_together(self._kept or ())

    def note_held(self) -> None:
        """Measures what is held back now."""
        held = self._held = self._enforcer.held
        if held > self.most_held:
            self.most_held = held
        if held and self.held_since is None:
            self.held_since = perf_counter()
        elif not held and self.held_since is not None:
            self.longest_held = max(self.longest_held, perf_counter() - self.held_since)
            self.held_since = None

    def _note(self, commands: list[Command], now: float) -> None:
        for command in commands:
            if isinstance(command, Complete | Stop):
                self.verdict = command.verdict
                count_rules(command.verdict)
                if command.verdict.ending is not Ending.ASKED_AGAIN:
                    count_ending(command.verdict)
            elif isinstance(command, Release | ReleaseCall):
                self.released = True
            elif isinstance(command, Wake):
                self.woken_at = now + self._guard.settings.timeouts.reading_on


def put_together(events: Iterable[Event]) -> Answer:
    """The answer that arrived in these pieces."""
    texts: dict[str, list[str]] = {}
    calls: dict[int, list[CallArrived]] = {}
    for event in events:
        if isinstance(event, TextArrived):
            texts.setdefault(event.channel, []).append(event.text)
        elif isinstance(event, CallArrived):
            calls.setdefault(event.key, []).append(event)
    return Answer(
        tuple(Passage(channel, "".join(parts)) for channel, parts in texts.items()),
        tuple(
            ToolCall(*map("".join, zip(*((p.name, p.arguments, p.id) for p in c), strict=True))) for c in calls.values()
        ),
    )


def count_ending(verdict: Verdict) -> None:
    """Metrics of one choice whose verdict is final: that of a choice which is asked about again is not."""
    word = verdict.ending.header
    metrics.count(metrics.answers(word))
    if word == "rewritten":
        metrics.count(metrics.REWRITES)
    elif word != "allowed":
        metrics.count(metrics.BLOCKS)


def count_rules(verdict: Verdict) -> None:
    """Metrics of the rules that judged an answer of the model, refused or not."""
    for rule in verdict.by:
        metrics.count(metrics.rule_actions(rule, verdict.ending.value))
    for line in verdict.rules:
        if line.status not in _SILENT:
            metrics.count(metrics.rule_verdicts(line.policy, line.rule, line.status.value))
