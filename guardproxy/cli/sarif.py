"""Findings as SARIF 2.1.0, which code hosts show beside the lines that they are about.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Columns count code points from 1.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from guardproxy import __version__
from guardproxy.diagnostics import Diagnostic

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def as_sarif(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """One run with one result for each finding."""
    codes = sorted({d.code for d in diagnostics})
    driver = {"name": "guardproxy", "version": __version__, "rules": [{"id": code} for code in codes]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(d, codes.index(d.code)) for d in diagnostics],
            }
        ],
    }


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    span = diagnostic.span
    parts = (diagnostic.message, diagnostic.help, diagnostic.witness)
    text = "\n".join(part for part in parts if part)
    (line, column), (last_line, last_column) = span.position, span.source.position(max(span.end, span.start))
    region = {"startLine": line, "startColumn": column, "endLine": last_line, "endColumn": last_column}
    place = {"artifactLocation": {"uri": _uri(span.source.name)}, "region": region}
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
        "properties": {
            "kind": diagnostic.kind,
            "rules": list(diagnostic.rules),
            "witness": diagnostic.witness or None,
        },
    }


def _uri(name: str) -> str:
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
