"""Answers questions with Z3, in the process that calls it: a worker's, or a test's. Never the proxy's own.

The limit is counted in Z3's own steps (`rlimit`), so that a question gets the same answer on every machine; the
time-out is a net below it. Whatever is not finished, or does not survive being replayed, is answered by `BUDGET`.
"""

import z3

from guardproxy.ir.build import TRUE
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import Term
from guardproxy.ir.types import State, Value
from guardproxy.ir.walk import variables
from guardproxy.logic.budget import Budget
from guardproxy.logic.cases import find_cases
from guardproxy.logic.checker import BudgetSpent, Checker, SolverBroken
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import Expression
from guardproxy.logic.questions import Decide, Decision, FindCases, Question, Reply
from guardproxy.logic.repair import find_repair
from guardproxy.logic.replay import NotReplayable, read_model


def new_context() -> z3.Context:
    """A state of Z3's own for one question, so that earlier ones cannot change its answer. Takes a few milliseconds."""
    return z3.Context()


def limit_memory(megabytes: int) -> None:
    """Z3 gives up a question that needs more, in this process and for good."""
    z3.set_param("memory_max_size", megabytes)


def answer(question: Question, budget: Budget, context: z3.Context | None = None) -> Reply:
    """The reply to a question: a `Decision` to `Decide`, a `Repaired` or `NoRepair` to `FindRepair`, `Cases` to
    `FindCases`.

    Raises `SolverBroken`.
    """
    try:
        if isinstance(question, Decide):
            return decide(question.term, budget, context)
        if isinstance(question, FindCases):
            return find_cases(question, budget, context)
        return find_repair(question, budget, context)
    except (z3.Z3Exception, MemoryError, RecursionError) as error:
        raise SolverBroken("the solver ran out of memory or failed inside") from error


def decide(term: Term, budget: Budget, context: z3.Context | None = None) -> Decision:
    """Whether a condition is true for all values, for none, or for some only; being invalid is not being true."""
    term = substitute(term, {})
    if not variables(term):
        return Decision.ALWAYS if term == TRUE else Decision.NEVER
    encoding = Encoding([term], context)
    holds = encoding.truth(term).true
    try:
        solver = Checker(encoding, budget)
        return _decision(*(_shown(solver, encoding, term, each) for each in (holds, encoding.negated(holds))))
    except BudgetSpent:
        return Decision.BUDGET


def _decision(witness: Value | None, counter: Value | None) -> Decision:
    """From what the evaluator says of the two models, None where there is none. Unknown: the model left it open."""
    match witness, counter:
        case (State.UNKNOWN | True, None):
            return Decision.ALWAYS
        case (None, State.UNKNOWN | State.INVALID | False):
            return Decision.NEVER
        case (True, State.INVALID | False):
            return Decision.DEPENDS
    return Decision.BUDGET


def _shown(solver: Checker, encoding: Encoding, term: Term, formula: Expression) -> Value | None:
    """What the evaluator says of a model of the formula; None where there is none. Raises `BudgetSpent`."""
    model = solver.witness([formula])
    if model is None:
        return None
    said = _replayed(model, encoding, term)
    if said is State.UNKNOWN and (new := encoding.searched_texts_are_new()):
        model = solver.witness([formula, *new])
        return said if model is None else _replayed(model, encoding, term)
    return said


def _replayed(model: z3.ModelRef, encoding: Encoding, term: Term) -> Value:
    try:
        return read_model(model, encoding).value_of(term)
    except NotReplayable:
        return State.UNKNOWN


__all__ = ["Budget", "SolverBroken", "answer", "decide", "limit_memory", "new_context"]
