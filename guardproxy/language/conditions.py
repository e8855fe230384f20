"""Conditions to terms."""

from fractions import Fraction
from typing import cast

from guardproxy.ir import build
from guardproxy.ir.measures import DURATION
from guardproxy.ir.terms import Constant, Element, FieldOf, FoundInText, Relation, Term, UserSays, Variable
from guardproxy.ir.types import ListOf, Number, OneOf, Record, Text, Type, YesNo
from guardproxy.language import presence, types
from guardproxy.language.collector import Mistakes
from guardproxy.language.names import Names
from guardproxy.language.phrases import (
    Agrees,
    Comparison,
    Conforms,
    Connected,
    IsInList,
    IsOneOf,
    IsWithin,
    Literal,
    Negation,
    Path,
    Phrase,
    Presence,
    Quantified,
    SameSet,
    TextTest,
    UserSaid,
)
from guardproxy.language.place import Place
from guardproxy.language.tables import TableLowering
from guardproxy.language.texts import FinderReader, loose_texts
from guardproxy.language.types import described
from guardproxy.language.values import WHOLE, Typed, number_of
from guardproxy.source import Span

_RELATIONS: dict[str, Relation] = {
    "is before": "below",
    "is after": "above",
    "is on or before": "at most",
    "is on or after": "at least",
}
_YES_NO = {"true": "yes", "false": "no"}
_DATES = ("date", "time", "instant")


