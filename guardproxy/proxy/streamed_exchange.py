"""A streamed exchange: what may be sent of the upstream's stream is passed on, and refused choices are asked again."""

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from time import perf_counter
from typing import Any, TypeVar

from guardproxy.proxy.asking_again import AskingAgain
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.refusals import judged_error
from guardproxy.proxy.response import Response
from guardproxy.proxy.streamed_answer import StreamedAnswer
from guardproxy.proxy.streamed_message import StreamedMessage
from guardproxy.proxy.upstream import UpstreamReply
from guardproxy.telemetry import metrics
from guardproxy.wire.chat.chunks import UpstreamError
from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.sse import KEEP_ALIVE

T = TypeVar("T")

_DRAINING_AFTER_END = 1.0
"""Seconds that an upstream gets to end its body after its last event, so that the connection can be used again."""


class StreamedExchange:
    """Takes pieces from the upstream to the client, through `answer`, which judges them."""

    def __init__(
        self, guard: Guard, answer: StreamedAnswer | StreamedMessage, asking: AskingAgain, response: Response
    ) -> None:
        self._guard, self._answer, self._asking, self._response = guard, answer, asking, response
        self._unsent = b""
        """What may be sent, but waits for the first words."""

    async def run(self, opening: AbstractAsyncContextManager[UpstreamReply]) -> None:
        """`opening` is the upstream's reply to the client's own request. Raises `UpstreamFailure` before the start."""
        self._guard.streams += 1
        try:
            async with opening as reply:
                await self._pass_on(reply)
            while self._answer.goes_on:
                await self._ask_again()
        except UpstreamFailure as failure:
            self._answer.interrupt()
            await self._break_off(failure)
        finally:
            self._guard.streams -= 1
            self._measure()

    async def _pass_on(self, reply: UpstreamReply, limit: asyncio.Timeout | None = None) -> None:
        """Sends what may be sent of one upstream stream, and ends the response with the last of them.

        `limit` is the time in which another attempt has to show that it is better than the one before.
        """
        answer = self._answer
        while not answer.over:
            piece = await self._next_piece(reply, patiently=limit is not None)
            out = await (answer.time_passed() if piece is None else answer.take(piece) if piece else answer.end())
            if limit is not None and (answer.over or answer.released_again):
                limit.reschedule(None)
            if out or self._is_silent:
                await self._piece(out or KEEP_ALIVE)
        if not answer.goes_on:
            await self._end_stream()
        if answer.complete:
            await self._drain(reply)

    async def _piece(self, out: bytes) -> None:
        """Sends it; where blocks are errors, not before something of the model's was released: until then a block has
        a status of its own, and clients need not take it for a stream that broke."""
        waits = self._guard.settings.blocked_as == "error" and not self._response.started
        if waits and not self._answer.over and not any(judge.released for judge in self._answer.judges):
            self._unsent += out
        elif self._answer.refused is None or self._response.started:
            out, self._unsent = self._unsent + out, b""
            await self._response.piece(out)

    async def _ask_again(self) -> None:
        """One more attempt at a choice that was refused. One that fails before it said anything leaves it refused."""
        asking, question = self._asking, self._answer.begin_again()
        try:
            async with asyncio.timeout(asking.left) as limit, AsyncExitStack() as stack:
                opening = stack.enter_async_context(asking.open(question, stream=True))
                await self._pass_on(await self._patiently(opening), limit)
        except (UpstreamFailure, TimeoutError) as failure:
            if self._answer.released_again:
                raise
            asking.failed(failure)
            out = self._answer.give_up()
            if out:
                await self._piece(out)
            if not self._answer.goes_on:
                await self._end_stream()

    async def _drain(self, reply: UpstreamReply) -> None:
        """Reads what is behind the last event, so that the connection can be used again."""
        with suppress(TimeoutError, UpstreamFailure):
            async with asyncio.timeout(_DRAINING_AFTER_END):
                while await reply.piece():
                    pass

    async def _next_piece(self, reply: UpstreamReply, patiently: bool) -> bytes | None:
        """The next bytes; None when a moment that was waited for has passed before them."""
        wake_at = self._answer.wake_at
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
        return self._response.started and self._response.seconds_silent > self._guard.settings.asking_again.keep_alive

    async def _patiently(self, work: Coroutine[Any, Any, T]) -> T:
        """Waits for something of another attempt; the client of the stream hears that we are still there."""
        every = self._guard.settings.asking_again.keep_alive
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait((task,), timeout=max(0.0, every - self._response.seconds_silent)))[0]:
                await self._response.piece(KEEP_ALIVE)
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))

    async def _end_stream(self) -> None:
        if self._answer.refused is not None and not self._response.started:
            await self._response.error(400, self._answer.blocked(), [(b"x-should-retry", b"false")])
            return
        if self._answer.refused is not None:
            await self._response.piece(self._answer.error_event())
        elif self._unsent:
            await self._response.piece(self._unsent)
        elif not self._response.started:
            await self._response.start()
        await self._response.close()

    async def _break_off(self, failure: UpstreamFailure) -> None:
        """A fault of the upstream. Once something was sent, the client has to notice that the rest is missing."""
        if not self._response.started and not isinstance(failure, UpstreamError):
            raise failure
        metrics.upstream_errors(failure.reason).inc()
        if failure.reason in ("broken", "timeout"):
            return  # leaving a response unfinished makes the server drop the connection
        if isinstance(failure, UpstreamError):
            event = self._answer.reported(judged_error(failure.error, self._guard.beside))
        else:
            event = self._answer.error_event(failure)
        await self._response.piece(self._unsent + event)
        await self._response.close()

    def _measure(self) -> None:
        for judge in self._answer.judges:
            metrics.observe(metrics.CHECK, judge.seconds)
            metrics.observe(metrics.HELD, judge.most_held)
            metrics.observe(metrics.HELD_SECONDS, judge.longest_held)
