"""The tree of a regular expression, and the two expressions that are printed from it.

`expression` is the same language in RE2's words. `growth` answers the question of a stream: could what stands here be
the beginning of a match? It runs on the text so far with `MARK` behind it, and wherever the expression wants one more
character (or wants to know what comes next) it may take the mark instead, and then nothing more. So a match that
includes the mark is an unfinished one, and a match that ends before the mark is finished: as alternatives keep their
priority, no continuation can change it. An assertion at the very end of the text is undecided, hence possible.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

MARK = "\x00"
"""Stands behind the text so far. Texts are searched with another control character in its place (see `engine`)."""

NOTHING = r"[^\x00-\x{10ffff}]"
"""Matches no text."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character: `source` is an atom of RE2 (a letter, an escape, a class) that needs no flags around it."""

    source: str


AssertionKind = Literal["text begin", "text end", "line begin", "line end", "edge", "no edge", "look ahead"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place in the text. `look ahead` always holds, once the next character is known: code looks at it then."""

    kind: AssertionKind


@dataclass(frozen=True, slots=True)
class Concat:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """The first alternative that leads to a match wins."""

    options: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """From `low` to `high` times (None: no limit), as often as possible, or as seldom where `lazy`."""

    node: "Node"
    low: int
    high: int | None
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A node printed once, for many expressions to share; it looks at no end of the text."""

    expression: str
    growth: str
    opening: str | None
    may_be_empty: bool
    largest_count: int
    longest: int | None


Node: TypeAlias = Char | Assertion | Concat | Choice | Repeat | Printed

_HERE = {
    "text begin": r"\A",
    "text end": r"\z",
    "line begin": r"(?m:^)",
    "line end": r"(?m:$)",
    "edge": r"\b",
    "no edge": r"\B",
    "look ahead": "",
}

_TAKEN = r"\x00|\z"  # the mark, or nothing more behind it


def printed(node: Node) -> Printed:
    empty = may_be_empty(node)
    opens = None if empty else _opening((node,))
    return Printed(f"(?:{expression(node)})", f"(?:{growth(node)})", opens, empty, largest_count(node), longest(node))


def grouped(trees: Sequence[Node]) -> list[tuple[Node, tuple[int, ...]]]:
    """Trees that share a `Printed` part, and all before it or all behind it, as one tree each, with their positions.

    A match of the one tree is a match of one of them; which of them has priority may differ.
    """
    groups: dict[object, list[int]] = {}
    for index, node in enumerate(trees):
        groups.setdefault(_left(node) or index, []).append(index)
    alone = [members[0] for members in groups.values() if len(members) == 1]
    joint = [
        (_factored(trees, members, _left(trees[members[0]]), ()), tuple(members))
        for members in groups.values()
        if len(members) > 1
    ]
    groups = {}
    for index in alone:
        groups.setdefault(_right(trees[index]) or index, []).append(index)
    for members in groups.values():
        right = _right(trees[members[0]])
        tree = _factored(trees, members, (), right) if len(members) > 1 else trees[members[0]]
        joint.append((tree, tuple(members)))
    return joint


def _factored(trees: Sequence[Node], members: list[int], left: tuple[Node, ...], right: tuple[Node, ...]) -> Node:
    inner = [node for node in (trees[index] for index in members) if isinstance(node, Concat)]
    rests = [node.parts[len(left) : len(node.parts) - len(right)] for node in inner]
    if all(len(rest) > 1 and rest[0] == rests[0][0] for rest in rests):
        left, rests = (*left, rests[0][0]), [rest[1:] for rest in rests]
    return Concat((*left, Choice(tuple(map(Concat, rests))), *right))


def _left(node: Node) -> tuple[Node, ...]:
    """The parts up to the last one that is shared, where something follows it."""
    parts = node.parts if isinstance(node, Concat) else ()
    shared = [i for i, part in enumerate(parts) if isinstance(part, Printed)]
    return parts[: shared[-1] + 1] if shared and shared[-1] + 1 < len(parts) else ()


def _right(node: Node) -> tuple[Node, ...]:
    """The parts from the first shared one that stands behind another part."""
    parts = node.parts if isinstance(node, Concat) else ()
    return next((parts[i:] for i, part in enumerate(parts) if i and isinstance(part, Printed)), ())


def expression(node: Node) -> str:
    """The expression as RE2 reads it, without capturing groups."""
    match node:
        case Printed():
            return node.expression
        case Char(source):
            return source
        case Assertion(kind):
            return _HERE[kind]
        case Concat(parts):
            return "".join(expression(part) for part in parts)
        case Choice(options):
            return f"(?:{'|'.join(expression(option) for option in options)})"
        case Repeat():
            return f"(?:{expression(node.node)}){_times(node)}"


def growth(node: Node) -> str:
    """The expression of all beginnings and all matches, for a text with `MARK` behind it."""
    match node:
        case Printed():
            return node.growth
        case Char(source):
            return f"(?:{source}|{_TAKEN})"
        case Assertion(kind):
            return _growing(kind)
        case Concat(parts):
            return "".join(growth(part) for part in parts)
        case Choice(options):
            return f"(?:{'|'.join(growth(option) for option in options)})"
        case Repeat():
            return f"(?:{growth(node.node)}){_times(node)}"


_JUMP = 8
"""Behind so many parts an unfinished match may end at once, so that the engine need not follow the mark through all."""
_MOST_SKIPPED = 8


def opening(node: Node) -> str:
    """The same for matches that begin with a character of the text, and not with the mark alone.

    Those begin everywhere and go through the whole expression, at every end of a text. For a tree whose first parts are
    too manifold it is `growth`.
    """
    return _opening((node,)) or growth(node)


def _opening(parts: tuple[Node, ...], skipped: int = 0) -> str | None:
    if not parts:
        return NOTHING
    first, rest = parts[0], parts[1:]
    match first:
        case Concat(inner):
            return _opening((*inner, *rest), skipped)
        case Assertion(kind):
            opened = NOTHING if kind == "text end" else _opening(rest, skipped)
            return opened and f"{_HERE[kind]}(?:{opened})"
        case Char(source):
            return source + _onward(rest)
        case Printed():
            return first.opening and first.opening + _onward(rest)
        case Choice(options):
            return _one_of(options, rest, skipped)
        case Repeat():
            return _some(first, rest, skipped)


def _one_of(options: tuple[Node, ...], rest: tuple[Node, ...], skipped: int) -> str | None:
    if not any(map(may_be_empty, options)):
        opened = [_opening((option,)) for option in options]
        return None if None in opened else f"(?:{'|'.join(filter(None, opened))}){_onward(rest)}"
    if skipped > _MOST_SKIPPED or sum(map(may_be_empty, options)) > 1:
        return None
    opened = [_opening((option, *rest), skipped + 1) for option in options]
    return None if None in opened else f"(?:{'|'.join(filter(None, opened))})"


def _some(repeat: Repeat, rest: tuple[Node, ...], skipped: int) -> str | None:
    """At least once; or nothing of it, where it need not be there."""
    once = None if may_be_empty(repeat.node) else _opening((repeat.node,))
    if once is None or repeat.high == 0:
        return None
    more = replace(repeat, low=max(0, repeat.low - 1), high=None if repeat.high is None else repeat.high - 1)
    there = f"(?:{once})" + _onward((more, *rest) if more.high != 0 else rest)
    if repeat.low:
        return there
    without = None if skipped > _MOST_SKIPPED else _opening(rest, skipped + 1)
    if without is None:
        return None
    return f"(?:{without}|{there})" if repeat.lazy else f"(?:{there}|{without})"


def _onward(parts: Sequence[Node]) -> str:
    """The growth of what follows a first character."""
    said = ""
    for start in range(len(parts) - len(parts) % _JUMP, -1, -_JUMP):
        group = "".join(map(growth, parts[start : start + _JUMP]))
        said = f"(?:{group}{said}|\\z)" if group and start else group + said
    return said


def _growing(kind: AssertionKind) -> str:
    """What comes before a place is known, what comes behind it is not: only the beginnings are decided at once."""
    match kind:
        case "text begin":
            return r"\A"
        case "line begin":
            return r"(?:(?m:^)|\z)"
        case "text end":
            return rf"(?:{_TAKEN})"
        case _:
            return rf"(?:{_TAKEN}|{_HERE[kind]})"


def _times(node: Repeat) -> str:
    lazy = "?" if node.lazy else ""
    simple = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((node.low, node.high))
    if simple:
        return simple + lazy
    high = "" if node.high is None else str(node.high)
    return (f"{{{node.low}}}" if node.low == node.high else f"{{{node.low},{high}}}") + lazy


def may_be_empty(node: Node) -> bool:
    """Whether some match has no characters."""
    match node:
        case Printed():
            return node.may_be_empty
        case Char():
            return False
        case Assertion():
            return True
        case Concat(parts):
            return all(may_be_empty(part) for part in parts)
        case Choice(options):
            return any(may_be_empty(option) for option in options)
        case Repeat():
            return node.low == 0 or may_be_empty(node.node)


def longest(node: Node) -> int | None:
    """How many characters a match has at most; None: any number."""
    match node:
        case Printed():
            return node.longest
        case Char():
            return 1
        case Assertion():
            return 0
        case Concat(parts) | Choice(parts):
            lengths = [longest(part) for part in parts]
            known = [length for length in lengths if length is not None]
            if len(known) < len(lengths):
                return None
            return sum(known) if isinstance(node, Concat) else max(known, default=0)
        case Repeat(inner, _, high):
            length = longest(inner)
            return 0 if length == 0 else None if length is None or high is None else length * high


def needed(node: Node) -> bytes:
    """ASCII characters that are in every match, as far as one sees at once."""
    match node:
        case Char(source):
            found = _ONE_ASCII.fullmatch(source)
            return bytes([int(found[1], 16)]) if found else b""
        case Concat(parts):
            return b"".join(map(needed, parts))
        case Repeat(inner, low):
            return needed(inner) if low else b""
    return b""


def largest_count(node: Node) -> int:
    """The largest product of nested repetition counts: how often RE2 would have to write out one atom."""
    match node:
        case Printed():
            return node.largest_count
        case Char() | Assertion():
            return 1
        case Concat(parts):
            return max((largest_count(part) for part in parts), default=1)
        case Choice(options):
            return max((largest_count(option) for option in options), default=1)
        case Repeat():
            return max(node.low, node.high or 0, 1) * largest_count(node.node)


def literal(text: str, *, ignore_case: bool = False) -> Concat:
    """Exactly these characters, or their other case too."""
    return Concat(tuple(Char(f"(?i:{quoted(c)})" if ignore_case and c.isalpha() else quoted(c)) for c in text))


_ONE_ASCII = re.compile(r"\\x\{([0-7]?[0-9a-f])\}")
_LETTER = re.compile(r"\(\?i:([^\x00-\x7f])\)|([^\x00-\x7f])")


def respelled(node: Node, letter: Callable[[str], str]) -> Node:
    """The tree with other spellings of its letters beyond ASCII, where they stand alone; classes stay as they are."""
    match node:
        case Char(source) if found := _LETTER.fullmatch(source):
            character = found[1] or found[2]
            spelled = letter(character)
            if spelled == character:
                return node
            tree = literal(spelled, ignore_case=found[1] is not None)
            return tree.parts[0] if len(spelled) == 1 else tree
        case Concat(parts):
            changed = tuple(respelled(part, letter) for part in parts)
            return node if changed == parts else Concat(changed)
        case Choice(options):
            return Choice(tuple(respelled(option, letter) for option in options))
        case Repeat(inner):
            return replace(node, node=respelled(inner, letter))
    return node


def quoted(character: str) -> str:
    """The character itself, for RE2."""
    if character.isalnum() or ord(character) > 127:
        return character
    return f"\\x{{{ord(character):x}}}"
