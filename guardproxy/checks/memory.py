"""What was decided before, so that no rule is evaluated, and no solver asked, twice for the same values.

`Decisions` are shared by all exchanges of one set of policies. A `Memory` belongs to one answer: its questions that the
solver did not finish are not asked again for it, and are asked anew for the next answer.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from guardproxy.checks.verdict import Status
from guardproxy.ir.types import State, Value
from guardproxy.logic.questions import Decide, Decision, Reply

_MOST_DECISIONS = 16_384
_LONGEST_TEXT = 64
_LONGEST_LIST = 16

MOST_EARLY_QUESTIONS = 32
"""So many questions are asked about one answer while it arrives; what they leave open is decided at its end."""

Key: TypeAlias = Hashable


class Decisions:
    """The status of a rule, by its position and the values it read. Bounded: the oldest half goes when it is full."""

    def __init__(self) -> None:
        self._known: dict[Key, Status] = {}

    def get(self, key: Key) -> Status | None:
        return None if key is None else self._known.get(key)

    def put(self, key: Key, status: Status) -> None:
        """`BUDGET` is not kept: the next answer may be luckier."""
        if key is None or status is Status.BUDGET:
            return
        if len(self._known) >= _MOST_DECISIONS:
            for old in list(self._known)[: _MOST_DECISIONS // 2]:
                self._known.pop(old, None)  # long answers are judged in threads of their own
        self._known[key] = status


def key_of(position: int, values: Sequence[Value]) -> Key:
    """A short key for a rule and what it read, or None: long texts and records of answers are not kept."""
    return (position, *values) if all(map(_is_short, values)) else None


def _is_short(value: Value) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    if isinstance(value, tuple):
        return len(value) <= _LONGEST_LIST and all(map(_is_short, value))
    return value.__class__ in _SCALARS


_SCALARS = (State, bool, int, Fraction)


@dataclass(slots=True)
class Memory:
    """What is remembered of one answer while it is judged."""

    decisions: Decisions = field(default_factory=Decisions)
    last: dict[tuple[int, int], tuple[Sequence[Value], Status | None]] = field(default_factory=dict)
    """What each rule last said for each occurrence, with which values, while the answer arrives; None: not decided."""
    wanted: dict[Decide, None] = field(default_factory=dict)
    """The questions on which something waits now."""
    arriving: bool = False
    """Whether the answer is still arriving, so that not every question has to be asked now."""
    _replies: dict[Decide, Decision] = field(default_factory=dict)

    def reply_to(self, question: Decide) -> Decision | None:
        return self._replies.get(question)

    def learn(self, question: Decide, reply: Reply) -> Decision:
        """Keeps the reply; whatever is no decision means that the solver did not finish."""
        decision = reply if isinstance(reply, Decision) else Decision.BUDGET
        self._replies[question] = decision
        self.wanted.pop(question, None)
        return decision

    def want(self, question: Decide) -> None:
        if not self.arriving or len(self._replies) + len(self.wanted) < MOST_EARLY_QUESTIONS:
            self.wanted[question] = None
