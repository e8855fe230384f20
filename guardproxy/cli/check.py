"""`guardproxy check`: compiles policies, proves what can be proved, and shows every finding."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from guardproxy.checks.timing import Moment, Timing, timing
from guardproxy.cli.arguments import Parser, UsageMistake, add_files
from guardproxy.cli.sarif import as_sarif
from guardproxy.cli.solver import solver
from guardproxy.cli.terminal import RESULTS, SHOW, counted, show_diagnostic
from guardproxy.diagnostics import Diagnostic, has_errors
from guardproxy.exact_json import dumps
from guardproxy.ir.policy import Policy
from guardproxy.logic.questions import Ask
from guardproxy.proofs.boundaries import boundaries
from guardproxy.proofs.findings import Findings, prove_policy, without_repeats
from guardproxy.storage.policy_files import PolicyFile, read_all


def parser() -> Parser:
    endings = "Exit code: 0 clean or warnings, 1 errors."
    parser = Parser(
        "check", "Compiles policies, proves what can be proved, and shows what is wrong with them.", endings
    )
    add_files(parser)
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text", help="how to print the findings")
    parser.add_argument(
        "--boundaries", action="store_true", help="prints examples at and next to each limit, ready to be pasted"
    )
    parser.add_argument(
        "--timing", action="store_true", help="shows for each rule when it decides, and what waits for that"
    )
    return parser


@dataclass(frozen=True, slots=True)
class Checked:
    """A policy file, with what was proved of it; None where it does not compile."""

    file: PolicyFile
    findings: Findings | None

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        found = self.findings.diagnostics if self.findings is not None else ()
        return (*self.file.diagnostics, *without_repeats(found, self.file.diagnostics))


def run(arguments: Namespace) -> int:
    if arguments.format != "text" and (arguments.boundaries or arguments.timing):
        raise UsageMistake("--boundaries and --timing are text; leave --format out")
    files = read_all(arguments.files)
    with solver() as ask:
        if arguments.boundaries:
            return _show_boundaries(files, ask)
        checked = [Checked(file, prove_policy(file.policy, ask) if file.policy else None) for file in files]
    diagnostics = [d for each in checked for d in each.diagnostics]
    if arguments.format == "json":
        RESULTS.out(dumps({"diagnostics": [as_json(d) for d in diagnostics]}))
    elif arguments.format == "sarif":
        RESULTS.out(dumps(as_sarif(diagnostics)))
    else:
        _show(checked, arguments.timing)
    return 1 if has_errors(diagnostics) else 0


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """The published shape of a finding. `witness` is an example that shows it, null where there is none."""
    line, column = diagnostic.span.position
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "kind": diagnostic.kind,
        "message": diagnostic.message,
        "file": diagnostic.span.source.name,
        "line": line,
        "column": column,
        "rules": list(diagnostic.rules),
        "witness": diagnostic.witness or None,
        "help": diagnostic.help,
    }


def _show(checked: Sequence[Checked], with_timing: bool) -> None:
    for each in checked:
        for diagnostic in each.diagnostics:
            show_diagnostic(diagnostic)
    for each in checked:
        RESULTS.print(_summary(each))
        if each.file.policy is not None and each.findings is not None:
            RESULTS.print(Text.assemble(("  proved: ", "green"), each.findings.proved))
            if with_timing:
                SHOW.print(timing_table(each.file.policy))
            elif each.file.policy.rules:
                RESULTS.print(Text.assemble(("  decided: ", "green"), decided(each.file.policy)))


def _summary(checked: Checked) -> Text:
    file = checked.file
    number = {s: sum(d.severity == s for d in checked.diagnostics) for s in ("error", "warning", "info")}
    if file.policy is None:
        return Text.assemble(("✗ ", "bold red"), f"{file.name}: {counted(number['error'], 'error')}")
    remarks = [counted(number[s], noun) for s, noun in _NOUNS if number[s]]
    rules, examples = counted(len(file.policy.rules), "rule"), counted(len(file.policy.examples), "example")
    sign = ("✗ ", "bold red") if number["error"] else ("✓ ", "bold green")
    return Text.assemble(sign, f"{file.name}: {', '.join([rules, examples, *remarks])}")


_NOUNS = (("error", "error"), ("warning", "warning"), ("info", "remark"))


# --- boundaries -------------------------------------------------------------------------------------------------------


def _show_boundaries(files: Sequence[PolicyFile], ask: Ask) -> int:
    """Prints nothing but what can stand in a policy file: examples, and comments."""
    for file in files:
        if file.policy is None:
            for diagnostic in file.diagnostics:
                show_diagnostic(diagnostic)
            continue
        for boundary in boundaries(file.policy, ask):
            for place in boundary.missing:
                RESULTS.out(f"# {boundary.rule}, `{boundary.comparison}`: {place}")
            if boundary.text:
                RESULTS.out(f"{boundary.text}\n")
    return 1 if any(file.policy is None for file in files) else 0


# --- when a rule decides ----------------------------------------------------------------------------------------------


def decided(policy: Policy) -> str:
    """How many rules decide when: `2 at once, 3 when the call closes, 1 at the end`."""
    moments = [timing(rule, policy).moment for rule in policy.rules]
    counts = [(moment, moments.count(moment)) for moment in Moment]
    return ", ".join(f"{number} {moment.value}" for moment, number in counts if number)


def timing_table(policy: Policy) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0))
    for head in ("rule", "decides", "needs of the answer", "until then waits"):
        table.add_column(head, header_style="bold", no_wrap=head == "rule")
    for rule in policy.rules:
        found: Timing = timing(rule, policy)
        table.add_row(rule.id, found.moment.value, ", ".join(found.waits_for) or "nothing", found.makes_wait.value)
    return table
