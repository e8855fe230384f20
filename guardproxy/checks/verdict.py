"""Verdicts: one status for each rule, one ending for the answer."""

from dataclasses import dataclass
from enum import Enum

from guardproxy.conversation import Answer


class Status(Enum):
    """What a rule says about an answer. `OPEN`: a value it needs is unknown. `BUDGET`: the solver did not finish."""

    NOT_APPLICABLE = "not applicable"
    COMPLIES = "complies"
    OPEN = "open"
    INVALID = "invalid"
    BUDGET = "budget"
    VIOLATED = "violated"

    def __init__(self, _: str) -> None:
        self.rank = len(self.__class__.__members__)
        """The later in the list above, the worse."""


class Ending(Enum):
    """What happens to the answer, weakest first: the strongest that any rule asks for wins."""

    ALLOWED = "allowed"
    WARNED = "warned"
    REWRITTEN = "rewritten"
    REPAIRED = "repaired"
    ASKED_AGAIN = "asked again"
    HELD = "held"
    BLOCKED = "blocked"

    def __init__(self, word: str) -> None:
        self.strength = len(self.__class__.__members__)
        self.delivers = word in ("allowed", "warned", "rewritten", "repaired")
        """Whether the answer, rewritten or not, reaches the client."""

    @property
    def header(self) -> str:
        """One of the four words of the `x-guardproxy-verdict` header."""
        return _HEADER[self]


_HEADER = {
    Ending.ALLOWED: "allowed",
    Ending.WARNED: "allowed",
    Ending.REWRITTEN: "rewritten",
    Ending.REPAIRED: "rewritten",
    Ending.ASKED_AGAIN: "blocked",
    Ending.HELD: "held",
    Ending.BLOCKED: "blocked",
}


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """The status of one rule, or of a declaration that the answer does not fit (`rule` is then the declaration's name).

    `call` is the index of the worst call where the rule is about calls.
    """

    policy: str
    rule: str
    status: Status
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole judgement of an answer.

    `by` are exactly the rules that asked for the ending. `notice` is what a blocked or held answer says instead.
    `answer` is what may be delivered: the answer itself, the rewritten one, or an empty one.
    """

    ending: Ending
    by: tuple[str, ...]
    rules: tuple[RuleVerdict, ...]
    answer: Answer
    notice: str = ""
    ask_again: int = 0
    """How often at most the model may be asked again, where that is the ending: the fewest that a rule allows."""
    reasons: tuple[str, ...] = ()
    """Where the ending is `asked again`: what was wrong, in plain words that the model may read, one for each rule."""

    def having(self, *statuses: Status) -> tuple[str, ...]:
        """The rules with one of these statuses, each once, in the policies' order."""
        return tuple(dict.fromkeys(r.rule for r in self.rules if r.status in statuses))
