"""The two interfaces of this package, and the functions that make them from an author's file."""

from functools import lru_cache
from typing import Literal, Protocol, TypeAlias

from guardproxy.conformance.grammar_shape import GrammarShape
from guardproxy.conformance.refusal import Refused
from guardproxy.conformance.schema_shape import SchemaShape

What: TypeAlias = Literal["grammar", "schema"]


class Watch(Protocol):
    """Follows one text while it arrives. How the text is cut changes nothing."""

    @property
    def died_at(self) -> int | None:
        """The offset, in code points, of the first character after which no continuation conforms; None while alive."""

    @property
    def dead(self) -> bool:
        """Whether no continuation can conform any more. It stays so."""

    def feed(self, text: str) -> bool:
        """Reads on; False once the text is dead."""

    def accepts(self) -> bool:
        """Whether the text conforms if it ends here. More may be fed afterwards."""


class Shape(Protocol):
    """What a text has to conform to."""

    def accepts(self, text: str) -> bool:
        """Whether the whole text conforms."""

    def why_not(self, text: str, quoting: bool = True) -> str:
        """Why the whole text does not conform, as a phrase for its author; empty where it does.

        Of the text itself it repeats nothing; for a grammar and while `quoting`, a few characters before the place.
        """

    def watch(self) -> Watch:
        """A watch at the beginning of a text."""


@lru_cache(maxsize=256)
def why_refused(what: What, text: str) -> str | None:
    """Why this file cannot be used, as one sentence for its author that says where; None where it can."""
    try:
        shape(what, text)
    except Refused as refused:
        return str(refused)
    return None


@lru_cache(maxsize=256)
def shape(what: What, text: str) -> Shape:
    """The shape that a grammar file or schema file describes. Raises ValueError for what `why_refused` refuses."""
    return GrammarShape(text) if what == "grammar" else SchemaShape(text)
