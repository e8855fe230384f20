"""Which texts go where no rule judges them: beside an answer, or back to the model that is asked again.

What rules look for in texts decides it, whether they apply or not: where a text goes, nobody may be able to say later.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cached_property

from guardproxy.checks.timing import span_variable
from guardproxy.ir.policy import OutcomeKind, Rule
from guardproxy.ir.terms import Finder, FoundInText
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.text_gate import Halt, TextGate, Watch, WatchList


class Way(Enum):
    """How a text leaves without being judged."""

    BESIDE = "a string that stands beside the answer and is passed on as it is"
    TOLD = "what the model is told about a rule"
    REPEATED = "the model's own refused answer, shown to it again"


_COUNTING: Mapping[OutcomeKind, frozenset[Way]] = {
    "block": frozenset(Way),
    "hold": frozenset(Way),
    "redact": frozenset(Way),
    "replace": frozenset(Way),
    "cut": frozenset(Way),
    "append": frozenset(Way),
    # The model has to see what it is to say differently, and said it itself.
    "ask again": frozenset({Way.BESIDE, Way.TOLD}),
    "warn": frozenset(),
}
"""On which ways a text is stopped in which a rule with this outcome finds something."""


class KeptBack:
    """What some rules keep out of texts. An empty text is never kept back."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        # Nearly every exchange asks for this one, so it is made when policies load.
        self._beside = FinderSet(finders_on(Way.BESIDE, self._rules))

    def is_harmless(self, text: str) -> bool:
        """Whether nothing stands in a text that some rule, in some case, keeps out of any text."""
        return not (text and self._beside.any(text))

    def gate(self) -> TextGate:
        """Lets such a text through while it arrives, and halts where something stands in it that is kept back."""
        return TextGate(self._watches)

    def may_be_told(self, text: str) -> bool:
        """Whether the model may read a text: no rule keeps anything in it out of what it says."""
        return not (text and self._told.any(text))

    def may_be_repeated(self, text: str) -> bool:
        """Whether the model may be shown this text of its own again: nothing in it is kept out of answers."""
        return not (text and self._repeated.any(text))

    @cached_property
    def _watches(self) -> WatchList:
        return WatchList([Watch(finder, "", Halt()) for finder in finders_on(Way.BESIDE, self._rules)])

    @cached_property
    def _told(self) -> FinderSet:
        return FinderSet(finders_on(Way.TOLD, self._rules))

    @cached_property
    def _repeated(self) -> FinderSet:
        return FinderSet(finders_on(Way.REPEATED, self._rules))


def finders_on(way: Way, rules: Iterable[Rule]) -> tuple[Finder, ...]:
    """What is looked for in a text on this way, each once.

    Rules about the reply alone say nothing of what stands beside it.
    """
    found: dict[Finder, None] = {}
    for rule in rules:
        variable = span_variable(rule) if way in _COUNTING[rule.otherwise.kind] else None
        origin = variable.origin if variable is not None else None
        if isinstance(origin, FoundInText) and (origin.scope == "any" or way is not Way.BESIDE):
            found |= dict.fromkeys(origin.finders)
    return tuple(found)
