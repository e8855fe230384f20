"""One meaning, several engines: the evaluator, compiled checks, substitution, ranges, samples, Z3 and cvc5 agree.

Each case is a generated condition and an answer of which everything, some or nothing is known. `AGREEMENT_CASES` says
how many of them there are (slow tests take a part, `AGREEMENT_CVC5` the other solver), `AGREEMENT_SEED` which ones.
With `AGREEMENT_REPORT` the counts are printed (`pytest -s`).
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import product as every_combination
from math import prod
from random import Random
from typing import Any, get_args

import z3

from guardproxy.checks.compiled import compile_term
from guardproxy.ir.evaluate import RELATIONS, evaluate
from guardproxy.ir.printed import printed
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import Compare, DateOf, ForEach, IsPresent, PickedFrom, Term, Variable
from guardproxy.ir.types import ABSENT, UNKNOWN, ListOf, Number, OneOf, Record, State, Value, YesNo
from guardproxy.ir.walk import subterms, variables, whole
from guardproxy.logic.bounds import decide_by_bounds
from guardproxy.logic.budget import Budget
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import number
from guardproxy.logic.lists import LAST_PLACE
from guardproxy.logic.questions import Case, Decision, FindCases, NoCase, Says
from guardproxy.logic.smtlib import Claim, smtlib
from guardproxy.logic.solver import answer, decide
from tests.properties.second_solver import answers
from tests.properties.terms import (
    CENTS,
    DAY,
    INSTANT,
    PRICE,
    TYPES,
    VARIABLES,
    WHOLE,
    ZONES,
    a_condition,
    a_value,
    all_values,
    holds,
    in_any_state,
)

CASES = int(os.environ.get("AGREEMENT_CASES", "1200"))
SECOND = int(os.environ.get("AGREEMENT_CVC5", CASES // 24))
SEED = int(os.environ.get("AGREEMENT_SEED", "20261121"))
REPORT = "AGREEMENT_REPORT" in os.environ
BUDGET = Budget()
SHARED = z3.Context()
"""Making a context takes longer than most answers, and nothing here is measured in steps."""
SLOTS = {variable: slot for slot, variable in enumerate(VARIABLES)}


def cases(count: int, salt: str) -> Iterator[tuple[int, Random]]:
    """Numbered sources of randomness, so that a failure names the case that shows it again."""
    for case in range(count):
        yield case, Random(f"{SEED}/{salt}/{case}")


def an_answer(random: Random) -> dict[Variable, Value]:
    """Values in all four states; now and then everything is known, or almost nothing."""
    known = random.choice((0.2, 0.7, 0.7, 1.0))
    values = {v: in_any_state(v.type, random) if known < 1 else a_value(v.type, random) for v in VARIABLES}
    return {v: value if random.random() < known else UNKNOWN for v, value in values.items()}


def report(**counts: object) -> None:
    if REPORT:
        print(*(f"{name} {count}" for name, count in counts.items()), sep=", ", file=sys.stderr)


# --- all engines on one case ------------------------------------------------------------------------------------------


def test_all_engines_say_the_same_of_the_same_answer() -> None:
    said: Counter[str] = Counter()
    for case, random in cases(CASES, "engines"):
        term, values = a_condition(random), an_answer(random)
        name = f"case {case}: {printed(term)}"
        reference = evaluate(term, values, holds)
        assert compile_term(term, SLOTS, holds)(list(values.values())) is reference, name
        residual = substitute(term, values, holds)
        assert evaluate(residual, values, holds) is reference, name
        by_bounds, by_solver = decide_by_bounds(residual), decide(residual, BUDGET, SHARED)
        assert by_bounds in (None, by_solver) or by_solver is Decision.BUDGET, name
        if is_final(reference, residual):
            expected = Decision.ALWAYS if reference is True else Decision.NEVER
            assert {by_bounds, by_solver} <= {expected, Decision.BUDGET, None}, name
        said[f"{reference} / {by_solver.value}"] += 1
        if by_solver in (Decision.ALWAYS, Decision.NEVER):
            for _ in range(3):
                assert completed(residual, random) == (by_solver is Decision.ALWAYS), name
    undecided = sum(count for what, count in said.items() if "budget" in what)
    report(engines=CASES, **said)
    assert undecided <= CASES // 40


def is_final(said: Value, residual: Term) -> bool:
    """Whether what is unknown cannot change it. What is invalid stays so only where nothing is unknown any more."""
    return isinstance(said, bool) or not variables(residual)


def completed(residual: Term, random: Random) -> bool:
    """Whether a condition is true for some values of what is unknown in it."""
    return evaluate(residual, a_completion(residual, random), holds) is True


def a_completion(residual: Term, random: Random) -> dict[Variable, Value]:
    asked = {part.variable for part in subterms(residual) if isinstance(part, IsPresent)}
    names = dict.fromkeys(whole(v) for v in variables(residual))
    return {v: ABSENT if v in asked and random.random() < 0.3 else a_value(v.type, random) for v in names}


def test_a_decided_verdict_stays_when_more_is_known() -> None:
    for case, random in cases(CASES // 4, "more"):
        term = a_condition(random)
        values = {v: a_value(v.type, random) for v in VARIABLES}
        hidden = {v for v in VARIABLES if random.random() < 0.5}
        decision = decide(substitute(term, {v: x for v, x in values.items() if v not in hidden}, holds), BUDGET, SHARED)
        if decision in (Decision.ALWAYS, Decision.NEVER):
            less = {v for v in hidden if random.random() < 0.5}
            for still in (less, set()):
                residual = substitute(term, {v: x for v, x in values.items() if v not in still}, holds)
                assert decide(residual, BUDGET, SHARED) in (decision, Decision.BUDGET), f"case {case}: {printed(term)}"


# --- Z3 with every unknown given --------------------------------------------------------------------------------------


def test_z3_says_of_given_values_what_the_evaluator_says() -> None:
    for case, random in cases(CASES, "z3"):
        term = substitute(a_condition(random), {})
        asked = {part.variable for part in subterms(term) if isinstance(part, IsPresent)}
        names = dict.fromkeys(whole(v) for v in variables(term))
        values = {v: ABSENT if v in asked and random.random() < 0.2 else a_value(v.type, random) for v in names}
        expected = evaluate(term, values, holds)
        assert in_z3(term, values) == (expected is True, expected is False), f"case {case}: {printed(term)} {values}"


def in_z3(term: Term, values: dict[Variable, Any]) -> tuple[bool, bool]:
    """Whether the formulas for true and for false hold when every unknown has its value."""
    encoding = Encoding([term], SHARED)
    rails = encoding.truth(term)
    there = with_elements(encoding, values)
    given = [(present, z3.BoolVal(v in there, encoding.context)) for v, present in encoding.presence.items()]
    for variable, linear in encoding.numbers.items():
        ((unknown, factor),) = linear.unknowns.values()
        amount = Fraction(there.get(variable, 0)) / factor
        given.append((unknown, z3.simplify(number(amount).expression(encoding.context, unknown.is_real()))))
    for variable, condition in encoding.conditions.items():
        given.append((condition, z3.BoolVal(there.get(variable, False), encoding.context)))
    for variable, size in encoding.sizes.items():
        given.append((size, z3.IntVal(len(there.get(variable, ())), encoding.context)))
    for variable, label in encoding.labels.items():
        text = there.get(variable, "")
        index = encoding.texts.get(text, len(encoding.texts) + sum(map(ord, text)))
        given.append((label, z3.IntVal(index, encoding.context)))
    for (variable, finders), finding in encoding.findings.items():
        given.append((finding, z3.BoolVal(holds(finders, there.get(variable, "")), encoding.context)))
    true, false = (z3.is_true(z3.simplify(z3.substitute(rail, *given))) for rail in (rails.true, rails.false))
    return true, false


def with_elements(encoding: Encoding, values: dict[Variable, Any]) -> dict[Variable, Any]:
    """The values that are there, and those of the elements of lists under the variables that stand for them."""
    there = {variable: value for variable, value in values.items() if value is not ABSENT}
    for of, elements in encoding.elements.items():
        found = there.get(of, ())
        for (place, path), variable in elements.items():
            at = len(found) - 1 if place == LAST_PLACE else place
            value = found[at] if 0 <= at < len(found) else ABSENT
            for name in path:
                value = ABSENT if value is ABSENT else inner(value, name)
            if value is not ABSENT:
                there[variable] = value
    return there


def inner(value: Any, name: str) -> Any:
    """A field of a record or an element of a list."""
    if isinstance(value, tuple):
        return value[int(name)] if int(name) < len(value) else ABSENT
    return value[name]


# --- all values tried -------------------------------------------------------------------------------------------------


def test_decisions_are_those_of_trying_all_values() -> None:
    found: Counter[str] = Counter()
    for case, random in cases(CASES // 6, "decide"):
        term, unknown = with_few_unknowns(random)
        expected = by_trying(term, unknown)
        by_bounds, by_solver = decide_by_bounds(term), decide(term, BUDGET, SHARED)
        assert by_bounds in (None, expected), f"case {case}: {printed(term)}"
        assert by_solver in (Decision.BUDGET, expected), f"case {case}: {printed(term)}"
        found[by_solver.value] += 1
    report(tried=CASES // 6, **found)
    assert found["budget"] <= CASES // 600


def with_few_unknowns(random: Random) -> tuple[Term, list[Variable]]:
    """A condition over at most three unknown values that can all be tried, lists among them."""
    while True:
        term = a_condition(random)
        names = dict.fromkeys(whole(v) for v in variables(term))
        few = [v for v in names if can_be_tried(v)]
        random.shuffle(few)
        unknown = few[: random.randint(1, 3)]
        known = {v: a_value(v.type, random) for v in VARIABLES if v not in unknown}
        residual = substitute(term, known, holds)
        left = list(dict.fromkeys(whole(v) for v in variables(residual)))
        if all(map(can_be_tried, left)) and prod(len(all_values(v.type)) for v in left) in range(2, 400):
            return residual, left


def can_be_tried(variable: Variable) -> bool:
    of = variable.type
    if isinstance(of, ListOf):
        return isinstance(of.item, OneOf)
    return isinstance(of, YesNo | OneOf) or of in (WHOLE, CENTS, DAY, PRICE, INSTANT)


def by_trying(term: Term, unknown: list[Variable]) -> Decision:
    asked = {part.variable for part in subterms(term) if isinstance(part, IsPresent)}
    ways = every_combination(*([*all_values(v.type), *([ABSENT] if v in asked else [])] for v in unknown))
    found = {evaluate(term, dict(zip(unknown, way, strict=True)), holds) is True for way in ways}
    return Decision.DEPENDS if len(found) > 1 else Decision.ALWAYS if found.pop() else Decision.NEVER


# --- cases ------------------------------------------------------------------------------------------------------------

_SAYS: dict[Says, Any] = {
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "not true": lambda value: value is not True,
    "not false": lambda value: value is not False,
}


def test_every_case_replays_and_where_there_is_none_no_values_are_one() -> None:
    found: Counter[str] = Counter()
    for case, random in cases(CASES // 40, "cases"):
        terms = tuple(a_condition(random, 2) for _ in range(4))
        says: list[Says] = ["true", "true", "false", "not true", "not false"]
        wanted = [
            tuple((random.randrange(4), random.choice(says)) for _ in range(random.randint(1, 3))) for _ in range(6)
        ]
        reply = answer(FindCases(terms, tuple(wanted)), BUDGET, SHARED)
        assert not isinstance(reply, Decision) and hasattr(reply, "found")
        for entry, result in zip(wanted, reply.found, strict=True):
            found["case" if isinstance(result, Case) else result.value] += 1
            if isinstance(result, Case):
                said = [value_in(result, terms[at]) for at, _ in entry]
                assert all(_SAYS[says](value) for (_, says), value in zip(entry, said, strict=True)), f"case {case}"
                assert UNKNOWN not in said
            elif result is NoCase.NONE:
                assert not any(shows(terms, entry, random) for _ in range(10)), f"case {case}: {entry}"
    report(entries=sum(found.values()), **found)
    assert found["budget"] <= sum(found.values()) // 50


def value_in(case: Case, term: Term) -> Value:
    """What the evaluator says of a case, its guesses about texts taken for granted."""
    return evaluate(term, case.values, lambda finders, text: case.findings[finders, text])


def shows(terms: tuple[Term, ...], entry: tuple[tuple[int, Says], ...], random: Random) -> bool:
    values = {v: a_value(v.type, random) for v in VARIABLES}
    return all(_SAYS[says](evaluate(terms[at], values, holds)) for at, says in entry)


# --- another solver ---------------------------------------------------------------------------------------------------


_DECIDED = {
    ("sat", "unsat"): Decision.ALWAYS,
    ("unsat", "sat"): Decision.NEVER,
    ("sat", "sat"): Decision.DEPENDS,
}


def test_another_solver_answers_alike() -> None:
    unknown = 0
    for case, random in cases(SECOND, "cvc5"):
        term, values = a_condition(random), an_answer(random)
        residual = substitute(term, values, holds)
        claims = [Claim(says, residual, says, "", "") for says in ("true", "not true")]
        can_be, can_fail = answers(smtlib(claims, "x"), milliseconds=1_000)
        if "unknown" in (can_be, can_fail):
            unknown += 1
            continue
        decision = decide(residual, BUDGET, SHARED)
        assert decision in (_DECIDED[can_be, can_fail], Decision.BUDGET), f"case {case}: {printed(term)}"
        reference = evaluate(term, values, holds)
        if is_final(reference, residual):
            assert (can_be, can_fail) == (("sat", "unsat") if reference is True else ("unsat", "sat")), f"case {case}"
    report(cvc5=SECOND, unknown=unknown)
    assert unknown <= max(2, SECOND // 50)


# --- what was generated -----------------------------------------------------------------------------------------------


def test_every_operator_type_and_state_is_generated() -> None:
    seen: Counter[str] = Counter()
    for _, random in cases(max(CASES, 1200), "engines"):
        term, values = a_condition(random), an_answer(random)
        seen.update(what for part in subterms(term) for what in described(part))
        seen.update(f"state {value.value}" for value in values.values() if isinstance(value, State))
        seen.update(f"value {type(value).__name__}" for value in values.values() if not isinstance(value, State))
    report(**{what.replace(" ", "_"): count for what, count in sorted(seen.items())})
    wanted = {part.__name__ for part in get_args(Term)} | {f"relation {relation}" for relation in RELATIONS}
    wanted |= {f"quantifier {word}" for word in ("every", "some", "no")} | {f"zone {zone}" for zone in ZONES}
    wanted |= {f"picked {which}" for which in ("first", "last")} | {f"state {state.value}" for state in State}
    wanted |= {f"type {type_named(of)}" for of in TYPES} | {"type ListOf", "type Record", "origin Conforms"}
    assert not wanted - seen.keys()


def described(part: Term) -> Iterator[str]:
    yield type(part).__name__
    match part:
        case Variable(_, of, origin):
            yield f"type {type_named(of)}"
            yield f"origin {type(origin).__name__}"
            if isinstance(of, ListOf) and isinstance(of.item, Record):
                yield "type Record"
            if isinstance(origin, PickedFrom):
                yield f"picked {origin.which}"
        case Compare(relation):
            yield f"relation {relation}"
        case ForEach(quantifier):
            yield f"quantifier {quantifier}"
        case DateOf(_, zone):
            yield f"zone {zone}"


def type_named(of: object) -> str:
    return of.kind if isinstance(of, Number) else type(of).__name__
