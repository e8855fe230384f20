"""Mistakes and findings as values: collected, never raised one at a time.

The style of a message: one lower-case sentence without a full stop, the author's own words in backticks, what to do on
the `help` line, a stable code that `docs/diagnostics.md` explains, and never the name of a Python class or of a token.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal
from unicodedata import east_asian_width

from guardproxy.source import Span

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake (`error`) or remark (`warning`, `info`), with where it stands and what to do about it."""

    code: str
    message: str
    span: Span
    help: str = ""
    severity: Severity = "error"
    kind: str = ""
    rules: tuple[str, ...] = ()
    witness: str = ""
    """A concrete case that shows it, written as an `example` of the policy language; empty where there is none."""


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.severity == "error" for d in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """As the author reads the file, each once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda d: (d.span.source.name, d.span.start, d.code)))


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a slip of the pen most likely meant, or None when none is near."""
    by_folded = {c.casefold(): c for c in candidates}
    found = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """`did you mean `x`?`, or the empty string."""
    found = closest(name, candidates)
    return f"did you mean `{found}`?" if found else ""


def render(diagnostic: Diagnostic) -> str:
    """The message with its line and a caret under the author's words.

    ```
    E014 refunds.policy:17:64  `order.delivered_on` can be missing
       17 | allow refund only when days from order.delivered_on to today at most 30
          |                                  ^^^^^^^^^^^^^^^^^^
       help: say which you mean: ...
    ```
    """
    span = diagnostic.span
    line, column = span.position
    text = span.source.line(line)
    gutter = f"{line:>5}"
    before = text[: column - 1]
    marked = text[column - 1 : column - 1 + max(span.end - span.start, 1)]
    rows = [
        f"{diagnostic.code} {span.source.name}:{line}:{column}  {diagnostic.message}",
        f"{gutter} | {text}",
        f"{' ' * len(gutter)} | {_blank(before)}{'^' * max(_width(marked), 1)}",
    ]
    if diagnostic.help:
        first, *more = diagnostic.help.splitlines()
        rows.append(f"   help: {first}")
        rows.extend(f"         {row}" for row in more)
    return "\n".join(rows)


def _width(text: str) -> int:
    """Columns that a terminal gives to a text: full-width letters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _blank(text: str) -> str:
    """As much white space as the text is wide, tabs kept, so that the caret stands below its word."""
    return "".join("\t" if c == "\t" else " " * _width(c) for c in text)
