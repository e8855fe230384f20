"""A verdict step by step, as a person reads it: rule by rule, then what the rules ask for together, then the answer."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.text import Text

from guardproxy.checks.changes import Change
from guardproxy.checks.clause_steps import ClauseStep, ComparisonStep
from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.steps import RuleStep, Steps, ValueStep
from guardproxy.checks.verdict import Ending, Status
from guardproxy.checks.whence import Secrets
from guardproxy.cli.terminal import heading, show
from guardproxy.conversation import Answer
from guardproxy.ir.printed import printed_number, quoted, shown
from guardproxy.ir.types import ABSENT, UNKNOWN, State, Type, Value

_COLOURS = {
    Status.COMPLIES: "green",
    Status.NOT_APPLICABLE: "dim",
    Status.OPEN: "yellow",
    Status.VIOLATED: "red",
    Status.INVALID: "red",
    Status.BUDGET: "red",
}
_LONGEST_VALUE = 160


def show_steps(compiled: CompiledPolicies, answer: Answer, steps: Steps, reasons: Sequence[str]) -> None:
    """`reasons` say what is invalid and why."""
    secrets = Secrets(compiled.rules)
    heading("The reply, as the rules see it")
    for line in _answer_lines(answer, secrets):
        show(line, 2)
    heading("Rule by rule")
    for step in steps.rules:
        _show_rule(step, secrets)
    for sentence in reasons:
        show(Text.assemble((f"{'invalid':<14} ", "red"), secrets.hidden(sentence)))
    if steps.silent:
        names = ", ".join(steps.silent)
        show(Text.assemble((f"{Status.NOT_APPLICABLE.value:<14} ", "dim"), f"{names}: the answer has nothing for them"))
    _show_together(steps)
    _show_changes(steps.changes, steps.verdict.ending, secrets)
    heading("Verdict")
    for line in _ending_lines(steps, secrets):
        show(line)


def _show_rule(step: RuleStep, secrets: Secrets) -> None:
    about = f" in {step.about}" if step.about else ""
    show(Text.assemble((f"{step.status.value:<14} ", _COLOURS[step.status]), f"{step.rule}{about}  {step.title}"))
    applies = step.status is not Status.NOT_APPLICABLE
    for clause in step.clauses:
        if applies or clause.is_guard:
            _show_clause(clause, secrets)
    if applies:
        for value in step.values:
            show(Text(_value_line(value, secrets), "dim"), 6)
        asks = f"; it asks for: {_asked(step)}" if step.asks is not None else ""
        show(f"so: {step.means}{asks}", 4)


def _show_clause(clause: ClauseStep, secrets: Secrets) -> None:
    """The clause with its truth; its comparisons below, or behind it where there is one only."""
    text = f"{clause.word} {clause.text}".strip()
    must_not = clause.forbids and isinstance(clause.truth, bool)
    means = {True: ", and must not be", False: ", as it has to be"}[bool(clause.truth)] if must_not else ""
    lone = clause.comparisons[0] if len(clause.comparisons) == 1 and not clause.comparisons[0].element else None
    sides = _sides(lone, secrets) if lone else ""
    show(Text.assemble(f"{text}: ", _truth(clause.truth), means, (sides, "dim")), 4)
    for comparison in clause.comparisons if lone is None else ():
        place = f"{comparison.element}: " if comparison.element else ""
        show(
            Text.assemble(
                f"{place}{comparison.text}: ", _truth(comparison.truth), (_sides(comparison, secrets), "dim")
            ),
            6,
        )


def _sides(step: ComparisonStep, secrets: Secrets) -> str:
    sides = ", ".join(f"{side.text} = {_value(side.value, side.type, secrets)}" for side in step.sides)
    return f"  ({sides})" if sides else ""


def _truth(value: Value) -> tuple[str, str]:
    if value is True:
        return "true", "green"
    return ("false", "red") if value is False else (_state(value), "yellow")


def _state(value: Value) -> str:
    if isinstance(value, State):
        return {ABSENT: "missing", UNKNOWN: "unknown"}.get(value, "cannot be read")
    return str(value)


def _value_line(step: ValueStep, secrets: Secrets) -> str:
    return f"{step.name} = {_value(step.value, step.type, secrets)}  ({secrets.hidden(step.whence)})"


def _value(value: Value, of: Type | None, secrets: Secrets) -> str:
    if of is not None and not isinstance(value, State):
        text = shown(value, of)
    elif isinstance(value, int | Fraction) and not isinstance(value, bool):
        text = printed_number(value)
    else:
        text = _state(value)
    text = secrets.hidden(text)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "..."


def _asked(step: RuleStep) -> str:
    assert step.asks is not None
    return f"repaired, or else {step.asks.value}" if step.repairable else step.asks.value


# --- together ---------------------------------------------------------------------------------------------------------


def _show_together(steps: Steps) -> None:
    wishes: dict[str, list[str]] = {}
    endings = sorted({s.asks for s in steps.rules if s.asks is not None}, key=lambda e: -e.strength)
    if steps.misfits:
        wishes["blocked"] = [m.name for m in steps.misfits]
    for ending in endings:
        for step in steps.rules:
            if step.asks is ending:
                wishes.setdefault(_asked(step), []).append(step.rule)
    heading("What they ask for together")
    if not wishes:
        show("nothing: no rule objects", 2)
    for wish, rules in wishes.items():
        show(f"{wish}: {', '.join(dict.fromkeys(rules))}", 2)
    if len(wishes) > 1:
        show(f"the strongest of these is what happens: {steps.verdict.ending.value}", 2)


def _show_changes(changes: Sequence[Change], ending: Ending, secrets: Secrets) -> None:
    if not changes:
        return
    heading("What changed")
    for change in changes:
        if change.type is None:
            show(f"{change.place}: {_text(change.before, secrets)} became {_text(change.after, secrets)}", 2)
            continue
        before, after = (_value(value, change.type, secrets) for value in (change.before, change.after))
        show(f"{change.place}: {before} became {after}", 2)
        for sentence in _why_smallest(change, secrets):
            show(sentence, 4)


def _why_smallest(change: Change, secrets: Secrets) -> Iterator[str]:
    if change.undone_breaks:
        yield f"left as it was, the answer does not comply: {', '.join(change.undone_breaks)}"
    if change.instead is not None and change.instead != change.before and change.breaks:
        instead = _value(change.instead, change.type, secrets)
        yield f"no smaller change does: with {instead}, one step nearer, it does not comply: {', '.join(change.breaks)}"
    elif change.instead is not None and change.instead == change.before:
        yield "no smaller change does: it is one step"


def _text(value: Value, secrets: Secrets) -> str:
    return quoted(secrets.hidden(value)) if isinstance(value, str) else "nothing"


def _answer_lines(answer: Answer, secrets: Secrets) -> Iterator[str]:
    for passage in answer.passages:
        yield f"{passage.channel}: {secrets.hidden(passage.text)}"
    for number, call in enumerate(answer.calls, start=1):
        yield f"call {number}: {call.name} {secrets.hidden(call.arguments)}"


def _ending_lines(steps: Steps, secrets: Secrets) -> Iterator[str]:
    verdict = steps.verdict
    yield verdict.ending.value + (f" by {', '.join(verdict.by)}" if verdict.by else "")
    if verdict.notice:
        yield f"notice: {verdict.notice}"
    yield from (f"the model would be told: {reason}" for reason in verdict.reasons)
    if verdict.by and verdict.ending.delivers:
        yield from _answer_lines(verdict.answer, secrets)
