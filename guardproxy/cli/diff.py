"""`guardproxy diff`: what one version of a policy allows and the other does not, each shown by an example."""

from argparse import Namespace
from typing import Any

from rich.text import Text

from guardproxy.cli.arguments import Parser
from guardproxy.cli.solver import solver
from guardproxy.cli.terminal import RESULTS, show_diagnostic
from guardproxy.exact_json import dumps
from guardproxy.proofs.changes import Change, Difference
from guardproxy.proofs.difference import difference
from guardproxy.storage.policy_files import read_policy

_EXIT = {"equal": 0, "different": 1, "not decided": 3}
_DOES_NOT_COMPILE = 2


def parser() -> Parser:
    endings = "Exit code: 0 equal, 1 different, 3 not decided, 2 when a version does not compile."
    parser = Parser("diff", "Compares two versions of a policy over all answers and facts.", endings)
    parser.add_argument("old", metavar="OLD", help="a policy file, or a pack's name such as `privacy`")
    parser.add_argument("new", metavar="NEW", help="the version to compare it with")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the difference")
    return parser


def run(arguments: Namespace) -> int:
    files = [read_policy(arguments.old), read_policy(arguments.new)]
    for diagnostic in (d for file in files for d in file.diagnostics if d.severity == "error"):
        show_diagnostic(diagnostic)
    old, new = files[0].policy, files[1].policy
    if old is None or new is None:
        return _DOES_NOT_COMPILE
    with solver() as ask:
        found = difference(old, new, ask)
    if arguments.format == "json":
        RESULTS.out(dumps({"old": files[0].name, "new": files[1].name, **as_json(found)}))
    else:
        _show(found, f"{files[0].name} → {files[1].name}")
    return _EXIT[found.result]


def as_json(found: Difference) -> dict[str, Any]:
    return {
        "result": found.result,
        "changes": [
            {
                "what": change.what,
                "rules": list(change.rules),
                "old": change.old or None,
                "new": change.new or None,
                "message": change.sentence,
                "witness": change.example or None,
            }
            for change in found.changes
        ],
        "same": found.same,
        "wording": found.wording,
        "undecided": found.undecided,
    }


def _show(found: Difference, names: str) -> None:
    for change in found.changes:
        RESULTS.print(_change(change))
    for label, sentences in (
        ("proved to do the same: ", found.same),
        ("only words changed: ", found.wording),
        ("not decided: ", found.undecided),
    ):
        for sentence in sentences:
            RESULTS.print(Text.assemble((label, "dim" if label[0] != "n" else "yellow"), sentence))
    RESULTS.print(_summary(found, names))


def _change(change: Change) -> Text:
    text = Text.assemble((change.what, "bold yellow"), f": {change.sentence}\n")
    if change.old or change.new:
        text.append(f"  the old version: {change.old}\n  the new version: {change.new}\n")
    for line in change.example.splitlines():
        text.append(f"    {line}\n", "dim")
    return text


def _summary(found: Difference, names: str) -> Text:
    match found.result:
        case "equal":
            return Text.assemble(("= ", "bold green"), f"{names}: proved equal for all answers and facts")
        case "different":
            number = len(found.changes)
            return Text.assemble(("≠ ", "bold yellow"), f"{names}: {number} difference{'s' if number != 1 else ''}")
    return Text.assemble(("? ", "bold yellow"), f"{names}: no difference was found, and not all was decided")
