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
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from functools import lru_cache
from time import perf_counter, time_ns
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from guardproxy.conversation import Situation
from guardproxy.exact_json import dumps
from guardproxy.proxy.asking_again import PATH, AskingAgain
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.headers import HeaderList, request_id, to_client, to_upstream
from guardproxy.proxy.refusals import check_head, judged_error
from guardproxy.proxy.replies import Receive, Scope, Send, send_body, send_failure, start_stream
from guardproxy.proxy.streamed_answer import StreamedAnswer
from guardproxy.proxy.upstream import UpstreamReply
from guardproxy.proxy.whole_answer import Delivery, judged_answer
from guardproxy.telemetry import metrics
from guardproxy.wire.chunks import UpstreamError
from guardproxy.wire.errors import ClientMistake, ExchangeFailure, OwnFailure, UpstreamFailure
from guardproxy.wire.requests import ChatRequest, read_request
from guardproxy.wire.sse import KEEP_ALIVE, event_bytes
from guardproxy.wire.whole import rules_of

log = logging.getLogger("guardproxy")
T = TypeVar("T")

ROUTE = "chat.completions"
_LONGEST_LENGTH = 18
"""Digits of a length that is worth reading."""
_LONGEST_NAME = 100
"""Letters of a model's name in the log."""

_TOO_SLOW = ClientMistake("the request did not arrive in time", "request_timeout", status=408)
_TOO_LONG = UpstreamFailure(
    "the upstream did not finish its answer in time", "upstream_timeout", status=504, reason="timeout", retry=True
)
_DRAINING_AFTER_END = 1.0
"""Seconds that an upstream gets to end its body after its last event, so that the connection can be used again."""


