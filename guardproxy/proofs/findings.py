"""What the survey found, in an expert's words: where, why, an example that shows it, and what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from guardproxy.checks.verdict import Verdict
from guardproxy.diagnostics import Diagnostic, Severity, in_order
from guardproxy.ir.policy import Policy, Rule
from guardproxy.ir.printed import printed_value
from guardproxy.ir.terms import CallsSoFar, Compare, Constant, Term, Variable
from guardproxy.ir.types import Number
from guardproxy.ir.walk import subterms
from guardproxy.logic.questions import Ask, Case
from guardproxy.proofs import claims
from guardproxy.proofs.alone import alone
from guardproxy.proofs.budget import Budget
from guardproxy.proofs.circles import circles
from guardproxy.proofs.claims import Proved, Refuted
from guardproxy.proofs.contradictions import Contradiction
from guardproxy.proofs.forms import RuleForm
from guardproxy.proofs.guards import GuardFinding
from guardproxy.proofs.hearsay import advisories
from guardproxy.proofs.inquiry import Inquiry, Sought
from guardproxy.proofs.listed import Unhandled, unhandled_values
from guardproxy.proofs.overlays import loosened
from guardproxy.proofs.redundancy import Redundancy
from guardproxy.proofs.survey import RuleFacts, Survey, Unsatisfiable, given_of, surveyed, unsatisfiable_only
from guardproxy.proofs.witnesses import NotShown, Shows, Witness, Witnesses, violates
from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Findings:
    """`proved` says in one sentence what holds of the policy; `survey` has the facts of each rule."""

    diagnostics: tuple[Diagnostic, ...]
    proved: str
    survey: Survey


def prove_policy(policy: Policy, ask: Ask) -> Findings:
    """Proves what can be proved of a policy, and says what was found. Every example was judged by the whole engine."""
    ask = Budget(ask)
    survey = surveyed(policy, ask)
    writer = _Writer(survey, Witnesses(policy, ask))
    own = [d for d in writer.diagnostics() if not _is_inherited(d, policy)]
    return Findings(in_order([*own, *advisories(policy), *loosened(policy, ask)]), summary(survey), survey)


def must_hold(policy: Policy, ask: Ask) -> tuple[Diagnostic, ...]:
    """The errors with which a policy must not serve although it compiles: the same that `check` finds."""
    survey = unsatisfiable_only(policy, ask)
    impossible = _Writer(survey, Witnesses(policy, ask)).errors() if survey.unsatisfiable else ()
    return in_order([*impossible, *loosened(policy, ask)])


def without_repeats(found: Sequence[Diagnostic], compiled: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings without those that say of a comparison what the compiler has said of it already."""
    idle = [d.span for d in compiled if d.code == "W201"]
    return tuple(d for d in found if d.code not in _SAID_BY_LIMITS or not any(_overlap(d.span, span) for span in idle))


_SAID_BY_LIMITS = frozenset(("W401", "W402", "W406", "W407", "W408"))


def _overlap(left: Span, right: Span) -> bool:
    return left.source.name == right.source.name and left.start < right.end and right.start < left.end


def _is_inherited(diagnostic: Diagnostic, policy: Policy) -> bool:
    """Whether a remark is about rules of the baseline alone, whose own check says it. Errors are always said."""
    if diagnostic.severity == "error":
        return False
    return bool(diagnostic.rules) and set(diagnostic.rules) <= set(policy.inherited)


