"""Which text rules watch a text, how each reacts to a match, and the rewriting of whole answers.

A *span rule* is `never ... text contains/mentions/matches ...`: its violation is a span of text, so it can be watched
for while text arrives. What it does about a match is fixed as soon as its other conditions are known.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from guardproxy import exact_json
from guardproxy.arriving_json import ArrivingJson
from guardproxy.checks.judging import Judged, known_status
from guardproxy.checks.observation import LONG_NUMBER, WHOLE_ANSWER, Observation, number_text
from guardproxy.checks.repairing import spliced
from guardproxy.checks.reply_object import reply_object
from guardproxy.checks.rules import CompiledRule
from guardproxy.checks.timing import comes_with_answer, span_variable
from guardproxy.checks.verdict import Status
from guardproxy.conversation import Answer, Passage, ToolCall, is_object_channel
from guardproxy.ir.policy import Outcome
from guardproxy.ir.terms import FoundInText, TextScope, Variable
from guardproxy.patterns.text_gate import (
    Cut,
    Freeze,
    Halt,
    JudgedWatch,
    Reaction,
    Substitute,
    TextGate,
    Watch,
    WatchList,
)

Reactions: TypeAlias = tuple[tuple[int, Reaction], ...]
"""What each watching rule, by its position, does about a match."""

_MOST_LISTS = 256


def reaction_to(outcome: Outcome) -> Reaction | None:
    """None: a match is noted and the text goes on (`warn`)."""
    match outcome.kind:
        case "redact" | "replace":
            return Substitute(outcome.text)
        case "cut":
            return Cut()
        case "block":
            return Halt()
        case "hold" | "ask again":
            return Freeze()
    return None


class Rewriter:
    """The text rules of a set of policies."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules = rules
        spans = [(r, v) for r in rules if (v := span_variable(r.rule)) is not None]
        self.spans: tuple[tuple[CompiledRule, Variable], ...] = tuple(spans)
        self._lists: dict[tuple[TextScope, Reactions], WatchList] = {}
        self._always: tuple[Reactions, tuple[CompiledRule, ...]] | None = None
        self._fixed_lists: dict[TextScope, WatchList] = {}
        self._is_fixed = all(r.variables == (v,) for r, v in self.spans)

    def reactions(self, seen: Observation) -> tuple[Reactions, tuple[CompiledRule, ...]]:
        """How each span rule would react to a match now, and the rules for which that cannot be said yet.

        What only a solver can say is then wanted in `seen.memory` (see `judging.asking`).
        """
        if not self._is_fixed:
            return self._reactions(seen)
        if self._always is None:
            self._always = self._reactions(seen)
        return self._always

    def _reactions(self, seen: Observation) -> tuple[Reactions, tuple[CompiledRule, ...]]:
        known: list[tuple[int, Reaction]] = []
        undecided: list[CompiledRule] = []
        for rule, variable in self.spans:
            values = [
                True if v == variable else fetch(seen, WHOLE_ANSWER)
                for v, fetch in zip(rule.variables, rule.fetches, strict=True)
            ]
            status = known_status(rule, values, seen.memory)
            if status is None or (status is Status.OPEN and _may_be_decided_later(rule, variable)):
                undecided.append(rule)
                continue
            reaction = reaction_of(rule, status)
            if reaction is not None:
                known.append((rule.position, reaction))
        return tuple(known), tuple(undecided)

    def watch_list(self, scope: TextScope, reactions: Reactions, judged: Sequence[JudgedWatch] = ()) -> WatchList:
        """The watches for a channel that the user reads (`reply`: all rules) or another one (`any` text rules only).

        Lists without claims are kept: most exchanges share one.
        """
        if judged:
            return self._build(scope, reactions, judged)
        if self._always is not None and reactions is self._always[0]:
            return self._fixed_list(scope)
        key = (scope, reactions)
        known = self._lists.get(key)
        if known is None:
            if len(self._lists) >= _MOST_LISTS:
                self._lists.clear()
            known = self._lists[key] = self._build(scope, reactions, ())
        return known

    def _fixed_list(self, scope: TextScope) -> WatchList:
        if scope not in self._fixed_lists:
            assert self._always is not None
            self._fixed_lists[scope] = self._build(scope, self._always[0], ())
        return self._fixed_lists[scope]

    def _build(self, scope: TextScope, reactions: Reactions, judged: Sequence[JudgedWatch]) -> WatchList:
        by_position = dict(reactions)
        watches = [
            Watch(finder, rule.rule.id, by_position[rule.position])
            for rule, variable in self.spans
            if rule.position in by_position and isinstance(variable.origin, FoundInText)
            if scope == "reply" or variable.origin.scope == "any"
            for finder in variable.origin.finders
        ]
        return WatchList(watches, judged)

    def rewrite(self, seen: Observation, answer: Answer, judged: Sequence[Judged]) -> "Rewriting":
        """The answer with spans replaced and cut; with sentences appended where nothing else was to be done.

        To a reply that is a JSON object nothing can be appended: it would be none any more.
        """
        reactions, _ = self.reactions(seen)
        reply, other = self.watch_list("reply", reactions), self.watch_list("any", reactions)
        work = Rewriting()
        passages = [Passage(p.channel, work.text(p.text, reply if p.is_reply else other)) for p in seen.passages]
        calls = tuple(work.call(c, other) for c in answer.calls)
        appending = [j for j in judged if j.rewrites and j.compiled.rule.otherwise.kind == "append"]
        if appending and not work.changed_by:
            names = tuple(dict.fromkeys(j.compiled.rule.id for j in appending))
            if ends_in_json(passages, seen):
                work.halted, work.stopped_by = True, names
            else:
                passages = _appended(passages, appending)
                work.changed_by = list(names)
        work.answer = Answer(tuple(passages), calls)
        return work


