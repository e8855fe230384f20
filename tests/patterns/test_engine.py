import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.patterns.engine import Buffer, Machine, Sieve, Uncompilable, encoded


@settings(deadline=None)
@given(st.text(alphabet="aé解😀\ud800\x00", max_size=10))
def test_a_buffer_keeps_one_character_for_each_code_point(text: str) -> None:
    buffer = Buffer(text, marked=True)
    offsets = [buffer.byte(i) for i in range(len(text) + 1)]
    assert [buffer.point(offset) for offset in offsets] == list(range(len(text) + 1))
    assert [buffer.following(a) for a in offsets[:-1]] == offsets[1:]
    assert encoded(text).count(b"\x00") == 0


def test_the_leftmost_match_from_a_position() -> None:
    machine = Machine(r"\bab|^x")
    assert machine.search(b"x ab ab", 1) == (2, 4)
    assert machine.search(b"xx", 1) is None


def test_what_the_engine_refuses() -> None:
    with pytest.raises(Uncompilable, match="invalid character class range: z-a"):
        Machine("[z-a]")


def test_a_sieve_names_those_that_match() -> None:
    sieve = Sieve(["a", "b+c", "d"])
    assert list(sieve.passing(b"xbbcd")) == [1, 2]
    assert list(sieve.passing(b"")) == []
