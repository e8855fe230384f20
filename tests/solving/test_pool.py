"""Workers are real processes here: asked, stopped, killed, starved, and always replaced."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from guardproxy.ir import build
from guardproxy.ir.terms import FieldOf, Term, Variable
from guardproxy.ir.types import Number, Text
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import (
    Adjustable,
    Case,
    Cases,
    Decide,
    Decision,
    FindCases,
    FindRepair,
    NoCase,
    NoRepair,
    Repaired,
    Reply,
)
from guardproxy.solving.pool import SolverPool

WHOLE = Number("whole", 0, 9, grid=1)
ANY = Number("whole", grid=1)


def field(name: str, of: Number) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


A, X, Y, Z = field("a", WHOLE), field("x", ANY), field("y", ANY), field("z", ANY)


def at_most(limit: int) -> Decide:
    return Decide(build.compare("at most", A, build.constant(limit, WHOLE)))


def sum_of_cubes(total: int) -> Decide:
    """Three cubes that add up to 33: there are some, of sixteen digits each."""
    cubes: list[Term] = [build.product(v, build.product(v, v)) for v in (X, Y, Z)]
    return Decide(build.compare("is", build.add(*cubes), build.constant(total, WHOLE)))


LOWER = Adjustable(A, "lowering", 7)


@pytest.fixture
def pool() -> Iterator[SolverPool]:
    pool = SolverPool(timeout_s=0.5, budget=Budget(steps=0, milliseconds=60_000))
    assert pool.warm()
    yield pool
    pool.close()


def worker_of(pool: SolverPool) -> int:
    (pid,) = pool.pids
    return pid


def eventually(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_questions_are_answered_and_remembered(pool: SolverPool) -> None:
    assert pool.ask(at_most(9)) is Decision.ALWAYS
    assert pool.ask(FindRepair((at_most(5).term,), (LOWER,))) == Repaired({A: 5})
    assert pool.ask(at_most(9)) is Decision.ALWAYS
    assert (pool.counts.asked, pool.counts.remembered, pool.counts.budget) == (3, 1, 0)


def test_many_questions_at_once_have_one_answer_each(pool: SolverPool) -> None:
    terms = (at_most(4).term, at_most(5).term)
    above_four = FindCases(terms, (((0, "false"), (1, "true")), ((0, "true"), (1, "false"))))
    assert pool.ask(above_four) == Cases((Case({A: 5}), NoCase.NONE))
    pool.close()
    assert pool.ask(above_four) == Cases((NoCase.BUDGET, NoCase.BUDGET))


def test_the_proxy_itself_never_loads_the_solver() -> None:
    code = "import sys, guardproxy.solving.pool; print('z3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_a_worker_that_overruns_is_replaced(pool: SolverPool) -> None:
    before = worker_of(pool)
    assert pool.ask(sum_of_cubes(33)) is Decision.BUDGET
    assert pool.warm()
    assert worker_of(pool) != before
    assert not is_running(before)
    assert pool.ask(at_most(5)) is Decision.DEPENDS
    assert (pool.counts.replaced, pool.counts.budget) == (1, 1)


@pytest.mark.parametrize("ending", [signal.SIGSTOP, signal.SIGKILL])
def test_a_worker_that_hangs_or_dies_is_replaced(pool: SolverPool, ending: signal.Signals) -> None:
    os.kill(worker_of(pool), ending)
    assert pool.ask(FindRepair((at_most(5).term,), (LOWER,))) in (NoRepair(budget=True), Repaired({A: 5}))
    assert pool.warm()
    assert pool.ask(FindRepair((at_most(5).term,), (LOWER,))) == Repaired({A: 5})


def test_a_worker_that_dies_while_nobody_asks_is_noticed_and_replaced(pool: SolverPool) -> None:
    before = worker_of(pool)
    os.kill(before, signal.SIGKILL)
    assert eventually(lambda: not pool.ready)
    assert pool.warm() and worker_of(pool) != before
    assert pool.ask(at_most(9)) is Decision.ALWAYS
    assert (pool.counts.replaced, pool.counts.budget) == (1, 0)


def test_a_worker_that_eats_memory_is_replaced() -> None:
    pool = SolverPool(timeout_s=20, memory_mb=200)
    try:
        assert pool.warm()
        note = Variable("note", Text(), FieldOf("order", "call", ("note",)))
        huge = build.compare("is", note, build.constant("x" * 60_000_000, Text()))
        assert pool.ask(Decide(huge)) is Decision.BUDGET
        assert pool.warm()
        assert pool.ask(at_most(9)) is Decision.ALWAYS
    finally:
        pool.close()


def test_the_same_budget_gives_the_same_answer_without_killing_anyone() -> None:
    pool = SolverPool(budget=Budget(steps=20_000))
    try:
        assert pool.warm()
        assert [pool.ask(sum_of_cubes(33)) for _ in range(3)] == [Decision.BUDGET] * 3
        assert pool.counts.replaced == 0
    finally:
        pool.close()


def test_many_threads_share_the_workers() -> None:
    heard: list[tuple[Reply, float]] = []
    pool = SolverPool(workers=2, on_answer=lambda reply, seconds: heard.append((reply, seconds)))
    try:
        assert pool.warm()
        threads = [threading.Thread(target=pool.ask, args=(at_most(limit),)) for limit in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(reply.value for reply, _ in heard if isinstance(reply, Decision)) == ["always"] + ["depends"] * 9
    finally:
        pool.close()


def test_control_c_is_meant_for_the_proxy(pool: SolverPool) -> None:
    before = worker_of(pool)
    os.kill(before, signal.SIGINT)
    assert pool.ask(at_most(5)) is Decision.DEPENDS
    assert worker_of(pool) == before


def test_a_closed_pool_has_no_workers_and_decides_nothing(pool: SolverPool) -> None:
    before = worker_of(pool)
    pool.close()
    assert eventually(lambda: not is_running(before))
    assert not pool.ready
    assert pool.ask(at_most(9)) is Decision.BUDGET


def test_workers_do_not_outlive_the_proxy() -> None:
    code = (
        "from guardproxy.solving.pool import SolverPool\n"
        "pool = SolverPool(); pool.warm(); print(*pool.pids, flush=True); input()"
    )
    proxy = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert proxy.stdout is not None
    worker = int(proxy.stdout.readline())
    proxy.kill()
    proxy.communicate()
    assert eventually(lambda: not is_running(worker))
