"""Mistakes in the characters of a policy: what can be no token, said in the author's words."""

from collections.abc import Mapping
from unicodedata import category, name

from guardproxy.diagnostics import Diagnostic
from guardproxy.source import Span

_HELP: Mapping[str, str] = {
    "“": 'texts stand in straight quotes: "..."',
    "”": 'texts stand in straight quotes: "..."',
    "„": 'texts stand in straight quotes: "..."',
    "«": 'texts stand in straight quotes: "..."',
    "»": 'texts stand in straight quotes: "..."',
    "'": 'texts stand in double quotes: "..."',
    "‘": 'texts stand in double quotes: "..."',
    "’": 'texts stand in double quotes: "..."',
    "`": 'texts stand in double quotes: "..."',
    "–": "write a plain hyphen: -",
    "—": "write a plain hyphen: -",
    "−": "write a plain hyphen: -",
    ";": "clauses need no sign between them; leave it out",
    "[": "lists are written without brackets: `one of a, b`",
    "]": "lists are written without brackets: `one of a, b`",
    "}": "braces stand around the JSON of an example only",
    "×": "write `*`",
    "÷": "write `/`",
    "%": "a percent sign stands directly behind its number: 36%",
    "、": "write a comma and a space: `, `",
    ",": "write a comma and a space: `, `",
    ":": "write a plain colon: `:`",
}


def character(span: Span) -> Diagnostic:
    text = span.text
    char = text[0]
    if char.isdigit() and not char.isascii():
        return Diagnostic("E001", f"`{text}` is not written with the digits 0 to 9", span, "numbers use 0 to 9")
    called = name(char, f"U+{ord(char):04X}")
    shown = f"`{text}`" if category(char)[0] not in "CZ" else f"the invisible character {called}"
    return Diagnostic("E001", f"{shown} means nothing in a policy", span, _HELP.get(char, "take it out"))


def end_of_run(text: str, at: int) -> int:
    """Where a run of the same stray character ends, so that it is reported once."""
    char = text[at]
    same = str.isdigit if char.isdigit() else char.__eq__
    end = at + 1
    while end < len(text) and same(text[end]):
        end += 1
    return end


def unterminated(span: Span) -> Diagnostic:
    if span.text.startswith("/"):
        message, help_ = "this pattern does not end on its line", "put `/` behind it; a `/` inside it is written `\\/`"
    else:
        message, help_ = (
            "this text does not end on its line",
            'put `"` behind it; inside it, write `\\n` for a new line',
        )
    return Diagnostic("E002", message, span, help_)


def unclosed_brace(span: Span) -> Diagnostic:
    return Diagnostic("E002", "this JSON does not end", span, "each `{` needs its `}`, each string both its quotes")


def remark(span: Span) -> Diagnostic:
    return Diagnostic("E001", f"`{span.text}` begins no comment", span, "comments begin with `#`")


_LONG_FORMS: Mapping[str, str] = {
    "isn't": "is not", "aren't": "is not", "doesn't": "not", "don't": "not", "can't": "never",
    "mustn't": "never", "shouldn't": "never", "hasn't": "is missing",
}  # fmt: skip


def shortened(span: Span) -> Diagnostic:
    """`isn't`."""
    word = span.text.replace("’", "'")
    meant = _LONG_FORMS.get(word.casefold())
    help_ = f"write `{meant}`" if meant else 'words have no apostrophe; texts stand in double quotes: "..."'
    return Diagnostic("E001", f"`{span.text}` means nothing in a policy", span, help_)
