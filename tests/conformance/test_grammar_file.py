import pytest

from guardproxy.conformance import why_refused
from guardproxy.conformance.grammar_file import Rule, read_grammar

REFUSED = {
    "line 2: a grammar stands alone: `%import` reads Lark's own library only (common, unicode, python, lark)": (
        "start: A\n%import .other.A\n"
    ),
    "`%import` names a grammar that is not in Lark's library (common, unicode, python, lark)": (
        "start: A\n%import nowhere.A\n"
    ),
    "line 2: `%declare` names a terminal without saying what it looks like": "start: A\n%declare A\n",
    "Lark cannot read the grammar: Rule 'a' used but not defined (in rule start)": "start: a\n",
    "there is no rule `start`, which is the whole text": 'begin: "a"\n',
    "no text conforms: `start` never comes to an end, because its rules need themselves": 'start: start "a"\n',
    "line 3: terminal `A`: the flag `x` is not possible here": "start: A\n\nA: /a/x\n",
    "line 2: terminal `A` can match nothing at all, so it would match everywhere": "start: A\nA: /a*/\n",
    r"line 2: terminal `A`: a back-reference `\1` needs more than linear time; write out what may stand there": (
        "start: A\nA: /(a)\\1/\n"
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_the_author_is_told_why_and_where(reason: str) -> None:
    assert why_refused("grammar", REFUSED[reason]) == reason


def test_a_slip_in_the_notation_has_its_place() -> None:
    assert (why_refused("grammar", 'start: a\na: "x') or "").startswith(
        "line 2, column 4: Lark cannot read the grammar"
    )


def test_a_grammar_may_use_what_lark_offers() -> None:
    file = read_grammar('start: _list{"a"} INT\n_list{x}: x ("," x)*\n%import common.INT\n%ignore " "\n')
    assert {terminal.name for terminal in file.terminals} >= {"A", "COMMA", "INT"}
    assert Rule("start", ("_list{A}", "INT")) in file.rules
    assert len(file.ignored) == 1


def test_rules_that_multiply_are_refused() -> None:
    optional = " ".join(f'["{letter}"]' for letter in "abcdefghijklm")
    assert "optional parts in one rule multiply" in (why_refused("grammar", f"start: {optional}") or "")
