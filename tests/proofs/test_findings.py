"""Faulty policies are found and explained by an example that holds; sound ones get no finding."""

from pathlib import Path

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.diagnostics import render
from guardproxy.logic.questions import Cases, FindCases, NoCase, Question, Reply
from guardproxy.proofs.findings import prove_policy
from tests.proofs.asking import GOLDENS, OFFER, PACKS, ask, compiled, offers, policy_at

FAULTY = {
    "W401": """rule A "a"
  when offer.decision is approve and offer.decision is decline
  require offer.term at most 24
""",
    "W402": """rule A "a"
  require offer.apr + offer.apr at most 200%
""",
    "W403": """rule A "a"
  when offer.decision is approve
  require offer.apr at most 20% and offer.apr at least 30%
""",
    "W404": """rule A "a"
  require offer.apr at most 36%
rule B "b"
  when applicant.tier is gold
  require offer.apr at most 40%
""",
    "W405": """rule A "a"
  when offer.amount at most $2,000
  require offer.term at most 24
rule B "b"
  when offer.amount at least $2,000
  require offer.term at least 36
""",
    "W406": """rule A "a"
  when applicant.tier is gold or applicant.tier is not gold
  require offer.term at most 60
""",
    "W407": """rule A "a"
  when applicant.tier is gold
  require offer.term at most 48
  except when applicant.tier is silver
""",
    "W408": """rule A "a"
  when offer.amount at least $5,000 and offer.amount at least $3,000
  require offer.apr at most 30%
""",
    "E401": """rule A "a"
  require offer.apr at most 10%
rule B "b"
  require offer.apr at least 20%
""",
    "I401": """rule A "a"
  when applicant.tier is gold
  require offer.amount at most $30,000
rule B "b"
  when applicant.tier is silver
  require offer.amount at most $20,000
""",
    "I403": """rule A "a"
  when offer.decision is refer
  require offer.amount at most applicant.income
rule B "b"
  when offer.decision is refer
  require offer.amount at least $1,000
""",
}
"""A policy for each code; the first finding of each is that code and there is no other."""

WITH_EXAMPLE = {"W403", "W404", "W405", "E401", "I403"}


@pytest.mark.parametrize("code", FAULTY)
def test_a_faulty_policy_is_found(code: str) -> None:
    found = prove_policy(offers(FAULTY[code]), ask).diagnostics
    assert [d.code for d in found] == [code]
    assert found[0].kind
    assert bool(found[0].witness) == (code in WITH_EXAMPLE)


@pytest.mark.parametrize("code", sorted(WITH_EXAMPLE))
def test_the_example_of_a_finding_can_be_pasted_and_holds(code: str) -> None:
    (found,) = prove_policy(offers(FAULTY[code]), ask).diagnostics
    policy = compiled(f"{OFFER}{FAULTY[code]}\n{found.witness}\n")
    run = run_example(CompiledPolicies([policy]), policy.examples[0], ask)
    assert run.failures == ()
    assert set(run.verdict.by) & set(found.rules)


