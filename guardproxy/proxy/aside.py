"""Work that would hold the event loop up, done aside in a thread, so that others wait for milliseconds only.

The search engine lets other threads run while it searches, and what is Python takes turns. Short work, which is nearly
all, stays on the loop: a thread costs more than it takes.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LONG = 8_000
"""Characters from which on judging is done aside: some milliseconds of one core. Parsing is many times faster."""

_THREADS = 2
"""At once; what is long waits for what is long, and for nothing else does anybody wait."""


class Aside:
    """The threads for it. Work that was begun is finished even if nobody waits for it any more."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "long")

    async def run(self, size: int, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What `work` returns or raises; `size` says whether it is long."""
        if size <= LONG:
            return work(*args, **named)
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(context.run, partial(work, *args, **named)))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
