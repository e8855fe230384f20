"""Policies made ready to judge, and the judgement of a whole answer.

`CompiledPolicies` is built once when policies load, is shared by all exchanges; nothing in it changes a
verdict. `judging` gives the
verdict on a complete answer as a generator of solver questions; `judge` runs it with a function that answers them.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from guardproxy.checks.judging import (
    Asked,
    Judged,
    Judging,
    Misfit,
    asking,
    driven,
    is_about_nothing,
    judge_rule,
    misfits,
    notice_of,
    rule_verdicts,
    strongest,
)
from guardproxy.checks.kept_back import KeptBack
from guardproxy.checks.memory import Decisions, Memory
from guardproxy.checks.misshapen import reshaping
from guardproxy.checks.observation import FinderIndex, Observation, Past, SeenCall, call_texts, seen_call
from guardproxy.checks.quick import QuickRules
from guardproxy.checks.reasons import reason
from guardproxy.checks.repairing import new_values, repair_question, spliced
from guardproxy.checks.reply_object import reply_object
from guardproxy.checks.rewriting import Rewriter
from guardproxy.checks.rules import CompiledRule, compile_rule, text_finders
from guardproxy.checks.timing import origin_of
from guardproxy.checks.verdict import Ending, RuleVerdict, Status, Verdict
from guardproxy.conversation import Answer, Passage, Situation, ToolCall, is_object_channel
from guardproxy.ir.policy import Policy, Rule
from guardproxy.ir.terms import FieldOf, Finder
from guardproxy.ir.types import INVALID, Schema
from guardproxy.logic.questions import Ask, Repaired
from guardproxy.patterns.claims import ClaimReader, Reading, claim_reader
from guardproxy.patterns.ends import looks_at_ends, reads_past_quotes
from guardproxy.patterns.scan import FinderSet

BAD_ARGUMENTS = "tool-arguments"
"""The name under which a call is blocked whose arguments are not one JSON object without repeated keys."""

TOO_MANY_CALLS = "tool-calls"
"""The name under which an answer is blocked that makes more than `MAX_CALLS` calls."""

MAX_CALLS = 128
"""As many as a request may offer tools; rules over several calls look at each beside each."""

_ROUNDS = 3
"""Rewritten answers are judged again at most this often (examples README, `What the clauses mean`)."""


class CompiledPolicies:
    """One or more policies that judge together. Raises ValueError for terms that no answer can supply values for."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = tuple(policies)
        pairs = [(p, r) for p in self.policies for r in p.rules]
        self.index = FinderIndex([f for _, r in pairs for f in text_finders(r)])
        holds = Matcher()
        self.rules: tuple[CompiledRule, ...] = tuple(
            compile_rule(p, r, i, self.index, holds) for i, (p, r) in enumerate(pairs)
        )
        self.schemas: tuple[tuple[str, Schema], ...] = tuple((p.title, s) for p in self.policies for s in p.schemas)
        self.claims: tuple[tuple[tuple[str, str], ClaimReader], ...] = tuple(
            ((title, s.name), claim_reader(s.fields)) for title, s in self.schemas if s.kind == "claims"
        )
        self.rewriter = Rewriter(self.rules)
        self.quick = QuickRules(self.rules)
        self.decisions = Decisions()
        """What unknown values left open and was decided: the one thing here that grows, and it is bounded."""
        self.kept_back = KeptBack(r for _, r in pairs)

    @cached_property
    def reads_reply_object(self) -> bool:
        return any(s.kind == "reply" for _, s in self.schemas)

    @cached_property
    def is_classified(self) -> bool:
        """Whether some rule reads what a classifier says of the whole answer."""
        origins = (origin_of(v) for r in self.rules for v in r.variables)
        return any(isinstance(origin, FieldOf) and origin.at_end for origin in origins)

    @cached_property
    def release_at_end(self) -> bool:
        return any(p.release_at_end for p in self.policies)

    @cached_property
    def label(self) -> str:
        """Titles and fingerprints, for headers and records: `Refund desk 7 (0123456789ab)`."""
        return ", ".join(f"{p.title} {p.version} ({p.fingerprint[:12]})" for p in self.policies)

    @cached_property
    def quiet_lines(self) -> tuple[RuleVerdict, ...]:
        """The rules' statuses for small talk in which nothing is found."""
        quiet = {True: Status.COMPLIES, False: Status.NOT_APPLICABLE}
        return tuple(rule.line(quiet[rule.is_plain_span], None) for rule in self.rules)

    @cached_property
    def _is_quiet_about_text(self) -> bool:
        return all(rule.is_plain_span or rule.rule.subject is not None for rule in self.rules)

    def has_nothing_to_say(self, seen: Observation) -> bool:
        """The common case: the answer is text alone, rules read no more of it than spans, and none is found."""
        if not self._is_quiet_about_text or seen.calls or seen.replies or seen.readings:
            return False
        return not any(self.index.finders.any(p.text) for p in seen.passages)

    @cached_property
    def may_search_json(self) -> bool:
        """Whether strings can be judged by searching the JSON around them: all that rules read of texts are spans.

        Not where a match may be excused for what it holds: what runs on past the end of the string may find its excuse
        there.
        """
        finders = [f for r in self.rules for f in text_finders(r.rule)]
        excused = any(f.exemptions and reads_past_quotes(f) for f in finders)
        return self._is_quiet_about_text and not (self.claims or excused or any(map(looks_at_ends, finders)))

    def is_harmless_anywhere(self, text: str) -> bool:
        """Whether none of the rules' finders matches in any part of a text, taken by itself."""
        return not self.index.finders.any_within(text)

    def asking_again(self, names: Sequence[str]) -> list[Rule]:
        """Of the rules with these ids, those that ask the model for another answer."""
        rules = (r.rule for r in self.rules)
        return [r for r in rules if r.id in names and r.otherwise.kind == "ask again"]

    def is_clean(self, call: ToolCall, tree: Any) -> bool:
        """Whether none of the rules' finders matches in any string of a complete call."""
        return not any(self.index.finders.any(text) for text in set(call_texts(SeenCall(call, tree))))

    def observe(
        self, answer: Answer, situation: Situation, past: Past | None = None, memory: Memory | None = None
    ) -> Observation:
        """A complete answer as rules see it. `memory` holds what was decided about it while it arrived."""
        passages = joined(answer.passages)
        replies: list[tuple[str, Any]] = []
        if self.reads_reply_object:
            objects = ((p.channel, p.text) for p in passages if "{" in p.text and is_object_channel(p.channel))
            read = ((channel, reply_object(text, situation.wants_json).tree) for channel, text in objects)
            replies = [(channel, tree) for channel, tree in read if tree is not None]
        return Observation(
            situation=situation,
            past=past or Past(situation.conversation.calls),
            passages=passages,
            calls=[seen_call(c) for c in answer.calls],
            replies=replies,
            readings=self.read_claims(passages),
            memory=memory or Memory(self.decisions),
        )

    def read_claims(self, passages: Sequence[Passage]) -> dict[tuple[str, str], list[Reading]]:
        texts = [p.text for p in passages if p.is_reply] if self.claims else []
        found = {key: [r for text in texts for r in reader.read(text)] for key, reader in self.claims}
        return {key: readings for key, readings in found.items() if readings}


