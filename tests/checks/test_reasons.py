"""What the model is told when it is asked again."""

import pytest

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.reasons import reason
from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.pipeline import compile_policy
from tests.properties.test_enforcement import ask

POLICY = """
policy "Offers" version 1
check reply as offer
  - apr  : percent from 0% to 100%
  - kind : one of new, old
rule CAP "No more than the legal rate"
  when offer.kind is new
  require offer.apr at most 36%
  otherwise ask again up to 3 times
  source "10 USC 987"
rule NAME "No codenames"
  never any text mentions "heron"
  otherwise ask again up to 2 times
rule SECRET "Nobody hears of the bird"
  never any text mentions "heron"
  otherwise redact as "[bird]"
"""


def verdict(said: str) -> Verdict:
    policy = compile_policy(POLICY, "offers").policy
    assert policy is not None
    return judge(CompiledPolicies([policy]), Answer((Passage("content", said),)), Situation(), ask)


def test_the_reason_is_the_rule_in_its_author_s_words() -> None:
    got = verdict('{"apr": 99, "kind": "new"}')
    assert (got.ending, got.ask_again) == (Ending.ASKED_AGAIN, 3)
    assert got.reasons == (
        "No more than the legal rate. Required: offer.apr at most 36%, when offer.kind is new. Source: 10 USC 987.",
    )


def test_a_reason_never_says_what_a_rule_keeps_out_and_the_fewest_times_count() -> None:
    got = verdict("Heron")
    assert (got.ask_again, got.reasons) == (2, ("No codenames.",))
    both = verdict('{"apr": 99, "kind": "new", "note": "heron"}')
    assert (both.ask_again, len(both.reasons)) == (2, 2)


LOANS = """
policy "Loans" version 1, money in USD
check reply as offer
  - apr   : percent from 0% to 100%
  - term  : whole number from 1 to 90
  - parts : list of whole number up to 3
tool refund takes
  - amount   : money from $0 to $900
  - order_id : text
tool look_up takes
  - order_id : text
rule R "Title"
  {clauses}
  otherwise ask again up to 1 time
"""


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        ("require offer.apr at most 10%", "Required: offer.apr at most 10%"),
        ("require not (offer.apr at least 10%)", "Required: not (offer.apr at least 10%)"),
        ("never offer.apr above 10%", "Not allowed: offer.apr above 10%"),
        ("never not (offer.apr at least 10% or offer.term at least 5)",
         "Not allowed: not (offer.apr at least 10% or offer.term at least 5)"),
        ("never not not offer.apr above 10%", "Not allowed: not not offer.apr above 10%"),
        ("never (offer.apr above 10% and offer.term above 5)",
         "Not allowed: offer.apr above 10% and offer.term above 5"),
        ("when offer.term above 5\n  never offer.apr above 10%\n  unless offer.term above 60",
         "Not allowed: offer.apr above 10%, when offer.term above 5, unless offer.term above 60"),
        ("never offer.apr above 10% # or so\n    and offer.term is 5",
         "Not allowed: offer.apr above 10% and offer.term is 5"),
        ("every part in offer.parts has part above 2", "Required: every part in offer.parts has part above 2"),
        ("no part in offer.parts has part above 2", "Required: no part in offer.parts has part above 2"),
        ("allow refund only when refund.amount below $5", "Allowed: refund only when refund.amount below $5"),
        ('allow refund only after user says "go  on"', 'Allowed: refund only after user says "go  on"'),
        ("allow refund only after look_up with the same order_id",
         "Allowed: refund only after look_up with the same order_id"),
        ("allow refund at most 2 times per answer", "Allowed: refund at most 2 times per answer"),
        ("never refund after look_up", "Not allowed: refund after look_up"),
    ],
)  # fmt: skip
def test_what_is_demanded_is_said_of_every_form(clauses: str, said: str) -> None:
    done = compile_policy(LOANS.format(clauses=clauses), "loans")
    assert done.policy is not None, done.diagnostics
    assert reason(done.policy.rules[0], lambda _: True) == f"Title. {said}."
