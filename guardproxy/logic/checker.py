"""One solver over one encoding, with a limit on each check."""

from collections.abc import Iterable, Sequence

import z3

from guardproxy.logic.budget import Budget
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import Expression


class BudgetSpent(Exception):
    """The solver did not finish, so nothing is known."""


class SolverBroken(Exception):
    """The solver ran out of memory or failed inside: the process that it ran in should not answer again."""


class Checker:
    """The encoding's declared ranges hold in every check. Formulas that are added hold from then on."""

    def __init__(self, encoding: Encoding, budget: Budget) -> None:
        self._solver = z3.Solver(ctx=encoding.context)
        self._solver.set("rlimit", budget.steps)
        self._solver.set("timeout", budget.milliseconds)
        self._encoding, self._known = encoding, 0

    def add(self, formulas: Iterable[Expression]) -> None:
        self._solver.add(list(formulas))

    def witness(self, formulas: Iterable[Expression] = ()) -> z3.ModelRef | None:
        """A model in which these formulas hold too; None where there is none. Raises `BudgetSpent`."""
        self._learn_ranges()
        self._solver.push()
        try:
            self._solver.add(list(formulas))
            return self._model(())
        finally:
            self._solver.pop()

    def witness_under(self, literals: Sequence[Expression]) -> z3.ModelRef | None:
        """The same for literals alone, which keeps what the solver has learned. Raises `BudgetSpent`."""
        self._learn_ranges()
        return self._model(literals)

    def _learn_ranges(self) -> None:
        """The declared ranges of everything that was encoded since the last check."""
        domain = self._encoding.domain
        if self._known < len(domain) or not self._known:
            self._solver.add(domain[self._known :] + self._encoding.same_texts_read_the_same())
            self._known = len(domain)

    def _model(self, literals: Sequence[Expression]) -> z3.ModelRef | None:
        try:
            result = self._solver.check(*literals)
            if result == z3.unsat:
                return None
            if result == z3.sat:
                return self._solver.model()
        except z3.Z3Exception as error:
            raise BudgetSpent from error
        raise BudgetSpent
