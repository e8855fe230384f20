"""Where an item's rows begin, which tokens stand close together, and where a long line may be broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lark import Token, Tree

from guardproxy.language.tokens import Piece

_MODIFIERS = frozenset(
    {"optional", "may_be_unknown", "written_in", "as_fraction", "in_steps", "read_from", "read_yes", "read_no"}
)
_ABOUT = frozenset({"owner", "tags", "source"})
_WITH_FIELDS = frozenset({"check_reply", "check_call", "tool", "facts", "claims", "record"})
_WITH_SLASHES = frozenset({"yes_no", "plain_item", "dates_in", "written_in"})
_WITH_COMMAS = frozenset(
    {
        "policy", "contains", "mentions", "user_says", "user_said", "only_after_saying", "is_one_of", "is_not_one_of",
        "options", "one_of", "typed_one_of", "typed_list_of_one_of", "tags", "given", "repair",
    }
)  # fmt: skip
_FIRST, _AT_RELATION, _AT_COMMA = 0, 1000, 1001


@dataclass(slots=True)
class Places:
    """All keys are the offsets at which tokens begin.

    `rows`: the tokens that begin a line, with its indentation. `glued`: those without a space before them. `breaks`:
    those before which a long line may be broken; the lowest level is broken first. `lists`: for each list of fields or
    rows, the beginnings of its lines. `padding`: additional spaces before a token (filled in by `layout`).
    """

    rows: dict[int, int] = field(default_factory=dict)
    glued: set[int] = field(default_factory=set)
    breaks: dict[int, int] = field(default_factory=dict)
    lists: list[frozenset[int]] = field(default_factory=list)
    padding: dict[int, int] = field(default_factory=dict)


def places_of(tree: Tree[Token], pieces: Sequence[Piece]) -> Places:
    """Reads one item's tree (`parse.parse_tree`)."""
    places = Places()
    item = tree.children[0]
    assert isinstance(item, Tree)
    _find_rows(item, places)
    depths = _depths(pieces)
    for node in tree.iter_subtrees():
        if not node.meta.empty:
            _find_glued(node, pieces, places)
            _find_breaks(node, pieces, depths, places)
    return places


def _find_rows(item: Tree[Token], places: Places) -> None:
    places.rows[item.meta.start_pos] = 0
    for child in _trees(item):
        if item.data == "policy" and child.data in _ABOUT:
            places.rows[child.meta.start_pos] = 2
        elif item.data in _WITH_FIELDS:
            _find_fields(child, places)
        elif item.data == "table" and child.data == "row":
            places.rows[child.meta.start_pos] = 2
        elif item.data in ("rule", "tighten", "background", "example"):
            if child.data == "unless":
                places.breaks[child.meta.start_pos] = _FIRST
            else:
                places.rows[child.meta.start_pos] = 2
    if item.data == "table":
        places.lists.append(frozenset(row.meta.start_pos for row in _trees(item) if row.data == "row"))


def _find_fields(child: Tree[Token], places: Places) -> None:
    """The lines of `fields`, or of `returns` with the fields behind it."""
    if child.data == "returns":
        places.rows[child.meta.start_pos] = 2
        for inner in _trees(child):
            _find_fields(inner, places)
    elif child.data == "fields" and child.children:
        starts = frozenset(line.meta.start_pos for line in _trees(child))
        places.rows.update(dict.fromkeys(starts, 2))
        places.lists.append(starts)


def _find_glued(node: Tree[Token], pieces: Sequence[Piece], places: Places) -> None:
    if node.data == "negative":
        inside = _inside(node, pieces)
        places.glued.add(pieces[inside.start + 1].span.start)
    elif node.data in _WITH_SLASHES:
        for at in _inside(node, pieces):
            if pieces[at].is_sign("/"):
                places.glued.update(piece.span.start for piece in pieces[at : at + 2])


def _find_breaks(node: Tree[Token], pieces: Sequence[Piece], depths: Sequence[int], places: Places) -> None:
    """`or` and `and` by how deep they stand, then what compares, then the commas of lists."""
    if node.data in ("any_of", "all_of"):
        word = "or" if node.data == "any_of" else "and"
        conditions = list(_trees(node))
        for one, next_one in pairwise(conditions):
            for at in _between(one.meta.end_pos, next_one.meta.start_pos, pieces):
                if pieces[at].is_word(word):
                    places.breaks[pieces[at].span.start] = 1 + 2 * depths[at] + (word == "and")
    elif node.data == "relation":
        places.breaks.setdefault(node.meta.start_pos, _AT_RELATION)
    elif node.data in ("repaired", "rewritten"):
        for at in _inside(node, pieces):
            if pieces[at].is_word("and"):
                places.breaks[pieces[at].span.start] = _FIRST
    elif node.data in _WITH_COMMAS:
        modifiers = {child.meta.start_pos for child in _trees(node) if child.data in _MODIFIERS}
        for at in _inside(node, pieces):
            behind = pieces[at + 1].span.start if at + 1 < len(pieces) else 0
            if pieces[at].is_sign(",") and behind not in modifiers:
                places.breaks.setdefault(behind, _AT_COMMA)


def _depths(pieces: Sequence[Piece]) -> list[int]:
    """How many parentheses are open before each token."""
    depths, depth = [], 0
    for piece in pieces:
        depths.append(depth)
        depth += piece.is_sign("(") - piece.is_sign(")")
    return depths


def _inside(node: Tree[Token], pieces: Sequence[Piece]) -> range:
    return _between(node.meta.start_pos, node.meta.end_pos, pieces)


def _between(start: int, end: int, pieces: Sequence[Piece]) -> range:
    """The positions of the tokens that begin at `start` or later and before `end`."""
    first = next((i for i, p in enumerate(pieces) if p.span.start >= start), len(pieces))
    last = next((i for i, p in enumerate(pieces) if p.span.start >= end), len(pieces))
    return range(first, last)


def _trees(node: Tree[Token]) -> Iterator[Tree[Token]]:
    return (child for child in node.children if isinstance(child, Tree) and not child.meta.empty)
