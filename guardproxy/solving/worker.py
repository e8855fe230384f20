"""A process that answers questions: `python -m guardproxy.solving.worker`, started by the pool and by nobody else.

It reads its limits (budget, megabytes, seconds) and then questions from its standard input, and writes the answers to
its standard output. It ends when its input does, so it does not outlive the proxy; it ignores Ctrl-C, which is meant
for the proxy; and a timer of the kernel ends it when an answer takes much too long, should nobody be left to do so.
"""

import os
import resource
import signal
import sys
from contextlib import suppress

from guardproxy.ir.build import TRUE
from guardproxy.logic.budget import patience
from guardproxy.logic.questions import Decide
from guardproxy.logic.solver import SolverBroken, answer, limit_memory, new_context
from guardproxy.solving.frames import ConnectionLost, receive, send


def main() -> None:
    """Answers until the input ends. Whatever goes wrong ends the process, and the pool starts another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions, answers = os.dup(sys.stdin.fileno()), os.dup(sys.stdout.fileno())
    # Nothing that a library prints may end up among the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        budget, memory_mb, seconds = receive(questions)
        _limit_memory(memory_mb)
        send(answers, answer(Decide(TRUE), budget))
        while True:
            context = new_context()
            question = receive(questions)
            signal.setitimer(signal.ITIMER_REAL, patience(question, seconds))
            send(answers, answer(question, budget, context))
            signal.setitimer(signal.ITIMER_REAL, 0)
    except ConnectionLost:
        return
    except (SolverBroken, MemoryError) as error:
        sys.exit(f"guardproxy: a solver process ends: {error or 'out of memory'}")


def _limit_memory(megabytes: int) -> None:
    """For Z3 by its own count, and for the whole process by the kernel, where the system has such a limit."""
    limit_memory(megabytes)
    limit, (_, hard) = megabytes * 1024 * 1024, resource.getrlimit(resource.RLIMIT_AS)
    with suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


if __name__ == "__main__":
    main()
