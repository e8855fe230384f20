"""Verdicts on answers that stop before they were judged as a whole."""

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.judging import Asked, Judged, Misfit, notice_of
from guardproxy.checks.observation import WHOLE_ANSWER
from guardproxy.checks.verdict import Ending, RuleVerdict, Status, Verdict
from guardproxy.conversation import Answer


def known_so_far(compiled: CompiledPolicies, by: tuple[str, ...]) -> Verdict:
    """What is known at the moment of stopping; rules that would have been decided later are not named."""
    stopping = [r for r in compiled.rules if r.rule.id in by]
    lines = [RuleVerdict(r.policy.title, r.rule.id, Status.VIOLATED) for r in stopping]
    first = Judged(stopping[0], WHOLE_ANSWER, Status.VIOLATED) if stopping else Misfit("", by[0]) if by else None
    return Verdict(Ending.BLOCKED, by, tuple(lines), Answer(), notice_of(Asked(Ending.BLOCKED, by, first)))


def contradiction() -> Verdict:
    """Something was released that is no part of what may be delivered: nothing more is."""
    return Verdict(Ending.BLOCKED, (), (), Answer(), notice_of(Asked(Ending.BLOCKED, ())))
