"""A verdict, step by step: what each rule read, where that came from, what it made of it, and how it all ended.

Plain data for those who show it. `steps_of` judges as `engine.judge` does and adds nothing to the verdict: it looks at
the same values once more. Secrets that were found are not repeated (`whence.Secrets`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from guardproxy.checks.changes import Change, changes_of
from guardproxy.checks.clause_steps import ClauseStep, clause_steps
from guardproxy.checks.engine import CompiledPolicies, judge, judge_all
from guardproxy.checks.fetch import fetcher
from guardproxy.checks.judging import Judged, Misfit, driven
from guardproxy.checks.observation import FinderIndex, Observation, Occurrence
from guardproxy.checks.rewriting import NOTHING_APPENDED, ends_in_json
from guardproxy.checks.rules import CompiledRule
from guardproxy.checks.verdict import Ending, Status, Verdict
from guardproxy.checks.whence import whence
from guardproxy.conversation import Answer, Situation
from guardproxy.ir.terms import FoundInText, Variable
from guardproxy.ir.types import ABSENT, UNKNOWN, Type, Value
from guardproxy.ir.walk import variables
from guardproxy.logic.questions import Ask


@dataclass(frozen=True, slots=True)
class ValueStep:
    """A value that a rule read. `whence` is a phrase: `call 2, at $.amount`."""

    name: str
    value: Value
    type: Type
    whence: str


@dataclass(frozen=True, slots=True)
class RuleStep:
    """One rule for one thing that it is judged for. `about` names that thing (`call 2`), empty where there is one.

    `means` says in a sentence why the status is what it is; `asks` is what it asks for, None for nothing.
    """

    rule: str
    title: str
    about: str
    status: Status
    clauses: tuple[ClauseStep, ...]
    values: tuple[ValueStep, ...]
    means: str
    asks: Ending | None
    repairable: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """`silent` are the rules with nothing in the answer to be about; `misfits` the declarations that are not kept."""

    verdict: Verdict
    rules: tuple[RuleStep, ...]
    silent: tuple[str, ...]
    misfits: tuple[Misfit, ...]
    changes: tuple[Change, ...]


def steps_of(compiled: CompiledPolicies, answer: Answer, situation: Situation, ask: Ask) -> Steps:
    """Judges a complete answer and says how."""
    verdict = judge(compiled, answer, situation, ask)
    seen = compiled.observe(answer, situation)
    judged, unfit = driven(judge_all(compiled, seen), ask)
    spoken = {j.compiled.rule.id for j in judged}
    return Steps(
        verdict=verdict,
        rules=tuple(_rule_step(compiled, seen, j) for j in judged),
        silent=tuple(r.rule.id for r in compiled.rules if r.rule.id not in spoken),
        misfits=tuple(unfit),
        changes=changes_of(compiled, seen, verdict, lambda a: _violated(compiled, a, situation, ask)),
    )


def _violated(compiled: CompiledPolicies, answer: Answer, situation: Situation, ask: Ask) -> tuple[str, ...]:
    """The rules and declarations that keep an answer from being delivered as it is."""
    judged, unfit = driven(judge_all(compiled, compiled.observe(answer, situation)), ask)
    names = [j.compiled.rule.id for j in judged if j.asks_for not in (None, Ending.WARNED)]
    return tuple(dict.fromkeys([*names, *(m.name for m in unfit)]))


def _rule_step(compiled: CompiledPolicies, seen: Observation, judged: Judged) -> RuleStep:
    rule, occurrence = judged.compiled, judged.occurrence
    known = dict(_known(compiled, seen, judged))
    values = tuple(
        ValueStep(v.name, value, v.type, whence(v, compiled, rule, seen, occurrence)) for v, value in known.items()
    )
    return RuleStep(
        rule=rule.rule.id,
        title=rule.rule.title,
        about=_about(rule, seen, occurrence),
        status=judged.status,
        clauses=clause_steps(rule.rule, known, rule.holds),
        values=values,
        means=_means(judged, known) + _instead(judged, seen),
        asks=judged.asks_for,
        repairable=judged.repairable,
    )


def _known(compiled: CompiledPolicies, seen: Observation, judged: Judged) -> dict[Variable, Value]:
    """The rule's values, and those that only a clause as it was written reads."""
    rule = judged.compiled
    values = rule.values(seen, judged.occurrence)
    known = dict(rule.known(values))
    for clause in rule.rule.clauses:
        for variable in variables(clause.term):
            if variable not in known:
                known[variable] = _fetched(compiled, rule, variable, seen, judged.occurrence)
    return known


def _fetched(
    compiled: CompiledPolicies, rule: CompiledRule, variable: Variable, seen: Observation, occurrence: Occurrence
) -> Value:
    origin = variable.origin
    if not isinstance(origin, FoundInText):
        return fetcher(rule.policy, variable, compiled.index)(seen, occurrence)
    # Its finders may not be among those that the answer was searched for: it is searched once more.
    again = compiled.observe(Answer(tuple(seen.passages), tuple(c.call for c in seen.calls)), seen.situation)
    return fetcher(rule.policy, variable, FinderIndex(origin.finders))(again, occurrence)


def _about(rule: CompiledRule, seen: Observation, occurrence: Occurrence) -> str:
    if occurrence.index is not None:
        return f"call {occurrence.index + 1}"
    if rule.rule.subject is not None and rule.rule.subject.kind == "reply" and len(seen.replies) > 1:
        return f"reply object {occurrence.reply + 1}"
    return ""


# --- why --------------------------------------------------------------------------------------------------------------


def _means(judged: Judged, known: dict[Variable, Value]) -> str:
    names = [f"`{v.name}`" for v, value in known.items() if value is UNKNOWN]
    unknown, are = _listed(names), "is" if len(names) == 1 else "are"
    match judged.status:
        case Status.NOT_APPLICABLE:
            return "the rule does not apply here"
        case Status.COMPLIES:
            return f"complies, whatever {unknown} may be" if unknown else "complies"
        case Status.VIOLATED:
            return f"violated, whatever {unknown} may be" if unknown else "violated"
        case Status.OPEN:
            said = f"`if unknown {judged.compiled.rule.if_unknown}` decides"
            unsaid = "" if judged.compiled.rule.if_unknown_said else " (not said, so block)"
            return f"{unknown} {are} unknown: some values comply and others do not, so {said}{unsaid}"
        case Status.BUDGET:
            return "the solver did not finish, so it counts as not complying"
    missing = _listed([f"`{v.name}`" for v, value in known.items() if value is ABSENT])
    return "a value cannot be read" + (f": {missing} is missing" if missing else "")


def _instead(judged: Judged, seen: Observation) -> str:
    """What the rule does where it cannot do what its author asked for."""
    if judged.rewrites and judged.compiled.rule.otherwise.kind == "append" and ends_in_json(seen.passages, seen):
        return f"; {NOTHING_APPENDED}"
    return ""


def _listed(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    return " and ".join(filter(None, [", ".join(unique[:-1]), unique[-1]])) if unique else ""


__all__ = ["RuleStep", "Steps", "ValueStep", "steps_of"]
