"""Real clients get the same with the proxy as without it, whatever way they ask."""

from collections.abc import Callable

import pytest

from tests.clients.asking import Results, scenarios_of
from tests.clients.clients import CLIENTS, Client
from tests.clients.scenario import Scenario

EQUAL = [(client, scenario) for client in CLIENTS for scenario in scenarios_of(client) if scenario.outcome == "equal"]


def title(value: Client | Scenario) -> str:
    return value.name


@pytest.mark.parametrize(("client", "scenario"), EQUAL, ids=title)
def test_the_answer_is_equal(results_of: Callable[[Client], Results], client: Client, scenario: Scenario) -> None:
    results = results_of(client)
    assert results.of("proxied", scenario.name) == results.of("direct", scenario.name)
    assert results.attempts["proxied", scenario.name] == results.attempts["direct", scenario.name]


@pytest.mark.parametrize("client", CLIENTS, ids=title)
def test_the_client_is_the_one_that_is_pinned(results_of: Callable[[Client], Results], client: Client) -> None:
    assert results_of(client).version == client.version
