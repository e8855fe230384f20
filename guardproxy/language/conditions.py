"""Conditions to terms."""

from itertools import takewhile

from guardproxy.conformance import why_refused
from guardproxy.ir import build
from guardproxy.ir.printed import quoted
from guardproxy.ir.terms import Conforms as ConformsTo
from guardproxy.ir.terms import Element, FieldOf, FoundInText, Term, UserSays, Variable
from guardproxy.ir.types import ListOf, Record, Text, Type, YesNo
from guardproxy.language import presence
from guardproxy.language.beside import is_bare, meant_file
from guardproxy.language.collector import Mistakes
from guardproxy.language.comparisons import ComparisonLowering
from guardproxy.language.lists import unused
from guardproxy.language.names import Names
from guardproxy.language.paths import Reading
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
from guardproxy.language.texts import FinderReader, loose_texts
from guardproxy.language.types import described
from guardproxy.source import Span


class ConditionLowering(ComparisonLowering):
    def __init__(self, names: Names, mistakes: Mistakes) -> None:
        super().__init__(names, mistakes)
        self.texts = FinderReader(names, mistakes)
        self.agreeing: list[Variable] = []
        """Claims that a rule compares by `agrees with`: where one is absent, the rule does not apply."""

    def condition(self, phrase: Phrase, place: Place) -> Term | None:
        term = self._condition(phrase, place)
        if term is not None and isinstance(phrase, Agrees | Comparison | IsOneOf | IsInList | IsWithin | SameSet):
            self.compared.append((term, phrase.span))
        return term

    def _condition(self, phrase: Phrase, place: Place) -> Term | None:
        match phrase:
            case Connected():
                return self._connected(phrase, place)
            case Negation(inner):
                term = self.condition(inner, place)
                return build.negate(term) if term is not None else None
            case Comparison():
                return self.comparison(phrase, place)
            case IsOneOf():
                return self.is_one_of(phrase, place)
            case IsInList():
                return self._is_in_list(phrase, place)
            case Presence():
                return self._presence(phrase, place)
            case IsWithin():
                return self.is_within(phrase, place)
            case Agrees():
                return self._agrees(phrase, place)
            case TextTest():
                return self._text_test(phrase, place)
            case UserSaid(phrases):
                shown = ", ".join(map(quoted, phrases))
                return Variable(f"user says {shown}", YesNo(), UserSays(phrases))
            case Quantified():
                return self._quantified(phrase, place)
            case SameSet():
                return self._same_set(phrase, place)
            case Conforms():
                return self._conforms(phrase)
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
        if self._listed_loosely(phrase, place):
            return None
        guarded = presence.beside(phrase.parts, phrase.word, self.names.definitions)
        terms = [self.condition(part, place.knowing(known)) for part, known in zip(phrase.parts, guarded, strict=True)]
        found = [t for t in terms if t is not None]
        if len(found) < len(terms):
            return None
        return build.all_of(*found) if phrase.word == "and" else build.any_of(*found)

    def _listed_loosely(self, phrase: Connected, place: Place) -> bool:
        """`customer.state is NY or CA`: reported, with what says it."""
        for first, *rest in ((p, *phrase.parts[i + 1 :]) for i, p in enumerate(phrase.parts[:-1])):
            if not isinstance(first, Comparison) or first.relation not in ("is", "is not"):
                continue
            more = list(takewhile(lambda part: self._is_value(part, place), rest))
            if more:
                listed = ", ".join(part.span.one_line for part in (first.right, *more))
                help_ = f"write `{first.left.span.one_line} {first.relation} one of {listed}`"
                message = f"`{more[0].span.one_line}` is no condition by itself"
                self.mistakes.error("E039", message, more[0].span, help_)
                return True
        return False

    def _is_value(self, part: Phrase, place: Place) -> bool:
        """Whether it is a value, or a word that names nothing and so was meant as one."""
        if isinstance(part, Path):
            return len(part.names) == 1 and not self.is_name(part.text, place) and part.text not in self.names.broken
        return isinstance(part, Literal) and part.kind != "yes/no"

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

    # --- fields -------------------------------------------------------------------------------------------------------

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
        if not self.comparable(as_comparison, "is", left.type, type_):
            return None
        if reading.through_list:
            binder = unused("one", place)
            term = build.some(variable, binder, build.compare("is", _element(binder, reading, type_), left.term))
        else:
            term = build.is_in(left.term, variable)
        return build.negate(term) if phrase.negated else term

    def _same_set(self, phrase: SameSet, place: Place) -> Term | None:
        if not isinstance(phrase.left, Path):
            help_ = "two lists are compared: `LIST is the same set as LIST`"
            self.mistakes.error("E012", f"`{phrase.left.span.text}` is no list", phrase.left.span, help_)
            return None
        left, right = self.list(phrase.left, place), self.list(phrase.right, place)
        if left is None or right is None:
            return None
        types = [reading.type if reading.through_list else type_.item for _, type_, reading in (left, right)]
        for side, type_ in zip((phrase.left, phrase.right), types, strict=True):
            if isinstance(type_, ListOf | Record):
                message = f"the elements of `{side.text}` are each {described(type_)}"
                self.mistakes.error("E012", message, side.span, "compare one field of them: `LIST.field`")
                return None
        as_comparison = Comparison("is", phrase.left, phrase.right, phrase.span)
        if not self.comparable(as_comparison, "is", *types):
            return None
        if not (left[2].through_list or right[2].through_list):
            return build.same_set(left[0], right[0])
        one, other = unused("one", place), unused("other", place)
        same = build.compare("is", _element(one, left[2], types[0]), _element(other, right[2], types[1]))
        return build.all_of(
            build.every(left[0], one, build.some(right[0], other, same)),
            build.every(right[0], other, build.some(left[0], one, same)),
        )

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
        return self.comparison(Comparison("is", phrase.left, phrase.right, phrase.span), guarded)

    # --- text ---------------------------------------------------------------------------------------------------------

    def _conforms(self, phrase: Conforms) -> Term | None:
        name, what = phrase.file, phrase.kind
        if not is_bare(name):
            help_ = "write the name alone: the file lies in the folder of the policy, or in the product's `grammars`"
            self.mistakes.error("E040", f"`{name}` is not the name of a file alone", phrase.file_span, help_)
            return None
        text = self.names.beside(name)
        if text is None:
            message = f"there is no file `{name}` in the folder of this policy, nor in the product's `grammars`"
            help_ = meant_file(name, self.names.beside) or "correct the name, or put the file beside the policy"
            self.mistakes.error("E040", message, phrase.file_span, help_)
            return None
        reason = why_refused(what, text)
        if reason is not None:
            message = f"`{name}` cannot be used as a {what}: {reason}"
            self.mistakes.error("E041", message, phrase.file_span, f"correct the file `{name}`")
            return None
        return Variable(f'reply conforms to {what} "{name}"', YesNo(), ConformsTo(what, name, text))

    def _text_test(self, phrase: TextTest, place: Place) -> Term | None:
        finders = self.texts.finders(phrase)
        if phrase.where == "reply" or phrase.where == "any":
            if finders is None:
                return None
            return Variable(phrase.span.one_line, YesNo(), FoundInText(phrase.where, finders))
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
        if phrase.quantifier == "every" and type_.low == 0 and presence.not_empty(phrase.list) not in place.guarded:
            self._point_out_empty(phrase.list.span)
        return make(variable, phrase.binder.text, has)

    def _point_out_empty(self, span: Span) -> None:
        help_ = "declare `from 1 to ...`, or add `count of ... at least 1`, where an empty list is not meant"
        self.mistakes.warning("W202", f"`{span.text}` can be empty, and then this holds", span, help_)


def _element(binder: str, reading: Reading, type_: Type) -> Variable:
    """What a list's path reads of one of its elements."""
    return Variable(".".join((binder, *reading.inner)), type_, Element(binder, reading.inner))
