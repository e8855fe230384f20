"""The parser's state: asking it changes nothing, and its trees know where they stand."""

from typing import Any

from lark import Token

from guardproxy.language.machine import END, Machine


def token(type_: str, text: str, start: int) -> Token:
    return Token(type_, text, start, end_pos=start + len(text))


def fed(*tokens: Token) -> Machine:
    machine = Machine()
    for each in tokens:
        assert machine.takes(each.type)
        machine.feed(each)
    return machine


DEFINE = (token("DEFINE", "define", 0), token("NAME", "x", 7), token("AS", "as", 9))


def test_asking_changes_nothing() -> None:
    machine = fed(*DEFINE)
    before = set(machine.wanted())
    answers = [machine.takes(type_) for type_ in ("NAME", "FIGURE", END, "RULE", "FIGURE", "NAME")]
    assert answers == [True, True, False, False, True, True]
    assert set(machine.wanted()) == before


def test_a_table_s_entry_may_lead_nowhere() -> None:
    machine = fed(*DEFINE, token("FIGURE", "5", 12))
    assert machine.takes(END)
    assert not machine.takes("RPAR")


def test_trees_know_from_where_to_where_they_stand() -> None:
    tree: Any = fed(*DEFINE, token("FIGURE", "5", 12), token("PLUS", "+", 14), token("FIGURE", "60", 16)).finish()
    (define,) = tree.children
    name, total = define.children
    places = [(part.data, part.meta.start_pos, part.meta.end_pos) for part in (tree, define, name, total)]
    assert places == [("item", 0, 18), ("define", 0, 18), ("name", 7, 8), ("plus", 12, 18)]
