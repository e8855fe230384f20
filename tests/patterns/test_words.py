import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.terms import Finder
from guardproxy.patterns.scan import FinderSet


def mentions(phrase: str, text: str) -> list[str]:
    return [text[m.start : m.end] for m in FinderSet([Finder("mention", phrase)]).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("borrowers", "FROM Borrowers LIMIT", ["Borrowers"]),
        ("salaries", "salaries_total, mysalaries, salaries2", []),
        ("no", "no,no no", ["no", "no", "no"]),
        ("café", "Café CAFÉ cafés écafé café!", ["Café", "CAFÉ", "café"]),
        ("cafe", "cafe\u0301 caf\u00e9", []),
        ("limit", "LIMITです éLIMIT", ["LIMIT"]),
        ("acme", "acme는 Acme의 는acme acmes acmeя", ["acme", "Acme"]),
        ("café", "café에서", ["café"]),
        ("비밀", "비밀은 비밀", ["비밀"]),
        ("route 66", "route 66만", []),
        ("解約できません", "それは解約できませんよ", ["解約できません"]),
        ("ห้าม", "ขอห้ามนะ", ["ห้าม"]),
        ("нет", "нет, интернет Нет", ["нет", "Нет"]),
        ("you do not qualify", "You do\n not  QUALIFY.", ["You do\n not  QUALIFY"]),
        ("weeks' leave", "weeks’ leave", ["weeks’ leave"]),
        ("--force", "git --force now", ["--force"]),
        ("c++", "c++ and C++17", ["c++", "C++"]),
    ],
)
def test_whole_words_in_any_case(phrase: str, text: str, found: list[str]) -> None:
    assert mentions(phrase, text) == found


def is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


@settings(deadline=None)
@given(st.text(alphabet="noé1 ,\u093e解", max_size=10))
def test_edges_are_those_of_unicode(text: str) -> None:
    """`_` at an edge may be emphasis, and a mark on a comma noise: see `test_disguises`."""
    at = [m.start() for m in re.finditer("(?=no)", text)]
    alone = [i for i in at if not any(c and is_word(c) and c != "解" for c in (text[i - 1 : i], text[i + 2 : i + 3]))]
    assert len(mentions("no", text)) == len(alone)


@settings(deadline=None)
@given(st.text(alphabet="noé 解", max_size=6), st.text(alphabet="noé 解", max_size=3))
def test_waits_until_the_word_has_ended(text: str, more: str) -> None:
    found = FinderSet([Finder("mention", "no"), Finder("mention", "né")])
    later = [m for m in found.find(text + more) if m.start < found.hold(text)]
    assert later == found.certain(text)
    assert found.hold(text) == len(text) or any(
        m.end >= len(text) for e in ("", "o", "é") for m in found.find(text + e)
    )
