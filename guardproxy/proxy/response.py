"""The response of one exchange: a whole body, or the head, the pieces and the end of a stream, with what is counted."""

from collections.abc import Callable
from time import perf_counter

from guardproxy.proxy.headers import HeaderList
from guardproxy.proxy.replies import Send, send_body, send_failure, start_stream
from guardproxy.proxy.watching import Watch
from guardproxy.telemetry import metrics
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.errors import ErrorBody, ExchangeFailure


class Response:
    """`started` once its first byte was sent: from then on its status cannot be changed any more."""

    def __init__(
        self,
        dialect: Dialect,
        route: str,
        send: Send,
        headers: Callable[[], HeaderList],
        watch: Watch,
        began: float,
    ) -> None:
        """`route` is the name in metrics; `headers` gives those of the moment at which the response begins."""
        self._dialect, self._route = dialect, route
        self._send, self._headers, self._watch, self._began = send, headers, watch, began
        self._sent_at = 0.0
        self.started = False

    @property
    def seconds_silent(self) -> float:
        """Since something was last sent."""
        return perf_counter() - self._sent_at

    async def whole(self, status: int, body: bytes, more: HeaderList) -> None:
        self.started = True
        await send_body(self._send, status, body, [*self._headers(), *more])
        metrics.count(metrics.requests(self._route, status))

    async def fail(self, failure: ExchangeFailure) -> None:
        """One clean error, before the first byte."""
        self.started = True
        metrics.count(metrics.requests(self._route, failure.status))
        await send_failure(self._send, failure, self._headers(), self._dialect.error_body)

    async def error(self, status: int, error: ErrorBody, more: HeaderList) -> None:
        """An error as clients of the dialect read it."""
        await self.whole(status, self._dialect.error_body(error), more)

    async def start(self) -> None:
        """The head of a stream."""
        self.started = True
        metrics.observe(metrics.FIRST_TOKEN, perf_counter() - self._began)
        metrics.count(metrics.requests(self._route, 200))
        await start_stream(self._send, self._headers())

    async def piece(self, out: bytes) -> None:
        self._sent_at = perf_counter()
        if not self.started:
            await self.start()
        await self._send({"type": "http.response.body", "body": out, "more_body": True})

    async def close(self) -> None:
        """Ends the stream as complete."""
        self._watch.end()
        await self._send({"type": "http.response.body", "body": b""})
