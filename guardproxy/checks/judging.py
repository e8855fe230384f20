"""From rules to one ending: every rule is judged for every occurrence, and the strongest that any asks for wins.

Judging is a generator: it yields the questions that only a solver can answer and is sent the replies, so that the same
code runs in a command, in a test and in the proxy, and never waits by itself.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, TypeVar

from guardproxy.checks.observation import WHOLE_ANSWER, Observation, Occurrence
from guardproxy.checks.rules import CompiledRule, occurrences, status_of, unreadable
from guardproxy.checks.values import misfit
from guardproxy.checks.verdict import Ending, RuleVerdict, Status
from guardproxy.ir.policy import OutcomeKind
from guardproxy.ir.substitute import substitute
from guardproxy.ir.types import INVALID, UNKNOWN, Schema, Value
from guardproxy.logic.bounds import decide_by_bounds
from guardproxy.logic.questions import Decide, Decision, Question, Reply

T = TypeVar("T")
Judging: TypeAlias = Generator[Question, Reply, T]

_ENDING: dict[OutcomeKind, Ending] = {
    "block": Ending.BLOCKED,
    "hold": Ending.HELD,
    "ask again": Ending.ASKED_AGAIN,
    "redact": Ending.REWRITTEN,
    "replace": Ending.REWRITTEN,
    "cut": Ending.REWRITTEN,
    "append": Ending.REWRITTEN,
    "warn": Ending.WARNED,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule, judged for one occurrence. `values` stand in the order of the rule's variables."""

    compiled: CompiledRule
    occurrence: Occurrence
    status: Status
    values: Sequence[Value] = ()

    @property
    def repairable(self) -> bool:
        """Whether a repair may be tried: violated, a repair named, and nothing unknown was read."""
        named = self.compiled.rule.repair is not None and self.status is Status.VIOLATED
        return named and UNKNOWN not in self.values

    @property
    def asks_for(self) -> Ending | None:
        """What this verdict asks for when no repair is tried; None: nothing."""
        if self.status.rank <= Status.COMPLIES.rank:
            return None
        rule = self.compiled.rule
        match self.status:
            case Status.VIOLATED:
                return _ENDING[rule.otherwise.kind]
            case Status.OPEN:
                return {"allow": None, "block": Ending.BLOCKED, "hold": Ending.HELD}[rule.if_unknown]
            case Status.BUDGET:
                return Ending.HELD if rule.if_unknown == "hold" else Ending.BLOCKED
            case Status.INVALID:
                return Ending.BLOCKED
        return None

    @property
    def names(self) -> tuple[str, ...]:
        """Under whose name it speaks: the rule's, or that of the declaration which could not be read."""
        if self.status is Status.INVALID:
            return unreadable(self.compiled, self.values)
        return (self.compiled.rule.id,)

    @property
    def rewrites(self) -> bool:
        return self.status is Status.VIOLATED and _ENDING[self.compiled.rule.otherwise.kind] is Ending.REWRITTEN


@dataclass(frozen=True, slots=True)
class Misfit:
    """Something in the answer that does not fit its declaration: blocked, under the declaration's own name."""

    policy: str
    name: str
    call: int | None = None


def judge_rule(compiled: CompiledRule, seen: Observation) -> Judging[list[Judged]]:
    """The rule's verdict for each occurrence; none where it is about a thing that is not there."""
    judged = []
    if compiled.is_plain_span and compiled.fetches[0](seen, WHOLE_ANSWER) is False:
        return [quiet(compiled)]
    for occurrence in occurrences(compiled, seen):
        values = compiled.values(seen, occurrence)
        status = status_of(compiled, values)
        if status is None:
            status = yield from _decide(compiled, values)
        judged.append(Judged(compiled, occurrence, status, values))
    return judged


@lru_cache(maxsize=4096)
def quiet(compiled: CompiledRule) -> Judged:
    """What most judgements of a text rule are: nothing was found."""
    return Judged(compiled, WHOLE_ANSWER, Status.COMPLIES, (False,))


def is_about_nothing(compiled: CompiledRule, seen: Observation) -> bool:
    """Whether the answer has nothing that the rule is about, seen without looking any closer."""
    subject = compiled.rule.subject
    if subject is None:
        return False
    if subject.kind == "reply":
        return not seen.replies
    return not (seen.calls if subject.kind == "call" else seen.readings)


def _decide(compiled: CompiledRule, values: Sequence[Value]) -> Judging[Status]:
    """Values are unknown and the verdict depends on them: exactly what all completions have in common."""
    residual = substitute(compiled.either_term, compiled.known(values), compiled.holds)
    decision = decide_by_bounds(residual)
    if decision is None:
        reply = yield Decide(residual)
        decision = reply if isinstance(reply, Decision) else Decision.BUDGET
    return {
        Decision.ALWAYS: Status.COMPLIES,
        Decision.NEVER: Status.VIOLATED,
        Decision.DEPENDS: Status.OPEN,
        Decision.BUDGET: Status.BUDGET,
    }[decision]


