"""Warnings about remedies that can never help, and about rules that apply to fewer answers than they seem to."""

from collections.abc import Sequence
from dataclasses import dataclass

from guardproxy.ir import walk
from guardproxy.ir.policy import Repair, Subject
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import (
    CallsSoFar,
    Clock,
    Constant,
    FieldOf,
    Finder,
    FoundInText,
    Holds,
    ResultField,
    Term,
    Variable,
)
from guardproxy.language.clauses import Clauses, finds_span, wants_reply_text
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.phrases import (
    Arithmetic,
    Comparison,
    Connected,
    Literal,
    Negation,
    Negative,
    Path,
    Phrase,
    TextTest,
)
from guardproxy.language.subjects import paths_read
from guardproxy.language.syntax import Demand, RepairText
from guardproxy.patterns.scan import FinderSet


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule's parts as terms: when it applies, what it demands, and what it looks for in texts."""

    applies: Term
    demands: Term
    repair: Repair | None
    subject: Subject | None


def point_out(clauses: Clauses, judged: Judged, mistakes: Mistakes) -> None:
    if clauses.repair is not None and clauses.repair.how in ("lowering", "raising"):
        _wrong_way(clauses, clauses.repair, judged, mistakes)
    if clauses.repair is not None and clauses.repair.how == "setting":
        _still_violated(clauses.repair, judged, mistakes)
    _text_found_again(clauses, judged, mistakes)
    _only_with_call(clauses, judged.subject, mistakes)
    _never_unknown(clauses, judged, mistakes)
    _found_everywhere(clauses, judged, mistakes)


# --- fields -----------------------------------------------------------------------------------------------------------

_UPPER = ("at most", "below", "is before", "is on or before")
_LOWER = ("at least", "above", "is after", "is on or after")


def _wrong_way(clauses: Clauses, repair: RepairText, judged: Judged, mistakes: Mistakes) -> None:
    """`require x at most $50` with `repair by raising x`."""
    body = clauses.body
    if not isinstance(body, Demand) or "unless" in clauses.guards:
        return
    deciding = {variable.name for variable in walk.variables(judged.applies)}
    for path in repair.fields:
        if path.text in deciding:
            continue
        ways = _ways(body.condition, path.text, body.word != "never")
        wrong = {"up": "lowering", "down": "raising"}
        if len(ways) == 1 and repair.how == wrong.get(*ways):
            done, right = ("raised", "lowering") if repair.how == "raising" else ("lowered", "raising")
            message = f"no `{path.text}` that is {done} complies where the given one does not"
            mistakes.warning("W210", message, path.span, f"did you mean `repair by {right} {path.text}`?")


def _ways(condition: Phrase, path: str, demanded: bool) -> set[str]:
    """Which ways of moving a field help: `up`, `down`, or `?` where that is not plain to see."""
    match condition:
        case Negation(inner):
            return _ways(inner, path, not demanded)
        case Connected(_, parts):
            return {way for part in parts for way in _ways(part, path, demanded)}
        case Comparison(relation, left, right):
            signs = [s for s in (_sign(left, path), -_sign(right, path)) if s]
            if not signs:
                return set()
            if len(signs) > 1 or abs(signs[0]) > 1 or relation not in (*_UPPER, *_LOWER):
                return {"?"}
            down = (relation in _UPPER) == demanded
            return {"down" if down == (signs[0] > 0) else "up"}
    return {"?"}


def _sign(phrase: Phrase, path: str) -> int:
    """1 where an expression grows with the field, -1 where it falls, 0 without the field, 2 where nobody knows."""
    match phrase:
        case Path():
            return int(phrase.text == path)
        case Literal():
            return 0
        case Negative(inner):
            sign = _sign(inner, path)
            return sign if abs(sign) > 1 else -sign
        case Arithmetic("+" | "-" as operation, left, right):
            first, second = _sign(left, path), _sign(right, path)
            second = -second if operation == "-" else second
            return first + second if not (first and second) else 2
    return 2 if any(p.text == path for p in _inner_paths(phrase)) else 0


def _inner_paths(phrase: Phrase) -> Sequence[Path]:
    return tuple(paths_read(phrase, Names()))


