import pytest

from guardproxy.patterns.hidden import Backwards, Hidden
from tests.properties.disguising import in_selectors, in_tags, turned

FLAG = "🏴" + in_tags("gbeng") + "\U000e007f"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The " + in_tags("word") + " is", "\nword\n"),
        ("😀" + in_selectors("né 4") + "!", "\nné 4\n"),
        ("a flag: " + FLAG + " ❤️", "\n"),
        ("🏴" + in_tags("a longer text"), "\na longer text"),
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
    assert reading.text == "see abc\u202c x"
    assert (reading.start(4), reading.end(7)) == (4, 8)
    assert view.read("see \u202eabc", final=False).settled == 4
    assert view.read("see \u202eabc", final=True).text == "see cba"
