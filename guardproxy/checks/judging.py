"""From rules to one ending: every rule is judged for every occurrence, and the strongest that any asks for wins.

Judging is a generator: it yields the questions that only a solver can answer and is sent the replies, so that the same
code runs in a command, in a test and in the proxy, and never waits by itself.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, TypeVar

from guardproxy.checks.memory import Memory, key_of
from guardproxy.checks.observation import WHOLE_ANSWER, Observation, Occurrence
from guardproxy.checks.rules import CompiledRule, occurrences, status_of, unreadable
from guardproxy.checks.timing import comes_with_answer
from guardproxy.checks.values import misfit
from guardproxy.checks.verdict import Ending, RuleVerdict, Status
from guardproxy.ir.build import negate
from guardproxy.ir.policy import OutcomeKind
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import (
    Case,
    CountOf,
    DateOf,
    ForEach,
    IsPresent,
    MonthsBetween,
    PickedFrom,
    Term,
    TotalOf,
    Variable,
)
from guardproxy.ir.types import INVALID, UNKNOWN, Schema, Value
from guardproxy.ir.walk import subterms
from guardproxy.logic.bounds import decide_by_bounds
from guardproxy.logic.questions import Ask, Decide, Decision, Question, Reply

T = TypeVar("T")
Judging: TypeAlias = Generator[Question, Reply, T]

ENDING_OF: dict[OutcomeKind, Ending] = {
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
                return ENDING_OF[rule.otherwise.kind]
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
        return self.status is Status.VIOLATED and ENDING_OF[self.compiled.rule.otherwise.kind] is Ending.REWRITTEN


def driven(steps: Judging[T], ask: Ask) -> T:
    """What a judgement comes to, with `ask` answering its questions."""
    try:
        question = next(steps)
        while True:
            question = steps.send(ask(question))
    except StopIteration as end:
        found: T = end.value
        return found


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
        judged.append((yield from judge_occurrence(compiled, seen, occurrence)))
    return judged


def judge_occurrence(compiled: CompiledRule, seen: Observation, occurrence: Occurrence) -> Judging[Judged]:
    return (yield from judge_values(compiled, seen, occurrence, compiled.values(seen, occurrence)))


def judge_values(
    compiled: CompiledRule, seen: Observation, occurrence: Occurrence, values: Sequence[Value]
) -> Judging[Judged]:
    """The verdict where the rule's values have been read already."""
    status = status_of(compiled, values)
    if status is None:
        status = yield from _decide(compiled, values, seen.memory)
    return Judged(compiled, occurrence, status, values)


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


def _decide(compiled: CompiledRule, values: Sequence[Value], memory: Memory) -> Judging[Status]:
    """Values are unknown and the verdict depends on them: exactly what all completions have in common.

    Where no completion complies, some may violate the rule and others be unreadable: that is `INVALID`.
    """
    key = key_of(compiled.position, values)
    status = memory.decisions.get(key)
    if status is None:
        residual = substitute(compiled.either_term, compiled.known(values), compiled.holds)
        decision = yield from _decision(residual, memory)
        status = _STATUSES[decision]
        if decision is Decision.NEVER and _may_be_unreadable(residual):
            violated = yield from _decision(negate(residual), memory)
            status = Status.INVALID if violated in (Decision.NEVER, Decision.DEPENDS) else status
            status = Status.BUDGET if violated is Decision.BUDGET else status
        memory.decisions.put(key, status)
    return status


_STATUSES = {
    Decision.ALWAYS: Status.COMPLIES,
    Decision.NEVER: Status.VIOLATED,
    Decision.DEPENDS: Status.OPEN,
    Decision.BUDGET: Status.BUDGET,
}


def _decision(residual: Term, memory: Memory) -> Judging[Decision]:
    decision = decide_by_bounds(residual)
    if decision is not None:
        return decision
    question = Decide(residual)
    decision = memory.reply_to(question)
    return memory.learn(question, (yield question)) if decision is None else decision


