"""Several workers: each a process of its own that accepts from the same socket; the parent keeps the admin port.

A worker that dies is replaced. Metrics are kept in files that the parent adds up when it is asked.
"""

import asyncio
import multiprocessing
import os
import signal
import socket
import tempfile
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import uvloop

from guardproxy.proxy.app import Ready
from guardproxy.settings import Settings
from guardproxy.telemetry import metrics

Work = Callable[[Settings, socket.socket, Connection], None]
ServeAdmin = Callable[[Ready], Awaitable[None]]

_LOOK_EVERY = 0.1
_PAUSE = 1.0
"""Seconds before a worker that died is replaced: one that cannot start must not be started in a circle."""


class Worker:
    """One process. `ready` as it has last said."""

    def __init__(self, work: Work, settings: Settings, main: socket.socket) -> None:
        context = multiprocessing.get_context("spawn")
        self._hears, says = context.Pipe(duplex=False)
        self.process: BaseProcess = context.Process(target=work, args=(settings, main, says), name="guardproxy-worker")
        self.process.start()
        says.close()
        self._ready = False

    @property
    def ready(self) -> bool:
        try:
            while self.process.is_alive() and self._hears.poll():
                self._ready = bool(self._hears.recv())
        except EOFError:
            return False
        return self._ready and self.process.is_alive()


class Workers:
    """Keeps the wanted number of workers alive until it is told to stop."""

    def __init__(self, settings: Settings, main: socket.socket, work: Work) -> None:
        self._settings, self._main, self._work = settings, main, work
        self._signals = 0
        self._workers = [self._new() for _ in range(settings.workers)]

    def _new(self) -> Worker:
        return Worker(self._work, self._settings, self._main)

    @property
    def ready(self) -> bool:
        return not self._signals and all(worker.ready for worker in self._workers)

    def stop(self) -> None:
        """The first call lets the workers finish what is under way, the second does not."""
        self._signals += 1
        for worker in self._workers:
            if worker.process.is_alive() and worker.process.pid is not None:
                os.kill(worker.process.pid, signal.SIGTERM)

    async def watch(self) -> None:
        """Until all workers have ended after `stop`, replacing those that end before it."""
        while not (self._signals and not any(worker.process.is_alive() for worker in self._workers)):
            for index, worker in enumerate(self._workers):
                if not self._signals and not worker.process.is_alive():
                    await self._replace(index, worker)
            await asyncio.sleep(_LOOK_EVERY)

    async def _replace(self, index: int, dead: Worker) -> None:
        if dead.process.pid is not None:
            metrics.forget_process(dead.process.pid)
        await asyncio.sleep(_PAUSE)
        if not self._signals:
            self._workers[index] = self._new()


def run_workers(
    settings: Settings, main: socket.socket, work: Work, serve_admin: ServeAdmin, when_ready: Callable[[], None]
) -> None:
    """Runs workers and, in this process, the admin port, until a signal. `when_ready` is called once, if ever."""
    with tempfile.TemporaryDirectory(prefix="guardproxy-metrics-") as folder:
        os.environ[metrics.MULTIPROCESS] = folder
        uvloop.run(_supervise(settings, main, work, serve_admin, when_ready))
        del os.environ[metrics.MULTIPROCESS]


async def _supervise(
    settings: Settings, main: socket.socket, work: Work, serve_admin: ServeAdmin, when_ready: Callable[[], None]
) -> None:
    workers = Workers(settings, main, work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, workers.stop)
    admin = asyncio.ensure_future(serve_admin(lambda: workers.ready))
    telling = asyncio.ensure_future(_tell_when_ready(workers, when_ready))
    await workers.watch()
    for task in (admin, telling):
        task.cancel()
    await asyncio.gather(admin, telling, return_exceptions=True)


async def _tell_when_ready(workers: Workers, tell: Callable[[], None]) -> None:
    while not workers.ready:
        await asyncio.sleep(_LOOK_EVERY)
    tell()