class Exchange:
    """One request to `/v1/chat/completions`."""

    def __init__(self, guard: Guard, scope: Scope, receive: Receive, send: Send) -> None:
        self._guard, self._scope, self._receive, self._send = guard, scope, receive, send
        self._headers: HeaderList = scope["headers"]
        self._decision = os.urandom(16).hex()
        self._began = perf_counter()
        self._started = False
        self._left = False
        self._watch = guard.under_way.enter()
        self._waited = self._asked = self._sent_at = 0.0
        self._asking: AskingAgain | None = None
        self._upstream_headers: HeaderList = []

    async def run(self) -> None:
        try:
            request, body = await self._read()
            self._watch.expect(self._receive)
            await self._answer(request, body)
        except ExchangeFailure as failure:
            await self._fail(failure)
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
        if self._client_left():
            metrics.CLIENTS_LEFT.inc()
        elif task is not None and (self._watch.too_slow or self._watch.too_long):
            task.uncancel()
            await self._fail(_TOO_SLOW if self._watch.too_slow else _TOO_LONG)
        else:
            raise asyncio.CancelledError

    def _client_left(self) -> bool:
        return self._left or self._watch.left

    # --- the request ------------------------------------------------------------------------------------------------

    async def _read(self) -> tuple[ChatRequest, bytes]:
        limits = self._guard.settings.limits
        if len(self._guard.under_way) > limits.exchanges:
            retry_later = ((b"retry-after", b"1"),)
            raise OwnFailure(
                "too many requests are under way", "overloaded", status=503, retry=True, headers=retry_later
            )
        body = await self._body(limits.body_bytes)
        return read_request(body), body

    async def _body(self, limit: int) -> bytes:
        for name, value in self._headers:
            if name == b"content-length" and (len(value) > _LONGEST_LENGTH or int(value) > limit):
                raise _too_large(limit)
            if name == b"content-encoding" and value != b"identity":
                raise ClientMistake(
                    "a compressed request body is not accepted; send it as it is", "unsupported_encoding", status=415
                )
        pieces: list[bytes] = []
        total = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._left = True
                raise asyncio.CancelledError
            piece = message.get("body", b"")
            total += len(piece)
            if total > limit:
                raise _too_large(limit)
            pieces.append(piece)
            if not message.get("more_body", False):
                return b"".join(pieces) if len(pieces) > 1 else pieces[0]

    def _situation(self, request: ChatRequest) -> Situation:
        settings = self._guard.settings
        microseconds = time_ns() // 1000
        return Situation(
            facts=self._guard.facts.of(self._headers, request.metadata),
            conversation=request.conversation,
            today=settings.today.toordinal() if settings.today else _day(microseconds // 60_000_000, self._guard.zone),
            now=microseconds,
            wants_json=request.wants_json,
        )

    # --- the answer -------------------------------------------------------------------------------------------------

    async def _answer(self, request: ChatRequest, body: bytes) -> None:
        situation = self._situation(request)
        headers = to_upstream(self._headers, self._guard.upstream_key, request.stream)
        self._asked = asked = perf_counter()
        until = asked + self._guard.settings.timeouts.answer
        self._asking = asking = AskingAgain(self._guard, body, headers, self._decision, until)
        if request.stream:
            answer = StreamedAnswer(self._guard, situation, request, self._decision, asking)
            await self._stream(answer, asking, headers, body)
            self._log(request, answer.word, rules_of(answer.verdicts), sum(judge.seconds for judge in answer.judges))
            return
        async with self._open(headers, body, stream=False) as reply:
            whole = await reply.whole()
        self._waited = perf_counter() - asked
        delivery = await judged_answer(self._guard, situation, whole, self._decision, asking)
        await self._deliver(delivery, asking.waited)
        self._log(request, delivery.verdict, delivery.rules, delivery.seconds)

    @asynccontextmanager
    async def _open(self, headers: Mapping[str, str], body: bytes, stream: bool) -> AsyncIterator[UpstreamReply]:
        """The upstream's answer to the client's own request, whose head is in order."""
        async with self._guard.upstream.ask("POST", PATH, headers, body) as reply:
            metrics.observe(metrics.UPSTREAM_SECONDS, perf_counter() - self._asked)
            self._upstream_headers = list(reply.headers)
            await check_head(reply, stream, self._guard.beside)
            yield reply

    async def _deliver(self, delivery: Delivery, waited_again: float) -> None:
        metrics.observe(metrics.CHECK, delivery.seconds)
        headers = self._response_headers()
        headers.append((b"x-guardproxy-verdict", delivery.verdict.encode()))
        if delivery.status != 200:
            headers.append((b"x-should-retry", b"false"))
        self._started = True
        await send_body(self._send, delivery.status, delivery.body, headers)
        metrics.count(metrics.requests(ROUTE, delivery.status))
        metrics.observe(metrics.ADDED, perf_counter() - self._began - self._waited - waited_again)

    async def _stream(
        self, answer: StreamedAnswer, asking: AskingAgain, headers: Mapping[str, str], body: bytes
    ) -> None:
        self._guard.streams += 1
        try:
            async with self._open(headers, body, stream=True) as reply:
                await self._pass_on(reply, answer)
            while answer.goes_on:
                await self._stream_again(answer, asking)
        except UpstreamFailure as failure:
            answer.interrupt()
            await self._break_off(answer, failure)
        finally:
            self._guard.streams -= 1
            self._measure(answer)

    async def _pass_on(
        self, reply: UpstreamReply, answer: StreamedAnswer, limit: asyncio.Timeout | None = None
    ) -> None:
        """Sends what may be sent of one upstream stream, and ends the response with the last of them.

        `limit` is the time in which another attempt has to show that it is better than the one before.
        """
        while not answer.over:
            piece = await self._next_piece(reply, answer, patiently=limit is not None)
            out = await (answer.time_passed() if piece is None else answer.take(piece) if piece else answer.end())
            if limit is not None and (answer.over or answer.released_again):
                limit.reschedule(None)
            if out or self._is_silent:
                await self._send_piece(out or KEEP_ALIVE)
        if not answer.goes_on:
            await self._end_stream(answer)
        if answer.complete:
            await self._drain(reply)

    async def _stream_again(self, answer: StreamedAnswer, asking: AskingAgain) -> None:
        """One more attempt at a choice that was refused. One that fails before it said anything leaves it refused."""
        question = answer.begin_again()
        try:
            async with asyncio.timeout(asking.left) as limit, AsyncExitStack() as stack:
                opening = stack.enter_async_context(asking.open(question, stream=True))
                await self._pass_on(await self._patiently(opening), answer, limit)
        except (UpstreamFailure, TimeoutError) as failure:
            if answer.released_again:
                raise
            asking.failed(failure)
            out = answer.give_up()
            if out:
                await self._send_piece(out)
            if not answer.goes_on:
                await self._end_stream(answer)

    async def _drain(self, reply: UpstreamReply) -> None:
        """Reads what is behind the last event, so that the connection can be used again."""
        with suppress(TimeoutError, UpstreamFailure):
            async with asyncio.timeout(_DRAINING_AFTER_END):
                while await reply.piece():
                    pass

    async def _next_piece(self, reply: UpstreamReply, answer: StreamedAnswer, patiently: bool) -> bytes | None:
        """The next bytes; None when a moment that was waited for has passed before them."""
        wake_at = answer.wake_at
        left = wake_at - perf_counter() if wake_at is not None else None
        if left is not None and left <= 0:
            return None
        reading = self._patiently(reply.piece()) if patiently else reply.piece()
        if left is None:
            return await reading
        try:
            async with asyncio.timeout(left):
                return await reading
        except TimeoutError:
            return None

    @property
    def _is_silent(self) -> bool:
        """Whether the client of a stream that has begun has heard nothing for long, for all is held back."""
        return self._started and perf_counter() - self._sent_at > self._guard.settings.asking_again.keep_alive

    async def _patiently(self, work: Coroutine[Any, Any, T]) -> T:
        """Waits for something of another attempt; the client of the stream hears that we are still there."""
        every = self._guard.settings.asking_again.keep_alive
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait((task,), timeout=max(0.0, self._sent_at + every - perf_counter())))[0]:
                await self._send_piece(KEEP_ALIVE)
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))

    async def _end_stream(self, answer: StreamedAnswer) -> None:
        if answer.refused is not None and not self._started:
            self._started = True
            metrics.count(metrics.requests(ROUTE, 400))
            headers = [*self._response_headers(), (b"x-should-retry", b"false")]
            await send_body(self._send, 400, answer.blocked().encoded(), headers)
            return
        if answer.refused is not None:
            await self._send_piece(answer.error_event())
        elif not self._started:
            await self._start()
        await self._close()

    async def _break_off(self, answer: StreamedAnswer, failure: UpstreamFailure) -> None:
        """A fault of the upstream. Once something was sent, the client has to notice that the rest is missing."""
        if not self._started and not isinstance(failure, UpstreamError):
            raise failure
        metrics.upstream_errors(failure.reason).inc()
        if failure.reason in ("broken", "timeout"):
            return  # leaving a response unfinished makes the server drop the connection
        if isinstance(failure, UpstreamError):
            event = event_bytes(dumps({"error": judged_error(failure.error, self._guard.beside)}))
        else:
            event = answer.error_event(failure)
        await self._send_piece(event)
        await self._close()

    # --- sending ----------------------------------------------------------------------------------------------------

    async def _start(self) -> None:
        self._started = True
        metrics.observe(metrics.FIRST_TOKEN, perf_counter() - self._began)
        metrics.count(metrics.requests(ROUTE, 200))
        await start_stream(self._send, self._response_headers())

    async def _close(self) -> None:
        """Ends the stream as complete."""
        self._watch.end()
        await self._send({"type": "http.response.body", "body": b""})

    async def _send_piece(self, out: bytes) -> None:
        self._sent_at = perf_counter()
        if not self._started:
            await self._start()
        await self._send({"type": "http.response.body", "body": out, "more_body": True})

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
        if self._started or self._client_left():
            return
        self._started = True
        metrics.count(metrics.requests(ROUTE, failure.status))
        if isinstance(failure, UpstreamFailure) and failure.headers:
            self._upstream_headers = [h for h in self._upstream_headers if h[0].lower() == b"x-request-id"]
        await send_failure(self._send, failure, self._response_headers())

    def _log(self, request: ChatRequest, verdict: str, rules: Sequence[str], seconds: float) -> None:
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

    def _measure(self, answer: StreamedAnswer) -> None:
        for judge in answer.judges:
            metrics.observe(metrics.CHECK, judge.seconds)
            metrics.observe(metrics.HELD, judge.most_held)
            metrics.observe(metrics.HELD_SECONDS, judge.longest_held)


@lru_cache(maxsize=4)
def _day(minute: int, zone: ZoneInfo) -> int:
    """The ordinal of the date in a zone; days begin with a minute everywhere."""
    return datetime.fromtimestamp(minute * 60, zone).date().toordinal()


def _too_large(limit: int) -> ClientMistake:
    return ClientMistake(f"the request body is more than {limit} bytes", "request_too_large", status=413)
