"""The questions that a solver answers, and its answers: plain values that travel to a worker process and back.

Each question is about residual terms: everything known has been put in, so the only variables left are unknown ones.
No text is ever in them: a condition on a text is a yes/no variable by then. An answer type cannot be used as a bool,
so that `budget` (the solver did not finish) is never read as "fine".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NoReturn, TypeAlias

from guardproxy.ir.terms import Finder, Term, Variable
from guardproxy.ir.types import Value


class Decision(Enum):
    """Over all values within the declared ranges: the condition always holds, never holds, or depends on them."""

    ALWAYS = "always"
    NEVER = "never"
    DEPENDS = "depends"
    BUDGET = "budget"

    def __bool__(self) -> NoReturn:
        raise TypeError("a decision has four values: compare it with one of them")


@dataclass(frozen=True, slots=True)
class Decide:
    """Is `term` true whatever the unknown values are? The answer is a `Decision`."""

    term: Term


@dataclass(frozen=True, slots=True)
class Adjustable:
    """A value that a repair may change: from `original` down, up, to `to`, or away (`removing`).

    `order` is the position of its call in the answer: between equal repairs, the later call changes.
    """

    variable: Variable
    how: Literal["lowering", "raising", "removing", "setting"]
    original: Value
    to: Value | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class FindRepair:
    """The smallest change of the adjustables that makes all `demands` true.

    Fewest fields first, then the smallest sum of changes counted in each field's `step`, then later calls before
    earlier ones. The answer is a `Repaired` or a `NoRepair`.
    """

    demands: tuple[Term, ...]
    adjustables: tuple[Adjustable, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """New values for the variables that change, and for no others. `ABSENT` where one is removed."""

    values: Mapping[Variable, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoRepair:
    """`budget` is true when the solver did not finish, so that a repair may exist."""

    budget: bool = False


Says = Literal["true", "false", "not true", "not false"]


@dataclass(frozen=True, slots=True)
class FindCases:
    """For each entry of `wanted`: values of all variables for which these of the `terms` say what is wanted.

    An entry is a tuple of pairs: a position in `terms`, and what that term has to say (`not true`: false or invalid).
    Terms are shared by the entries, so that many questions about one policy cost little more than one. The answer is a
    `Cases`, with one result for each entry in its order. Every case that is found was replayed in the evaluator.
    """

    terms: tuple[Term, ...]
    wanted: tuple[tuple[tuple[int, Says], ...], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Values for all variables that the wanted terms read: a concrete case. What is picked from a list stands in it.

    A text that is only searched has a placeholder as its value; `findings` says of each such text which finders have to
    find something in it and which must not. The solver takes them to be independent of each other. `placeholders` are
    all texts that the question does not name: in the place of each, another one does as well.
    """

    values: Mapping[Variable, Value] = field(default_factory=dict)
    findings: Mapping[tuple[tuple[Finder, ...], str], bool] = field(default_factory=dict)
    placeholders: frozenset[str] = frozenset()


class NoCase(Enum):
    """`NONE`: proved that there is no such case. `BUDGET`: not decided."""

    NONE = "none"
    BUDGET = "budget"

    def __bool__(self) -> NoReturn:
        raise TypeError("that there is no case has two reasons: compare it with one of them")


@dataclass(frozen=True, slots=True)
class Cases:
    """The answer to `FindCases`."""

    found: tuple[Case | NoCase, ...]


Question: TypeAlias = Decide | FindRepair | FindCases
Reply: TypeAlias = Decision | Repaired | NoRepair | Cases
Ask: TypeAlias = Callable[[Question], Reply]
"""Answers a question, in whatever process it likes."""
