"""What each rule and declaration reads of an answer that is still arriving, and so what has to wait for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guardproxy.arriving_json import Member
from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.judging import Misfit, misfits, status_so_far
from guardproxy.checks.observation import WHOLE_ANSWER, Observation, Occurrence
from guardproxy.checks.reply_object import ArrivingReply
from guardproxy.checks.rewriting import span_variable
from guardproxy.checks.rules import CompiledRule, occurrences, text_finders
from guardproxy.checks.values import misfit, read_field
from guardproxy.checks.verdict import Status
from guardproxy.ir.terms import CallsInAnswer, CallsSoFar, Clock, FieldOf, FoundInText, UserSays, Variable
from guardproxy.ir.types import INVALID, UNKNOWN, Schema
from guardproxy.patterns.scan import FinderSet
from guardproxy.streaming.channels import EVERYTHING

_SETTLED = (Status.COMPLIES, Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Certain:
    """A violation that no continuation can save: the rules, and whether they block or only hold and ask again."""

    by: tuple[str, ...]
    blocks: bool


class Readers:
    """The rules of a set of policies, sorted by what they read. Built once, shared by all streams."""

    def __init__(self, compiled: CompiledPolicies) -> None:
        strong = [r for r in compiled.rules if not appends_what_it_demands(r)]
        self.of_reply = [r for r in strong if r.rule.subject is not None and r.rule.subject.kind == "reply"]
        self.of_calls: dict[str, list[CompiledRule]] = {}
        for rule in strong:
            if rule.rule.subject is not None and rule.rule.subject.kind == "call":
                self.of_calls.setdefault(rule.rule.subject.tool, []).append(rule)
        whole = [r for r in strong if r.rule.subject is None and span_variable(r) is None]
        self.of_text = [r for r in strong if r.reads(FoundInText) and span_variable(r) is None]
        self.of_all_calls = [r for r in whole if r.reads(CallsInAnswer, CallsSoFar)]
        self.of_case = [r for r in whole if not r.reads(FoundInText, CallsInAnswer, CallsSoFar)]
        """Rules on nothing that the model says: what they ask for is known, or known to be open, from the start."""
        self.reply_schemas = [(t, s) for t, s in compiled.schemas if s.kind == "reply"]
        self.call_schemas: dict[str, list[tuple[str, Schema]]] = {}
        for title, schema in compiled.schemas:
            if schema.kind in ("call", "tool"):
                self.call_schemas.setdefault(schema.tool, []).append((title, schema))

    def waiting_for_text(self, seen: Observation, undecided: Iterable[CompiledRule]) -> tuple[bool, bool]:
        """Whether (what the user reads, any other text) has to wait for the end, because of rules without a span."""
        if any(not _settled(r, seen, WHOLE_ANSWER) for r in self.of_case):
            return True, True
        waiting = [*undecided, *(r for r in self.of_text if not _settled(r, seen, _not_seen_yet(r)))]
        scopes = {v.origin.scope for r in waiting for v in r.variables if isinstance(v.origin, FoundInText)}
        return bool(scopes), "any" in scopes

    # --- the reply as a JSON object ---------------------------------------------------------------------------------

    def reply_hold(self, seen: Observation, reply: ArrivingReply) -> int:
        """Offset in the reply's text from which it has to wait; a member waits from its value on."""
        if not reply.possible or reply.tree is None:
            return EVERYTHING
        held = set()
        for rule in self.of_reply:
            if not _settled(rule, seen, Occurrence(reply.tree, reply=_number_of(reply, seen))):
                held |= _fields_read(rule)
        waiting = [m for m in reply.members if m.key in held or self._unfit(m, reply)]
        starts = [_member_start(m, held, self.of_reply) for m in waiting]
        if reply.tree is INVALID:
            starts.append(0)
        return reply.start + min(starts) if starts else EVERYTHING

    def _unfit(self, member: Member, reply: ArrivingReply) -> bool:
        """Whether a declaration reads the member and does not know yet, or knows, that it does not fit."""
        fields = [f for _, s in self.reply_schemas if (f := s.field(member.key)) is not None]
        return any(read_field(f, reply.tree) in (UNKNOWN, INVALID) for f in fields)

    def reply_stop(self, seen: Observation) -> Certain | None:
        """What no completion of the replies' JSON can save."""
        return _certain(misfits(self.reply_schemas, seen), self.of_reply, seen)

    # --- calls ------------------------------------------------------------------------------------------------------

    def reads_arguments_of(self, tool: str) -> bool:
        """Whether a rule or a declaration reads the arguments of calls to this tool."""
        return tool in self.call_schemas or tool in self.of_calls

    def call_stop(self, seen: Observation, index: int) -> Certain | None:
        """What no completion of the call's arguments can save."""
        call = seen.calls[index]
        tool = call.call.name
        unfit = [Misfit(t, s.name, index) for t, s in self.call_schemas.get(tool, ()) if misfit(s, call.tree)]
        return _certain(unfit, self.of_calls.get(tool, ()), seen, Occurrence(call.tree, index))

    def call_settled(self, seen: Observation, index: int) -> bool:
        """Whether every rule that reads this call has made up its mind in its favour."""
        call = seen.calls[index]
        rules = self.of_calls.get(call.call.name, ())
        mine = all(_settled(r, seen, Occurrence(call.tree, index)) for r in rules)
        return mine and all(_settled(r, seen, WHOLE_ANSWER) for r in self.of_all_calls)


