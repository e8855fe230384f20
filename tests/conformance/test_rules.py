import pytest

from guardproxy.conformance.grammar_file import read_grammar
from guardproxy.conformance.recogniser import Recogniser
from guardproxy.conformance.rules import plain_rules


def _read(grammar: str, tokens: str) -> Recogniser | bool:
    """Whether the tokens, each a letter, are a text of the grammar; None as soon as they cannot become one."""
    file = read_grammar(grammar)
    numbers = {terminal.name: number for number, terminal in enumerate(file.terminals)}
    recogniser = Recogniser(plain_rules(file))
    level = recogniser.begin()
    for token in tokens:
        if numbers[token.upper()] not in level.expected:
            raise AssertionError(f"{token} is not expected in {tokens}")
        level = recogniser.shift(level, numbers[token.upper()])
    return level.accepting


@pytest.mark.parametrize(
    ("grammar", "texts"),
    [
        ('start: | "a" start "b"', ["", "ab", "aabb"]),
        ('start: x x x x x\nx: | "a"', ["", "a", "aaaaa"]),
        ('start: y start "b" | "a"\ny: ', ["a", "ab", "abb"]),
        ('start: start start | "a"', ["a", "aaa"]),
        ('start: x\nx: y | "a"\ny: x | "b"', ["a", "b"]),
        ('start: "a" start | "a"', ["a", "aaaa"]),
    ],
)
def test_any_context_free_grammar_can_be_read(grammar: str, texts: list[str]) -> None:
    assert all(_read(grammar, text) for text in texts)


def test_what_can_never_be_finished_is_never_expected() -> None:
    file = read_grammar('start: "a" | "b" loop\nloop: "c" loop\n')
    expected = Recogniser(plain_rules(file)).begin().expected
    assert [file.terminals[number].name for number in expected] == ["A"]
