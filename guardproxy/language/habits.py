"""What people write by habit, from everyday English and from other notations, and the form that says it here."""

import re
from collections.abc import Callable, Mapping, Sequence

from guardproxy.diagnostics import Diagnostic
from guardproxy.ir.currencies import MINOR_DIGITS
from guardproxy.language import grammar
from guardproxy.language.stop import Stop, other_words, subject, words_from
from guardproxy.language.tokens import Piece


def _compares(stop: Stop) -> bool:
    """Whether a comparison or a look into a text may go on here."""
    return {"AT", "IS"} <= stop.wanted or "CONTAINS" in stop.wanted


# --- must, should -----------------------------------------------------------------------------------------------------

_OBLIGATION = re.compile(r"(?:must|should|shall|can|may|will|(?:has|have|needs|ought) to)( not)?( be)?(?= |$)")
_NOT: Mapping[str, str] = {
    **dict.fromkeys(("exceed", "above", "more", "greater", "over"), "at most"),
    **dict.fromkeys(("below", "less", "under", "fewer"), "at least"),
}
_VERBS: Mapping[str, str] = {
    "contain": "contains", "mention": "mentions", "match": "matches", "include": "contains", "have": "contains",
    "start": "starts", "end": "ends", "agree": "agrees", "conform": "conforms", "equal": "is", "exceed": "above",
}  # fmt: skip


def _obligation(stop: Stop, here: Piece) -> Diagnostic | None:
    """`require offer.apr must be at most 36%`: the clause says `must` already."""
    words = words_from(stop.pieces, stop.at)
    found = _OBLIGATION.match(" ".join(words))
    if not _compares(stop) or found is None:
        return None
    count = len(found.group().split())
    span = here.span.to(stop.pieces[stop.at + count - 1].span)
    verb = words[count] if count < len(words) else ""
    if found[1] and verb in _NOT:
        help_ = f"write `{_NOT[verb]}`"
        span = span.to(stop.pieces[stop.at + count].span)
    elif found[1]:
        help_ = f"begin the clause with `never` instead of `require`, and leave out `{span.one_line}`"
    elif verb in _VERBS:
        help_ = f"write `{_VERBS[verb]}`"
        span = span.to(stop.pieces[stop.at + count].span)
    elif verb in ("at", "above", "below"):
        rest = " ".join(p.text for p in stop.pieces[stop.at + count : stop.at + count + 3])
        help_ = f"leave out `{span.one_line}`: `{subject(stop, stop.at)} {rest}`"
    else:
        help_ = "write `is`"
    return other_words(span, help_)


# --- texts ------------------------------------------------------------------------------------------------------------

_LOOKS: Mapping[str, str] = {
    **dict.fromkeys(("includes", "include", "has", "have", "containing", "including"), "contains"),
    **dict.fromkeys(("says", "say", "uses", "use", "mentioning", "said"), "mentions"),
}


def _look_into_text(stop: Stop, here: Piece) -> Diagnostic | None:
    """`reply text includes "x"`."""
    if "CONTAINS" not in stop.wanted or "AT" in stop.wanted or not here.is_word(*_LOOKS, "is", "not", "does"):
        return None
    if here.is_word(*_LOOKS):
        help_ = "write `contains` for exactly this spelling, `mentions` for the words in any case"
        return other_words(here.span, help_)
    if here.is_word("is"):
        return Diagnostic(
            "E005", "the whole text is compared with nothing", here.span, "write `contains` or `mentions`"
        )
    return Diagnostic(
        "E005", f"`{here.text}` stands before the whole condition", here.span, "write `not reply text ...`"
    )


def _text_of_reply(stop: Stop, here: Piece) -> Diagnostic | None:
    """`reply mentions "x"`."""
    if stop.before is None or not stop.before.is_word("reply", "any"):
        return None
    if not here.is_word("contains", "mentions", "matches", "starts", "ends", *_LOOKS):
        return None
    said = _LOOKS.get(here.text, here.text)
    place = f"{stop.before.text} text"
    return other_words(stop.before.span.to(here.span), f"write `{place} {said}`")


