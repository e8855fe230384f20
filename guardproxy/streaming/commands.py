"""What to do now: imperatives that the enforcer gives and the outer ring carries out, in their order."""

from dataclasses import dataclass, field
from typing import TypeAlias

from guardproxy.checks.verdict import Verdict
from guardproxy.conversation import Answer, ToolCall
from guardproxy.logic.questions import Question


@dataclass(frozen=True, slots=True)
class Release:
    """Send this text of the channel. With it, the first `settled` code points that arrived there are accounted for."""

    channel: str
    text: str
    settled: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ReleaseCall:
    """Send this call, whole. `key` is the one it arrived under; `index` its place among the calls sent, from 0."""

    key: int
    index: int
    call: ToolCall


@dataclass(frozen=True, slots=True)
class Ask:
    """Put the question to a solver process and come back with `Answered`; nothing else is fed in between."""

    question: Question


@dataclass(frozen=True, slots=True)
class Classify:
    """Have these classifiers read the answer, which is complete, and come back with `Classified`; feed nothing else.

    `names` are declarations `from classifier`.
    """

    names: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Wake:
    """Come back with `TimePassed` in a moment, unless the answer has ended before.

    The answer is certain to be blocked; the moment is for reading what else is wrong with it, so that the verdict names
    the same rules however the answer was cut. How long a moment is, is the operator's choice.
    """


@dataclass(frozen=True, slots=True)
class Stop:
    """Send nothing more of this answer; say `verdict.notice` instead and close the upstream.

    `verdict.ending` is blocked, held or asked again. What was released before is a prefix of compliant text.
    """

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Complete:
    """Everything that may be sent has been released: end the answer as the provider did."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Abort:
    """The answer broke off before its end: send nothing more, and make the client notice."""


Command: TypeAlias = Release | ReleaseCall | Ask | Classify | Wake | Stop | Complete | Abort
