"""A rule's clauses, sorted out: which of them may stand how often and in which order, and which go together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from guardproxy.language.collector import Mistakes
from guardproxy.language.phrases import Path, TextTest
from guardproxy.language.syntax import (
    AfterCall,
    AllowTimes,
    AllowWhen,
    Body,
    Clause,
    Demand,
    Guard,
    IfUnknownText,
    Let,
    Note,
    Otherwise,
    RepairText,
    RuleText,
)
from guardproxy.language.texts import loose_texts

ORDER = ("severity", "owner", "tags", "let", "when", "the demand", "unless", "except when", "repair", "if unknown",
         "otherwise", "source")  # fmt: skip
_NOTES = ("severity", "owner", "tags")


@dataclass(slots=True)
class Clauses:
    """What a rule says, each clause in its place."""

    notes: dict[str, Note] = field(default_factory=dict)
    lets: list[Let] = field(default_factory=list)
    guards: dict[str, Guard] = field(default_factory=dict)
    body: Body | None = None
    repair: RepairText | None = None
    if_unknown: IfUnknownText | None = None
    otherwise: Otherwise | None = None


def sort_out(rule: RuleText, mistakes: Mistakes) -> Clauses:
    _check_order(rule.clauses, mistakes)
    found = Clauses()
    for clause in rule.clauses:
        match clause:
            case Note():
                found.notes.setdefault(clause.word, clause)
            case Let():
                found.lets.append(clause)
            case Guard():
                found.guards.setdefault(clause.word, clause)
            case RepairText():
                found.repair = found.repair or clause
            case IfUnknownText():
                found.if_unknown = found.if_unknown or clause
            case Otherwise():
                found.otherwise = found.otherwise or clause
            case _:
                found.body = found.body or clause
    if found.body is None:
        help_ = "say `require ...`, `never ...`, `every ... in ... has ...` or `allow TOOL only ...`"
        mistakes.error("E022", f"the rule `{rule.id.text}` demands nothing", rule.id.span, help_)
    _check_combinations(found, mistakes)
    return found


def _check_order(clauses: Sequence[Clause], mistakes: Mistakes) -> None:
    seen: list[str] = []
    for clause in clauses:
        word = word_of(clause)
        name = "a demand" if word == "the demand" else f"`{word}`"
        if word in seen and word != "let":
            help_ = "join conditions by `and`" if word in ("when", "unless", "except when") else "say it once"
            help_ = "write a second rule" if word == "the demand" else help_
            mistakes.error("E022", f"this rule has {name} already", clause.span, help_)
        elif seen and max(_rank(w) for w in seen) > _rank(word):
            before = next(w for w in seen if _rank(w) > _rank(word))
            help_ = f"the order is: {', '.join(ORDER)}"
            shown = before if before == "the demand" else f"`{before}`"
            mistakes.error("E022", f"{name} has to stand before {shown}", clause.span, help_)
        seen.append(word)


def word_of(clause: Clause) -> str:
    match clause:
        case Note(word) | Guard(word):
            return word
        case Let():
            return "let"
        case RepairText():
            return "repair"
        case IfUnknownText():
            return "if unknown"
        case Otherwise():
            return "otherwise"
    return "the demand"


def _rank(word: str) -> int:
    return 0 if word in _NOTES else ORDER.index(word)


# --- what goes together ----------------------------------------------------------------------------------------------

_SPANS = ("redact", "replace", "cut")


def _check_combinations(found: Clauses, mistakes: Mistakes) -> None:
    action, body = found.otherwise, found.body
    if "unless" in found.guards and not (isinstance(body, Demand | AfterCall) and getattr(body, "word", "") == "never"):
        help_ = "with `require` and `allow` write `or ...`, or `except when ...`"
        mistakes.error("E022", "`unless` goes with `never`", found.guards["unless"].span, help_)
    if action is None or body is None:
        return
    if isinstance(body, Demand) and loose_texts(body.condition):
        return
    if action.action in _SPANS and not finds_span(body):
        help_ = "only a rule `never reply text contains|mentions|matches ...` (or `any text`) finds words"
        mistakes.error("E023", f"`{action.action}` has no words to take out here", action.span, help_)
    if action.action == "append" and not wants_reply_text(body):
        field = body.condition.where if isinstance(body, Demand) and isinstance(body.condition, TextTest) else None
        help_ = "it needs a rule `require reply text ...`"
        if isinstance(field, Path):
            help_ = (
                f"a sentence cannot be added to one field of a JSON object: write `otherwise ask again up to 2 times`, "
                f"and the model writes `{field.text}` anew"
            )
        mistakes.error("E023", "`append` has no text to add to here", action.span, help_)
    if found.repair is not None and action.action in (*_SPANS, "append"):
        message = f"`repair` changes fields, `{action.action}` changes text"
        mistakes.error(
            "E023", message, action.span, "with `repair` write `otherwise block`, `ask again`, `hold` or `warn`"
        )


def finds_span(body: Body) -> bool:
    """Whether a rule forbids words that stand somewhere, so that they can be taken out."""
    if not isinstance(body, Demand) or body.word != "never" or not isinstance(body.condition, TextTest):
        return False
    test = body.condition
    return test.where in ("reply", "any") and test.relation in ("contains", "mentions", "matches")


def wants_reply_text(body: Body) -> bool:
    if not isinstance(body, Demand) or body.word != "require" or not isinstance(body.condition, TextTest):
        return False
    return body.condition.where == "reply"


def tool_of(body: Body | None) -> str:
    """The tool whose calls a rule judges, where its demand names one; else empty."""
    return body.tool.text if isinstance(body, AllowWhen | AfterCall | AllowTimes) else ""
