"""What all exchanges share: the policies in force, the solver, the upstream, and how many are under way."""

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Self
from zoneinfo import ZoneInfo

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.timing import span_variable
from guardproxy.ir.policy import Policy, Rule
from guardproxy.ir.terms import Finder, FoundInText
from guardproxy.logic.questions import Question, Reply
from guardproxy.patterns.scan import FinderSet
from guardproxy.proxy.facts import FactSources
from guardproxy.proxy.headers import latin
from guardproxy.proxy.upstream import Upstream
from guardproxy.proxy.watching import UnderWay
from guardproxy.settings import Settings
from guardproxy.solving.pool import SolverPool, is_undecided
from guardproxy.telemetry import metrics
from guardproxy.wire.side_strings import SideStrings

_THREADS = 16
"""Exchanges that may wait for the solver at once; the others queue."""

_PATIENCE = 2.0
"""Seconds that a client waits for a solver that hangs: what hangs is killed, and the answer is not decided."""


class Guard:
    """Use as an asynchronous context manager: connections and solver processes end with it.

    Raises ValueError or `SettingsMistake` when the policies and the settings do not fit together.
    """

    def __init__(self, settings: Settings, policies: Sequence[Policy]) -> None:
        self.settings = settings
        self.compiled = CompiledPolicies(policies)
        self.guards = bool(policies)
        self.beside = SideStrings(self.compiled.is_harmless, keeps_repeats=not policies)
        asking = any(r.otherwise.kind == "ask again" for p in policies for r in p.rules)
        self.asks_again = asking and settings.asking_again.most > 0
        self._not_repeated = FinderSet(finders_kept_back(r for p in policies for r in p.rules))
        self.label = latin(self.compiled.label)[:1024]
        key = settings.facts_key.get_secret_value() if settings.facts_key else None
        schemas = [schema for policy in policies for schema in policy.schemas]
        self.facts = FactSources(schemas, settings.facts, key)
        self.upstream_key = settings.upstream_key.get_secret_value() if settings.upstream_key else None
        self.upstream = Upstream(settings.upstream, settings.limits, settings.timeouts)
        self.zone = ZoneInfo(settings.zone)
        self.under_way = UnderWay(settings.timeouts, metrics.flush)
        self.streams = 0
        self.draining = False
        self._warm = False
        self._stack = AsyncExitStack()
        metrics.announce((p.title, p.version, p.fingerprint) for p in policies)

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.upstream)
        self._threads = self._stack.enter_context(ThreadPoolExecutor(_THREADS, "solver"))
        self._solver = SolverPool(workers=self.settings.solvers, timeout_s=_PATIENCE)
        self._stack.callback(self._solver.close)
        metrics.sample(self._sample)
        self._tasks = [asyncio.create_task(self._warm_up()), asyncio.create_task(self.under_way.tick())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await self._stack.aclose()

    async def _warm_up(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._warm:
            self._warm = await loop.run_in_executor(self._threads, self._solver.warm, 1.0)

    def _sample(self) -> None:
        metrics.EXCHANGES.set(len(self.under_way))
        metrics.STREAMS.set(self.streams)

    @property
    def ready(self) -> bool:
        """Policies are compiled (or this would not exist), a solver is warm, and nobody asked us to stop."""
        return self._warm and self._solver.ready and not self.draining

    def may_be_repeated(self, text: str) -> bool:
        """Whether the model may be shown this text of its own again: nothing in it is kept out of answers."""
        return not (text and self._not_repeated.any(text))

    async def ask(self, question: Question) -> Reply:
        """Puts a question to the solver in a thread, so that nobody else waits."""
        began = perf_counter()
        reply = await asyncio.get_running_loop().run_in_executor(self._threads, self._solver.ask, question)
        metrics.SOLVER_CALLS.inc()
        metrics.SOLVER_SECONDS.inc(perf_counter() - began)
        if is_undecided(reply):
            metrics.SOLVER_UNDECIDED.inc()
        return reply


def finders_kept_back(rules: Iterable[Rule]) -> tuple[Finder, ...]:
    """What rules keep out of texts by more than a warning or asking again."""
    found: dict[Finder, None] = {}
    for rule in rules:
        variable = span_variable(rule) if rule.otherwise.kind not in ("warn", "ask again") else None
        if variable is not None and isinstance(variable.origin, FoundInText):
            found |= dict.fromkeys(variable.origin.finders)
    return tuple(found)
