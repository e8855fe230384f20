"""What may be searched for in the JSON around a string."""

import re

import pytest

from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.ends import looks_at_ends


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


@pytest.mark.parametrize("name", DETECTORS)
def test_no_detector_reads_past_a_quote(name: str) -> None:
    """Nothing in its expression stands for a quote: no quote, no dot, no class of everything but something."""
    assert not re.search(r'"|(?<!\\)\.(?![^\[]*\])|\[\^|\\[DSWPC]|\(\?s', DETECTORS[name].expression)
