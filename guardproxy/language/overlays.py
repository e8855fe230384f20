"""A policy that `extends` another: which file that is, and what becomes of the baseline's rules."""

from collections.abc import Sequence

from guardproxy.ir.policy import Rule, Tightening
from guardproxy.language.beside import Beside, is_bare, meant_file
from guardproxy.language.collector import Mistakes
from guardproxy.language.syntax import Header, HeaderOption, Item
from guardproxy.source import SourceText

MOST_BASELINES = 10
"""Longest chain of files that extend each other."""


def baseline_of(
    items: Sequence[Item], chain: Sequence[SourceText], beside: Beside, mistakes: Mistakes
) -> SourceText | None:
    """The file that the last policy of `chain`, whose items these are, extends; None where there is none to be used.

    The chain are the overlays over it, so that a file which leads back to one of them is found.
    """
    option = extends_option(items)
    if option is None:
        return None
    name, span = option.value, option.span
    if not is_bare(name):
        help_ = "write the name alone: a baseline lies in the same folder as its overlay"
        mistakes.error("E040", f"`{name}` is not the name of a file alone", span, help_)
        return None
    text = beside(name)
    if text is None:
        message = f"there is no file `{name}` in the folder of this policy"
        help_ = meant_file(name, beside, chain[-1].name) or "correct the name, or put the baseline beside this file"
        mistakes.error("E040", message, span, help_)
        return None
    if any(text == above.text for above in chain):
        message = "a policy extends itself" if text == chain[-1].text else f"`{name}` and this policy extend each other"
        mistakes.error("E038", message, span, "a baseline knows nothing of its overlays: take one `extends` out")
        return None
    if len(chain) > MOST_BASELINES:
        help_ = "put the rules of some of them into one file"
        mistakes.error("E040", f"more than {MOST_BASELINES} files extend each other", span, help_)
        return None
    return SourceText(name, text)


def extends_option(items: Sequence[Item]) -> HeaderOption | None:
    """What the first header says behind `extends`."""
    header = next((item for item in items if isinstance(item, Header)), None)
    return next((o for o in header.options if o.word == "extends"), None) if header is not None else None


def laid_over(baseline: Sequence[Rule], own: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of both: one that tightens stands where the baseline's rule stood, the others follow."""
    stricter = {rule.id: rule for rule in own}
    known = {rule.id for rule in baseline}
    return (*(stricter.get(rule.id, rule) for rule in baseline), *(rule for rule in own if rule.id not in known))


def tightenings(baseline: Sequence[Rule], own: Sequence[Rule]) -> tuple[Tightening, ...]:
    """The baseline's rules that the overlay replaces, each with what takes its place."""
    loose = {rule.id: rule for rule in baseline}
    return tuple(Tightening(loose[rule.id], rule) for rule in own if rule.id in loose)
