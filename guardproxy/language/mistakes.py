"""Sentences that do not go on as they should: what to tell the author, situation by situation.

The parser knows which tokens it would have taken. Authors know forms of the language, so a set of tokens is turned
into words by `expected`, and the usual slips (signs for words, other languages' words, a missing text) get their own.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

from guardproxy.diagnostics import Diagnostic, closest, did_you_mean
from guardproxy.ir.measures import UNITS
from guardproxy.language import grammar
from guardproxy.language.date_habits import DATE_HABITS
from guardproxy.language.expected import forms, words_of
from guardproxy.language.habits import HABITS
from guardproxy.language.items import BEGINNINGS
from guardproxy.language.names_of_words import NAMES_OF_WORDS
from guardproxy.language.stop import Stop
from guardproxy.language.tokens import Piece
from guardproxy.language.wording import WORDINGS
from guardproxy.source import Span

NEAR = 0.75
"""How alike a word and a word of the language have to be for a slip of the pen."""


def explain(stop: Stop) -> Diagnostic | None:
    """The message for an item that does not read; None when its mistake was reported already."""
    here = stop.here
    if here is not None and here.kind == "STRAY":
        return None
    if here is None:
        return ends_early(stop)
    found = (situation(stop, here) for situation in _SITUATIONS)
    return next((f for f in found if f is not None), None) or _does_not_fit(stop, here)


def ends_early(stop: Stop) -> Diagnostic:
    """For an item or a clause that is not finished where the next one begins."""
    last = stop.pieces[stop.at - 1]
    what = stop.pieces[0].text if stop.here is None and stop.pieces[0].is_word(*BEGINNINGS) else "sentence"
    return Diagnostic("E006", f"this {what} ends too early, after `{last.text}`", last.span, _help(stop))


def _does_not_fit(stop: Stop, here: Piece) -> Diagnostic:
    return Diagnostic("E005", f"`{_shown(here)}` does not fit here", here.span, _help(stop))


def _help(stop: Stop) -> str:
    known = forms(stop.wanted)
    return f"here comes {known}" if known else "compare it with the forms of the language"


def _shown(piece: Piece) -> str:
    return piece.text if len(piece.text) <= 40 else piece.text[:37] + "..."


# --- situations -----------------------------------------------------------------------------------------------------


def _no_beginning(stop: Stop, here: Piece) -> Diagnostic | None:
    if stop.at != 0:
        return None
    meant = did_you_mean(here.text, BEGINNINGS) if here.kind == "WORD" else ""
    help_ = meant or f"a policy consists of: {', '.join(BEGINNINGS)}"
    return Diagnostic("E008", f"`{_shown(here)}` begins no part of a policy", here.span, help_)


_SIGNS: Mapping[str, str] = {
    "<": "below", "<=": "at most", "≤": "at most", ">": "above", ">=": "at least", "≥": "at least", "=": "is",
    "==": "is", "!=": "is not", "<>": "is not", "≠": "is not", "&&": "and", "||": "or", "!": "not",
}  # fmt: skip


def _sign_for_word(stop: Stop, here: Piece) -> Diagnostic | None:
    if not here.is_sign(*_SIGNS):
        return None
    return Diagnostic("E005", f"`{here.text}` is written in words", here.span, f"write `{_SIGNS[here.text]}`")


_OTHER_WORDS: Mapping[str, str] = {
    "greater": "above", "more": "above", "over": "above", "exceeds": "above", "exceed": "above", "less": "below",
    "under": "below", "fewer": "below", "equals": "is", "equal": "is", "includes": "contains", "include": "contains",
    "containing": "contains", "like": "matches", "minimum": "at least", "maximum": "at most", "min": "at least",
    "max": "at most", "null": "missing",
    "empty": "missing", "none": "missing", "exists": "is present",
}  # fmt: skip


def _other_word(stop: Stop, here: Piece) -> Diagnostic | None:
    """`is greater than`, `is at most`, `equals`: what follows `is` was taken as a listed value first."""
    said = _said(stop)
    if not said:
        return None
    last = said[-1]
    if said[0].is_word("is") and last.is_word("at", "above", "below", "most", "least"):
        span = said[0].span.to(last.span)
        return Diagnostic("E005", f"`{span.text}` says it twice", span, f"leave out `is`: `{_without_is(span)}`")
    if last.text in _OTHER_WORDS:
        span = said[0].span.to((here if here.is_word("than", "to") else last).span)
        return Diagnostic(
            "E005", f"`{span.text}` is said in other words here", span, f"write `{_OTHER_WORDS[last.text]}`"
        )
    return None


def _said(stop: Stop) -> Sequence[Piece]:
    """The words of the comparison that stops here: `is greater`, `is at most`, `equals`."""
    around = stop.pieces[max(0, stop.at - 3) : stop.at + 1]
    first = next((i for i, p in enumerate(around) if p.is_word("is")), None)
    if first is not None:
        words = around[first:] if around[-1].is_word("at", "most", "least", *_OTHER_WORDS) else around[first:-1]
        return words[:3] if len(words) > 1 else ()
    compares = {"AT", "IS"} <= stop.wanted and stop.here is not None and stop.here.is_word(*_OTHER_WORDS)
    return around[-1:] if compares else ()


def _without_is(span: Span) -> str:
    return f"... {span.one_line.partition(' ')[2]} ..."


_JOINTS = ("and", "or", "not", "when", "require", "never", "unless")


def _nothing_between(stop: Stop, here: Piece) -> Diagnostic | None:
    """`a and and b`: the second `and` was taken as a name."""
    if stop.at < 2 or not stop.pieces[stop.at - 1].is_word("and", "or"):
        return None
    first, second = stop.pieces[stop.at - 2], stop.pieces[stop.at - 1]
    if not first.is_word(*_JOINTS):
        return None
    message = f"there is no condition between `{first.text}` and `{second.text}`"
    return Diagnostic("E005", message, first.span.to(second.span), "take one of them out")


def _misspelled(stop: Stop, here: Piece) -> Diagnostic | None:
    if here.kind != "WORD":
        return None
    near = closest(here.text, words_of(stop.wanted))
    if near is None or near == here.text or SequenceMatcher(None, near, here.text).ratio() < NEAR:
        return None
    return Diagnostic("E005", f"`{here.text}` means nothing here", here.span, f"did you mean `{near}`?")


def _no_unit(stop: Stop, here: Piece) -> Diagnostic | None:
    figure = stop.before
    if figure is None or figure.kind != "FIGURE" or here.kind != "WORD" or "UNIT" not in stop.wanted:
        return None
    if here.text in grammar.words() or here.text in _CLAUSE_SLIPS:
        return None
    if here.text.casefold() in _CURRENCY_WORDS:
        help_ = f"write the sign before the number, such as `${figure.text}`, or the three letters behind it"
        return Diagnostic("E024", f"`{here.text}` is no unit", here.span, help_)
    help_ = did_you_mean(here.text, UNITS) or "units are such as mg, kg, mL, h, days, months and mg/kg"
    return Diagnostic("E024", f"there is no unit `{here.text}`", here.span, help_)


_CURRENCY_WORDS = frozenset({"dollar", "dollars", "euro", "euros", "yen", "pound", "pounds", "cents"})
_CLAUSE_SLIPS: Mapping[str, str] = {
    "must": "require", "requires": "require", "ensure": "require", "should": "require", "shall": "require",
    "forbid": "never", "deny": "never", "block": "otherwise block", "redact": "otherwise redact",
    "else": "otherwise", "if": "when", "where": "when", "given": "when", "then": "require", "except": "except when",
    "warn": "otherwise warn", "hold": "otherwise hold for review", "fix": "repair by", "because": "source",
    "permit": "allow", "always": "require", "append": "otherwise append", "replace": "otherwise replace with",
}  # fmt: skip


def _one_word_missing(stop: Stop, here: Piece) -> Diagnostic | None:
    words = words_of(stop.wanted)
    if len(stop.wanted) != 1 or len(words) != 1:
        return None
    help_ = f"write `{words[0]}` before it"
    return Diagnostic("E005", f"`{words[0]}` is missing before `{_shown(here)}`", here.span, help_)


def _no_type(stop: Stop, here: Piece) -> Diagnostic | None:
    """`- amount : exactly $5`: a word behind the colon was taken as the name of a record."""
    if stop.at < 2 or not stop.pieces[stop.at - 2].is_sign(":") or stop.pieces[stop.at - 1].kind != "WORD":
        return None
    word = stop.pieces[stop.at - 1]
    if word.text in grammar.words():
        return None
    help_ = did_you_mean(word.text, TYPE_WORDS) or _TYPES
    return Diagnostic("E010", f"there is no type or record `{word.text}`", word.span, help_)


TYPE_WORDS = (
    "text", "yes/no", "whole number", "decimal", "percent", "money", "mass", "volume", "duration", "rate", "date",
    "time", "instant",
)  # fmt: skip
_TYPES = (
    "types are `text`, `yes/no`, `whole number`, `percent`, `money`, `mass`, `duration`, `date`, `one of a, b`, ..."
)


def _words_wanted(stop: Stop, here: Piece) -> Diagnostic | None:
    if stop.before is None or not stop.before.is_word("mentions") or here.kind != "WORD":
        return None
    help_ = f'write `mentions "{here.text}"`, or `contains {here.text}` for a detector or pattern'
    return Diagnostic("E005", "`mentions` looks for words in quotes", here.span, help_)


def _header_option(stop: Stop, here: Piece) -> Diagnostic | None:
    if not {"EXTENDS", "DATES"} <= stop.wanted:
        return None
    return Diagnostic("E007", f"`{_shown(here)}` is nothing that a header says", here.span, _help(stop))


def _other_clause(stop: Stop, here: Piece) -> Diagnostic | None:
    if not {"OTHERWISE", "REQUIRE"} <= stop.wanted or here.kind != "WORD":
        return None
    meant = _CLAUSE_SLIPS.get(here.text)
    help_ = f"did you mean `{meant}`?" if meant else _help(stop)
    return Diagnostic("E005", f"`{here.text}` begins no clause of a rule", here.span, help_)


def _text_missing(stop: Stop, here: Piece) -> Diagnostic | None:
    if stop.wanted != {"STRING"}:
        return None
    before = f" behind `{stop.before.text}`" if stop.before is not None else ""
    return Diagnostic("E005", f"a text in quotes is missing{before}", here.span, 'write it as "..."')


def _id_missing(stop: Stop, here: Piece) -> Diagnostic | None:
    if "ID" not in stop.wanted or stop.before is None or not stop.before.is_word("rule", "tighten"):
        return None
    return Diagnostic("E005", "this rule has no id before its title", here.span, 'such as `rule REF-LOOK "..."`')


def _type_missing(stop: Stop, here: Piece) -> Diagnostic | None:
    if "WHOLE" not in stop.wanted:
        return None
    return Diagnostic("E005", f"a type stands here, not `{_shown(here)}`", here.span, _help(stop))


def _list_not_closed(stop: Stop, here: Piece) -> Diagnostic | None:
    """`one of a b`: listed things without their comma."""
    listed = here.kind in ("WORD", "STRING", "ID") and "COMMA" in stop.wanted
    follows = stop.before is not None and stop.before.kind == here.kind
    if not listed or not follows or here.text in _CLAUSE_SLIPS:
        return None
    return Diagnostic("E005", f"there is no comma before `{_shown(here)}`", here.span, "list things as `a, b, c`")


def _parenthesis(stop: Stop, here: Piece) -> Diagnostic | None:
    if here.is_sign(")") and "RPAR" not in stop.wanted:
        opened = sum(p.is_sign("(") for p in stop.pieces[: stop.at])
        if opened <= sum(p.is_sign(")") for p in stop.pieces[: stop.at]):
            return Diagnostic("E005", "this `)` has no `(`", here.span, "take it out, or open it before")
    opener = next((p for p in reversed(stop.pieces[: stop.at]) if p.is_sign("(", ")")), None)
    if opener is not None and opener.is_sign("(") and "RPAR" in stop.wanted and here.text in _CLAUSE_WORDS:
        return Diagnostic("E005", "this `(` is not closed", opener.span, f"put `)` before `{here.text}`")
    return None


_CLAUSE_WORDS = frozenset(
    {"when", "require", "never", "allow", "unless", "except", "repair", "if", "otherwise", "source"}
)

_SITUATIONS: Sequence[Callable[[Stop, Piece], Diagnostic | None]] = (
    _no_beginning,
    _sign_for_word,
    *DATE_HABITS,
    *HABITS,
    *NAMES_OF_WORDS,
    *WORDINGS,
    _other_word,
    _parenthesis,
    _nothing_between,
    _id_missing,
    _text_missing,
    _words_wanted,
    _misspelled,
    _no_unit,
    _no_type,
    _one_word_missing,
    _header_option,
    _list_not_closed,
    _other_clause,
    _type_missing,
)


def too_deep(span: Span, limit: int) -> Diagnostic:
    help_ = "give parts of it a name of their own: `define NAME as ...`"
    return Diagnostic("E006", f"this is nested more than {limit} deep", span, help_)
