"""Several things measured in turn, round after round, so that a busy minute falls on all of them alike."""

import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True)
class Spread:
    """What was measured in each round, in seconds."""

    seconds: Sequence[float]

    @property
    def middle(self) -> float:
        return median(self.seconds)

    def shown(self, name: str, aim: str = "", milliseconds: bool = False) -> str:
        """One line: the median, the least and the greatest, and what is aimed for."""
        unit, factor = ("ms", 1e3) if milliseconds else ("s", 1.0)
        low, high = min(self.seconds) * factor, max(self.seconds) * factor
        spread = f"{self.middle * factor:8.3f} {unit} ({low:.3f} to {high:.3f})"
        return f"{name:58}{spread:36}{aim}"


def in_turn(
    works: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = process_time
) -> dict[str, Spread]:
    """Seconds for each work by this clock; processor time of this process unless another is given."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = clock()
            work()
            found[name].append(clock() - began)
    return {name: Spread(seconds) for name, seconds in found.items()}


def processes_in_turn(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Spread]:
    """Seconds of processor time of each command of Python's, its own processes included."""

    def run(command: Sequence[str]) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, *command], capture_output=True, check=False)

    return in_turn({name: run(command) for name, command in commands.items()}, rounds, _of_children)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