class Matcher:
    """Answers whether one of some finders is found in a text value; finder sets are built once."""

    def __init__(self) -> None:
        self._sets: dict[tuple[Finder, ...], FinderSet] = {}

    def __call__(self, finders: tuple[Finder, ...], text: str) -> bool:
        known = self._sets.get(finders)
        if known is None:
            known = self._sets[finders] = FinderSet(finders)
        return known.any(text)


def joined(passages: Sequence[Passage]) -> list[Passage]:
    """One passage a channel, in the order in which channels began."""
    texts: dict[str, list[str]] = {}
    for passage in passages:
        texts.setdefault(passage.channel, []).append(passage.text)
    return [Passage(channel, "".join(parts)) for channel, parts in texts.items()]


def reply_text(passages: Sequence[Passage]) -> str:
    """What the user reads first, where an object would stand; for showing and comparing."""
    return next((p.text for p in passages if is_object_channel(p.channel)), "")


def judge(compiled: CompiledPolicies, answer: Answer, situation: Situation, ask: Ask) -> Verdict:
    """The verdict on a complete answer; `ask` answers the solver's questions."""
    return driven(judging(compiled, answer, situation), ask)


def judging(
    compiled: CompiledPolicies,
    answer: Answer,
    situation: Situation,
    past: Past | None = None,
    memory: Memory | None = None,
) -> Judging[Verdict]:
    """The whole judgement: rules, then repairs, then rewrites, each result judged again before it counts."""
    seen = compiled.observe(answer, situation, past, memory)
    if compiled.has_nothing_to_say(seen):
        return Verdict(Ending.ALLOWED, (), compiled.quiet_lines, answer)
    judged, unfit, lines = yield from _judge_quickly(compiled, seen)
    repairs = [j for j in judged if j.repairable]
    asked = strongest(judged, unfit, without=repairs)
    delivered = answer
    if asked.ending.delivers and (repairs or asked.ending is Ending.REWRITTEN):
        asked, delivered = yield from _improved(compiled, seen, answer, judged, repairs)
    again = compiled.asking_again(asked.by) if asked.ending is Ending.ASKED_AGAIN else []
    return Verdict(
        ending=asked.ending,
        by=asked.by,
        rules=lines,
        answer=delivered if asked.ending.delivers else Answer(),
        notice="" if asked.ending.delivers else notice_of(asked),
        ask_again=min((r.otherwise.times for r in again), default=0),
        reasons=tuple(reason(r, compiled.kept_back.may_be_told, reshaping(r, seen)) for r in again),
    )


