"""An author's grammar, loaded and expanded by Lark: the only place of this package that knows Lark.

Lark reads its own notation (repetition, templates, imports from its library, flags, priorities) and gives back plain
rules and terminals. Its parsers are not used: they cannot say whether the beginning of a text can still be saved.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lark.exceptions import LarkError
from lark.grammar import Rule as LarkRule
from lark.lexer import PatternStr, TerminalDef
from lark.load_grammar import load_grammar

from guardproxy.conformance.refusal import Refused
from guardproxy.conformance.terminals import Terminal, terminal_of_pattern, terminal_of_text

LONGEST_FILE = 200_000
MOST_RULES = 5_000
"""After Lark wrote out what may be left out."""

_FROM_FILES = re.compile(r"%import\s*\.")
_DECLARED = re.compile(r"^\s*%declare\b", re.MULTILINE)
_LOAD: Callable[..., tuple[Any, Any]] = load_grammar
_START = "start"
_LIBRARY = "common, unicode, python, lark"


@dataclass(frozen=True, slots=True)
class Rule:
    """`symbols` are names of rules (lower case) and of terminals (upper case)."""

    name: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GrammarFile:
    """A grammar whose text is `start`; `ignored` are terminals that may stand anywhere."""

    rules: tuple[Rule, ...]
    terminals: tuple[Terminal, ...]
    ignored: frozenset[str]


def read_grammar(text: str) -> GrammarFile:
    """Raises `Refused`."""
    if len(text) > LONGEST_FILE:
        raise Refused(f"the grammar is longer than {LONGEST_FILE} characters")
    if found := _FROM_FILES.search(text):
        raise Refused(
            f"a grammar stands alone: `%import` reads Lark's own library only ({_LIBRARY})", _line(text, found.start())
        )
    if found := _DECLARED.search(text):
        raise Refused("`%declare` names a terminal without saying what it looks like", _line(text, found.end()))
    terminals, written_out, ignored = _loaded(text)
    if len(written_out) > MOST_RULES:
        raise Refused(
            f"written out, the grammar has more than {MOST_RULES} rules: "
            "several optional parts in one rule multiply; give them rules of their own"
        )
    rules = tuple(Rule(str(r.origin.name), tuple(str(s.name) for s in r.expansion)) for r in written_out)
    return GrammarFile(rules, tuple(_terminal(t, text) for t in terminals), frozenset(map(str, ignored)))


def _loaded(text: str) -> tuple[list[TerminalDef], list[LarkRule], list[str]]:
    """What Lark makes of the file. It also compiles each terminal for Python's engine where it can; ours is RE2's."""
    try:
        grammar, _ = _LOAD(text, "the grammar", [], False)
        terminals, rules, ignored = grammar.compile([_START], set())
    except LarkError as error:
        raise Refused(_reason(error)) from None
    except OSError:
        raise Refused(f"`%import` names a grammar that is not in Lark's library ({_LIBRARY})") from None
    except RecursionError:
        raise Refused("the grammar is nested too deeply") from None
    except (re.error, OverflowError, ValueError, AssertionError, KeyError) as error:
        raise Refused(f"Lark cannot read the grammar: {error}") from None
    if not any(rule.origin.name == _START for rule in rules):
        raise Refused(f"there is no rule `{_START}`, which is the whole text")
    return list(terminals), list(rules), list(ignored)


def _reason(error: LarkError) -> str:
    """Lark's message in one sentence: its first line, and the place."""
    first = str(error).strip().splitlines()[0].strip() if str(error).strip() else type(error).__name__
    place = re.search(r"at line (\d+) column (\d+)|line (\d+),? column (\d+)", str(error))
    first = re.sub(r"(,? at)? line \d+,? column \d+.*$", "", first).rstrip(" :.,")
    said = f"Lark cannot read the grammar: {first}"
    if place is None:
        return said
    line, column = (part for part in place.groups() if part)
    return f"line {line}, column {column}: {said}"


def _terminal(definition: TerminalDef, text: str) -> Terminal:
    pattern, name = definition.pattern, str(definition.name)
    if isinstance(pattern, PatternStr):
        folds = "i" in pattern.flags
        return terminal_of_text(name, str(pattern.value), ignore_case=folds, priority=definition.priority)
    flags = "".join(str(flag) for flag in pattern.flags)
    return terminal_of_pattern(name, str(pattern.value), flags, definition.priority, _line_of(text, name))


def _line_of(text: str, name: str) -> int | None:
    found = re.search(rf"^[ \t]*{re.escape(name)}(\.-?\d+)?[ \t]*:", text, re.MULTILINE)
    return None if found is None else _line(text, found.start())


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
