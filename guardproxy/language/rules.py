"""Rules to terms: when a rule applies, what it demands, and what happens otherwise."""

from dataclasses import replace
from typing import cast

from guardproxy.ir import build
from guardproxy.ir.policy import Clause, ClauseWord, Outcome, Repair, Rule, Severity, Verb
from guardproxy.ir.terms import CalledBefore, CallsSoFar, Constant, FieldOf, LookUp, PickedFrom, Term, Variable
from guardproxy.ir.types import Field, ListOf, Number, Schema, Type, Value, YesNo
from guardproxy.language import presence
from guardproxy.language.clauses import Clauses, sort_out
from guardproxy.language.collector import Mistakes
from guardproxy.language.conditions import ConditionLowering
from guardproxy.language.guarded_shapes import warn_of_first_letters
from guardproxy.language.names import Names, suggestion
from guardproxy.language.phrases import Comparison, Name
from guardproxy.language.place import LookedUp, Picked, Place
from guardproxy.language.remarks import remark
from guardproxy.language.remedies import Judged, point_out
from guardproxy.language.subjects import subject_of
from guardproxy.language.syntax import (
    AfterCall,
    AllowTimes,
    AllowWhen,
    Body,
    Demand,
    EndOfList,
    Latest,
    Let,
    Note,
    Otherwise,
    RepairText,
    RuleText,
)
from guardproxy.language.types import described
from guardproxy.language.values import WHOLE
from guardproxy.source import Span


def lower_rule(text: RuleText, names: Names, mistakes: Mistakes, loose: Rule | None = None) -> Rule | None:
    """None where a part of the rule makes no sense; every such part was reported.

    `loose` is the baseline's rule that this one tightens. Who owns it, its severity, tags and source stay as they were
    where the overlay does not say them; everything that decides a verdict is the overlay's own, as it is written.
    """
    rule = _RuleLowering(text, names, mistakes).rule()
    if rule is None or loose is None:
        return rule
    said = {clause.word for clause in text.clauses if isinstance(clause, Note)}
    return replace(
        rule,
        severity=rule.severity if "severity" in said else loose.severity,
        owner=rule.owner if "owner" in said else loose.owner,
        tags=rule.tags if "tags" in said else loose.tags,
        source=rule.source if "source" in said else loose.source,
    )


