"""The solver for commands: one process, started by the first question, and waited for rather than given up on."""

from collections.abc import Iterator
from contextlib import contextmanager

from guardproxy.logic.questions import Ask, Question, Reply
from guardproxy.solving.pool import SolverPool


class Solver:
    """Most policies are decided without one, so no process is started before it is needed. Close it at the end."""

    def __init__(self) -> None:
        self._pool: SolverPool | None = None

    def ask(self, question: Question) -> Reply:
        if self._pool is None:
            self._pool = SolverPool(workers=1)
        self._pool.warm()
        return self._pool.ask(question)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()


@contextmanager
def solver() -> Iterator[Ask]:
    process = Solver()
    try:
        yield process.ask
    finally:
        process.close()
