"""What differs between two versions of a policy, in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.ir.policy import Rule
from guardproxy.ir.written import written_json
from guardproxy.proofs.declared import FieldChange
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.strength import effect
from guardproxy.proofs.versions import Both

Direction = Literal["newly stopped", "newly let through", "stronger", "weaker", "delivered differently", "different"]


@dataclass(frozen=True, slots=True)
class Change:
    """A case that the versions judge differently, with the example that both have judged (empty: none was found)."""

    what: Direction
    rules: tuple[str, ...]
    old: str
    new: str
    example: str
    sentence: str = ""


@dataclass
class Difference:
    """`same` are rules that are said differently and proved to do the same, `wording` what changes no verdict."""

    changes: list[Change] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    wording: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)

    @property
    def result(self) -> Literal["equal", "different", "not decided"]:
        if self.changes:
            return "different"
        return "not decided" if self.undecided else "equal"


@dataclass(frozen=True, slots=True)
class Pair:
    """A rule in both versions; None where a version does not have it."""

    old: RuleForm | None
    new: RuleForm | None

    @property
    def id(self) -> str:
        found = self.new or self.old
        assert found is not None
        return found.rule.id


def same_words(pair: Pair) -> str:
    if pair.old is None:
        return f"{pair.id} is new, and stops nothing that was not stopped before"
    return f"{pair.id} is said in another way" if pair.new else f"{pair.id} is gone, and nothing changes"


def words_changed(old: Rule, new: Rule) -> Iterator[str]:
    for name in ("title", "severity", "owner", "tags", "source"):
        if getattr(old, name) != getattr(new, name):
            yield name
    if old.otherwise.text != new.otherwise.text:
        yield "notice"


def sentence_of(pair: Pair) -> str:
    if pair.old is None:
        return f"{pair.id} is new"
    if pair.new is None:
        return f"{pair.id} is gone"
    before, after = pair.old.rule, pair.new.rule
    if before.if_unknown != after.if_unknown and pair.old.violated == pair.new.violated:
        return f"{pair.id} says `if unknown {after.if_unknown}` now, and said `{before.if_unknown}`"
    if effect(before) != effect(after) and pair.old.violated == pair.new.violated:
        return f"{pair.id} has another outcome"
    return f"{pair.id} changed"


def change_of(both: Both, rules: tuple[str, ...], sentence: str) -> Change:
    return Change(_direction(both.old, both.new), rules, _said(both.old), _said(both.new), both.text, sentence)


def _direction(old: Verdict, new: Verdict) -> Direction:
    if old.ending is new.ending:
        return "delivered differently" if old.answer != new.answer else "different"
    if old.ending.delivers != new.ending.delivers:
        return "newly let through" if new.ending.delivers else "newly stopped"
    return "stronger" if new.ending.strength > old.ending.strength else "weaker"


def _said(verdict: Verdict) -> str:
    by = f" by {', '.join(verdict.by)}" if verdict.ending is not Ending.ALLOWED else ""
    return f"{verdict.ending.value}{by}"


def parted(change: FieldChange) -> str:
    value = f"`{written_json(change.value)}`" if change.has_value else "a missing value"
    if change.fits == "both":
        return f"from {value} the versions read different values"
    return f"only the {change.fits} version takes {value}"
