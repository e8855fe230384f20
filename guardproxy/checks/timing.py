"""When a rule decides while an answer arrives, and what has to wait until then: for each rule, from its terms alone.

The enforcer sorts its rules by this (`streaming.reading`), and `guardproxy check` shows it, so that an author sees what
a rule costs a stream before the policy serves. What a rule makes wait is said for the case that it may still be
violated: a rule that the facts of the case have settled makes nothing wait.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from guardproxy.ir.policy import Policy, Rule
from guardproxy.ir.terms import (
    CallsInAnswer,
    CallsSoFar,
    Conforms,
    FieldOf,
    FoundInText,
    Not,
    Or,
    Origin,
    PickedFrom,
    Term,
    TotalPerKey,
    Variable,
)
from guardproxy.ir.walk import variables
from guardproxy.patterns.scan import FinderSet


class Moment(Enum):
    """The first moment at which a rule is decided, whatever it says; many are decided earlier by what has come."""

    BEFORE = "before the answer begins"
    AT_ONCE = "at once"
    """At the character that makes a violation certain."""
    FIELD = "when a field closes"
    CALL = "when the call closes"
    END = "at the end"


class Waiting(Enum):
    """What is not sent as long as the rule may still be violated."""

    NOTHING = "nothing"
    MATCH = "the end of a text, as long as it may become a match"
    FIELDS = "the fields it reads"
    CALL = "the calls it judges"
    CALLS = "every call"
    REPLY = "what the user reads, and every call"
    EVERYTHING = "the whole answer"


@dataclass(frozen=True, slots=True)
class Timing:
    """`waits_for` names what has to be there for the decision: fields, `reply text`, `any text`, `all calls`."""

    moment: Moment
    waits_for: tuple[str, ...] = ()
    makes_wait: Waiting = Waiting.NOTHING


def timing(rule: Rule, policy: Policy) -> Timing:
    """When the rule decides. The policy says whether anything is released before the end at all."""
    found = _timing(rule)
    return Timing(found.moment, found.waits_for, Waiting.EVERYTHING) if policy.release_at_end else found


def _timing(rule: Rule) -> Timing:
    moment, waits_for = _moment(rule), _waits_for(rule)
    if rule.otherwise.kind == "warn" or appends_what_it_demands(rule):
        return Timing(moment, waits_for)
    if moment is not Moment.BEFORE and rule.otherwise.kind == "ask again":
        return Timing(moment, waits_for, Waiting.EVERYTHING)
    return Timing(moment, waits_for, _makes_wait(rule, moment))


def _moment(rule: Rule) -> Moment:
    arriving = [origin_of(v) for v in read_by(rule) if comes_with_answer(v)]
    if any(map(_is_classified, arriving)):
        return Moment.END
    if not arriving:
        return Moment.BEFORE if rule.subject is None else Moment.CALL if rule.subject.kind == "call" else Moment.FIELD
    if watches_alone(rule):
        return Moment.AT_ONCE
    if any(isinstance(origin, _WHOLE_ANSWER) for origin in arriving):
        return Moment.END
    if rule.subject is not None and rule.subject.kind == "claims":
        return Moment.AT_ONCE if len(claims_read(rule)) == 1 else Moment.END
    return Moment.CALL if rule.subject is not None and rule.subject.kind == "call" else Moment.FIELD


_WHOLE_ANSWER = (FoundInText, Conforms, CallsInAnswer, CallsSoFar, TotalPerKey)


def _makes_wait(rule: Rule, moment: Moment) -> Waiting:
    if moment is Moment.BEFORE:
        return Waiting.NOTHING
    if any(_is_classified(origin_of(v)) for v in read_by(rule)):
        return Waiting.EVERYTHING
    if moment is Moment.AT_ONCE:
        return Waiting.NOTHING if conformance_variable(rule) else Waiting.MATCH
    scopes = text_scopes(read_by(rule))
    if scopes:
        return Waiting.EVERYTHING if "any" in scopes else Waiting.REPLY
    subject = rule.subject.kind if rule.subject else ""
    return {"reply": Waiting.FIELDS, "call": Waiting.CALL, "claims": Waiting.REPLY}.get(subject, Waiting.CALLS)


def _waits_for(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_name(v) for v in read_by(rule) if comes_with_answer(v)))


def _name(variable: Variable) -> str:
    match origin_of(variable):
        case FoundInText(scope):
            return f"{scope} text"
        case Conforms():
            return "reply text"
        case CallsInAnswer() | CallsSoFar() | TotalPerKey():
            return "all calls"
    return variable.name


# --- what a rule reads ------------------------------------------------------------------------------------------------


def read_by(rule: Rule) -> tuple[Variable, ...]:
    return tuple(dict.fromkeys((*variables(rule.applies), *variables(rule.demands))))


def origin_of(variable: Variable) -> Origin:
    """Where the value comes from; of a picked element, where its list does."""
    origin = variable.origin
    return origin_of(origin.list) if isinstance(origin, PickedFrom) else origin


def comes_with_answer(variable: Variable) -> bool:
    """Whether the value may still come while the answer arrives; a fact that is unknown stays so.

    What a classifier says of the answer comes last.
    """
    origin = origin_of(variable)
    if isinstance(origin, FieldOf):
        return origin.kind != "facts" or origin.at_end
    return isinstance(origin, _WHOLE_ANSWER)


def _is_classified(origin: Origin) -> bool:
    return isinstance(origin, FieldOf) and origin.at_end


def claims_read(rule: Rule) -> tuple[str, ...]:
    """The claims that a rule is about, by their names."""
    origins = (v.origin for v in read_by(rule))
    return tuple(dict.fromkeys(o.path[0] for o in origins if isinstance(o, FieldOf) and o.kind == "claims"))


def text_scopes(names: Iterable[Variable]) -> set[str]:
    """`reply` where a condition on what the user reads is among them, `any` where one on every text is."""
    scopes = {v.origin.scope for v in names if isinstance(v.origin, FoundInText)}
    return {*scopes, "reply"} if any(isinstance(v.origin, Conforms) for v in names) else {*scopes}


def span_variable(rule: Rule) -> Variable | None:
    """The text condition whose match is the violation (`never ... text contains ...`), or None for any other rule."""
    found = _only_text(rule, FoundInText)
    return found if found is not None and Not(found) in _options(rule) else None


def conformance_variable(rule: Rule) -> Variable | None:
    """The grammar or schema of a rule that is violated exactly where a text stops conforming, else None."""
    found = _only_text(rule, Conforms)
    return found if found is not None and found in _options(rule) else None


def _only_text(rule: Rule, kind: type[FoundInText] | type[Conforms]) -> Variable | None:
    """The one condition on text that the rule has, where that is one of its demands and of this kind."""
    if rule.subject is not None:
        return None
    found = [v for option in _options(rule) for v in variables(option) if isinstance(v.origin, FoundInText | Conforms)]
    if len(found) != 1 or any(isinstance(v.origin, FoundInText | Conforms) for v in variables(rule.applies)):
        return None
    return found[0] if isinstance(found[0].origin, kind) else None


def _options(rule: Rule) -> Sequence[Term]:
    return rule.demands.terms if isinstance(rule.demands, Or) else (rule.demands,)


def watches_alone(rule: Rule) -> bool:
    """Whether the rule's one condition on text is watched while it arrives, and nothing else that it reads arrives."""
    watched = span_variable(rule) or conformance_variable(rule)
    return watched is not None and not any(comes_with_answer(v) for v in read_by(rule) if v != watched)


def appends_what_it_demands(rule: Rule) -> bool:
    """Whether a violation is mended by the rule's own sentence, so that the text before it need not wait."""
    if rule.otherwise.kind != "append" or not all(isinstance(v.origin, FoundInText) for v in read_by(rule)):
        return False
    finders = tuple(f for v in read_by(rule) if isinstance(v.origin, FoundInText) for f in v.origin.finders)
    return FinderSet(finders).any(rule.otherwise.text)
