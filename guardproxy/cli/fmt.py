"""`guardproxy fmt`: writes policies in the canonical layout."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from rich.text import Text

from guardproxy.cli.arguments import Parser, UsageMistake
from guardproxy.cli.terminal import REMARKS, RESULTS, complain, counted, show_diagnostic
from guardproxy.language.layout import WIDTH, Layout, layout
from guardproxy.storage.reading import UnreadableFile, decode
from guardproxy.storage.writing import EditedFile

_LONGEST_DIFF = 20

_LAYOUT = f"""The layout:
  Clauses, fields, rows and the lines of examples stand on lines of their own,
  two columns in. Colons of fields and rows stand below each other, and so do
  the signs of neighbouring patterns. One empty line stands between items;
  patterns and definitions stay grouped as they are. A line of more than {WIDTH}
  columns is broken before its outermost `or`, else `and`, else before what
  compares, else behind a comma, and goes on two columns further in. JSON stays
  on one line; very wide objects get a line for each member.
  Comments stay as they are and where they are. Nothing else changes: the policy
  means the same. A file with mistakes is left as it is.

Exit code: 0 done (with --check: nothing would change), 1 a file has mistakes
(with --check: or would change), 2 a file cannot be read or written."""


def parser() -> Parser:
    parser = Parser("fmt", "Writes policies in the canonical layout.", _LAYOUT)
    parser.add_argument("files", metavar="FILE", nargs="+", help="a policy file; `-` reads one and prints it")
    parser.add_argument("--check", action="store_true", help="write nothing, and show what would change")
    parser.add_argument("--quiet", action="store_true", help="say nothing of files that are right or made so")
    return parser


def run(arguments: Namespace) -> int:
    names = list(dict.fromkeys(arguments.files))
    if "-" in names:
        if len(names) > 1:
            raise UsageMistake("`-` stands alone: it reads one policy and prints it")
        return _through(arguments.check)
    codes = [_formatted(Path(name), arguments) for name in names]
    return max(codes)


def _through(check: bool) -> int:
    """From standard input to standard output. A text with mistakes comes out as it went in."""
    text = decode(sys.stdin.buffer.read(), Path("-"))
    done = layout(text, "standard input")
    if check:
        return _checked("standard input", text, done)
    sys.stdout.write(done.text)
    for diagnostic in done.diagnostics:
        show_diagnostic(diagnostic, REMARKS)
    return 1 if done.diagnostics else 0


def _formatted(path: Path, arguments: Namespace) -> int:
    try:
        file = EditedFile(path)
        done = layout(file.text, str(path))
        if arguments.check:
            return _checked(str(path), file.text, done, arguments.quiet, file.uneven_ends)
        if done.diagnostics:
            return _left(str(path), done)
        if done.text != file.text or file.uneven_ends:
            file.write(done.text)
            _say(arguments.quiet, Text.assemble(("✓ ", "bold green"), f"{path}: laid out anew"))
        else:
            _say(arguments.quiet, Text.assemble(("• ", "dim"), f"{path}: as it should be"))
    except UnreadableFile as failure:
        complain(str(failure))
        return 2
    return 0


def _checked(name: str, text: str, done: Layout, quiet: bool = False, uneven_ends: bool = False) -> int:
    if done.diagnostics:
        return _left(name, done)
    if done.text == text and not uneven_ends:
        _say(quiet, Text.assemble(("✓ ", "bold green"), f"{name}: as it should be"))
        return 0
    RESULTS.print(Text.assemble(("✗ ", "bold red"), f"{name}: would be laid out anew"))
    if done.text == text:
        RESULTS.print(Text("  its lines end in two ways"))
    for row in _difference(text, done.text):
        RESULTS.print(Text(f"  {row}", {"-": "red", "+": "green"}.get(row[:1], "dim")))
    return 1


def _left(name: str, done: Layout) -> int:
    for diagnostic in done.diagnostics:
        show_diagnostic(diagnostic)
    mistakes = counted(len(done.diagnostics), "mistake")
    RESULTS.print(Text.assemble(("✗ ", "bold red"), f"{name}: left as it is, for it has {mistakes}"))
    return 1


def _difference(before: str, after: str) -> Iterator[str]:
    rows = list(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    yield from (_place(row) if row.startswith("@@") else row for row in rows[:_LONGEST_DIFF])
    if len(rows) > _LONGEST_DIFF:
        yield f"... and {counted(len(rows) - _LONGEST_DIFF, 'line')} more"


def _place(row: str) -> str:
    """`@@ -82 +82,2 @@` in words."""
    first = row.split()[1].lstrip("-").partition(",")[0]
    return f"line {first}:"


def _say(quiet: bool, text: Text) -> None:
    if not quiet:
        RESULTS.print(text)
