"""Whether a finder looks at the ends of the text, and so cannot be searched for in a longer text around it."""

from guardproxy.ir.terms import Finder
from guardproxy.patterns.probe import probe_of
from guardproxy.patterns.tree import Assertion, Choice, Concat, Node, Repeat

_ENDS = ("text begin", "text end", "line begin", "line end")


def looks_at_ends(finder: Finder) -> bool:
    """True for `^`, `$`, `starts with`, `ends with`. Word edges are no ends: a quote beside a word is one too."""
    return _looks(probe_of(finder).tree)


def _looks(node: Node) -> bool:
    match node:
        case Assertion(kind):
            return kind in _ENDS
        case Concat(parts):
            return any(map(_looks, parts))
        case Choice(options):
            return any(map(_looks, options))
        case Repeat(inner):
            return _looks(inner)
    return False
