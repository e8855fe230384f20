"""What proving, comparing and compiling a policy of 200 rules over 30 values costs: `python -m bench.proofs [ROUNDS]`.

Proofs and comparisons are measured twice: as processor time with the solver in this process, and on the wall with the
solver in a process of its own, as in `guardproxy check`. Beside them, in the same minute, an empty policy and a loop of
plain Python, which say how fast the machine is just now. The rounds take turns.
"""

import sys
from collections.abc import Callable
from time import perf_counter

from bench.large_policy import large_policy
from bench.rounds import in_turn, processes_in_turn
from guardproxy.checks.engine import CompiledPolicies
from guardproxy.ir.policy import Policy
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Question, Reply
from guardproxy.logic.solver import answer
from guardproxy.pipeline import compile_policy
from guardproxy.proofs.difference import difference
from guardproxy.proofs.findings import prove_policy
from guardproxy.solving.pool import SolverPool

_SERVING = """
from bench.large_policy import large_policy
from guardproxy.checks.engine import CompiledPolicies
from guardproxy.pipeline import compile_policy
"""
_GOLDEN = "privacy"
Ask = Callable[[Question], Reply]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    pool = SolverPool(workers=1)
    try:
        pool.warm()
        _prove(pool, rounds)
    finally:
        pool.close()
    _start(rounds)


def _prove(pool: SolverPool, rounds: int) -> None:
    first, second = large_policy(version=1), large_policy(version=2)
    old, new = _compiled(first), _compiled(second)
    own = in_turn(
        {
            "a loop of plain Python": _loop,
            "an empty policy: compiled and made ready": lambda: CompiledPolicies([_compiled(_EMPTY)]),
            "compiled": lambda: _compiled(first),
            "made ready to judge": lambda: CompiledPolicies([old]),
            "all proofs, processor time": lambda: prove_policy(old, _here),
            "difference of two versions, processor time": lambda: difference(old, new, _here),
        },
        rounds,
    )
    wall = in_turn(
        {
            "all proofs, on the wall": lambda: prove_policy(old, pool.ask),
            "difference of two versions, on the wall": lambda: difference(old, new, pool.ask),
        },
        rounds,
        perf_counter,
    )
    aims = {"all proofs": "under 2 s", "difference": "under 1 s", "compiled": "under 0.5 s with the next"}
    print(f"200 rules over 30 values, median (least to greatest) of {rounds} rounds")
    for name, spread in {**own, **wall}.items():
        print(spread.shown(name, next((aim for start, aim in aims.items() if name.startswith(start)), "")))
    findings = prove_policy(old, pool.ask)
    print(f"  {findings.proved}")
    print(f"  {findings.survey.questions} questions, {findings.survey.sought} cases sought")


def _start(rounds: int) -> None:
    """A process for each: what is done once, such as reading the grammar of the language, is in it."""
    print("processor time of whole processes")
    commands = {
        "Python starts and ends": ["-c", "pass"],
        "... and imports Z3": ["-c", "import z3"],
        "... and imports what compiles and judges": ["-c", _SERVING],
        "... and makes the 200 rules ready to serve": [
            "-c",
            _SERVING + "CompiledPolicies([compile_policy(large_policy()).policy])",
        ],
        f"guardproxy check {_GOLDEN}": ["-m", "guardproxy", "check", _GOLDEN],
    }
    for name, spread in processes_in_turn(commands, rounds).items():
        print(spread.shown(name))


_EMPTY = 'policy "Empty" version 1\n'


def _compiled(text: str) -> Policy:
    compilation = compile_policy(text, "large.policy")
    if compilation.policy is None:
        raise SystemExit("\n".join(d.message for d in compilation.diagnostics))
    return compilation.policy


def _here(question: Question) -> Reply:
    return answer(question, Budget())


def _loop() -> int:
    total = 0
    for number in range(300_000):
        total += number & 7
    return total


if __name__ == "__main__":
    main()
