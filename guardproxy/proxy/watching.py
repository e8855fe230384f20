"""Which exchanges are under way, which of their clients have left, and which take too long.

Most exchanges are over before a task that watches their client would pay for itself. So one task for all looks around
every `_TICK` seconds and begins to watch those that it sees for the second time.
"""

import asyncio
from collections.abc import Callable

from guardproxy.proxy.replies import Receive
from guardproxy.settings import Timeouts

_TICK = 0.05


class Watch:
    """One exchange, which is the current task. It is cancelled, and one of these is true, when

    `left`: the client has left; `too_slow`: its request did not arrive in time; `too_long`: the answer takes too long.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._looks = 0
        self._exchange = asyncio.current_task()
        self._receive: Receive | None = None
        self._task: asyncio.Task[None] | None = None
        self._over = False
        self.left = self.too_slow = self.too_long = False

    def expect(self, receive: Receive) -> None:
        """The request has been read: from now on the client says nothing but that it leaves."""
        self._receive = receive
        self._looks = 0

    def look(self) -> None:
        """The second time, the client is watched from now on; after so many times, the exchange ends."""
        self._looks += 1
        if self._over or self._exchange is None:
            return
        seconds = self._looks * _TICK
        if self._receive is None:
            self.too_slow = seconds > self._timeouts.request_body
        else:
            self.too_long = seconds > self._timeouts.answer
            if self._looks > 1 and self._task is None:
                self._task = asyncio.create_task(self._wait(self._receive))
        if self.too_slow or self.too_long:
            self._over = True
            self._exchange.cancel()

    async def _wait(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if not self._over and self._exchange is not None:
            self.left = True
            self._exchange.cancel()

    def end(self) -> None:
        """The answer is complete, or never will be; the server may report the client as gone from now on."""
        self._over = True
        if self._task is not None:
            self._task.cancel()


class UnderWay:
    """All exchanges of this process, by their watches. `look` is called at each tick after the watches."""

    def __init__(self, timeouts: Timeouts, look: Callable[[], None]) -> None:
        self._timeouts, self._look = timeouts, look
        self._watches: set[Watch] = set()

    def __len__(self) -> int:
        return len(self._watches)

    def enter(self) -> Watch:
        watch = Watch(self._timeouts)
        self._watches.add(watch)
        return watch

    def leave(self, watch: Watch) -> None:
        self._watches.discard(watch)
        watch.end()

    async def tick(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await asyncio.sleep(_TICK)
            for watch in tuple(self._watches):
                watch.look()
            self._look()
