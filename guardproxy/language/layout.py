"""The canonical layout of a policy file: one way to write it, whatever the white space was before.

Clauses, fields, rows and the lines of examples stand on lines of their own, two columns in; the colons of fields and
rows and the `=` of neighbouring patterns stand below each other; items are one empty line apart, patterns and
definitions as their author grouped them. Only a line wider than `WIDTH` is broken: before its outermost `or`, else
`and`, else before what compares, else behind a comma. JSON stays on one line, very wide objects get one for each
member. No token changes, moves or goes, and no comment does: what the policy means stays the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from guardproxy.diagnostics import Diagnostic, has_errors, in_order
from guardproxy.language import tokens
from guardproxy.language.comments import Comment, comments_between
from guardproxy.language.items import divide
from guardproxy.language.parse import parse, parse_tree
from guardproxy.language.places import Places, places_of
from guardproxy.language.spacing import joined, separator, width, written
from guardproxy.language.stop import Stop
from guardproxy.language.tokens import Piece
from guardproxy.source import SourceText

WIDTH = 120
"""Columns. Wider lines are broken where a condition can be."""

_SMALLEST_GAP = 2
"""Spaces at least before a comment that stands behind something."""

_ONE_LINERS = ("pattern", "define")
"""Items that stand without an empty line behind another of their kind."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`text` is the canonical layout, or the text as it was where `diagnostics` say what does not read."""

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


def layout(text: str, name: str = "policy") -> Layout:
    """Lays out one policy file. A file that does not read is left as it is, with its messages."""
    source = SourceText(name, text)
    parsed = parse(source)
    if has_errors(parsed.diagnostics):
        return Layout(text, in_order(parsed.diagnostics))
    return Layout(_laid_out(source))


def _laid_out(source: SourceText) -> str:
    pieces, _ = tokens.cut(source)
    writer = _Writer(comments_between(source, pieces))
    at = 0
    blocks: list[_Block] = []
    for group in divide(pieces):
        blocks.append(writer.block(group, at))
        at += len(group)
    at_the_end = writer.after_the_last(at)
    _align_patterns(blocks)
    lines: list[_Line] = []
    for before, block in zip([None, *blocks], blocks, strict=False):
        lines += _between(before, block)
        for row in block.rows:
            lines += row.lines(block.places)
        lines += [_Line(f"  {comment.text}") for comment in block.below]
    lines += _comment_lines(at_the_end, lines_before=bool(lines))
    return "".join(f"{line}\n" for line in _with_comments(lines))


# --- what stands on a line --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """One line of the result; `gap` is what its author left before the comment behind it."""

    code: str
    comment: str = ""
    gap: int = 0


@dataclass(slots=True)
class _Part:
    """Tokens of a row that no comment interrupts, the comment behind them, and those on lines of their own below."""

    pieces: list[Piece] = field(default_factory=list)
    behind: Comment | None = None
    below: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    """A clause, a field, a table's row, a line of an example: one line of the result, or several where it is long."""

    indent: int
    above: list[Comment] = field(default_factory=list)
    parts: list[_Part] = field(default_factory=lambda: [_Part()])

    def lines(self, places: Places) -> Iterator[_Line]:
        yield from (_Line(" " * self.indent + comment.text) for comment in self.above)
        indent = self.indent
        for part in self.parts:
            *first, last = "\n".join(_broken(part.pieces, indent, places)).split("\n")
            yield from map(_Line, first)
            behind = part.behind
            yield _Line(last, behind.text, behind.gap) if behind else _Line(last)
            indent = self.indent + 2
            yield from (_Line(" " * indent + comment.text) for comment in part.below)


@dataclass(slots=True)
class _Block:
    """One item of the file: its rows, the comments above it, and indented ones below it that still belong to it."""

    word: str
    places: Places
    rows: list[_Row]
    above: list[Comment] = field(default_factory=list)
    below: list[Comment] = field(default_factory=list)
    parted: bool = False
    """An empty line stands above the item, or above its comments."""


class _Writer:
    """Divides tokens and comments over rows. A comment belongs to what stands before it on its line, else below it."""

    def __init__(self, comments: list[list[Comment]]) -> None:
        self._comments = comments
        self._last: _Block | None = None

    def block(self, pieces: Sequence[Piece], at: int) -> _Block:
        tree = parse_tree(pieces)
        assert not isinstance(tree, Stop), "the file was read without a mistake before"
        places = places_of(tree, pieces)
        above = self.after_the_last(at)
        block = _Block(pieces[0].text, places, [], above, parted=self._is_parted(pieces[0], above))
        for number, piece in enumerate(pieces):
            before = self._comments[at + number] if number else []
            if number == 0 or piece.span.start in places.rows:
                block.rows.append(_Row(places.rows.get(piece.span.start, 0), self._behind(block.rows, before)))
            elif before:
                part = block.rows[-1].parts[-1]
                part.below = self._behind(block.rows, before)
                block.rows[-1].parts.append(_Part())
            block.rows[-1].parts[-1].pieces.append(piece)
        _align(block)
        self._last = block
        return block

    def _is_parted(self, first: Piece, above: Sequence[Comment]) -> bool:
        if above:
            return above[0].blank_before
        text = first.span.source.text[: first.span.start]
        return text[len(text.rstrip()) :].count("\n") > 1

    def after_the_last(self, at: int) -> list[Comment]:
        """The comments before the token at `at`, without those that belong to the item before them."""
        comments = self._comments[at]
        if self._last is None:
            return comments
        rest = self._behind(self._last.rows, comments)
        while rest and rest[0].indented:
            self._last.below.append(rest.pop(0))
        return rest

    def _behind(self, rows: list[_Row], comments: list[Comment]) -> list[Comment]:
        """The comments without the one that stands behind the last token of `rows`, on its line."""
        if comments and not comments[0].own_line and rows:
            rows[-1].parts[-1].behind = comments[0]
            return comments[1:]
        return list(comments)


