"""Sums, products and quotients to terms.

A quotient by a value that is not fixed has no term of its own: where it is compared, both sides are multiplied by the
divisor instead. So the divisor has to be known as positive or negative from its declared limits.
"""

from abc import abstractmethod
from collections.abc import Iterable
from fractions import Fraction

from guardproxy.ir import build
from guardproxy.ir.terms import Case, Constant, CountOf, Product, Scaled, Sum, Term, Variable
from guardproxy.ir.types import ListOf, Number
from guardproxy.ir.walk import subterms
from guardproxy.language import types
from guardproxy.language.phrases import Arithmetic, Negative, Phrase
from guardproxy.language.place import Place
from guardproxy.language.types import Clash, described
from guardproxy.language.values import NumberTerm, Typed, ValueLowering, number_of


class ArithmeticLowering(ValueLowering):
    @abstractmethod
    def shifted(self, phrase: Arithmetic, left: NumberTerm, right: NumberTerm) -> Typed | None: ...

    def negative(self, phrase: Negative, place: Place) -> Typed | None:
        found = self.quotient(phrase.value, place)
        type_ = self.number_type(phrase.value, found)
        if found is None or type_ is None:
            return None
        if type_.kind in types.POINTS:
            self.mistakes.error("E012", f"{described(type_)} has no negative", phrase.span, "take the `-` away")
            return None
        return Typed(build.scaled(-1, found.term), types.unlimited(type_), over=found.over)

    def arithmetic(self, phrase: Arithmetic, place: Place) -> Typed | None:
        left, right = self.quotient(phrase.left, place), self.quotient(phrase.right, place)
        one, other = self.number_type(phrase.left, left), self.number_type(phrase.right, right)
        if left is None or right is None or one is None or other is None:
            return None
        match phrase.operation:
            case "+" | "-":
                shifted = self.shifted(phrase, (left.term, one), (right.term, other))
                return shifted or self._computed(phrase, types.of_sum(one, other), _sum(phrase, left, right))
            case "*":
                term = product(left.term, right.term)
                self.note_products(phrase, term)
                return self._computed(phrase, types.of_product(one, other), (term, _divisors(left, right)))
        divided = self._divided(phrase, left, right)
        return self._computed(phrase, types.of_quotient(one, other), divided) if divided is not None else None

    def _computed(self, phrase: Phrase, type_: Number | Clash, term_over: tuple[Term, Term | None]) -> Typed | None:
        if isinstance(type_, Clash):
            self.mistakes.error(type_.code, type_.message, phrase.span, type_.help)
            return None
        return Typed(term_over[0], type_, over=term_over[1])

    def note_products(self, phrase: Phrase, *terms: Term) -> None:
        """Remarks once on terms that multiply two values, neither of them fixed."""
        products = (part for term in terms for part in subterms(term) if isinstance(part, Product))
        if not self.product_noted and next(products, None) is not None:
            self.product_noted = True
            message = f"`{phrase.span.text}` multiplies two values that are not fixed"
            help_ = "every check of an answer stays exact; a proof over all answers may not finish"
            self.mistakes.remark("I301", message, phrase.span, help_)

    def _divided(self, phrase: Arithmetic, left: Typed, right: Typed) -> tuple[Term, Term | None] | None:
        """Numerator and divisor of `left / right`; None where the divisor may be zero."""
        span = phrase.right.span
        if isinstance(right.term, Constant) and right.over is None:
            divisor = number_of(right.term)
            if divisor == 0:
                self.mistakes.error("E028", "nothing is divided by zero", span, "correct the divisor")
                return None
            return build.scaled(1 / Fraction(divisor), left.term), left.over
        sign = sign_of(right.term)
        if sign == 0:
            help_ = "declare limits that leave out zero, divide by a number that stands here,\n"
            help_ += "or multiply on the other side"
            self.mistakes.error("E028", f"`{span.text}` could be zero", span, help_)
            return None
        above = left.term if right.over is None else product(left.term, right.over)
        below = build.scaled(sign, right.term)
        return build.scaled(sign, above), below if left.over is None else product(left.over, below)


def _sum(phrase: Arithmetic, left: Typed, right: Typed) -> tuple[Term, Term | None]:
    second = build.scaled(1 if phrase.operation == "+" else -1, right.term)
    if left.over == right.over:
        return build.add(left.term, second), left.over
    first, second = times_divisor(left.term, right), times_divisor(second, left)
    return build.add(first, second), _divisors(left, right)


def times_divisor(term: Term, other: Typed) -> Term:
    """A term multiplied by the other side's divisor, where it has one."""
    return term if other.over is None else product(term, other.over)


def _divisors(left: Typed, right: Typed) -> Term | None:
    if left.over is None or right.over is None:
        return left.over or right.over
    return product(left.over, right.over)


def product(left: Term, right: Term) -> Term:
    """A factor that stands in the policy comes first: a constant product keeps the other's unit."""
    return build.product(right, left) if isinstance(right, Constant) else build.product(left, right)


def sign_of(term: Term) -> int:
    """1 where a number is above zero and -1 where it is below zero whatever its variables are within their declared
    limits; 0 where it may be zero or where that is not plain to see."""
    match term:
        case Constant():
            value = number_of(term)
            return (value > 0) - (value < 0)
        case Variable(type=Number(low=low, high=high)):
            return int(low is not None and low > 0) - int(high is not None and high < 0)
        case Scaled(factor, inner):
            return sign_of(inner) * ((factor > 0) - (factor < 0))
        case Product(left, right):
            return sign_of(left) * sign_of(right)
        case CountOf(list=Variable(type=ListOf(low=low)), where=None):
            return int(low > 0)
        case Sum(terms) if terms:
            return _common(sign_of(each) for each in terms)
        case Case(rows) if rows:
            return _common(sign_of(value) for _, value in rows)
    return 0


def _common(signs: Iterable[int]) -> int:
    found = set(signs)
    return found.pop() if len(found) == 1 else 0
