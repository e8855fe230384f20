"""Behind a mistake of grammar reading goes on at the next clause, and reports nothing that follows from the first."""

import pytest

from guardproxy.language.parse import parse
from guardproxy.source import SourceText

SOUND = """rule A "a"
  severity high
  when offer.apr above 5%
  require offer.apr at most 6%
  if unknown block
  otherwise block "x"
  source "S"
"""
BROKEN = {
    "severity high": "severity huge",
    "when offer.apr above 5%": "when offer.apr > 5%",
    "require offer.apr at most 6%": "require offer.apr at most at most",
    "if unknown block": "if unknown explode",
    'otherwise block "x"': "otherwise explode",
    'source "S"': "source S",
}


def found(text: str) -> list[tuple[str, int]]:
    return [(d.code, d.span.position[0]) for d in parse(SourceText("t", text)).diagnostics]


@pytest.mark.parametrize("clause", list(BROKEN))
def test_one_broken_clause_is_one_mistake(clause: str) -> None:
    (mistake,) = found(SOUND.replace(clause, BROKEN[clause]))
    assert mistake[1] == SOUND[: SOUND.index(clause)].count("\n") + 1


def test_each_broken_clause_is_a_mistake() -> None:
    text = SOUND
    for clause, broken in BROKEN.items():
        text = text.replace(clause, broken)
    assert [line for _, line in found(text)] == [2, 3, 4, 5, 6, 7]


def test_an_unfinished_clause_is_not_blamed_on_the_next() -> None:
    assert found(SOUND.replace("at most 6%", "at most")) == [("E006", 4)]
    assert found("check reply as o\n  - a : one of\n  - b : text\n  - c text\n") == [("E006", 2), ("E005", 4)]


def test_a_rule_on_one_line_has_one_mistake() -> None:
    assert len(found(" ".join(SOUND.replace("high", "huge").replace("above", ">").split()))) == 1


def test_there_is_an_end_to_it() -> None:
    fields = "".join(f"  - f{n} text\n" for n in range(100))
    assert len(found(f"check reply as o\n{fields}")) == 20
