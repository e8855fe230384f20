"""One example, judged by two versions of a policy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.examples import answer_of_example, situation_of
from guardproxy.checks.values import read_field
from guardproxy.checks.verdict import RuleVerdict, Verdict
from guardproxy.conversation import Answer, Situation, ToolCall
from guardproxy.ir.policy import Example, Policy
from guardproxy.ir.terms import Variable
from guardproxy.ir.types import Field, Value
from guardproxy.ir.written import NotWritable
from guardproxy.logic.questions import Ask, Case
from guardproxy.proofs.declared import FieldChange
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.inquiry import Sought
from guardproxy.proofs.nicer import nicer
from guardproxy.proofs.situations import NotBuildable, Situations, wire_fields
from guardproxy.proofs.values import completed
from guardproxy.proofs.witnesses import with_background
from guardproxy.proofs.written import expected, written


@dataclass(frozen=True, slots=True)
class Both:
    """What the two versions say of one example; `text` expects what the new one says."""

    old: Verdict
    new: Verdict
    text: str

    @property
    def differ(self) -> bool:
        old, new = self.old, self.new
        return (old.ending, old.answer, old.ask_again) != (new.ending, new.answer, new.ask_again)


class Versions:
    """Builds examples from cases, and judges them by both versions. `why` is the reason of the last failure."""

    def __init__(self, old: Policy, new: Policy, ask: Ask) -> None:
        self._policies = (old, new)
        self._compiled = (CompiledPolicies([old]), CompiledPolicies([new]))
        self._situations = (Situations(old), Situations(new))
        self._ask = ask
        self._examples: list[tuple[Example, Verdict, Verdict]] | None = None
        self.why = "no example was found that shows it"

    def of_case(
        self, title: str, form: RuleForm, case: Case, sought: Sought, unknown: frozenset[Variable] = frozenset()
    ) -> Both | None:
        """The case as an example; `unknown` facts and results are left out."""
        for values in self._values(case, sought):
            known: Mapping[Variable, Value] = {v: x for v, x in values.items() if v not in unknown}
            for situations in reversed(self._situations):
                try:
                    example = situations.example(title, form.rule.span, form.subject, known)
                    both = self._both(example)
                except (NotBuildable, NotWritable) as reason:
                    self.why = str(reason)
                    continue
                if both.differ:
                    return both
                self.why = "the example of the case that was found is judged alike"
        return None

    def _values(self, case: Case, sought: Sought) -> Iterator[Mapping[Variable, Value]]:
        yield nicer(case, sought)
        yield case.values

    def of_field(self, change: FieldChange) -> Both | None:
        """An answer that has this value in the field, and fits otherwise."""
        if change.kind == "facts":
            return self._of_fact(change)
        if change.kind not in ("reply", "call", "tool"):
            return None
        last: Both | None = None
        for base in self._bases(change):
            fields, known = self._declared(change)
            arguments = {**wire_fields(fields, known), **(base.reply_json or _arguments(base, change.tool))}
            names = dict.fromkeys((*(f.name for f in fields), *arguments))
            values = {**arguments, change.field: change.value}
            kept = {n: values[n] for n in names if n in values and (n != change.field or change.has_value)}
            try:
                last = self._both(_answering(base, change, kept))
            except NotWritable:
                continue
            if last.differ:
                return last
        return last

    def _of_fact(self, change: FieldChange) -> Both | None:
        """A fact with this value, in the examples that give this fact; written for the version that takes the value."""
        taker = 0 if change.fits == "old" else 1
        schema = self._policies[taker].schema(change.schema, "facts")
        field = schema.field(change.field) if schema is not None else None
        if field is None or not change.has_value or change.fits == "both":
            return None
        value = read_field(field, {field.name: change.value})
        last: Both | None = None
        for example in (e for policy in self._policies for e in policy.examples):
            if change.field not in example.facts.get(change.schema, {}):
                continue
            facts = {**example.facts, change.schema: {**example.facts[change.schema], change.field: value}}
            changed = replace(example, facts=facts, title=f"{change.schema}.{change.field} is declared differently")
            try:
                last = self._both(changed, taker)
            except NotWritable:
                continue
            if last.differ:
                return last
        return last

    def _bases(self, change: FieldChange) -> Iterator[Example]:
        """Situations to put the answer in: the examples that allow one of its kind, then one without any facts."""
        title = f"{change.schema}.{change.field} is declared differently"
        for policy in reversed(self._policies):
            for example in policy.examples:
                about = example.reply_json is not None if change.kind == "reply" else _arguments(example, change.tool)
                if about and any(e.kind == "allowed" for e in example.expects):
                    yield replace(example, title=title)
        span = next((r.span for p in reversed(self._policies) for r in p.rules), None)
        if span is not None:
            yield Example(title, span)

    def _declared(self, change: FieldChange) -> tuple[tuple[Field, ...], dict[str, Value]]:
        """The other fields, as both versions take them where that is possible."""
        fields: dict[str, Field] = {}
        for policy in self._policies:
            schema = policy.schema(change.schema, change.kind)
            fields |= {f.name: f for f in (schema.fields if schema is not None else ())}
        return tuple(fields.values()), completed(fields.values(), {})

    def among_examples(self, rule: str) -> Both | None:
        """An example of either version that they judge differently because of this rule."""
        for example, old, new in self._judged_examples():
            named = [_status_of(rule, v) for v in (old, new)]
            both = Both(old, new, self._text(example, new))
            if named[0] != named[1] and both.differ:
                return both
        return None

    def any_example(self) -> Both | None:
        """An example of either version that they judge differently."""
        judged = (Both(old, new, self._text(example, new)) for example, old, new in self._judged_examples())
        return next((both for both in judged if both.differ), None)

    def _judged_examples(self) -> list[tuple[Example, Verdict, Verdict]]:
        if self._examples is None:
            own = {e.title: e for policy in self._policies for e in policy.examples}
            self._examples = [(e, *self._judged(e)) for e in own.values()]
        return self._examples

    def _both(self, example: Example, written_for: int = 1) -> Both:
        old, new = self._judged(with_background(example, self._policies[written_for].background))
        return Both(old, new, self._text(example, (old, new)[written_for], written_for))

    def _text(self, example: Example, verdict: Verdict, written_for: int = 1) -> str:
        return written(example, self._policies[written_for], [expected(verdict, example)])

    def _judged(self, example: Example) -> tuple[Verdict, Verdict]:
        answer = answer_of_example(example)
        old, new = (self._judge(c, answer, situation_of(c.policies, example)) for c in self._compiled)
        return old, new

    def _judge(self, compiled: CompiledPolicies, answer: Answer, situation: Situation) -> Verdict:
        return judge(compiled, answer, situation, self._ask)


def _arguments(example: Example, tool: str) -> dict[str, Any]:
    """The arguments of the example's one call, where it is one to this tool."""
    if len(example.calls) != 1 or example.calls[0].name != tool:
        return {}
    found = exact_json.loads(example.calls[0].arguments or "{}")
    return found if isinstance(found, dict) else {}


def _answering(base: Example, change: FieldChange, fields: Mapping[str, Any]) -> Example:
    if change.kind == "reply":
        return replace(base, reply_json=dict(fields), reply_text=None, calls=())
    return replace(base, calls=(ToolCall(change.tool, exact_json.dumps(fields), "call-1"),))


def _status_of(rule: str, verdict: Verdict) -> Any:
    found: list[RuleVerdict] = [line for line in verdict.rules if line.rule == rule]
    return [line.status for line in found], rule in verdict.by
