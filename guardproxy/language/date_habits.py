"""How people write the time between dates by habit, and the form that says it here."""

from collections.abc import Callable, Sequence

from guardproxy.diagnostics import Diagnostic
from guardproxy.language.stop import Stop, other_words, subject
from guardproxy.language.tokens import Piece


def _ago(stop: Stop, here: Piece) -> Diagnostic | None:
    """`at least 3 years ago`: the time between two dates is a number."""
    first = max(0, stop.at - 3)
    at = next((i for i in range(first, min(stop.at + 5, len(stop.pieces))) if stop.pieces[i].is_word("ago")), None)
    if at is None or at < 3 or stop.pieces[at - 1].kind != "UNIT" or stop.pieces[at - 2].kind != "FIGURE":
        return None
    start = at - 2
    while start and stop.pieces[start - 1].is_word(
        "is", "at", "least", "most", "above", "below", "not", "than", "more"
    ):
        start -= 1
    relation = stop.pieces[start : at - 2]
    said = " ".join(p.text for p in relation if not p.is_word("is"))
    said = said if said in ("at least", "at most", "above", "below") else "at least"
    unit, figure = stop.pieces[at - 1].text, stop.pieces[at - 2].text
    span = (relation[0] if relation else stop.pieces[at - 2]).span.to(stop.pieces[at].span)
    unit = unit if unit.endswith("s") else f"{unit}s"
    return other_words(span, f"write `{unit} from {subject(stop, start)} to today {said} {figure}`")


def _days_after(stop: Stop, here: Piece) -> Diagnostic | None:
    """`at most 45 days after today`: near another date."""
    behind = next((i for i in range(max(4, stop.at), len(stop.pieces)) if stop.pieces[i - 1].kind == "UNIT"), None)
    if behind is None or behind > stop.at + 3 or not stop.pieces[behind].is_word("after", "before", "from", "of"):
        return None
    at, here = behind - 4, stop.pieces[behind]
    relation = " ".join(p.text for p in stop.pieces[at : at + 2])
    if relation not in ("at most", "at least") or stop.pieces[behind - 2].kind != "FIGURE":
        return None
    start = at - 1 if at and stop.pieces[at - 1].is_word("is") else at
    length = stop.pieces[behind - 2].span.to(stop.pieces[behind - 1].span).one_line
    anchor = _path_from(stop, behind + 1)
    path, where = subject(stop, start), "before" if here.is_word("before") else "after"
    help_ = f"write `{path} is within {length} {where} {anchor}`"
    if relation == "at least":
        sign = "-" if where == "before" else "+"
        help_ = f"write `{path} is on or {where} {anchor} {sign} {length}`"
    return other_words(stop.pieces[start].span.to(here.span), help_)


def _path_from(stop: Stop, start: int) -> str:
    """The path that begins at a place."""
    end = start
    while end < len(stop.pieces) and (
        end == start or stop.pieces[end].is_sign(".") or stop.pieces[end - 1].is_sign(".")
    ):
        end += 1
    return stop.pieces[start].span.to(stop.pieces[end - 1].span).one_line if end > start else "..."


def _before_a_date(stop: Stop, here: Piece) -> Diagnostic | None:
    """`offer.day before 2026-12-31`."""
    if not {"AT", "IS"} <= stop.wanted or not here.is_word(
        "before", "after", "within", "on", "in", "one", "since", "until"
    ):
        return None
    word = {"since": "is on or after", "until": "is on or before", "on": "is on or", "one": "is one of"}
    right = word.get(here.text, f"is {here.text}")
    following = stop.pieces[stop.at + 1] if stop.at + 1 < len(stop.pieces) else None
    if here.is_word("on") and (following is None or not following.is_word("or")):
        right = "is"
    return Diagnostic("E005", f"`is` is missing before `{here.text}`", here.span, f"write `{right}`")


DATE_HABITS: Sequence[Callable[[Stop, Piece], Diagnostic | None]] = (_ago, _days_after, _before_a_date)
