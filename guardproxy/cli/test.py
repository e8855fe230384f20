"""`guardproxy test`: runs the examples that stand in policies, and names the rules that none of them makes fire."""

from argparse import Namespace
from collections.abc import Sequence

from rich.text import Text

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.examples import ExampleRun, answer_of_example, run_example, situation_of
from guardproxy.checks.verdict import Status
from guardproxy.cli.arguments import Parser, add_files
from guardproxy.cli.check import counted
from guardproxy.cli.reasons import reasons
from guardproxy.cli.solver import Ask, solver
from guardproxy.cli.terminal import RESULTS, show_diagnostic
from guardproxy.diagnostics import has_errors
from guardproxy.ir.policy import Policy
from guardproxy.storage.policy_files import PolicyFile, read_all


def parser() -> Parser:
    endings = "Exit code: 0 every example holds, 1 one does not or a policy does not compile."
    parser = Parser("test", "Runs the examples that stand in policies.", endings)
    add_files(parser)
    return parser


def run(arguments: Namespace) -> int:
    files = read_all(arguments.files)
    with solver() as ask:
        good = [_tested(file, ask) for file in files]
    return 0 if all(good) else 1


def silent_rules(policy: Policy, runs: Sequence[ExampleRun]) -> tuple[str, ...]:
    """The rules that no example violates."""
    fired = {rule for run in runs for rule in run.verdict.having(Status.VIOLATED)}
    return tuple(rule.id for rule in policy.rules if rule.id not in fired)


def _tested(file: PolicyFile, ask: Ask) -> bool:
    for diagnostic in file.diagnostics:
        if diagnostic.severity == "error":
            show_diagnostic(diagnostic)
    if file.policy is None or has_errors(file.diagnostics):
        RESULTS.print(Text.assemble(("✗ ", "bold red"), f"{file.name}: does not compile, so no example was run"))
        return False
    compiled = CompiledPolicies([file.policy])
    runs = [run_example(compiled, example, ask) for example in file.policy.examples]
    failed = [run for run in runs if run.failures]
    for failing in failed:
        RESULTS.print(_failure(failing, file.name, compiled))
    RESULTS.print(_summary(file.name, len(runs), len(failed)))
    if silent := silent_rules(file.policy, runs):
        RESULTS.print(Text.assemble(("  no example makes these rules fire: ", "yellow"), ", ".join(silent)))
    return not failed


def _summary(name: str, total: int, failed: int) -> Text:
    if total == 0:
        return Text.assemble(("• ", "bold yellow"), f"{name}: no examples")
    if failed:
        return Text.assemble(("✗ ", "bold red"), f"{name}: {failed} of {counted(total, 'example')} failed")
    holds = "holds" if total == 1 else "hold"
    return Text.assemble(("✓ ", "bold green"), f"{name}: {counted(total, 'example')} {holds}")


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
    for sentence in reasons(compiled, seen, run.verdict):
        text.append(f"      {sentence}\n", "dim")
    return text