def status_so_far(compiled: CompiledRule, seen: Observation, occurrence: Occurrence) -> Status:
    """The status while the answer arrives, without asking a solver: `OPEN` also where only it could decide.

    Most pieces of an answer change no value that a rule reads, so the last status is kept with its values.
    """
    values = compiled.values(seen, occurrence)
    key = (compiled.position, occurrence.slot)
    known = seen.memory.get(key)
    if known is None or known[0] != values:
        seen.memory[key] = known = (values, status_of(compiled, values) or _status_by_bounds(compiled, values))
    return known[1]


def _status_by_bounds(compiled: CompiledRule, values: Sequence[Value]) -> Status:
    decision = decide_by_bounds(substitute(compiled.either_term, compiled.known(values), compiled.holds))
    if decision is Decision.ALWAYS:
        return Status.COMPLIES
    return Status.VIOLATED if decision is Decision.NEVER else Status.OPEN


def misfits(schemas: Iterable[tuple[str, Schema]], seen: Observation) -> list[Misfit]:
    """The declarations that something in the answer does not fit. `schemas` pairs each with its policy's title."""
    found = []
    for policy, schema in schemas:
        if schema.kind == "reply":
            found += [Misfit(policy, schema.name) for _, tree in seen.replies if misfit(schema, tree)]
        elif schema.kind in ("call", "tool"):
            calls = enumerate(seen.calls)
            found += [
                Misfit(policy, schema.name, i)
                for i, c in calls
                if c.call.name == schema.tool and misfit(schema, c.tree)
            ]
        elif schema.kind == "claims":
            readings = seen.readings.get((policy, schema.name), ())
            found += [Misfit(policy, schema.name) for r in readings if r.value is INVALID][:1]
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """The strongest ending and exactly those who asked for it; `first` gives the notice."""

    ending: Ending
    by: tuple[str, ...]
    first: Judged | Misfit | None = None


def strongest(judged: Iterable[Judged], unfit: Iterable[Misfit], without: Sequence[Judged] = ()) -> Asked:
    """What the rules ask for together, those in `without` (a repair is tried for them) not counted."""
    asks: list[tuple[Ending, tuple[str, ...], Judged | Misfit]] = [(Ending.BLOCKED, (m.name,), m) for m in unfit]
    for verdict in judged:
        ending = verdict.asks_for
        if ending is not None and not any(verdict is w for w in without):
            asks.append((ending, verdict.names, verdict))
    if not asks:
        return Asked(Ending.ALLOWED, ())
    top = max((ending for ending, _, _ in asks), key=lambda e: e.strength)
    names = dict.fromkeys(name for ending, by, _ in asks if ending is top for name in by)
    return Asked(top, tuple(names), next(who for ending, _, who in asks if ending is top))


def notice_of(asked: Asked) -> str:
    """What a blocked or held answer says instead. It is rendered after the verdict and never repeats what matched."""
    who = asked.first
    if isinstance(who, Misfit) and who.policy == "":
        return "The answer cannot be judged: its calls cannot be read or are too many, or too much of it has to wait."
    if isinstance(who, Misfit):
        return f"The answer does not fit what `{who.name}` has to look like."
    if who is None:
        return "The answer was stopped by a policy."
    rule = who.compiled.rule
    fits = {"block": Ending.BLOCKED, "hold": Ending.HELD}.get(rule.otherwise.kind) is asked.ending
    if rule.otherwise.text and fits:
        return rule.otherwise.text
    if asked.ending is Ending.HELD:
        return f"The answer is held for review: {rule.title} ({rule.id})."
    return f"The answer was stopped by a policy: {rule.title} ({rule.id})."


def rule_verdicts(
    rules: Sequence[CompiledRule], judged: Iterable[Judged], unfit: Iterable[Misfit]
) -> tuple[RuleVerdict, ...]:
    """One line for each rule and call, the worst where a rule was judged more often; misfits come last."""
    worst: dict[int, dict[int | None, Status]] = {}
    for verdict in judged:
        calls = worst.setdefault(verdict.compiled.position, {})
        known = calls.get(verdict.occurrence.index, Status.NOT_APPLICABLE)
        calls[verdict.occurrence.index] = verdict.status if verdict.status.rank > known.rank else known
    lines = [rule.line(status, call) for rule in rules for call, status in worst.get(rule.position, _NOTHING).items()]
    lines += [RuleVerdict(m.policy, m.name, Status.INVALID, m.call) for m in unfit]
    return tuple(lines)


_NOTHING: dict[int | None, Status] = {None: Status.NOT_APPLICABLE}
