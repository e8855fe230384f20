import re

import pytest

from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import DETECTORS, Detector
from guardproxy.patterns.scan import FinderSet

LIBRARY = list(DETECTORS.values())


@pytest.mark.parametrize("detector", LIBRARY, ids=lambda d: d.name)
def test_finds_its_own_examples_and_nothing_in_the_others(detector: Detector) -> None:
    found = FinderSet([Finder("detector", detector.name)])
    assert [text for text in detector.matches if not found.any(text)] == []
    assert [text for text in detector.others if found.any(text)] == []


@pytest.mark.parametrize("detector", LIBRARY, ids=lambda d: d.name)
def test_waits_for_each_example_from_its_first_character(detector: Detector) -> None:
    """No beginning of a text lets a character go that the whole text's match has."""
    found = FinderSet([Finder("detector", detector.name)])
    for text in detector.matches:
        match = found.find(text)[0]
        assert all(found.hold(text[:end]) <= match.start for end in range(match.start, match.end))


BARE = re.compile(r"[A-Za-z0-9_.~+/$|!-]{8,}={0,3}")
"""A text that is nothing but a secret: without a name, sign, quote or space before it."""


@pytest.mark.parametrize(
    "detector", [d for d in LIBRARY if d.family in ("credentials", "private_keys")], ids=lambda d: d.name
)
def test_a_match_covers_the_whole_of_a_bare_secret(detector: Detector) -> None:
    """Where it began behind the first characters, a redacted text would still show those."""
    found = FinderSet([Finder("detector", detector.name)])
    bare = [text for text in detector.matches if BARE.fullmatch(text)]
    assert [text for text in bare if [(m.start, m.end) for m in found.find(text)] != [(0, len(text))]] == []


def test_everything_is_described() -> None:
    assert all(d.finds and d.source and d.matches and d.others for d in LIBRARY)
    assert [d.name for d in LIBRARY] == list(DETECTORS)


def test_a_private_key_is_found_with_its_block() -> None:
    found = FinderSet([Finder("detector", "private_key")])
    block = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMHcCAQEEIB+/a==\n-----END EC PRIVATE KEY-----"
    cut_off = "-----BEGIN PRIVATE KEY-----\nMHcCAQEEIBabcdefghijklmnop\nMHcCAQEEIBabcdefghijklmnop"
    assert [(m.start, m.end) for m in found.find(f"key: {block}\nthat was it")] == [(5, 5 + len(block))]
    assert [(m.start, m.end) for m in found.find(f"{cut_off}\nand so on.")] == [(0, len(cut_off))]


def test_numbers_beside_japanese_text_are_found() -> None:
    text = "番号は123456789018です。控えは1234-5678-9012です。"
    assert [text[m.start : m.end] for m in FinderSet([Finder("detector", "jp_my_number")]).find(text)] == [
        "123456789018"
    ]


ADDRESSES = ("deceptive_link", "data_uri", "data_media_uri", "script_uri")
OUTGOING = ("outgoing_image", "outgoing_link", "embedded_content", "data_carrying_link")
WITHOUT_END = ("private_key", "ssh2_private_key", "encoded_private_key", "jwt", *ADDRESSES, *OUTGOING)
"""What the limit of held text ends: a key or an address may have any length, and all of it counts."""


@pytest.mark.parametrize("detector", [d for d in LIBRARY if d.name not in WITHOUT_END], ids=lambda d: d.name)
def test_no_text_is_held_without_end(detector: Detector) -> None:
    found = FinderSet([Finder("detector", detector.name)])
    for beginning in (*detector.matches, "a", "a@b.", "4 ", ""):
        for sign in "aZ4-_.":
            text = beginning + sign * 3000
            assert len(text) - found.hold(text) < 800


def test_social_security_numbers_in_a_row_are_no_card() -> None:
    found = FinderSet([Finder("detector", "payment_card"), Finder("detector", "us_ssn")])
    assert [m.finder for m in found.find("123-45-6789 123-45-6789 123-45-6789 end")] == [1, 1, 1]
