"""Comparisons to terms: which two values can be compared, and what is said where they cannot."""

from typing import cast

from guardproxy.ir import build
from guardproxy.ir.terms import Constant, Relation, Term
from guardproxy.ir.types import ListOf, Number, OneOf, Record, Text, Type, YesNo
from guardproxy.language import other_dates, types
from guardproxy.language.arithmetic import times_divisor
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.phrases import Comparison, IsOneOf, Literal, Path, Phrase
from guardproxy.language.place import Place
from guardproxy.language.tables import TableLowering, without_unit
from guardproxy.language.types import described
from guardproxy.language.values import Typed, number_of
from guardproxy.source import Span

_RELATIONS: dict[str, Relation] = {
    "is before": "below",
    "is after": "above",
    "is on or before": "at most",
    "is on or after": "at least",
}
_YES_NO = {"true": "yes", "false": "no"}
_DATES = ("date", "time", "instant")


class ComparisonLowering(TableLowering):
    def __init__(self, names: Names, mistakes: Mistakes) -> None:
        super().__init__(names, mistakes)
        self.compared: list[tuple[Term, Span]] = []
        """Comparisons as they are read, each as it was written, with its place."""

    def _sides(self, left: Phrase, right: Phrase, place: Place) -> tuple[Typed, Typed] | None:
        """Both sides; the one that is a bare word is read last, for it may be a listed value of the other."""
        if isinstance(left, Path) and len(left.names) == 1 and not self.is_name(left.text, place):
            second = self.quotient(right, place)
            first = self.quotient(left, place, second.type if second is not None else None)
        else:
            first = self.quotient(left, place)
            second = self._beside(right, place, first)
        return (first, second) if first is not None and second is not None else None

    def _beside(self, right: Phrase, place: Place, first: Typed | None) -> Typed | None:
        if first is None and isinstance(right, Path) and len(right.names) == 1 and not self.is_name(right.text, place):
            return None
        return self.quotient(right, place, first.type if first is not None else None)

    def comparison(self, phrase: Comparison, place: Place) -> Term | None:
        sides = self._sides(phrase.left, phrase.right, place)
        if sides is None:
            return None
        left, right = sides
        relation = cast(Relation, _RELATIONS.get(phrase.relation, phrase.relation))
        if not self.comparable(phrase, relation, left.type, right.type):
            return None
        self._point_out_limits(phrase, relation, left, right)
        if left.over == right.over:
            return build.compare(relation, left.term, right.term)
        # Divisors are positive: multiplying both sides by them keeps the order.
        above, below = times_divisor(left.term, right), times_divisor(right.term, left)
        self.note_products(phrase, above, below)
        return build.compare(relation, above, below)

    def comparable(self, phrase: Comparison, relation: Relation, left: Type, right: Type) -> bool:
        if isinstance(left, Number) and isinstance(right, Number):
            return self._numbers_fit(phrase, left, right)
        if relation not in ("is", "is not"):
            wrong, side = (left, phrase.left) if not isinstance(left, Number) else (right, phrase.right)
            help_ = f"`{phrase.relation}` compares numbers and dates; for others write `is` or `is one of`"
            if isinstance(side, Literal) and isinstance(left, Number):
                help_ = _without_quotes(side, left)
            self.mistakes.error("E012", f"`{side.span.text}` is {described(wrong)} and has no order", side.span, help_)
            return False
        if isinstance(left, OneOf) and isinstance(right, OneOf):
            return self._lists_meet(phrase, left, right)
        if type(left) is type(right) and not isinstance(left, ListOf | Record):
            return True
        if {type(left), type(right)} == {OneOf, Text}:
            return True
        self._no_match(phrase, left, right)
        return False

    def _no_match(self, phrase: Comparison, left: Type, right: Type) -> None:
        if isinstance(left, ListOf) and isinstance(right, ListOf):
            help_ = "compare lists by `is the same set as`"
        elif isinstance(phrase.right, Literal) and isinstance(right, Text) and isinstance(left, YesNo | Number):
            help_ = _without_quotes(phrase.right, left)
        elif isinstance(right, ListOf):
            help_ = "write `is in` for the elements of a list"
        else:
            help_ = "both sides have to be of one kind"
        message = f"{described(left)} is compared with {described(right)}"
        self.mistakes.error("E012", message, phrase.right.span, help_)

    def _numbers_fit(self, phrase: Comparison, left: Number, right: Number) -> bool:
        clash = types.clash(left, right)
        if clash is not None:
            help_ = without_unit(phrase.right, right, phrase.left, left) or clash.help
            self.mistakes.error(clash.code, clash.message, phrase.right.span, help_)
            return False
        if phrase.relation in _RELATIONS and left.kind not in _DATES:
            word = "below" if "before" in phrase.relation else "above"
            help_ = f"write `{word}`, `at most` or `at least`"
            self.mistakes.error("E012", f"`{phrase.relation}` compares dates and times", phrase.span, help_)
            return False
        return True

    def _lists_meet(self, phrase: Comparison, left: OneOf, right: OneOf) -> bool:
        if set(left.values) & set(right.values):
            return True
        message = f"{described(left)} is never {described(right)}"
        self.mistakes.error("E012", message, phrase.right.span, "the two have no listed value in common")
        return False

    def _point_out_limits(self, phrase: Comparison, relation: Relation, left: Typed, right: Typed) -> None:
        """A comparison that the declared limits decide alone is most likely a slip."""
        if not (isinstance(left.type, Number) and left.reading is not None and isinstance(right.term, Constant)):
            return
        if any(d.code in ("E004", "E033") for d in self.mistakes.found):
            return
        result = types.outcome(relation, left.type, number_of(right.term))
        if result != "depends":
            result_text = "always true" if result == "always" else "never true"
            limits = f"the declared limits of `{phrase.left.span.text}` decide it; correct one of the two"
            self.mistakes.warning("W201", f"this is {result_text}", phrase.span, limits)

    def is_one_of(self, phrase: IsOneOf, place: Place) -> Term | None:
        left = self.value(phrase.left, place)
        if left is None:
            return None
        options = [
            self.comparison(Comparison("is", phrase.left, option, option.span), place) for option in phrase.options
        ]
        found = [o for o in options if o is not None]
        if len(found) < len(options):
            return None
        term = build.any_of(*found)
        return build.negate(term) if phrase.negated else term


def _without_quotes(text: Literal, of: Type) -> str:
    meant = other_dates.meant_by(text.text) if isinstance(of, Number) and of.kind == "date" else ()
    word = " or ".join(f"`{day}`" for day in meant) or f"`{_YES_NO.get(text.text.casefold(), text.text)}`"
    return f"write {word} without quotes"