def _judge_quickly(
    compiled: CompiledPolicies, seen: Observation
) -> Judging[tuple[list[Judged], list[Misfit], tuple[RuleVerdict, ...]]]:
    """Like `judge_all`, without the rules that comply or do not apply; and a line for each rule and misfit."""
    if len(seen.calls) > MAX_CALLS:
        unfit = [Misfit("", TOO_MANY_CALLS)]
        return [], unfit, rule_verdicts(compiled.rules, (), unfit)
    found = yield from compiled.quick.judge(seen)
    schemas = compiled.schemas if not found.fits else compiled.quick.other_schemas(compiled.schemas)
    unfit = misfits(schemas, seen) + bad_arguments(seen.calls)
    lines = compiled.quick.lines(found)
    return found.judged, unfit, (*lines, *rule_verdicts((), (), unfit)) if unfit else lines


def judge_all(compiled: CompiledPolicies, seen: Observation) -> Judging[tuple[list[Judged], list[Misfit]]]:
    """Every rule's verdict for every occurrence, one rule at a time, and what does not fit its declaration."""
    if len(seen.calls) > MAX_CALLS:
        return [], [Misfit("", TOO_MANY_CALLS)]
    judged = []
    for rule in compiled.rules:
        if not is_about_nothing(rule, seen):
            judged += yield from judge_rule(rule, seen)
    return judged, misfits(compiled.schemas, seen) + bad_arguments(seen.calls)


def bad_arguments(calls: Sequence[SeenCall]) -> list[Misfit]:
    return [Misfit("", BAD_ARGUMENTS, i) for i, seen in enumerate(calls) if seen.tree is INVALID]


def _improved(
    compiled: CompiledPolicies, seen: Observation, answer: Answer, judged: list[Judged], repairs: list[Judged]
) -> Judging[tuple[Asked, Answer]]:
    """The repaired and rewritten answer with all who changed it, or what is asked for where none complies."""
    changed_by = [j.compiled.rule.id for j in repairs]
    otherwise = asked = strongest(judged, [])
    if repairs:
        question = repair_question(repairs, compiled.rules, seen)
        reply = (yield question) if question is not None else None
        if not isinstance(reply, Repaired):
            return _fallback(otherwise, repairs), answer
        answer = _with_values(answer, seen, reply)
    for _ in range(_ROUNDS):
        if any(j.rewrites for j in judged):
            before = compiled.observe(answer, seen.situation, seen.past, seen.memory)
            yield from asking(partial(compiled.rewriter.reactions, before), before.memory)
            work = compiled.rewriter.rewrite(before, answer, judged)
            if work.stopped_by:
                first = next((j for j in judged if j.compiled.rule.id in work.stopped_by), None)
                return Asked(Ending.BLOCKED, work.stopped_by, first), answer
            answer = work.answer
            changed_by += work.changed_by
        again = compiled.observe(answer, seen.situation, seen.past, seen.memory)
        judged, unfit, _ = yield from _judge_quickly(compiled, again)
        asked = strongest(judged, unfit)
        if asked.ending in (Ending.ALLOWED, Ending.WARNED):
            return Asked(Ending.REPAIRED if repairs else Ending.REWRITTEN, _in_order(compiled, changed_by)), answer
        if asked.ending is not Ending.REWRITTEN:
            break
    return _fallback(otherwise if repairs else asked, repairs), answer


def _in_order(compiled: CompiledPolicies, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r.rule.id for r in compiled.rules if r.rule.id in names))


def _fallback(asked: Asked, repairs: Sequence[Judged]) -> Asked:
    """No compliant answer could be made: what `otherwise` says, and never less than a block."""
    if not asked.ending.delivers:
        return asked
    by = tuple(dict.fromkeys(j.compiled.rule.id for j in repairs)) or asked.by
    return Asked(Ending.BLOCKED, by, repairs[0] if repairs else asked.first)


def _with_values(answer: Answer, seen: Observation, repaired: Repaired) -> Answer:
    places = new_values(repaired.values)
    calls = list(answer.calls)
    passages = list(seen.passages)
    channels = [p.channel for p in passages]
    for (kind, number), changes in places.items():
        if kind == "call":
            call = calls[number]
            calls[number] = ToolCall(call.name, spliced(call.arguments, changes), call.id)
        else:
            at = channels.index(seen.replies[number][0])
            passages[at] = _with_reply(passages[at], changes)
    return Answer(tuple(passages) if seen.replies else answer.passages, tuple(calls))


def _with_reply(passage: Passage, changes: Mapping[str, Any]) -> Passage:
    found = reply_object(passage.text)
    head, body = passage.text[: found.start], passage.text[found.start :]
    return Passage(passage.channel, head + spliced(body, changes))
