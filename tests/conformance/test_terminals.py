import pytest

from guardproxy.conformance import shape, why_refused


def _takes(pattern: str, text: str) -> bool:
    return shape("grammar", f"start: A\nA: {pattern}\n").accepts(text)


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        (r"/<.*?>/", "<a>", True),
        (r"/<.*?>/", "<a>b>", False),
        (r"/<.*>/", "<a>b>", True),
        (r"/a{2,3}/", "aa", True),
        (r"/a{2,3}/", "aaaa", False),
        (r"/(?:ab|c)+d?/", "abcabd", True),
        (r"/[^\n]+/s", "é日", True),
        (r"/a.b/", "a\nb", False),
        (r"/a.b/s", "a\nb", True),
        (r'"straße"i', "STRAßE", True),
        (r"/a\b-/", "a-", True),
        (r"/a\B-/", "a-", False),
    ],
)
def test_a_terminal_takes_what_its_expression_matches_first(pattern: str, text: str, taken: bool) -> None:
    assert _takes(pattern, text) == taken


def test_a_keyword_is_not_written_with_letters_that_only_fold_to_its_own() -> None:
    assert _takes('"SELECT k"i', "select K")
    assert not _takes('"SELECT"i', "ſelect")
    assert not _takes('"k"i', "\u212a")


@pytest.mark.parametrize(
    ("pattern", "text", "taken"),
    [
        (r"/(?!(?:if|in)\b)[a-z]+/", "if", False),
        (r"/(?!(?:if|in)\b)[a-z]+/", "i", True),
        (r"/(?!(?:if|in)\b)[a-z]+/", "iffy", True),
        (r"/(?!--)-/", "-", True),
        (r"/(?!ab\b)a+b*/", "ab", False),
        (r"/(?!ab\b)a+b*/", "aab", True),
    ],
)
def test_a_terminal_may_say_what_it_does_not_begin_with(pattern: str, text: str, taken: bool) -> None:
    assert _takes(pattern, text) == taken


def test_what_it_does_not_begin_with_may_end_one_character_behind_it() -> None:
    grammar = 'start: (MINUS | "a")+\nMINUS: /(?!--)-/\n'
    assert shape("grammar", grammar).accepts("-a-")
    assert not shape("grammar", grammar).accepts("a--")


@pytest.mark.parametrize("pattern", [r"/(?!abc)a/", r"/(?!ab*c)a/"])
def test_what_it_does_not_begin_with_may_not_reach_further(pattern: str) -> None:
    assert why_refused("grammar", f"start: A\nA: {pattern}\n") == (
        r"terminal `A`: what `(?!...)` forbids may not reach beyond the terminal; end it with `\b`"
    )


@pytest.mark.parametrize("pattern", [r"/a(?=b)/", r"/a(?!b)/", r"/(?<!b)a/"])
def test_a_terminal_cannot_look_around_itself(pattern: str) -> None:
    assert why_refused("grammar", f"start: A\nA: {pattern}\n") == (
        "line 2: terminal `A`: a terminal cannot look around itself; "
        "only its very beginning may be `(?!...)`, which says what it must not begin with"
    )


def test_a_terminal_knows_no_ends_of_the_text() -> None:
    assert "does not know where the text ends" in (why_refused("grammar", "start: A\nA: /a$/\n") or "")


def test_larks_own_strings_can_be_used() -> None:
    grammar = "start: ESCAPED_STRING\n%import common.ESCAPED_STRING\n"
    assert shape("grammar", grammar).accepts(r'"a \" \\"')
    assert not shape("grammar", grammar).accepts(r'"a\\" "')


def test_terminals_that_are_too_large_are_refused() -> None:
    assert "multiply to more than" in (why_refused("grammar", "start: A\nA: /(?:a{100}){100}/\n") or "")
