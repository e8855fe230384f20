"""Whether a finder can be searched for in a longer text around its own."""

from guardproxy.ir.terms import Finder
from guardproxy.patterns.engine import machine
from guardproxy.patterns.probe import probe_of
from guardproxy.patterns.tree import Assertion, Char, Choice, Concat, Node, Printed, Repeat

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


def reads_past_quotes(finder: Finder) -> bool:
    """Whether a match may have a quote in it."""
    return _holds_quote(probe_of(finder).tree)


def _holds_quote(node: Node) -> bool:
    match node:
        case Char(source):
            return machine(source).search(b'"') is not None
        case Printed():
            return True
        case Concat(parts):
            return any(map(_holds_quote, parts))
        case Choice(options):
            return any(map(_holds_quote, options))
        case Repeat(inner):
            return _holds_quote(inner)
    return False
