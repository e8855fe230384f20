"""Real clients get the same with the proxy as without it, whatever way they ask."""

import pytest

from tests.clients.asking import scenarios_of
from tests.clients.clients import CLIENTS, Client
from tests.clients.conftest import Ask
from tests.clients.outcomes import differences
from tests.clients.scenario import Outcome, Scenario


def cases(*outcomes: Outcome) -> list[tuple[Client, Scenario]]:
    every = ((client, scenario) for client in CLIENTS for scenario in scenarios_of(client))
    return [(client, scenario) for client, scenario in every if scenario.outcome in outcomes]


def title(value: Client | Scenario) -> str:
    return value.name


@pytest.mark.parametrize(("client", "scenario"), cases("equal"), ids=title)
def test_the_answer_is_equal(results_of: Ask, client: Client, scenario: Scenario) -> None:
    results = results_of(client)
    direct, proxied = (results.of(run, scenario.name) for run in ("direct", "proxied"))
    assert list(proxied) == list(direct)
    found = [one for way in direct for one in differences(direct[way], proxied[way])]
    assert found == []
    assert results.attempts("proxied", scenario.name) == results.attempts("direct", scenario.name) > 0


@pytest.mark.parametrize(("client", "scenario"), cases("rewritten"), ids=title)
def test_a_rewritten_answer_is_as_if_it_had_been_said(results_of: Ask, client: Client, scenario: Scenario) -> None:
    results = results_of(client)
    direct, proxied = results.of("direct", scenario.like), results.of("proxied", scenario.name)
    assert list(proxied) == list(direct)
    for way in direct:
        assert differences({**direct[way], "pieces": []}, {**proxied[way], "pieces": []}) == []


@pytest.mark.parametrize("client", CLIENTS, ids=title)
def test_the_client_is_the_one_that_is_pinned(results_of: Ask, client: Client) -> None:
    assert results_of(client).version == client.version
