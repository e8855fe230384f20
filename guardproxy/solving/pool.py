"""The pool: solver processes that are warm before they are needed, and replaced when they overrun.

`ask` blocks its thread and always answers. It waits for a free worker no longer than the time limit, and as long again
for the answer: a worker that is too slow, crashes or runs out of memory is killed, another one is started in the
background, and the answer is "budget". Answers are remembered, for the same question has the same answer.
"""

import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Decide, Decision, NoRepair, Question, Repaired, Reply
from guardproxy.solving.frames import ConnectionLost
from guardproxy.solving.process import WorkerProcess

_REMEMBERED: Final = 1_000
"""Answers that are remembered."""
_LONGEST_PAUSE: Final = 5.0
"""Seconds between two attempts to start a worker, at most."""


@dataclass(slots=True)
class Counts:
    """Since the start: questions asked, those answered from memory, those not decided, workers replaced.

    `seconds` is the time that callers waited, in all.
    """

    asked: int = 0
    remembered: int = 0
    budget: int = 0
    replaced: int = 0
    seconds: float = 0.0


class SolverPool:
    """Answers questions in `workers` processes of at most `memory_mb` each, within `timeout_s`. Safe to share.

    `on_answer` is called with each answer and the seconds it took, in the thread that asked.
    """

    def __init__(
        self,
        workers: int = 1,
        memory_mb: int = 512,
        timeout_s: float = 2.0,
        budget: Budget | None = None,
        on_answer: Callable[[Reply, float], None] | None = None,
    ) -> None:
        self.counts = Counts()
        self._workers, self._memory_mb, self._timeout = workers, memory_mb, timeout_s
        self._budget = budget or Budget(milliseconds=max(1, int(timeout_s * 1000)))
        self._on_answer = on_answer
        self._idle: queue.Queue[WorkerProcess] = queue.Queue()
        self._alive: set[WorkerProcess] = set()
        self._known: OrderedDict[Question, Reply] = OrderedDict()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._closed = threading.Event()
        for _ in range(workers):
            self._start_in_background()

    @property
    def ready(self) -> bool:
        """Whether a worker is there to answer, warmed up."""
        return bool(self._alive) and not self._closed.is_set()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that are ready."""
        with self._lock:
            return tuple(worker.pid for worker in self._alive)

    def warm(self, timeout_s: float = 30.0) -> bool:
        """Waits until all workers are ready; False when they are not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._alive) >= self._workers or self._closed.is_set(), timeout_s)

    def ask(self, question: Question) -> Reply:
        """The answer, or "budget" where none was found in time. Blocks."""
        started = time.monotonic()
        reply = self._recall(question)
        remembered = reply is not None
        if reply is None:
            reply = self._solve(question)
            self._remember(question, reply)
        self._count(reply, remembered, time.monotonic() - started)
        return reply

    def close(self) -> None:
        """Ends all workers. Questions asked from now on are answered by "budget"."""
        self._closed.set()
        with self._changed:
            workers, self._alive = self._alive, set()
            self._changed.notify_all()
        for worker in workers:
            worker.stop()
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().kill()

    def _solve(self, question: Question) -> Reply:
        if self._closed.is_set():
            return undecided(question)
        try:
            worker = self._idle.get(timeout=self._timeout)
        except queue.Empty:
            return undecided(question)
        try:
            reply = worker.ask(question)
        except ConnectionLost:
            self._replace(worker)
            return undecided(question)
        self._put_back(worker)
        return reply if _answers(question, reply) else undecided(question)

    # --- workers ------------------------------------------------------------------------------------------------------

    def _put_back(self, worker: WorkerProcess) -> None:
        if self._closed.is_set():
            worker.kill()
        else:
            self._idle.put(worker)

    def _replace(self, worker: WorkerProcess) -> None:
        with self._changed:
            self._alive.discard(worker)
        worker.kill()
        if not self._closed.is_set():
            with self._lock:
                self.counts.replaced += 1
            self._start_in_background()

    def _start_in_background(self) -> None:
        threading.Thread(target=self._start, name="solver-start", daemon=True).start()

    def _start(self) -> None:
        pause = 0.1
        while not self._closed.is_set():
            try:
                worker = WorkerProcess(self._budget, self._memory_mb, self._timeout)
            except (ConnectionLost, OSError):
                self._closed.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._add(worker)
                return

    def _add(self, worker: WorkerProcess) -> None:
        with self._changed:
            closed = self._closed.is_set()
            if not closed:
                self._alive.add(worker)
                self._idle.put(worker)
                self._changed.notify_all()
        if closed:
            worker.kill()

    # --- memory -------------------------------------------------------------------------------------------------------

    def _recall(self, question: Question) -> Reply | None:
        with self._lock:
            if question in self._known:
                self._known.move_to_end(question)
            return self._known.get(question)

    def _remember(self, question: Question, reply: Reply) -> None:
        """What was not decided is asked again another time."""
        if is_undecided(reply):
            return
        with self._lock:
            self._known[question] = reply
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _count(self, reply: Reply, remembered: bool, seconds: float) -> None:
        with self._lock:
            self.counts.asked += 1
            self.counts.remembered += remembered
            self.counts.budget += is_undecided(reply)
            self.counts.seconds += seconds
        if self._on_answer:
            self._on_answer(reply, seconds)


def undecided(question: Question) -> Reply:
    """The answer of a solver that did not finish."""
    return Decision.BUDGET if isinstance(question, Decide) else NoRepair(budget=True)


def is_undecided(reply: Reply) -> bool:
    return reply is Decision.BUDGET or (isinstance(reply, NoRepair) and reply.budget)


def _answers(question: Question, reply: object) -> bool:
    return isinstance(reply, Decision) if isinstance(question, Decide) else isinstance(reply, Repaired | NoRepair)