# --- columns ----------------------------------------------------------------------------------------------------------


def _align(block: _Block) -> None:
    """The colons of fields, and those of rows, below each other: one column for each list."""
    for starts in block.places.lists:
        rows = [row for row in block.rows if row.parts[0].pieces[0].span.start in starts]
        _pad(rows, block.places, ":")


def _align_patterns(blocks: Sequence[_Block]) -> None:
    """The signs of patterns that nothing separates, below each other."""
    runs: list[list[_Block]] = []
    for before, block in zip([None, *blocks], blocks, strict=False):
        if block.word != "pattern":
            continue
        if before is not None and _are_neighbours(before, block) and not (block.parted or block.above):
            runs[-1].append(block)
        else:
            runs.append([block])
    for run in runs:
        widest = max(_width_before(block.rows[0], block.places, "=") for block in run)
        for block in run:
            _pad(block.rows[:1], block.places, "=", widest)


def _are_neighbours(before: _Block, block: _Block) -> bool:
    return before.word == block.word and block.word in _ONE_LINERS


def _pad(rows: Sequence[_Row], places: Places, sign: str, widest: int = 0) -> None:
    widths = [_width_before(row, places, sign) for row in rows]
    widest = max([widest, *widths])
    for row, its in zip(rows, widths, strict=True):
        for piece in row.parts[0].pieces:
            if piece.is_sign(sign):
                places.padding[piece.span.start] = widest - its
                break


def _width_before(row: _Row, places: Places, sign: str) -> int:
    pieces = row.parts[0].pieces
    end = next((i for i, piece in enumerate(pieces) if piece.is_sign(sign)), 0)
    return width(joined(pieces[:end], places.glued))


# --- long lines -------------------------------------------------------------------------------------------------------


def _broken(pieces: Sequence[Piece], indent: int, places: Places) -> list[str]:
    """The tokens on as few lines as their conditions allow; later lines stand two columns further in."""
    line = " " * indent + _text(pieces, places)
    levels = [level for piece in pieces[1:] if (level := places.breaks.get(piece.span.start)) is not None]
    if width(line) <= WIDTH or not levels:
        return [line]
    level = min(levels)
    cuts = [0, *(i for i, p in enumerate(pieces) if i and places.breaks.get(p.span.start) == level), len(pieces)]
    segments = [pieces[a:b] for a, b in pairwise(cuts)]
    lines: list[list[Piece]] = [list(segments[0])]
    for segment in segments[1:]:
        here = indent if len(lines) == 1 else indent + 2
        longer = [*lines[-1], *segment]
        if here + width(_text(longer, places)) <= WIDTH:
            lines[-1] = longer
        else:
            lines.append(list(segment))
    return [
        text
        for number, line_pieces in enumerate(lines)
        for text in _deeper(line_pieces, indent if number == 0 else indent + 2, indent + 2, places)
    ]


def _deeper(pieces: Sequence[Piece], indent: int, later: int, places: Places) -> list[str]:
    """A line that is still too wide, broken at its next inner places; all later lines stand at the same column."""
    first, *more = _broken(pieces, indent, places)
    return [first, *(" " * later + line.lstrip() for line in more)]


def _text(pieces: Sequence[Piece], places: Places) -> str:
    text = ""
    for before, piece in zip([None, *pieces], pieces, strict=False):
        padding = " " * places.padding.get(piece.span.start, 0)
        text += padding + separator(before, piece, places.glued) + written(piece)
    return text


# --- between lines ----------------------------------------------------------------------------------------------------


def _between(before: _Block | None, block: _Block) -> Iterator[_Line]:
    """The empty line above an item, and its comments."""
    if before is not None and (block.parted or not _are_neighbours(before, block)):
        yield _Line("")
    yield from _comment_lines(block.above)


def _comment_lines(comments: Sequence[Comment], lines_before: bool = False) -> Iterator[_Line]:
    """Comments at the left edge with the empty lines between them, no more than one at a place."""
    for number, comment in enumerate(comments):
        last = number + 1 == len(comments)
        if number == 0 and lines_before and comment.blank_before:
            yield _Line("")
        yield _Line(comment.text)
        if comment.blank_after and not (last and lines_before):
            yield _Line("")


def _with_comments(lines: Sequence[_Line]) -> Iterator[str]:
    """Comments behind neighbouring lines begin in one column; a lone one keeps its distance."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and lines[end].comment:
            end += 1
        run = lines[start:end]
        gap = max(_SMALLEST_GAP, min((line.gap for line in run), default=0))
        widest = max((width(line.code) for line in run), default=0)
        yield from (f"{line.code}{' ' * (widest - width(line.code) + gap)}{line.comment}" for line in run)
        if end < len(lines):
            yield lines[end].code
        start = end + 1


__all__ = ["WIDTH", "Layout", "layout"]
