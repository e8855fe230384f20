"""What was released of a text goes back into the parts that it came in."""

from hypothesis import given
from hypothesis import strategies as st

from guardproxy.wire.anthropic.blocks import shared_out
from guardproxy.wire.anthropic.fields import counted
from guardproxy.wire.anthropic.voices import Voices, are_glued

PARTS = st.lists(st.text(max_size=40), min_size=1, max_size=5)


@given(PARTS, st.text(max_size=80))
def test_nothing_is_lost_and_nothing_is_said_twice(parts: list[str], released: str) -> None:
    shared = shared_out(parts, released, lambda part: True)
    assert ("".join(shared), len(shared)) == (released, len(parts))


@given(PARTS)
def test_what_was_not_rewritten_stays_as_it_was(parts: list[str]) -> None:
    assert shared_out(parts, "".join(parts), lambda part: True) == parts


def test_a_rewritten_span_stands_where_it_begins() -> None:
    words = ["I write to bob", "@x.example, and then I wait for ", "an answer that comes soon."]
    released = "I write to [e-mail], and then I wait for an answer that comes soon."
    assert shared_out(words, released, lambda part: True) == ["I write to [e-mail]", ", and then I wait for ", words[2]]


def test_texts_and_thoughts_go_on() -> None:
    voices = Voices()
    assert [voices.thinking(0), voices.thinking(1), voices.text(2, "a")] == ["thinking", "thinking", "content"]
    assert [voices.other(), voices.thinking(4), voices.other()] == [None, "content[4].thinking", "content[4].thinking"]
    assert [voices.text(5, "b"), voices.text(6, " {"), voices.text(7, "c")] == [
        "content",
        "content[6].text",
        "content[6].text",
    ]


def test_words_are_glued_where_they_make_one() -> None:
    assert all(are_glued(*pair) for pair in (("a", "b"), ("1.", "2"), ("a", "@"), ("-", "1"), ("東", "京")))
    assert not any(are_glued(*pair) for pair in (("a ", "b"), ("a", " b"), ("it.", "The"), ("so:", "1"), ("", "a")))


def test_counts_of_tokens_pass_and_other_long_numbers_are_searched() -> None:
    usage = {"input_tokens": 2_000_000, "cache": {"x_tokens": 4111111111111111}, "n": 4111111111111111, "tier": "a"}
    found = counted(usage, lambda text: text != "4111111111111111")
    assert found == {"input_tokens": 2_000_000, "cache": {"x_tokens": 0}, "tier": "a"}
