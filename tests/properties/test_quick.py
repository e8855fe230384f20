"""The quick way to judge an answer finds exactly what judging rule by rule finds."""

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge, judge_all
from guardproxy.checks.judging import driven, rule_verdicts
from guardproxy.checks.verdict import RuleVerdict
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.ir.policy import Policy
from tests.properties.partial import facts, offers, partial_policies
from tests.properties.policies import answers, policies, situations
from tests.properties.test_enforcement import ask

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "300"))
amiss = st.sampled_from([None, "x", True, 99, "2026-13-01", [1, "a"], {}])


def by_rule(compiled: CompiledPolicies, answer: Answer, situation: Situation) -> tuple[RuleVerdict, ...]:
    judged, unfit = driven(judge_all(compiled, compiled.observe(answer, situation)), ask)
    statuses = [(j.compiled.position, j.occurrence.index, j.status) for j in judged]
    return rule_verdicts(compiled.rules, statuses, unfit)


@settings(max_examples=EXAMPLES, deadline=None)
@given(partial_policies(), offers(), facts, st.dictionaries(st.sampled_from(["x", "y", "z", "ok", "ns"]), amiss))
def test_values_of_every_kind_and_values_that_do_not_fit(
    policy: Policy, offer: str, known: dict[str, Any], changes: dict[str, Any]
) -> None:
    compiled, situation = CompiledPolicies([policy]), Situation({"case": known})
    said = exact_json.loads(offer) | changes
    for name in [n for n, value in said.items() if value == {}]:
        del said[name]
    answer = Answer((Passage("content", exact_json.dumps(said)),))
    expected = by_rule(compiled, answer, situation)
    for _ in range(2):  # the second time from memory
        assert judge(compiled, answer, situation, ask).rules == expected


@settings(max_examples=EXAMPLES, deadline=None)
@given(policies(), answers(), situations)
def test_texts_calls_and_claims(policy: Policy, answer: Answer, situation: Situation) -> None:
    compiled = CompiledPolicies([policy])
    assert judge(compiled, answer, situation, ask).rules == by_rule(compiled, answer, situation)
