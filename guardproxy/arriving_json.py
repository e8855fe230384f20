"""JSON while it arrives: what is known of a value when only its beginning is there.

`ArrivingJson` is fed pieces of text and keeps a tree. A container whose end has not come is an `OpenObject` or an
`OpenList`, a text an `OpenText`, and a number an `OpenNumber`: `12` may still become `12000`, so it has no value before
its delimiter. Everything closed is an ordinary value as `exact_json` parses it. The result does not depend on how the
text was cut.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from guardproxy import exact_json


class OpenObject(dict[str, Any]):
    """The members that have begun; others may follow."""


class OpenList(list[Any]):
    """The elements that have begun; others may follow."""


class OpenText(str):
    """The beginning of a text, as far as it can be decoded."""

    __slots__ = ()


class OpenNumber(str):
    """The first characters of a number, or of `true`, `false` or `null`."""

    __slots__ = ()


class Progress(Enum):
    ARRIVING = "arriving"
    COMPLETE = "complete"
    BROKEN = "broken"
    """No continuation makes it one acceptable JSON value."""


@dataclass(slots=True)
class Member:
    """A member of the outermost object: offsets of its value in the text fed; `end` is None while it arrives.

    `after` is where the member before it ended (or the opening bracket), so that a removal takes its comma along.
    """

    key: str
    after: int
    start: int
    end: int | None = None


_SPACE = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_SCALAR = re.compile(r"[-+.0-9A-Za-z]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_SHOWN = 256
"""Of an arriving text no more than about this much is decoded before its end: enough to tell listed values apart."""
_ESCAPES = frozenset('"\\/bfnrtu')
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_NUMBER_BEGUN = re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]*)?|(0|[1-9][0-9]*)(\.[0-9]+)?[eE][-+]?[0-9]*)?")


class ArrivingJson:
    """One JSON value, fed in pieces of any size. `error` is the `JsonError` of a broken one."""

    def __init__(self) -> None:
        self.progress = Progress.ARRIVING
        self.error: exact_json.JsonError | None = None
        self.members: list[Member] = []
        self.changes = 0
        """Rises whenever the tree changes in a way that a rule could see."""
        self._holder: OpenList = OpenList()
        self._stack: list[OpenObject | OpenList] = [self._holder]
        self._keys: list[str] = []
        self._expect = "value"
        self._token: list[str] = []
        self._kind = ""
        self._escape = 0
        self._offset = 0
        self._after = 0

    @property
    def root(self) -> Any:
        """The value so far; None before its first character (and for a `null`)."""
        return self._holder[0] if self._holder else None

    @property
    def begun(self) -> bool:
        return bool(self._holder)

    def feed(self, text: str, start: int = 0, stop_at_change: bool = False) -> int:
        """Reads `text` from `start`; returns the index after what was read: all of it, or up to the first change.

        Once the value is complete only white space may follow it; anything else is left unread, and it is the caller
        who says what trailing text means.
        """
        at, seen = start, self.changes
        while at < len(text) and self.progress is not Progress.BROKEN:
            before, was_complete = at, self.progress is Progress.COMPLETE
            try:
                at = self._step(text, at)
            except exact_json.JsonError as error:
                self.progress, self.error = Progress.BROKEN, error
                self.changes += 1
                break
            self._offset += at - before
            trailing = at == before and was_complete
            if trailing or (stop_at_change and self.changes != seen):
                break
        return at

    def close(self) -> None:
        """The text is over: a number at the very end is complete, an unfinished value is broken."""
        try:
            if self._kind == "scalar":
                self._end_scalar()
            if self.progress is Progress.ARRIVING:
                raise exact_json.NotJson("it ends before its JSON value is complete")
        except exact_json.JsonError as error:
            self.progress, self.error = Progress.BROKEN, error

    def _step(self, text: str, at: int) -> int:
        if self._kind == "text":
            return self._more_text(text, at)
        if self._kind == "scalar":
            return self._more_scalar(text, at)
        end = _match_end(_SPACE, text, at)
        if end > at or self.progress is Progress.COMPLETE:
            return end
        self._punctuation(text[at])
        return at + 1

    def _punctuation(self, char: str) -> None:
        if self._expect in ("value", "value or ]"):
            self._begin_value(char)
        elif self._expect in ("key", "key or }") and char == '"':
            self._kind, self._token, self._escape = "text", [], 0
        elif self._expect == ":" and char == ":":
            self._expect = "value"
        elif self._expect == "," and char == ",":
            self._expect = "key" if isinstance(self._stack[-1], OpenObject) else "value"
        elif char == "}" and self._expect in ("key or }", ",") and isinstance(self._stack[-1], OpenObject):
            self._end_container(dict(self._stack[-1]))
        elif char == "]" and self._expect == "," and isinstance(self._stack[-1], OpenList) and len(self._stack) > 1:
            self._end_container(list(self._stack[-1]))
        else:
            raise exact_json.NotJson(f"it stops being one JSON value at character {self._offset + 1}")

    def _begin_value(self, char: str) -> None:
        if char == "]" and self._expect == "value or ]":
            self._end_container([])
            return
        if len(self._stack) == 2 and isinstance(self._stack[-1], OpenObject):
            self.members.append(Member(self._keys[-1], self._after, self._offset))
        if char == "{":
            self._open(OpenObject(), "key or }")
        elif char == "[":
            self._open(OpenList(), "value or ]")
        elif char == '"':
            self._put(OpenText(""), new=True)
            self._kind, self._token, self._escape = "text", [], 0
            self._expect = "text value"
        elif char in "-0123456789tfn":
            self._put(OpenNumber(char), new=True)
            self._kind, self._token = "scalar", [char]
        else:
            raise exact_json.NotJson(f"it stops being one JSON value at character {self._offset + 1}")

    def _open(self, container: OpenObject | OpenList, expect: str) -> None:
        if len(self._stack) > exact_json.MAX_DEPTH:
            raise exact_json.JsonTooLarge(f"it is nested more than {exact_json.MAX_DEPTH} levels deep")
        self._put(container, new=True)
        self._stack.append(container)
        self._expect = expect
        if len(self._stack) == 2:
            self._after = self._offset + 1

    def _end_container(self, closed: Any) -> None:
        self._stack.pop()
        self._put(closed)
        self._closed(self._offset + 1)

    def _put(self, value: Any, new: bool = False) -> None:
        """Sets the value at the current place of the innermost container."""
        self.changes += 1
        parent = self._stack[-1]
        if isinstance(parent, OpenObject):
            parent[self._keys[-1]] = value
        elif new:
            parent.append(value)
        else:
            parent[-1] = value

    def _closed(self, end: int) -> None:
        """A value is complete; `end` is the offset behind it."""
        if isinstance(self._stack[-1], OpenObject):
            self._keys.pop()
        if len(self._stack) == 2 and self.members and self.members[-1].end is None:
            self.members[-1].end = end
            self._after = end
        self._expect = ","
        if len(self._stack) == 1:
            self.progress = Progress.COMPLETE

    def _more_text(self, text: str, at: int) -> int:
        if self._escape:
            return self._more_escape(text, at)
        end = _match_end(_PLAIN, text, at)
        self._token.append(text[at:end])
        if end == len(text):
            self._show_text()
            return end
        char = text[end]
        if char == '"':
            self._end_text(self._offset + end - at + 1)
        elif char == "\\":
            self._token.append(char)
            self._escape = 1
        else:
            raise exact_json.NotJson(
                f"a text holds a bare control character at character {self._offset + 1 + end - at}"
            )
        return end + 1

    def _more_escape(self, text: str, at: int) -> int:
        """`_escape` counts the characters that are still due after a backslash."""
        char = text[at]
        if self._token[-1] == "\\" and self._escape == 1:
            if char not in _ESCAPES:
                raise exact_json.NotJson(f"`\\{char}` is no escape in JSON")
            self._escape = 5 if char == "u" else 1
        elif char not in _HEXADECIMAL:
            raise exact_json.NotJson(f"`\\u` is followed by `{char}`, which is no hexadecimal digit")
        self._token.append(char)
        self._escape -= 1
        if self._escape == 0:
            self._show_text()
        return at + 1

    def _show_text(self) -> None:
        """The decoded beginning of a text value, for rules that can already say that no continuation fits."""
        if self._expect == "text value" and len(self._shown()) < _SHOWN:
            self._put(OpenText(_decoded("".join(self._token))))

    def _shown(self) -> str:
        parent = self._stack[-1]
        return str(parent[self._keys[-1]] if isinstance(parent, OpenObject) else parent[-1])

    def _end_text(self, end: int) -> None:
        decoded = _decoded("".join(self._token))
        self._kind = ""
        if self._expect == "text value":
            self._put(decoded)
            self._closed(end)
            return
        if decoded in self._stack[-1]:
            raise exact_json.AmbiguousJson("a key appears twice in one object")
        self._keys.append(decoded)
        self._expect = ":"

    def _more_scalar(self, text: str, at: int) -> int:
        end = _match_end(_SCALAR, text, at)
        self._token.append(text[at:end])
        if end < len(text):
            self._end_scalar(self._offset + end - at)
        else:
            self._token = ["".join(self._token)]
            _check_beginning(self._token[0])
        return end

    def _end_scalar(self, end: int | None = None) -> None:
        self._kind = ""
        self._put(_scalar("".join(self._token)))
        self._closed(self._offset if end is None else end)


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _scalar(token: str) -> Any:
    if token in _WORDS:
        return _WORDS[token]
    number = _NUMBER.fullmatch(token)
    if number is None:
        raise exact_json.NotJson(f"`{token[:20]}` is no JSON value")
    if number.group(2) or number.group(3):
        return exact_json.decimal_number(token)
    return exact_json.whole_number(token)


def _check_beginning(token: str) -> None:
    """Raises a `JsonError` where no continuation of a number or a word can be read: `-I`, or 500 digits."""
    if any(word.startswith(token) for word in _WORDS):
        return
    if not _NUMBER_BEGUN.fullmatch(token):
        raise exact_json.NotJson(f"`{token[:20]}` begins no JSON value")
    if _NUMBER.fullmatch(token):
        exact_json.decimal_number(token)  # what is beyond the limits already stays so, whatever digits follow
    elif len(token) > exact_json.MAX_DIGITS:
        raise exact_json.JsonTooLarge(f"a number has more than {exact_json.MAX_DIGITS} digits")


def _decoded(token: str) -> str:
    return str(exact_json.loads(f'"{token}"')) if "\\" in token else token
