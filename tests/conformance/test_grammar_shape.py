from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.conformance.grammar_shape import GrammarShape
from guardproxy.conformance.shapes import shape
from tests.conformance.sentences import ALPHABET, GRAMMARS, accepted_by_lark, mutated, sentence

every_grammar = pytest.mark.parametrize("name", GRAMMARS)
randoms = st.randoms(use_true_random=False)


@every_grammar
@settings(max_examples=40)
@given(random=randoms)
def test_whole_texts_conform_exactly_where_lark_accepts_them(name: str, random: Random) -> None:
    text = sentence(name, random)
    for tried in (text, mutated(text, ALPHABET[name], random), mutated(text, ALPHABET[name], random)):
        assert shape("grammar", GRAMMARS[name]).accepts(tried) == accepted_by_lark(name, tried), tried


@every_grammar
@settings(max_examples=40)
@given(random=randoms)
def test_no_beginning_of_a_conforming_text_is_dead(name: str, random: Random) -> None:
    text = sentence(name, random)
    watch = shape("grammar", GRAMMARS[name]).watch()
    # What Lark's own lexer reads differently is no conforming text: `*` `/` side by side are a remark's end.
    if accepted_by_lark(name, text):
        assert all(watch.feed(character) for character in text), (text, watch.died_at)


@every_grammar
@settings(max_examples=40)
@given(random=randoms)
def test_no_continuation_of_a_dead_text_conforms(name: str, random: Random) -> None:
    text = mutated(sentence(name, random), ALPHABET[name], random)
    watch = shape("grammar", GRAMMARS[name]).watch()
    watch.feed(text)
    if watch.died_at is None:
        return
    dead = text[: watch.died_at + 1]
    for _ in range(5):
        assert not accepted_by_lark(name, dead + "".join(random.choices(ALPHABET[name], k=random.randint(0, 6))))
        other = sentence(name, random)
        assert not accepted_by_lark(name, dead + other[random.randint(0, len(other)) :])


@every_grammar
@settings(max_examples=40)
@given(random=randoms, sizes=st.lists(st.integers(1, 4), min_size=1))
def test_how_a_text_is_cut_changes_nothing(name: str, random: Random, sizes: list[int]) -> None:
    text = mutated(sentence(name, random), ALPHABET[name], random)
    whole, pieces = shape("grammar", GRAMMARS[name]).watch(), shape("grammar", GRAMMARS[name]).watch()
    whole.feed(text)
    at = 0
    for turn in range(len(text)):
        pieces.feed(text[at : at + sizes[turn % len(sizes)]])
        assert pieces.accepts() == shape("grammar", GRAMMARS[name]).accepts(text[: at + sizes[turn % len(sizes)]])
        at += sizes[turn % len(sizes)]
    assert (whole.died_at, whole.accepts()) == (pieces.died_at, pieces.accepts())


@pytest.mark.parametrize(
    ("text", "died_at"),
    [("1+", None), ("1+)", 2), ("1.", None), ("1.+", 2), ("(1) 2", 4), ("", None), ("a1", 1), ("é", 0)],
)
def test_a_text_is_dead_at_the_character_that_cannot_be(text: str, died_at: int | None) -> None:
    watch = shape("grammar", GRAMMARS["sums"]).watch()
    watch.feed(text)
    assert watch.died_at == died_at


def test_a_dead_text_stays_dead() -> None:
    watch = shape("grammar", GRAMMARS["sums"]).watch()
    assert (watch.feed("1)"), watch.feed("+1"), watch.dead, watch.died_at, watch.accepts()) == (
        False,
        False,
        True,
        1,
        False,
    )


def test_a_token_begun_in_vain_is_read_again() -> None:
    grammar = GrammarShape('start: (A | B | "!")+\nA: "a"\nB: /a+b/')
    watch = grammar.watch()
    for piece in ("a", "a", "aa!", "aab"):
        assert watch.feed(piece)
    assert watch.accepts()
    assert not watch.feed("b")
    assert watch.died_at == 8


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("right", "a;" * 20_000 + "a"),
        ("right", "<" * 15_000 + "a" + ">" * 15_000),
        ("remarks", "/ *" * 15_000),
        ("remarks", "a /*" + "b" * 40_000 + "*/"),
        ("json", "[" + "[1.5]," * 5_000 + "1]"),
    ],
)
def test_long_texts_stay_within_the_limits(name: str, text: str) -> None:
    assert shape("grammar", GRAMMARS[name]).accepts(text)


def test_beyond_the_limits_a_text_does_not_conform() -> None:
    assert shape("grammar", GRAMMARS["ambiguous"]).accepts("a" * 20)
    assert not shape("grammar", GRAMMARS["ambiguous"]).accepts("a" * 500)
    read_again = GrammarShape('start: (A | B)+\nA: "a"\nB: /a+b/')
    assert read_again.accepts("a" * 300)
    assert not read_again.accepts("a" * 2_000)
