"""Changed rules, said in an author's words, and what examples notice of them."""

from pathlib import Path

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import run_example
from guardproxy.checks.mutants import mutants
from guardproxy.checks.mutation import Mutation, mutation_test
from guardproxy.ir.policy import Policy
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Cases, FindCases, NoCase, Question, Reply
from guardproxy.logic.solver import answer
from guardproxy.pipeline import compile_policy

GOLDEN = sorted((Path(__file__).resolve().parents[1] / "corpus" / "golden").glob("*.policy"))

HEADER = """policy "Loans" version 1

check reply as offer
  - decision : one of approve, decline, refer
  - apr      : percent from 0% to 100%
  - term     : whole number from 1 to 84

facts applicant from system
  - tier : one of gold, silver, may be unknown

table cap by applicant.tier
  gold   : 20%
  silver : 25%
"""


DATES = """policy "Dates" version 1, dates in utc

check reply as offer
  - day   : date
  - due   : date
  - at    : instant
  - opens : time
  - vip   : yes/no
  - rate  : rate from 0 mg/kg to 100 mg/kg, written in mg/kg

table cap by offer.vip
  yes : 10 mg/kg
  no  : 5 mg/kg
"""


def policy_of(rule: str, examples: str = "") -> Policy:
    done = compile_policy(f'{HEADER}\nrule R-1 "one"\n  {rule}\n{examples}')
    assert done.policy is not None, [d.message for d in done.diagnostics]
    return done.policy


def says(rule: str) -> list[str]:
    return [mutant.says for mutant in mutants(policy_of(rule))]


def ask(question: Question) -> Reply:
    return answer(question, Budget())


def outcome_of(policy: Policy) -> Mutation:
    compiled = CompiledPolicies([policy])
    runs = [run_example(compiled, example, ask) for example in policy.examples]
    assert not any(run.failures for run in runs)
    return mutation_test(policy, mutants(policy), runs, ask)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "when offer.decision is approve require offer.apr at most 36%",
            [
                "were not there",
                "said `otherwise warn` instead of blocking",
                "had no `when`",
                "said `is not` instead of `is` in `offer.decision is approve`",
                "said `decline` instead of `approve` in `offer.decision is approve`",
                "said `below` instead of `at most` in `offer.apr at most 36%`",
                "said 36.01% instead of 36% in `offer.apr at most 36%`",
                "said 35.99% instead of 36% in `offer.apr at most 36%`",
            ],
        ),
        (
            "require offer.term above 6 or offer.decision is one of decline, refer otherwise hold for review",
            [
                "were not there",
                "said `otherwise block` instead of `otherwise hold`",
                "said `at least` instead of `above` in `offer.term above 6`",
                "said 7 instead of 6 in `offer.term above 6`",
                "said 5 instead of 6 in `offer.term above 6`",
            ],
        ),
        (
            "require offer.apr at most cap if unknown hold",
            [
                "said `if unknown allow` instead of `if unknown hold`",
                'found 20.01% instead of 20% in the table where applicant.tier is "gold"',
            ],
        ),
        (
            'never reply text mentions any of "sure", "promise" unless offer.term at least 6',
            [
                "had no `unless`",
                'did not look for "sure"',
                'said `contains` instead of `mentions` for "promise"',
            ],
        ),
        (
            "require offer.apr at most 36% repair by lowering offer.apr",
            ["had no `repair by lowering offer.apr`"],
        ),
    ],
)
def test_changes_are_said_in_the_authors_words(rule: str, expected: list[str]) -> None:
    found = says(rule)
    assert [sentence for sentence in expected if sentence not in found] == []
    assert len(found) == len(set(found))


def test_what_no_example_notices_is_named_with_what_would() -> None:
    policy = policy_of(
        "require offer.apr at most 36%",
        'example "fine"\n  reply { "decision": "approve", "apr": 12, "term": 12 }\n  expect allowed\n'
        'example "far too much"\n  reply { "decision": "approve", "apr": 90, "term": 12 }\n  expect blocked by R-1\n',
    )
    mutation = outcome_of(policy)
    assert (mutation.noticed, mutation.total) == (2, 5)
    assert [(m.says, m.hint) for m in mutation.survivors] == [
        (
            "said `below` instead of `at most` in `offer.apr at most 36%`",
            "an example where both sides of `offer.apr at most 36%` are equal",
        ),
        ("said 36.01% instead of 36% in `offer.apr at most 36%`", "an example where `offer.apr` is 36.01%"),
        ("said 35.99% instead of 36% in `offer.apr at most 36%`", "an example where `offer.apr` is 36%"),
    ]
    assert all(m.span.position[0] == 16 for m in mutation.survivors)


