"""The reply as a JSON object: alone, or in one code fence, with white space around it; otherwise it is just text."""

import re
from typing import Any

from guardproxy.arriving_json import ArrivingJson, Member, OpenObject, Progress
from guardproxy.exact_json import NotJson
from guardproxy.ir.types import INVALID

_OPENING = re.compile(r"\s*(?:```[A-Za-z0-9_+-]*[ \t]*\r?\n\s*)?(?=\{)")
_OPENING_BEGUN = re.compile(r"\s*(?:`{1,2}|```[A-Za-z0-9_+-]*[ \t]*(?:\r?\n?|\r?\n\s*))?\Z")
_CLOSING_BEGUN = {False: re.compile(r"\s*\Z"), True: re.compile(r"\s*(?:`{1,3}|```\s*)?\Z")}
_CLOSING = {False: re.compile(r"\s*\Z"), True: re.compile(r"\s*```\s*\Z")}


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
        self._head: list[str] = []
        self._tail = ""
        self._fenced = False
        self._begun = False

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
            self._tail += text[at:]
            at = len(text)
            self.possible = _CLOSING_BEGUN[self._fenced].match(self._tail) is not None
        return at if self.possible and self.json.progress is not Progress.BROKEN else len(text)

    def close(self) -> None:
        """The reply is over: from now on `possible` says whether it is a JSON object."""
        if self.json.progress is Progress.BROKEN:
            return
        whole = self.json.progress is Progress.COMPLETE and _CLOSING[self._fenced].match(self._tail) is not None
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
        self._head.append(text[at:])
        head = "".join(self._head)
        found = _OPENING.match(head)
        if found is None:
            self.possible = _OPENING_BEGUN.match(head) is not None
            return len(text)
        self._begun, self.start = True, found.end()
        self._fenced = "`" in found.group()
        return len(text) - (len(head) - found.end())


def reply_object(text: str) -> ArrivingReply:
    """A whole reply, read to its end."""
    reply = ArrivingReply()
    if "{" in text:
        reply.feed(text)
    else:
        reply.possible = False
    reply.close()
    return reply
