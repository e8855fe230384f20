"""The two streams of a command: results on stdout, progress and mistakes on stderr. Colours on a terminal only."""

import os

from rich.console import Console
from rich.text import Text

from guardproxy.diagnostics import Diagnostic, render

RESULTS = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
REMARKS = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)

SHOW = Console(highlight=False, markup=False, emoji=False)
"""Results that fit themselves to the width of the terminal."""

if not RESULTS.is_terminal and "COLUMNS" not in os.environ:
    # A file or a pipe has no width of its own: tables keep their rows on one line there.
    RESULTS.width = 140

_COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}


def show_diagnostic(diagnostic: Diagnostic, console: Console = RESULTS) -> None:
    """The message as `diagnostics.render` lays it out, its code and its carets coloured."""
    colour = _COLOURS[diagnostic.severity]
    rows = render(diagnostic).split("\n")
    first = Text(rows[0])
    first.stylize(colour, 0, len(diagnostic.code))
    shown = [first, *(_row(row, colour) for row in rows[1:])]
    if diagnostic.witness:
        shown += [Text(f"       {line}", "dim") for line in diagnostic.witness.split("\n")]
    console.print(Text("\n").join(shown), end="\n\n")


def show(text: Text | str, indent: int = 0, hang: int = 2) -> None:
    """One paragraph, indented; on a terminal it is broken to its width, its later lines `hang` columns further in."""
    text = Text(text) if isinstance(text, str) else text
    if not RESULTS.is_terminal:
        RESULTS.print(Text.assemble(" " * indent, text))
        return
    room = max(RESULTS.width - indent - hang, 20)
    for number, line in enumerate(text.wrap(RESULTS, room)):
        line.rstrip()
        RESULTS.print(Text.assemble(" " * (indent + (hang if number else 0)), line))


def heading(title: str) -> None:
    RESULTS.print(Text(f"\n{title}", "bold"))


def remark(sentence: str) -> None:
    """What a user should know although the command goes on, on stderr."""
    REMARKS.print(Text(sentence))


def complain(sentence: str) -> None:
    """What was wrong with the use of a command, on stderr."""
    REMARKS.print(Text(f"guardproxy: {sentence}"))


def counted(number: int, noun: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _row(row: str, colour: str) -> Text:
    text = Text(row)
    if row.strip(" |").startswith("^") and not row.strip(" |^"):
        text.stylize(colour)
    elif row.lstrip().startswith("help:"):
        text.stylize("green", row.index("help:"), row.index("help:") + 5)
    return text
