"""A mistake in the library's data is named with its file and entry."""

import pytest

from guardproxy.patterns.detectors.loading import Family, LibraryMistake, families, read_families

ENTRY = """
[[detector]]
name = "badge"
finds = "a badge"
source = "the badge office"
expression = 'B-[0-9]{4}'
matches = ["B-1234"]
others = ["B-12"]
"""


def said(text: str, file: str = "staff.toml") -> str:
    with pytest.raises(LibraryMistake) as caught:
        families([(file, text), ("rooms.toml", 'about = "rooms"\n' + ENTRY.replace("badge", "room"))])
    return str(caught.value)


def test_a_family_is_what_its_file_says() -> None:
    found = families([("staff.toml", 'about = "badges"\n' + ENTRY)])["staff"]
    (badge,) = found.members
    assert (found.about, badge.name, badge.family, badge.matches) == ("badges", "badge", "staff", ("B-1234",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("about = ", "staff.toml: Invalid value"),
        (ENTRY, 'staff.toml: it must begin with `about = "..."`'),
        ('about = "x"\nnames = 1', "staff.toml: nothing but [[detector]] entries can stand behind `about`"),
        ('about = "x"' + ENTRY.replace('"badge"', '"B"'), "staff.toml, detector `B`: its name must be 2 to 40"),
        ('about = "x"' + ENTRY.replace('"badge"', "7"), "staff.toml, entry 1: `name` must be a text"),
        ('about = "x"' + ENTRY.replace('"badge"', '"room"'), "rooms.toml, detector `room`: a detector of staff.toml"),
        ('about = "x"' + ENTRY.replace('"badge"', '"rooms"'), "staff.toml, detector `rooms`: a family has that name"),
        ('about = "x"' + ENTRY + "colour = 1", "staff.toml, detector `badge`: there is no key `colour`; the keys are"),
        ('about = "x"' + ENTRY + 'check = "luck"', "staff.toml, detector `badge`: there is no check `luck`"),
        ('about = "x"' + ENTRY.replace('["B-12"]', '"B-12"'), "staff.toml, detector `badge`: `others` must be a list"),
    ],
)
def test_a_mistake_is_named(text: str, message: str) -> None:
    assert said(text).startswith(message)


@pytest.mark.parametrize("family", read_families().values(), ids=lambda family: family.name)
def test_every_entry_has_two_examples_two_near_misses_and_a_source(family: Family) -> None:
    poor = [d.name for d in family.members if min(len(d.matches), len(d.others)) < 2 or not d.source or not d.finds]
    assert poor == []
