"""JSON read character by character, for a judge that wants to know of each value as soon as it is certain.

Exact on beginnings: `read` raises at the first character after which the text cannot become one JSON value within the
limits of `exact_json`.
"""

import re
from typing import Any

from guardproxy import exact_json
from guardproxy.conformance.schema_judge import Judge
from guardproxy.conformance.schema_terms import Kind

_SPACES = " \t\r\n"
_WORDS: dict[str, tuple[str, Kind, Any]] = {
    "t": ("true", "boolean", True),
    "f": ("false", "boolean", False),
    "n": ("null", "null", None),
}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_PLAIN = re.compile(r'[^"\\\x00-\x1f]+')
_HEX = frozenset("0123456789abcdefABCDEF")
_DIGITS = frozenset("0123456789")

# What may follow in a number: place > character > next place. `end` marks the places where a number may be complete.
_NUMBER: dict[str, dict[str, str]] = {
    "-": {**dict.fromkeys("123456789", "whole"), "0": "zero"},
    "zero": {".": ".", "e": "e", "E": "e"},
    "whole": {**dict.fromkeys(_DIGITS, "whole"), ".": ".", "e": "e", "E": "e"},
    ".": dict.fromkeys(_DIGITS, "decimals"),
    "decimals": {**dict.fromkeys(_DIGITS, "decimals"), "e": "e", "E": "e"},
    "e": {**dict.fromkeys(_DIGITS, "exponent"), "+": "sign", "-": "sign"},
    "sign": dict.fromkeys(_DIGITS, "exponent"),
    "exponent": dict.fromkeys(_DIGITS, "exponent"),
}
_ENDS = {("}", dict): ("key or }", ","), ("]", list): ("value or ]", ",")}
_COMPLETE_NUMBERS = frozenset({"zero", "whole", "decimals", "exponent"})


