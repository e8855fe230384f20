"""What the model is told when it is asked again."""

from guardproxy.checks.engine import CompiledPolicies, judge
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
