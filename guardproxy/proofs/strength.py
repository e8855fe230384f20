"""Which outcome is the stronger one: what a rule asks for when it is violated, and when it is open."""

from guardproxy.checks.judging import ENDING_OF
from guardproxy.checks.verdict import Ending
from guardproxy.ir.policy import IfUnknown, Outcome, Rule

_ENDING = {kind: ending.strength for kind, ending in ENDING_OF.items()}
_REPAIRED, _REWRITTEN = Ending.REPAIRED.strength, Ending.REWRITTEN.strength
BLOCKED = Ending.BLOCKED.strength
"""The strength of what blocks, as everything does that cannot be read."""
_OPEN: dict[IfUnknown, int] = {"allow": 0, "hold": Ending.HELD.strength, "block": BLOCKED}
_UNKNOWN: dict[IfUnknown, int] = {"allow": 0, "hold": 1, "block": 2}


def strength(rule: Rule) -> int:
    """Of what happens to an answer that violates the rule: repaired, where the rule can be repaired."""
    asked = outcome_strength(rule.otherwise)
    return min(asked, _REPAIRED) if rule.repair is not None else asked


def open_strength(rule: Rule) -> int:
    """Of what happens to an answer for which the rule is open, on the same scale; 0 where that is nothing."""
    return _OPEN[rule.if_unknown]


def changes_answer(rule: Rule) -> bool:
    """Whether an answer that violates the rule may be delivered repaired or rewritten."""
    return rule.repair is not None or outcome_strength(rule.otherwise) == _REWRITTEN


def effect(rule: Rule) -> object:
    """What happens to an answer that violates the rule, but for the words of a notice."""
    outcome = rule.otherwise
    text = outcome.text if outcome_strength(outcome) == _REWRITTEN else ""
    repair = rule.repair
    fields = None if repair is None else (repair.how, tuple(v.origin for v in repair.fields), repair.value)
    return outcome.kind, text, outcome.times, fields


def outcome_strength(outcome: Outcome) -> int:
    return _ENDING[outcome.kind]


def at_least_as_strong(rule: Rule, than: Rule) -> bool:
    """Whether the rule asks for as much as the other in every respect.

    Among rewrites and repairs none is stronger than a different one: they deliver different answers.
    """
    if _UNKNOWN[rule.if_unknown] < _UNKNOWN[than.if_unknown]:
        return False
    mine, others = strength(rule), strength(than)
    if mine == others and mine in (_REWRITTEN, _REPAIRED):
        return _delivers(rule) == _delivers(than)
    if than.repair is not None and rule.repair is not None:
        return mine >= others and outcome_strength(rule.otherwise) >= outcome_strength(than.otherwise)
    return mine >= others


def _delivers(rule: Rule) -> object:
    if rule.repair is None:
        return rule.otherwise.kind, rule.otherwise.text
    return (
        rule.repair.how,
        frozenset((v.name, v.origin) for v in rule.repair.fields),
        rule.repair.value,
        rule.otherwise.kind,
    )


def weaker_in(rule: Rule, than: Rule) -> str:
    """In which respect the rule asks for less than the other, in words; empty where it does not."""
    if _UNKNOWN[rule.if_unknown] < _UNKNOWN[than.if_unknown]:
        return f"it says `if unknown {rule.if_unknown}` instead of `{than.if_unknown}`"
    if outcome_strength(rule.otherwise) < outcome_strength(than.otherwise):
        return f"it says `otherwise {rule.otherwise.kind}` instead of `{than.otherwise.kind}`"
    if rule.repair is not None and than.repair is None and strength(than) > _REPAIRED:
        return f"it repairs the answer, where the other rule says `{than.otherwise.kind}`"
    return "" if at_least_as_strong(rule, than) else "it changes the answer in another way"
