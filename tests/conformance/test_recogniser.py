import pytest

from guardproxy.conformance.grammar_file import read_grammar
from guardproxy.conformance.recogniser import Level, Recogniser, TooMuchWork
from guardproxy.conformance.rules import plain_rules


def _after(grammar: str, terminals: list[str]) -> Level:
    file = read_grammar(grammar)
    numbers = {terminal.name: number for number, terminal in enumerate(file.terminals)}
    recogniser = Recogniser(plain_rules(file))
    level = recogniser.begin()
    for terminal in terminals:
        level = recogniser.shift(level, numbers[terminal])
    return level


def test_right_recursion_takes_the_same_work_for_each_token() -> None:
    level = _after('start: "a" start | "a"', ["A"] * 3_000)
    assert level.accepting
    assert level.work < 5 * level.tokens


def test_levels_can_be_read_on_from_more_than_once() -> None:
    file = read_grammar('start: "a" ("a" | "b")')
    numbers = {terminal.name: number for number, terminal in enumerate(file.terminals)}
    recogniser = Recogniser(plain_rules(file))
    level = recogniser.shift(recogniser.begin(), numbers["A"])
    assert [recogniser.shift(level, numbers[name]).accepting for name in ("A", "B", "A")] == [True, True, True]
    assert not level.accepting


def test_ambiguity_beyond_the_limit_is_too_much_work() -> None:
    with pytest.raises(TooMuchWork):
        _after('start: start start | "a"', ["A"] * 500)