class _Writer:
    def __init__(self, survey: Survey, witnesses: Witnesses) -> None:
        self.survey, self.witnesses = survey, witnesses
        self.inquiry = Inquiry(witnesses.ask)

    def diagnostics(self) -> Iterator[Diagnostic]:
        for facts in self.survey.rules:
            yield from self._rule(facts)
        yield from self.errors()
        yield from map(self._redundant, self.survey.redundant)
        yield from map(self._contradiction, self.survey.contradicting)
        yield from map(self._circle, circles(self.survey.policy.rules))
        yield from map(self._guard, self.survey.guards)
        yield from map(self._unhandled, unhandled_values(self.survey.policy.rules))
        yield from self._undecided()

    def errors(self) -> Iterator[Diagnostic]:
        return map(self._unsatisfiable, self.survey.unsatisfiable)

    # --- one rule -----------------------------------------------------------------------------------------------------

    def _rule(self, facts: RuleFacts) -> Iterator[Diagnostic]:
        form = facts.form
        id_ = form.rule.id
        if isinstance(facts.never_applies, Proved):
            message = f"`{id_}` never applies: no answer and no facts make its condition true"
            help_ = "correct the condition; two parts of it exclude each other, or a limit is swapped"
            yield _warning("W401", "never-applies", message, _clause_span(form, "when", "except when"), (id_,), help_)
        elif isinstance(facts.never_violated, Proved):
            message = f"`{id_}` forbids nothing: whenever it applies, what it demands holds anyway{_ranges(form)}"
            help_ = "correct the limit or its unit, or take the rule out"
            yield _warning("W402", "never-violated", message, _clause_span(form, "body"), (id_,), help_)
        elif isinstance(facts.never_met, Proved) and not _is_prohibition(form):
            yield self._never_met(facts)

    def _never_met(self, facts: RuleFacts) -> Diagnostic:
        form = facts.form
        id_ = form.rule.id
        message = f"`{id_}` stops every answer to which it applies: nothing meets its demand{_ranges(form)}"
        help_ = "correct the demand; a prohibition is said by `never ...`"
        found = _warning("W403", "always-violated", message, _clause_span(form, "body"), (id_,), help_)
        if not isinstance(facts.never_violated, Refuted):
            return found
        title = f"{id_} applies, and nothing would comply"
        return self._violated(found, title, form, facts.never_violated.witness)

    # --- several rules ------------------------------------------------------------------------------------------------

    def _unsatisfiable(self, found: Unsatisfiable) -> Diagnostic:
        ids = tuple(f.rule.id for f in found.rules)
        last = found.rules[-1]
        what = _subject_words(found.rules)
        message = f"no {what} complies with {_listed(ids)} together: one of them is always violated"
        help_ = "correct a limit, or let one of them apply in fewer cases (`when ...`)"
        span = _clause_span(last, "body")
        diagnostic = Diagnostic("E401", message, span, help_, "error", "unsatisfiable", ids)
        facts = next(f for f in self.survey.rules if f.form is last)
        if not isinstance(facts.never_violated, Refuted):
            return diagnostic
        sought = claims.never_violated(last, given_of([last], self.survey.world))
        shows = violates(last.rule.id)
        title = f"no {what.replace('`', '')} complies"
        return self._shown(diagnostic, title, last, facts.never_violated.witness, sought, shows)

    def _redundant(self, found: Redundancy) -> Diagnostic:
        id_, by = found.form.rule.id, tuple(f.rule.id for f in found.by)
        verb = "stops" if len(by) == 1 else "stop"
        message = f"`{id_}` is redundant: {_listed(by)} {verb} everything that it stops"
        help_ = "take it out, or correct its limit; the example violates both" if len(by) == 1 else "take it out"
        span = _clause_span(found.form, "body")
        diagnostic = _warning("W404", "redundant", message, span, (id_, *by), help_)
        title = f"whatever {id_} stops, {' or '.join(by)} stops as well"
        return self._violated(diagnostic, title, found.form, found.witness, by)

    def _contradiction(self, found: Contradiction) -> Diagnostic:
        ids = (found.left.rule.id, found.right.rule.id)
        when = "whenever both apply" if found.always else "in the case of the example"
        message = f"`{ids[0]}` and `{ids[1]}` contradict each other: {when}, no answer complies with both"
        help_ = "let one of them apply in fewer cases, or correct a limit"
        span = _clause_span(found.right, "body")
        diagnostic = _warning("W405", "contradiction", message, span, ids, help_)
        if found.depends_on_facts:
            help_ = "none is needed if no answer is meant to pass then; else let one of them apply in fewer cases"
            diagnostic = Diagnostic("I403", message, span, help_, "info", "contradiction-by-facts", ids)
        both = [found.left, found.right]
        given = given_of(both, self.survey.world)
        sought: Sought = ((found.left.applies, "true"), (found.right.applies, "true"), *((t, "true") for t in given))
        read = {v for f in both for v in f.reads}
        case = replace(found.witness, values={v: value for v, value in found.witness.values.items() if v in read})

        def shows(verdict: Verdict) -> bool:
            return any(violates(id_)(verdict) for id_ in ids)

        form = found.left if found.left.subject is not None else found.right
        kept = tuple(v for v in case.values if v not in found.free)
        return self._shown(diagnostic, f"{ids[0]} and {ids[1]} cannot both be met", form, case, sought, shows, kept)

    def _circle(self, rules: Sequence[Rule]) -> Diagnostic:
        ids = tuple(dict.fromkeys(rule.id for rule in rules))
        tools = list(dict.fromkeys(rule.subject.tool for rule in rules if rule.subject is not None))
        last = rules[-1]
        if len(tools) == 1:
            message = f"`{tools[0]}` can never be called: its first call would have to come after an earlier one"
        else:
            message = f"{_listed(tools)} can never be called: each has to wait until another of them was called"
        span = next((c.span for c in last.clauses if c.word == "body"), last.span)
        return _warning("W409", "circle", message, span, ids, "let one of them be called without waiting")

    # --- parts of a rule ----------------------------------------------------------------------------------------------

    def _guard(self, found: GuardFinding) -> Diagnostic:
        id_, said = found.form.rule.id, found.span.text
        match found.kind:
            case "always-true-guard":
                message = f"`when {said}` is always true, so it guards nothing{_ranges_of(found.form, found.part)}"
                return _warning("W406", found.kind, message, found.span, (id_,), "take it out, or correct it")
            case "unreachable-exception":
                message = f"`{found.clause.word} {said}` never matters: without it, the rule stops the same answers"
                help_ = "correct the exception, or take it out"
                return _warning("W407", found.kind, message, found.span, (id_,), help_)
        message = f"`{said}` never matters here: the rest of the condition decides{_ranges_of(found.form, found.part)}"
        help_ = "correct its limit or unit, or leave it out"
        return _warning("W408", found.kind, message, found.span, (id_,), help_)

    def _unhandled(self, found: Unhandled) -> Diagnostic:
        rules = tuple(found.rules)
        where = f"`{found.guard}` is `{found.value}`"
        message = f"no rule limits `{found.field}` where {where}; for its other values rules do"
        help_ = "none is needed if that is meant; else add a rule, or use a `table`, which has to be complete"
        return Diagnostic("I401", message, found.span, help_, "info", "unhandled-value", rules)

    def _undecided(self) -> Iterator[Diagnostic]:
        sentences: dict[str, list[str]] = {}
        forms = {form.rule.id: form for form, _ in self.survey.undecided}
        for form, sentence in self.survey.undecided:
            sentences.setdefault(form.rule.id, []).append(sentence)
        if len(sentences) > _MOST_UNDECIDED:
            yield self._many_undecided(tuple(sentences))
            return
        for id_, said in sentences.items():
            shown = said if len(said) <= _MOST_SAID else [*said[:_MOST_SAID], f"{len(said) - _MOST_SAID} more"]
            message = f"not decided of `{id_}` within the solver's budget: {'; '.join(shown)}"
            help_ = "nothing is claimed about it; every answer is still judged exactly"
            yield Diagnostic("I402", message, forms[id_].rule.span, help_, "info", "not-decided", (id_,))

    def _many_undecided(self, ids: tuple[str, ...]) -> Diagnostic:
        message = (
            f"not all is decided of {len(ids)} rules, from `{ids[0]}` to `{ids[-1]}`: there are too many rules or parts"
        )
        help_ = (
            "nothing is claimed about them; every answer is still judged exactly; smaller policies are decided further"
        )
        span = next(f.form.rule.span for f in self.survey.rules if f.form.rule.id == ids[0])
        return Diagnostic("I402", message, span, help_, "info", "not-decided", ids)

    def _violated(
        self, found: Diagnostic, title: str, form: RuleForm, witness: Case, with_it: Sequence[str] = ()
    ) -> Diagnostic:
        """The finding with an example that violates the rule, and no other than those `with_it` if there is one."""
        world, shows = self.survey.world, violates(form.rule.id)
        sought = claims.never_violated(form, given_of([form], world))
        others = [f.form for f in self.survey.rules if f.form is not form and f.form.rule.id not in with_it]
        clean = alone(form, others, sought, world, self.inquiry)
        if clean is not None:
            shown = self._shown(found, title, form, *clean, shows)
            if shown.witness:
                return shown
        return self._shown(found, title, form, witness, sought, shows)

    # --- examples -----------------------------------------------------------------------------------------------------

    def _shown(
        self,
        found: Diagnostic,
        title: str,
        form: RuleForm,
        case: Case,
        sought: Sought,
        shows: Shows,
        kept: tuple[Variable, ...] = (),
    ) -> Diagnostic:
        """The finding with an example, or else with the case's values in words. `kept` values stay as they are."""
        witness = self.witnesses.of(title, found.span, form.subject, case, sought, shows, kept)
        if isinstance(witness, Witness):
            return replace(found, witness=witness.text)
        return replace(found, help=f"{found.help}\n{_said_only(witness)}")