@pytest.mark.parametrize("path", [*GOLDENS, *PACKS], ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_sound_policies_have_no_findings(path: Path) -> None:
    findings = prove_policy(policy_at(path), ask)
    assert [d.message for d in findings.diagnostics if d.kind != "advisory"] == []
    assert findings.survey.undecided == ()


def test_a_contradiction_as_its_author_reads_it() -> None:
    (found,) = prove_policy(offers(FAULTY["W405"]), ask).diagnostics
    assert render(found).splitlines() == [
        "W405 test.policy:18:11  `A` and `B` contradict each other: whenever both apply, no answer complies with both",
        "   18 |   require offer.term at least 36",
        "      |           ^^^^^^^^^^^^^^^^^^^^^^",
        "   help: let one of them apply in fewer cases, or correct a limit",
    ]
    assert '"amount": 2000,' in found.witness
    assert found.rules == ("A", "B")


def test_what_was_proved_in_one_sentence() -> None:
    findings = prove_policy(offers('rule A "a"\n  require offer.apr at most 36%\n'), ask)
    assert findings.proved == "the rule can apply, be violated and be complied with"


def test_nothing_is_claimed_where_the_solver_does_not_finish() -> None:
    findings = prove_policy(offers(FAULTY["E401"]), lambda _: None)  # type: ignore[arg-type,return-value]
    assert {d.code for d in findings.diagnostics} == {"I402"}
    assert findings.proved == "nothing within the solver's budget (6 not decided)"


def test_what_a_budget_leaves_open_is_not_claimed() -> None:
    asked = 0

    def short(question: Question) -> Reply:
        """Decides each rule by itself, which is asked first, and nothing about two of them."""
        nonlocal asked
        asked += 1
        if asked == 1 or not isinstance(question, FindCases):
            return ask(question)
        return Cases((NoCase.BUDGET,) * len(question.wanted))

    two = """rule A "a"
  require offer.apr at most 36%
rule B "b"
  require offer.apr at least 5% or offer.term at most 12
"""
    findings = prove_policy(offers(two), short)
    assert findings.proved == (
        "all 2 rules can apply, be violated and be complied with; none is redundant; no two contradict each other "
        "(2 not decided)"
    )


@pytest.mark.parametrize(
    ("code", "proved"),
    [
        ("W401", "`A` can never apply"),
        ("W402", "`A` can never be violated"),
        ("W403", "`A` can never be complied with"),
    ],
)
def test_what_a_rule_never_does_is_named(code: str, proved: str) -> None:
    assert prove_policy(offers(FAULTY[code]), ask).proved == proved


def test_text_conditions_share_what_they_look_for() -> None:
    text = 'policy "T" version 1\nrule A "a"\n  require reply text mentions "notice"\n'
    text += 'rule B "b"\n  never reply text mentions any of "notice", "hint"\n'
    (found,) = prove_policy(compiled(text), ask).diagnostics
    assert found.code == "E401"


def test_a_tool_that_may_never_be_called_is_no_finding() -> None:
    text = 'policy "T" version 1\nrule A "a"\n  allow delete_all at most 0 times per conversation\n'
    assert {d.kind for d in prove_policy(compiled(text), ask).diagnostics} == {"advisory"}


def test_rules_that_believe_the_conversation_say_so() -> None:
    text = 'policy "T" version 1\nrule A "a"\n  allow ship only after user says "go"\n'
    text += 'rule B "b"\n  never reply text mentions "hint"\n'
    (found,) = prove_policy(compiled(text), ask).diagnostics
    assert (found.code, found.severity, found.kind, found.rules) == ("I404", "info", "advisory", ("A",))
    assert found.message == "`A` believes the conversation, which the client sends: what the user said"


def test_the_example_of_a_rule_that_is_never_met_violates_no_other_rule() -> None:
    rules = 'rule TERM "t"\n  require offer.term at most 12\n'
    rules += 'rule BAD "b"\n  when offer.term at least 10\n  require offer.apr below 5% and offer.apr above 6%\n'
    (found,) = [d for d in prove_policy(offers(rules), ask).diagnostics if d.code == "W403"]
    assert "expect blocked by BAD" in found.witness


def test_a_rule_is_not_redundant_that_stops_what_others_leave_open() -> None:
    text = 'policy "T" version 1\nfacts f from system\n'
    text += "  - x : whole number from 0 to 100\n  - y : yes/no, may be unknown\n"
    rule = 'rule {} "x"\n  require f.x at most {}\n  if unknown allow\n'
    text += rule.format("A", "20") + rule.format("B", "10 or f.y is yes") + rule.format("D", "10 or f.y is no")
    found = [d for d in prove_policy(compiled(text), ask).diagnostics if d.code == "W404"]
    assert [d.rules[0] for d in found] == []
