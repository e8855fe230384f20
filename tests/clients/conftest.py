"""Every client's results, asked for once."""

from collections.abc import Callable, Iterator

import pytest

from tests.clients.asking import Broken, Laboratory, Results, Unavailable, laboratory
from tests.clients.clients import Client
from tests.integration.conftest import upstream_server
from tests.integration.upstreams import Upstream

__all__ = ["upstream_server"]

Ask = Callable[[Client], Results]


@pytest.fixture(scope="session")
def asked(request: pytest.FixtureRequest, upstream_server: Upstream) -> Iterator[Laboratory]:
    """All drivers that the chosen tests need are started at once."""
    chosen = (item.callspec.params.get("client") for item in request.session.items if hasattr(item, "callspec"))
    with laboratory(upstream_server) as known:
        known.start(dict.fromkeys(client for client in chosen if isinstance(client, Client)))
        yield known


@pytest.fixture
def results_of(asked: Laboratory) -> Ask:
    """The results of a client. A client that is not installed here skips the test, and says what to run."""

    def results(client: Client) -> Results:
        try:
            return asked.results(client)
        except Unavailable as reason:
            pytest.skip(str(reason))
        except Broken as reason:
            pytest.fail(str(reason), pytrace=False)

    return results
