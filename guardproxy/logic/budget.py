"""How much a solver may spend on a question."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """The limit of one check (a question takes a few): steps of Z3's own count, and milliseconds.

    The steps decide, so that a question gets the same answer on every machine; the time is the net below them.
    """

    steps: int = 2_000_000
    milliseconds: int = 2_000
