"""`python -m bench [--seconds S] [--rounds N] [--policy NAME ...]`: guarding against passing on, in one run.

Rounds alternate between the two proxies, which share one core; model and load share another. What counts on a machine that does
other work too is the rate per CPU second of the proxy; both are shown.
"""

import argparse
import os
import statistics
import sys

from bench.paired import added_milliseconds
from bench.processes import OTHER_CORE, PROXY_CORE, Round, loaded, started

MODEL, GUARDING, PASSING = 9100, 9101, 9102
CONNECTIONS = 64
TARGETS = {"answers": 0.70, "events": 0.60}
MOST_ADDED_MS = 0.5


def main() -> int:
    options = _options()
    upstream = f"http://127.0.0.1:{MODEL}/v1"
    proxy = [sys.executable, "-m", "bench.proxies"]
    with (
        started([sys.executable, "-m", "bench.model", str(MODEL)], MODEL, OTHER_CORE),
        started([*proxy, "guarding", str(GUARDING), upstream, *options.policies], GUARDING, PROXY_CORE) as guarding,
        started([*proxy, "passing", str(PASSING), upstream], PASSING, PROXY_CORE) as passing,
    ):
        met = True
        for kind in ("answers", "events"):
            met = _compared(kind, {"guarding": (guarding, GUARDING), "passing on": (passing, PASSING)}, options) and met
        os.sched_setaffinity(0, {OTHER_CORE})
        added, with_checks, without = added_milliseconds(GUARDING, PASSING, options.pairs)
        met = met and added <= MOST_ADDED_MS
        print(f"\nadded p50 at concurrency 1: {added:.3f} ms ({with_checks:.3f} with, {without:.3f} without; at most {MOST_ADDED_MS})")
    print("all targets met" if met else "not all targets met")
    return 0 if met else 1


def _compared(kind: str, proxies: dict[str, tuple[int, int]], options: argparse.Namespace) -> bool:
    rounds: dict[str, list[Round]] = {name: [] for name in proxies}
    stream = kind == "events"
    for name, (pid, port) in proxies.items():
        loaded(pid, port, CONNECTIONS, 1, stream)
    for _ in range(options.rounds):
        for name, (pid, port) in proxies.items():
            rounds[name].append(loaded(pid, port, CONNECTIONS, options.seconds, stream))
    print(f"\n{kind}, {CONNECTIONS} connections, median of {options.rounds} rounds of {options.seconds} s")
    for name, found in rounds.items():
        per_second, per_cpu, p50, p99 = (
            statistics.median(v) for v in zip(*((r.per_second, r.per_cpu_second, r.p50, r.p99) for r in found), strict=True)
        )
        errors = sum(r.errors for r in found)
        print(f"  {name:10} {per_second:9.0f}/s  {per_cpu:9.0f} per CPU second  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  errors {errors}")
    share = _share(rounds, "per_second")
    print(f"  share      {share:9.1%}    {_share(rounds, 'per_cpu_second'):9.1%}                 at least {TARGETS[kind]:.0%}")
    return share >= TARGETS[kind] and not any(r.errors for found in rounds.values() for r in found)


def _share(rounds: dict[str, list[Round]], what: str) -> float:
    guarding, passing = (statistics.median(getattr(r, what) for r in rounds[name]) for name in ("guarding", "passing on"))
    return float(guarding / passing) if passing else 0.0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--policy", dest="policies", action="append")
    options = parser.parse_args()
    options.policies = options.policies or ["privacy", "lending"]
    return options


if __name__ == "__main__":
    sys.exit(main())