def test_a_change_that_means_the_same_is_not_counted() -> None:
    policy = policy_of(
        "require offer.term at most 84 or offer.apr at most 36%",
        'example "fine"\n  reply { "decision": "approve", "apr": 12, "term": 84 }\n  expect allowed\n',
    )
    mutation = outcome_of(policy)
    assert "said 85 instead of 84 in `offer.term at most 84`" not in [m.says for m in mutation.survivors]
    assert mutation.same >= 1


def test_a_proof_that_did_not_finish_leaves_a_survivor() -> None:
    policy = policy_of("require offer.term at most 84")

    def tired(question: Question) -> Reply:
        assert isinstance(question, FindCases)
        return Cases(tuple(NoCase.BUDGET for _ in question.wanted))

    mutation = mutation_test(policy, mutants(policy), [], tired)
    assert (mutation.noticed, mutation.same) == (0, 0)
    assert len(mutation.survivors) == mutation.total > 0


def test_inherited_rules_are_the_baselines_business() -> None:
    overlay = (Path(__file__).resolve().parents[1] / "corpus" / "golden" / "local-jp.policy").read_text()
    baseline = (Path(__file__).resolve().parents[1] / "corpus" / "golden" / "baseline.policy").read_text()
    policy = compile_policy(overlay, "local-jp.policy", {"baseline.policy": baseline}.get).policy
    assert policy is not None
    changed = {mutant.id for mutant in mutants(policy)}
    assert "JP-GAKU" in changed and "BASE-SHARE" in changed
    assert not changed & {"BASE-LONG", "BASE-MINOR", "BASE-MAIL"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            "offer.day is after offer.due",
            [
                "said `is on or after` instead of `is after` in `offer.day is after offer.due`",
                "compared with a day later than it does in `offer.day is after offer.due`",
                "compared with a day earlier than it does in `offer.day is after offer.due`",
            ],
        ),
        (
            "offer.day is on or before offer.due + 30 days",
            [
                "said `is before` instead of `is on or before` in `offer.day is on or before offer.due + 30 days`",
                "compared with a day later than it does in `offer.day is on or before offer.due + 30 days`",
                "compared with a day earlier than it does in `offer.day is on or before offer.due + 30 days`",
            ],
        ),
        (
            "offer.at is before now",
            [
                "said `is on or before` instead of `is before` in `offer.at is before now`",
                "compared with a minute later than it does in `offer.at is before now`",
                "compared with a minute earlier than it does in `offer.at is before now`",
            ],
        ),
        (
            "offer.opens is before 18:00",
            [
                "said `is on or before` instead of `is before` in `offer.opens is before 18:00`",
                "said 18:01 instead of 18:00 in `offer.opens is before 18:00`",
                "said 17:59 instead of 18:00 in `offer.opens is before 18:00`",
            ],
        ),
        (
            "offer.rate at most cap",
            [
                "said `below` instead of `at most` in `offer.rate at most cap`",
                "found 11 mg/kg instead of 10 mg/kg in the table where offer.vip is yes",
                "found 9 mg/kg instead of 10 mg/kg in the table where offer.vip is yes",
                "found 6 mg/kg instead of 5 mg/kg in the table where offer.vip is no",
                "found 4 mg/kg instead of 5 mg/kg in the table where offer.vip is no",
            ],
        ),
        (
            "offer.rate at most 2.5 mg/kg",
            [
                "said `below` instead of `at most` in `offer.rate at most 2.5 mg/kg`",
                "said 2.6 mg/kg instead of 2.5 mg/kg in `offer.rate at most 2.5 mg/kg`",
                "said 2.4 mg/kg instead of 2.5 mg/kg in `offer.rate at most 2.5 mg/kg`",
            ],
        ),
    ],
)
def test_steps_and_words_of_dates_times_and_measures(rule: str, expected: list[str]) -> None:
    done = compile_policy(f'{DATES}\nrule R-1 "one"\n  require {rule}\n')
    assert done.policy is not None, [d.message for d in done.diagnostics]
    assert [m.says for m in mutants(done.policy)][2:] == expected
