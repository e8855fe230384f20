"""Every way of cutting a text twice: 200 texts with secrets, near misses and neighbours, by two packs together."""

from itertools import combinations
from random import Random

import pytest

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.storage.policy_files import read_policies
from guardproxy.streaming.events import Event, Finished, TextArrived
from tests.properties.pieces import deliver
from tests.properties.test_enforcement import ask

PARTS = [
    "123-45-6789",
    "123-45-67",
    "000-12-3456",
    "a@b.org",
    "x@example.com",
    "@",
    ".evil",
    "4111111111111111",
    "AKIAIOSFODNN7EXAMPLE",
    "Project Heron",
    "project ",
    "guaranteed approval",
    "guarantee ",
    " ",
    " I ",
    "é",
    "日本",
    "👍🏽",
    "-",
    "9",
    ", ",
    "\n",
]
TEXTS = 200


def text(seed: int) -> str:
    chance = Random(seed)
    made = "".join(chance.choice(PARTS) for _ in range(3))
    start = chance.randrange(max(1, len(made) - 23))
    return made[start : start + 24]


@pytest.fixture(scope="module")
def packs() -> CompiledPolicies:
    return CompiledPolicies(read_policies(("privacy", "lending")))


@pytest.mark.parametrize("group", range(10))
def test_every_two_cuts_give_what_the_whole_gives(packs: CompiledPolicies, group: int) -> None:
    for seed in range(group, TEXTS, 10):
        said = text(seed)
        verdict = judge(packs, Answer((Passage("content", said),)), Situation(), ask)
        expected = (verdict.ending, set(verdict.by), verdict.answer.text("content"))
        before_stop = None
        for first, second in combinations(range(len(said) + 1), 2):
            pieces = [said[:first], said[first:second], said[second:]]
            stream: list[Event] = [TextArrived("content", piece) for piece in pieces if piece]
            got = deliver(packs, Situation(), iter([*stream, Finished()]), ask)
            assert got.verdict is not None
            sent = got.texts.get("content", "")
            if verdict.ending.delivers:
                assert (got.verdict.ending, set(got.verdict.by), sent) == expected
            else:
                assert (got.verdict.ending, set(got.verdict.by)) == expected[:2]
                before_stop = sent if before_stop is None else before_stop
                assert sent == before_stop, "a blocked answer arrives as the same beginning, however it was cut"
