r"""The regular expressions that policies may use, from text to tree.

The language is RE2's: `\d`, `\w`, `\s` and `\b` mean ASCII (`\pL`, `\pN` reach all scripts), `.` is every character but
a line feed, `^` and `$` are the ends of the text unless `(?m)` says lines. Ignoring case folds as Unicode does, one
character to one: `s` is also `ſ`, `k` also the Kelvin sign. What cannot run in linear time does not exist here:
look-around, back-references, recursion, possessive and atomic groups are refused with the reason.
"""

from dataclasses import dataclass, replace

from guardproxy.patterns.tree import Assertion, AssertionKind, Char, Choice, Concat, Node, Repeat, quoted

MOST_NESTED = 100
MOST_TIMES = 1000


class Refusal(ValueError):
    """The expression cannot be used. The message is the reason in plain words; `position` counts code points."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.position = position


def parse(source: str, *, ignore_case: bool = False) -> Node:
    """The tree of an expression. Raises `Refusal`."""
    reader = _Reader(source, _Flags(fold=ignore_case))
    node = reader.choice()
    if reader.position < len(source):
        raise Refusal("there is a `)` without its `(`", reader.position)
    return node


@dataclass(frozen=True, slots=True)
class _Flags:
    fold: bool = False
    lines: bool = False
    dot_all: bool = False

    def wrapped(self, source: str) -> str:
        return f"(?i:{source})" if self.fold else source


_NO_GROUP = {
    "=": "look-ahead `(?=` needs more than linear time; match the text itself instead",
    "!": "look-ahead `(?!` needs more than linear time; say what counts, or use `except those ...`",
    "<=": "look-behind `(?<=` needs more than linear time; match the text itself instead",
    "<!": "look-behind `(?<!` needs more than linear time; say what counts, or use `except those ...`",
    ">": "an atomic group `(?>` has no meaning in a linear-time engine; write `(?:`",
    "P=": "a back-reference `(?P=` needs more than linear time; write out what may stand there",
    "P>": "recursion `(?P>` needs more than linear time",
    "R": "recursion `(?R)` needs more than linear time",
    "&": "recursion `(?&` needs more than linear time",
    "(": "a condition `(?(` needs more than linear time; write both cases as alternatives",
    "|": "a branch reset `(?|` has no meaning here; write `(?:`",
    "#": "a comment `(?#` is not part of the language; put it behind `#` outside the pattern",
}

_NO_ESCAPE = {
    "k": r"a back-reference `\k` needs more than linear time; write out what may stand there",
    "g": r"a back-reference `\g` needs more than linear time; write out what may stand there",
    "Z": r"`\Z` is not part of the language; the end of the text is `\z` or `$`",
    "G": r"`\G` is not part of the language",
    "K": r"`\K` is not part of the language",
    "C": r"`\C` would match half a character",
}

_ASSERTIONS: dict[str, AssertionKind] = {"A": "text begin", "z": "text end", "b": "edge", "B": "no edge"}


class _Reader:
    """Recursive descent; `position` is the next character to read."""

    def __init__(self, source: str, flags: _Flags) -> None:
        self.source = source
        self.position = 0
        self.flags = flags
        self.depth = 0

    def choice(self) -> Node:
        options = [self.sequence()]
        while self._take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.position < len(self.source) and self.source[self.position] not in "|)":
            parts.append(self._repeated())
        return parts[0] if len(parts) == 1 else Concat(tuple(parts))

    def _repeated(self) -> Node:
        start = self.position
        if self.source[start] in "*+?":
            raise Refusal(f"there is nothing before `{self.source[start]}` to repeat", start)
        node = self._atom()
        times = self._times()
        if times is None:
            return node
        repeat = Repeat(node, *times, lazy=self._take("?"))
        following = self.position
        if self._take("+"):
            raise Refusal(
                "a possessive repetition has no meaning in a linear-time engine; leave out its `+`", following
            )
        if self._times() is not None:
            raise Refusal("there are two repetitions in a row; put the first one in `(?: )`", following)
        return repeat

    def _times(self) -> tuple[int, int | None] | None:
        start = self.position
        for sign, times in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return times
        end = self.source.find("}", start)
        if not self._peek("{") or end < 0:
            return None
        low, comma, high = self.source[start + 1 : end].partition(",")
        if not _is_count(low) or (high and not _is_count(high)):
            return None  # a brace that stands for itself
        self.position = end + 1
        return _counts(low, high if comma else low, start)

    def _atom(self) -> Node:
        start = self.position
        match self.source[start]:
            case "(":
                return self._group()
            case "[":
                return Char(self.flags.wrapped(self._class()))
            case "\\":
                return self._escape()
        self.position += 1
        match self.source[start]:
            case ".":
                return Char("(?s:.)" if self.flags.dot_all else r"[^\n]")
            case "^":
                return Assertion("line begin" if self.flags.lines else "text begin")
            case "$":
                return Assertion("line end" if self.flags.lines else "text end")
            case character:
                return self._letter(character)

    def _letter(self, character: str) -> Char:
        return Char(self.flags.wrapped(quoted(character)))

    def _group(self) -> Node:
        start, flags = self.position, self.flags
        self.position += 1
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise Refusal(f"groups are nested more than {MOST_NESTED} deep", start)
        if self._take("?") and self._opening(start):
            self.depth -= 1
            return Concat(())
        node = self.choice()
        if not self._take(")"):
            raise Refusal("there is a `(` without its `)`", start)
        self.flags = flags
        self.depth -= 1
        return node

    def _opening(self, start: int) -> bool:
        """Reads what stands behind `(?`. True: it was flags alone, which hold until the enclosing group ends."""
        if self._take(":"):
            return False
        for sign, reason in _NO_GROUP.items():
            if self._peek(sign):
                raise Refusal(reason, start)
        if self._take("P<") or self._take("<"):
            self._name(start)
            return False
        return self._flags(start)

    def _name(self, start: int) -> None:
        end = self.source.find(">", self.position)
        if end < 0 or not self.source[self.position : end].isidentifier():
            raise Refusal("the name of a group is letters, digits and `_`, and ends with `>`", start)
        self.position = end + 1

    def _flags(self, start: int) -> bool:
        value = True
        while self.position < len(self.source):
            sign = self.source[self.position]
            self.position += 1
            match sign:
                case "-" if value:
                    value = False
                case "i":
                    self.flags = replace(self.flags, fold=value)
                case "m":
                    self.flags = replace(self.flags, lines=value)
                case "s":
                    self.flags = replace(self.flags, dot_all=value)
                case ":" | ")":
                    return sign == ")"
                case _:
                    raise Refusal(f"`(?{sign}` is not part of the language; the flags are `i`, `m` and `s`", start)
        raise Refusal("there is a `(` without its `)`", start)

    def _class(self) -> str:
        start = self.position
        self.position += 2 if self.source.startswith("^", start + 1) else 1
        self._take("]")  # a bracket that comes first stands for itself
        while self.position < len(self.source):
            sign = self.source[self.position]
            named_end = self.source.find(":]", self.position + 2) if self._peek("[:") else -1
            self.position = named_end + 2 if named_end > 0 else self.position + (2 if sign == "\\" else 1)
            if sign == "]":
                return self.source[start : self.position]
        raise Refusal("there is a `[` without its `]`", start)

    def _escape(self) -> Node:
        start = self.position
        sign = self.source[start + 1 : start + 2]
        self.position += 2
        if not sign:
            raise Refusal("there is nothing behind the last `\\`", start)
        if sign in _NO_ESCAPE:
            raise Refusal(_NO_ESCAPE[sign], start)
        if sign in "123456789":
            raise Refusal(
                f"a back-reference `\\{sign}` needs more than linear time; write out what may stand there", start
            )
        if sign in _ASSERTIONS:
            return Assertion(_ASSERTIONS[sign])
        if sign == "Q":
            return self._verbatim()
        if sign in "dDsSwWafnrtv":
            return Char(self.flags.wrapped("\\" + sign))
        if sign in "pPx0":
            return self._long_escape(start, sign)
        if sign.isascii() and not sign.isalnum():
            return self._letter(sign)
        raise Refusal(f"`\\{sign}` is not part of the language", start)

    def _long_escape(self, start: int, sign: str) -> Char:
        if self._peek("{") and sign != "0":
            end = self.source.find("}", start)
            if end < 0:
                raise Refusal(f"there is a `\\{sign}{{` without its `}}`", start)
            self.position = end + 1
        else:
            digits = "01234567" if sign == "0" else "0123456789abcdefABCDEF"
            wanted = {"p": 1, "P": 1, "x": 2, "0": 2}[sign]
            while self.position < len(self.source) and self.position < start + 2 + wanted:
                if sign not in "pP" and self.source[self.position] not in digits:
                    break
                self.position += 1
        return Char(self.flags.wrapped(self.source[start : self.position]))

    def _verbatim(self) -> Node:
        end = self.source.find("\\E", self.position)
        text = self.source[self.position : end if end >= 0 else len(self.source)]
        self.position = end + 2 if end >= 0 else len(self.source)
        return Concat(tuple(self._letter(c) for c in text))

    def _peek(self, sign: str) -> bool:
        return self.source.startswith(sign, self.position)

    def _take(self, sign: str) -> bool:
        taken = self._peek(sign)
        self.position += len(sign) if taken else 0
        return taken


def _is_count(digits: str) -> bool:
    return digits.isascii() and digits.isdigit()


def _counts(low: str, high: str, position: int) -> tuple[int, int | None]:
    """The limits of `{low,high}`. Long digit strings are refused before they become numbers."""
    if any(len(digits) > 4 or int(digits or 0) > MOST_TIMES for digits in (low, high)):
        raise Refusal(f"a repetition counts at most {MOST_TIMES} times", position)
    if high and int(high) < int(low):
        raise Refusal(f"the repetition `{{{low},{high}}}` has its limits the wrong way round", position)
    return int(low), int(high) if high else None
