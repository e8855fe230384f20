"""Many questions about the same terms: for each, a case in which some of them say what is wanted, or none.

Each term is encoded once, as two formulas (it is true, it is false), each behind a literal of its own; a question is
one check under the literals that it wants. Entries with products of unknowns or calendar months get a solver of their
own, so that they cannot slow down the others. What ranges refute is never asked, nor what a sample already shows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

import z3

from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import Constant, MonthsBetween, Product, Term, Variable
from guardproxy.ir.types import ABSENT, INVALID, ListOf, Record, Text, Type, Value
from guardproxy.ir.walk import subterms, variables, whole
from guardproxy.logic.bounds import Truth, is_empty, may_be
from guardproxy.logic.budget import Budget
from guardproxy.logic.checker import BudgetSpent, Checker
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import Expression
from guardproxy.logic.questions import Case, Cases, FindCases, NoCase, Says
from guardproxy.logic.rails import Rails
from guardproxy.logic.replay import Model, NotReplayable, read_model
from guardproxy.logic.samples import ALL_SAMPLES, Samples

_OPPOSITES: Final[Mapping[Says, frozenset[Says]]] = {
    "true": frozenset({"false", "not true"}),
    "false": frozenset({"true", "not false"}),
    "not true": frozenset({"true"}),
    "not false": frozenset({"false"}),
}
Entry = tuple[tuple[int, Says], ...]


def find_cases(question: FindCases, budget: Budget, context: z3.Context | None = None) -> Cases:
    """A case for each entry, replayed in the evaluator; `NoCase.NONE` only where it is proved that there is none."""
    search = _Search(question.terms, budget, context)
    known: dict[frozenset[tuple[int, Says]], Case | NoCase] = {}
    found = []
    for entry in question.wanted:
        key = frozenset(entry)
        if key not in known:
            known[key] = search.find(tuple(dict.fromkeys(entry)))
        found.append(known[key])
    return Cases(tuple(found))


class _Search:
    def __init__(self, terms: Sequence[Term], budget: Budget, context: z3.Context | None) -> None:
        self.terms = [_Wanted(term) for term in terms]
        self.budget, self._context = replace(budget, steps=budget.case_steps), context
        self.together: _Solver | None = None
        self.samples = Samples([each.term for each in self.terms])

    @cached_property
    def context(self) -> z3.Context:
        """Made when it is needed: most questions are answered by ranges and samples."""
        return self._context or z3.Context()

    def find(self, entry: Entry) -> Case | NoCase:
        found = self._found(entry)
        texts = _free_texts(found.values) if isinstance(found, Case) else frozenset()
        return replace(found, placeholders=texts - self.named_texts) if isinstance(found, Case) and texts else found

    @cached_property
    def named_texts(self) -> frozenset[str]:
        """The texts that stand in the terms."""
        parts = (part for each in self.terms for part in subterms(each.original) if isinstance(part, Constant))
        return frozenset(part.value for part in parts if isinstance(part.value, str))

    def _found(self, entry: Entry) -> Case | NoCase:
        if _contradicts_itself(entry) or not all(self.terms[at].may_say(says) for at, says in entry):
            return NoCase.NONE
        sampled = self._sampled(entry)
        if sampled is not None:
            return sampled
        try:
            return self._solver(entry).find(entry)
        except BudgetSpent:
            return NoCase.BUDGET

    def _sampled(self, entry: Entry) -> Case | None:
        """A case among the samples, where there is one that the evaluator confirms."""
        fits = ALL_SAMPLES
        for at, says in entry:
            fits &= self.samples.bits(at).saying(says)
        if not fits:
            return None
        reads = dict.fromkeys(whole(variable) for at, _ in entry for variable in self.terms[at].reads)
        values = self.samples.values(reads, (fits & -fits).bit_length() - 1)
        model = Model(values, self.samples.findings)
        return _confirmed(model, [(self.terms[at].original, says) for at, says in entry])

    def _solver(self, entry: Entry) -> "_Solver":
        if any(self.terms[at].is_hard for at, _ in entry):
            return _Solver({at: self.terms[at] for at, _ in entry}, self.budget, self.context)
        if self.together is None:
            easy = {at: term for at, term in enumerate(self.terms) if not (term.is_hard or term.reads_nothing)}
            self.together = _Solver(easy, self.budget, self.context)
        return self.together


def _contradicts_itself(entry: Entry) -> bool:
    wanted = set(entry)
    return any((at, other) in wanted for at, says in entry for other in _OPPOSITES[says])


class _Wanted:
    """One of the terms, simplified, and what is known of it without a solver."""

    def __init__(self, term: Term) -> None:
        self.original, self.term = term, substitute(term, {})

    @cached_property
    def reads(self) -> tuple[Variable, ...]:
        return variables(self.original)

    @cached_property
    def reads_nothing(self) -> bool:
        """Whether a variable has no value at all, so that there are no cases."""
        return any(is_empty(each.type) for each in self.reads)

    @cached_property
    def is_hard(self) -> bool:
        return any(isinstance(each, Product | MonthsBetween) for each in subterms(self.term))

    @cached_property
    def _truth(self) -> Truth:
        return may_be(self.term)

    def may_say(self, says: Says) -> bool:
        if self.reads_nothing:
            return False
        truth = self._truth
        return {
            "true": truth.true,
            "false": truth.false,
            "not true": truth.false or truth.invalid,
            "not false": truth.true or truth.invalid,
        }[says]


class _Solver:
    """Some of the terms in one solver."""

    def __init__(self, terms: Mapping[int, _Wanted], budget: Budget, context: z3.Context) -> None:
        self.terms = terms
        self.encoding = Encoding([each.term for each in terms.values()], context)
        self.rails: dict[int, Rails] = {}
        self.checker = Checker(self.encoding, budget)
        self.literals: dict[tuple[int, Says], Expression] = {}

    def find(self, entry: Entry) -> Case | NoCase:
        """Raises `BudgetSpent`."""
        literals = [self._literal(at, says) for at, says in entry]
        model = self.checker.witness_under(literals)
        if model is None:
            return NoCase.NONE
        found = self._replayed(model, entry)
        if found is None and (new := self.encoding.searched_texts_are_new()):
            model = self.checker.witness([*literals, *new])
            found = None if model is None else self._replayed(model, entry)
        return found or NoCase.BUDGET

    def _literal(self, at: int, says: Says) -> Expression:
        if (at, says) not in self.literals:
            if at not in self.rails:
                self.rails[at] = self.encoding.truth(self.terms[at].term)
            rails, literal = self.rails[at], self.encoding.fresh(z3.Bool)
            formula = rails.true if says in ("true", "not true") else rails.false
            wanted = self.encoding.negated(formula) if says in ("not true", "not false") else formula
            self.checker.add([z3.Implies(literal, wanted)])
            self.literals[at, says] = literal
        return self.literals[at, says]

    def _replayed(self, model: z3.ModelRef, entry: Entry) -> Case | None:
        reads = dict.fromkeys(variable for at, _ in entry for variable in self.terms[at].reads)
        try:
            found = read_model(model, self.encoding, reads)
        except NotReplayable:
            return None
        wanted = [(self.terms[at].original, says) for at, says in entry]
        return _confirmed(found, wanted)


def _confirmed(model: Model, wanted: Iterable[tuple[Term, Says]]) -> Case | None:
    """The case that a model shows, if the reference evaluator says so too."""
    for term, says in wanted:
        value = model.value_of(term)
        fits = {
            "true": value is True,
            "false": value is False,
            "not true": value is False or value is INVALID,
            "not false": value is True or value is INVALID,
        }
        if not fits[says]:
            return None
    texts = set(_texts(model.values.values())) if model.findings else set()
    return Case(model.values, {key: says for key, says in model.findings.items() if key[1] in texts})


def _free_texts(values: Mapping[Variable, Value]) -> frozenset[str]:
    """Every text that is none of a few listed values."""
    return frozenset(text for variable, value in values.items() for text in _texts_of(variable.type, value))


def _texts_of(of: Type, value: Value) -> Iterator[str]:
    match of:
        case Text() if isinstance(value, str):
            yield value
        case ListOf(item) if isinstance(value, tuple):
            for each in value:
                yield from _texts_of(item, each)
        case Record(_, fields) if isinstance(value, Mapping):
            for field in fields:
                yield from _texts_of(field.type, value.get(field.name, ABSENT))


def _texts(values: Iterable[Value]) -> Iterator[str]:
    """Every text in some values."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _texts(value)
        elif isinstance(value, Mapping):
            yield from _texts(value.values())
