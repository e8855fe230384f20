"""The reply as a JSON object: alone, or in one code fence, with white space around it; otherwise it is just text."""

import re
from typing import Any

from guardproxy.arriving_json import ArrivingJson, Member, OpenObject, Progress
from guardproxy.exact_json import NotJson
from guardproxy.ir.types import INVALID

_SPACE = re.compile(r"\s*")
_FENCE = re.compile(r"```[A-Za-z0-9_+-]*[ \t]*\r?\n")
_FENCE_BEGUN = re.compile(r"`{0,2}\Z|```[A-Za-z0-9_+-]*[ \t]*\r?\Z")
_LONGEST_FENCE = 64
_ENDING = re.compile(r"\s+|`|[^\s`]")


class ArrivingReply:
    """Follows a reply's text and tells whether it is, or may become, a JSON object.

    `possible` turns false for good once it is anything else. `tree` is the object so far: an `OpenObject` while it
    arrives, a `dict` when it is closed, `INVALID` when a key is repeated or a limit exceeded, None before it begins.
    """

    def __init__(self) -> None:
        self.possible = True
        self.json = ArrivingJson()
        self.start = 0
        """Offset in the reply where the object begins; member offsets count from here."""
        self._fence = ""
        """What has come of the line that opens a code fence, until it is complete."""
        self._fenced = False
        self._begun = False
        self._ticks = 0
        """Of the code fence behind the object."""

    def feed(self, text: str, start: int = 0, stop_at_change: bool = False) -> int:
        """Reads on from `start`; returns the index behind what was read (see `ArrivingJson.feed`)."""
        at = start
        if self.possible and not self._begun:
            at = self._feed_head(text, at)
        if self.possible and self._begun and self.json.progress is not Progress.COMPLETE:
            at = self.json.feed(text, at, stop_at_change)
            if isinstance(self.json.error, NotJson):
                self.possible = False
        if self.possible and self.json.progress is Progress.COMPLETE and at < len(text):
            self._feed_tail(text, at)
            at = len(text)
        return at if self.possible and self.json.progress is not Progress.BROKEN else len(text)

    def close(self) -> None:
        """The reply is over: from now on `possible` says whether it is a JSON object."""
        if self.json.progress is Progress.BROKEN:
            return
        whole = self.json.progress is Progress.COMPLETE and self._ticks == (3 if self._fenced else 0)
        self.possible = self.possible and whole

    @property
    def tree(self) -> Any:
        if not self._begun or not self.possible:
            return None
        return INVALID if self.json.progress is Progress.BROKEN else self.json.root

    @property
    def members(self) -> list[Member]:
        return self.json.members

    @property
    def open(self) -> bool:
        return isinstance(self.tree, OpenObject)

    def _feed_head(self, text: str, at: int) -> int:
        """White space, at most one opening fence, white space: read once, however it was cut."""
        while at < len(text):
            if not self._fence:
                at = self._skip_space(text, at)
                if at < len(text) and text[at] == "{":
                    self._begun = True
                    return at
            if at < len(text):
                at = self._feed_fence(text, at)
            if not self.possible:
                return len(text)
        return at

    def _skip_space(self, text: str, at: int) -> int:
        found = _SPACE.match(text, at)
        end = found.end() if found else at
        self.start += end - at
        return end

    def _feed_fence(self, text: str, at: int) -> int:
        before = len(self._fence)
        line = self._fence + text[at : at + _LONGEST_FENCE]
        found = None if self._fenced else _FENCE.match(line)
        if found is not None:
            self._fence, self._fenced = "", True
            self.start += found.end()
            return at + found.end() - before
        self._fence = line
        self.possible = not self._fenced and len(line) < _LONGEST_FENCE and _FENCE_BEGUN.match(line) is not None
        return len(text)

    def _feed_tail(self, text: str, at: int) -> None:
        """Behind the object: white space, and the closing fence where one was opened."""
        for found in _ENDING.finditer(text, at):
            part = found.group()
            if part.isspace():
                self.possible = self._ticks in (0, 3)
            else:
                self._ticks += 1
                self.possible = part == "`" and self._fenced and self._ticks <= 3
            if not self.possible:
                return


def reply_object(text: str) -> ArrivingReply:
    """A whole reply, read to its end."""
    reply = ArrivingReply()
    if "{" in text:
        reply.feed(text)
    else:
        reply.possible = False
    reply.close()
    return reply
