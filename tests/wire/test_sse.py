"""Server-sent events: every split of the bytes gives the same events, and line ends are CR, LF and CRLF only."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.wire.errors import UpstreamFailure
from guardproxy.wire.sse import SseReader, event_bytes, is_event_name, named_event_bytes

STREAM = (
    b'\xef\xbb\xbfdata: {"a": "\xe2\x80\xa8\xc2\x85\x0b"}\n\n: ping\n\n\n'
    b"event: x\r\ndata:one\r\ndata: two\r\nid: 7\r\n\r\nretry: 5\n\ndata\r\rdata:  indented\n\ndata: [DONE]\n\n"
)
EVENTS = ['{"a": "\u2028\x85\x0b"}', "one\ntwo", "", " indented", "[DONE]"]


def read(pieces: list[bytes], limit: int = 1000) -> list[str]:
    reader = SseReader(limit)
    return [event for piece in pieces for event in reader.feed(piece)] + reader.finish()


def test_every_cut_in_two_gives_the_same_events() -> None:
    for first, second in combinations(range(len(STREAM) + 1), 2):
        assert read([STREAM[:first], STREAM[first:second], STREAM[second:]]) == EVENTS
    assert read([bytes([b]) for b in STREAM]) == EVENTS


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")), max_size=5))
def test_what_is_written_is_read(texts: list[str]) -> None:
    assert read([b"".join(event_bytes(text) for text in texts)], 10_000) == texts


def test_a_torn_last_event_is_dropped() -> None:
    assert read([b"data: whole\n\ndata: torn"]) == ["whole"]
    assert read([b"data: whole\n\ndata: [DONE]\n"]) == ["whole", "[DONE]"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"data: \xff\n\n", "the upstream's stream is not encoded as UTF-8"),
        (b"data: " + b"x" * 2000, "the upstream sent an event of more than 1000 bytes"),
        (b"data: " + b"x" * 2000 + b"\n\n", "the upstream sent an event of more than 1000 bytes"),
    ],
)
def test_what_cannot_be_read_is_an_error(data: bytes, message: str) -> None:
    with pytest.raises(UpstreamFailure, match=message):
        read([data])


@given(st.text(max_size=5) | st.sampled_from(["a\nb", "a\rb", "a b", "", "A", "é", "٣"]))
def test_nothing_but_a_name_stands_on_the_line_of_the_name(name: str) -> None:
    try:
        assert named_event_bytes(name, "{}") == f"event: {name}\ndata: {{}}\n\n".encode()
    except UpstreamFailure:
        assert not is_event_name(name)
    assert is_event_name(name) == (name != "" and all(c in "abcdefghijklmnopqrstuvwxyz0123456789_." for c in name))
