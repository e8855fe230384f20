"""A `tighten` that loosens is refused with what it would let through."""

import pytest

from guardproxy.diagnostics import Diagnostic
from guardproxy.pipeline import compile_policy
from guardproxy.proofs.findings import must_hold
from guardproxy.proofs.overlays import loosened
from tests.proofs.asking import GOLDENS, OFFER, ask, policy_at

BASE = (
    OFFER
    + 'rule A "a"\n  when offer.decision is approve\n  require offer.apr at most 36%\n  otherwise hold for review\n'
)


def overlay(rule: str) -> tuple[Diagnostic, ...]:
    text = f'policy "Local" version 1, extends "base.policy", money in USD\n\ntighten A "a"\n{rule}'
    compilation = compile_policy(text, "local.policy", {"base.policy": BASE}.get)
    assert compilation.policy is not None, [d.message for d in compilation.diagnostics]
    return loosened(compilation.policy, ask)


@pytest.mark.parametrize(
    "rule",
    [
        "  require offer.apr at most 36%\n  otherwise hold for review\n",
        "  when offer.decision is not decline\n  require offer.apr at most 30%\n  otherwise block\n",
        "  when offer.decision is approve\n  require offer.apr at most 36% and offer.term at most 60\n"
        "  otherwise hold for review\n",
    ],
)
def test_what_is_at_least_as_strict_is_proved(rule: str) -> None:
    assert overlay(rule) == ()


def test_a_higher_limit_is_refused_with_an_answer_between_the_two() -> None:
    (found,) = overlay("  when offer.decision is approve\n  require offer.apr at most 40%\n  otherwise block\n")
    assert (found.code, found.severity, found.kind) == ("E402", "error", "loosened")
    assert "lets something through that the baseline stops" in found.message
    assert '"decision": "approve"' in found.witness
    assert "expect allowed" in found.witness


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("  require offer.apr at most 30%\n  otherwise warn\n", "`otherwise warn` instead of `hold`"),
        ("  require offer.apr at most 30%\n  if unknown allow\n", "`if unknown allow` instead of `block`"),
        ("  require offer.apr at most 30%\n  repair by lowering offer.apr\n", "repairs the answer"),
    ],
)
def test_a_weaker_outcome_is_refused(rule: str, why: str) -> None:
    (found,) = overlay(rule)
    assert found.code == "E402"
    assert why in found.message


def test_what_is_not_decided_is_not_proved() -> None:
    text = 'policy "L" version 1, extends "base.policy", money in USD\n\n'
    text += 'tighten A "a"\n  require offer.apr at most 30%\n'
    policy = compile_policy(text, "local.policy", {"base.policy": BASE}.get).policy
    assert policy is not None
    (found,) = must_hold(policy, lambda _: None)  # type: ignore[arg-type,return-value]
    assert found.code == "E403"


def test_the_golden_overlay_tightens() -> None:
    (path,) = [path for path in GOLDENS if path.stem == "local-jp"]
    policy = policy_at(path)
    assert len(policy.tightened) == 1
    assert loosened(policy, ask) == ()


def test_the_counter_example_shows_the_rule_by_itself_and_says_how_it_ends_in_either() -> None:
    base = BASE + 'rule TERM "t"\n  require offer.term at most 12\n'
    text = 'policy "L" version 1, extends "base.policy", money in USD\n\n'
    text += 'tighten A "a"\n  require offer.apr at most 40%\n'
    policy = compile_policy(text, "local.policy", {"base.policy": base}.get).policy
    assert policy is not None
    (found,) = loosened(policy, ask)
    assert found.help == "make it at least as strict: the example is held by A in the baseline, and here allowed"
    assert "expect allowed" in found.witness


def test_decoding_tightens_and_leaving_it_away_loosens() -> None:
    def loosened_by(before: str, after: str) -> list[str]:
        base = f'policy "Base" version 1\n\nrule A "a"\n  never any {before} contains us_ssn\n'
        text = f'policy "L" version 1, extends "base.policy"\n\ntighten A "a"\n  never any {after} contains us_ssn\n'
        compilation = compile_policy(text, "local.policy", {"base.policy": base}.get)
        assert compilation.policy is not None, compilation.diagnostics
        return [d.code for d in loosened(compilation.policy, ask)]

    assert loosened_by("text", "text, decoded,") == []
    assert loosened_by("text, decoded,", "text") == ["E402"]
