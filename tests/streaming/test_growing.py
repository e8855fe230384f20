"""Counts and totals only grow: a stream stops at the call that is one too many, and a day's count is never too low."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending, Status
from guardproxy.conversation import Answer, Conversation, PastCall, Situation, ToolCall
from guardproxy.logic.questions import Question, Reply
from guardproxy.pipeline import compile_policy
from guardproxy.streaming.commands import Wake
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import CallArrived
from tests.properties.pieces import deliver, events

TOOL = """policy "Refunds" version 1, money in USD

tool refund takes
- id     : text
- amount : money from $0 to $99

"""


def policies(rule: str, tool: str = TOOL) -> CompiledPolicies:
    done = compile_policy(tool + f'rule R "x"\n  {rule}\n')
    assert done.policy is not None, [d.message for d in done.diagnostics]
    return CompiledPolicies([done.policy])


def nobody(question: Question) -> Reply:
    raise AssertionError(question)


def refunds(*amounts: int, id_: str = "1") -> tuple[ToolCall, ...]:
    return tuple(ToolCall("refund", f'{{"id": "{id_}", "amount": {a}}}', str(n)) for n, a in enumerate(amounts))


PER_DAY = policies("allow refund at most 2 times per day\n  if unknown allow")
PER_ANSWER = policies("allow refund at most 2 times per answer")
PER_CONVERSATION = policies("allow refund at most 2 times per conversation")
IN_ALL = policies("require count of calls at most 2")
TOTAL = policies("require total of refund.amount per id at most $10")


@pytest.mark.parametrize(("calls", "status"), [(1, Status.OPEN), (2, Status.OPEN), (3, Status.VIOLATED)])
def test_a_days_count_is_at_least_that_of_the_answer(calls: int, status: Status) -> None:
    """Earlier calls of the conversation may be from another day."""
    past = Situation(conversation=Conversation((PastCall("refund", "{}", "ok"),) * 3))
    verdict = judge(PER_DAY, Answer(calls=refunds(*range(calls))), past, nobody)
    assert verdict.having(status) == ("R",)
    assert verdict.ending is (Ending.BLOCKED if status is Status.VIOLATED else Ending.ALLOWED)


def stops_at(compiled: CompiledPolicies, calls: tuple[ToolCall, ...], situation: Situation | None = None) -> int | None:
    """The number of the call (from 1) during which the stream knows that nothing saves the answer."""
    enforcer = Enforcer(compiled, situation or Situation())
    for key, call in enumerate(calls):
        for piece in (call.name[:3], call.name[3:]):
            assert not enforcer.feed(CallArrived(key, "", piece))
        for char in call.arguments:
            if any(isinstance(command, Wake) for command in enforcer.feed(CallArrived(key, char))):
                return key + 1
    return None


@pytest.mark.parametrize("compiled", [PER_DAY, PER_ANSWER, PER_CONVERSATION, IN_ALL])
def test_the_stream_stops_at_the_third_call(compiled: CompiledPolicies) -> None:
    assert stops_at(compiled, refunds(1, 1, 1, 1)) == 3
    assert stops_at(compiled, refunds(1, 1)) is None


def test_earlier_calls_of_the_conversation_count() -> None:
    past = Situation(conversation=Conversation((PastCall("refund", "{}", "ok"),)))
    assert stops_at(PER_CONVERSATION, refunds(1, 1, 1), past) == 2
    assert stops_at(PER_ANSWER, refunds(1, 1, 1), past) == 3


def test_the_stream_stops_where_a_total_is_too_high() -> None:
    assert stops_at(TOTAL, refunds(4, 4, 4, 4)) == 3
    assert stops_at(TOTAL, (*refunds(4, 4), *refunds(4, 6, id_="2"))) is None


def test_a_total_that_may_still_fall_decides_nothing() -> None:
    signed = policies("require total of refund.amount per id at most $10", TOOL.replace("from $0", "from -$99"))
    assert stops_at(signed, refunds(9, 9, -9)) is None
    verdict = judge(signed, Answer(calls=refunds(9, 9, -9)), Situation(), nobody)
    assert verdict.ending is Ending.ALLOWED


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([PER_DAY, PER_ANSWER, PER_CONVERSATION, IN_ALL, TOTAL]),
    st.lists(st.integers(0, 8), max_size=4),
    st.lists(st.integers(0, 30), max_size=4),
)
def test_any_cut_gives_the_verdict_of_the_whole(
    compiled: CompiledPolicies, amounts: list[int], cuts: list[int]
) -> None:
    answer = Answer(calls=refunds(*amounts))
    verdict = judge(compiled, answer, Situation(), nobody)
    got = deliver(compiled, Situation(), events(answer, cuts), nobody)
    assert got.verdict is not None
    assert (got.verdict.ending, got.verdict.by) == (verdict.ending, verdict.by)
    assert tuple(got.calls) == verdict.answer.calls
