"""`decoded`: which texts are looked through once more with their encodings undone."""

import pytest

from guardproxy.ir.terms import Finder, FoundInText, Not, Variable
from guardproxy.language.layout import layout
from guardproxy.pipeline import compile_policy

HEAD = 'policy "Code" version 1\n\nrule R-1 "The rule"\n  '


def finders_of(rule: str) -> tuple[str, tuple[Finder, ...]]:
    compilation = compile_policy(HEAD + rule)
    assert compilation.policy is not None, compilation.diagnostics
    demands = compilation.policy.rules[0].demands
    assert isinstance(demands, Not) and isinstance(demands.term, Variable)
    origin = demands.term.origin
    assert isinstance(origin, FoundInText)
    return origin.scope, origin.finders


SSN = Finder("detector", "us_ssn", "us_ssn", decoded=True)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("never any text, decoded, contains us_ssn", ("any", (SSN,))),
        ("never any text, decoded contains us_ssn", ("any", (SSN,))),
        ('never reply text, decoded, mentions "hush"', ("reply", (Finder("mention", "hush", decoded=True),))),
        ("never reply text, decoded, matches /a.c/", ("reply", (Finder("pattern", "a.c", decoded=True),))),
        ("never any text contains us_ssn", ("any", (Finder("detector", "us_ssn", "us_ssn"),))),
    ],
)
def test_a_text_is_decoded_where_the_rule_says_so(rule: str, expected: object) -> None:
    assert finders_of(rule) == expected


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ('never reply text, decoded, starts with "a"', "E012 `decoded` text has no edge that `starts with` could mean"),
        ("never any text decoded contains us_ssn", "E005 there is no comma before `decoded`"),
        ("never any text, decode, contains us_ssn", "E005 `decode` means nothing here"),
    ],
)
def test_what_cannot_be_meant_is_said(rule: str, says: str) -> None:
    assert says in [f"{d.code} {d.message}" for d in compile_policy(HEAD + rule).diagnostics]


def test_the_layout_keeps_the_form_that_was_written() -> None:
    for rule in ("never any text, decoded, contains us_ssn", 'never reply text, decoded mentions "hush"'):
        text = f"{HEAD}{rule}\n"
        assert layout(text.replace(", decoded", "  ,decoded"), "code.policy").text == text
