"""JSON as lenient readers take it: whether a text is an object to any of them, though it is none to an exact one.

Nothing is read from such a text: two readers may see two values in it. It only has to be known that somebody may see an
object there, so that it is not taken for prose. Accepted is, besides JSON, what these read: Python's `json` (`NaN`,
repeated keys, numbers and nesting without limits; control characters in strings with `strict=False`), JSON5 and what a
JavaScript or Python program could say instead (single quotes, bare keys, comments, a comma too many, hexadecimal
numbers, `True`, `None`, `undefined`).
"""

import re

from guardproxy.arriving_json import Progress

_SPACE = re.compile(r"[\s\ufeff]*")
_TOKEN = re.compile(r"[-+.\w$]*")
_ENDS = {'"': re.compile(r'["\\]'), "'": re.compile(r"['\\]")}
_NUMBER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|([0-9][0-9_]*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?)")
_WORDS = frozenset(
    ["true", "false", "null", "True", "False", "None", "undefined"]
    + [sign + word for sign in ("", "-", "+") for word in ("NaN", "Infinity")]
)


class LooseObject:
    """One object, from its `{` on, fed in pieces of any size. `begun`: its first member has a value, or part of one.

    `BROKEN`: no lenient reader takes it for an object, whatever comes.
    """

    def __init__(self) -> None:
        self.progress = Progress.ARRIVING
        self.begun = False
        self._expect = "object"
        self._open: list[str] = []
        self._inside = ""
        """The quote of the string, `#` or `*` of the comment, `/` of one that may begin, `a` of the bare word."""
        self._escaped = False
        self._word: list[str] = []

    def feed(self, text: str, at: int = 0) -> int:
        """Reads on from `at`; returns the index behind what was read: all of it, or up to the object's end."""
        while at < len(text) and self.progress is Progress.ARRIVING:
            if self._inside:
                at = self._go_on(text, at)
                continue
            found = _SPACE.match(text, at)
            at = found.end() if found else at
            if at < len(text):
                at = self._begin(text, at)
        return at

    def _begin(self, text: str, at: int) -> int:
        """The character of a new token; a bare word's is read with it."""
        char = text[at]
        if char in "/#":
            self._inside = char
        elif char in "\"'" and self._expect in ("key", "value"):
            self._starts()
            self._inside = char
        elif char in "{[" and self._expect == ("value" if self._open else "object"):
            self._starts()
            self._open.append(char)
            self._expect = "key" if char == "{" else "value"
        elif char in "}]" and self._closes(char):
            self._open.pop()
            self._value_ended()
        elif char == ":" and self._expect == ":":
            self._expect = "value"
        elif char == "," and self._expect == ",":
            self._expect = "key" if self._open[-1] == "{" else "value"
        elif _TOKEN.fullmatch(char) and self._expect in ("key", "value"):
            self._starts()
            self._inside = "a"
            return at
        else:
            self.progress = Progress.BROKEN
        return at + 1

    def _starts(self) -> None:
        self.begun = self.begun or (self._expect == "value" and bool(self._open))

    def _closes(self, char: str) -> bool:
        """Whether a bracket may end the innermost container here: behind a value or a comma, or when it is empty."""
        if not self._open or {"}": "{", "]": "["}[char] != self._open[-1]:
            return False
        return self._expect in (",", "key") or (char == "]" and self._expect == "value")

    def _go_on(self, text: str, at: int) -> int:
        if self._escaped:
            self._escaped = False
            return at + 1
        match self._inside:
            case "a":
                return self._bare(text, at)
            case "/":
                self._inside = {"/": "#", "*": "*"}.get(text[at], "")
                self.progress = self.progress if self._inside else Progress.BROKEN
                return at + 1
            case "#":
                end = text.find("\n", at)
                self._inside = "#" if end < 0 else ""
                return end + 1 if end >= 0 else len(text)
            case "*" | "**":
                return self._block_comment(text, at)
        return self._quoted(text, at)

    def _quoted(self, text: str, at: int) -> int:
        found = _ENDS[self._inside].search(text, at)
        if found is None:
            return len(text)
        self._escaped = found.group() == "\\"
        if not self._escaped:
            self._inside = ""
            self._token_ended()
        return found.end()

    def _block_comment(self, text: str, at: int) -> int:
        """`**` while its star has come, so that a slash would end it."""
        if self._inside == "**" and text[at] in "*/":
            self._inside = "**" if text[at] == "*" else ""
            return at + 1
        star = text.find("*", at)
        self._inside = "*" if star < 0 else "**"
        return star + 1 if star >= 0 else len(text)

    def _bare(self, text: str, at: int) -> int:
        found = _TOKEN.match(text, at)
        end = found.end() if found else at
        self._word.append(text[at:end])
        if end < len(text):
            word = "".join(self._word)
            self._word, self._inside = [], ""
            if self._expect == "value" and word not in _WORDS and not _NUMBER.fullmatch(word):
                self.progress = Progress.BROKEN
            self._token_ended()
        return end

    def _token_ended(self) -> None:
        if self._expect == "key":
            self._expect = ":"
        else:
            self._value_ended()

    def _value_ended(self) -> None:
        self._expect = ","
        if not self._open:
            self.progress = Progress.COMPLETE
