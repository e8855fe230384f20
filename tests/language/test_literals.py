from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.language import literals
from guardproxy.language.literals import BadLiteral


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=0, max_value=999))
def test_figures_are_exact_with_and_without_commas(whole: int, thousandths: int) -> None:
    expected = whole + Fraction(thousandths, 1000)
    assert literals.figure(f"{whole:,}.{thousandths:03}") == expected
    assert literals.figure(f"{whole}.{thousandths:03}") == expected


@pytest.mark.parametrize("text", ["1,00", "12,3456", "1,,000", "1" * 61])
def test_a_figure_that_is_none(text: str) -> None:
    with pytest.raises(BadLiteral):
        literals.figure(text)


@pytest.mark.parametrize(
    ("written", "text"),
    [(r'"a\"b"', 'a"b'), (r'"\\n"', "\\n"), (r'"\n"', "\n"), (r'"\u3042"', "あ"), (r'"\ud83d\ude00"', "😀")],
)
def test_texts_say_what_their_escapes_mean(written: str, text: str) -> None:
    assert literals.string(written) == text


@pytest.mark.parametrize("written", [r'"\x41"', r'"\ud83d"', r'"\u12"'])
def test_a_text_with_a_bad_escape(written: str) -> None:
    with pytest.raises(BadLiteral):
        literals.string(written)


def test_a_pattern_keeps_everything_but_its_escaped_slashes() -> None:
    assert literals.regex(r"/a\/b\\\/\d/") == r"a/b\\/\d"


def test_instants_without_an_offset_are_in_the_policys_zone() -> None:
    assert literals.moment("2026-11-21T10:00Z", "UTC") == 1795255200000000
    assert literals.moment("2026-11-21T11:00", "Europe/Paris") == 1795255200000000
    assert literals.moment("2026-11-21T19:00:00.5+09:00", "UTC") == 1795255200500000


@pytest.mark.parametrize(
    "text", ["2026-11-21T25:00Z", "2026-02-30T10:00Z", "2026-11-21T10Z", "0001-01-01T00:00+23:59x"]
)
def test_an_instant_that_is_none(text: str) -> None:
    with pytest.raises(BadLiteral):
        literals.moment(text, "UTC")


def test_the_day_of_an_instant_depends_on_the_zone() -> None:
    now = literals.moment("2026-11-21T23:00Z", "UTC")
    assert literals.day_of(now, "UTC") == literals.day("2026-11-21")
    assert literals.day_of(now, "Europe/Paris") == literals.day("2026-11-22")


def test_times_of_day() -> None:
    assert (literals.clock_time("18:00"), literals.clock_time("23:59:59")) == (64800, 86399)
    with pytest.raises(BadLiteral):
        literals.clock_time("24:00")
