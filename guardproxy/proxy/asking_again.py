"""Asking the model again in one exchange: how often still, until when, and what the client is told if it did not help.

A rule says how often at most (`ask again up to N times`), the settings say how often in one exchange and for how long.
What the model gets to see are the reasons, and its own answer as far as no rule keeps anything in it back.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from time import perf_counter

from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import Answer
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.refusals import check_head
from guardproxy.proxy.target import Target
from guardproxy.proxy.upstream import UpstreamReply
from guardproxy.telemetry import metrics
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.errors import UpstreamFailure

log = logging.getLogger("guardproxy")

_MARGIN = 0.2
"""Seconds before the end of the exchange's own time at which asking ends, so that there is still a clean block."""

_ONCE_EACH = ("idempotency-key",)
"""Request headers that stand for one body."""


class AskingAgain:
    """What one exchange has asked again so far. `times` counts all its choices, `waited` the seconds it took."""

    def __init__(
        self,
        guard: Guard,
        dialect: Dialect,
        target: Target,
        headers: Mapping[str, str],
        decision: str,
        until: float,
    ) -> None:
        """`target` is what was asked first; `until` the moment (`perf_counter`) at which the exchange's time is up."""
        self._guard, self._dialect, self._target, self._headers = guard, dialect, target, headers
        self._decision, self._until = decision, until
        self._bodies: dict[int, bytes] = {}
        self._asked: dict[int, int] = {}
        self._ends: float | None = None
        self.times = 0
        self.waited = 0.0

    def question(self, index: int, verdict: Verdict, refused: Answer) -> bytes | None:
        """The body to send about a refused choice, counted as sent; None where it may not be asked about any more."""
        settings = self._guard.settings.asking_again
        asked = self._asked.get(index, 0)
        if self._ends is None:
            self._ends = min(perf_counter() + settings.seconds, self._until - _MARGIN)
        if asked >= verdict.ask_again or self.times >= settings.most or self.left <= 0:
            return None
        before = self._bodies.get(index, self._target.body or b"")
        body = self._dialect.next_request(before, refused, verdict.reasons, self._guard.may_be_repeated)
        if body is None:
            return None
        self._asked[index] = asked + 1
        self.times += 1
        metrics.count(metrics.ASKED_AGAIN)
        self._bodies[index] = body
        return body

    @property
    def left(self) -> float:
        """Seconds that are left for asking."""
        return max(0.0, (self._ends if self._ends is not None else self._until) - perf_counter())

    @asynccontextmanager
    async def open(self, question: bytes, stream: bool) -> AsyncIterator[UpstreamReply]:
        """The model's new answer, whose head has arrived and is in order. Raises `UpstreamFailure`."""
        began = perf_counter()
        headers = {name: value for name, value in self._headers.items() if name not in _ONCE_EACH}
        try:
            async with self._guard.upstream.ask(self._target.method, self._target.path, headers, question) as reply:
                await check_head(reply, self._dialect, stream, self._guard.beside)
                yield reply
        finally:
            self.waited += perf_counter() - began

    async def whole(self, question: bytes) -> bytes | None:
        """The new answer's body; None where there is none, for a reason that was logged."""
        try:
            async with asyncio.timeout(self.left), self.open(question, stream=False) as reply:
                return await reply.whole()
        except (UpstreamFailure, TimeoutError) as failure:
            self.failed(failure)
            return None

    def failed(self, failure: UpstreamFailure | TimeoutError) -> None:
        """Notes an attempt that brought no answer: the refused one stays refused."""
        reason, what = ("timeout", "no answer in time")
        if isinstance(failure, UpstreamFailure):
            reason, what = failure.reason, f"{failure.code}: {failure.message}"
        metrics.upstream_errors(reason).inc()
        log.warning("decision %s: the model was asked again without success: %s", self._decision, what)

    def final(self, index: int, verdict: Verdict) -> Verdict:
        """The verdict on a choice that stays refused; its notice says how often the model was asked again."""
        times = self._asked.get(index, 0)
        said = "once" if times == 1 else f"{times} times"
        told = f" The model was asked again {said}, without a better answer." if times else ""
        return replace(verdict, notice=f"{verdict.notice}{told}")

    def was_asked(self, index: int) -> bool:
        return index in self._asked
