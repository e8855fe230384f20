"""What is said to be left alone is, letter for letter, however a text was rewritten."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.wire.unchanged import Followed, kept_parts, moved

PIECES = st.lists(
    st.tuples(st.text("ab \u00e9\U0001f600", max_size=60), st.sampled_from(["", "[x]", "ab", "é"])), max_size=6
)


@given(st.text("ab ", max_size=80), st.text("ab ", max_size=80))
def test_kept_parts_are_equal_and_in_order(text: str, other: str) -> None:
    parts = kept_parts(text, other)
    assert all(text[p.start : p.end] == other[p.start + p.shift : p.end + p.shift] for p in parts)
    edges = [edge for p in parts for edge in (p.start, p.end)]
    assert edges == sorted(edges)


def test_what_stands_between_two_rewritten_spans_is_kept() -> None:
    text = "Write to bob@example.org about the parcel, or to ann@example.org about all else."
    other = text.replace("bob@example.org", "[e-mail]").replace("ann@example.org", "[e-mail]")
    parts = kept_parts(text, other)
    kept = [text[p.start : p.end] for p in parts]
    assert kept == ["Write to ", " about the parcel, or to ", " about all else."]
    assert moved(text.index("parcel"), text.index("parcel") + 6, parts) == (
        other.index("parcel"),
        other.index("parcel") + 6,
    )
    assert moved(8, 12, parts) is None


@given(PIECES, st.lists(st.integers(0, 400), max_size=5))
def test_a_followed_text_knows_where_its_parts_went(pieces: list[tuple[str, str]], cuts: list[int]) -> None:
    followed, sent, arrived = Followed(), "", ""
    for text, instead in pieces:
        followed.arrive(text)
        arrived += text
        released = instead if instead else text
        followed.release(released, len(arrived))
        sent += released
    for part in followed.parts:
        assert arrived[part.start : part.end] == sent[part.start + part.shift : part.end + part.shift]
    assert followed.untouched == (arrived == sent) or all(not i for _, i in pieces) is False
    assert followed.settled == followed.arrived == len(arrived)


def test_short_texts_go_on_with_what_stands_in_them_once() -> None:
    parts = kept_parts("a 123-45-6789 bc 123-45-6789 d", "a [SSN] bc [SSN] d")
    assert [(part.start, part.end) for part in parts] == [(0, 2), (13, 17), (28, 30)]


NUMBER = "123-45-6789"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (f"{NUMBER} " * 12_000, "[SSN] " * 12_000),
        (f"{NUMBER} and so it goes on. " * 4_000, "[SSN] and so it goes on. " * 4_000),
        (("a" * 15 + "b") * 9_000, ("a" * 15 + "c") * 9_000),
        ("a" * 144_000, "b" * 144_000),
        (("y" * 3000 + " and so it goes on.") * 48, "[gone] and so it goes on." * 48),
    ],
)
def test_long_texts_are_compared_in_the_time_of_one_reading(text: str, other: str) -> None:
    begun = time.process_time()
    kept_parts(text, other)
    assert time.process_time() - begun < 0.5
