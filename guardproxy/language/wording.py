"""Sentences that say in other words what the language has a form for, and what to write instead."""

import re
from collections.abc import Callable, Mapping, Sequence

from guardproxy.diagnostics import Diagnostic
from guardproxy.language.stop import Stop
from guardproxy.language.tokens import Piece
from guardproxy.source import Span

_MORE = "(?:more|greater|higher|larger|above|over|exceed|exceeding)"
_LESS = "(?:less|lower|smaller|fewer|below|under)"
_COMPARISONS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(rf"{words}(?=\s|$)"), right)
    for words, right in (
        (rf"(?:is |does )?(?:no|not) {_MORE}(?: than)?", "at most"),
        (rf"(?:is )?(?:no|not) {_LESS}(?: than)?", "at least"),
        (rf"(?:is )?{_MORE} than or equal(?: to)?", "at least"),
        (rf"(?:is )?{_LESS} than or equal(?: to)?", "at most"),
        ("(?:is )?(?:atmost|up to)", "at most"),
        ("(?:is )?atleast", "at least"),
    )
)
_LONGEST = 6
"""Words of the longest of these."""


def _comparison(stop: Stop, here: Piece) -> Diagnostic | None:
    """`no more than`, `atleast`: the words around the place where the sentence stops."""
    for start in range(max(0, stop.at - _LONGEST), stop.at + 1):
        words = _words_from(stop.pieces, start)
        for pattern, right in _COMPARISONS:
            match = pattern.match(" ".join(words))
            end = start + len(match.group().split()) if match else 0
            if match and end >= stop.at:
                return _other_words(stop.pieces[start].span.to(stop.pieces[end - 1].span), right)
    return None


def _words_from(pieces: Sequence[Piece], start: int) -> list[str]:
    if start and pieces[start - 1].is_sign("."):
        return []
    words: list[str] = []
    for piece in pieces[start : start + _LONGEST]:
        if piece.kind != "WORD":
            break
        words.append(piece.text)
    return words


def _other_words(span: Span, right: str) -> Diagnostic:
    return Diagnostic("E005", f"`{span.one_line}` is said in other words here", span, f"write `{right}`")


def _if_for_when(stop: Stop, here: Piece) -> Diagnostic | None:
    if stop.before is None or not stop.before.is_word("if") or stop.wanted != {"UNKNOWN"}:
        return None
    help_ = "write `when`, before what the rule demands; `if unknown` is for facts that nobody knows"
    return Diagnostic("E005", "`if` is said in other words here", stop.before.span, help_)


_FIGURES: Mapping[str, str] = {
    "once": "1 time", "twice": "2 times", "thrice": "3 times", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
}  # fmt: skip


def _number_in_words(stop: Stop, here: Piece) -> Diagnostic | None:
    if stop.wanted != {"FIGURE"} or not here.is_word(*_FIGURES):
        return None
    lead = stop.pieces[stop.at - 2 : stop.at]
    before = "at most " if len(lead) == 2 and lead[1].is_word("most") else ""
    help_ = f"write `{before}{_FIGURES[here.text]}`"
    return Diagnostic("E005", f"`{here.text}` is written as a figure here", here.span, help_)


def _several_texts(stop: Stop, here: Piece) -> Diagnostic | None:
    """`contains "a", "b"`."""
    before = stop.pieces[max(0, stop.at - 2) : stop.at]
    if not here.is_sign(",") or len(before) < 2 or before[1].kind != "STRING":
        return None
    if not before[0].is_word("contains", "mentions", "says"):
        return None
    following = stop.pieces[stop.at + 1 : stop.at + 2]
    more = f", {following[0].text}" if following and following[0].kind == "STRING" else ", ..."
    help_ = f"write `{before[0].text} any of {before[1].text}{more}`"
    return Diagnostic("E005", "several texts stand behind `any of`", here.span, help_)


def _ignoring_case(stop: Stop, here: Piece) -> Diagnostic | None:
    lead = stop.pieces[max(0, stop.at - 2) : stop.at]
    if not here.is_word("ignoring") or not lead:
        return None
    sought = lead[-1]
    if sought.kind != "STRING":
        message = "`ignoring case` stands behind the slashes of a pattern"
        return Diagnostic("E005", message, _to_case(stop, here), "write it where the pattern is declared")
    if lead[0].is_word("mentions", "says"):
        message = f"`{lead[0].text}` finds words in any case already"
        return Diagnostic("E005", message, _to_case(stop, here), "leave out `ignoring case`")
    word = sought.text.strip('"')
    help_ = f"write `mentions {sought.text}` for the whole word in any case,\n"
    help_ += f"or declare a pattern for it inside longer words too: `pattern NAME = /{word}/ ignoring case`"
    return Diagnostic("E005", "a text in quotes is found in exactly its spelling", _to_case(stop, here), help_)


def _to_case(stop: Stop, here: Piece) -> Span:
    following = stop.pieces[stop.at + 1 : stop.at + 2]
    return here.span.to(following[0].span) if following and following[0].is_word("case") else here.span


def _field_of_reply(stop: Stop, here: Piece) -> Diagnostic | None:
    """`reply.amount`, or `call.amount`: fields are read by the name of their declaration."""
    if not here.is_sign(".") or stop.before is None or not stop.before.is_word("reply"):
        return None
    following = stop.pieces[stop.at + 1 : stop.at + 2]
    field = following[0].text if following else "field"
    span = stop.before.span.to(following[0].span if following else here.span)
    said = {p.text for p in stop.pieces[: stop.at - 1]}
    of_rule = [name for tool, name in stop.declared.calls if tool in said or name in said]
    known = of_rule or [*stop.declared.replies, *(name for _, name in stop.declared.calls)]
    shown = " or ".join(f"`{name}.{field}`" for name in dict.fromkeys(known))
    help_ = f"write {shown}" if shown else f"declare it: `check reply as NAME` with a line `- {field} : ...`"
    return Diagnostic("E005", "fields are read by the name of their declaration", span, help_)


def _full_stop(stop: Stop, here: Piece) -> Diagnostic | None:
    """A dot at the end of a line; the word behind it was taken as the rest of a path."""
    for at in range(max(1, stop.at - 2), stop.at + 1):
        piece = stop.pieces[at]
        if piece.is_sign(".") and _ends_line(stop.pieces, at):
            return Diagnostic("E005", "sentences end without a full stop", piece.span, "take the `.` out")
    return None


def _ends_line(pieces: Sequence[Piece], at: int) -> bool:
    if at + 1 == len(pieces):
        return True
    return pieces[at + 1].span.position[0] > pieces[at].span.position[0]


def _title_missing(stop: Stop, here: Piece) -> Diagnostic | None:
    if stop.wanted != {"STRING"} or stop.at != 2 or not stop.pieces[0].is_word("rule", "tighten"):
        return None
    id_ = stop.pieces[1]
    behind = Span(id_.span.source, id_.span.end, id_.span.end)
    help_ = f'such as `{stop.pieces[0].text} {id_.text} "What it is for"`'
    return Diagnostic("E005", "this rule has no title behind its id", behind, help_)


WORDINGS: Sequence[Callable[[Stop, Piece], Diagnostic | None]] = (
    _full_stop,
    _comparison,
    _if_for_when,
    _number_in_words,
    _several_texts,
    _ignoring_case,
    _field_of_reply,
    _title_missing,
)
