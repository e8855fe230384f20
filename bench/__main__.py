"""`python -m bench [--seconds S] [--rounds N] [--policy NAME ...]`: guarding against passing on, in one run.

Rounds alternate between the two proxies, which share one core; model and load share another. On a machine that does
other work too, the rate per CPU second of the proxy is the one to look at; both are shown.
"""

import argparse
import os
import sys

from bench.paired import added_milliseconds
from bench.processes import OTHER_CORE, PROXY_CORE, Round, loaded, median, shown, started

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
        print(f"\nadded p50 at concurrency 1: {added:.3f} ms, at most {MOST_ADDED_MS}", end=" ")
        print(f"({with_checks:.3f} with checks, {without:.3f} without)")
    print("all targets met" if met else "not all targets met")
    return 0 if met else 1


def _compared(kind: str, proxies: dict[str, tuple[int, int]], options: argparse.Namespace) -> bool:
    rounds: dict[str, list[Round]] = {name: [] for name in proxies}
    stream = kind == "events"
    for pid, port in proxies.values():
        loaded(pid, port, CONNECTIONS, 1, stream)
    for _ in range(options.rounds):
        for name, (pid, port) in proxies.items():
            rounds[name].append(loaded(pid, port, CONNECTIONS, options.seconds, stream))
    print(f"\n{kind}, {CONNECTIONS} connections, median of {options.rounds} rounds of {options.seconds} s")
    guarding, passing = (median(found) for found in rounds.values())
    print(shown("guarding", guarding), shown("passing on", passing), sep="\n")
    share, by_cpu = guarding.per_second / passing.per_second, guarding.per_cpu_second / passing.per_cpu_second
    print(f"  share      {share:9.1%}   {by_cpu:9.1%}                 at least {TARGETS[kind]:.0%}")
    return share >= TARGETS[kind] and not guarding.errors and not passing.errors


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