def _may_be_decided_later(rule: CompiledRule, variable: Variable) -> bool:
    """Whether a condition of the rule reads the answer, so that its unknown may still become known."""
    return any(v != variable and comes_with_answer(v) for v in rule.variables)


def reaction_of(rule: CompiledRule, status: Status) -> Reaction | None:
    """What the rule does about a text that makes its status this one."""
    match status:
        case Status.VIOLATED:
            return reaction_to(rule.rule.otherwise)
        case Status.INVALID:
            return Halt()
        case Status.OPEN:
            return {"allow": None, "block": Halt(), "hold": Freeze()}[rule.rule.if_unknown]
        case Status.BUDGET:
            return Freeze() if rule.rule.if_unknown == "hold" else Halt()
    return None


NOTHING_APPENDED = (
    "nothing can be appended to a JSON object, which would be none any more, so the rule blocks the answer instead"
)


def ends_in_json(passages: Sequence[Passage], seen: Observation) -> bool:
    """Whether the last text that the user reads is a JSON object, which a policy judges or the request asked for."""
    last = next((p for p in reversed(passages) if p.is_reply), None)
    if last is None or not is_object_channel(last.channel):
        return False
    declared = any(channel == last.channel for channel, _ in seen.replies)
    return declared or (seen.situation.wants_json and reply_object(last.text).tree is not None)


def _appended(passages: list[Passage], appending: Sequence[Judged]) -> list[Passage]:
    extra = "".join(dict.fromkeys(j.compiled.rule.otherwise.text for j in appending))
    last = max((i for i, p in enumerate(passages) if p.is_reply), default=None)
    if last is None:
        return [*passages, Passage("content", extra)]
    passages[last] = Passage(passages[last].channel, passages[last].text + extra)
    return passages


class Rewriting:
    """Runs texts through gates and remembers which rules changed one, and which do not let one be delivered."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.changed_by: list[str] = []
        self.halted = False
        self.stopped_by: tuple[str, ...] = ()

    def text(self, text: str, watches: WatchList) -> str:
        gate, rewritten = TextGate.of_whole(watches, text)
        if gate.halted or gate.frozen or gate.failed:
            self.halted = self.halted or gate.halted or gate.failed
            self.stopped_by = tuple(dict.fromkeys((*self.stopped_by, *gate.stopped_by)))
        self.changed_by += [h.rule for h in gate.hits if isinstance(h.reaction, Substitute | Cut)]
        return rewritten

    def call(self, call: ToolCall, watches: WatchList) -> ToolCall:
        """The call with every string of its arguments rewritten; the other characters of the JSON text stay."""
        name, id_ = self.text(call.name, watches), self.text(call.id, watches)
        arriving = ArrivingJson()
        arriving.feed(call.arguments)
        if not isinstance(arriving.root, dict):
            return ToolCall(name, call.arguments, id_)
        changes = {k: new for k, v in arriving.root.items() if (new := self.tree(v, watches)) is not v}
        keys = self.keys(arriving.root, watches)
        if any(k != new for k, new in keys.items()):
            whole = {keys[k]: changes.get(k, v) for k, v in arriving.root.items()}
            return ToolCall(name, exact_json.dumps(whole), id_)
        return ToolCall(name, spliced(call.arguments, changes), id_)

    def keys(self, tree: Mapping[str, Any], watches: WatchList) -> dict[str, str]:
        """The new name of each key. Two keys that become one would lose a value: then nothing can be delivered."""
        before = len(self.changed_by)
        keys = {k: self.text(k, watches) for k in tree}
        if len(set(keys.values())) < len(keys):
            self.halted = True
            self.stopped_by = tuple(dict.fromkeys((*self.stopped_by, *self.changed_by[before:])))
        return keys

    def tree(self, tree: Any, watches: WatchList) -> Any:
        """The same object where nothing changes. A number that has to be hidden becomes a text."""
        if isinstance(tree, dict):
            keys = self.keys(tree, watches)
            items = {keys[k]: self.tree(v, watches) for k, v in tree.items()}
            return tree if all(k in tree and items[k] is tree[k] for k in items) else items
        if isinstance(tree, list):
            elements = [self.tree(v, watches) for v in tree]
            return tree if all(a is b for a, b in zip(elements, tree, strict=True)) else elements
        if isinstance(tree, bool) or tree is None:
            return tree
        text = tree if isinstance(tree, str) else number_text(tree)
        if not isinstance(tree, str) and len(text) < LONG_NUMBER:
            return tree
        rewritten = self.text(text, watches)
        return tree if rewritten == text else rewritten
