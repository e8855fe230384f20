"""The reply as a JSON object: alone, or in one code fence, with white space around it; otherwise it is just text.

What only a lenient reader takes for an object (`loose_json`), and an object that was cut off, is one that cannot be
read: nobody may act on it, and nobody may take it for prose. What may stand around it: `code_fence`.
"""

from typing import Any

from guardproxy.arriving_json import ArrivingJson, Member, OpenObject, Progress
from guardproxy.code_fence import Surroundings
from guardproxy.ir.types import INVALID
from guardproxy.loose_json import LooseObject


class ArrivingReply:
    """Follows a reply's text and tells whether it is, or may become, a JSON object.

    `possible` turns false for good once it is anything else. `tree` is the object so far: an `OpenObject` while it
    arrives, a `dict` when it is closed, `INVALID` when nobody can be sure what it says, None before it begins.
    """

    def __init__(self, is_expected: bool = False) -> None:
        """`is_expected`: the request asked for JSON, so that a reply which begins as an object is no prose any more."""
        self.possible = True
        self.json = ArrivingJson()
        self.start = 0
        """Offset in the reply where the object begins; member offsets count from here."""
        self._is_expected = is_expected
        self._around = Surroundings()
        self._begun = False
        self._pieces: list[str] = []
        """The object so far, for a lenient reader, should an exact one fail."""
        self._loose: LooseObject | None = None
        self._unreadable = False

    def feed(self, text: str, start: int = 0, stop_at_change: bool = False) -> int:
        """Reads on from `start`; returns the index behind what was read (see `ArrivingJson.feed`)."""
        at = start
        if self.possible and not self._begun:
            at = self._feed_head(text, at)
        if self.possible and self._begun and self._progress is Progress.ARRIVING:
            at = self._feed_object(text, at, stop_at_change)
        if self.possible and self._begun and self._progress is Progress.COMPLETE and at < len(text):
            self._feed_tail(text, at)
            at = len(text)
        return at if self.possible and not self._unreadable else len(text)

    def close(self) -> None:
        """The reply is over: from now on `possible` says whether it is a JSON object."""
        if not self._begun:
            self.possible = False
        elif self.possible and self._progress is Progress.ARRIVING:
            self._is_none(unless=bool(self.members) or (self._loose is not None and self._loose.begun))

    @property
    def tree(self) -> Any:
        if not self._begun or not self.possible:
            return None
        return INVALID if self._unreadable or self._loose is not None else self.json.root

    @property
    def members(self) -> list[Member]:
        return self.json.members

    @property
    def open(self) -> bool:
        return isinstance(self.tree, OpenObject)

    @property
    def _progress(self) -> Progress:
        return self.json.progress if self._loose is None else self._loose.progress

    def _feed_object(self, text: str, at: int, stop_at_change: bool) -> int:
        if self._loose is None:
            end = self.json.feed(text, at, stop_at_change)
            self._pieces.append(text[at:end])
            at = end
            if self.json.progress is Progress.BROKEN:
                self._loose = LooseObject()
                self._loose.feed("".join(self._pieces))
            if self.json.progress is not Progress.ARRIVING:
                self._pieces.clear()
        if self._loose is not None:
            at = self._loose.feed(text, at)
            if self._loose.progress is Progress.BROKEN:
                self._is_none()
        return at

    def _is_none(self, unless: bool = False) -> None:
        """It is no object after all, or, where one was expected, none that can be read."""
        self._unreadable = unless or self._is_expected
        self.possible = self._unreadable
        self.json.changes += 1

    def _feed_head(self, text: str, at: int) -> int:
        """White space, at most one opening fence, white space: read once, however it was cut."""
        at = self._around.begin(text, at)
        self.start = self._around.length
        self._begun = self._around.begun and text[at] == "{"
        self.possible = self._around.possible and self._begun == self._around.begun
        return at if self.possible else len(text)

    def _feed_tail(self, text: str, at: int) -> None:
        """Behind the object: white space, and the closing fence where one was opened."""
        if self._around.end(text, at) < len(text):
            self._is_none()


def reply_object(text: str, is_expected: bool = False) -> ArrivingReply:
    """A whole reply, read to its end."""
    reply = ArrivingReply(is_expected)
    if "{" in text:
        reply.feed(text)
    else:
        reply.possible = False
    reply.close()
    return reply
