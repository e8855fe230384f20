"""Grammars and schemas while text arrives: one watch for each (text, shape), which says where no continuation conforms.

A text that may still conform is released: what a blocked answer leaves behind is a beginning of compliant text. From
the character on after which nothing conforms, nothing is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from guardproxy.checks.judging import known_status
from guardproxy.checks.observation import WHOLE_ANSWER, Observation
from guardproxy.checks.rewriting import reaction_of
from guardproxy.checks.rules import CompiledRule
from guardproxy.checks.timing import comes_with_answer
from guardproxy.checks.verdict import Status
from guardproxy.conformance import Watch, shape
from guardproxy.ir.terms import Conforms, Variable
from guardproxy.patterns.text_gate import Halt, Reaction


@dataclass(frozen=True, slots=True)
class Demanded:
    """A shape that a rule demands of what the user reads, and what the rule does about a text that has another."""

    rule: str
    conforms: Conforms
    reaction: Reaction


def demanded(
    rules: Iterable[tuple[CompiledRule, Variable]], seen: Observation
) -> tuple[list[Demanded], list[CompiledRule]]:
    """What is demanded in this case, and the rules for which that cannot be said yet."""
    known: list[Demanded] = []
    undecided: list[CompiledRule] = []
    for rule, variable in rules:
        pairs = zip(rule.variables, rule.fetches, strict=True)
        values = [False if v == variable else fetch(seen, WHOLE_ANSWER) for v, fetch in pairs]
        status = known_status(rule, values, seen.memory)
        more = any(v != variable and comes_with_answer(v) for v in rule.variables)
        if status is None or (status is Status.OPEN and more):
            undecided.append(rule)
            continue
        reaction = reaction_of(rule, status)
        if reaction is not None and isinstance(variable.origin, Conforms):
            known.append(Demanded(rule.rule.id, variable.origin, reaction))
    return known, undecided


_Watched: TypeAlias = list[tuple[Demanded, Watch]]


@dataclass
class ShapedText:
    """One text that the user reads: the shapes of what arrives and, where texts are rewritten, of what is sent."""

    demands: Sequence[Demanded]
    rewritten: bool
    broken: list[Demanded] = field(default_factory=list)
    """What the text, as it arrives or as it is sent, cannot conform to any more."""
    _arriving: _Watched = field(default_factory=list)
    _sent: _Watched = field(default_factory=list)

    def __post_init__(self) -> None:
        self._arriving = _watches(self.demands)
        self._sent = _watches(self.demands) if self.rewritten else []

    def arrives(self, text: str) -> int | None:
        """The offset from which on what has arrived does not conform; None: it may."""
        return self._read(self._arriving, text)

    def sends(self, text: str) -> int | None:
        """The offset, in all that was sent, from which on it does not conform; None: it may."""
        return self._read(self._sent, text)

    @property
    def blocks(self) -> bool:
        return any(isinstance(each.reaction, Halt) for each in self.broken)

    def _read(self, watched: _Watched, text: str) -> int | None:
        for each, watch in watched:
            if not watch.dead and not watch.feed(text):
                self.broken.append(each)
        return min((at for _, watch in watched if (at := watch.died_at) is not None), default=None)


def _watches(demands: Sequence[Demanded]) -> _Watched:
    return [(each, shape(each.conforms.what, each.conforms.text).watch()) for each in demands]
