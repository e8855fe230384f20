"""Terminals as small programs: what one looks like, character by character.

A program is a list of steps, read as a backtracking engine would read the expression: of several ways the first one
that leads to a match counts, so `.*?` is as short and `.*` as long as it can be. The automaton (`scanner`) runs all
ways side by side, in linear time.

One thing more than the policy language's expressions is possible: a terminal may begin with `(?!...)`, which keeps
reserved words out of names. What is forbidden there may not reach beyond the terminal (`scanner` checks it).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from guardproxy.conformance.refusal import Refused
from guardproxy.patterns.engine import Sieve, Uncompilable, machine
from guardproxy.patterns.syntax import Refusal, parse
from guardproxy.patterns.tree import (
    Assertion,
    Char,
    Choice,
    Concat,
    Node,
    Printed,
    Repeat,
    largest_count,
    literal,
    may_be_empty,
)

MOST_STEPS = 50_000
"""Of all terminals of a grammar together; repetitions are written out."""
MOST_KNOWN_CHARACTERS = 1 << 16
_ODD_CASES = "\u017f\u212a"
"""Long s and the Kelvin sign, which Unicode folds to `s` and `k`: in no grammar is a keyword written with them."""

_LARK_STRING = re.compile(r"\\?([\"'`])\.\*\?\(\?<!\\\\\)\(\\\\\\\\\)\*\?\\?\1")
_OUR_STRING = r"\1(?:[^\1\\\\\n]|\\\\[^\n])*\1"
"""Lark's `common.ESCAPED_STRING`, with any quotes, looks behind itself; this is the same language without."""
_LOOKING = (
    "a terminal cannot look around itself; "
    "only its very beginning may be `(?!...)`, which says what it must not begin with"
)
_PLACES = {
    "text begin": "`^` and `\\A` have no meaning in a terminal, which does not know where the text begins",
    "text end": "`$` and `\\z` have no meaning in a terminal, which does not know where the text ends",
    "line begin": "`^` has no meaning in a terminal; match the line feed itself",
    "line end": "`$` has no meaning in a terminal; match the line feed itself",
}


class Op(IntEnum):
    CHAR = 0
    """Reads one character of the class `argument`."""
    SPLIT = 1
    """Goes on at each of `argument`, the first one first."""
    EDGE = 2
    """Goes on where there is a word edge (`argument` 1) or none (0)."""
    MATCH = 3


