import sys
import unicodedata

import pytest

from guardproxy.patterns.canonical import folded
from guardproxy.patterns.characters import FORMS
from guardproxy.patterns.look_alikes import LETTERS, Bare
from guardproxy.patterns.views import Passes

BARE = Bare()


def read(text: str) -> tuple[Passes, Passes]:
    clean = Passes(text, len(text))
    return clean, BARE.read(clean)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(
            ("pаsswоrd", "password"),
            ("éøñ", "eon"),
            ("e\u0301a", "ea"),
            ("٤१၄", "414"),
            ("1–2‑3", "1-2-3"),
            ("①²", "12"),
        ),
        *(("❸➃⓸➍⑷⒋🄅", "3444444"), ("᠑᱁\U0001e952႑", "1121"), ("1—2―3ー4➖5─6־7", "1-2-3-4-5-6-7"), ("⁻₋", "--")),
        *(("1\u06512\u05913\u093c4\u0e315\u302a6\u3099", "123456"), ("-\u06511", "-1"), ("ᵅᵝᶢˠ", "abgy")),
        ("か\u3099ด\u0e31", "か\u3099ด\u0e31"),
    ],
)
def test_reads(text: str, said: str) -> None:
    assert read(text)[1].text == said


@pytest.mark.parametrize(
    ("text", "start", "end", "always", "counts"),
    [
        ("a pаss", 2, 6, False, True),
        ("résumé", 0, 6, False, False),
        ("résumé", 0, 6, True, True),
        ("сор", 0, 3, False, True),
        ("Выносить сор", 9, 12, False, False),
        ("Выносить соp", 9, 12, False, True),
    ],
)
def test_what_counts(text: str, start: int, end: int, always: bool, counts: bool) -> None:
    assert BARE.counts(*read(text), start, end, always=always) is counts


def test_each_character_is_read_as_one_thing_whatever_stands_beside_it() -> None:
    """However many kinds of them there are: they are replaced one by one, or all at once."""
    everything = "".join(LETTERS)
    assert all(read(c)[1].text == read(everything)[1].text[i] for i, c in enumerate(everything))
    assert read("ɑ: bob@ᵅ.org")[1].text == "a: bob@a.org"


def test_every_digit_dash_and_space_of_unicode_is_known() -> None:
    for character in map(chr, range(0x80, sys.maxunicode + 1)):
        category, digit = unicodedata.category(character), unicodedata.digit(character, None)
        wanted = {"Pd": "-", "Zs": " "}.get(category) if digit is None else str(digit)
        if wanted:
            assert read(FORMS.get(character, character))[1].text == wanted, hex(ord(character))


def test_every_other_form_of_a_character_is_known() -> None:
    for character in map(chr, [*range(0x80, 0xAC00), *range(0xE000, sys.maxunicode + 1)]):
        same = unicodedata.normalize("NFC", character)
        assert same == character or unicodedata.combining(character) or folded(character) == folded(same)
