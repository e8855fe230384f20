"""Short texts in which given finders find something, or nothing: made up, and then searched to be sure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.engine import Machine, Uncompilable
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.syntax import Refusal, parse
from guardproxy.patterns.tree import Assertion, Char, Choice, Concat, Node, Repeat

_HARMLESS = "Hello."
_LETTERS = "aA1 x0-.,:;/_@#%+*()[]{}<>=!?'\"\n\té漢Жア"
_MOST = 30
"""Texts that are tried for one pattern."""


def sample(finders: Sequence[Finder]) -> str | None:
    """A text in which one of the finders finds something; None where none was thought of."""
    return next((text for finder in finders for text in _texts(finder) if FinderSet((finder,)).any(text)), None)


def sample_text(
    wanted: Sequence[tuple[Finder, ...]], unwanted: Sequence[tuple[Finder, ...]], begins: str = ""
) -> str | None:
    """A text that begins so, in which each of the wanted finds something and none of the unwanted does."""
    choices = [[t for f in finders for t in _texts(f) if FinderSet((f,)).any(t)][:_MOST] for finders in wanted]
    for chosen in islice(product(*choices), _MOST * _MOST):
        for text in _joined(begins, chosen):
            if fits(text, wanted, unwanted):
                return text
    return None


def _joined(begins: str, chosen: Sequence[str]) -> Iterator[str]:
    parts = [part for part in (begins, *dict.fromkeys(chosen)) if part]
    if not parts:
        yield _HARMLESS
        yield "Good morning! How can I help you today?"
        yield ""
    else:
        yield " ".join(parts)
        yield f"{_HARMLESS} {' '.join(parts)}"
        yield "\n".join(reversed(parts))


def fits(text: str, wanted: Iterable[tuple[Finder, ...]], unwanted: Iterable[tuple[Finder, ...]]) -> bool:
    """Whether each of the wanted finds something in the text, and none of the unwanted does."""
    return all(FinderSet(f).any(text) for f in wanted) and not any(FinderSet(f).any(text) for f in unwanted)


def _texts(finder: Finder) -> Iterator[str]:
    match finder.kind:
        case "detector":
            detector = DETECTORS.get(finder.expression)
            yield from detector.matches if detector is not None else ()
        case "pattern":
            yield from islice(_of_pattern(finder), _MOST)
        case _:
            yield finder.expression


def _of_pattern(finder: Finder) -> Iterator[str]:
    try:
        yield from _of_node(parse(finder.expression, ignore_case=finder.ignore_case))
    except (Refusal, RecursionError):
        return


def _of_node(node: Node) -> Iterator[str]:
    """Texts that the expression may match, the shortest ways first."""
    match node:
        case Char(source):
            yield from islice(_characters(source), 3)
        case Assertion():
            yield ""
        case Choice(options):
            for option in options:
                yield from islice(_of_node(option), _MOST)
        case Repeat(inner, low, high):
            for times in dict.fromkeys((max(low, 1) if high != 0 else 0, low)):
                yield from (text * times for text in islice(_of_node(inner), _MOST))
        case Concat(parts):
            yield from _of_parts([list(islice(_of_node(part), _MOST)) for part in parts])


def _of_parts(options: Sequence[Sequence[str]]) -> Iterator[str]:
    """One text of each part; then each other text of one part among the first ones of the others."""
    if not all(options):
        return
    first = [texts[0] for texts in options]
    yield "".join(first)
    for at, texts in enumerate(options):
        for text in texts[1:]:
            yield "".join((*first[:at], text, *first[at + 1 :]))


def _characters(source: str) -> Iterator[str]:
    """Characters that one atom takes: those that it names, then some of every kind."""
    try:
        machine = Machine(rf"\A(?:{source})\z")
    except Uncompilable:
        return
    named = source.rpartition(":")[2].strip("()[]\\")
    for char in dict.fromkeys((*named, *_LETTERS)):
        if machine.search(char.encode("utf-8", "replace")) is not None:
            yield char