_MOST_SAID = 4
_MOST_UNDECIDED = 20


def _said_only(witness: NotShown) -> str:
    return f"the case, which no example shows ({witness.why}): {witness.values}"


def _warning(code: str, kind: str, message: str, span: Span, rules: tuple[str, ...], help_: str) -> Diagnostic:
    severity: Severity = "warning"
    return Diagnostic(code, message, span, help_, severity, kind, rules)


def _clause_span(form: RuleForm, *words: str) -> Span:
    """Where the rule says it; its head where it does not say so."""
    clause = next((c for c in form.clauses if c.word in words), None)
    return clause.span if clause is not None else form.rule.span


def _is_prohibition(form: RuleForm) -> bool:
    """`allow TOOL at most 0 times`: its author knows that it stops every call."""
    match form.demands:
        case Compare("at most", Variable(origin=CallsSoFar()), Constant(value)):
            return not isinstance(value, str) and value < 1
    return False


def _ranges(form: RuleForm) -> str:
    return _ranges_of(form, form.demands)


def _ranges_of(form: RuleForm, term: Term) -> str:
    """`; declared: offer.apr from 0% to 100%`: the limits of what the condition reads, which decide it."""
    read = dict.fromkeys(part for part in subterms(term) if isinstance(part, Variable))
    known = [f"{v.name} {said}" for v in read if (said := _range(v))]
    return f" (declared: {', '.join(known)})" if known else ""


