"""Which exchanges are under way, and which of their clients have left.

Most exchanges are over before a task that watches their client would pay for itself. So one task for all looks around
every `_TICK` seconds and begins to watch those that it sees for the second time.
"""

import asyncio
from collections.abc import Callable

from guardproxy.proxy.replies import Receive

_TICK = 0.05


class Watch:
    """One exchange, which is the current task. When the client leaves, the task is cancelled and `left` is true."""

    def __init__(self) -> None:
        self._exchange = asyncio.current_task()
        self._receive: Receive | None = None
        self._task: asyncio.Task[None] | None = None
        self._seen = False
        self._over = False
        self.left = False

    def expect(self, receive: Receive) -> None:
        """The request has been read: from now on the client says nothing but that it leaves."""
        self._receive = receive

    def look(self) -> None:
        """The second time, the client is watched from now on."""
        if self._seen and self._task is None and self._receive is not None and not self._over:
            self._task = asyncio.create_task(self._wait(self._receive))
        self._seen = True

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

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._watches: set[Watch] = set()

    def __len__(self) -> int:
        return len(self._watches)

    def enter(self) -> Watch:
        watch = Watch()
        self._watches.add(watch)
        return watch

    def leave(self, watch: Watch) -> None:
        self._watches.discard(watch)
        watch.end()

    async def tick(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await asyncio.sleep(_TICK)
            for watch in self._watches:
                watch.look()
            self._look()
