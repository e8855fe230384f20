"""Overlays may only tighten: each `tighten` is proved, or refused with what it would let through."""

from collections.abc import Iterator

from guardproxy.diagnostics import Diagnostic, in_order
from guardproxy.ir.policy import Policy, Tightening
from guardproxy.logic.questions import Case, NoCase
from guardproxy.proofs.forms import Alignment, RuleForm
from guardproxy.proofs.inquiry import Ask, Inquiry, Sought
from guardproxy.proofs.strength import weaker_in
from guardproxy.proofs.witnesses import Witness, Witnesses, complies
from guardproxy.proofs.world import World
from guardproxy.source import Span


def must_hold(policy: Policy, ask: Ask) -> tuple[Diagnostic, ...]:
    """The errors with which a policy must not serve although it compiles: loosened or unproved overlays."""
    return loosened(policy, ask)


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
            return None
        if found is NoCase.BUDGET:
            message = f"it is not proved that `{id_}` is at least as strict as the rule of the baseline"
            help_ = "the solver did not finish within its budget: say the rule more simply, or add a rule of its own"
            return _error("E403", "not-proved", message, _body(pair), id_, help_)
        return self._counter_example(pair, strict, sought, found)

    def _counter_example(self, pair: Tightening, strict: RuleForm, sought: Sought, found: Case) -> Diagnostic:
        id_ = pair.strict.id
        message = f"`{id_}` loosens the rule of the baseline: it lets something through that the baseline stops"
        witnesses = Witnesses(self.policy, self.ask)
        title = f"the baseline's {id_} stops this"
        witness = witnesses.of(title, pair.strict.span, strict.subject, found, sought, complies(id_))
        if isinstance(witness, Witness):
            help_ = "make it at least as strict: the example shows what would get through"
            return Diagnostic("E402", message, _body(pair), help_, "error", "loosened", (id_,), witness.text)
        help_ = f"make it at least as strict; it lets this through: {witness.values}"
        return _error("E402", "loosened", message, _body(pair), id_, help_)


def _body(pair: Tightening) -> Span:
    return next((c.span for c in pair.strict.clauses if c.word == "body"), pair.strict.span)


def _error(code: str, kind: str, message: str, span: Span, rule: str, help_: str) -> Diagnostic:
    return Diagnostic(code, message, span, help_, "error", kind, (rule,))
