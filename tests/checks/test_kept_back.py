"""What no rule judges is kept back where one would find something in it: beside an answer, told, or repeated."""

import pytest

from guardproxy.checks.kept_back import KeptBack
from guardproxy.pipeline import compile_policy

ALL, ASKING, NONE = (False, False, False), (False, False, True), (True, True, True)


def kept_back(body: str, otherwise: str) -> KeptBack:
    done = compile_policy(f'policy "P" version 1\nrule R "r"\n  {body}\n  {otherwise}\n', "p")
    assert done.policy is not None, done.diagnostics
    return KeptBack(done.policy.rules)


def ways(rules: KeptBack, text: str) -> tuple[bool, bool, bool]:
    return rules.is_harmless(text), rules.may_be_told(text), rules.may_be_repeated(text)


@pytest.mark.parametrize(
    ("otherwise", "free"),
    [
        ("", ALL),
        ("otherwise hold for review", ALL),
        ('otherwise redact as "[bird]"', ALL),
        ('otherwise replace with "[bird]"', ALL),
        ("otherwise cut", ALL),
        ("otherwise ask again up to 2 times", ASKING),
        ('otherwise warn "a bird"', NONE),
    ],
)
def test_each_outcome_keeps_back(otherwise: str, free: tuple[bool, bool, bool]) -> None:
    rules = kept_back('never any text mentions "heron"', otherwise)
    assert ways(rules, "A heron.") == free
    assert ways(rules, "A bird.") == ways(rules, "") == NONE


def test_what_is_kept_out_of_the_reply_alone_may_stand_beside_it() -> None:
    assert ways(kept_back('never reply text mentions "heron"', ""), "A heron.") == (True, False, False)


def test_a_text_that_is_demanded_is_not_kept_back() -> None:
    assert ways(kept_back('require reply text mentions "heron"', ""), "A heron.") == NONE


def test_a_rule_keeps_back_also_where_it_does_not_apply() -> None:
    rules = kept_back('when user says "bird"\n  never any text mentions "heron"', "otherwise cut")
    assert ways(rules, "A heron.") == ALL