class ConditionLowering(TableLowering):
    def __init__(self, names: Names, mistakes: Mistakes) -> None:
        super().__init__(names, mistakes)
        self.texts = FinderReader(names, mistakes)
        self.agreeing: list[Variable] = []
        """Claims that a rule compares by `agrees with`: where one is absent, the rule does not apply."""

    def condition(self, phrase: Phrase, place: Place) -> Term | None:
        match phrase:
            case Connected():
                return self._connected(phrase, place)
            case Negation(inner):
                term = self.condition(inner, place)
                return build.negate(term) if term is not None else None
            case Comparison():
                return self._comparison(phrase, place)
            case IsOneOf():
                return self._is_one_of(phrase, place)
            case IsInList():
                return self._is_in_list(phrase, place)
            case Presence():
                return self._presence(phrase, place)
            case IsWithin():
                return self._is_within(phrase, place)
            case Agrees():
                return self._agrees(phrase, place)
            case TextTest():
                return self._text_test(phrase, place)
            case UserSaid(phrases):
                shown = ", ".join(f'"{p}"' for p in phrases)
                return Variable(f"user says {shown}", YesNo(), UserSays(phrases))
            case Quantified():
                return self._quantified(phrase, place)
            case SameSet() | Conforms():
                form = "`is the same set as`" if isinstance(phrase, SameSet) else f"`conforms to {phrase.kind}`"
                self.mistakes.not_yet(form, phrase.span)
                return None
        return self._yes_no(phrase, place)

    def _yes_no(self, phrase: Phrase, place: Place) -> Term | None:
        found = self.value(phrase, place)
        if found is None:
            return None
        if isinstance(found.type, YesNo):
            return found.term
        help_ = "compare it with something, such as `... is ...` or `... at most ...`"
        message = f"`{phrase.span.text}` is {described(found.type)} and no condition"
        self.mistakes.error("E039", message, phrase.span, help_)
        return None

    def _connected(self, phrase: Connected, place: Place) -> Term | None:
        loose = loose_texts(phrase)
        if loose:
            self._no_place_for(phrase, loose[0])
            return None
        known = self.names.definitions
        terms = [
            self.condition(part, place.knowing(presence.beside(phrase.parts, i, phrase.word, known)))
            for i, part in enumerate(phrase.parts)
        ]
        found = [t for t in terms if t is not None]
        if len(found) < len(terms):
            return None
        return build.all_of(*found) if phrase.word == "and" else build.any_of(*found)

    def _no_place_for(self, phrase: Connected, text: Literal) -> None:
        """`contains "a" or "b"`."""
        tests = [part for part in phrase.parts if isinstance(part, TextTest)]
        first = tests[0].sought[0].span.text
        relation = tests[0].relation
        help_ = f"write `{relation} any of {first}, {text.span.text}`"
        if phrase.word == "and" or relation not in ("contains", "mentions"):
            where = tests[0].span.text.partition(relation)[0].strip()
            help_ = f"write `... {phrase.word} {where} {relation} {text.span.text}`"
        self.mistakes.error("E039", f"nothing says where to look for `{text.span.text}`", text.span, help_)

    # --- comparisons --------------------------------------------------------------------------------------------------

    def _sides(self, left: Phrase, right: Phrase, place: Place) -> tuple[Typed, Typed] | None:
        """Both sides; the one that is a bare word is read last, for it may be a listed value of the other."""
        if isinstance(left, Path) and len(left.names) == 1 and not self._is_name(left.text, place):
            second = self.value(right, place)
            first = self.value(left, place, second.type if second is not None else None)
        else:
            first = self.value(left, place)
            second = self._beside(right, place, first)
        return (first, second) if first is not None and second is not None else None

    def _beside(self, right: Phrase, place: Place, first: Typed | None) -> Typed | None:
        if first is None and isinstance(right, Path) and len(right.names) == 1 and not self._is_name(right.text, place):
            return None
        return self.value(right, place, first.type if first is not None else None)

    def _comparison(self, phrase: Comparison, place: Place) -> Term | None:
        sides = self._sides(phrase.left, phrase.right, place)
        if sides is None:
            return None
        left, right = sides
        relation = cast(Relation, _RELATIONS.get(phrase.relation, phrase.relation))
        if not self._comparable(phrase, relation, left.type, right.type):
            return None
        self._point_out_limits(phrase, relation, left, right)
        return build.compare(relation, left.term, right.term)

    def _comparable(self, phrase: Comparison, relation: Relation, left: Type, right: Type) -> bool:
        if isinstance(left, Number) and isinstance(right, Number):
            return self._numbers_fit(phrase, left, right)
        if relation not in ("is", "is not"):
            wrong, side = (left, phrase.left) if not isinstance(left, Number) else (right, phrase.right)
            help_ = f"`{phrase.relation}` compares numbers and dates; for others write `is` or `is one of`"
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
            word = phrase.right.text.casefold()
            help_ = f"write `{_YES_NO.get(word, phrase.right.text)}` without quotes"
        elif isinstance(right, ListOf):
            help_ = "write `is in` for the elements of a list"
        else:
            help_ = "both sides have to be of one kind"
        message = f"{described(left)} is compared with {described(right)}"
        self.mistakes.error("E012", message, phrase.right.span, help_)

    def _numbers_fit(self, phrase: Comparison, left: Number, right: Number) -> bool:
        clash = types.clash(left, right)
        if clash is not None:
            self.mistakes.error(clash.code, clash.message, phrase.right.span, clash.help)
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

    def _is_one_of(self, phrase: IsOneOf, place: Place) -> Term | None:
        left = self.value(phrase.left, place)
        if left is None:
            return None
        options = [
            self._comparison(Comparison("is", phrase.left, option, option.span), place) for option in phrase.options
        ]
        found = [o for o in options if o is not None]
        if len(found) < len(options):
            return None
        term = build.any_of(*found)
        return build.negate(term) if phrase.negated else term

    def _is_in_list(self, phrase: IsInList, place: Place) -> Term | None:
        found = self.list(phrase.list, place)
        if found is None:
            return None
        variable, list_type, reading = found
        type_ = reading.type if reading.through_list else list_type.item
        left = self.value(phrase.left, place, type_)
        if left is None:
            return None
        as_comparison = Comparison("is", phrase.left, phrase.list, phrase.span)
        if not self._comparable(as_comparison, "is", left.type, type_):
            return None
        term = build.is_in(left.term, variable)
        if reading.through_list:
            element = Variable(".".join(("one", *reading.inner)), type_, Element("one", reading.inner))
            term = build.some(variable, "one", build.compare("is", element, left.term))
        return build.negate(term) if phrase.negated else term

    def _presence(self, phrase: Presence, place: Place) -> Term | None:
        if not isinstance(phrase.left, Path):
            help_ = "only a field is present or missing"
            self.mistakes.error("E012", f"`{phrase.left.span.text}` is no field", phrase.left.span, help_)
            return None
        reading = self.read(phrase.left, place, guarded=False)
        if reading is None:
            return None
        self._check_prefixes(phrase.left, reading.can_be_missing, place)
        term = build.is_present(reading.variable)
        return term if phrase.present else build.negate(term)

    def _check_prefixes(self, path: Path, can_be_missing: tuple[str, ...], place: Place) -> None:
        """A path's last part may be missing here; the parts before it may not."""
        outer = next((p for p in can_be_missing if p != path.text and p not in place.guarded), None)
        if outer is not None:
            help_ = f"write `{outer} is present and ...` before it"
            self.mistakes.error("E014", f"`{outer}` can be missing", path.span, help_)

    def _is_within(self, phrase: IsWithin, place: Place) -> Term | None:
        left, anchor = self.number(phrase.left, place), self.number(phrase.anchor, place)
        length = self.number(phrase.length, place)
        if left is None or anchor is None or length is None:
            return None
        moved = self._span_of(phrase, left[1], anchor[1], length)
        if moved is None:
            return None
        distance = Constant(moved, WHOLE)
        later, earlier = build.add(anchor[0], distance), build.subtract(anchor[0], distance)
        first = anchor[0] if phrase.nearness == "after" else earlier
        last = anchor[0] if phrase.nearness == "before" else later
        return build.all_of(build.compare("at least", left[0], first), build.compare("at most", left[0], last))

    def _span_of(self, phrase: IsWithin, left: Number, anchor: Number, length: tuple[Term, Number]) -> int | None:
        """The length in days between dates, in microseconds between instants."""
        clash = types.clash(left, anchor)
        if clash is not None or left.kind not in ("date", "instant"):
            message = clash.message if clash is not None else f"{described(left)} is no date or instant"
            self.mistakes.error("E012", message, phrase.span, "both sides are dates, or both are instants")
            return None
        if length[1].kind == "calendar" or not isinstance(length[0], Constant):
            what = "`within` a number of months or years"
            self.mistakes.not_yet(what, phrase.length.span, "say it in days, or compare `months from A to B`")
            return None
        if length[1].dimension != DURATION:
            self.mistakes.error(
                "E015", f"`{phrase.length.span.text}` is no duration", phrase.length.span, "such as `24 hours`"
            )
            return None
        units = Fraction(number_of(length[0])) * (Fraction(1, 86400) if left.kind == "date" else 10**6)
        if units.denominator == 1:
            return units.numerator
        self.mistakes.error(
            "E012", "dates lie whole days apart", phrase.length.span, "write whole days, or use instants"
        )
        return None

    def _agrees(self, phrase: Agrees, place: Place) -> Term | None:
        if not isinstance(phrase.left, Path):
            self.mistakes.error(
                "E012", f"`{phrase.left.span.text}` is no claim", phrase.left.span, "name a field of `claims`"
            )
            return None
        reading = self.paths.read(phrase.left, place)
        if reading is None:
            return None
        origin = reading.variable.origin
        if not (isinstance(origin, FieldOf) and origin.kind == "claims"):
            help_ = "`agrees with` is for claims; for other fields write `is`"
            self.mistakes.error("E012", f"`{phrase.left.text}` is no claim", phrase.left.span, help_)
            return None
        self.agreeing.append(reading.variable)
        guarded = place.knowing(frozenset({phrase.left.text}))
        return self._comparison(Comparison("is", phrase.left, phrase.right, phrase.span), guarded)

    # --- text ---------------------------------------------------------------------------------------------------------

    def _text_test(self, phrase: TextTest, place: Place) -> Term | None:
        finders = self.texts.finders(phrase)
        if phrase.where == "reply" or phrase.where == "any":
            if finders is None:
                return None
            name = " ".join(phrase.span.text.split())
            return Variable(name, YesNo(), FoundInText(phrase.where, finders))
        found = self.value(phrase.where, place)
        if found is None or finders is None:
            return None
        if not isinstance(found.type, Text) or not isinstance(found.term, Variable):
            span = phrase.where.span
            help_ = "text conditions look into `reply text`, `any text` or a text field"
            self.mistakes.error("E012", f"`{span.text}` is {described(found.type)} and no text", span, help_)
            return None
        return build.holds(found.term, finders)

    # --- lists --------------------------------------------------------------------------------------------------------

    def _quantified(self, phrase: Quantified, place: Place) -> Term | None:
        found = self.list(phrase.list, place)
        if found is None:
            return None
        variable, type_, reading = found
        if reading.through_list:
            message = f"`{phrase.list.text}` is the list of these fields"
            help_ = f"go through the list itself: `{phrase.quantifier} ... in {variable.name} has ...`"
            self.mistakes.error("E012", message, phrase.list.span, help_)
            return None
        inner = self.bound(phrase.binder, type_, place)
        has = self.condition(phrase.has, inner) if inner is not None else None
        if has is None:
            return None
        make = {"every": build.every, "some": build.some, "no": build.no}[phrase.quantifier]
        if phrase.quantifier == "every" and type_.low == 0 and phrase.list.text not in place.guarded:
            self._point_out_empty(phrase.list.span)
        return make(variable, phrase.binder.text, has)

    def _point_out_empty(self, span: Span) -> None:
        help_ = "declare `from 1 to ...`, or add `count of ... at least 1`, where an empty list is not meant"
        self.mistakes.warning("W202", f"`{span.text}` can be empty, and then this holds", span, help_)