class JsonCharacters:
    """`complete` once the value is closed: only white space may follow then.

    `_place` says what is expected: `value`, `value or ]`, `key or }`, `key`, `:`, `,`, `text`, `escape`, `hex`, `word`,
    `end`, or a place of `_NUMBER`.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._place = "value"
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[str] = []
        self._parts: list[str] = []
        self._is_key = False
        self._rest = ""
        self._value: Any = None
        self._high = ""

    @property
    def complete(self) -> bool:
        return self._place == "end"

    def number_at_the_end(self) -> Any:
        """The number that is the whole text, if the text ends here; None if it is no number."""
        if self._open or self._place not in _COMPLETE_NUMBERS:
            return None
        try:
            return exact_json.loads("".join(self._parts))
        except exact_json.JsonError:
            return None

    def read(self, text: str, at: int) -> int:
        """Reads a character, or a run of them that changes nothing; the index behind it. Raises `JsonError`."""
        character, place = text[at], self._place
        if place == "text":
            return self._text(text, at)
        if place in _NUMBER:
            self._number(character)
        elif place == "word":
            self._word(character)
        elif place == "escape":
            self._escape(character)
        elif place == "hex":
            self._hex(character)
        elif character not in _SPACES:
            self._punctuation(character)
        return at + 1

    def _punctuation(self, character: str) -> None:
        place, inner = self._place, self._open[-1] if self._open else None
        if place in ("value", "value or ]") and character != "]":
            self._begin(character)
        elif place in ("key", "key or }") and character == '"':
            self._is_key, self._place = True, "text"
            self._judge.key_begins("")
        elif place == ":" and character == ":":
            self._place = "value"
        elif place == "," and character == "," and inner is not None:
            self._place = "key" if isinstance(inner, dict) else "value"
            self._judge.more()
        elif inner is not None and place in _ENDS.get((character, type(inner)), ()):
            self._end(self._open.pop())
        else:
            raise exact_json.NotJson("it stops being one JSON value here")

    def _begin(self, character: str) -> None:
        if character in "{[":
            if len(self._open) >= exact_json.MAX_DEPTH:
                raise exact_json.JsonTooLarge(f"it is nested more than {exact_json.MAX_DEPTH} levels deep")
            self._judge.begin("object" if character == "{" else "array")
            self._open.append({} if character == "{" else [])
            self._place = "key or }" if character == "{" else "value or ]"
        elif character == '"':
            self._judge.begin("string")
            self._is_key, self._place = False, "text"
        elif character in _WORDS:
            word, kind, value = _WORDS[character]
            self._judge.begin(kind)
            self._end(value)
            self._place, self._rest = "word", word[1:]
        elif character == "-" or character in _DIGITS:
            self._judge.begin("number")
            self._parts = [character]
            self._place = "-" if character == "-" else "zero" if character == "0" else "whole"
        else:
            raise exact_json.NotJson("it stops being one JSON value here")

    def _end(self, value: Any) -> None:
        """A value is complete."""
        self._judge.close(value)
        if not self._open:
            self._place = "end"
            return
        inner = self._open[-1]
        if isinstance(inner, dict):
            inner[self._keys.pop()] = value
        else:
            inner.append(value)
        self._place = ","

    def _word(self, character: str) -> None:
        if character != self._rest[0]:
            raise exact_json.NotJson("it stops being one JSON value here")
        self._rest = self._rest[1:]
        if not self._rest:
            self._place = "," if self._open else "end"

    def _number(self, character: str) -> None:
        following = _NUMBER[self._place].get(character)
        if following is not None:
            self._parts.append(character)
            if len(self._parts) > exact_json.MAX_DIGITS:
                raise exact_json.JsonTooLarge(f"a number has more than {exact_json.MAX_DIGITS} digits")
            self._place = following
            return
        if self._place not in _COMPLETE_NUMBERS:
            raise exact_json.NotJson("it stops being one JSON value here")
        number = exact_json.loads("".join(self._parts))
        self._parts = []
        self._end(number)
        if character not in _SPACES:
            self._punctuation(character)

    def _text(self, text: str, at: int) -> int:
        character = text[at]
        if character == '"':
            self._end_text()
            return at + 1
        if character == "\\":
            self._place = "escape"
            return at + 1
        if character < " ":
            raise exact_json.NotJson("a text holds a bare control character")
        if not self._high and not self._is_key and not self._judge.reads_text:
            found = _PLAIN.match(text, at)
            assert found is not None
            self._parts.append(found.group())
            return found.end()
        self._put(character)
        return at + 1

    def _escape(self, character: str) -> None:
        if character == "u":
            self._place, self._rest = "hex", ""
            return
        if character not in _ESCAPES:
            raise exact_json.NotJson(f"`\\{character}` is no escape in JSON")
        self._place = "text"
        self._put(_ESCAPES[character])

    def _hex(self, character: str) -> None:
        if character not in _HEX:
            raise exact_json.NotJson("behind `\\u` stand four hexadecimal digits")
        self._rest += character
        if len(self._rest) == 4:
            self._place = "text"
            self._put(chr(int(self._rest, 16)), escaped=True)

    def _put(self, character: str, escaped: bool = False) -> None:
        """One more character; the first half of a pair waits for its second one."""
        high, self._high = self._high, ""
        if high and escaped and "\udc00" <= character <= "\udfff":
            point = 0x10000 + ((ord(high) - 0xD800) << 10) + ord(character) - 0xDC00
            self._show(chr(point))
            return
        if high:
            self._show(high)
        if escaped and "\ud800" <= character <= "\udbff":
            self._high = character
        else:
            self._show(character)

    def _show(self, character: str) -> None:
        self._parts.append(character)
        if self._is_key:
            self._judge.key_begins("".join(self._parts))
        elif self._judge.reads_text:
            self._judge.character(character)

    def _end_text(self) -> None:
        if self._high:
            high, self._high = self._high, ""
            self._show(high)
        text, self._parts = "".join(self._parts), []
        if not self._is_key:
            self._end(text)
            return
        inner = self._open[-1]
        if text in inner:
            raise exact_json.AmbiguousJson("a key appears twice in one object")
        self._keys.append(text)
        self._place = ":"
        self._judge.member(text)
