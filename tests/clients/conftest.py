"""Every client's results, asked for once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from guardproxy.storage.policy_files import read_policies
from tests.clients.asking import Broken, Results, Unavailable, ask
from tests.clients.clients import Client
from tests.integration.conftest import proxy_before, upstream_server
from tests.integration.upstreams import Upstream

__all__ = ["upstream_server"]


@pytest.fixture(scope="session")
def results_of(upstream_server: Upstream) -> Iterator[Callable[[Client], Results]]:
    """The results of a client. A client that is not installed here skips the test, and says what to run."""
    known: dict[Client, Results | Unavailable | Broken] = {}
    privacy = read_policies(("privacy",))
    with ExitStack() as open_ones:
        proxied = open_ones.enter_context(proxy_before(upstream_server, privacy))
        error = open_ones.enter_context(proxy_before(upstream_server, privacy, blocked_as="error"))
        ports = {"direct": upstream_server.port, "proxied": proxied.port, "error": error.port}
        urls = {run: f"http://127.0.0.1:{port}" for run, port in ports.items()}

        def results(client: Client) -> Results:
            if client not in known:
                known[client] = outcome(client, urls, upstream_server)
            found = known[client]
            if isinstance(found, Unavailable):
                pytest.skip(str(found))
            if isinstance(found, Broken):
                pytest.fail(str(found), pytrace=False)
            return found

        yield results


def outcome(client: Client, urls: dict[str, str], upstream: Upstream) -> Results | Unavailable | Broken:
    """Also that there is no result is found out once."""
    try:
        return ask(client, urls, upstream)
    except (Unavailable, Broken) as reason:
        return reason
