"""`guardproxy check`: compiles policies and shows every diagnostic."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from guardproxy.cli.arguments import Parser, add_files
from guardproxy.cli.sarif import as_sarif
from guardproxy.cli.terminal import RESULTS, show_diagnostic
from guardproxy.diagnostics import Diagnostic, has_errors
from guardproxy.exact_json import dumps
from guardproxy.storage.policy_files import PolicyFile, read_all


def parser() -> Parser:
    endings = "Exit code: 0 clean or warnings, 1 errors."
    parser = Parser("check", "Compiles policies and shows what is wrong with them.", endings)
    add_files(parser)
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text", help="how to print the findings")
    return parser


def run(arguments: Namespace) -> int:
    files = read_all(arguments.files)
    diagnostics = [d for file in files for d in file.diagnostics]
    if arguments.format == "json":
        RESULTS.out(dumps({"diagnostics": [as_json(d) for d in diagnostics]}))
    elif arguments.format == "sarif":
        RESULTS.out(dumps(as_sarif(diagnostics)))
    else:
        _show(files, diagnostics)
    return 1 if has_errors(diagnostics) else 0


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """The published shape of a finding. `witness` is a concrete case that shows it, null where there is none."""
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
        "witness": None,
        "help": diagnostic.help,
    }


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _show(files: Sequence[PolicyFile], diagnostics: Sequence[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        show_diagnostic(diagnostic)
    for file in files:
        RESULTS.print(_summary(file))


def _summary(file: PolicyFile) -> Text:
    number = {s: sum(d.severity == s for d in file.diagnostics) for s in ("error", "warning")}
    if file.policy is None:
        return Text.assemble(("✗ ", "bold red"), f"{file.name}: {counted(number['error'], 'error')}")
    remarks = f", {counted(number['warning'], 'warning')}" if number["warning"] else ""
    rules, examples = counted(len(file.policy.rules), "rule"), counted(len(file.policy.examples), "example")
    return Text.assemble(("✓ ", "bold green"), f"{file.name}: {rules}, {examples}{remarks}")
