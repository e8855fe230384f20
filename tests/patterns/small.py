"""Small random patterns over a small alphabet, and a reference that knows nothing of ours: Python's own `re`."""

import re
from collections.abc import Iterator
from itertools import product

from hypothesis import strategies as st

LETTERS = "ab "
ENDINGS = tuple("".join(p) for n in range(5) for p in product("ab=", repeat=n))
"""What may follow a text: `=` is in no pattern."""


def _nullable(source: str) -> bool:
    return re.fullmatch(source, "") is not None


def patterns(letters: str = "ab") -> st.SearchStrategy[str]:
    """Patterns whose matches are not empty; nothing that may be empty is repeated, as engines differ there.

    Each begun match can be finished with four more letters, so that `ENDINGS` show all that may follow.
    """
    atoms = st.tuples(st.sampled_from([*letters, f"[{letters}]", f"[^{letters[0]}]"]), st.just(1))
    return (
        st.recursive(atoms, _grow, max_leaves=4).filter(lambda p: p[1] <= 5 and not _nullable(p[0])).map(lambda p: p[0])
    )


Sized = tuple[str, int]
"""A pattern, and how many letters finish it at most."""


def _grow(inner: st.SearchStrategy[Sized]) -> st.SearchStrategy[Sized]:
    solid = inner.filter(lambda p: not _nullable(p[0]))
    return st.one_of(
        st.tuples(inner, inner).map(lambda pair: (pair[0][0] + pair[1][0], pair[0][1] + pair[1][1])),
        st.tuples(inner, inner).map(lambda pair: (f"(?:{pair[0][0]}|{pair[1][0]})", max(pair[0][1], pair[1][1]))),
        st.tuples(solid, st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}"])).map(
            lambda pair: (f"(?:{pair[0][0]}){pair[1]}", pair[0][1] * (2 if "{" in pair[1] else 1))
        ),
    )


edged = st.tuples(st.sampled_from(["", r"\b", "^"]), patterns(), st.sampled_from(["", r"\b", "$"])).map("".join)
"""Patterns at word edges and at the ends of the text."""

texts = st.text(alphabet="ab=", max_size=7)


def spans(source: str, text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(source, text)]


def cuttings(text: str, sizes: list[int]) -> Iterator[str]:
    """The text in pieces of these sizes, over and over."""
    start, turn = 0, 0
    while start < len(text):
        yield text[start : start + sizes[turn % len(sizes)]]
        start += sizes[turn % len(sizes)]
        turn += 1
