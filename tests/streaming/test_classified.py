"""Facts from a classifier: asked for when the answer has ended, and only where a verdict depends on them."""

from functools import cache

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.conversation import Answer, Conversation, Passage, Situation
from guardproxy.pipeline import compile_policy
from guardproxy.streaming.commands import Abort, Classify, Command, Complete, Release, Stop
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import CallArrived, Classified, Finished, Interrupted, TextArrived, TimePassed

POLICY = """policy "Manners" version 1

facts toxicity from classifier
  - score   : decimal to 2 places from 0 to 1
  - flagged : yes/no

rule RUDE "Nothing rude"
  require toxicity.score at most 0.8
  if unknown allow

rule GUNS "No guns for children"
  when user says "child"
  never reply text mentions "gun"
  unless toxicity.flagged is no
  if unknown block
  otherwise redact as "[toy]"
"""
ONLY_GUNS = POLICY.replace(POLICY[POLICY.index("rule RUDE") : POLICY.index("rule GUNS")], "")
CHILD = Situation(conversation=Conversation(user_says="I am a child"))
SAID = Answer((Passage("content", "A gun, you fool."),))


@cache
def compiled(text: str) -> CompiledPolicies:
    made = compile_policy(text, "test")
    assert made.policy is not None, made.diagnostics
    return CompiledPolicies((made.policy,))


def told(text: str, situation: Situation, *pieces: str, whole: bool = False) -> tuple[Enforcer, list[Command]]:
    """The commands for an answer in these pieces, up to the question."""
    enforcer = Enforcer(compiled(text), situation, whole)
    arrived = [c for piece in pieces for c in enforcer.feed(TextArrived("content", piece))]
    return enforcer, arrived + enforcer.feed(Finished())


@pytest.mark.parametrize("whole", [True, False])
def test_a_rule_on_the_whole_answer_makes_it_wait_for_the_classifier(whole: bool) -> None:
    """
    >> "A gun," " you fool."      << nothing
    >> finished                   << classify
    >> score 0.1                  << the text, complete
    """
    enforcer, commands = told(POLICY, Situation(), "A gun,", " you fool.", whole=whole)
    assert commands == [Classify(("toxicity",), SAID)]
    text, complete = enforcer.feed(Classified({"toxicity": {"score": 0, "flagged": False}}))
    assert text == Release("content", "A gun, you fool.", 16)
    assert isinstance(complete, Complete) and complete.verdict.by == ()


@pytest.mark.parametrize("pieces", [("A gun, you fool.",), tuple("A gun, you fool.")])
def test_what_the_classifier_says_decides(pieces: tuple[str, ...]) -> None:
    enforcer, _ = told(POLICY, CHILD, *pieces)
    (stop,) = enforcer.feed(Classified({"toxicity": {"score": 1, "flagged": True}}))
    assert isinstance(stop, Stop) and stop.verdict.by == ("RUDE",)
    enforcer, _ = told(POLICY, CHILD, *pieces)
    text, complete = enforcer.feed(Classified({"toxicity": {"score": 0, "flagged": True}}))
    assert isinstance(text, Release) and text.text == "A [toy], you fool."
    assert isinstance(complete, Complete) and complete.verdict.by == ("GUNS",)


def test_what_stays_unknown_is_open_and_each_rule_says_what_follows() -> None:
    enforcer, _ = told(POLICY, Situation(), "You fool.")
    *_, complete = enforcer.feed(Classified())
    assert isinstance(complete, Complete)
    enforcer, _ = told(POLICY, CHILD, "A gun.")
    (stop,) = enforcer.feed(Classified({"toxicity": {}}))
    assert isinstance(stop, Stop) and stop.verdict.by == ("GUNS",)


@pytest.mark.parametrize(
    ("situation", "said"),
    [(Situation(), "A gun."), (CHILD, "A doll."), (Situation({"toxicity": {"flagged": True}}, CHILD.conversation), "")],
)
def test_nobody_is_asked_where_no_verdict_depends_on_it(situation: Situation, said: str) -> None:
    _, commands = told(ONLY_GUNS, situation, said or "A gun.")
    assert not any(isinstance(command, Classify) for command in commands)


def test_a_rule_that_does_not_apply_makes_nothing_wait() -> None:
    enforcer = Enforcer(compiled(ONLY_GUNS), Situation())
    assert enforcer.feed(TextArrived("content", "A gun. ")) == [Release("content", "A gun. ", 7)]
    waiting = Enforcer(compiled(ONLY_GUNS), CHILD)
    assert waiting.feed(TextArrived("content", "A doll. ")) == []


def test_calls_wait_as_well_and_an_answer_may_break_off_while_it_is_read() -> None:
    enforcer = Enforcer(compiled(POLICY), Situation())
    assert enforcer.feed(CallArrived(0, "{}", "help")) == enforcer.feed(CallArrived(1, "{}", "help")) == []
    (classify,) = enforcer.feed(Finished())
    assert isinstance(classify, Classify) and len(classify.answer.calls) == 2
    assert enforcer.feed(TimePassed()) == enforcer.feed(Finished()) == []
    assert enforcer.feed(Interrupted()) == [Abort()]
    assert enforcer.feed(Classified({"toxicity": {"score": 0}})) == []


def test_a_classification_that_nobody_asked_for_changes_nothing() -> None:
    enforcer = Enforcer(compiled(POLICY), Situation())
    assert enforcer.feed(Classified({"toxicity": {"score": 0}})) == []
    enforcer.feed(TextArrived("content", "Hi."))
    assert isinstance(enforcer.feed(Finished())[0], Classify)
