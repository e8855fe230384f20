"""What all exchanges share: the policies in force, the solver, the upstream, and how many are under way."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from time import perf_counter
from typing import Self

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.ir.policy import Policy
from guardproxy.logic.questions import Question, Reply
from guardproxy.proxy.aside import Aside
from guardproxy.proxy.classifiers import Classifiers
from guardproxy.proxy.facts import FactSources
from guardproxy.proxy.headers import HeaderList, latin, to_upstream
from guardproxy.proxy.target import Target
from guardproxy.proxy.upstream import Upstream
from guardproxy.proxy.watching import UnderWay
from guardproxy.settings import Settings
from guardproxy.solving.pool import SolverPool, is_undecided, undecided
from guardproxy.telemetry import metrics
from guardproxy.wire.side_strings import SideStrings

_THREADS = 16
"""Threads for the solver: one for each question that is being solved, the others for answers that it remembers."""

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
        kept_back = self.compiled.kept_back
        self.beside = SideStrings(kept_back.is_harmless, keeps_repeats=not policies, new_gate=kept_back.gate)
        asking = any(r.otherwise.kind == "ask again" for p in policies for r in p.rules)
        self.asks_again = asking and settings.asking_again.most > 0
        self.label = latin(self.compiled.label)[:1024]
        key = settings.facts_key.get_secret_value() if settings.facts_key else None
        schemas = [schema for policy in policies for schema in policy.schemas]
        self.facts = FactSources(schemas, settings.facts, key)
        self.classifiers = Classifiers(schemas, settings.classifiers)
        self.upstream_key = settings.upstream_key.get_secret_value() if settings.upstream_key else None
        self.upstream = Upstream(settings.upstream, settings.limits, settings.timeouts)
        self.aside = Aside()
        self.under_way = UnderWay(settings.timeouts, metrics.flush)
        self.streams = 0
        self.draining = False
        self._warm = False
        self._stack = AsyncExitStack()
        metrics.announce((p.title, p.version, p.fingerprint) for p in policies)

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.upstream)
        await self._stack.enter_async_context(self.classifiers)
        self._stack.callback(self.aside.close)
        self._threads = self._stack.enter_context(ThreadPoolExecutor(_THREADS, "solver"))
        self._solver = SolverPool(workers=self.settings.solvers, timeout_s=_PATIENCE)
        self._stack.callback(self._solver.close)
        self._free_solvers = asyncio.Semaphore(self.settings.solvers)
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
        """Whether the model may be shown this text of its own again."""
        return self.compiled.kept_back.may_be_repeated(text)

    def headers_for_upstream(self, headers: HeaderList, target: Target, stream: bool) -> dict[str, str]:
        """The headers of a request that goes on."""
        key, key_as = self.upstream_key, self.settings.upstream_key_as
        return to_upstream(headers, key, stream, key_as, target.content_type, target.accept)

    async def ask(self, question: Question) -> Reply:
        """Puts a question to the solver in a thread, so that nobody else waits."""
        began = perf_counter()
        reply = await self._reply(question)
        metrics.SOLVER_CALLS.inc()
        metrics.SOLVER_SECONDS.inc(perf_counter() - began)
        if is_undecided(reply):
            metrics.SOLVER_UNDECIDED.inc()
        return reply

    async def _reply(self, question: Question) -> Reply:
        """Waits here for a free solver: who leaves meanwhile has cost nothing, who leaves later one solver's time."""
        known = self._solver.knows(question)
        if not known:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._free_solvers.acquire()
            except TimeoutError:
                return undecided(question)
        work = self._threads.submit(self._solver.ask, question)
        if not known:
            free_again = partial(asyncio.get_running_loop().call_soon_threadsafe, self._free_solvers.release)
            work.add_done_callback(lambda _: free_again())
        return await asyncio.wrap_future(work)
