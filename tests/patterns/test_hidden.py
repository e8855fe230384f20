import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.patterns.hidden import Backwards, Hidden
from guardproxy.patterns.views import index_of
from tests.properties.disguising import in_selectors, in_tags, turned

FLAG = "🏴" + in_tags("gbeng") + "\U000e007f"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The " + in_tags("word") + " is", "\nword\n"),
        ("😀" + in_selectors("né 4") + "!", "\nné 4\n"),
        ("a flag: " + FLAG + " ❤️", "\n"),
        ("🏴" + in_tags("a longer text"), "\na longer text"),
        ("🏴" + in_tags("acme") + "\U000e007f", "\nacme"),
        (in_selectors("é")[:1], ""),
    ],
)
def test_what_is_hidden_is_read(text: str, said: str) -> None:
    assert Hidden().read(text, final=True).text == said


@pytest.mark.parametrize("text", ["x 🏴" + in_tags("gb"), "x 🏴", "xy" + in_selectors("é")[:1]])
def test_what_may_become_a_flag_or_a_character_is_not_settled(text: str) -> None:
    assert Hidden().read(text, final=False).settled == 2


def test_what_is_turned_is_read_from_its_end() -> None:
    view = Backwards()
    reading = view.read(f"see {turned('abc')} x", final=True)
    assert reading.text == "see abc x"
    assert (reading.start(4), reading.end(7)) == (4, 8)
    assert view.read("see \u202eabc", final=False).settled == 4
    assert view.read("see \u202eabc", final=True).text == "see cba"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\u202e6789\u200b-54-３21\u202c", "123-45-9876"),
        ("&#x202e;cba&#x202c; d", "abc d"),
        ("\\u202ecb\\u0061", "abc"),
        ("%E2%80%AEcba", "abc"),
        ("\u202e654\u202d123\u202c0\u202c", "0123456"),
        ("\u202efed\u202ecba\u202c\u202c", "abcdef"),
        ("\u202efed\u2067abc\u2069\u202c x", "abcdef x"),
        ("\u202ecba\n d", "abc\n d"),
        ("\u202e" + "x" * 1000 + "ab", "x" * 1000 + "ab"),
        ("\u202e" + "x" * 995 + "\u202edrowssap\u202c", "x" * 995 + "password"),
    ],
)
def test_what_is_turned_is_read_as_it_is_shown(text: str, said: str) -> None:
    assert Backwards().read(text, final=True).text == said


PIECES = ("\u202e", "\u202d", "\u202c", "\u2067", "\u2069", "abc", "\n", "*", "&#x202e;", "&#x202", "12", "x" * 400)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.data())
def test_what_is_turned_stays_whatever_follows(text: str, data: st.DataObject) -> None:
    view, at = Backwards(), data.draw(st.integers(0, len(text)))
    part, whole = view.read(text[:at], final=False), view.read(text, final=True)
    assert whole.text.startswith(part.text)
    places = [(whole.start(i), whole.end(i + 1)) for i in range(len(part.text))]
    assert places == [(part.start(i), part.end(i + 1)) for i in range(len(part.text))]
    anchor = view.anchor(text, at)
    assert whole.text[index_of(whole, anchor) :] == view.read(text[anchor:], final=True).text
