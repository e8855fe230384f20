"""What a rule comes to once its definitions are put in."""

import time

import pytest

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.pipeline import compile_policy

HEAD = 'policy "B" version 1\n\nfacts f from system\n  - x : whole number from 0 to 100\n\n'


def _policy(first: str, later: str, definitions: int, demand: str) -> str:
    lines = [f"define d0 as {first}\n"]
    lines += [f"define d{i} as {later.replace('?', f'd{i - 1}')}\n" for i in range(1, definitions)]
    return f'{HEAD}{"".join(lines)}\nrule A "a"\n  require d{definitions - 1}{demand}\n'


def _errors(text: str) -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in compile_policy(text).diagnostics if d.severity == "error"]


@pytest.mark.parametrize("later", ["? and ? or not ?", "? or ?"])
@pytest.mark.parametrize("definitions", [16, 400])
def test_definitions_that_double_are_refused_at_once(later: str, definitions: int) -> None:
    begun = time.perf_counter()
    message = "`A` has more than 20,000 parts once its definitions and tables are put in"
    assert _errors(_policy("f.x at most 5", later, definitions, "")) == [("E043", message)]
    assert time.perf_counter() - begun < 1


def test_long_chains_of_definitions_are_refused() -> None:
    message = "`A` is nested more than 100 deep once its definitions are put in"
    assert _errors(_policy("f.x + 1", "? + 1", 300, " at most 5")) == [("E006", message)]


@pytest.mark.parametrize(("later", "definitions"), [("? + ?", 12), ("? + 1", 48)])
def test_what_the_limits_allow_can_be_judged(later: str, definitions: int) -> None:
    policy = compile_policy(_policy("f.x + 1", later, definitions - 1, " at most 5")).policy
    assert policy is not None
    assert CompiledPolicies([policy])


def test_circles_are_still_circles() -> None:
    text = f'{HEAD}define a as b\n\ndefine b as a\n\nrule A "a"\n  require a\n'
    assert {code for code, _ in _errors(text)} == {"E038"}


def test_all_rules_together_have_a_limit() -> None:
    definitions = "define d0 as f.x at most 5\n" + "".join(
        f"define d{i} as d{i - 1} or d{i - 1}\n" for i in range(1, 12)
    )
    rules = "".join(f'rule A{i} "a"\n  require d11\n\n' for i in range(60))
    assert _errors(f"{HEAD}{definitions}\n{rules}")[0] == (
        "E043",
        "up to `A16` the rules have more than 200,000 parts together",
    )
