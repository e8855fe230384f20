"""The life of one exchange: read the request, ask the upstream, judge, answer. Everything that fails, fails closed.

```
reading the request ── mistake ──> 4xx, nothing is asked
asking the upstream ── fault ────> one clean error, 502 or 504, or the upstream's own status
judging, sending ───── fault ────> before the first byte: one clean error
                                   after it: an error event, or, where the upstream broke off, a dropped connection
client leaves, at any moment ────> the upstream is closed at once
```
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from time import perf_counter, time_ns

from guardproxy.conversation import Situation
from guardproxy.exact_json import dumps
from guardproxy.proxy.asking_again import AskingAgain
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.headers import HeaderList, request_id, to_client
from guardproxy.proxy.incoming import ClientLeft, read_body
from guardproxy.proxy.refusals import check_head
from guardproxy.proxy.replies import Receive, Scope, Send
from guardproxy.proxy.response import Response
from guardproxy.proxy.streamed_answer import StreamedAnswer
from guardproxy.proxy.streamed_exchange import StreamedExchange
from guardproxy.proxy.streamed_message import StreamedMessage
from guardproxy.proxy.target import Target
from guardproxy.proxy.upstream import UpstreamReply
from guardproxy.proxy.whole_answer import Delivery, judged_answer
from guardproxy.telemetry import metrics
from guardproxy.wire.chat.chunks import ChunkStream
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.errors import ClientMistake, ExchangeFailure, OwnFailure, UpstreamFailure
from guardproxy.wire.judgement import rules_of
from guardproxy.wire.requests import ModelRequest

log = logging.getLogger("guardproxy")

_LONGEST_NAME = 100
"""Letters of a model's name in the log."""

_TOO_SLOW = ClientMistake("the request did not arrive in time", "request_timeout", status=408)
_TOO_LONG = UpstreamFailure(
    "the upstream did not finish its answer in time", "upstream_timeout", status=504, reason="timeout", retry=True
)


