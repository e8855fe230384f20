"""What `guardproxy test` found in a file, for people and as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import ExampleRun, answer_of_example, situation_of
from guardproxy.checks.mutants import Mutant
from guardproxy.checks.mutation import Mutation
from guardproxy.checks.verdict import Status
from guardproxy.cli.reasons import of_violations, reasons
from guardproxy.cli.terminal import RESULTS, counted, show, show_diagnostic
from guardproxy.diagnostics import Diagnostic
from guardproxy.storage.policy_files import PolicyFile

_SLOW = 1.0
"""Seconds after which the time is worth a word."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A file after its test. With `problems`, no example was run.

    `mutation` is None where it was not asked for, or where an example fails.
    """

    file: PolicyFile
    compiled: CompiledPolicies | None
    problems: tuple[Diagnostic, ...] = ()
    runs: tuple[ExampleRun, ...] = ()
    silent: tuple[str, ...] = ()
    mutation: Mutation | None = None
    seconds: float = 0

    @property
    def failed(self) -> tuple[ExampleRun, ...]:
        return tuple(run for run in self.runs if run.failures)


def tested_as_json(tested: Tested) -> dict[str, Any]:
    """`mutants` is null where none were made: not asked for, or an example fails."""
    return {
        "file": tested.file.name,
        "diagnostics": [
            {"code": d.code, "message": d.message, "line": d.span.position[0], "column": d.span.position[1]}
            for d in tested.problems
        ],
        "examples": [_example_as_json(run) for run in tested.runs],
        "silent": list(tested.silent),
        "mutants": _mutation_as_json(tested.mutation) if tested.mutation is not None else None,
    }


def _example_as_json(run: ExampleRun) -> dict[str, Any]:
    return {
        "title": run.example.title,
        "line": run.example.span.position[0],
        "holds": not run.failures,
        "verdict": run.verdict.ending.value,
        "by": list(run.verdict.by),
        "failures": [{"line": f.expectation.span.position[0], "message": f.message} for f in run.failures],
    }


def _mutation_as_json(mutation: Mutation) -> dict[str, Any]:
    return {
        "changes": mutation.total,
        "noticed": mutation.noticed,
        "same": mutation.same,
        "survivors": [
            {"rule": m.id, "line": m.span.position[0], "change": m.says, "would_notice": m.hint}
            for m in mutation.survivors
        ],
    }


def show_tested(tested: Tested, quiet: bool) -> None:
    name = tested.file.name
    for diagnostic in tested.problems:
        show_diagnostic(diagnostic)
    if tested.compiled is None:
        why = "does not compile" if tested.file.policy is None else "may not serve"
        RESULTS.print(Text.assemble(("✗ ", "bold red"), f"{name}: {why}, so no example was run"))
        return
    for failing in tested.failed:
        RESULTS.print(_failure(failing, name, tested.compiled))
    if not (quiet and not tested.failed):
        RESULTS.print(_summary(name, tested))
    if tested.silent:
        show(Text.assemble(("no example makes these rules fire: ", "yellow"), ", ".join(tested.silent)), 2)
    if tested.mutation is not None:
        _show_mutation(tested.mutation, name)


def _summary(name: str, tested: Tested) -> Text:
    total, failed = len(tested.runs), len(tested.failed)
    time = f" ({tested.seconds:.1f} s)" if tested.seconds > _SLOW else ""
    if total == 0:
        return Text.assemble(("• ", "bold yellow"), f"{name}: no examples")
    if failed:
        return Text.assemble(("✗ ", "bold red"), f"{name}: {failed} of {counted(total, 'example')} failed{time}")
    holds = "holds" if total == 1 else "hold"
    return Text.assemble(("✓ ", "bold green"), f"{name}: {counted(total, 'example')} {holds}{time}")


def _failure(run: ExampleRun, name: str, compiled: CompiledPolicies) -> Text:
    """The example's place, each expectation that does not hold, what every rule that applied said, and why."""
    line, column = run.example.span.position
    text = Text.assemble(("✗ ", "bold red"), (f"{name}:{line}:{column}", "bold"), f"  {run.example.title}\n")
    for failure in run.failures:
        text.append(f"    line {failure.expectation.span.position[0]}: {failure.message}\n")
    for status in (Status.VIOLATED, Status.OPEN, Status.INVALID, Status.BUDGET, Status.COMPLIES):
        if rules := run.verdict.having(status):
            text.append(f"    {status.value}: {', '.join(rules)}\n", "dim")
    seen = compiled.observe(answer_of_example(run.example), situation_of(compiled.policies, run.example))
    for sentence in (*reasons(compiled, seen, run.verdict), *of_violations(compiled, seen, run.verdict)):
        text.append(f"      {sentence}\n", "dim")
    return text


def _show_mutation(mutation: Mutation, name: str) -> None:
    show(f"{mutation.noticed} of {counted(mutation.total, 'small change')} of the rules noticed{_percent(mutation)}", 2)
    for text in _survivors(mutation.survivors, name):
        show(text, 4)


def _percent(mutation: Mutation) -> str:
    return f", {mutation.noticed * 100 // mutation.total}%" if mutation.total else ""


def _survivors(survivors: Sequence[Mutant], name: str) -> Iterator[Text]:
    for mutant in survivors:
        sentence = f"  if {mutant.id} {mutant.says}, no example would notice"
        hint = f"; what would: {mutant.hint}" if mutant.hint else ""
        yield Text.assemble((f"{name}:{mutant.span.position[0]}", "bold"), sentence, (hint, "green"))
