"""docs/clients.md as the clients tell it: `python -m tests.clients.page > docs/clients.md` writes it anew."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

from tests.clients.asking import Results, laboratory, scenarios_of
from tests.clients.clients import CLIENTS
from tests.clients.outcomes import UNNOTICED, described
from tests.clients.scenario import Api
from tests.clients.scenarios import SCENARIOS
from tests.integration.upstreams import Upstream, in_thread

HEAD = """# Clients that were tried

Written by `python -m tests.clients.page > docs/clients.md`; `make test` compares each client's part with what that
client tells (`tests/clients`). Each client has the same conversations with a scripted model server twice, directly and
through the proxy: texts, objects, parallel tool calls, reasoning, refusals, several choices, log probabilities,
citations, unknown fields, items and blocks of each kind, errors with their retries, whole and streamed.

**Equal** means: what the client returns, in full (of Vercel's AI SDK: text, reasoning, calls, reasons, usage, sources,
metadata), the exception with the first line of its message, and how often the server was asked. Not compared are the
cuts of a streamed text, which the proxy may move, ids of requests that the server did not give, and what a library
makes up itself: ids and times, and LiteLLM's name of the model. A rewritten answer equals the answer of a server that
says the rewritten text, by what is returned in the end.

In the tables stands what the client's user sees, by the client's way of asking: the finish reason, or the class of an
exception; *notice* where the rule's message can be read there (in `refusal` or in the exception); *text so far* where
what came before has been delivered. No character of what was blocked is seen in any of them, no tool call, no object.
In brackets: the same without the proxy, where that differs.
"""
COLUMNS = (
    "API, asked by",
    "blocked",
    "blocked later",
    '`blocked_as = "error"`',
    "breaks off",
    "ends without a finish reason",
)
_SHORT: dict[Api, str] = {"chat": "chat", "responses": "resp", "messages": "msg", "completions": "legacy"}
_NAMES: dict[Api, str] = {"completions": "legacy completions"}


def page(results: Sequence[Results]) -> str:
    known = tuple(UNNOTICED.values())
    notes = "".join(f"- {note}\n" for note in known)
    differs = f"""
What is known to differ:

{notes}- LangChain, Pydantic AI, LiteLLM and Vercel's AI SDK join the choices of a stream to one text, in the order of
  arrival; `n` above 1 is tried with those that can ask for it, whole.
- An error's body is written anew, without spaces: LiteLLM quotes it in some messages.
- An upstream that breaks off before anything was sent is a 502 that says so, and not a broken connection. Clients retry
  both.
"""
    return HEAD + differs + "".join("\n" + section(one) for one in results)


def section(results: Results) -> str:
    """One client's part of the page."""
    client = results.client
    every = scenarios_of(client)
    equal = sum(scenario.outcome == "equal" for scenario in every)
    changed = sum(scenario.outcome == "rewritten" for scenario in every)
    lines = [f"## {client.name}", "", f"{equal} conversations equal, {changed} rewritten as said.", "", _row(COLUMNS)]
    lines.append("|" + "---|" * len(COLUMNS))
    for api in client.apis:
        lines += map(_row, _rows(results, api))
    return "\n".join(lines) + "\n"


def _rows(results: Results, api: Api) -> Iterator[Sequence[str]]:
    """A row for all ways of asking that show the same."""
    name = f"m-{_SHORT[api]}"
    typed = f"{name}-secret-object"
    ways = dict.fromkeys((*_ways(results, f"{name}-secret"), *_ways(results, typed)))
    rows: dict[tuple[str, str, str, str, str], list[str]] = {}
    for way in ways:
        blocked = f"{name}-secret" if way in _ways(results, f"{name}-secret") else typed
        cells = (
            _cell(results, "proxied", blocked, way),
            _cell(results, "proxied", f"{name}-late", way),
            _cell(results, "error", blocked, way),
            _beside(results, f"{name}-broken", way),
            _beside(results, f"{name}-unfinished", way) if "stream" in way else "",
        )
        rows.setdefault(cells, []).append(f"`{way}`")
    for cells, asked in rows.items():
        yield (f"{_NAMES.get(api, api)}: {'; '.join(asked)}", *cells)


def _ways(results: Results, scenario: str) -> Sequence[str]:
    return tuple(results.of("proxied", scenario)) if scenario in SCENARIOS else ()


def _cell(results: Results, run: str, scenario: str, way: str) -> str:
    return described(results.of(run, scenario)[way]) if way in _ways(results, scenario) else ""


def _beside(results: Results, scenario: str, way: str) -> str:
    direct, proxied = (_cell(results, run, scenario, way) for run in ("direct", "proxied"))
    return proxied if direct == proxied else f"{proxied} ({direct})"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def asked_now() -> list[Results]:
    """The results of every client, which all have to be installed."""
    upstream = Upstream()

    @asynccontextmanager
    async def serving() -> AsyncIterator[None]:
        server = await asyncio.start_server(upstream, "127.0.0.1", 0)
        upstream.port = server.sockets[0].getsockname()[1]
        yield
        server.close()

    with in_thread(serving), laboratory(upstream) as known:
        known.start(CLIENTS)
        return [known.results(client) for client in CLIENTS]


if __name__ == "__main__":
    sys.stdout.write(page(asked_now()))
