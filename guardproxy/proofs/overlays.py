"""Overlays may only tighten: each `tighten` is proved, or refused with what it would let through."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from guardproxy.diagnostics import Diagnostic, in_order
from guardproxy.ir.policy import Policy, Tightening
from guardproxy.logic.questions import Ask, Case, NoCase
from guardproxy.proofs.alone import alone
from guardproxy.proofs.domination import (
    always_given,
    follows_at_least_as_strictly,
    may_be_unknown,
    may_be_unreadable,
)
from guardproxy.proofs.forms import Alignment, RuleForm
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.strength import weaker_in
from guardproxy.proofs.witnesses import Witness, Witnesses, complies, in_words
from guardproxy.proofs.world import World
from guardproxy.proofs.written import expected
from guardproxy.source import Span


def loosened(policy: Policy, ask: Ask) -> tuple[Diagnostic, ...]:
    """An error for each `tighten` that is not proved at least as strict as the rule whose place it takes."""
    if not policy.tightened:
        return ()
    return in_order(_Overlay(policy, ask).diagnostics())


def lets_through(strict: RuleForm, loose: RuleForm, world: World) -> Sought:
    """Whatever the stricter rule lets pass, the loose one lets pass too: a case that only the loose one stops."""
    given = world.holding(strict.subject, (*strict.presence, *loose.presence), (*strict.reads, *loose.reads))
    return (
        (loose.applies, "true"),
        (loose.demands, "false"),
        (strict.violated, "not true"),
        *((term, "true") for term in given),
    )


class _Overlay:
    def __init__(self, policy: Policy, ask: Ask) -> None:
        self.policy, self.ask = policy, ask
        self.world, self.inquiry = World(policy), Inquiry(ask)

    def diagnostics(self) -> Iterator[Diagnostic]:
        for each in self.policy.tightened:
            found = self._of(each)
            if found is not None:
                yield found

    def _of(self, pair: Tightening) -> Diagnostic | None:
        id_ = pair.strict.id
        weaker = weaker_in(pair.strict, pair.loose)
        if weaker:
            message = f"`{id_}` loosens the rule of the baseline: {weaker}"
            return _error(
                "E402", "loosened", message, _body(pair), id_, "ask for at least as much as the baseline does"
            )
        if pair.strict.subject != pair.loose.subject:
            message = f"`{id_}` is about something else than the rule of the baseline, so nothing is proved"
            return _error(
                "E403", "not-proved", message, _body(pair), id_, "write a rule of its own instead of `tighten`"
            )
        alignment = Alignment()
        loose, strict = alignment.form(pair.loose), alignment.form(pair.strict)
        sought = lets_through(strict, loose, self.world)
        found = self.inquiry.case(sought)
        if found is NoCase.NONE:
            return self._where_unknown(pair, strict, loose)
        if found is NoCase.BUDGET:
            message = f"it is not proved that `{id_}` is at least as strict as the rule of the baseline"
            help_ = "the solver did not finish within its budget: say the rule more simply, or add a rule of its own"
            return _error("E403", "not-proved", message, _body(pair), id_, help_)
        others = [alignment.form(rule) for rule in self.policy.rules if rule.id != id_]
        return self._counter_example(pair, strict, others, sought, found)

    def _where_unknown(self, pair: Tightening, strict: RuleForm, loose: RuleForm) -> Diagnostic | None:
        """With every value known it is as strict: also where some are unknown, or cannot be read?"""
        id_ = pair.strict.id
        given = self.world.holding(strict.subject, (*strict.presence, *loose.presence), (*strict.reads, *loose.reads))
        known = follows_at_least_as_strictly(strict, loose, always_given(given), self.inquiry)
        if known == "yes":
            return None
        names = dict.fromkeys(v.name for v in loose.reads if may_be_unknown(v) or may_be_unreadable(v))
        read = " or ".join(f"`{name}`" for name in names)
        if known == "not decided":
            message = f"it is not proved that `{id_}` is at least as strict where {read} is unknown or cannot be read"
            help_ = "say the rule more simply, or add a rule of its own"
            return _error("E403", "not-proved", message, _body(pair), id_, help_)
        message = f"`{id_}` loosens the rule of the baseline where {read} is unknown or cannot be read"
        help_ = (
            f"the baseline's rule says `if unknown {pair.loose.if_unknown}` then, and blocks what it cannot read; "
            "let this rule block or read the same values"
        )
        return _error("E402", "loosened", message, _body(pair), id_, help_)

    def _counter_example(
        self, pair: Tightening, strict: RuleForm, others: Sequence[RuleForm], sought: Sought, found: Case
    ) -> Diagnostic:
        id_ = pair.strict.id
        message = f"`{id_}` loosens the rule of the baseline: it lets something through that the baseline stops"
        witnesses = Witnesses(self.policy, self.ask)
        baseline = Witnesses(_before(self.policy, pair), self.ask)
        title = f"the baseline's {id_} stops this"
        clean = alone(strict, others, sought, self.world, self.inquiry)
        for case, wanted in ((found, sought),) if clean is None else (clean, (found, sought)):
            witness = witnesses.of(title, pair.strict.span, strict.subject, case, wanted, complies(id_))
            if isinstance(witness, Witness):
                before = expected(baseline.judge(witness.example), witness.example)
                now = expected(witness.verdict, witness.example)
                help_ = f"make it at least as strict: the example is {before} in the baseline, and here {now}"
                return Diagnostic("E402", message, _body(pair), help_, "error", "loosened", (id_,), witness.text)
        help_ = f"make it at least as strict; it lets this through: {in_words(found.values)}"
        return _error("E402", "loosened", message, _body(pair), id_, help_)


def _before(policy: Policy, pair: Tightening) -> Policy:
    """The policy with the baseline's rule in its place."""
    return replace(policy, rules=tuple(pair.loose if rule.id == pair.strict.id else rule for rule in policy.rules))


def _body(pair: Tightening) -> Span:
    return next((c.span for c in pair.strict.clauses if c.word == "body"), pair.strict.span)


def _error(code: str, kind: str, message: str, span: Span, rule: str, help_: str) -> Diagnostic:
    return Diagnostic(code, message, span, help_, "error", kind, (rule,))
