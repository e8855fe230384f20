"""Asking the solver: many claims in one question, since the terms are shared."""

from collections.abc import Sequence
from typing import TypeAlias

from guardproxy.ir.build import FALSE, TRUE
from guardproxy.ir.terms import Constant, Term
from guardproxy.logic.questions import Ask, Case, Cases, FindCases, NoCase, Says

Sought: TypeAlias = tuple[tuple[Term, Says], ...]
"""A case is sought in which each of these terms says this."""

_SAID_BY: dict[Says, Term] = {"true": TRUE, "not false": TRUE, "false": FALSE, "not true": FALSE}

_MOST_AT_ONCE = 256


_Numbered: TypeAlias = tuple[tuple[int, Says], ...]


class Inquiry:
    """Asks through `ask` and counts what was asked. Terms are numbered once: hashing large ones takes its time."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.questions = 0
        self.sought = 0
        self._terms: list[Term] = []
        self._numbers: dict[Term, int] = {}
        self._known: dict[int, tuple[Term, int]] = {}

    def case(self, sought: Sought) -> Case | NoCase:
        return self.cases([sought])[0]

    def cases(self, sought: Sequence[Sought]) -> list[Case | NoCase]:
        """One result for each, in their order. What constants decide is not asked."""
        needed = [self._left_to_ask(each) for each in sought]
        wanted = list(dict.fromkeys(each for each in needed if each))
        found: dict[_Numbered, Case | NoCase] = {}
        for start in range(0, len(wanted), _MOST_AT_ONCE):
            part = wanted[start : start + _MOST_AT_ONCE]
            found.update(zip(part, self._asked(part), strict=True))
        return [NoCase.NONE if each is None else found[each] if each else Case() for each in needed]

    def _asked(self, wanted: Sequence[_Numbered]) -> Sequence[Case | NoCase]:
        self.questions += 1
        self.sought += len(wanted)
        position: dict[int, int] = {}
        pairs = tuple(
            tuple((position.setdefault(number, len(position)), says) for number, says in each) for each in wanted
        )
        reply = self._ask(FindCases(tuple(self._terms[number] for number in position), pairs))
        if isinstance(reply, Cases) and len(reply.found) == len(wanted):
            return reply.found
        return [NoCase.BUDGET] * len(wanted)

    def _left_to_ask(self, sought: Sought) -> _Numbered | None:
        """Without what constants say anyway; None where one of them says otherwise."""
        kept: dict[tuple[int, Says], None] = {}
        for term, says in sought:
            if isinstance(term, Constant):
                if term != _SAID_BY[says]:
                    return None
            else:
                kept[self._number(term), says] = None
        return tuple(kept)

    def _number(self, term: Term) -> int:
        known = self._known.get(id(term))
        if known is None:
            number = self._numbers.setdefault(term, len(self._terms))
            if number == len(self._terms):
                self._terms.append(term)
            # The term is kept beside its number, so that no other object gets its id.
            known = self._known[id(term)] = (term, number)
        return known[1]