def _still_violated(repair: RepairText, judged: Judged, mistakes: Mistakes) -> None:
    """`require x at most $50` with `repair by setting x to $60`."""
    if judged.repair is None or judged.repair.value is None or repair.value is None:
        return
    (field,) = judged.repair.fields
    if field in walk.variables(judged.applies):
        return
    after = substitute(judged.demands, {field: judged.repair.value})
    if isinstance(after, Constant) and after.value is False:
        message = f"the rule is violated by `{repair.value.span.text}` as well"
        help_ = "set it to a value that complies, or repair it another way"
        mistakes.warning("W210", message, repair.value.span, help_)


# --- texts ------------------------------------------------------------------------------------------------------------


def _text_found_again(clauses: Clauses, judged: Judged, mistakes: Mistakes) -> None:
    """`never ... mentions "guarantee"` with `replace with "no guarantee"`; an appended text that does not comply."""
    action, finders = clauses.otherwise, _finders(judged.demands)
    if action is None or not finders or not isinstance(clauses.body, Demand) or not action.text:
        return
    found = FinderSet(finders).any(action.text)
    if action.action in ("redact", "replace") and finds_span(clauses.body) and found:
        message = "this text breaks the rule again, so that every such answer is blocked"
        mistakes.warning("W210", message, action.span, "put words there in which the rule finds nothing")
    begins = any(f.kind == "prefix" for f in finders)
    if action.action == "append" and wants_reply_text(clauses.body) and (begins or not found):
        message = "the rule is not content with this text, so that every such answer is blocked"
        mistakes.warning("W210", message, action.span, "append what the rule requires")


_ANY_CHARACTER = ("a", "Z", "7", "-", " ", "é", "語")


def _found_everywhere(clauses: Clauses, judged: Judged, mistakes: Mistakes) -> None:
    """`never reply text matches /./`: whatever the text says, something is found in it."""
    held = [f for part in walk.subterms(judged.demands) if isinstance(part, Holds) for f in part.finders]
    for finder in dict.fromkeys((*_finders(judged.demands), *held)):
        found = FinderSet((finder,))
        if clauses.body is not None and finder.kind == "pattern" and all(map(found.any, _ANY_CHARACTER)):
            what = f"`{finder.name}`" if finder.name else f"`/{finder.expression}/`"
            message = f"{what} is found in every text, even in a single letter"
            help_ = "say in the pattern what is looked for; a point stands for any character, `\\.` for a point"
            mistakes.warning("W214", message, clauses.body.span, help_)


def _finders(demands: Term) -> tuple[Finder, ...]:
    origins = [v.origin for v in walk.variables(demands)]
    return tuple(f for origin in origins if isinstance(origin, FoundInText) for f in origin.finders)


def _only_with_call(clauses: Clauses, subject: Subject | None, mistakes: Mistakes) -> None:
    """`when CALL.field ...` with a demand on `reply text`: an answer without the call is not judged at all."""
    body, when = clauses.body, clauses.guards.get("when")
    if subject is None or subject.kind != "call" or when is None or not isinstance(body, Demand):
        return
    asks_text = isinstance(body.condition, TextTest) and body.condition.where == "reply"
    if asks_text:
        message = f"this rule judges only answers with a call to `{subject.tool}`"
        help_ = "its text is judged only beside such a call, not after it; leave `when` out if that is not meant"
        mistakes.warning("W211", message, when.span, help_)


def _never_unknown(clauses: Clauses, judged: Judged, mistakes: Mistakes) -> None:
    """`if unknown hold` where all that the rule reads is known once the answer is there; `block` does no harm."""
    said = clauses.if_unknown
    read = (*walk.variables(judged.applies), *walk.variables(judged.demands))
    if said is not None and said.action != "block" and not any(_may_be_unknown(walk.whole(v)) for v in read):
        message = "nothing that this rule reads can be unknown, so `if unknown` never speaks"
        mistakes.warning("W213", message, said.span, "take it out")


def _may_be_unknown(variable: Variable) -> bool:
    """Facts, results and the calendar may not be supplied; calls of the day may not all be known."""
    origin = variable.origin
    if isinstance(origin, FieldOf):
        return origin.kind == "facts"
    return isinstance(origin, ResultField | Clock) or (isinstance(origin, CallsSoFar) and origin.scope == "day")
