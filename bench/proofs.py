"""How long proving and comparing a large policy takes: `python -m bench.proofs`. Targets: 2 s and 1 s on one core."""

import time
from collections.abc import Callable
from typing import TypeVar

from bench.large_policy import large_policy
from guardproxy.ir.policy import Policy
from guardproxy.pipeline import compile_policy
from guardproxy.proofs.difference import difference
from guardproxy.proofs.findings import prove_policy
from guardproxy.solving.pool import SolverPool

T = TypeVar("T")


def main() -> None:
    old, new = _policy(1), _policy(2)
    pool = SolverPool(workers=1)
    try:
        pool.warm()
        findings, seconds = _timed(lambda: prove_policy(old, pool.ask))
        print(f"proofs of {len(old.rules)} rules  {seconds:6.2f} s  {len(findings.diagnostics)} findings")
        print(f"  {findings.proved}")
        print(f"  {findings.survey.questions} questions, {findings.survey.sought} cases sought")
        found, seconds = _timed(lambda: difference(old, new, pool.ask))
        print(f"difference             {seconds:6.2f} s  {len(found.changes)} changes, {found.result}")
    finally:
        pool.close()


def _policy(version: int) -> Policy:
    compilation = compile_policy(large_policy(version=version), f"version-{version}.policy")
    if compilation.policy is None:
        raise SystemExit("\n".join(d.message for d in compilation.diagnostics))
    return compilation.policy


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