def _may_be_unreadable(residual: Term) -> bool:
    """Whether some value of the unknowns may leave the term without a value."""
    return any(isinstance(part, _MAY_FAIL) or _is_picked(part) for part in subterms(residual))


_MAY_FAIL = (Case, MonthsBetween, DateOf, IsPresent, ForEach, CountOf, TotalOf)


def _is_picked(part: Term) -> bool:
    return isinstance(part, Variable) and isinstance(part.origin, PickedFrom)


def status_so_far(compiled: CompiledRule, seen: Observation, occurrence: Occurrence) -> Status | None:
    """The status while the answer arrives, the same whatever comes; `OPEN` where the unknown values decide.

    None: not decided for now. Where a solver could decide and was not asked yet, the question is in
    `seen.memory.wanted`.
    """
    return judged_so_far(compiled, seen, occurrence)[0]


def judged_so_far(
    compiled: CompiledRule, seen: Observation, occurrence: Occurrence
) -> tuple[Status | None, Sequence[Value]]:
    """The status so far, with the values of the rule's variables. Most pieces of an answer change none of them."""
    values, memory = compiled.values(seen, occurrence), seen.memory
    key = (compiled.position, occurrence.slot)
    known = memory.last.get(key)
    if known is not None and (known[0] == values or (known[1] in _FINAL and _is_more(values, known[0]))):
        return known[1], values
    status = known_status(compiled, values, memory)
    if status is None:
        return None, values
    if status is Status.BUDGET or (status is Status.INVALID and _may_become_readable(compiled, values)):
        status = None
    memory.last[key] = (values, status)
    return status, values


_FINAL = (Status.COMPLIES, Status.NOT_APPLICABLE, Status.VIOLATED)


def _is_more(values: Sequence[Value], before: Sequence[Value]) -> bool:
    """Whether everything that was known before is known still, so that what was decided holds."""
    return all(b is UNKNOWN or a == b for a, b in zip(values, before, strict=True))


def known_status(compiled: CompiledRule, values: Sequence[Value], memory: Memory) -> Status | None:
    """The exact status as far as it is known without asking; None: the question is wanted."""
    return status_of(compiled, values) or _without_asking(_decide(compiled, values, memory), memory)


def asking(look: Callable[[], T], memory: Memory) -> Judging[T]:
    """What is seen once all questions that `look` wants answered have been asked. It may look several times."""
    found = look()
    while memory.wanted:
        question = next(iter(memory.wanted))
        memory.learn(question, (yield question))
        found = look()
    return found


def _without_asking(steps: Judging[Status], memory: Memory) -> Status | None:
    """What is decided by what is known already; else None, and the question is wanted."""
    try:
        question = next(steps)
    except StopIteration as end:
        status: Status = end.value
        return status
    if isinstance(question, Decide):
        memory.want(question)
    return None


def _may_become_readable(compiled: CompiledRule, values: Sequence[Value]) -> bool:
    return any(x is UNKNOWN and comes_with_answer(v) for v, x in zip(compiled.variables, values, strict=True))


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
    rules: Sequence[CompiledRule],
    statuses: Iterable[tuple[int, int | None, Status]],
    unfit: Iterable[Misfit],
) -> tuple[RuleVerdict, ...]:
    """One line for each rule and call, the worst where a rule was judged more often; misfits come last.

    `statuses` are `(position of the rule, index of the call, status)`.
    """
    worst: dict[int, dict[int | None, Status]] = {}
    for position, index, status in statuses:
        calls = worst.setdefault(position, {})
        known = calls.get(index, Status.NOT_APPLICABLE)
        calls[index] = status if status.rank > known.rank else known
    lines = [rule.line(status, call) for rule in rules for call, status in worst.get(rule.position, _NOTHING).items()]
    lines += [RuleVerdict(m.policy, m.name, Status.INVALID, m.call) for m in unfit]
    return tuple(lines)


_NOTHING: dict[int | None, Status] = {None: Status.NOT_APPLICABLE}
