from unicodedata import is_normalized

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guardproxy.patterns.canonical import Clean, anchor_in
from guardproxy.patterns.views import Passes, index_of

CLEAN = Clean()
PIECES = (
    *(
        "a",
        "4",
        " ",
        "é",
        "&#52;",
        "&#5",
        "&amp;",
        "#52;",
        "&am",
        "p;",
        "\\u0034",
        "\\",
        "u",
        "%34",
        "%25",
        "34",
        "%",
        "%c3%a9",
    ),
    *(
        "*",
        "`",
        "~",
        "_",
        "\x1b[31m",
        "\x1b[",
        "\x1b]",
        "\x07",
        "\u200b",
        "\u0336",
        "\u0301",
        "ｶ",
        "ﾞ",
        "４",
        "ﬁ",
        "\ud800",
        "&shy",
        "&#00",
        "\x1b[0",
        "m",
        "\x1bP",
    ),
)
texts = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)


def last(text: str, *, final: bool) -> Passes:
    layers = CLEAN.layers(text, final=final)
    return layers[-1][1] if layers else Passes(text, len(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("p**ass**word", "password"),
        ("&#52;&#x34;&amp;#52;", "444"),
        ("\\\\u0034 \\x34 \\u{34} %2534", "4 4 4 4"),
        ("&shypass &lt;b&gt; &nosuch;", "pass <b> &nosuch;"),
        ("\\ud83d\\ude00 \\ud83d", "😀 \\ud83d"),
        ("%c3%a9 %e0%80%80 100% 5%", "é %e0%80%80 100% 5%"),
        ("a_b _c_ __d__ ____", "a_b c d ____"),
        ("\x1b[1;31mred\x1b[0m \x1b]8;;x\x07link", "red link"),
        ("ﾊﾟｽﾜｰﾄﾞ ｶ", "パスワード カ"),
        ("q\u0336e\u0301", "qe\u0301"),
        ("&#000000049;&#x0000000061;\\u{0000061}&#150;", "1aa–"),
        ("⼈\uf9d1\U0002f80f ΄\u1f71 \u0958 \ufb2a", "人六兔 ΄\u03ac \u0915\u093c \u05e9\u05c1"),
        ("a\u2000b\u1680c\u2028d\x85e\x0cf", "a b c d e f"),
        ("1\ufe0f\u20e3", "1\u20e3"),
        ("ﬁ ㎏ ４ 𝐩 ½ ²", "fi kg 4 p ½ ²"),
    ],
)
def test_reads(text: str, said: str) -> None:
    assert last(text, final=True).text == said


@settings(max_examples=300, deadline=None)
@given(texts, texts)
def test_what_is_settled_stays_whatever_follows(text: str, more: str) -> None:
    """Layer by layer: the beginning that is settled, and the place of each of its characters."""
    before, after = dict(CLEAN.layers(text, final=False)), dict(CLEAN.layers(text + more, final=True))
    for layer, reading in before.items():
        later = (
            after.get(layer)
            or max(((n, r) for n, r in after.items() if n < layer), default=(0, Passes(text + more, 0)))[1]
        )
        assert later.text.startswith(reading.text)
        places = [(reading.start(at), reading.end(at + 1)) for at in range(len(reading.text))]
        assert places == [(later.start(at), later.end(at + 1)) for at in range(len(reading.text))]


@settings(max_examples=300, deadline=None)
@given(texts, st.data())
def test_a_text_may_be_cut_off_before_an_anchor(text: str, data: st.DataObject) -> None:
    """But for a letter with a mark that ends a terminal code: its mark alone is left of it, and may be read twice."""
    assume("\x1b" not in text or is_normalized("NFKD", text))
    for layer, reading in CLEAN.layers(text, final=True):
        if layer > 4:
            continue
        at = anchor_in(reading, data.draw(st.integers(0, len(text))), text)
        rest = dict(CLEAN.layers(text[at:], final=True)).get(layer)
        if rest is not None:
            assert reading.text[index_of(reading, at) :] == rest.text
