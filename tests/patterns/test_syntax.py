import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.patterns.syntax import Refusal, parse
from guardproxy.patterns.tree import expression

ACCEPTED = [
    r"a.c|[^a-c\]\d]{2,3}?x*?",
    r"(?P<year>\d{4})-(?<month>\d\d)",
    r"(?i)straße|(?s:.)\Qa.b*\E",
    r"a(?i)b|c(?-i:D)",
    r"[[:alpha:]\pL]+\x41\x{1F600}\07\t",
    r"^(?m:^a$)\b\B\A\z$",
    r"a{,3}|{|}|x{2}",
    r"[]a]|[^]a]|[a\]]|\.\/\-\_",
    r"(?ims)a.b$",
    r"(((a)b)?c)+?",
]


@pytest.mark.parametrize("source", ACCEPTED)
@settings(deadline=None)
@given(text=st.text(alphabet="abcdABCD.19]{}\n😀S ", max_size=8))
def test_the_tree_means_what_the_expression_means(source: str, text: str) -> None:
    tree = re2.compile(expression(parse(source)))
    assert [m.span() for m in tree.finditer(text)] == [m.span() for m in re2.compile(source).finditer(text)]


def test_ignoring_case_folds_as_unicode_does() -> None:
    fold = re2.compile(expression(parse("sk[a-c]", ignore_case=True)))
    assert [t for t in ("SKA", "ſKa", "sKc", "sk") if fold.search(t)] == ["SKA", "ſKa", "sKc"]


REFUSED = [
    ("(?=a)", 0, "look-ahead `(?=` needs more than linear time; match the text itself instead"),
    ("a(?<!b)", 1, "look-behind `(?<!` needs more than linear time; say what counts, or use `except those ...`"),
    (r"(a)\1", 3, r"a back-reference `\1` needs more than linear time; write out what may stand there"),
    ("(?P<n>a)(?P=n)", 8, "a back-reference `(?P=` needs more than linear time; write out what may stand there"),
    ("a*+", 2, "a possessive repetition has no meaning in a linear-time engine; leave out its `+`"),
    ("(?>a)", 0, "an atomic group `(?>` has no meaning in a linear-time engine; write `(?:`"),
    ("(?(1)a|b)", 0, "a condition `(?(` needs more than linear time; write both cases as alternatives"),
    ("a**", 2, "there are two repetitions in a row; put the first one in `(?: )`"),
    ("|*", 1, "there is nothing before `*` to repeat"),
    ("a{1001}", 1, "a repetition counts at most 1000 times"),
    ("a{99999999999999999999}", 1, "a repetition counts at most 1000 times"),
    ("a{3,2}", 1, "the repetition `{3,2}` has its limits the wrong way round"),
    ("a)", 1, "there is a `)` without its `(`"),
    ("(a", 0, "there is a `(` without its `)`"),
    ("x[a", 1, "there is a `[` without its `]`"),
    ("a\\", 1, "there is nothing behind the last `\\`"),
    (r"a\Z", 1, r"`\Z` is not part of the language; the end of the text is `\z` or `$`"),
    (r"\y", 0, r"`\y` is not part of the language"),
    ("(?x)a b", 0, "`(?x` is not part of the language; the flags are `i`, `m` and `s`"),
    ("(" * 101 + "a" + ")" * 101, 100, "groups are nested more than 100 deep"),
]


@pytest.mark.parametrize(("source", "position", "reason"), REFUSED)
def test_refusals_say_why_and_where(source: str, position: int, reason: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse(source)
    assert (str(refusal.value), refusal.value.position) == (reason, position)


@settings(deadline=None)
@given(st.text(alphabet=r"ab()[]{}|*+?\^$.-,:<>=!PQEipx01 ", max_size=12))
def test_whatever_is_accepted_the_engine_accepts_or_refuses_by_itself(source: str) -> None:
    try:
        tree = parse(source)
    except Refusal:
        return
    options = re2.Options()
    options.log_errors = False
    try:
        expected = re2.compile(source, options)
    except re2.error:
        return
    found = re2.compile(expression(tree), options)
    for text in ("", "ab", "a-b(", "1\\x"):
        assert [m.span() for m in found.finditer(text)] == [m.span() for m in expected.finditer(text)]
