"""Readings made of edits: the way there and back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.terms import Finder
from guardproxy.patterns.disguises import Disguises
from guardproxy.patterns.probe import probe_of
from guardproxy.patterns.views import Passes, index_of

PIECES = [
    *("a", "*", "\u200b", "&#x61;", "&amp;#x62;", "\\u0034", "\\", "%41"),
    *("ﬁ", "４", "é", "\u0336", "_", "\x1b[0m", "\u202e", "б"),
]
READERS = Disguises([probe_of(Finder("detector", "email"))])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.booleans())
def test_the_index_is_that_of_the_first_character_from_there_on(text: str, final: bool) -> None:
    readings = [read.reading for read in READERS.reads(text, final=final)]
    for reading in (r for r in readings if isinstance(r, Passes)):
        for position in range(len(text) + 2):
            places = (i for i in range(len(reading.text)) if reading.start(i) >= position)
            assert index_of(reading, position) == next(places, len(reading.text)), (text, reading, position)
