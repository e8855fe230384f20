"""The pool: solver processes that are warm before they are needed, and replaced when they overrun.

`ask` blocks its thread and always answers. It waits for a free worker no longer than the time limit, and as long again
for the answer: a worker that is too slow, crashes or runs out of memory is killed, and the answer is "budget". Each
place in the pool has a thread that starts a worker, waits for its end, whatever ended it, and starts the next one.
Answers are remembered, for the same question has the same answer.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Cases, Decide, Decision, FindCases, NoCase, NoRepair, Question, Repaired, Reply
from guardproxy.solving.frames import ConnectionLost
from guardproxy.solving.process import WorkerProcess

_REMEMBERED: Final = 1_000
"""Answers that are remembered."""
_SHORTEST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
"""Seconds between two attempts to start a worker; each after one that did not live for `_SHORT_LIFE` waits longer."""
_SHORT_LIFE: Final = 1.0


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

    A question with many entries may take longer, see `logic.budget.patience`.

    `on_answer` is called with each answer and the seconds it took, in the thread that asked.
    """

    def __init__(
        self,
        workers: int = 1,
        memory_mb: int = 512,
        timeout_s: float = 10.0,
        budget: Budget | None = None,
        on_answer: Callable[[Reply, float], None] | None = None,
    ) -> None:
        self.counts = Counts()
        self._workers, self._memory_mb, self._timeout = workers, memory_mb, timeout_s
        self._budget = budget or Budget()
        self._on_answer = on_answer
        self._idle: list[WorkerProcess] = []
        self._alive: set[WorkerProcess] = set()
        self._known: OrderedDict[Question, Reply] = OrderedDict()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._closed = threading.Event()
        for _ in range(workers):
            threading.Thread(target=self._keep_one, name="solver-keeper", daemon=True).start()

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

    def knows(self, question: Question) -> bool:
        """Whether the answer is remembered, so that `ask` needs no worker."""
        return self._recall(question) is not None

    def close(self) -> None:
        """Ends all workers. Questions asked from now on are answered by "budget"."""
        self._closed.set()
        with self._changed:
            workers, self._alive = self._alive, set()
            idle, self._idle = self._idle, []
            self._changed.notify_all()
        for worker in workers:
            worker.stop()
        for worker in idle:
            worker.kill()

    def _solve(self, question: Question) -> Reply:
        worker = self._take()
        if worker is None:
            return undecided(question)
        try:
            reply = worker.ask(question)
        except ConnectionLost:
            self._forget(worker)
            worker.kill()
            return undecided(question)
        self._put_back(worker)
        return reply if _answers(question, reply) else undecided(question)

    # --- workers ------------------------------------------------------------------------------------------------------

    def _take(self) -> WorkerProcess | None:
        """A worker that is free within the time limit, for this thread alone."""
        with self._changed:
            self._changed.wait_for(lambda: self._idle or self._closed.is_set(), self._timeout)
            return self._idle.pop() if self._idle else None

    def _put_back(self, worker: WorkerProcess) -> None:
        with self._changed:
            usable = worker in self._alive
            if usable:
                self._idle.append(worker)
                self._changed.notify_all()
        if not usable:
            worker.kill()

    def _forget(self, worker: WorkerProcess) -> bool:
        """The worker answers no more. True if no thread had taken it, so that the caller has it now."""
        with self._changed:
            self._alive.discard(worker)
            was_idle = worker in self._idle
            if was_idle:
                self._idle.remove(worker)
            return was_idle

    def _keep_one(self) -> None:
        """One place of the pool, until it is closed."""
        pause = 0.0
        while not self._closed.wait(pause):
            began = time.monotonic()
            try:
                self._run_one()
            except (ConnectionLost, OSError):
                began = time.monotonic()
            lived_long = time.monotonic() - began > _SHORT_LIFE
            pause = 0.0 if lived_long else min(max(2 * pause, _SHORTEST_PAUSE), _LONGEST_PAUSE)

    def _run_one(self) -> None:
        """Starts a worker and waits for its end. Raises `ConnectionLost` or OSError if it does not start."""
        worker = WorkerProcess(self._budget, self._memory_mb, self._timeout)
        with self._changed:
            closed = self._closed.is_set()
            if not closed:
                self._alive.add(worker)
                self._idle.append(worker)
                self._changed.notify_all()
        if closed:
            worker.kill()
            return
        worker.wait()
        if self._forget(worker):
            worker.kill()
        with self._lock:
            self.counts.replaced += not self._closed.is_set()

    # --- memory -------------------------------------------------------------------------------------------------------

    def _recall(self, question: Question) -> Reply | None:
        if isinstance(question, FindCases):
            return None
        with self._lock:
            if question in self._known:
                self._known.move_to_end(question)
            return self._known.get(question)

    def _remember(self, question: Question, reply: Reply) -> None:
        """What was not decided is asked again another time, and so is what is asked before a policy serves."""
        if is_undecided(reply) or isinstance(question, FindCases):
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
    match question:
        case Decide():
            return Decision.BUDGET
        case FindCases(_, wanted):
            return Cases((NoCase.BUDGET,) * len(wanted))
    return NoRepair(budget=True)


def is_undecided(reply: Reply) -> bool:
    match reply:
        case NoRepair(budget):
            return budget
        case Cases(found):
            return NoCase.BUDGET in found
    return reply is Decision.BUDGET


def _answers(question: Question, reply: object) -> bool:
    match question:
        case Decide():
            return isinstance(reply, Decision)
        case FindCases(_, wanted):
            return isinstance(reply, Cases) and len(reply.found) == len(wanted)
    return isinstance(reply, Repaired | NoRepair)
