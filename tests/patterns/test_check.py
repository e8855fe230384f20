import pytest

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.check import why_refused

REASONS = [
    (
        Finder("pattern", "a(?=b)"),
        "look-ahead `(?=` needs more than linear time; match the text itself instead (character 2)",
    ),
    (Finder("pattern", "x*"), "finds the empty text, which is everywhere"),
    (Finder("pattern", r"^\b"), "finds the empty text, which is everywhere"),
    (Finder("pattern", "(a{100}){100}"), "its repetitions inside each other count more than 1000 times"),
    (Finder("pattern", r"\pL{1000}" * 9), "it is too large: its repetitions, written out, exceed the engine's memory"),
    (Finder("pattern", "[z-a]"), "`z-a` is no range or class of characters"),
    (Finder("pattern", r"\p{Klingon}"), r"`\p{Klingon}` is no range or class of characters"),
    (Finder("detector", "us_sn"), "there is no detector `us_sn`; did you mean `us_ssn`?"),
    (Finder("detector", "colour"), "there is no detector `colour`"),
    (Finder("mention", " "), "there are no words to look for"),
    (Finder("words", "a", exemptions=(Exemption("ending", ""),)), "an exemption without text exempts everything"),
    (
        Finder("detector", "email", exemptions=(Exemption("matching", "b?"),)),
        "finds the empty text, so it exempts everything",
    ),
]


@pytest.mark.parametrize(("finder", "reason"), REASONS, ids=lambda x: x if isinstance(x, str) else x.expression[:20])
def test_reasons_are_in_plain_words(finder: Finder, reason: str) -> None:
    assert why_refused(finder) == reason


def test_what_can_be_used_has_no_reason() -> None:
    usable = [
        Finder("detector", "email", exemptions=(Exemption("ending", "@example.com"), Exemption("matching", "^a"))),
        Finder("pattern", r"\bProject (Heron|Osprey)\b", ignore_case=True),
        Finder("mention", "解約できません"),
        Finder("words", "a.b"),
        Finder("pattern", r"\w{1,1000}"),
    ]
    assert [why_refused(finder) for finder in usable] == [None] * len(usable)
