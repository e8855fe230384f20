"""What each rule and declaration reads of an answer that is still arriving, and so what has to wait for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from guardproxy.arriving_json import Member, OpenObject
from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.judging import Misfit, judged_so_far, misfits, status_so_far
from guardproxy.checks.observation import WHOLE_ANSWER, Observation, Occurrence
from guardproxy.checks.reply_object import ArrivingReply
from guardproxy.checks.rules import CompiledRule, occurrences
from guardproxy.checks.timing import (
    Moment,
    Waiting,
    appends_what_it_demands,
    claims_read,
    comes_with_answer,
    conformance_variable,
    origin_of,
    span_variable,
    text_scopes,
    timing,
)
from guardproxy.checks.values import misfit, read_field
from guardproxy.checks.verdict import Status
from guardproxy.ir.policy import Outcome, Rule
from guardproxy.ir.terms import FieldOf, FoundInText
from guardproxy.ir.types import INVALID, UNKNOWN, Schema, Value
from guardproxy.streaming.channels import EVERYTHING
from guardproxy.streaming.claims import claim_rules
from guardproxy.streaming.growing import while_growing

_SETTLED = (Status.COMPLIES, Status.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Certain:
    """A violation that no continuation can save: the rules, and whether they block or only hold and ask again."""

    by: tuple[str, ...]
    blocks: bool


class Readers:
    """The rules of a set of policies, sorted by what they read and make wait. Built once, shared by all streams."""

    def __init__(self, compiled: CompiledPolicies) -> None:
        strong = [r for r in compiled.rules if not appends_what_it_demands(r.rule)]
        self.appends = len(strong) < len(compiled.rules)
        """Whether a rule mends a text by a sentence at its end, which it cannot do to a JSON object."""
        self.of_reply = [r for r in strong if r.rule.subject is not None and r.rule.subject.kind == "reply"]
        self.of_calls: dict[str, list[CompiledRule]] = {}
        for rule in strong:
            if rule.rule.subject is not None and rule.rule.subject.kind == "call":
                self.of_calls.setdefault(rule.rule.subject.tool, []).append(rule)
        self.timings = {r.position: timing(_as_strict(r.rule), r.policy) for r in strong}
        waiting = {Waiting.REPLY: list[CompiledRule](), Waiting.EVERYTHING: list[CompiledRule]()}
        for rule in strong:
            waiting.get(self.timings[rule.position].makes_wait, []).append(rule)
        self.of_reply_text, self.of_everything = waiting.values()
        self.of_all_calls = [r for r in strong if self.timings[r.position].makes_wait is Waiting.CALLS]
        self.growing = {r.position: while_growing(r, compiled) for r in strong}
        """Each rule, as it is decided while calls may still come."""
        self.of_case = [r for r in strong if self.timings[r.position].moment is Moment.BEFORE]
        """Rules on nothing that the model says: what they ask for is known, or known to be open, from the start."""
        self.of_shape = [(r, v) for r in strong if (v := conformance_variable(r.rule)) is not None]
        self.reads_text = any(r.reads(FoundInText) and span_variable(r.rule) is None for r in strong)
        self.claims = claim_rules(compiled, self.timings)
        self.reply_schemas = [(t, s) for t, s in compiled.schemas if s.kind == "reply"]
        self.call_schemas: dict[str, list[tuple[str, Schema]]] = {}
        for title, schema in compiled.schemas:
            if schema.kind in ("call", "tool"):
                self.call_schemas.setdefault(schema.tool, []).append((title, schema))

    def waiting_for_text(
        self, seen: Observation, undecided: Iterable[CompiledRule], is_prose: bool = False
    ) -> tuple[bool, bool]:
        """Whether (what the user reads, any other text) has to wait for the end, because of rules without a span.

        `is_prose`: the reply is no JSON object, so that rules about one have nothing to be about.
        """
        if any(self._may_object(r, seen, is_prose) for r in (*self.of_case, *self.of_everything)):
            return True, True
        waiting = any(self._may_object(r, seen, is_prose) for r in self.of_reply_text)
        scopes = text_scopes(v for r in undecided for v in r.variables)
        return waiting or bool(scopes), "any" in scopes

    def _may_object(self, rule: CompiledRule, seen: Observation, is_prose: bool) -> bool:
        about_object = rule.rule.subject is not None and rule.rule.subject.kind == "reply"
        return not (is_prose and about_object) and not _settled(rule, seen, _not_seen_yet(rule.rule))

    # --- the reply as a JSON object ---------------------------------------------------------------------------------

    def reply_hold(self, seen: Observation, reply: ArrivingReply) -> int:
        """Offset in the reply's text from which it has to wait; a member waits from its value on."""
        if not reply.possible or reply.tree is None:
            return EVERYTHING
        if self.appends:
            return reply.start
        held = set[str]()
        here = Occurrence(reply.tree, reply=_number_of(reply, seen))
        for rule in self.of_reply:
            if _has_begun(rule, here) and not _settled(rule, seen, here):
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
        mine = _certain(unfit, self._growing(self.of_calls.get(tool, ())), seen, Occurrence(call.tree, index))
        every = _certain((), self._growing(self.of_all_calls), seen, WHOLE_ANSWER)
        return every if mine is None or (every is not None and every.blocks > mine.blocks) else mine

    def _growing(self, rules: Iterable[CompiledRule]) -> list[CompiledRule]:
        return [self.growing[rule.position] for rule in rules]

    def call_settled(self, seen: Observation, index: int) -> bool:
        """Whether every rule that reads this call has made up its mind in its favour."""
        call = seen.calls[index]
        rules = self.of_calls.get(call.call.name, ())
        mine = all(_settled(r, seen, Occurrence(call.tree, index)) for r in rules)
        return mine and all(_settled(r, seen, WHOLE_ANSWER) for r in self.of_all_calls)


