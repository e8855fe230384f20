"""What became of the parts of an answer, in the words that every dialect writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import ToolCall


@dataclass(slots=True)
class Judgement:
    """What became of one unit: `released` text by channel and calls by key, or, stopped, nothing but a notice."""

    verdict: Verdict
    released: Mapping[str, str]
    calls: Mapping[int, ToolCall]

    @property
    def ending(self) -> Ending:
        return self.verdict.ending


def strongest(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The verdict that the header shows when there are several units."""
    return max(verdicts, key=lambda verdict: verdict.ending.strength, default=None)


def rules_of(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    """The rules that asked for the endings, each once."""
    return tuple(dict.fromkeys(rule for verdict in verdicts for rule in verdict.by))


@dataclass(frozen=True, slots=True)
class Remarks:
    """What we say beside a blocked answer: of which decision, and how often the model was asked again."""

    decision: str
    asked_again: int = 0

    def about(self, verdicts: Sequence[Verdict]) -> dict[str, Any]:
        """The `guardproxy` object."""
        shown = strongest(verdicts)
        rules = rules_of([verdict for verdict in verdicts if not verdict.ending.delivers])
        asked = {"asked_again": self.asked_again} if self.asked_again else {}
        word = shown.ending.header if shown else "allowed"
        return {"decision": self.decision, "verdict": word, "rules": list(rules), **asked}
