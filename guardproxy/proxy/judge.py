"""One choice's enforcer at work: feeds it, answers its questions, keeps the time, and counts what it decided."""

from collections.abc import Iterable
from time import perf_counter

from guardproxy.checks.verdict import Status, Verdict
from guardproxy.conversation import Situation
from guardproxy.proxy.guard import Guard
from guardproxy.streaming.commands import Ask, Command, Complete, Stop, Wake
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Answered, Event
from guardproxy.telemetry import metrics

_SILENT = (Status.NOT_APPLICABLE, Status.COMPLIES)


class ChoiceJudge:
    """`verdict` is there once the choice has ended; `seconds` is the time that judging took."""

    def __init__(self, guard: Guard, situation: Situation, whole: bool = False) -> None:
        began = perf_counter()
        self._guard = guard
        self._enforcer = Enforcer(guard.compiled, situation, whole)
        self.verdict: Verdict | None = None
        self.most_held = 0
        self.held_since: float | None = None
        self.longest_held = 0.0
        self.woken_at: float | None = None
        """When `TimePassed` is due (`perf_counter`), after a `Wake`."""
        self.seconds = perf_counter() - began

    async def tell(self, events: Iterable[Event]) -> list[Command]:
        """Feeds events in order and returns all commands; questions have been answered."""
        commands: list[Command] = []
        for event in events:
            fed = self.feed(event)
            commands += await self.answered(fed) if fed and isinstance(fed[-1], Ask) else fed
        return commands

    async def answered(self, commands: list[Command]) -> list[Command]:
        """The commands without the question that may end them: it is put to the solver, and what follows is added."""
        while commands and isinstance(commands[-1], Ask):
            question = commands[-1].question
            began = perf_counter()
            reply = await self._guard.ask(question)
            self.seconds += perf_counter() - began
            commands = commands[:-1] + self.feed(Answered(reply))
        return commands

    def feed(self, event: Event) -> list[Command]:
        """The commands for one event. The last may be an `Ask`: pass them through `answered`."""
        began = perf_counter()
        commands = self._enforcer.feed(event)
        now = perf_counter()
        self.seconds += now - began
        if commands:
            self._note(commands, now)
        return commands

    def note_held(self) -> None:
        """Measures what is held back now."""
        held = self._enforcer.held
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
                count(command.verdict)
            elif isinstance(command, Wake):
                self.woken_at = now + self._guard.settings.timeouts.reading_on


def count(verdict: Verdict) -> None:
    """Metrics of one judged choice."""
    word = verdict.ending.header
    metrics.count(metrics.answers(word))
    if word == "rewritten":
        metrics.count(metrics.REWRITES)
    elif word != "allowed":
        metrics.count(metrics.BLOCKS)
    for rule in verdict.by:
        metrics.count(metrics.rule_actions(rule, verdict.ending.value))
    for line in verdict.rules:
        if line.status not in _SILENT:
            metrics.count(metrics.rule_verdicts(line.policy, line.rule, line.status.value))
