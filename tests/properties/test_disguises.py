"""Promise 7: a text is judged as it is read, however it is written; what is not found in it stays as it was."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

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
LIKE_ACME = (
    "a",
    "á",
    "а",
    "c",
    "с",
    "m",
    "e",
    "е",
    "é",
    "e\u0301",
    "\u0651",
    "\u0336",
    "acm",
    " ",
    "rés",
    "résum",
    "-",
    "я",
)
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


SIGNS = (
    "*",
    "`",
    "~~",
    "~",
    "\u200b",
    "\x07",
    "\x1b[0m",
    "\x1b[1;31m",
    "\x1b]0;t\x07",
    "\x1bPq\x1b\\",
    "\x9b1m",
    "\x1b[",
    "\x1b",
    "&#",
)
in_noise = st.lists(st.sampled_from([*SIGNS, "\u202e", "\u202c", "&#x202e;", " "]), max_size=4).map("".join)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("password", "résumé", "AKIAIOSFODNN7EXAMPLE", "bob@example.org")),
    st.lists(in_noise, min_size=3, max_size=3),
    st.sampled_from(SIGNS),
    st.lists(st.integers(1, 16), min_size=4),
)
def test_codes_among_signs_are_read_alike_for_every_cut(
    secret: str, noise: list[str], sign: str, places: list[int]
) -> None:
    """Signs in the secret and around it, and the text cut before its last characters one by one."""
    at = places[0] % len(secret)
    text = f"see {noise[0]}{secret[:at]}\u200b{secret[at:]}{sign}{noise[1]} now {noise[2]}"
    assert run(STOPPING, text, [1]) == run(STOPPING, text, [len(text)]) == run(STOPPING, text, places)
    for cut in range(max(1, len(text) - 24), len(text)):
        assert run(STOPPING, text, [cut, len(text)]) == run(STOPPING, text, [len(text)])


@pytest.mark.parametrize(
    "signs", ["*\x1b[0m", "\x1b[1m\x1b[0m", "\x07\x1b]0;t\x07", "**\x1bPq\x1b\\", "~~\x1b[0m", "`\x9b0m"]
)
def test_a_code_behind_a_sign_waits_until_it_is_whole(signs: str) -> None:
    for text in (f"see pass\u200bword{signs} now", f"see AKIAIOSFODNN7E\u200bXAMPLE{signs}"):
        assert {run(STOPPING, text, [size])[0] for size in (1, 2, 3, len(text))} == {"see "}


WORDS = WatchList([Watch(Finder("mention", word), word, Halt()) for word in ("acme", "résumé")])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([WORDS, STOPPING]), st.lists(st.sampled_from(LIKE_ACME), max_size=8).map("".join), sizes)
def test_a_letter_in_disguise_counts_for_those_before_it(watches: WatchList, text: str, sizes: list[int]) -> None:
    """Accents alone are no disguise of a word, but they are none of it either."""
    assert run(watches, text, sizes) == run(watches, text, [99_999])


@pytest.mark.parametrize("text", ["ácmе", "acm\u0651е", "å\u0301cmе", "1-2-\u0651е acmе"])
def test_a_word_is_found_by_one_letter_in_disguise(text: str) -> None:
    assert run(WORDS, text, [1]) == run(WORDS, text, [len(text)])
    assert FinderSet([Finder("mention", "acme")]).any(text)


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
    assert str(run(WORD, f"{AROUND}{written} {AROUND}", [size])[0]).replace("**…", "…") == f"{AROUND}…{left} {AROUND}"


ADDRESS = WatchList([Watch(Finder("detector", "email"), "address", Substitute("…"))])


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("to %20bob@example.org b", "to %20… b"),
        ("\x1b[0mbob@example.org\x1b[0m", "\x1b[0m…\x1b[0m"),
        ("\x1b[0m\u202egro.elpmaxe@bob\u202c", "\x1b[0m…\u202c"),
        ("a\\nbob@example.org\\n", "a\\n…\\n"),
        ("see&#32;bob@example.org*", "see&#32;…*"),
    ],
)
def test_a_match_begins_with_a_whole_character(written: str, left: str, size: int) -> None:
    assert run(ADDRESS, written, [size])[0] == left


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


TURNED = ("\u202ea\u202c", "\u202ea", "\u202e\u202ca", "a\u202e", "\u202eab_\u202c", "&#x202e;a\u202c", "a*\u202e_")


@pytest.mark.parametrize("piece", [*TURNED, in_tags("a") + "b", "a*", "_a_", "a\x1b[0m", "&#52;"])
def test_what_is_kept_of_a_text_does_not_grow_with_it(piece: str) -> None:
    """What is done is read again with each piece that follows."""
    finders = FinderSet([Finder("detector", name) for name in ("us_ssn", "payment_card", "email")])
    assert max(len(finders.context(text, len(text))) for text in (piece * 100, piece * 101, piece * 1000)) < 100


def test_looking_for_what_to_keep_takes_linear_work() -> None:
    finders = FinderSet([Finder("detector", "us_ssn")])
    work = [_calls(partial(finders.context, piece * n, len(piece) * n)) for piece in TURNED for n in (100, 400)]
    assert all(longer < 6 * shorter for shorter, longer in zip(work[::2], work[1::2], strict=True)), work


def _calls(work: Callable[[], object]) -> int:
    """How many functions it calls: its work, whatever else the machine does."""
    work()
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    work()
    sys.setprofile(before)
    return count


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
