"""Which text rules watch a text, how each reacts to a match, and the rewriting of whole answers.

A *span rule* is `never ... text contains/mentions/matches ...`: its violation is a span of text, so it can be watched
for while text arrives. What it does about a match is fixed as soon as its other conditions are known.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from guardproxy import exact_json
from guardproxy.arriving_json import ArrivingJson
from guardproxy.checks.judging import Judged
from guardproxy.checks.observation import LONG_NUMBER, WHOLE_ANSWER, Observation, number_text
from guardproxy.checks.repairing import spliced
from guardproxy.checks.rules import CompiledRule, status_of
from guardproxy.checks.verdict import Status
from guardproxy.conversation import Answer, Passage, ToolCall
from guardproxy.ir.policy import Outcome
from guardproxy.ir.terms import (
    CallsInAnswer,
    CallsSoFar,
    Finder,
    FoundInText,
    Not,
    Or,
    Term,
    TextScope,
    TotalPerKey,
    Variable,
)
from guardproxy.ir.walk import variables
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


def span_variable(rule: CompiledRule) -> Variable | None:
    """The text condition whose match is the violation, or None for any other kind of rule."""
    if rule.rule.subject is not None:
        return None
    demands = rule.rule.demands
    options: Sequence[Term] = demands.terms if isinstance(demands, Or) else (demands,)
    found = [v for t in options for v in variables(t) if isinstance(v.origin, FoundInText)]
    if len(found) != 1 or any(isinstance(v.origin, FoundInText) for v in variables(rule.rule.applies)):
        return None
    return found[0] if Not(found[0]) in options else None


def kept_out_of_any_text(rule: CompiledRule) -> tuple[Finder, ...]:
    """What the rule, where it applies, keeps out of every text; nothing for one that warns or demands a text."""
    variable = span_variable(rule)
    if variable is None or rule.rule.otherwise.kind == "warn":
        return ()
    origin = variable.origin
    return origin.finders if isinstance(origin, FoundInText) and origin.scope == "any" else ()


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
        spans = [(r, v) for r in rules if (v := span_variable(r)) is not None]
        self.spans: tuple[tuple[CompiledRule, Variable], ...] = tuple(spans)
        self._lists: dict[tuple[TextScope, Reactions], WatchList] = {}
        self._always: tuple[Reactions, tuple[CompiledRule, ...]] | None = None
        self._fixed_lists: dict[TextScope, WatchList] = {}
        self._is_fixed = all(r.variables == (v,) for r, v in self.spans)

    def reactions(self, seen: Observation) -> tuple[Reactions, tuple[CompiledRule, ...]]:
        """How each span rule would react to a match now, and the rules for which that cannot be said yet."""
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
            status = status_of(rule, values)
            if status is None and _may_be_decided_later(rule, variable):
                undecided.append(rule)
                continue
            reaction = _reaction(rule, status)
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
        if key not in self._lists:
            if len(self._lists) >= _MOST_LISTS:
                self._lists.clear()
            self._lists[key] = self._build(scope, reactions, ())
        return self._lists[key]

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
        """The answer with spans replaced and cut; with sentences appended where nothing else was to be done."""
        reactions, _ = self.reactions(seen)
        reply, other = self.watch_list("reply", reactions), self.watch_list("any", reactions)
        work = Rewriting()
        passages = [Passage(p.channel, work.text(p.text, reply if p.is_reply else other)) for p in seen.passages]
        calls = tuple(work.call(c, other) for c in answer.calls)
        appending = [j for j in judged if j.rewrites and j.compiled.rule.otherwise.kind == "append"]
        if appending and not work.changed_by:
            passages = _appended(passages, appending)
            work.changed_by = [j.compiled.rule.id for j in appending]
        work.answer = Answer(tuple(passages), calls)
        return work


def _may_be_decided_later(rule: CompiledRule, variable: Variable) -> bool:
    """Whether a condition of the rule reads the answer, so that its unknown may still become known."""
    return any(v != variable and isinstance(v.origin, _FROM_ANSWER) for v in rule.variables)


_FROM_ANSWER = (FoundInText, CallsInAnswer, CallsSoFar, TotalPerKey)


def _reaction(rule: CompiledRule, status: Status | None) -> Reaction | None:
    match status:
        case Status.VIOLATED:
            return reaction_to(rule.rule.otherwise)
        case Status.INVALID:
            return Halt()
        case None:
            return {"allow": None, "block": Halt(), "hold": Freeze()}[rule.rule.if_unknown]
    return None


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
        gate = TextGate(watches)
        rewritten = gate.feed(text) + gate.finish()
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
