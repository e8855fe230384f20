import pytest
import re2

from guardproxy.patterns.syntax import parse
from guardproxy.patterns.tree import MARK, expression, growth, largest_count, literal, may_be_empty

CASES = [
    ("abc", "xab", (1, "unfinished")),
    ("abc", "xabcx", (1, "finished")),
    ("a+", "xaa", (1, "unfinished")),
    ("a+?", "xaa", (1, "finished")),
    ("a|ab", "a", (0, "finished")),
    ("ab|a", "a", (0, "unfinished")),
    (r"a\b", "a", (0, "unfinished")),
    (r"a\b", "ab", None),
    ("^ab", "xa", None),
    ("a$", "a", (0, "unfinished")),
    ("a$", "ax", None),
    ("<b>.*?</b>", "<b>x</b> y", (0, "finished")),
    ("<b>.*</b>", "<b>x</b> y", (0, "unfinished")),
]


@pytest.mark.parametrize(("source", "text", "expected"), CASES)
def test_growth_tells_finished_from_unfinished(source: str, text: str, expected: tuple[int, str] | None) -> None:
    match = re2.compile(growth(parse(source))).search(text + MARK)
    found = None
    if match and match.start() < len(text):
        found = (match.start(), "finished" if match.end() <= len(text) else "unfinished")
    assert found == expected


def test_what_may_be_empty() -> None:
    assert [s for s in ("a", "a?", "", "^$", "a|b*", "(a|)+", "a{0,2}", "ab?") if may_be_empty(parse(s))] == [
        *("a?", "", "^$", "a|b*", "(a|)+", "a{0,2}"),
    ]


def test_nested_counts_multiply() -> None:
    assert largest_count(parse("(a{10}b{20}|c{5,}){3}d{50}")) == 60


def test_literals_are_quoted() -> None:
    assert re2.compile(expression(literal("a.b*\n(é"))).fullmatch("a.b*\n(é")
