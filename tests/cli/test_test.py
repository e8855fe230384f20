import json
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


def test_changes_that_no_example_notices(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(POLICY.replace("gossip", "Gossip"))
    assert main(["test", "w.policy", "--mutate"]) == 0
    assert capsys.readouterr().out == (
        "✓ w.policy: 1 example holds\n"
        "  no example makes these rules fire: W-2\n"
        "  2 of 6 small changes of the rules noticed, 33%\n"
        '    w.policy:4  if W-1 said `contains` instead of `mentions` for "secret", no example would notice; '
        'what would: an example with "secret" within a longer word, or in other letters\n'
        "    w.policy:6  if W-2 were not there, no example would notice; what would: an example that it stops\n"
        "    w.policy:6  if W-2 said `otherwise warn` instead of blocking, no example would notice; "
        "what would: an example that violates it\n"
        '    w.policy:7  if W-2 said `contains` instead of `mentions` for "Gossip", no example would notice; '
        'what would: an example with "Gossip" within a longer word, or in other letters\n'
    )


@pytest.mark.parametrize(("least", "code"), [("33", 0), ("34", 1)])
def test_examples_that_notice_too_little_fail(policy: Path, least: str, code: int) -> None:
    policy.write_text(POLICY)
    assert main(["test", "w.policy", "--mutate", "--at-least", least]) == code


def test_as_json(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(POLICY)
    assert main(["test", "w.policy", "--mutate", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["file", "diagnostics", "examples", "silent", "mutants"]
    assert found["examples"] == [
        {"title": "a secret", "line": 9, "holds": True, "verdict": "blocked", "by": ["W-1"], "failures": []}
    ]
    assert found["silent"] == ["W-2"]
    assert (found["mutants"]["changes"], found["mutants"]["noticed"], found["mutants"]["same"]) == (6, 2, 0)
    assert list(found["mutants"]["survivors"][0]) == ["rule", "line", "change", "would_notice"]


def test_failures_as_json(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(POLICY.replace("blocked by W-1", "allowed"))
    (policy.parent / "bad.policy").write_text(POLICY.replace("never", "newer"))
    assert main(["test", "w.policy", "bad.policy", "--mutate", "--format", "json"]) == 1
    failing, bad = map(json.loads, capsys.readouterr().out.splitlines())
    assert failing["examples"][0]["failures"] == [{"line": 11, "message": "expected allowed, got blocked by W-1"}]
    assert failing["mutants"] is None
    assert bad["diagnostics"][0]["line"] == 4


def test_quiet_says_nothing_of_what_holds(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy.write_text(POLICY[: POLICY.index("rule W-2")] + POLICY[POLICY.index("example") :])
    assert main(["test", "w.policy", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


BASELINE = """policy "Base" version 1

check reply as offer
  - apr : percent from 0% to 100%

rule B-1 "Cap"
  require offer.apr at most 30%

rule B-2 "No secrets"
  never reply text mentions "secret"
"""
OVERLAY = """policy "Local" version 1, extends "base.policy"

tighten B-1 "Local cap"
  require offer.apr at most 20%

example "exactly 20%"
  reply { "apr": 20 }
  expect allowed

example "a little more"
  reply { "apr": 20.01 }
  expect blocked by B-1

example "judged by the baseline too"
  reply text "A secret."
  expect blocked by B-2
"""


def test_an_overlay_covers_its_own_rules(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (policy.parent / "base.policy").write_text(BASELINE)
    policy.write_text(OVERLAY[: OVERLAY.index('example "judged')])
    assert main(["test", "w.policy"]) == 0
    assert capsys.readouterr().out == "✓ w.policy: 2 examples hold\n"
    policy.write_text(OVERLAY)
    assert main(["test", "w.policy"]) == 0


def test_an_overlay_that_loosens_is_not_run(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (policy.parent / "base.policy").write_text(BASELINE)
    policy.write_text(OVERLAY.replace("20%", "31%"))
    assert main(["test", "w.policy"]) == 1
    out = capsys.readouterr().out
    assert out.endswith("✗ w.policy: may not serve, so no example was run\n")
    assert "B-1" in out
