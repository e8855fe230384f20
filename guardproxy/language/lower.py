"""All rules and examples of a policy to terms, and remarks about declarations that nothing uses."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardproxy.diagnostics import has_errors
from guardproxy.ir.policy import Example, Rule, Tightening
from guardproxy.language.collector import Mistakes
from guardproxy.language.examples import ExampleLowering
from guardproxy.language.names import Names
from guardproxy.language.overlays import laid_over, tightenings
from guardproxy.language.rules import lower_rule
from guardproxy.language.sizes import too_large
from guardproxy.language.syntax import (
    Declaration,
    Definition,
    ExampleText,
    Item,
    PatternDefinition,
    RuleText,
    Table,
    TypeText,
)
from guardproxy.language.texts import FinderReader


@dataclass(frozen=True, slots=True)
class Lowered:
    """`rules` are the baseline's too; `own` are the ids of those that this file wrote."""

    rules: tuple[Rule, ...] = ()
    examples: tuple[Example, ...] = ()
    own: frozenset[str] = frozenset()
    tightened: tuple[Tightening, ...] = ()
    background: Example | None = None


def lower(items: Sequence[Item], names: Names, mistakes: Mistakes, baseline: Lowered) -> Lowered:
    """`baseline` is empty for a policy that stands alone."""
    if not names.baseline_read:
        return Lowered()
    FinderReader(names, mistakes).check_patterns()
    loose = {rule.id: rule for rule in baseline.rules}
    texts = [item for item in items if isinstance(item, RuleText)]
    refused = too_large(texts, names, mistakes)
    found = [
        lower_rule(text, names, mistakes, loose.get(text.id.text) if text.tightens else None)
        for place, text in enumerate(texts)
        if place not in refused
    ]
    own = tuple(rule for rule in found if rule is not None)
    situations = [item for item in items if isinstance(item, ExampleText)]
    lowering = ExampleLowering(names, mistakes)
    examples = lowering.examples(situations)
    if not has_errors(mistakes.found):
        _point_out_unused(items, names, mistakes)
    return Lowered(
        laid_over(baseline.rules, own),
        examples,
        frozenset(rule.id for rule in own),
        (*baseline.tightened, *tightenings(baseline.rules, own)),
        lowering.background(situations),
    )


def _point_out_unused(items: Sequence[Item], names: Names, mistakes: Mistakes) -> None:
    records = _records_in_use(items)
    for item in items:
        help_ = "use it, or take it out: what is not used is not checked"
        if isinstance(item, Declaration):
            if item.kind == "facts" and item.name.text not in names.used:
                help_ = "let a rule read one of its fields, or take it out"
                mistakes.warning("W205", f"no rule reads the facts `{item.name.text}`", item.name.span, help_)
            if item.kind == "record" and item.name.text not in records:
                help_ = "give a field this type (`list of ...`), or take it out"
                mistakes.warning("W205", f"no field is a `{item.name.text}`", item.name.span, help_)
        elif isinstance(item, Definition | Table | PatternDefinition) and item.name.text not in names.used:
            mistakes.warning("W205", f"no rule uses `{item.name.text}`", item.name.span, help_)


def _records_in_use(items: Sequence[Item]) -> set[str]:
    """The names of the records that some field is of, or is a list of."""
    found: set[str] = set()
    for item in items:
        for field in (*item.fields, *(item.returns or ())) if isinstance(item, Declaration) else ():
            of: TypeText | None = field.type
            while of is not None:
                found |= {of.name.text} if of.name is not None else set()
                of = of.item
    return found
