"""Questions to the solver while the answer arrives: asked once, remembered, never waited for inside a check.

`>>` what happens, `<<` what the enforcer orders.
"""

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.verdict import Ending
from guardproxy.conversation import Situation
from guardproxy.logic.questions import Decision, Question
from guardproxy.pipeline import compile_policy
from guardproxy.streaming.commands import Ask, Command, Release, Stop, Wake
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Answered, Finished, Interrupted, TextArrived, TimePassed
from tests.properties.test_enforcement import ask

POLICY = """
policy "Sums" version 1
check reply as offer
  - x : whole number from 0 to 5
  - y : whole number from 0 to 5
  - z : whole number from 0 to 5
rule SUM "Not both"
  require offer.x + offer.y at most 7 or offer.y at most offer.x
"""


def sums() -> CompiledPolicies:
    policy = compile_policy(POLICY, "sums.policy").policy
    assert policy is not None
    return CompiledPolicies([policy])


def question_of(commands: list[Command]) -> Question:
    assert isinstance(commands[-1], Ask)
    return commands[-1].question


def test_a_member_goes_as_soon_as_the_solver_says_that_nothing_can_go_wrong() -> None:
    """
    >> {"x": 3,      << {"x":, ask        (4 + 4 is too much, and 4 is above 3)
    >> depends       <<
    >> "y": 1,       << 3, "y": 1,
    """
    enforcer = Enforcer(sums(), Situation())
    question = question_of(enforcer.feed(TextArrived("content", '{"x": 3, ')))
    assert ask(question) is Decision.DEPENDS
    assert enforcer.feed(Answered(Decision.DEPENDS)) == [Release("content", '{"x": ')]
    assert enforcer.feed(TextArrived("content", '"y": 1, ')) == [Release("content", '3, "y": 1, ')]


def test_what_arrives_before_the_reply_is_taken_up_behind_it() -> None:
    enforcer = Enforcer(sums(), Situation())
    question_of(enforcer.feed(TextArrived("content", '{"x": 3, ')))
    assert enforcer.feed(TextArrived("content", '"y": 1, ')) == []
    assert enforcer.feed(Answered(Decision.DEPENDS)) == [
        Release("content", '{"x": '),
        Release("content", '3, "y": 1, '),
    ]


def test_another_answer_with_the_same_values_asks_nothing() -> None:
    compiled = sums()
    first = Enforcer(compiled, Situation())
    question_of(first.feed(TextArrived("content", '{"x": 3, ')))
    first.feed(Answered(Decision.DEPENDS))
    second = Enforcer(compiled, Situation())
    assert second.feed(TextArrived("content", '{"x": 3, ')) == [Release("content", '{"x": ')]


def test_a_budget_counts_as_open_for_now_and_is_not_remembered_for_others() -> None:
    compiled = sums()
    first = Enforcer(compiled, Situation())
    question_of(first.feed(TextArrived("content", '{"x": 3, ')))
    assert first.feed(Answered(Decision.BUDGET)) == [Release("content", '{"x": ')]
    assert first.feed(TextArrived("content", '"z": 1, ')) == [], "asked once for one answer"
    second = Enforcer(compiled, Situation())
    question_of(second.feed(TextArrived("content", '{"x": 3, ')))


def test_an_answer_that_only_the_solver_can_doom_stops_at_that_moment() -> None:
    text = POLICY.replace("at most 7 or", "at least 9 and").replace("at most offer.x", "at least offer.x + 2")
    policy = compile_policy(text, "sums.policy").policy
    assert policy is not None
    enforcer = Enforcer(CompiledPolicies([policy]), Situation(wants_json=True))
    question = question_of(enforcer.feed(TextArrived("content", '{"x": 4, "y')))
    assert ask(question) is Decision.NEVER
    assert Wake() in enforcer.feed(Answered(Decision.NEVER))
    (stop,) = enforcer.feed(TimePassed())
    assert isinstance(stop, Stop) and (stop.verdict.ending, stop.verdict.by) == (Ending.BLOCKED, ("SUM",))


def test_an_interruption_does_not_wait_for_a_reply() -> None:
    enforcer = Enforcer(sums(), Situation())
    question_of(enforcer.feed(TextArrived("content", '{"x": 3, ')))
    (aborted,) = enforcer.feed(Interrupted())
    assert not isinstance(aborted, Release)
    assert enforcer.feed(Answered(Decision.ALWAYS)) == enforcer.feed(Finished()) == []
