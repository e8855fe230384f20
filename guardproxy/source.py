"""Where something stands in a policy file."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_GAP = r"(?:[\s\ufeff]|#[^\n]*)"
_UNEVEN = re.compile(
    rf"""(?P<text>"(?:[^"\\\n]|\\[^\n])*")"""
    rf"""|(?P<before>\bmatch(?:es|ing)|=){_GAP}*(?P<pattern>/(?:[^/\\\n]|\\[^\n])+/)"""
    rf"|{_GAP}+"
)
"""What a line break or a comment may stand in, and the texts and patterns in which a `#` or a space is one."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A policy's text under the name that its author knows it by. Offsets count code points from 0."""

    name: str
    text: str
    _line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0] + [i + 1 for i, c in enumerate(self.text) if c == "\n"]
        object.__setattr__(self, "_line_starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points, `[start, end)`, of one source text."""

    source: SourceText
    start: int
    end: int

    @property
    def position(self) -> tuple[int, int]:
        return self.source.position(self.start)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def one_line(self) -> str:
        """The text as people are shown it: on one line, without comments; texts and patterns stay as they are."""
        return _UNEVEN.sub(_evened, self.text).strip()

    def to(self, other: "Span") -> "Span":
        """The span from the start of this one to the end of the other."""
        return Span(self.source, self.start, other.end)


def _evened(part: re.Match[str]) -> str:
    if part["pattern"]:
        return f"{part['before']} {part['pattern']}"
    return part["text"] or " "
