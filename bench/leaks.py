"""The leak matrix whole: `python -m bench.leaks [--seed S] [--one-of N]`, a part of `make bench`.

Every recorded answer with a secret at every place, cut over texts that clients join, in deltas of every size, and its
bytes cut everywhere, under a policy that blocks and one that redacts. Prints how many were tried and the first leaks.
"""

import argparse
import sys
from collections import Counter
from random import Random
from time import perf_counter

from tests.recorded.cases import GUARDS, Case, matrix

SHOWN = 10
"""Leaks that are printed of each kind."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.leaks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one-of", type=int, default=1)
    options = parser.parse_args()
    leaked = 0
    for kind, cases in matrix(Random(options.seed)).items():
        began = perf_counter()
        tried = 0
        found: Counter[str] = Counter()
        for number, case in enumerate(cases):
            if number % options.one_of:
                continue
            for policy in GUARDS if kind != "bytes cut everywhere" else [list(GUARDS)[number % len(GUARDS)]]:
                tried += 1
                text = case.leak(GUARDS[policy])
                if text is not None:
                    found[case.recording.name] += 1
                    if found.total() <= SHOWN:
                        print(_shown(policy, case, text))
        leaked += found.total()
        print(f"{kind:26} {tried:8,} tried  {found.total():4} leaks  {perf_counter() - began:6.0f} s", flush=True)
    print("nothing leaked" if not leaked else f"{leaked} leaks")
    return 1 if leaked else 0


def _shown(policy: str, case: Case, text: str) -> str:
    return f"  {policy}, {case.recording.name}, {case.what}: {case.secret!r} is seen in {text[:200]!r}"


if __name__ == "__main__":
    sys.exit(main())
