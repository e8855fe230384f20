"""The only door to the regular-expression engine (google-re2), which searches UTF-8 in linear time.

Everything here counts in bytes of a `Buffer`'s data; `Buffer` translates code points.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import re2

from guardproxy.patterns.tree import MARK

EXPRESSION_MEMORY = 8 << 20
"""Bytes for the program of one expression, a larger one is refused; its automaton is built lazily in the same limit."""
GROWN_MEMORY = 128 << 20
"""Bytes for the programs made from them, where less is not enough. A growth expression has some five times the
instructions of its expression, so it fits whenever that one does."""
UNION_MEMORY = 512 << 20
"""Bytes at most for many of them together. The engine makes no automaton where it might need more than it may have,
some 600 bytes for each instruction; what it really takes is a fraction of that."""
_LARGEST_SMALL = EXPRESSION_MEMORY // 600
"""Instructions of a program whose automaton has room in the smaller memory."""

Span = tuple[int, int]

_STRIDE = 128
MARK_BYTES = MARK.encode()
_UNANCHORED = re2._Anchor.UNANCHORED
_ANCHORED = re2._Anchor.ANCHOR_START


class Uncompilable(ValueError):
    """RE2 does not take the expression; the message is its own."""


def _options(memory: int) -> "re2.Options":
    options = re2.Options()
    options.max_mem = memory
    options.never_capture = True
    options.log_errors = False
    return options


@lru_cache(maxsize=4096)
def machine(expression: str) -> "Machine":
    """The machine of an author's expression, compiled once. Raises `Uncompilable`."""
    return Machine(expression)


@lru_cache(maxsize=4096)
def grown_machine(expression: str) -> "Machine":
    """The machine of an expression that was made from others, compiled once, in as little memory as it needs."""
    try:
        made = Machine(expression)
    except Uncompilable:
        return Machine(expression, GROWN_MEMORY)
    return made if made.size <= _LARGEST_SMALL else Machine(expression, GROWN_MEMORY)


@lru_cache(maxsize=256)
def union_machine(expression: str) -> "Machine":
    """The machine of many expressions together, with room for its automaton: a byte takes microseconds without it."""
    return Machine(expression, UNION_MEMORY)


class Machine:
    """One compiled expression. Raises `Uncompilable`."""

    __slots__ = ("_match", "size")

    def __init__(self, expression: str, memory: int = EXPRESSION_MEMORY) -> None:
        try:
            compiled = re2.compile(expression.encode(), _options(memory))
        except re2.error as error:
            raise Uncompilable(_message(error)) from None
        # The wrapper's `search` builds a generator and a match object, 1.7 of its 3 microseconds.
        self._match = compiled._regexp.Match
        self.size: int = compiled.programsize

    def search(self, data: bytes, position: int = 0) -> Span | None:
        """The leftmost match that starts at `position` or later, by the priority of its alternatives."""
        span: Span = self._match(_UNANCHORED, data, position, len(data))[0]
        return None if span[0] < 0 else span

    def end_at(self, data: bytes, position: int) -> int:
        """Where a match ends that starts at `position`; -1 when there is none."""
        end: int = self._match(_ANCHORED, data, position, len(data))[0][1]
        return end


def _message(error: Exception) -> str:
    argument = error.args[0] if error.args else ""
    return argument.decode("utf-8", "replace") if isinstance(argument, bytes) else str(argument)


class Sieve:
    """Many expressions in one pass: which of them match somewhere in a text, or at its beginning."""

    def __init__(self, expressions: Sequence[str], *, at_beginning: bool = False) -> None:
        self._everyone = range(len(expressions))
        make = re2.Set.MatchSet if at_beginning else re2.Set.SearchSet
        self._set = make(_options(GROWN_MEMORY))
        for expression in expressions:
            self._set.Add(expression.encode())
        # Matches every text: where it is missing from the answer, the engine ran out of memory and said nothing.
        self._control = self._set.Add(b"")
        self._set.Compile()

    def passing(self, data: bytes) -> Sequence[int]:
        """The indices of the expressions that match, in order; all of them when the engine could not tell."""
        found = self._set.Match(data)
        if found is None or self._control not in found:
            return self._everyone
        return sorted(index for index in found if index != self._control)


class Buffer:
    """A text as the engine sees it: UTF-8, with one character for each code point of the text.

    A lone surrogate has no UTF-8 and becomes U+FFFD; the mark's own character becomes U+0001. `marked` puts the mark
    behind it: what comes next is not known yet.
    """

    __slots__ = ("_points", "_text", "data", "end")

    def __init__(self, text: str, *, marked: bool) -> None:
        data = encoded(text)
        self._text = text
        self._points: list[int] | None = None
        self.end = len(data)
        self.data = data + MARK_BYTES if marked else data

    def byte(self, position: int) -> int:
        """The byte offset of a code point."""
        if self.end == len(self._text):
            return position
        whole = min(position // _STRIDE, len(self._starts) - 1)
        return self._starts[whole] + len(encoded(self._text[whole * _STRIDE : position]))

    def point(self, offset: int) -> int:
        """The code point at a byte offset."""
        if self.end == len(self._text):
            return offset
        whole = bisect_right(self._starts, offset) - 1
        return whole * _STRIDE + len(self.data[self._starts[whole] : offset].decode())

    @property
    def _starts(self) -> list[int]:
        """The byte offsets of every so manieth code point."""
        if self._points is None:
            steps = range(0, len(self._text), _STRIDE)
            lengths = (len(encoded(self._text[start : start + _STRIDE])) for start in steps)
            self._points = [0, *accumulate(lengths)][:-1]
        return self._points

    def following(self, offset: int) -> int:
        """The byte offset of the next character."""
        offset += 1
        while offset < self.end and self.data[offset] & 0xC0 == 0x80:
            offset += 1
        return offset


def encoded(text: str) -> bytes:
    if MARK in text:
        text = text.replace(MARK, "\x01")
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text).encode()
