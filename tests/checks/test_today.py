"""Each policy has its own date: that of the instant of judging, in the zone that its file names."""

from datetime import UTC, date, datetime

import pytest

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.ir.policy import Policy
from guardproxy.language.literals import moment
from guardproxy.pipeline import compile_policy
from guardproxy.settings import Settings
from tests.proofs.asking import ask

COMMON = {"upstream": "http://127.0.0.1:9", "policies": ("p",)}
RULE = 'rule {id} "Not on this day"\n  never today is 2026-11-22\n'


def policy(name: str, zone: str, **beside: str) -> Policy:
    compilation = compile_policy(f'policy "{name}" version 1{zone}\n' + RULE.format(id=name), "p.policy", beside.get)
    assert compilation.policy is not None, [d.message for d in compilation.diagnostics]
    return compilation.policy


@pytest.mark.parametrize(
    ("now", "stopping"),
    [
        ("2026-11-21T14:59:59Z", ()),
        ("2026-11-21T15:00Z", ("TOKYO",)),
        ("2026-11-22T00:00Z", ("TOKYO", "UTC")),
        ("2026-11-22T15:00Z", ("UTC",)),
    ],
)
def test_each_policy_has_the_date_of_its_own_zone(now: str, stopping: tuple[str, ...]) -> None:
    policies = CompiledPolicies([policy("TOKYO", ", dates in Asia/Tokyo"), policy("UTC", "")])
    verdict = judge(policies, Answer((Passage("content", "hi"),)), Situation(now=moment(now, "UTC")), ask)
    assert verdict.by == stopping


def test_a_baselines_rule_keeps_the_baselines_zone() -> None:
    base = 'policy "B" version 1, dates in Asia/Tokyo\n' + RULE.format(id="BASE")
    overlay = policy("LOCAL", ', extends "base.policy", dates in Pacific/Honolulu', **{"base.policy": base})
    situation = Situation(now=moment("2026-11-21T15:00Z", "UTC"))
    verdict = judge(CompiledPolicies([overlay]), Answer((Passage("content", "hi"),)), situation, ask)
    assert verdict.by == ("BASE",)


def test_the_date_alone_holds_for_all_policies() -> None:
    policies = CompiledPolicies([policy("TOKYO", ", dates in Asia/Tokyo"), policy("UTC", "")])
    today = date(2026, 11, 22).toordinal()
    assert judge(policies, Answer((Passage("content", "hi"),)), Situation(today=today), ask).by == ("TOKYO", "UTC")


def test_the_setting_today_is_noon_of_that_date_in_its_zone() -> None:
    assert Settings.model_validate(COMMON).now is None
    now = Settings.model_validate({**COMMON, "today": date(2026, 11, 21), "zone": "Asia/Tokyo"}).now
    assert now is not None
    assert datetime.fromtimestamp(now / 1_000_000, UTC) == datetime(2026, 11, 21, 3, tzinfo=UTC)
