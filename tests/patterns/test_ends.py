"""What may be searched for in the JSON around a string."""

import pytest

from guardproxy.ir.terms import Finder
from guardproxy.patterns.ends import looks_at_ends, reads_past_quotes


@pytest.mark.parametrize(
    ("finder", "looks"),
    [
        (Finder("pattern", "^a"), True),
        (Finder("pattern", "(b|a$)"), True),
        (Finder("pattern", "(?m:^a)+"), True),
        (Finder("prefix", "a"), True),
        (Finder("suffix", "a"), True),
        (Finder("pattern", r"\bab\b"), False),
        (Finder("mention", "ab"), False),
        (Finder("words", "ab"), False),
    ],
)
def test_the_ends_of_a_text_are_not_those_of_the_json_around_it(finder: Finder, looks: bool) -> None:
    assert looks_at_ends(finder) is looks


@pytest.mark.parametrize(
    ("finder", "reads"),
    [
        (Finder("detector", "email"), False),
        (Finder("detector", "payment_card"), False),
        (Finder("mention", "a word"), False),
        (Finder("pattern", 'a"?'), True),
        (Finder("pattern", "a.{1,3}b"), True),
        (Finder("pattern", "[^a]b"), True),
        (Finder("pattern", "[a-z ]+"), False),
    ],
)
def test_what_reads_past_a_quote_is_known(finder: Finder, reads: bool) -> None:
    assert reads_past_quotes(finder) is reads
