"""The demonstration's scenes show every kind of verdict, and the policies judge them as the show says."""

from collections.abc import Iterator
from datetime import date

import pytest

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.cli.solver import Solver
from guardproxy.conversation import Situation
from guardproxy.demo.scenes import POLICIES, Scene, scenes
from guardproxy.storage.policy_files import read_policies
from guardproxy.wire.chat.requests import answer_of, conversation_of

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def verdicts() -> Iterator[dict[str, Verdict]]:
    compiled = CompiledPolicies(read_policies(POLICIES))
    solver = Solver()
    yield {scene.title: _judged(compiled, scene, solver) for scene in scenes(TODAY)}
    solver.close()


def _judged(compiled: CompiledPolicies, scene: Scene, solver: Solver) -> Verdict:
    messages = scene.request("model")["messages"]
    situation = Situation(scene.facts, conversation_of(messages), TODAY.toordinal(), wants_json=scene.wants_json)
    return judge(compiled, answer_of(scene.answer), situation, solver.ask)


def test_every_kind_of_verdict_is_shown(verdicts: dict[str, Verdict]) -> None:
    shown = {verdict.ending for verdict in verdicts.values()}
    assert shown == set(Ending) - {Ending.WARNED, Ending.ASKED_AGAIN}


def test_each_scene_is_about_a_rule_of_its_policy(verdicts: dict[str, Verdict]) -> None:
    by = {title: verdict.by for title, verdict in verdicts.items() if verdict.by}
    assert by == {
        "A card number, cut into pieces by the stream": ("PII-CARD",),
        "A credential ends the answer": ("SEC-KEYS",),
        "Secrets in the thinking, and a project nobody may name": ("PII-EMAIL", "SEC-NAMES"),
        "What a tool is told is text too": ("PII-SSN",),
        "An offer above two caps is lowered to the stricter one": ("APR-CAP", "TIER-CAP"),
        "Nobody knows whether the borrower is covered": ("APR-CAP",),
        "Approval is never promised": ("NO-PROMISE",),
        "A child of 20 kg": ("PCM-DOSE", "PCM-DAY"),
        "Nobody weighed the child": ("PCM-DOSE", "PCM-DAY"),
        "Two refunds at once, more than was paid": ("REF-TOTAL",),
        "A refund without looking the order up": ("REF-LOOK", "REF-WINDOW", "REF-TOTAL"),
        "Money to somewhere else": ("REF-WHERE",),
    }


def test_questions_tell_scenes_apart() -> None:
    questions = [scene.question for scene in scenes(TODAY)]
    assert len(set(questions)) == len(questions)
