"""Promise 7: a text is judged as it is read, however it is written; what is not found in it stays as it was."""

import os
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.scan import FinderSet
from guardproxy.patterns.text_gate import Cut, Freeze, Halt, Substitute, TextGate, Watch, WatchList
from tests.properties.benign import BENIGN, RULED_OUT
from tests.properties.disguising import DISGUISES, in_selectors, in_tags, turned

EVERY = int(os.environ.get("GUARDPROXY_TESTS_EVERY", "4"))
"""1: all detectors with all disguises."""
_NO_LINES = ("tags", "backwards")
"""What cannot carry a line end."""
_ASCII_LAST = ("look-alikes", "accents")
"""What is undone last: escapes that belong to the thing itself are undone by then."""


LIBRARY = FinderSet([Finder("detector", name) for name in DETECTORS])
NAMES = list(DETECTORS)
WAYS = list(DISGUISES)


def examples(disguise: str, every: int) -> list[tuple[str, str]]:
    """The first example of every so manyth detector, of other ones for each disguise."""
    return [
        (name, detector.matches[0])
        for number, (name, detector) in enumerate(DETECTORS.items())
        if (number + WAYS.index(disguise)) % every == 0
        if (match := detector.matches[0]).isascii() and not ("\n" in match and disguise in _NO_LINES)
        if not (disguise in _ASCII_LAST and ("\\" in match or "%" in match))
    ]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_detector_sees_through_it(disguise: str) -> None:
    """A quarter of them for each disguise, or all (`EVERY`)."""
    missed = []
    for name, match in examples(disguise, EVERY):
        found = LIBRARY.find(f"see: {DISGUISES[disguise](match)} .")
        missed += [] if name in {NAMES[m.finder] for m in found} else [name]
    assert missed == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_it_is_seen_while_it_arrives(disguise: str) -> None:
    """In pieces of one character: what is sent is the same, and ends before the span."""
    for name, match in examples(disguise, EVERY * 16):
        watches = WatchList([Watch(Finder("detector", name), name, Halt())])
        text = f"see: {DISGUISES[disguise](match)} ."
        assert run(watches, text, [1]) == run(watches, text, [len(text)])
        start = min(m.start for m in FinderSet([Finder("detector", name)]).find(text))
        assert run(watches, text, [1])[0] == text[:start]


# --- pieces ---------------------------------------------------------------------------------------------------------

OURS = (Exemption("ending", "@example.com"),)
MIXED = WatchList(
    [
        Watch(Finder("detector", "email", exemptions=OURS), "email", Substitute("x@y.zz")),
        Watch(Finder("detector", "payment_card"), "card", Substitute("approval")),
        Watch(Finder("detector", "us_ssn"), "ssn", Substitute("[SSN]")),
        Watch(Finder("mention", "password"), "password", Halt()),
        Watch(Finder("mention", "résumé"), "resume", Freeze()),
        Watch(Finder("words", "zz"), "gone", Substitute("")),
        Watch(Finder("pattern", "--"), "cut", Cut()),
    ]
)
STOPPING = WatchList(
    [
        *(Watch(Finder("detector", name), name, Halt()) for name in ("email", "payment_card", "aws_access_key")),
        *(Watch(Finder("mention", words), words, Freeze()) for words in ("password", "résumé", "パス", "été")),
    ]
)
SECRETS = (
    *("123-45-6789", "4111 1111 1111 1111", "help@example.com", "bob@example.org", "AKIAIOSFODNN7EXAMPLE", "zz"),
    *("password", "résumé", "re\u0301sume\u0301", "été"),
)
NOISE = (
    *(
        "x",
        " ",
        ".",
        "é",
        "解",
        "&",
        "&#",
        "&#5",
        "\\",
        "\\u",
        "%",
        "%2",
        "%25",
        "*",
        "_",
        "__",
        "~",
        "~~",
        "`",
        "\x1b[",
    ),
    *(
        "\x1b",
        "\u200b",
        "\u0301",
        "\u202e",
        "\u202c",
        "\n",
        "ｶ",
        "ﾞ",
        "ﬁ",
        "ш",
        "о",
        "1",
        "4",
        "-",
        "🏴",
        "😀",
        "\ufe0f",
    ),
    *(
        in_tags("a"),
        in_selectors("é"),
        in_selectors("é")[:1],
        "&amp",
        "&am",
        "p;",
        "1️⃣",
        "🏴" + in_tags("gbeng") + "\U000e007f",
    ),
    *("\\\\", "{", "_a", "a_", "ß", "²", "①", "–", "か", "\u3099", "が"),
)
_disguised = st.tuples(st.sampled_from(SECRETS), st.sampled_from(sorted(DISGUISES))).map(
    lambda p: DISGUISES[p[1]](p[0])
)
texts = st.lists(st.sampled_from(SECRETS) | _disguised | st.sampled_from(NOISE), max_size=6).map("".join)
sizes = st.lists(st.integers(1, 9), min_size=1, max_size=3)


