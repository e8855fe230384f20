from pathlib import Path

import pytest

from guardproxy.cli.main import main

POLICY = """policy "Words" version 1

rule W-1 "No secrets"
  never reply text mentions "secret"

rule W-2 "No gossip"
  never reply text mentions "gossip"

example "a secret"
  reply text "A secret."
  expect blocked by W-1
"""


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "w.policy"


def test_rules_that_no_example_fires_are_named(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(POLICY)
    assert main(["test", "w.policy"]) == 0
    assert capsys.readouterr().out == ("✓ w.policy: 1 example holds\n  no example makes these rules fire: W-2\n")


def test_a_failure_says_what_was_expected_and_what_every_rule_said(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy.write_text(POLICY.replace("expect blocked by W-1", "expect blocked by W-2"))
    assert main(["test", "w.policy"]) == 1
    assert capsys.readouterr().out == (
        "✗ w.policy:9:1  a secret\n"
        "    line 11: expected blocked by W-2, got blocked by W-1\n"
        "    violated: W-1\n"
        "    complies: W-2\n"
        "\n"
        "✗ w.policy: 1 of 1 example failed\n"
        "  no example makes these rules fire: W-2\n"
    )


def test_a_policy_that_does_not_compile_fails(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(POLICY.replace("never", "newer"))
    assert main(["test", "w.policy"]) == 1
    assert capsys.readouterr().out.endswith("✗ w.policy: does not compile, so no example was run\n")


def test_a_failure_says_why_something_is_invalid(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(
        """policy "Desk" version 1

tool pay takes
  - amount : whole number from 0 to 10
  - note   : text

rule D-PAY "Small sums"
  require pay.amount at most 5

example "too much"
  call pay { "amount": 2.5 }
  expect blocked by D-PAY
"""
    )
    assert main(["test", "w.policy"]) == 1
    out = capsys.readouterr().out
    assert (
        "      call 1: `pay.amount` is `2.5`, which is too fine: it has to be a whole number from 0 up to 10\n" in out
    )
    assert "      call 1: `pay.note` is missing\n" in out
