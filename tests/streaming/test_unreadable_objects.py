"""Objects that only lenient readers accept: blocked under the declaration's name, and nothing unreadable is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending
from guardproxy.conversation import Answer, Conversation, Passage, PastCall, Situation, ToolCall
from guardproxy.logic.questions import Question, Reply
from guardproxy.pipeline import compile_policy
from tests.checks.test_reply_object import LENIENT, PROSE
from tests.properties.pieces import deliver, events


def policies(text: str) -> CompiledPolicies:
    policy = compile_policy(text).policy
    assert policy is not None
    return CompiledPolicies([policy])


OFFER = policies("""policy "Offers" version 1

check reply as offer
- a : whole number from 0 to 36
- b : text, optional

rule CAP "A cap"
  require offer.a at most 30
""")


def nobody(question: Question) -> Reply:
    raise AssertionError(question)


@pytest.mark.parametrize("wants_json", [False, True])
@pytest.mark.parametrize("text", [*LENIENT, *PROSE, '{"a": 1, "b": "x", "c": -Infinity}', '{"a": 1} {"a": 99}'])
def test_the_verdict_is_the_same_for_every_cut(text: str, wants_json: bool) -> None:
    answer, situation = Answer((Passage("content", text),)), Situation(wants_json=wants_json)
    verdict = judge(OFFER, answer, situation, nobody)
    unreadable = text not in PROSE and text != '{"a": 1} {"a": 99}'
    begins = text.startswith("{")
    assert verdict.by == (("offer",) if unreadable or (wants_json and begins) else ())
    for cuts in ([], [3], [7], list(range(40))):
        got = deliver(OFFER, situation, events(answer, cuts), nobody)
        assert got.verdict is not None
        assert (got.verdict.ending, got.verdict.by) == (verdict.ending, verdict.by)
        sent = got.texts.get("content", "")
        if verdict.by:
            assert text.startswith(sent)
            assert "N" not in sent and "I" not in sent and "'" not in sent
        else:
            assert sent == text


@given(st.sampled_from(LENIENT), st.lists(st.integers(0, 60), max_size=5))
def test_arguments_that_are_no_exact_object_are_blocked(text: str, cuts: list[int]) -> None:
    answer = Answer(calls=(ToolCall("refund", text, "1"),))
    got = deliver(OFFER, Situation(), events(answer, cuts), nobody)
    assert got.verdict is not None and got.verdict.by == ("tool-arguments",) and not got.calls


LOOK_UP = policies("""policy "Refunds" version 1

tool lookup takes
- id : text
returns
- id     : text
- status : one of paid, refunded

tool refund takes
- id : text

rule PAID "Only what was paid"
  let order be the latest lookup result with the same id
  allow refund only when order.status is paid
  if unknown allow
""")


@pytest.mark.parametrize(
    ("latest", "by"),
    [
        ('{"id": "1", "status": "paid"}', ()),
        ('{"id": "1", "status": "refunded", "status": "paid"}', ("lookup",)),
        ('{"id": "1", "status": NaN}', ("lookup",)),
        ('{"id": "1", "status": "refun', ("lookup",)),
        ("{error: not found}", ()),
        ("no such order", ()),
    ],
)
def test_no_older_result_takes_the_place_of_one_that_cannot_be_read(latest: str, by: tuple[str, ...]) -> None:
    older = PastCall("lookup", '{"id": "1"}', '{"id": "1", "status": "paid"}')
    for asked, named in (('{"id": "1"}', by), ("{}", by), ('{"id": "2"}', ())):
        situation = Situation(conversation=Conversation((older, PastCall("lookup", asked, latest))))
        verdict = judge(LOOK_UP, Answer(calls=(ToolCall("refund", '{"id": "1"}'),)), situation, nobody)
        assert verdict.by == named
        assert verdict.ending is (Ending.BLOCKED if named else Ending.ALLOWED)