def run(watches: WatchList, text: str, sizes: Sequence[int]) -> tuple[object, ...]:
    gate, sent, at, turn = TextGate(watches), "", 0, 0
    while at < len(text):
        sent += gate.feed(text[at : at + sizes[turn % len(sizes)]])
        at += sizes[turn % len(sizes)]
        turn += 1
    return sent + gate.finish(), gate.hits, gate.halted, gate.frozen, gate.failed, gate.stopped_by


@settings(max_examples=60, deadline=None)
@given(texts, sizes, st.sampled_from([MIXED, STOPPING]))
def test_the_pieces_do_not_matter(text: str, sizes: list[int], watches: WatchList) -> None:
    assert run(watches, text, sizes) == run(watches, text, [99_999])


@settings(max_examples=60, deadline=None)
@given(texts, st.data())
def test_what_is_certain_stays_so(text: str, data: st.DataObject) -> None:
    finders = FinderSet([Finder("detector", "email"), Finder("detector", "payment_card"), Finder("mention", "résumé")])
    cut = data.draw(st.integers(0, len(text)))
    survey = finders.survey(text[:cut])
    assert [m for m in finders.find(text) if m.start < survey.hold] == list(survey.matches)


# --- rewriting ------------------------------------------------------------------------------------------------------

WORD = WatchList([Watch(Finder("mention", "password"), "word", Substitute("…"))])
AROUND = "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 葛\U000e0100 مرحبا می‌خواهم ❤️ "


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("p\u200bassword", ""),
        ("ｐａｓｓｗｏｒｄ", ""),
        ("**pass**word**", "**"),
        ("&#112;assword", ""),
        ("pаsswоrd", ""),
        (in_tags("password"), ""),
        (in_selectors("password"), ""),
        (turned("password"), "\u202c"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_only_the_span_is_rewritten(written: str, left: str, size: int) -> None:
    assert run(WORD, f"{AROUND}{written} {AROUND}", [size])[0].replace("**…", "…") == f"{AROUND}…{left} {AROUND}"


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (Finder("mention", "resume"), "Her *résumé* is here."),
        (Finder("mention", "cop"), "Выносить сор из избы, как сор."),
        (Finder("words", "cafe"), "un café\u200b noir"),
        (Finder("detector", "us_ssn"), "Seiten 123–45, 6789"),
        (Finder("mention", "password"), "pass word, pass-word, passwords"),
    ],
)
def test_what_is_something_else_is_left_alone(finder: Finder, text: str) -> None:
    assert FinderSet([finder]).find(text) == []


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("été", "l'e\u0301te\u0301 dernier"),
        ("パスワード", "ﾊﾟｽﾜｰﾄﾞを入力"),
        ("パスワード", "ハ\u309aスワート\u3099を入力"),
        ("пароль", "ваш пaрoль здесь"),
        ("비밀번호", "비밀\u200b번호"),
        ("कुंजी", "यह कुं\u2060जी है"),
        ("מפתח", "ה\u200fמפתח מ\u200bפתח"),
    ],
)
def test_words_of_other_scripts_are_read_too(words: str, text: str) -> None:
    assert FinderSet([Finder("mention", words)]).any(text)


def test_benign_texts_in_ten_scripts_stay_as_they_are() -> None:
    finders = FinderSet(
        [*(Finder("detector", name) for name in NAMES), *(Finder("mention", words) for words in RULED_OUT)]
    )
    texts = BENIGN[:: 2 * EVERY - 1]
    touched = [text for text in texts if finders.any(text)]
    assert len(touched) <= 0.005 * len(texts), touched


def test_what_is_not_found_arrives_equal_in_every_character() -> None:
    for text in BENIGN[:: 2 * EVERY - 1]:
        assert run(WORD, text, [7])[0] == text


# --- cost -----------------------------------------------------------------------------------------------------------

HOSTILE = [
    "&#52;",
    "\u200b",
    "aа",
    "&",
    "\\",
    "%25",
    "&amp;",
    "_",
    "_a",
    "a\u0336",
    "\u0301",
    "\x1b[",
    "\x1b]",
    "\u202e",
    "ｶ",
    "~",
    "🏴",
]


@pytest.mark.parametrize("piece", [*HOSTILE, in_tags("a"), in_selectors("é")])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    finders = FinderSet([Finder("detector", name) for name in ("us_ssn", "payment_card", "email", "iban", "phone")])
    long, short = (piece * (n // len(piece)) for n in (60_000, 6_000))
    assert _seconds(finders, long) < max(0.4, 30 * _seconds(finders, short))


def _seconds(finders: FinderSet, text: str) -> float:
    started = time.process_time()
    finders.find(text)
    finders.hold(text)
    return time.process_time() - started
