"""The real proxy on a real port, in front of a scripted upstream."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from guardproxy.ir.policy import Policy
from guardproxy.pipeline import compile_policy
from guardproxy.proxy.app import MainApplication
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.serve import listening_socket, server_of
from guardproxy.settings import read_settings
from guardproxy.storage.policy_files import read_policies
from tests.integration.upstreams import Upstream, in_thread


@dataclass
class Proxy:
    port: int
    guard: Guard

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[Upstream]:
    upstream = Upstream()

    @asynccontextmanager
    async def serving() -> AsyncIterator[None]:
        server = await asyncio.start_server(upstream, "127.0.0.1", 0)
        upstream.port = server.sockets[0].getsockname()[1]
        yield
        server.close()

    with in_thread(serving):
        yield upstream


@pytest.fixture
def upstream(upstream_server: Upstream) -> Upstream:
    """A fresh script and an empty memory."""
    fresh = Upstream()
    upstream_server.script, upstream_server.seen = fresh.script, fresh.seen
    return upstream_server


@contextmanager
def proxy_before(upstream: Upstream, policies: tuple[Policy, ...], /, **settings: Any) -> Iterator[Proxy]:
    flags = {"upstream": upstream.url, "policies": (), "allow_no_policy": True, "today": "2026-11-21", **settings}

    @asynccontextmanager
    async def serving() -> AsyncIterator[Proxy]:
        chosen = read_settings(flags, None, {})
        async with Guard(chosen, policies) as guard:
            listening = listening_socket("127.0.0.1", 0)
            server = server_of(MainApplication(guard), chosen)
            task = asyncio.ensure_future(server.serve([listening]))
            while not (server.started and guard.ready):
                await asyncio.sleep(0.01)
            yield Proxy(listening.getsockname()[1], guard)
            server.should_exit = server.force_exit = True
            await task

    with in_thread(serving) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def guarded(upstream_server: Upstream) -> Iterator[Proxy]:
    """Judging by the packs `privacy` and `lending`."""
    facts = {"applicant": {"tier": "gold", "covered": False}}
    limits, timeouts = {"body_bytes": 1_000_000, "event_bytes": 200_000}, {"between_bytes": 0.7, "first_byte": 1.5}
    with proxy_before(
        upstream_server,
        read_policies(("privacy", "lending")),
        facts=facts,
        facts_key="k",
        limits=limits,
        timeouts=timeouts,
    ) as proxy:
        yield proxy


@pytest.fixture
def proxy_by(upstream: Upstream) -> Iterator[Callable[..., Proxy]]:
    """Starts a proxy that judges by a policy's text."""
    open_ones = []

    def start(text: str, **settings: Any) -> Proxy:
        compilation = compile_policy(text, "test")
        assert compilation.policy is not None, compilation.diagnostics
        manager = proxy_before(upstream, (compilation.policy,), **settings)
        open_ones.append(manager)
        return manager.__enter__()

    yield start
    for manager in open_ones:
        manager.__exit__(None, None, None)
