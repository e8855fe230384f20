"""Judging recorded conversations: each assistant message as the proxy would have judged it when it was said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.judging import Judged
from guardproxy.checks.observation import Occurrence
from guardproxy.checks.verdict import Ending, RuleVerdict, Status, Verdict
from guardproxy.cli.solver import Solver
from guardproxy.conversation import Answer, Conversation, Facts, Situation
from guardproxy.ir.policy import Policy
from guardproxy.storage.reading import UnreadableFile
from guardproxy.storage.recordings import Recording
from guardproxy.wire.chat.requests import answer_of, conversation_of
from guardproxy.wire.errors import ExchangeFailure


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one assistant message. `message` is its index in the recorded list."""

    conversation: str
    message: int
    answer: Answer
    verdict: Verdict


class RecordingJudge:
    """Judges by one set of policies. Holds a solver process, started when the first question comes; close it."""

    def __init__(self, policies: Sequence[Policy], facts: Facts, today: date | None) -> None:
        self._compiled = CompiledPolicies(policies)
        self._rules = {(r.policy.title, r.rule.id): r for r in self._compiled.rules}
        self._facts = facts
        self._today = today.toordinal() if today else None
        self._solver = Solver()

    def close(self) -> None:
        self._solver.close()

    def judge(self, recording: Recording) -> Iterator[Finding]:
        """One finding for each assistant message, in order. A conversation's own facts win over the given ones."""
        given, own = self._facts, recording.facts
        facts = {name: {**given.get(name, {}), **own.get(name, {})} for name in {**given, **own}}
        for index, message in enumerate(recording.messages):
            if message["role"] == "assistant":
                answer, before = _read(recording, index)
                verdict = judge(self._compiled, answer, Situation(facts, before, self._today), self._solver.ask)
                yield Finding(recording.id, index, answer, verdict)

    def as_json(self, finding: Finding) -> dict[str, Any]:
        """The published line of one finding. `invalid` are values and declarations that could not be read."""
        verdict = finding.verdict
        calls = enumerate(finding.answer.calls)
        return {
            "conversation": finding.conversation,
            "message": finding.message,
            "verdict": verdict.ending.value,
            **named(verdict.rules),
            "by": list(verdict.by),
            "calls": [
                {"id": call.id, "index": index, "tool": call.name, **self._call(finding, index)}
                for index, call in calls
            ],
        }

    def _call(self, finding: Finding, index: int) -> Mapping[str, Any]:
        lines = [line for line in finding.verdict.rules if line.call == index]
        endings = [self._asks_for(line, finding.verdict) for line in lines]
        return {"verdict": max(endings, key=lambda e: e.strength, default=Ending.ALLOWED).value, **named(lines)}

    def _asks_for(self, line: RuleVerdict, verdict: Verdict) -> Ending:
        rule = self._rules.get((line.policy, line.rule))
        if rule is None:
            return Ending.BLOCKED
        judged = Judged(rule, Occurrence(index=line.call), line.status)
        if verdict.ending is Ending.REPAIRED and line.rule in verdict.by and rule.rule.repair is not None:
            return Ending.REPAIRED if line.status is Status.VIOLATED else Ending.ALLOWED
        return judged.asks_for or Ending.ALLOWED


def _read(recording: Recording, index: int) -> tuple[Answer, Conversation]:
    """The answer and what came before it. Raises `UnreadableFile` for a message that no client could have sent."""
    try:
        return answer_of(recording.messages[index]), conversation_of(recording.messages[:index])
    except ExchangeFailure as failure:
        place = f"message {index} of the conversation in line {recording.line}"
        raise UnreadableFile(f"{place} cannot be judged: {failure}") from None


def named(lines: Sequence[RuleVerdict]) -> dict[str, list[str]]:
    """The rules under their statuses. A rule whose proof did not finish is open: nothing is reported as proved."""

    def having(*statuses: Status) -> list[str]:
        return list(dict.fromkeys(line.rule for line in lines if line.status in statuses))

    return {
        "violated": having(Status.VIOLATED),
        "open": having(Status.OPEN, Status.BUDGET),
        "invalid": having(Status.INVALID),
    }
