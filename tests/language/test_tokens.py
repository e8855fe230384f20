from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.language.tokens import cut
from guardproxy.source import SourceText


def pieces(text: str) -> list[tuple[str, str]]:
    found, mistakes = cut(SourceText("x", text))
    assert mistakes == []
    return [(p.kind, p.text) for p in found]


def kinds(text: str) -> list[str]:
    return [kind for kind, _ in pieces(text)]


def test_literals() -> None:
    assert kinds("12 2,000 0.5 36% $5,000 €0.01 500 CHF 2026-11-21 2026-11-21T10:00Z 18:00") == [
        "FIGURE", "FIGURE", "FIGURE", "PERCENTAGE", "AMOUNT", "AMOUNT", "AMOUNT",
        "CALENDAR_DATE", "MOMENT", "CLOCK_TIME",
    ]  # fmt: skip


def test_a_comma_with_a_digit_right_behind_it_belongs_to_the_number() -> None:
    assert pieces("1,000, 2") == [("FIGURE", "1,000"), ("SIGN", ","), ("FIGURE", "2")]


def test_units_stand_behind_figures_only() -> None:
    assert pieces("15 mg/kg * h") == [("FIGURE", "15"), ("UNIT", "mg/kg"), ("SIGN", "*"), ("WORD", "h")]
    assert pieces("3 times")[1] == ("WORD", "times")
    assert pieces("4\nhours")[1] == ("UNIT", "hours")


def test_the_key_of_a_tables_next_row_is_no_unit() -> None:
    assert pieces("1 : 5\n h : 6")[3] == ("WORD", "h")


def test_comments_end_with_the_line_and_live_outside_of_texts_and_patterns() -> None:
    assert pieces('a # b "c\n"#" matches /#/') == [
        ("WORD", "a"), ("STRING", '"#"'), ("WORD", "matches"), ("REGEX", "/#/"),
    ]  # fmt: skip


def test_a_slash_divides_except_where_a_pattern_can_stand() -> None:
    assert kinds("a / 3 / b") == ["WORD", "SIGN", "FIGURE", "SIGN", "WORD"]
    assert kinds(r"pattern p = /a\/b/") == ["WORD", "WORD", "SIGN", "REGEX"]


def test_ids_stand_where_rules_are_named() -> None:
    assert pieces("rule REF-LOOK-2")[1] == ("ID", "REF-LOOK-2")
    assert pieces("by A-1, order, B-2")[1:] == [
        ("ID", "A-1"), ("SIGN", ","), ("WORD", "order"), ("SIGN", ","), ("ID", "B-2"),
    ]  # fmt: skip
    assert kinds("a-b") == ["WORD", "SIGN", "WORD"]


@pytest.mark.parametrize("name", ["契約", "naïve", "हिन्दी", "x_1", "Ωμέγα"])
def test_names_are_of_any_script(name: str) -> None:
    assert pieces(name) == [("WORD", name)]


def test_json_ends_at_its_own_brace() -> None:
    assert pieces('{ "a}": {"b": "\\"}"} } c')[0] == ("JSON", '{ "a}": {"b": "\\"}"} }')


@given(st.text(alphabet='ab1 .,-"/{}()#\n%$“;½é\u200b', max_size=60))
def test_every_character_is_taken_once_and_in_order(text: str) -> None:
    found, _ = cut(SourceText("x", text))
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))
    assert all(p.text == text[p.span.start : p.span.end] for p in found)
