"""How much may be asked about one policy. Counted in what the solver has to read, so that every machine stops alike."""

from guardproxy.ir.terms import Term
from guardproxy.ir.walk import subterms
from guardproxy.logic.questions import Ask, Cases, FindCases, NoCase, Question, Reply

MOST_READ = 150_000
"""Parts of terms and of cases that are sought, over all questions about a policy."""
_EACH = 40
"""What one question costs besides, and one case."""
MOST_RULES_COMPARED = 500
"""Of the rules that are judged together: so many are compared with each other, two by two."""


class Budget:
    """Asks as long as there is something left; then nothing is decided any more."""

    def __init__(self, ask: Ask, left: int = MOST_READ) -> None:
        self._ask = ask
        self._left = left
        self._sizes: dict[int, tuple[Term, int]] = {}

    def __call__(self, question: Question) -> Reply:
        if not isinstance(question, FindCases):
            return self._ask(question)
        if self._left > 0:
            self._left -= _EACH + sum(_EACH + len(each) for each in question.wanted)
            self._left -= sum(self._size(term) for term in question.terms)
            # The last question may be asked whole, unless it is larger than all that a policy may ask.
            if self._left > -MOST_READ:
                return self._ask(question)
        return Cases((NoCase.BUDGET,) * len(question.wanted))

    def _size(self, term: Term) -> int:
        known = self._sizes.get(id(term))
        if known is None:
            known = self._sizes[id(term)] = (term, sum(1 for _ in subterms(term)))  # kept, so that its id stays its own
        return known[1]
