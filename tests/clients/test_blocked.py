"""What clients make of an answer that is blocked, and of one that breaks off: never a part of what is kept back,
never an answer that looks complete, never a second question."""

import json

import pytest

from tests.clients.clients import Client
from tests.clients.conftest import Ask
from tests.clients.outcomes import UNNOTICED, described, noticed
from tests.clients.scenario import SECRET, Scenario
from tests.clients.test_transparency import cases, title


@pytest.mark.parametrize(("client", "scenario"), cases("blocked"), ids=title)
def test_nothing_of_what_is_blocked_is_seen(results_of: Ask, client: Client, scenario: Scenario) -> None:
    results = results_of(client)
    ways = results.of("direct", scenario.name)
    assert any(SECRET in json.dumps(outcome) for outcome in ways.values())
    for run in ("proxied", "error"):
        found = results.of(run, scenario.name)
        assert list(found) == list(ways)
        assert SECRET[:4] not in json.dumps(found)
        for outcome in found.values():
            final = outcome["final"] or {}
            assert not final.get("calls") and not final.get("object")
        assert results.attempts(run, scenario.name) == results.attempts("direct", scenario.name) > 0


@pytest.mark.parametrize(("client", "scenario"), cases("blocked"), ids=title)
def test_a_block_is_noticed(results_of: Ask, client: Client, scenario: Scenario) -> None:
    results = results_of(client)
    for run in ("proxied", "error"):
        for way, outcome in results.of(run, scenario.name).items():
            if (client.title, way, run) not in UNNOTICED:
                assert noticed(outcome), f"{way}: {described(outcome)}"


@pytest.mark.parametrize(("client", "scenario"), cases("interrupted"), ids=title)
def test_an_answer_that_breaks_off_is_an_exception(results_of: Ask, client: Client, scenario: Scenario) -> None:
    results = results_of(client)
    direct, proxied = (results.of(run, scenario.name) for run in ("direct", "proxied"))
    assert list(proxied) == list(direct)
    assert {way: outcome["raised"] is not None for way, outcome in proxied.items()} == dict.fromkeys(direct, True)
    assert results.attempts("proxied", scenario.name) == results.attempts("direct", scenario.name) > 0
