"""Runs drivers against the scripted server and the proxy, and keeps what they told."""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from guardproxy.storage.policy_files import read_policies
from tests.clients.clients import ROOT, Client
from tests.clients.scenario import Scenario
from tests.clients.scenarios import SCENARIOS
from tests.integration.conftest import proxy_before
from tests.integration.upstreams import Json, Step, Upstream, whole

SECONDS = 300
AT_ONCE = 2
_KEY = re.compile(r"^(?:authorization: bearer|x-api-key:) *(\S+)", re.IGNORECASE | re.MULTILINE)
_OLDEST_NODE = 20


class Unavailable(Exception):
    """A client is not installed here; the message says how to change that."""


class Broken(Exception):
    """A driver did not come to its end."""


@dataclass
class Attempts:
    """Answers by the name of the model; counts what arrives for each run, which says its name by its key."""

    upstream: Upstream
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __call__(self, request: Json) -> Sequence[Step]:
        key = _KEY.search(self.upstream.seen.heads[-1])
        name = request.get("model", "")
        self.seen[key[1] if key else "", name] += 1
        scenario = SCENARIOS.get(name)
        return scenario.answer(request) if scenario else whole({"error": {"message": f"no scenario {name}"}}, 418)


@dataclass(frozen=True)
class Results:
    """What a client's user saw, and how often the server was asked."""

    client: Client
    version: str
    runs: dict[str, Any]
    seen: Counter[tuple[str, str]]

    def of(self, run: str, scenario: str) -> dict[str, Json]:
        """The outcome of each way of asking."""
        found: dict[str, Json] = self.runs[run][scenario]
        assert found, f"the client knows no way to ask for {scenario}"
        return found

    def attempts(self, run: str, scenario: str) -> int:
        return self.seen[f"{self.client.slug}.{run}", scenario]


def scenarios_of(client: Client) -> list[Scenario]:
    own = (scenario for scenario in SCENARIOS.values() if scenario.api in client.apis)
    return [scenario for scenario in own if client.choices or scenario.n == 1]


class Laboratory:
    """The server, the proxy before it, and one that says blocks as errors; drivers run two at a time."""

    def __init__(self, upstream: Upstream, urls: dict[str, str], pool: ThreadPoolExecutor) -> None:
        self._urls, self._pool = urls, pool
        self._attempts = Attempts(upstream)
        self._asked: dict[Client, Future[Results]] = {}
        upstream.script = self._attempts

    def start(self, clients: Iterable[Client]) -> None:
        for client in clients:
            if client not in self._asked:
                self._asked[client] = self._pool.submit(self._ask, client)

    def results(self, client: Client) -> Results:
        """Raises Unavailable where the client is not installed, Broken where its driver did not end well."""
        self.start((client,))
        return self._asked[client].result()

    def _ask(self, client: Client) -> Results:
        """All scenarios: directly, through the proxy, and the blocked ones where blocks are errors."""
        _check(client)
        every = scenarios_of(client)
        runs = [
            {
                "target": run,
                "url": url,
                "key": f"{client.slug}.{run}",
                "cases": [s.case for s in every if run != "error" or s.outcome == "blocked"],
            }
            for run, url in self._urls.items()
        ]
        told = json.loads(_run(client, json.dumps({"runs": runs})))
        return Results(client, told["version"], told["runs"], self._attempts.seen)


@contextmanager
def laboratory(upstream: Upstream) -> Iterator[Laboratory]:
    privacy = read_policies(("privacy",))
    with ExitStack() as open_ones:
        proxied = open_ones.enter_context(proxy_before(upstream, privacy))
        error = open_ones.enter_context(proxy_before(upstream, privacy, blocked_as="error"))
        ports = {"direct": upstream.port, "proxied": proxied.port, "error": error.port}
        pool = open_ones.enter_context(ThreadPoolExecutor(AT_ONCE))
        yield Laboratory(upstream, {run: f"http://127.0.0.1:{port}" for run, port in ports.items()}, pool)
        pool.shutdown(cancel_futures=True)


def _run(client: Client, job: str) -> str:
    try:
        done = subprocess.run(
            client.command, input=job, capture_output=True, text=True, timeout=SECONDS, env=_environment()
        )
    except subprocess.TimeoutExpired as slow:
        raise Broken(f"the driver of {client.name} took more than {SECONDS} s") from slow
    if done.returncode:
        raise Broken(f"the driver of {client.name} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return done.stdout


def _environment() -> dict[str, str]:
    """Without proxies, keys and telemetry of whoever runs the tests; libraries load no lists from the network."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")}
    return {**kept, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGSMITH_TRACING": "false"}


def _check(client: Client) -> None:
    if client.home == "node":
        _check_node()
        missing = not (ROOT / "tests" / "clients" / "node" / "node_modules" / client.package).is_dir()
    else:
        missing = not os.access(client.command[0], os.X_OK)
    if missing:
        raise Unavailable(f"{client.name} is not installed here: run `make clients`")


def _check_node() -> None:
    if shutil.which("node") is None:
        raise Unavailable("there is no node here: install node 20 or newer, then run `make clients`")
    version = subprocess.run(("node", "--version"), capture_output=True, text=True, timeout=20).stdout.strip()
    if int(re.sub(r"\D.*", "", version.lstrip("v")) or 0) < _OLDEST_NODE:
        raise Unavailable(f"node {version} is too old for the clients: install node 20 or newer")