def _range(variable: Variable) -> str:
    of = variable.type
    if not isinstance(of, Number) or (of.low is None and of.high is None) or isinstance(variable.origin, CallsSoFar):
        return ""
    low = f"from {printed_value(of.low, of)}" if of.low is not None else ""
    high = f"up to {printed_value(of.high, of)}" if of.high is not None else ""
    return f"{low} {high}".strip() if not (low and high) else f"{low} to {printed_value(of.high or 0, of)}"


def _subject_words(forms: Sequence[RuleForm]) -> str:
    subject = next((f.subject for f in forms if f.subject is not None), None)
    if subject is None:
        return "answer"
    return {"reply": f"`{subject.schema}`", "call": f"call of `{subject.tool}`", "claims": "answer"}[subject.kind]


def _listed(ids: Sequence[str]) -> str:
    quoted = [f"`{id_}`" for id_ in ids]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


# --- the summary ------------------------------------------------------------------------------------------------------


def summary(survey: Survey) -> str:
    """One sentence on what was proved, for the policy as a whole; what was not decided is not claimed."""
    total = len(survey.rules)
    if not total:
        return "there are no rules to prove anything about"
    failing = [said for said in map(_fails, survey.rules) if said]
    works = sum(_works(facts) for facts in survey.rules)
    parts = [f"{_of(works, total)} can apply, be violated and be complied with"] if works else []
    parts += failing if len(failing) <= _MOST_SAID else [*failing[:_MOST_SAID], f"and {len(failing) - _MOST_SAID} more"]
    unsure = {sentence for _, sentence in survey.undecided}
    if total > 1 and works == total:
        if not survey.unsatisfiable and not _about(unsure, "whether an answer"):
            parts.append("some answer complies with all")
        if not survey.redundant and not _about(unsure, "whether other rules"):
            parts.append("none is redundant")
        if not survey.contradicting and not survey.unsatisfiable and not _about(unsure, "whether it contradicts"):
            parts.append("no two contradict each other")
    open_ = f" ({len(survey.undecided)} not decided)" if survey.undecided else ""
    return ("; ".join(parts) or "nothing within the solver's budget") + open_


def _works(facts: RuleFacts) -> bool:
    return all(isinstance(a, Refuted) for a in (facts.never_applies, facts.never_violated, facts.never_met))


def _fails(facts: RuleFacts) -> str:
    """Which of the three a rule never does, as far as it was proved."""
    id_ = facts.form.rule.id
    if isinstance(facts.never_applies, Proved):
        return f"`{id_}` can never apply"
    if isinstance(facts.never_violated, Proved):
        return f"`{id_}` can never be violated"
    return f"`{id_}` can never be complied with" if isinstance(facts.never_met, Proved) else ""


def _about(sentences: set[str], beginning: str) -> bool:
    return any(sentence.startswith(beginning) for sentence in sentences)


def _of(number: int, total: int) -> str:
    if total == 1:
        return "the rule"
    return f"all {total} rules" if number == total else f"{number} of {total} rules"
