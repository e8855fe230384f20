"""The comments of a policy file: where each stands among the tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guardproxy.language.tokens import Piece
from guardproxy.source import SourceText

_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment without the white space at its end.

    `own_line`: nothing but white space stands before it. `indented`: it does not begin at the left edge. `gap`: the
    white space between it and the token before it on its line. `blank_before`, `blank_after`: an empty line is there.
    """

    text: str
    own_line: bool
    indented: bool = False
    gap: int = 0
    blank_before: bool = False
    blank_after: bool = False


def comments_between(source: SourceText, pieces: Sequence[Piece]) -> list[list[Comment]]:
    """The comments before each token, in order, and in the last entry those behind the last token."""
    ends = [0, *(piece.span.end for piece in pieces)]
    starts = [*(piece.span.start for piece in pieces), len(source.text)]
    return [_comments(source.text, start, end) for start, end in zip(ends, starts, strict=True)]


def _comments(text: str, start: int, end: int) -> list[Comment]:
    found: list[Comment] = []
    matches = list(_COMMENT.finditer(text, start, end))
    nexts = [*(match.start() for match in matches[1:]), end]
    at = start
    for match, following in zip(matches, nexts, strict=False):
        before, behind = text[at : match.start()], text[match.end() : following]
        own_line = "\n" in before or at == 0
        found.append(
            Comment(
                text=match[0].rstrip(),
                own_line=own_line,
                indented=own_line and bool(before.rpartition("\n")[2].strip("\ufeff")),
                gap=0 if own_line else len(before),
                blank_before=before.count("\n") > 1 and at > 0,
                blank_after=behind.count("\n") > 1,
            )
        )
        at = match.end()
    return found
