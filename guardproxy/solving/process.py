"""The pool's side of one worker process."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import guardproxy
from guardproxy.logic.budget import Budget, patience
from guardproxy.logic.questions import Question
from guardproxy.solving.frames import ConnectionLost, receive, send

_SLOWEST_START: Final = 30.0
_GRACE: Final = 5.0
"""Seconds after which the kernel ends a worker that is over its time and that nobody ended."""


class WorkerProcess:
    """Starting blocks until the worker has answered its first question. Raises `ConnectionLost` when it does not."""

    def __init__(self, budget: Budget, memory_mb: int, timeout_s: float) -> None:
        self._timeout = timeout_s
        self._process = subprocess.Popen(
            # -P: a file in the current folder must not be taken for one of our modules.
            [sys.executable, "-P", "-m", "guardproxy.solving.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._questions, self._answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        try:
            until = time.monotonic() + _SLOWEST_START
            send(self._questions, (budget, memory_mb, timeout_s + _GRACE), until)
            receive(self._answers, until)
        except ConnectionLost:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, question: Question) -> Any:
        """Raises `ConnectionLost`; the worker cannot be asked again after that."""
        until = time.monotonic() + patience(question, self._timeout)
        send(self._questions, question, until)
        return receive(self._answers, until)

    def wait(self) -> None:
        """Until the process has ended, whoever ended it."""
        self._process.wait()

    def stop(self) -> None:
        """Kills the process. A thread that waits for its answer gets `ConnectionLost`."""
        self._process.kill()

    def kill(self) -> None:
        """Kills the process and closes the pipes. For the thread that has the worker to itself."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _environment() -> dict[str, str]:
    """Ours, with the folder that this package was loaded from first: a worker runs the same code."""
    folder = str(Path(guardproxy.__file__).parent.parent)
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{known}" if known else folder}