Step = tuple[Op, int | tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Terminal:
    """`is_text`: written as a string, not as a pattern. `shown` is what people read: the string, or a name."""

    name: str
    tree: Node
    forbidden: Node | None = None
    priority: int = 0
    is_text: bool = False
    shown: str = ""


def terminal_of_text(name: str, text: str, *, ignore_case: bool, priority: int) -> Terminal:
    return Terminal(name, literal(text, ignore_case=ignore_case), None, priority, is_text=True, shown=_quoted(text))


def terminal_of_pattern(name: str, source: str, flags: str, priority: int, line: int | None) -> Terminal:
    """Raises `Refused` with the terminal's name for what is not regular."""
    for flag in sorted(set(flags) - set("ismu")):
        raise Refused(f"terminal `{name}`: the flag `{flag}` is not possible here", line)
    prefix = "(?s)" if "s" in flags else ""
    body, forbidden = _look_ahead(_LARK_STRING.sub(_OUR_STRING, source))
    try:
        tree = parse(prefix + body, ignore_case="i" in flags)
        veto = parse(prefix + forbidden, ignore_case="i" in flags) if forbidden is not None else None
    except Refusal as refusal:
        reason = _LOOKING if str(refusal).startswith("look-") else refusal
        raise Refused(f"terminal `{name}`: {reason}", line) from None
    shown = f"/{source}/" if name.startswith("__") else name
    terminal = Terminal(name, tree, veto, priority, shown=shown)
    _check(terminal, line)
    return terminal


def _quoted(text: str) -> str:
    return '"' + text.encode("unicode_escape").decode() + '"' if not text.isprintable() else f'"{text}"'


def _look_ahead(source: str) -> tuple[str, str | None]:
    """The expression behind a `(?!...)` at its very beginning, and what stands in it."""
    if not source.startswith("(?!"):
        return source, None
    depth, at, in_class = 0, 0, False
    while at < len(source):
        sign = source[at]
        if sign == "\\":
            at += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return source[at + 1 :], source[3:at]
        at += 1
    return source, None


def _check(terminal: Terminal, line: int | None) -> None:
    if may_be_empty(terminal.tree):
        raise Refused(f"terminal `{terminal.name}` can match nothing at all, so it would match everywhere", line)
    for tree in (terminal.tree, terminal.forbidden):
        if tree is None:
            continue
        if largest_count(tree) > MOST_STEPS // 10:
            raise Refused(f"terminal `{terminal.name}`: its repetitions multiply to more than {MOST_STEPS // 10}", line)
        for leaf in _leaves(tree):
            if isinstance(leaf, Assertion) and leaf.kind in _PLACES:
                raise Refused(f"terminal `{terminal.name}`: {_PLACES[leaf.kind]}", line)
            if isinstance(leaf, Char):
                _check_class(terminal.name, leaf, line)


def _check_class(name: str, leaf: Char, line: int | None) -> None:
    try:
        machine(leaf.source)
    except Uncompilable as error:
        raise Refused(f"terminal `{name}`: `{leaf.source}` is no class of characters ({error})", line) from None


def _leaves(tree: Node) -> list[Char | Assertion]:
    match tree:
        case Char() | Assertion():
            return [tree]
        case Concat(parts):
            return [leaf for part in parts for leaf in _leaves(part)]
        case Choice(options):
            return [leaf for option in options for leaf in _leaves(option)]
        case Repeat():
            return _leaves(tree.node)
        case Printed():
            raise ValueError("a terminal is read from its own expression, which has nothing printed in it")


@dataclass(slots=True)
class Program:
    """The steps of many terminals; `begins[i]` is where the i-th begins, `vetoes[i]` what it may not begin with."""

    steps: list[Step] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    vetoes: list[int | None] = field(default_factory=list)
    _classes: dict[str, int] = field(default_factory=dict)

    def class_sources(self) -> list[str]:
        return list(self._classes)

    def add(self, terminal: Terminal) -> None:
        self.begins.append(self._whole(terminal.tree, terminal.name))
        veto = terminal.forbidden
        self.vetoes.append(None if veto is None else self._whole(veto, terminal.name))

    def _whole(self, tree: Node, name: str) -> int:
        start = len(self.steps)
        self._write(tree, name)
        self.steps.append((Op.MATCH, 0))
        return start

    def _write(self, tree: Node, name: str) -> None:
        if len(self.steps) > MOST_STEPS:
            raise Refused(f"terminal `{name}`: the terminals together are too large")
        match tree:
            case Char(source):
                self.steps.append((Op.CHAR, self._classes.setdefault(source, len(self._classes))))
            case Assertion(kind):
                self.steps.append((Op.EDGE, 1 if kind == "edge" else 0))
            case Concat(parts):
                for part in parts:
                    self._write(part, name)
            case Choice(options):
                self._write_choice(options, name)
            case Repeat():
                self._write_repeat(tree, name)

    def _write_choice(self, options: Sequence[Node], name: str) -> None:
        split = len(self.steps)
        self.steps.append((Op.SPLIT, ()))
        starts, ends = [], []
        for option in options:
            starts.append(len(self.steps))
            self._write(option, name)
            ends.append(len(self.steps))
            self.steps.append((Op.SPLIT, ()))
        self.steps[split] = (Op.SPLIT, tuple(starts))
        for end in ends:
            self.steps[end] = (Op.SPLIT, (len(self.steps),))

    def _write_repeat(self, repeat: Repeat, name: str) -> None:
        for _ in range(repeat.low):
            self._write(repeat.node, name)
        splits = []
        optional = 1 if repeat.high is None else repeat.high - repeat.low
        for _ in range(optional):
            splits.append(len(self.steps))
            self.steps.append((Op.SPLIT, ()))
            self._write(repeat.node, name)
        if repeat.high is None:
            self.steps.append((Op.SPLIT, (splits[0],)))
        end = len(self.steps)
        for split in splits:
            self.steps[split] = (Op.SPLIT, (end, split + 1) if repeat.lazy else (split + 1, end))


class Alphabet:
    """Which classes a character belongs to: characters in the same ones are one letter of the automaton."""

    def __init__(self, sources: Sequence[str]) -> None:
        expressions = ["[0-9A-Za-z_]", *sources]
        self._sieve = _sieve(expressions)
        self._exact = _sieve([re.sub(r"^\(\?i:", "(?:", expression) for expression in expressions])
        self._letters: dict[tuple[int, ...], int] = {}
        self._known: dict[str, int] = {}
        self.members: list[frozenset[int]] = []
        """Of each letter: the classes it is in."""
        self.is_word: list[bool] = []

    def letter(self, character: str) -> int:
        found = self._known.get(character)
        if found is None:
            if len(self._known) >= MOST_KNOWN_CHARACTERS:
                self._known.clear()
            found = self._known[character] = self._classified(character)
        return found

    def _classified(self, character: str) -> int:
        sieve = self._exact if character in _ODD_CASES else self._sieve
        passed = tuple(sieve.passing(_encoded(character)))
        if passed not in self._letters:
            self._letters[passed] = len(self._letters)
            self.members.append(frozenset(index - 1 for index in passed if index))
            self.is_word.append(0 in passed)
        return self._letters[passed]


def _sieve(expressions: Sequence[str]) -> Sieve:
    return Sieve([rf"\A(?:{expression})\z" for expression in expressions])


def _encoded(character: str) -> bytes:
    """UTF-8; a lone surrogate, which has none, is read as U+FFFD."""
    return ("\ufffd" if "\ud800" <= character <= "\udfff" else character).encode()