def appends_what_it_demands(rule: CompiledRule) -> bool:
    """Whether a violation is mended by the rule's own sentence, so that the text before it need not wait."""
    outcome = rule.rule.otherwise
    if outcome.kind != "append" or not all(isinstance(v.origin, FoundInText) for v in rule.variables):
        return False
    return FinderSet(text_finders(rule.rule)).any(outcome.text)


def _not_seen_yet(rule: CompiledRule) -> Occurrence:
    return WHOLE_ANSWER if rule.rule.subject is None else Occurrence(UNKNOWN)


def _number_of(reply: ArrivingReply, seen: Observation) -> int:
    return next((n for n, (_, tree) in enumerate(seen.replies) if tree is reply.tree), 0)


def _settled(rule: CompiledRule, seen: Observation, occurrence: Occurrence) -> bool:
    """Whether the rule lets the answer go on, whatever comes: it complies, only warns, or is open and allows that."""
    status = status_so_far(rule, seen, occurrence)
    if status is Status.VIOLATED:
        return rule.rule.otherwise.kind == "warn"
    if status is Status.OPEN and rule.rule.if_unknown == "allow":
        values, _ = seen.memory[rule.position, occurrence.slot]
        return not any(x is UNKNOWN and _arrives(v) for v, x in zip(rule.variables, values, strict=True))
    return status in _SETTLED


def _arrives(variable: Variable) -> bool:
    """Whether the value may still come with the answer; a fact that is unknown stays so."""
    origin = variable.origin
    return not (isinstance(origin, Clock | UserSays) or (isinstance(origin, FieldOf) and origin.kind == "facts"))


def _certain(
    unfit: Sequence[Misfit], rules: Sequence[CompiledRule], seen: Observation, only: Occurrence | None = None
) -> Certain | None:
    """What is violated whatever comes, for one occurrence or for all."""
    blocking, weaker = [m.name for m in unfit], list[str]()
    for rule in rules:
        # A repair may still save the answer, and it is only known at the end.
        if rule.rule.repair is not None or rule.rule.otherwise.kind == "warn":
            continue
        judged = [only] if only is not None else occurrences(rule, seen)
        if any(status_so_far(rule, seen, o) is Status.VIOLATED for o in judged):
            (blocking if rule.rule.otherwise.kind == "block" else weaker).append(rule.rule.id)
    if blocking:
        return Certain(tuple(dict.fromkeys(blocking)), True)
    return Certain(tuple(dict.fromkeys(weaker)), False) if weaker else None


def _fields_read(rule: CompiledRule) -> set[str]:
    repaired = rule.rule.repair.fields if rule.rule.repair else ()
    names = (*rule.variables, *repaired)
    return {v.origin.path[0] for v in names if isinstance(v.origin, FieldOf) and v.origin.kind == "reply"}


def _member_start(member: Member, held: set[str], rules: Sequence[CompiledRule]) -> int:
    """A member that a repair may remove waits with the comma before it."""
    removable = {
        v.origin.path[0]
        for r in rules
        if r.rule.repair is not None and r.rule.repair.how == "removing"
        for v in r.rule.repair.fields
        if isinstance(v.origin, FieldOf)
    }
    return member.after if member.key in removable and member.key in held else member.start
