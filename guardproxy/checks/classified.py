"""Facts that a classifier supplies when the answer has ended: whether any of them is needed for the verdict."""

from dataclasses import replace

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.judging import Judging, is_about_nothing, judge_rule
from guardproxy.checks.memory import Memory
from guardproxy.checks.observation import Past
from guardproxy.checks.rules import CompiledRule
from guardproxy.checks.timing import origin_of
from guardproxy.checks.verdict import Status
from guardproxy.conversation import Answer, Facts, Situation
from guardproxy.ir.terms import FieldOf

_DECIDED = (Status.COMPLIES, Status.NOT_APPLICABLE, Status.VIOLATED)


def classifications_wanted(
    compiled: CompiledPolicies, answer: Answer, situation: Situation, past: Past, memory: Memory
) -> Judging[tuple[str, ...]]:
    """The declarations `from classifier` whose facts are not there and decide about a rule, in the rules' order.

    The answer is complete. A rule that is decided without them, as one that does not apply, asks nobody.
    """
    if not compiled.is_classified:
        return ()
    seen = compiled.observe(answer, situation, past, memory)
    wanted: dict[str, None] = {}
    for rule in compiled.rules:
        names = _missing(rule, situation.facts)
        if not names or is_about_nothing(rule, seen):
            continue
        judged = yield from judge_rule(rule, seen)
        if any(one.status not in _DECIDED for one in judged):
            wanted |= dict.fromkeys(names)
    return tuple(wanted)


def with_classifications(situation: Situation, found: Facts) -> Situation:
    """The case with what classifiers have found; facts that were there before stay."""
    known = situation.facts
    return replace(situation, facts={**known, **{n: {**fields, **known.get(n, {})} for n, fields in found.items()}})


def _missing(rule: CompiledRule, facts: Facts) -> list[str]:
    origins = [origin_of(variable) for variable in rule.variables]
    late = [o for o in origins if isinstance(o, FieldOf) and o.at_end]
    return [o.schema for o in late if o.path[0] not in facts.get(o.schema, {})]
