import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.scan import FinderSet, Match
from tests.patterns.small import ENDINGS, patterns, spans, texts


def finders(*sources: str) -> FinderSet:
    return FinderSet([Finder("pattern", source) for source in sources])


def pieces(found: list[Match], text: str) -> list[str]:
    return [text[m.start : m.end] for m in found]


# --- properties -----------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(patterns(), min_size=1, max_size=3), texts)
def test_finds_what_python_finds(sources: list[str], text: str) -> None:
    found = finders(*sources).find(text)
    expected = [Match(i, *span) for i, source in enumerate(sources) for span in spans(source, text)]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert finders(*sources).any(text) == bool(expected)


@settings(deadline=None)
@given(st.lists(patterns(), min_size=1, max_size=2), texts)
def test_hold_is_sound_and_minimal(sources: list[str], text: str) -> None:
    """It is the first place where the matches depend on what follows, found by trying continuations."""
    outcomes = [{(i, *s) for i, p in enumerate(sources) for s in spans(p, text + ending)} for ending in ENDINGS]
    open_ones = set.union(*outcomes) - set.intersection(*outcomes)
    expected = min([len(text), *(start for _, start, _ in open_ones)])
    assert finders(*sources).hold(text) == expected


@settings(deadline=None)
@given(st.lists(patterns(), min_size=1, max_size=2), texts)
def test_certain_matches_stay_whatever_follows(sources: list[str], text: str) -> None:
    found = finders(*sources)
    certain, hold = found.certain(text), found.hold(text)
    for ending in ENDINGS[:40]:
        assert [m for m in found.find(text + ending) if m.start < hold] == certain


_EDGES = (r"\bab", r"ab\b", r"a\Bb", r"^ab", r"ab$", r"(?m)^ab$", r"a\b", r"\Bab\B", r"(?:a|\bb)b")
_EDGE_TEXTS = ["".join(p) for n in range(5) for p in product("ab \n", repeat=n)]


@pytest.mark.parametrize("source", _EDGES)
def test_hold_waits_for_word_edges_and_ends(source: str) -> None:
    found = finders(source)
    for text in _EDGE_TEXTS:
        hold, certain = found.hold(text), found.certain(text)
        for ending in ("", "a", "b", " ", "\n", "ab", "bb"):
            later = [m for m in found.find(text + ending) if m.start < min(hold, len(text))]
            assert later == certain, (text, ending)


@settings(deadline=None)
@given(st.text(alphabet="aé解😀\ud800\x00 ", max_size=8))
def test_offsets_count_code_points(text: str) -> None:
    found = finders("a", "解")
    assert found.find(text) == [Match("a解".index(c), i, i + 1) for i, c in enumerate(text) if c in "a解"]
    assert found.certain(text) == found.find(text)
    visible = text.rstrip("\0")
    assert finders("解 ").hold(text) == (len(visible) - 1 if visible.endswith("解") else len(text))


# --- cases ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("write to bob@example.org", "bob@example.org"),
        ("write to bob@example.org ", ""),
        ("write to help@example.com", "help@example.com"),
        ("write to help@example.com,", ""),
        ("card 4111 1111 ", "4111 1111 "),
        ("card 4111 x", "x"),
        ("(fine)", ""),
    ],
)
def test_held_text(text: str, held: str) -> None:
    exemption = Exemption("ending", "@example.com")
    found = FinderSet([Finder("detector", "email", exemptions=(exemption,)), Finder("detector", "payment_card")])
    assert text[found.hold(text) :] == held


@pytest.mark.parametrize(
    ("exemption", "left"),
    [
        (Exemption("ending", "@example.com"), ["help@example.com.evil.test", "Help@Example.com"]),
        (Exemption("ending", "@example.com", ignore_case=True), ["help@example.com.evil.test"]),
        (Exemption("starting", "help@"), ["Help@Example.com"]),
        (Exemption("matching", "^help@example[.]com$"), ["help@example.com.evil.test", "Help@Example.com"]),
    ],
)
def test_exemptions_are_judged_on_the_matched_text(exemption: Exemption, left: list[str]) -> None:
    text = "help@example.com, help@example.com.evil.test, Help@Example.com"
    assert pieces(FinderSet([Finder("detector", "email", exemptions=(exemption,))]).find(text), text) == left


def test_a_failed_check_hides_nothing() -> None:
    text = "1 4 4111 1111 1111 1111 1, 4000 4111 1111 1111 1111"
    assert pieces(FinderSet([Finder("detector", "payment_card")]).find(text), text) == ["4111 1111 1111 1111"] * 2


def test_the_ends_of_the_text() -> None:
    found = FinderSet([Finder("prefix", "ab"), Finder("suffix", "ab")])
    assert found.find("ab ab ab") == [Match(0, 0, 2), Match(1, 6, 8)]
    assert found.certain("ab ab") == [Match(0, 0, 2)]
    assert found.hold("ab ab") == 3
    assert found.find("ab", 1) == []


def test_left_context_decides_about_edges() -> None:
    found = FinderSet([Finder("pattern", r"\bcat"), Finder("mention", "cat")])
    assert found.find("xcat", 1) == []
    assert len(found.find(" cat", 1)) == 2


def test_no_finders() -> None:
    assert (finders().find("a"), finders().any("a"), finders().hold("a")) == ([], False, 1)


def _seconds(found: FinderSet, text: str) -> float:
    started = time.process_time()
    found.find(text)
    found.hold(text)
    return time.process_time() - started


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "a@", "a@b.", "4", "4 ", "41111111111111112 ", "-----BEGIN PRIVATE KEY-----", "you ", "you are ", "1,"],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    names = ("us_ssn", "payment_card", "email", "private_key", "iban", "jp_my_number", "phone", "github_token")
    found = FinderSet([*(Finder("detector", n) for n in names), Finder("mention", "you are entitled")])
    text = piece * (100_000 // len(piece))
    assert _seconds(found, text) < 1


def test_a_check_that_fails_everywhere_takes_linear_time() -> None:
    found = FinderSet([Finder("detector", n) for n in ("payment_card", "us_ssn", "email")])
    _seconds(found, "4-" * 500)
    assert _seconds(found, "4-" * 20_000) < 40 * max(_seconds(found, "4-" * 2_000), 1e-3)
