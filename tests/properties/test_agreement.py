"""One meaning, several engines: the reference evaluator, the compiled checks, substitution, bounds and Z3 agree.

`AGREEMENT_CASES` says how many terms are generated (some tests take a part of them), `AGREEMENT_SEED` which ones.
"""

import os
from collections.abc import Iterator
from fractions import Fraction
from itertools import product as every_combination
from math import prod
from random import Random
from typing import Any

import z3

from guardproxy.checks.compiled import compile_term
from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.printed import printed
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import IsPresent, Term, Variable
from guardproxy.ir.types import ABSENT, ListOf, OneOf, YesNo
from guardproxy.ir.walk import subterms, variables
from guardproxy.logic.bounds import decide_by_bounds
from guardproxy.logic.budget import Budget
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import number
from guardproxy.logic.questions import Decision
from guardproxy.logic.solver import decide
from tests.properties.terms import CENTS, DAY, VARIABLES, WHOLE, a_condition, a_value, all_values, holds, in_any_state

CASES = int(os.environ.get("AGREEMENT_CASES", "10000"))
SEED = int(os.environ.get("AGREEMENT_SEED", "20261121"))
BUDGET = Budget()
SHARED = z3.Context()
"""Making a context takes longer than most answers, and nothing here is measured in steps."""


def cases(count: int, salt: str) -> Iterator[tuple[int, Random]]:
    """Numbered sources of randomness, so that a failure names the case that shows it again."""
    for case in range(count):
        yield case, Random(f"{SEED}/{salt}/{case}")


def test_compiled_checks_give_what_the_evaluator_gives() -> None:
    slots = {variable: slot for slot, variable in enumerate(VARIABLES)}
    for case, random in cases(CASES, "compiled"):
        term = a_condition(random)
        check = compile_term(term, slots, holds)
        values = {variable: in_any_state(variable.type, random) for variable in VARIABLES}
        assert check(list(values.values())) is evaluate(term, values, holds), f"case {case}: {printed(term)}"


def test_substituting_in_two_steps_changes_nothing() -> None:
    for case, random in cases(CASES // 2, "substitute"):
        term = a_condition(random)
        values = {variable: in_any_state(variable.type, random) for variable in VARIABLES}
        first = {v: x for v, x in values.items() if random.random() < 0.6}
        residual = substitute(term, first, holds)
        assert evaluate(residual, values, holds) is evaluate(term, values, holds), f"case {case}: {printed(term)}"


def test_z3_says_of_given_values_what_the_evaluator_says() -> None:
    for case, random in cases(CASES, "z3"):
        lists = {v: a_value(v.type, random) for v in VARIABLES if isinstance(v.type, ListOf)}
        term = substitute(a_condition(random), lists)
        asked = {part.variable for part in subterms(term) if isinstance(part, IsPresent)}
        values = {v: a_value(v.type, random) for v in variables(term)}
        values |= {v: ABSENT for v in asked if random.random() < 0.2}
        expected = evaluate(term, values, holds)
        assert in_z3(term, values) == (expected is True, expected is False), f"case {case}: {printed(term)} {values}"


def in_z3(term: Term, values: dict[Variable, Any]) -> tuple[bool, bool]:
    """Whether the formulas for true and for false hold when every unknown has its value."""
    encoding = Encoding([term], SHARED)
    rails = encoding.truth(term)
    there = {variable: value for variable, value in values.items() if value is not ABSENT}
    given = [(present, z3.BoolVal(v in there, encoding.context)) for v, present in encoding.presence.items()]
    for variable, linear in encoding.numbers.items():
        ((unknown, factor),) = linear.unknowns.values()
        amount = Fraction(there.get(variable, 0)) / factor
        given.append((unknown, z3.simplify(number(amount).expression(encoding.context, unknown.is_real()))))
    for variable, condition in encoding.conditions.items():
        given.append((condition, z3.BoolVal(there.get(variable, False), encoding.context)))
    for variable, label in encoding.labels.items():
        text = there.get(variable, "")
        index = encoding.texts.get(text, len(encoding.texts) + sum(map(ord, text)))
        given.append((label, z3.IntVal(index, encoding.context)))
    for (variable, finders), finding in encoding.findings.items():
        given.append((finding, z3.BoolVal(holds(finders, there.get(variable, "")), encoding.context)))
    true, false = (z3.is_true(z3.simplify(z3.substitute(rail, *given))) for rail in (rails.true, rails.false))
    return true, false


def test_decisions_are_those_of_trying_all_values() -> None:
    undecided = 0
    for case, random in cases(CASES // 15, "decide"):
        term, unknown = with_few_unknowns(random)
        expected = by_trying(term, unknown)
        by_bounds, by_solver = decide_by_bounds(term), decide(term, BUDGET, SHARED)
        assert by_bounds in (None, expected), f"case {case}: {printed(term)}"
        assert by_solver in (Decision.BUDGET, expected), f"case {case}: {printed(term)}"
        undecided += by_solver is Decision.BUDGET
    assert undecided <= CASES // 1000


def with_few_unknowns(random: Random) -> tuple[Term, list[Variable]]:
    """A condition over at most three unknown values that can all be tried."""
    while True:
        term = a_condition(random)
        few = [v for v in variables(term) if isinstance(v.type, YesNo | OneOf) or v.type in (WHOLE, CENTS, DAY)]
        random.shuffle(few)
        unknown = few[: random.randint(1, 3)]
        known = {v: a_value(v.type, random) for v in VARIABLES if v not in unknown}
        residual = substitute(term, known, holds)
        if prod(len(all_values(v.type)) for v in variables(residual)) in range(2, 300):
            return residual, list(variables(residual))


def by_trying(term: Term, unknown: list[Variable]) -> Decision:
    asked = {part.variable for part in subterms(term) if isinstance(part, IsPresent)}
    ways = every_combination(*([*all_values(v.type), *([ABSENT] if v in asked else [])] for v in unknown))
    found = {evaluate(term, dict(zip(unknown, way, strict=True)), holds) is True for way in ways}
    return Decision.DEPENDS if len(found) > 1 else Decision.ALWAYS if found.pop() else Decision.NEVER


def test_what_is_decided_of_anything_holds_for_every_completion() -> None:
    for case, random in cases(CASES // 10, "complete"):
        term = substitute(a_condition(random), {v: a_value(v.type, random) for v in VARIABLES if random.random() < 0.5})
        found = {decide_by_bounds(term), decide(term, BUDGET, SHARED)} - {None, Decision.BUDGET}
        assert len(found) <= 1, f"case {case}: {printed(term)} is {found}"
        for decision in found - {Decision.DEPENDS}:
            for _ in range(5):
                values = {v: a_value(v.type, random) for v in variables(term)}
                holds_now = evaluate(term, values, holds) is True
                assert holds_now == (decision is Decision.ALWAYS), f"case {case}: {printed(term)} {values}"