@lru_cache(maxsize=16)
def readers_of(compiled: CompiledPolicies) -> Readers:
    return Readers(compiled)


def _as_strict(rule: Rule) -> Rule:
    """What a rule that only warns would make wait if it blocked: it does where a fact that it reads is unknown."""
    return replace(rule, otherwise=Outcome()) if rule.otherwise.kind == "warn" else rule


def _not_seen_yet(rule: Rule) -> Occurrence:
    """The thing that the rule is about, before its first character: everything about it is unknown."""
    if rule.subject is None:
        return WHOLE_ANSWER
    return Occurrence(OpenObject(), reply=_NOT_YET, readings=dict.fromkeys(claims_read(rule), UNKNOWN))


_NOT_YET = -1
"""The place of a reply object that nobody has seen, so that what rules say of it is kept apart."""


def _number_of(reply: ArrivingReply, seen: Observation) -> int:
    return next((n for n, (_, tree) in enumerate(seen.replies) if tree is reply.tree), 0)


def _settled(rule: CompiledRule, seen: Observation, occurrence: Occurrence) -> bool:
    """Whether the rule lets the answer go on, whatever comes: it complies, only warns, or is open and allows that."""
    status, values = judged_so_far(rule, seen, occurrence)
    if status is Status.OPEN:
        return _settled_while_open(rule, values)
    return status in _SETTLED or (status is Status.VIOLATED and rule.rule.otherwise.kind == "warn")


def _settled_while_open(rule: CompiledRule, values: Sequence[Value]) -> bool:
    pairs = list(zip(rule.variables, values, strict=True))
    if rule.rule.otherwise.kind == "warn" and not any(
        x in (UNKNOWN, INVALID) and not comes_with_answer(v) for v, x in pairs
    ):
        return True
    return rule.rule.if_unknown == "allow" and not any(x is UNKNOWN and comes_with_answer(v) for v, x in pairs)


def _certain(
    unfit: Sequence[Misfit], rules: Sequence[CompiledRule], seen: Observation, only: Occurrence | None = None
) -> Certain | None:
    """What is violated whatever comes, for one occurrence or for all."""
    blocking, weaker = [m.name for m in unfit], list[str]()
    for rule in rules:
        # A repair may still save the answer, and it is only known at the end.
        if rule.rule.repair is not None or rule.rule.otherwise.kind == "warn":
            continue
        judged = (o for o in ([only] if only is not None else occurrences(rule, seen)) if _has_begun(rule, o))
        if any(status_so_far(rule, seen, o) is Status.VIOLATED for o in judged):
            (blocking if rule.rule.otherwise.kind == "block" else weaker).append(rule.rule.id)
    if blocking:
        return Certain(tuple(dict.fromkeys(blocking)), True)
    return Certain(tuple(dict.fromkeys(weaker)), False) if weaker else None


def _has_begun(rule: CompiledRule, occurrence: Occurrence) -> bool:
    """Whether anything that the rule reads or would change of an object is there; before that nothing waits for it."""
    names, holder = _fields_read(rule), occurrence.holder
    return not (names and isinstance(holder, OpenObject)) or any(name in holder for name in names)


@lru_cache(maxsize=4096)
def _fields_read(rule: CompiledRule) -> frozenset[str]:
    """The fields of the judged object that the rule reads, or may repair."""
    repaired = rule.rule.repair.fields if rule.rule.repair else ()
    origins = map(origin_of, (*rule.variables, *repaired))
    return frozenset(o.path[0] for o in origins if isinstance(o, FieldOf) and o.kind not in ("facts", "claims"))


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
