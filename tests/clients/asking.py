"""Runs a driver against the scripted server and the proxy, and keeps what it told."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.clients.clients import ROOT, Client
from tests.clients.scenario import Scenario
from tests.clients.scenarios import SCENARIOS
from tests.integration.upstreams import Json, Step, Upstream, whole

SECONDS = 120
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

    version: str
    runs: dict[str, Any]
    attempts: dict[tuple[str, str], int]

    def of(self, run: str, scenario: str) -> dict[str, Json]:
        """The outcome of each way of asking."""
        found: dict[str, Json] = self.runs[run][scenario]
        assert found, f"the client knows no way to ask for {scenario}"
        return found


def scenarios_of(client: Client) -> list[Scenario]:
    return [scenario for scenario in SCENARIOS.values() if scenario.api in client.apis]


def ask(client: Client, urls: dict[str, str], upstream: Upstream) -> Results:
    """Runs all scenarios: directly, through the proxy, and the blocked ones where blocks are errors."""
    _check(client)
    attempts = Attempts(upstream)
    upstream.script = attempts
    every = scenarios_of(client)
    runs = [
        {"target": run, "url": url, "cases": [s.case for s in every if run != "error" or s.outcome == "blocked"]}
        for run, url in urls.items()
    ]
    try:
        done = subprocess.run(
            command_of(client),
            input=json.dumps({"runs": runs}),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as slow:
        raise Broken(f"the driver of {client.name} took more than {SECONDS} s: {slow.stderr}") from None
    if done.returncode:
        raise Broken(f"the driver of {client.name} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    told = json.loads(done.stdout)
    return Results(told["version"], told["runs"], dict(attempts.seen))


def _environment() -> dict[str, str]:
    """Without proxies, keys and telemetry of whoever runs the tests; libraries load no lists from the network."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")}
    return {**kept, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGSMITH_TRACING": "false", "PYTHONHASHSEED": "0"}


def _check(client: Client) -> None:
    if client.home == "node":
        _check_node()
        missing = not (ROOT / "tests/clients/node/node_modules/openai").is_dir()
    else:
        missing = client.home != "dev" and not os.access(client.command[0], os.X_OK)
    if missing:
        raise Unavailable(f"{client.name} is not installed here: run `make clients`")


def _check_node() -> None:
    if shutil.which("node") is None:
        raise Unavailable("there is no node here: install node 20 or newer, then run `make clients`")
    version = subprocess.run(("node", "--version"), capture_output=True, text=True, timeout=20).stdout
    if int(re.sub(r"\D.*", "", version.strip().lstrip("v")) or 0) < _OLDEST_NODE:
        raise Unavailable(f"node {version.strip()} is too old for the clients: install node 20 or newer")


def command_of(client: Client) -> Sequence[str]:
    return (sys.executable, *client.command[1:]) if client.home == "dev" else client.command