class _RuleLowering(ConditionLowering):
    def __init__(self, text: RuleText, names: Names, mistakes: Mistakes) -> None:
        super().__init__(names, mistakes)
        self.text = text
        self.clauses: Clauses = sort_out(text, mistakes)
        self.subject = subject_of(self.clauses, names, mistakes)
        self.written: list[Clause] = []

    def rule(self) -> Rule | None:
        place = Place(self.subject)
        for let in self.clauses.lets:
            place = self._with_let(let, place)
        when = self._guard("when", place, build.TRUE)
        place = place.knowing(self._known("when", True))
        excepted = self._guard("except when", place, build.FALSE)
        place = place.knowing(self._known("except when", False))
        unless = self._guard("unless", place, build.FALSE)
        body = self._demand(self.clauses.body, place.knowing(self._known("unless", False)))
        repair = self._repair(self.clauses.repair, place)
        outcome = self._outcome(self.clauses.otherwise)
        if when is None or excepted is None or unless is None or body is None:
            return None
        present = [build.is_present(claim) for claim in self.agreeing]
        applies = build.all_of(when, *present, build.negate(excepted))
        demands = build.any_of(body, unless)
        point_out(self.clauses, Judged(applies, demands, repair, self.subject), self.mistakes)
        warn_of_first_letters(self.clauses, applies, demands, self.mistakes)
        remark(self.text, self.clauses, self.unknowns_read, self.names, self.mistakes)
        return self._assembled(applies, demands, repair, outcome)

    def _assembled(self, applies: Term, demands: Term, repair: Repair | None, outcome: Outcome) -> Rule:
        notes = {word: note.values for word, note in self.clauses.notes.items()}
        said = self.clauses.if_unknown
        severity = cast(Severity, notes.get("severity", ("medium",))[0])
        return Rule(
            id=self.text.id.text,
            title=self.text.title,
            applies=applies,
            demands=demands,
            span=self.text.span,
            subject=self.subject,
            severity=severity,
            if_unknown=said.action if said is not None else "block",
            if_unknown_said=said is not None,
            otherwise=outcome,
            repair=repair,
            owner=notes.get("owner", ("",))[0],
            tags=notes.get("tags", ()),
            source=notes.get("source", ("",))[0],
            clauses=tuple(sorted(self.written, key=lambda clause: clause.span.start)),
        )

    # --- when, unless, except when -----------------------------------------------------------------------------------

    def _guard(self, word: str, place: Place, otherwise: Term) -> Term | None:
        """The condition of a clause; None where it makes no sense."""
        guard = self.clauses.guards.get(word)
        if guard is None:
            return otherwise
        seen = len(self.compared)
        term = self.condition(guard.condition, place)
        self._remember(guard.word, term, guard.condition.span, seen, guard.word)
        return term

    def _remember(
        self, word: ClauseWord, term: Term | None, span: Span, seen: int, lead: str, verb: Verb | None = None
    ) -> None:
        """Keeps a clause as its author wrote it, with the comparisons that were read since `seen` of them were."""
        if term is not None:
            self.written.append(Clause(word, term, span, tuple(self.compared[seen:]), verb, lead))

    def _known(self, word: str, holds: bool) -> frozenset[str]:
        guard = self.clauses.guards.get(word)
        return (
            presence.guards(guard.condition, holds, self.names.definitions) if guard is not None else presence.NOTHING
        )

    # --- let ----------------------------------------------------------------------------------------------------------

    def _with_let(self, let: Let, place: Place) -> Place:
        name = let.name.text
        if name in place.lets or name in self.names.declarations:
            help_ = "give it another name"
            self.mistakes.error("E018", f"`{name}` names something else already", let.name.span, help_)
        what = let.what
        found = self._picked(what, place) if isinstance(what, EndOfList) else self._looked_up(what, place)
        return replace(place, lets={**place.lets, name: found})

    def _picked(self, what: EndOfList, place: Place) -> Picked | None:
        reading = self.paths.read(what.list, place)
        if reading is None:
            return None
        of = reading.variable.type
        if not isinstance(of, ListOf):
            help_ = "name a field that is declared as `list of ...`"
            self.mistakes.error("E012", f"`{what.list.text}` is {described(of)} and no list", what.list.span, help_)
            return None
        type_ = reading.type if reading.through_list else of.item
        origin = PickedFrom(what.which, reading.variable, reading.inner)
        return Picked(origin, type_, reading.can_be_missing, of.low == 0, reading.may_be_unknown)

    def _looked_up(self, what: Latest, place: Place) -> LookedUp | None:
        result = self._result_of(what.tool)
        match = self._match(what, place)
        if result is None or match is None:
            return None
        known = {f.name for s in (result, self.names.for_tool(what.tool.text)) if s is not None for f in s.fields}
        if what.key.text not in known:
            help_ = suggestion(what.key.text, known, "declare it among what the tool takes or returns")
            self.mistakes.error("E011", f"`{what.tool.text}` has no field `{what.key.text}`", what.key.span, help_)
            return None
        return LookedUp(LookUp(what.tool.text, what.key.text, match), result)

    def _result_of(self, tool: Name) -> Schema | None:
        result = self.names.schemas.get((tool.text, "result"))
        if result is None and tool.text not in self.names.broken:
            tools = [n for n, kind in self.names.schemas if kind == "result"]
            help_ = suggestion(tool.text, tools, f"declare it: `tool {tool.text} takes ... returns ...`")
            self.mistakes.error("E027", f"nothing says what `{tool.text}` returns", tool.span, help_)
        return result

    def _match(self, what: Latest, place: Place) -> Variable | None:
        if what.equals is not None:
            reading = self.read(what.equals, place)
            return reading.variable if reading is not None and not reading.through_list else None
        found = self._subject_field(what.key)
        if found is None:
            return None
        schema, field = found
        if schema.kind == "result":
            return None
        return Variable(f"{schema.name}.{field.name}", field.type, FieldOf(schema.name, schema.kind, (field.name,)))

    def _subject_field(self, key: Name) -> tuple[Schema, Field] | None:
        if self.subject is None:
            help_ = "let the rule name the call: `allow TOOL ...`, or read a field `TOOL.field`"
            message = f"nothing here has a field `{key.text}` that could be the same"
            self.mistakes.error("E027", message, key.span, help_)
            return None
        schema = self.names.schema(self.subject.schema) if self.subject.schema else None
        field = schema.field(key.text) if schema is not None else None
        if schema is not None and field is not None:
            return schema, field
        if key.text not in self.names.broken:
            what = self.subject.tool or self.subject.schema
            known = [f.name for f in schema.fields] if schema is not None else []
            help_ = suggestion(key.text, known, f"declare it: `tool {what} takes` with a line `- {key.text} : text`")
            self.mistakes.error("E011", f"`{what}` has no field `{key.text}`", key.span, help_)
        return None

    # --- what is demanded --------------------------------------------------------------------------------------------

    def _demand(self, body: Body | None, place: Place) -> Term | None:
        """What has to be true; the condition as it was written is remembered."""
        if body is None:
            return None
        seen = len(self.compared)
        term = self._body(body, place)
        span = body.condition.span if isinstance(body, Demand | AllowWhen) else body.span
        verb, lead = _verb(body)
        self._remember("body", term, span, seen, lead, verb)
        return build.negate(term) if term is not None and verb in ("never", "never after") else term

    def _body(self, body: Body, place: Place) -> Term | None:
        match body:
            case Demand(_, condition) | AllowWhen(_, condition):
                return self.condition(condition, place)
            case AfterCall():
                return self._after_call(body)
            case AllowTimes():
                return self._times(body)

    def _after_call(self, body: AfterCall) -> Term | None:
        key = body.key.text if body.key is not None else ""
        if body.key is not None:
            schema = self.names.for_tool(body.tool.text)
            if schema is not None and self._subject_field(body.key) is None:
                return None
        shown = f" with the same {key}" if key else ""
        origin = CalledBefore(body.other.text, key, with_result=body.word == "allow")
        return Variable(f"{body.other.text} was called before{shown}", YesNo(), origin)

    def _times(self, body: AllowTimes) -> Term | None:
        if body.times.number.denominator != 1:
            self.mistakes.error("E012", "calls are counted in whole numbers", body.times.span, "write a whole number")
            return None
        number = Number("whole", 0, None, 1)
        so_far = Variable(f"calls to {body.tool.text} per {body.scope}", number, CallsSoFar(body.tool.text, body.scope))
        limit = build.compare("at most", so_far, Constant(body.times.number.numerator, WHOLE))
        self.compared.append((limit, body.span))
        return limit

    # --- what happens otherwise --------------------------------------------------------------------------------------

    def _outcome(self, text: Otherwise | None) -> Outcome:
        if text is None:
            return Outcome()
        times = text.times.number if text.times is not None else 0
        if text.times is not None and (times.denominator != 1 or not 1 <= times <= 10):
            self.mistakes.error(
                "E033", "an answer is asked for again 1 to 10 times", text.times.span, "choose a number of these"
            )
            return Outcome()
        return Outcome(text.action, text.text, int(times))

    def _repair(self, text: RepairText | None, place: Place) -> Repair | None:
        if text is None:
            return None
        fields: list[Variable] = []
        for path in text.fields:
            reading = self.paths.read(path, place)
            if reading is None:
                continue
            origin = reading.variable.origin
            if not isinstance(origin, FieldOf) or origin.kind not in ("reply", "call", "tool") or reading.through_list:
                help_ = "name a field of the reply or of the call that the rule is about"
                self.mistakes.error("E035", f"`{path.text}` is not the model's to change", path.span, help_)
            elif self._repairable(text, reading.type, bool(reading.can_be_missing), path.span):
                fields.append(reading.variable)
        value = self._set_value(text, fields, place)
        return Repair(text.how, tuple(fields), value) if fields else None

    def _repairable(self, text: RepairText, type_: Type, optional: bool, span: Span) -> bool:
        if text.how in ("lowering", "raising") and not isinstance(type_, Number):
            help_ = "write `repair by setting ... to ...`"
            self.mistakes.error("E035", f"`{span.text}` is no number, so it is not {_DONE[text.how]}", span, help_)
            return False
        if text.how == "removing" and not optional:
            help_ = "declare it `optional`, or repair it another way"
            self.mistakes.error("E035", f"`{span.text}` cannot be left out, so it is not removed", span, help_)
            return False
        return True

    def _set_value(self, text: RepairText, fields: list[Variable], place: Place) -> Value | None:
        if text.value is None or not fields:
            return None
        found = self.value(text.value, place, fields[0].type)
        if found is None:
            return None
        comparison = Comparison("is", text.fields[0], text.value, text.value.span)
        if not self.comparable(comparison, "is", fields[0].type, found.type) or not isinstance(found.term, Constant):
            return None
        return found.term.value


def _verb(body: Body) -> tuple[Verb, str]:
    """What the body does with its condition, and the words before that; they are none where it is all one sentence."""
    match body:
        case Demand("every"):
            return "every", ""
        case Demand(word):
            return word, word
        case AllowWhen(tool, word="when"):
            return "allow only when", f"allow {tool.span.text} only when"
        case AllowWhen(tool):
            return "allow only after", f"allow {tool.span.text} only after"
        case AfterCall("allow"):
            return "allow only after", ""
        case AfterCall():
            return "never after", ""
        case AllowTimes():
            return "allow at most", ""


_DONE = {"lowering": "lowered", "raising": "raised"}
