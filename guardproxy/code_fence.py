"""What may stand around a reply that is data, and does not count: white space, and at most one code fence.

A fence opens with a line of backticks and, maybe, one word (```` ```json ````); its line may be left out before a `{`.
Behind the data come at most as many backticks, with white space around them.
"""

import re

_SPACE = re.compile(r"[\s\ufeff]*")
_OPENED = re.compile(r"(`+)[A-Za-z0-9_+-]*[ \t]*")
_OPENING = re.compile(r"`+[A-Za-z0-9_+-]*[ \t]*\r?")
_LONGEST = 64
"""Characters of the line that opens a fence, its end counted."""
_ENDING = re.compile(r"[\s\ufeff]+|`|[^\s`\ufeff]")


class Surroundings:
    """Follows what stands before the data and behind it, however it is cut.

    `possible` turns false for good once something else stands there. `begun`: the data has begun, behind `length`
    characters. A data that begins with a backtick is none.
    """

    def __init__(self) -> None:
        self.possible = True
        self.begun = False
        self.length = 0
        self._line = ""
        """What has come of the line that opens a fence, until it is complete."""
        self._fenced = 0
        """The ticks that opened the fence."""
        self._ticks = 0
        """Of those that close it."""
        self._ended = False
        """Whether white space has come behind the last of those."""

    def begin(self, text: str, at: int) -> int:
        """Reads from `at` up to the data; the index where that begins, or of what cannot stand there, or the end."""
        start = at
        while at < len(text) and self.possible and not self.begun:
            if not self._line:
                found = _SPACE.match(text, at)
                at = found.end() if found else at
            if at < len(text):
                self.begun = not self._line and text[at] != "`"
                at = at if self.begun else self._read_fence(text, at)
        self.length += at - start
        return at

    def _read_fence(self, text: str, at: int) -> int:
        character, line = text[at], self._line
        ends = {"\n": line.removesuffix("\r"), "{": line}.get(character)
        opened = _OPENED.fullmatch(ends) if ends else None
        if opened is not None:
            self._fenced, self._line = len(opened.group(1)), ""
            return at if character == "{" else at + 1
        line += character
        self.possible = not self._fenced and len(line) < _LONGEST and _OPENING.fullmatch(line) is not None
        self._line = line
        return at + 1 if self.possible else at

    def end(self, text: str, at: int) -> int:
        """Reads on behind the data; the index of what cannot stand there, or the end of the text."""
        for found in _ENDING.finditer(text, at):
            part = found.group()
            if part == "`" and not self._ended and self._ticks < self._fenced:
                self._ticks += 1
            elif part[0].isspace() or part[0] == "\ufeff":
                self._ended = self._ticks > 0
            else:
                self.possible = False
                return found.start()
        return len(text)
