"""The grammar of the language, found and made ready once.

`grammars/policy.lark` travels inside the wheel as `guardproxy/grammars/`; an editable checkout has it at its top level.
Reading this file is the one input of the core: it is part of the program, as its modules are.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from lark import Lark
from lark.lexer import Lexer, PatternStr, Token


def grammar_text(name: str) -> str:
    """The text of a grammar file that belongs to the product."""
    return _grammars().joinpath(name).read_text(encoding="utf-8")


@cache
def parser() -> Lark:
    """The LALR(1) parser of one top-level item; it is fed tokens one by one."""
    return Lark(
        _POLICY_GRAMMAR,
        parser="lalr",
        lexer=_FedFromOutside,
        start="item",
        maybe_placeholders=False,
    )


@cache
def words() -> Mapping[str, str]:
    """Words and signs of the language, by how they are spelled: `at` and `:` with their token types."""
    return {
        spelling: terminal.name
        for terminal in parser().terminals
        for spelling in _spellings(terminal.pattern)
        if " " not in spelling
    }


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Tokens of two words by their first word, then by their second: `except` > `when` > type."""
    found: dict[str, dict[str, str]] = {}
    for terminal in parser().terminals:
        for spelling in _spellings(terminal.pattern):
            first, _, second = spelling.partition(" ")
            if second:
                found.setdefault(first, {})[second] = terminal.name
    return found


def _spellings(pattern: Any) -> list[str]:
    if isinstance(pattern, PatternStr):
        return [str(pattern.value)]
    return str(pattern.value).removeprefix("(?:").removesuffix(")").replace("\\ ", " ").split("|")


def _grammars() -> Traversable:
    packaged = files("guardproxy").joinpath("grammars")
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "grammars"


class _FedFromOutside(Lexer):
    """The parser's own lexer is not used: which token a word is depends on the place, see `parse`."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        return iter(())


_POLICY_GRAMMAR = grammar_text("policy.lark")
