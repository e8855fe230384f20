"""How much a solver may spend on a question.

What decides is a count of Z3's own steps (`rlimit`), which is the same on every machine and under any load: `steps` for
each check of a `Decide` (two checks) or a `FindRepair` (some more), `case_steps` for each entry of a `FindCases`. Half
a million steps take 0.1 to 0.4 s of one core. The samples and ranges that come before are fixed in number too.

Time is only a net below it, for a solver that hangs without counting: `milliseconds` for each check, and for a whole
question what `patience` says, after which its process is killed. Both are many times what the steps take.
"""

from dataclasses import dataclass

from guardproxy.logic.questions import FindCases, Question


@dataclass(frozen=True, slots=True)
class Budget:
    """The limits of one check: steps of Z3's own count, and milliseconds."""

    steps: int = 500_000
    milliseconds: int = 10_000
    case_steps: int = 200_000


def patience(question: Question, seconds: float) -> float:
    """Seconds after which nobody waits for an answer any more; `seconds` for a question of one entry."""
    return seconds * (1 + len(question.wanted) / _ENTRIES) if isinstance(question, FindCases) else seconds


_ENTRIES = 10
"""Entries of a `FindCases` that are given as much time as any other question."""
