"""Events that wait: each says what was released, in the order in which they came, whatever the cut."""

from collections.abc import Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from guardproxy.checks.verdict import Ending, Verdict
from guardproxy.conversation import Answer, ToolCall
from guardproxy.streaming.commands import Command, Complete, Release, ReleaseCall
from guardproxy.wire.held_events import HeldEvents

DONE = Complete(Verdict(Ending.ALLOWED, (), (), Answer()))


def said(texts: Mapping[str, str]) -> bytes:
    return f"[{'|'.join(texts.values())}]".encode()


def parts() -> HeldEvents:
    """Two parts of one text, each with its deltas and its end."""
    held = HeldEvents()
    held.say("content", "one ", lambda text: f"a({text})".encode())
    held.say("content", "two", lambda text: f"a({text})".encode())
    held.then((), lambda texts: b"/a ")
    held.say("content", "three", lambda text: f"b({text})".encode())
    held.then(("content",), said)
    return held


def test_what_is_released_in_one_piece_goes_to_the_parts_that_said_it() -> None:
    assert parts().take([Release("content", "one twothree", 12)]) == b"a(one )a(two)/a b(three)[one twothree]"


def test_a_delta_goes_as_far_as_it_was_released_and_nothing_overtakes_it() -> None:
    held = parts()
    assert held.take([Release("content", "one t", 5)]) == b"a(one )a(t)"
    assert held.take([]) == b""
    assert held.take([Release("content", "wothree", 12)]) == b"a(wo)/a b(three)[one twothree]"


def test_rewritten_text_stands_where_it_begins_and_everywhere_the_same() -> None:
    held = parts()
    sent = held.take(
        [Release("content", "one ", 4), Release("content", "[left out]", 10), Release("content", "ee", 12)]
    )
    assert sent == b"a(one )a([left out])/a b(ee)[one [left out]ee]"


def test_the_end_lets_everything_go_that_was_released() -> None:
    held = parts()
    held.call(0, lambda call: f"call {call.name}".encode() if call else b"no call")
    held.call(1, lambda call: f"call {call.name}".encode() if call else b", no call")
    commands: list[Command] = [Release("content", "one two", 7), ReleaseCall(0, 0, ToolCall("f", "{}")), DONE]
    assert held.take(commands) == b"a(one )a(two)/a [one two]call f, no call"


def test_an_event_with_whole_texts_waits_for_all_of_them() -> None:
    held = HeldEvents()
    held.add({"title": "t", "url": "u"}, said)
    assert held.take([Release("title", "t", 1)]) == b""
    assert held.take([Release("url", "u", 1)]) == b"[t|u]"


@given(st.lists(st.text("ab", max_size=4), max_size=6), st.lists(st.integers(0, 24), max_size=6))
def test_any_cut_of_what_is_released_says_the_same(pieces: list[str], marks: list[int]) -> None:
    whole = "".join(pieces)
    held = HeldEvents()
    for piece in pieces:
        held.say("x", piece, str.encode)
    held.then(("x",), said)
    edges = [0, *sorted(min(m, len(whole)) for m in marks), len(whole)]
    sent = b"".join(held.take([Release("x", whole[a:b], b)]) for a, b in pairwise(edges))
    assert sent + held.take([DONE]) == f"{whole}[{whole}]".encode()


def test_what_was_put_behind_a_text_after_its_last_delta_is_told() -> None:
    held = HeldEvents()
    held.say("x", "hello", str.encode)
    assert held.take([Release("x", "hello", 5)]) == b"hello"
    held.add({}, lambda _: held.unsaid("x").encode())
    held.then(("x",), said)
    assert held.take([Release("x", ", world", 5), DONE]) == b", world[hello, world]"
