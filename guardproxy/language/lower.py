"""All rules and examples of a policy to terms, and remarks about declarations that nothing uses."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardproxy.diagnostics import has_errors
from guardproxy.ir.policy import Example, Rule
from guardproxy.language.collector import Mistakes
from guardproxy.language.examples import ExampleLowering
from guardproxy.language.names import Names
from guardproxy.language.rules import lower_rule
from guardproxy.language.syntax import ExampleText, Item, RuleText
from guardproxy.language.texts import FinderReader


@dataclass(frozen=True, slots=True)
class Lowered:
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]


def lower(items: Sequence[Item], names: Names, mistakes: Mistakes) -> Lowered:
    if names.extends is not None:
        what = "a policy that `extends` another"
        mistakes.not_yet(what, names.extends.span, "put the rules of both into one file for now")
        return Lowered((), ())
    FinderReader(names, mistakes).check_patterns()
    rules = [lower_rule(item, names, mistakes) for item in items if isinstance(item, RuleText)]
    texts = [item for item in items if isinstance(item, ExampleText)]
    examples = ExampleLowering(names, mistakes).examples(texts)
    if not has_errors(mistakes.found):
        _point_out_unused(names, mistakes)
    return Lowered(tuple(r for r in rules if r is not None), examples)


def _point_out_unused(names: Names, mistakes: Mistakes) -> None:
    declared = [d.name for d in names.definitions.values()] + [t.name for t in names.tables.values()]
    for name in (*declared, *(p.name for p in names.patterns.values())):
        if name.text not in names.used:
            help_ = "use it, or take it out: what is not used is not checked"
            mistakes.warning("W205", f"no rule uses `{name.text}`", name.span, help_)
