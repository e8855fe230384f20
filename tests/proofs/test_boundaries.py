"""Every boundary example compiles in its policy, and holds there."""

from pathlib import Path

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.proofs.boundaries import boundaries
from tests.proofs.asking import GOLDENS, ask, offers, policy_at, with_examples


@pytest.mark.parametrize("path", GOLDENS, ids=lambda p: p.stem)
def test_pasted_into_the_policy_they_hold(path: Path) -> None:
    found = boundaries(policy_at(path), ask)
    policy = with_examples(path, "\n\n".join(b.text for b in found))
    own = len(policy_at(path).examples)
    compiled = CompiledPolicies([policy])
    runs = [run_example(compiled, example, ask) for example in policy.examples[own:]]
    assert len(runs) == sum(len(b.examples) for b in found)
    assert [run.failures for run in runs if run.failures] == []


def test_below_at_and_above_a_limit() -> None:
    (found,) = boundaries(offers('rule A "a"\n  require offer.apr at most 36%\n'), ask)
    assert [e.verdict.ending.value for e in found.examples] == ["allowed", "allowed", "blocked"]
    assert ['"apr": 35.99' in found.text, '"apr": 36,' in found.text, '"apr": 36.01' in found.text] == [True] * 3


def test_a_limit_that_nothing_is_beyond_is_said() -> None:
    (found,) = boundaries(offers('rule A "a"\n  require offer.term at least 7\n'), ask)
    assert [e.verdict.ending.value for e in found.examples] == ["blocked", "allowed", "allowed"]
    (found,) = boundaries(offers('rule A "a"\n  require offer.term above 6\n'), ask)
    assert found.missing == ("one step below: no case decides it there",)
