"""What a rule says about an answer that is still arriving is what it says in the end, whatever comes."""

import os
from collections.abc import Iterator

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.judging import asking, driven, status_so_far
from guardproxy.checks.memory import Memory
from guardproxy.checks.observation import Observation, Occurrence, Past
from guardproxy.checks.reply_object import ArrivingReply
from guardproxy.checks.rules import CompiledRule, status_of
from guardproxy.checks.values import read_value
from guardproxy.checks.verdict import Status
from guardproxy.conversation import Situation
from guardproxy.ir.policy import Policy
from guardproxy.ir.printed import printed
from guardproxy.ir.types import ABSENT, UNKNOWN, Value
from tests.properties.partial import FACT, FIRST, READ, facts, offers, partial_policies, values
from tests.properties.test_enforcement import ask

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "300"))
FINE = (Status.COMPLIES, Status.NOT_APPLICABLE)
DECIDED = (*FINE, Status.VIOLATED, Status.INVALID)


@settings(max_examples=EXAMPLES, deadline=None)
@given(partial_policies(), offers(), facts, st.data())
def test_what_is_decided_early_holds_for_every_completion(
    policy: Policy, offer: str, known: dict[str, object], data: st.DataObject
) -> None:
    compiled = CompiledPolicies([policy])
    early: dict[int, Status] = {}
    for seen, here in moments(compiled, offer, Situation({"case": known})):
        for rule in compiled.rules:
            status = decided(rule, seen, here)
            if rule.position in early:
                said = f"{printed(rule.rule.applies)} => {printed(rule.rule.demands)} at {here.holder}"
                assert same(early[rule.position], status), f"a decided verdict never changes: {said}"
            elif status in DECIDED and status is not None:
                early[rule.position] = status
                for _ in range(5):
                    completed = completion(rule, rule.values(seen, here), data)
                    assert same(status, status_of(rule, completed))


def same(one: Status, other: Status | None) -> bool:
    """A rule that complies and one that does not apply both let the answer go."""
    return one is other or (one in FINE and other in FINE)


def moments(compiled: CompiledPolicies, offer: str, situation: Situation) -> Iterator[tuple[Observation, Occurrence]]:
    """The answer after each of its characters, and whole."""
    reply, memory, past = ArrivingReply(), Memory(compiled.decisions), Past(())
    for character in offer:
        reply.feed(character)
        seen = Observation(situation, past, (), (), [("content", reply.tree)], text_open=True, memory=memory)
        yield seen, Occurrence(reply.tree)


def decided(rule: CompiledRule, seen: Observation, here: Occurrence) -> Status | None:
    return driven(asking(lambda: status_so_far(rule, seen, here), seen.memory), ask)


def completion(rule: CompiledRule, now: list[Value], data: st.DataObject) -> list[Value]:
    """Some value within the declared ranges for each that is unknown; the first of a list is the list's own."""
    drawn: dict[str, Value] = {}
    for name, variable in {**READ, **FACT}.items():
        absent = name == "z" and data.draw(st.booleans())
        drawn[variable.name] = ABSENT if absent else read_value(variable.type, data.draw(values[name]))
    known = dict(zip((v.name for v in rule.variables), now, strict=True))
    numbers = known.get("offer.ns", UNKNOWN)
    numbers = drawn["offer.ns"] if numbers is UNKNOWN else numbers
    first = numbers[0] if isinstance(numbers, tuple) and numbers else ABSENT
    assume(known.get(FIRST.name, UNKNOWN) in (UNKNOWN, first))
    drawn |= {"offer.ns": numbers, FIRST.name: first}
    return [drawn[v.name] if x is UNKNOWN else x for v, x in zip(rule.variables, now, strict=True)]
