"""Cases as examples that the whole engine has judged: nothing is shown to an author that does not happen so.

The policy's background holds for a pasted example too, so it is put under it before judging and is not written again.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.examples import answer_of_example, situation_of
from guardproxy.checks.verdict import Status, Verdict
from guardproxy.conversation import Conversation
from guardproxy.ir.policy import Example, Policy, Subject
from guardproxy.ir.printed import shown
from guardproxy.ir.terms import Variable
from guardproxy.ir.types import Value
from guardproxy.ir.written import NotWritable
from guardproxy.logic.questions import Ask, Case
from guardproxy.proofs.inquiry import Sought
from guardproxy.proofs.nicer import nicer
from guardproxy.proofs.situations import NotBuildable, Situations
from guardproxy.proofs.written import expected, written
from guardproxy.source import Span

Shows = Callable[[Verdict], bool]

_TITLE = re.compile(r'^\s*example "([^"\n]*)"', re.MULTILINE)
_NAMES = re.compile(r"\b[A-Z][0-9]{1,2}\b")


@dataclass(frozen=True, slots=True)
class Witness:
    """`text` is the example as it can be pasted; it expects what `verdict` says."""

    example: Example
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class NotShown:
    """No example shows the case: `why`, and its values in words."""

    why: str
    values: str


class Witnesses:
    """Builds and judges examples for one policy."""

    def __init__(self, policy: Policy, ask: Ask) -> None:
        self.policy, self.ask = policy, ask
        self._situations = Situations(policy)
        self._background = policy.background
        self._taken = set(_NAMES.findall(_source(policy)))
        self._titles = {example.title for example in policy.examples} | _titles_beside(policy)

    @cached_property
    def compiled(self) -> CompiledPolicies:
        """Only needed where there is something to show: compiling the patterns takes its time."""
        return CompiledPolicies([self.policy])

    def of(
        self,
        title: str,
        span: Span,
        subject: Subject | None,
        case: Case,
        sought: Sought,
        shows: Shows,
        kept: Sequence[Variable] = (),
    ) -> Witness | NotShown:
        """The nicest example of the case, or else the case as the solver found it. `kept` values stay as they are."""
        why = "no example shows it"
        values: Mapping[Variable, Value] = case.values
        for values in self._tries(case, sought, kept):
            try:
                return self._witness(title, span, subject, values, shows)
            except (NotBuildable, NotWritable) as reason:
                why = str(reason)
        return NotShown(why, in_words(values))

    def _tries(self, case: Case, sought: Sought, kept: Sequence[Variable]) -> Iterable[Mapping[Variable, Value]]:
        yield nicer(case, sought, self._taken, kept)
        yield case.values

    def _witness(
        self, title: str, span: Span, subject: Subject | None, values: Mapping[Variable, Value], shows: Shows
    ) -> Witness:
        example = self._situations.example(self._free_title(title), span, subject, values)
        verdict = self.judge(example)
        if not shows(verdict):
            raise NotBuildable("an example of it does not show it")
        return Witness(example, verdict, written(example, self.policy, [expected(verdict, example)]))

    def judge(self, example: Example) -> Verdict:
        """What the engine says, the policy's background included."""
        whole = with_background(example, self._background)
        return judge(self.compiled, answer_of_example(whole), situation_of(self.compiled.policies, whole), self.ask)

    def _free_title(self, title: str) -> str:
        free = title
        number = 2
        while free in self._titles:
            free, number = f"{title} ({number})", number + 1
        return free


def violates(*rules: str) -> Shows:
    """The answer violates all of these rules."""
    return lambda verdict: set(rules) <= set(verdict.having(Status.VIOLATED))


def complies(*rules: str) -> Shows:
    """None of these rules stops the answer or leaves it open."""
    bad = (Status.VIOLATED, Status.OPEN, Status.INVALID, Status.BUDGET)
    return lambda verdict: not set(rules) & set(verdict.having(*bad))


def in_words(values: Mapping[Variable, Value]) -> str:
    """`offer.apr is 36%, offer.term is 24`."""
    return ", ".join(f"{v.name} is {shown(value, v.type)}" for v, value in values.items())


def _titles_beside(policy: Policy) -> set[str]:
    """The titles of all examples in the files of an overlay and its baselines: none may be used twice."""
    sources = {rule.span.source.text for rule in (*policy.rules, *(pair.loose for pair in policy.tightened))}
    return {title for text in sources for title in _TITLE.findall(text)}


def _source(policy: Policy) -> str:
    spans = [r.span for r in policy.rules] + [e.span for e in policy.examples]
    return spans[0].source.text if spans else ""


def with_background(example: Example, background: Example | None) -> Example:
    """The example as the compiler will read it: its own lines win."""
    if background is None:
        return example
    names = dict.fromkeys((*background.facts, *example.facts))
    facts = {name: {**background.facts.get(name, {}), **example.facts.get(name, {})} for name in names}
    past = example.conversation
    says = past.user_says if past.user_says is not None else background.conversation.user_says
    return replace(
        example,
        facts=facts,
        today=example.today if example.today is not None else background.today,
        now=example.now if example.now is not None else background.now,
        conversation=Conversation((*background.conversation.calls, *past.calls), says),
    )
