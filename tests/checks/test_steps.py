"""A verdict step by step: the same as judging gives, each value with where it came from, and no secret repeated."""

from pathlib import Path

import pytest

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.examples import answer_of_example, situation_of
from guardproxy.checks.steps import RuleStep, Steps, steps_of
from guardproxy.checks.verdict import Status
from guardproxy.checks.whence import Secrets
from guardproxy.ir.policy import Example, Policy
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Question, Reply
from guardproxy.logic.solver import answer
from guardproxy.pipeline import compile_policy

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = sorted((ROOT / "tests" / "corpus" / "golden").glob("*.policy"))


def ask(question: Question) -> Reply:
    return answer(question, Budget())


def golden(name: str) -> Policy:
    def beside(file: str) -> str | None:
        paths = (GOLDEN[0].parent / file, ROOT / "grammars" / file)
        return next((path.read_text() for path in paths if path.is_file()), None)

    policy = compile_policy((GOLDEN[0].parent / f"{name}.policy").read_text(), name, beside).policy
    assert policy is not None
    return policy


def steps(policy: Policy, title: str) -> Steps:
    example = next(example for example in policy.examples if title in example.title)
    compiled = CompiledPolicies([policy])
    return steps_of(compiled, answer_of_example(example), situation_of(compiled.policies, example), ask)


def rule(found: Steps, id_: str) -> RuleStep:
    return next(step for step in found.rules if step.rule == id_)


def whence(step: RuleStep) -> dict[str, str]:
    return {value.name: value.whence for value in step.values}


@pytest.mark.parametrize("path", GOLDEN, ids=[path.stem for path in GOLDEN])
def test_looking_closer_changes_no_verdict(path: Path) -> None:
    policy = golden(path.stem)
    compiled = CompiledPolicies([policy])
    for example in policy.examples:
        case = (compiled, answer_of_example(example), situation_of(compiled.policies, example))
        found = steps_of(*case, ask)
        assert found.verdict == judge(*case, ask)
        assert {s.rule for s in found.rules} | set(found.silent) == {r.id for r in policy.rules}
        _is_told_apart(found, example)


def _is_told_apart(found: Steps, example: Example) -> None:
    """Every comparison of a rule that decided has a truth, and every clause is the author's."""
    for step in found.rules:
        if step.status in (Status.VIOLATED, Status.COMPLIES) and not any(
            v.value.__class__.__name__ == "State" for v in step.values
        ):
            assert all(isinstance(clause.truth, bool) for clause in step.clauses), (example.title, step)


def test_both_sides_of_a_comparison_in_one_unit() -> None:
    (clause,) = [c for c in rule(steps(golden("dosing"), "20 kg: 400"), "PCM-DOSE").clauses if c.word == "require"]
    (comparison,) = clause.comparisons
    assert (clause.text, clause.truth) == ("order.dose at most 15 mg/kg * patient.weight", False)
    assert [(side.text, side.value) for side in comparison.sides] == [
        ("order.dose", 400),
        ("15 mg/kg * patient.weight", 300),
    ]
    assert comparison.sides[0].type == comparison.sides[1].type


def test_each_element_of_a_list_is_compared() -> None:
    found = rule(steps(golden("hotel"), "one cent above"), "HOT-PRICE")
    assert [(c.element, c.truth, [side.value for side in c.sides]) for c in found.clauses[0].comparisons] == [
        ("room 1 of 2", True, [10_000, 15_000]),
        ("room 2 of 2", False, [20_001, 20_000]),
    ]


def test_values_say_where_they_came_from() -> None:
    refund = steps(golden("refunds"), "a second refund")
    assert list(whence(rule(refund, "REF-TOTAL")).values()) == [
        "the amount of 1 earlier call and 1 in this answer with the same order_id",
        "the result of the earlier lookup_order call, at $.total",
    ]
    assert whence(rule(refund, "REF-WHERE")) == {"refund.destination": "call 1, at $.destination"}
    assert whence(rule(refund, "REF-CONFIRM")).popitem()[1] == "the user's latest message"
    leave = whence(rule(steps(golden("leave"), "17 weeks"), "LEAVE-WEEKS"))
    assert leave["answer.weeks"] == 'read from the sentence "17 weeks\' leave" at character 6'
    assert leave["employee.tenure"].endswith("; nobody supplied it")
    booking = whence(rule(steps(golden("hotel-cancel"), "a second later, and"), "CAN-WHEN"))
    assert booking["guest.level"] == "no earlier get_guest result with the same guest_id is there"
    assert booking["now"] == "the instant that was given"


def test_unknown_values_say_what_they_mean() -> None:
    policy = golden("dosing")
    unknown = rule(steps(policy, "nobody weighed"), "PCM-DOSE")
    assert unknown.means == (
        "`patient.weight` is unknown: some values comply and others do not, so `if unknown hold` decides"
    )
    assert rule(steps(policy, "30 mg is right"), "PCM-DOSE").means == "complies, whatever `patient.weight` may be"
    assert rule(steps(policy, "more than 4 g"), "PCM-DAY").means == "violated, whatever `patient.weight` may be"


def test_a_repair_says_why_nothing_smaller_does() -> None:
    (change,) = steps(golden("dosing"), "12.5 kg").changes
    assert (change.place, change.before, change.after) == ("call 1, $.dose", 190, 185)
    assert change.undone_breaks == ("PCM-DOSE",)
    (lower,) = steps(golden("dosing"), "20 kg: 400").changes
    assert (lower.instead, lower.breaks) == (305, ("PCM-DOSE", "PCM-DAY"))
    both = steps(golden("lending"), "two fields are repaired together").changes
    assert [(c.place, c.undone_breaks) for c in both] == [
        ("the reply, $.apr", ("TIER-CAP",)),
        ("the reply, $.term", ("SHORT-SMALL",)),
    ]


def test_secrets_are_not_repeated() -> None:
    policy = golden("privacy")
    secrets = Secrets(CompiledPolicies([policy]).rules)
    assert secrets.hidden("Hers is 123-45-6789, AKIAIOSFODNN7EXAMPLE.") == "Hers is [...], [...]."
    found = rule(steps(policy, "a credential blocks"), "SEC-KEYS")
    assert [value.whence for value in found.values] == ["aws_access_key in content, characters 1 to 20"]


def test_words_of_the_policy_are_shown_where_they_were_found() -> None:
    found = rule(steps(golden("sql"), "blocking is stronger"), "SQL-PEOPLE")
    assert [value.whence for value in found.values] == ['"Borrowers" in content, characters 18 to 26']