def _phrase_without_quotes(stop: Stop, here: Piece) -> Diagnostic | None:
    """`mentions holiday rate`."""
    if stop.before is None or not stop.before.is_word("mentions") or here.kind != "WORD":
        return None
    line = here.span.position[0]
    words: list[Piece] = []
    for piece in stop.pieces[stop.at :]:
        if piece.kind != "WORD" or piece.is_word("and", "or", "when", "unless") or piece.span.position[0] != line:
            break
        words.append(piece)
    if len(words) < 2 or words[0].text in grammar.words():
        return None
    span = here.span.to(words[-1].span)
    return Diagnostic("E005", "`mentions` looks for words in quotes", span, f'write `mentions "{span.one_line}"`')


# --- lists and numbers ------------------------------------------------------------------------------------------------

_BEFORE_OF: Mapping[str, str] = {"sum": "total of", "number": "count of", "amount": "total of"}
_QUANTIFIERS: Mapping[str, str] = {"each": "every", "all": "every", "any": "some", "none": "no"}


def _each(stop: Stop, here: Piece) -> Diagnostic | None:
    """`each charge in offer.fees has`."""
    before = stop.before
    if before is None or not before.is_word(*_QUANTIFIERS) or here.kind != "WORD":
        return None
    if not any(p.is_word("in", "of") for p in stop.pieces[stop.at : stop.at + 3]):
        return None
    name = here.text if not here.is_word("of", "in") else "one"
    return other_words(before.span, f"write `{_QUANTIFIERS[before.text]}`: `{_QUANTIFIERS[before.text]} {name} in ...`")


def _sum_of(stop: Stop, here: Piece) -> Diagnostic | None:
    before = stop.before
    if before is None or not before.is_word(*_BEFORE_OF) or not here.is_word("of"):
        return None
    return other_words(before.span.to(here.span), f"write `{_BEFORE_OF[before.text]}`")


def _between(stop: Stop, here: Piece) -> Diagnostic | None:
    """`between 5% and 36%`, also behind `is`."""
    at = next((i for i in (stop.at, stop.at - 1) if i > 0 and stop.pieces[i].is_word("between", "from")), None)
    if at is None or not (_compares(stop) or stop.pieces[at - 1].is_word("is")):
        return None
    start = at - 1 if stop.pieces[at - 1].is_word("is") else at
    values = stop.pieces[at + 1 : at + 7]
    joint = next((i for i, p in enumerate(values) if p.is_word("and", "to")), None)
    if joint is None or not 0 < joint < len(values) - 1:
        return None
    low = values[0].span.to(values[joint - 1].span).one_line
    high = values[joint + 1].span
    if joint + 2 < len(values) and values[joint + 2].kind == "UNIT":
        high = high.to(values[joint + 2].span)
    path = subject(stop, start)
    dates = values[0].kind == "CALENDAR_DATE"
    words = ("is on or after", "is on or before") if dates else ("at least", "at most")
    help_ = f"write `{path} {words[0]} {low} and {path} {words[1]} {high.one_line}`"
    return other_words(stop.pieces[start].span.to(stop.pieces[at].span), help_)


def _article(stop: Stop, here: Piece) -> Diagnostic | None:
    """`the offer.amount`."""
    before = stop.before
    if before is None or not before.is_word("the", "a", "an") or here.kind != "WORD" or "AT" not in stop.wanted:
        return None
    return Diagnostic("E005", f"`{before.text}` means nothing here", before.span, f"leave out `{before.text}`")


def _percent(stop: Stop, here: Piece) -> Diagnostic | None:
    """`36 percent`."""
    before = stop.before
    if before is None or before.kind != "FIGURE" or not here.is_word("percent", "per", "pct", "percentage"):
        return None
    span = before.span.to(here.span)
    if here.is_word("per"):
        following = stop.pieces[stop.at + 1] if stop.at + 1 < len(stop.pieces) else here
        if not following.is_word("cent"):
            return None
        span = before.span.to(following.span)
    return other_words(span, f"write `{before.text}%`")


def _currency_before(stop: Stop, here: Piece) -> Diagnostic | None:
    """`USD 500`."""
    before = stop.before
    if before is None or before.text not in MINOR_DIGITS or here.kind != "FIGURE":
        return None
    message = "the three letters of a currency stand behind the number"
    return Diagnostic("E005", message, before.span.to(here.span), f"write `{here.text} {before.text}`")


HABITS: Sequence[Callable[[Stop, Piece], Diagnostic | None]] = (
    _between,
    _obligation,
    _look_into_text,
    _phrase_without_quotes,
    _each,
    _sum_of,
    _article,
    _percent,
    _text_of_reply,
    _currency_before,
)