class Exchange:
    """One request whose answer is judged: in which dialect, and what it asks the upstream.

    A target without a body is asked with that of the client where its method has one.
    """

    def __init__(
        self, guard: Guard, dialect: Dialect, target: Target, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._guard, self._dialect, self._target, self._receive = guard, dialect, target, receive
        self._headers: HeaderList = scope["headers"]
        self._decision = os.urandom(16).hex()
        self._began = perf_counter()
        self._watch = guard.under_way.enter()
        self._response = Response(
            dialect, target.route or dialect.name, send, self._response_headers, self._watch, self._began
        )
        self._waited = self._asked = 0.0
        self._asking: AskingAgain | None = None
        self._upstream_headers: HeaderList = []

    async def run(self) -> None:
        try:
            request, target = await self._read()
            self._watch.expect(self._receive)
            await self._answer(request, target)
        except ExchangeFailure as failure:
            await self._fail(failure)
        except ClientLeft:
            metrics.CLIENTS_LEFT.inc()
        except asyncio.CancelledError:
            await self._cancelled()
        except Exception:
            # The last resort: whatever went wrong in judging or in ourselves, nothing of the answer gets out.
            log.exception("decision %s failed closed", self._decision)
            metrics.REFUSED.inc()
            await self._fail(OwnFailure("the answer could not be judged and was withheld", "guardproxy_failure"))
        finally:
            self._guard.under_way.leave(self._watch)

    async def _cancelled(self) -> None:
        """Somebody stopped the exchange: the client by leaving, our own time limits, or the server as it ends."""
        task = asyncio.current_task()
        if self._watch.left:
            metrics.CLIENTS_LEFT.inc()
        elif task is not None and (self._watch.too_slow or self._watch.too_long):
            task.uncancel()
            await self._fail(_TOO_SLOW if self._watch.too_slow else _TOO_LONG)
        else:
            raise asyncio.CancelledError

    # --- the request ------------------------------------------------------------------------------------------------

    async def _read(self) -> tuple[ModelRequest, Target]:
        limits = self._guard.settings.limits
        if len(self._guard.under_way) > limits.exchanges:
            retry_later = ((b"retry-after", b"1"),)
            raise OwnFailure(
                "too many requests are under way", "overloaded", status=503, retry=True, headers=retry_later
            )
        body = await read_body(self._headers, self._receive, limits.body_bytes)
        reads = self._target.reads or self._dialect.read_request
        request = await self._guard.aside.run(len(body) // 16, reads, body)
        return request, replace(self._target, body=body or None)

    def _situation(self, request: ModelRequest) -> Situation:
        fixed = self._guard.settings.now
        return Situation(
            facts=self._guard.facts.of(self._headers, request.metadata),
            conversation=request.conversation,
            now=time_ns() // 1000 if fixed is None else fixed,
            wants_json=request.wants_json,
        )

    # --- the answer -------------------------------------------------------------------------------------------------

    async def _answer(self, request: ModelRequest, target: Target) -> None:
        situation = self._situation(request)
        headers = self._guard.headers_for_upstream(self._headers, target, request.stream)
        self._asked = asked = perf_counter()
        until = asked + self._guard.settings.timeouts.answer
        self._asking = asking = AskingAgain(self._guard, self._dialect, target, headers, self._decision, until)
        if request.stream:
            answer = self._streamed(situation, request, asking)
            opening = self._open(headers, target, stream=True)
            await StreamedExchange(self._guard, answer, asking, self._response).run(opening)
            self._log(request, answer.word, rules_of(answer.verdicts), sum(judge.seconds for judge in answer.judges))
            return
        async with self._open(headers, target, stream=False) as reply:
            whole = await reply.whole()
        self._waited = perf_counter() - asked
        delivery = await judged_answer(self._guard, self._dialect, situation, whole, self._decision, asking)
        await self._deliver(delivery, asking.waited)
        self._log(request, delivery.verdict, delivery.rules, delivery.seconds)

    def _streamed(
        self, situation: Situation, request: ModelRequest, asking: AskingAgain
    ) -> StreamedAnswer | StreamedMessage:
        stream = self._dialect.open_stream(request, self._guard.beside, self._decision)
        if isinstance(stream, ChunkStream):
            return StreamedAnswer(self._guard, situation, request, self._decision, stream, asking)
        return StreamedMessage(self._guard, situation, self._decision, stream, asking)

    @asynccontextmanager
    async def _open(self, headers: Mapping[str, str], target: Target, stream: bool) -> AsyncIterator[UpstreamReply]:
        """The upstream's answer to the client's own request, whose head is in order."""
        async with self._guard.upstream.ask(target.method, target.path, headers, target.body) as reply:
            metrics.observe(metrics.UPSTREAM_SECONDS, perf_counter() - self._asked)
            self._upstream_headers = list(reply.headers)
            await check_head(reply, self._dialect, stream, self._guard.beside)
            yield reply

    async def _deliver(self, delivery: Delivery, waited_again: float) -> None:
        metrics.observe(metrics.CHECK, delivery.seconds)
        headers = [(b"x-guardproxy-verdict", delivery.verdict.encode())]
        headers.append((b"content-type", delivery.type))
        if delivery.status != 200:
            headers.append((b"x-should-retry", b"false"))
        await self._response.whole(delivery.status, delivery.body, headers)
        metrics.observe(metrics.ADDED, perf_counter() - self._began - self._waited - waited_again)

    def _response_headers(self) -> HeaderList:
        upstream = self._upstream_headers
        times = self._asking.times if self._asking is not None else 0
        return [
            (b"x-request-id", request_id(self._headers, upstream, self._decision, self._guard.beside.harmless)),
            (b"x-guardproxy-decision", self._decision.encode()),
            (b"x-guardproxy-policy", self._guard.label),
            *([(b"x-guardproxy-asked-again", b"%d" % times)] if times else []),
            *to_client(upstream, self._guard.beside.harmless),
        ]

    async def _fail(self, failure: ExchangeFailure) -> None:
        """One clean error; after the first byte, nothing more."""
        if isinstance(failure, UpstreamFailure | OwnFailure):
            log.warning("decision %s: %d %s: %s", self._decision, failure.status, failure.code, failure.message)
        if isinstance(failure, UpstreamFailure):
            metrics.upstream_errors(failure.reason).inc()
        if self._response.started or self._watch.left:
            return
        if isinstance(failure, UpstreamFailure) and failure.headers:
            self._upstream_headers = [h for h in self._upstream_headers if h[0].lower() == b"x-request-id"]
        await self._response.fail(failure)

    def _log(self, request: ModelRequest, verdict: str, rules: Sequence[str], seconds: float) -> None:
        """One line for each decision, of names and times alone."""
        if not log.isEnabledFor(logging.INFO):
            return
        model = request.model[:_LONGEST_NAME] if self._guard.beside.harmless(request.model) else "withheld"
        line = {
            "decision": self._decision,
            "verdict": verdict,
            "rules": list(rules),
            "model": model,
            "stream": request.stream,
            "asked_again": self._asking.times if self._asking is not None else 0,
            "check_ms": round(seconds * 1000, 3),
            "total_ms": round((perf_counter() - self._began) * 1000, 3),
        }
        log.info("%s", dumps(line))
