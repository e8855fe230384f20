"""From the parser's tree to conditions and expressions. Each method is named after the grammar rule that it reads."""

from fractions import Fraction
from functools import partial
from typing import Any, cast
from unicodedata import normalize

from lark import Token, Tree
from lark.tree import Meta

from guardproxy.diagnostics import Diagnostic
from guardproxy.ir import currencies
from guardproxy.language import literals
from guardproxy.language.phrases import (
    Agrees,
    Arithmetic,
    Between,
    ClockReading,
    Comparison,
    Conforms,
    Connected,
    Count,
    ExemptionText,
    IsInList,
    IsOneOf,
    IsWithin,
    Literal,
    LiteralKind,
    Name,
    Negation,
    Negative,
    Path,
    PatternText,
    Phrase,
    Presence,
    Quantified,
    SameSet,
    Sought,
    TextTest,
    Total,
    TotalPer,
    UserSaid,
)
from guardproxy.source import SourceText, Span

Parts = list[Any]


class PhraseReader:
    """Collects `mistakes` in literals: these are found while reading, and the tree goes on with a stand-in."""

    def __init__(self, source: SourceText) -> None:
        self._written = source
        self.mistakes: list[Diagnostic] = []

    def read(self, tree: Tree[Token]) -> Any:
        """What the method named after the tree's rule makes of it; a rule without one stays a tree."""
        parts = [self.read(child) if isinstance(child, Tree) else child for child in tree.children]
        method = getattr(self, str(tree.data), None)
        return Tree(tree.data, parts, tree.meta) if method is None else method(tree.meta, parts)

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _span(self, meta: Meta) -> Span:
        return Span(self._written, meta.start_pos, meta.end_pos)

    def _at(self, token: Token) -> Span:
        return Span(self._written, cast(int, token.start_pos), cast(int, token.end_pos))

    def _name(self, token: Token | Name) -> Name:
        if isinstance(token, Name):
            return token
        quoted = token.type == "STRING"
        return Name(normalize("NFC", self._string(token) if quoted else str(token)), self._at(token), quoted)

    def _string(self, token: Token) -> str:
        return str(self._checked(token, literals.string, str(token)[1:-1]))

    def _text(self, token: Token) -> Literal:
        return Literal("text", self._at(token), text=self._string(token))

    def _figure(self, token: Token) -> Literal:
        return Literal("number", self._at(token), self._checked(token, literals.figure, Fraction(1)))

    def _checked(self, token: Token, read: Any, otherwise: Any) -> Any:
        try:
            return read(str(token))
        except literals.BadLiteral as bad:
            self.mistakes.append(Diagnostic("E004", bad.message, self._at(token), bad.help))
            return otherwise

    # --- literals and names -------------------------------------------------------------------------------------------

    def name(self, meta: Meta, parts: Parts) -> Name:
        return self._name(parts[0])

    def path(self, meta: Meta, parts: Parts) -> Path:
        return Path(tuple(self._name(p) for p in parts), self._span(meta))

    def word(self, meta: Meta, parts: Parts) -> Path:
        return Path((self._name(parts[0]),), self._span(meta))

    def number(self, meta: Meta, parts: Parts) -> Literal:
        return self._figure(parts[0])

    def percent(self, meta: Meta, parts: Parts) -> Literal:
        return self._with_unit("percent", meta, str(parts[0])[:-1], "%", parts[0])

    def money(self, meta: Meta, parts: Parts) -> Literal:
        text = str(parts[0])
        sign = text[0] if text[0] in currencies.SIGNS else text[-3:]
        return self._with_unit("money", meta, text.replace(sign, ""), sign, parts[0])

    def quantity(self, meta: Meta, parts: Parts) -> Literal:
        return self._with_unit("quantity", meta, str(parts[0]), str(parts[1]), parts[0])

    def _with_unit(self, kind: LiteralKind, meta: Meta, figure: str, unit: str, token: Token) -> Literal:
        figure = figure.strip()
        around = str(token).replace(figure, "{}", 1)
        read = partial(literals.figure, around=around)
        value = self._checked(Token.new_borrow_pos(token.type, figure, token), read, Fraction(1))
        return Literal(kind, self._span(meta), value, unit)

    def date(self, meta: Meta, parts: Parts) -> Literal:
        self._checked(parts[0], literals.day, 1)
        return Literal("date", self._span(meta), text=str(parts[0]))

    def instant(self, meta: Meta, parts: Parts) -> Literal:
        return self._instant(parts[0])

    def _instant(self, token: Token) -> Literal:
        self._checked(token, lambda text: literals.moment(text, "UTC"), 0)
        return Literal("instant", self._at(token), text=str(token))

    def time(self, meta: Meta, parts: Parts) -> Literal:
        self._checked(parts[0], literals.clock_time, 0)
        return Literal("time", self._span(meta), text=str(parts[0]))

    def yes(self, meta: Meta, parts: Parts) -> Literal:
        return Literal("yes/no", self._span(meta), Fraction(1), text="yes")

    def no(self, meta: Meta, parts: Parts) -> Literal:
        return Literal("yes/no", self._span(meta), Fraction(0), text="no")

    def text(self, meta: Meta, parts: Parts) -> Literal:
        return self._text(parts[0])

    # --- expressions --------------------------------------------------------------------------------------------------

    def negative(self, meta: Meta, parts: Parts) -> Negative:
        return Negative(parts[0], self._span(meta))

    def plus(self, meta: Meta, parts: Parts) -> Arithmetic:
        return Arithmetic("+", parts[0], parts[1], self._span(meta))

    def minus(self, meta: Meta, parts: Parts) -> Arithmetic:
        return Arithmetic("-", parts[0], parts[1], self._span(meta))

    def times(self, meta: Meta, parts: Parts) -> Arithmetic:
        return Arithmetic("*", parts[0], parts[1], self._span(meta))

    def over(self, meta: Meta, parts: Parts) -> Arithmetic:
        return Arithmetic("/", parts[0], parts[1], self._span(meta))

    def today(self, meta: Meta, parts: Parts) -> ClockReading:
        return ClockReading("today", self._span(meta))

    def now(self, meta: Meta, parts: Parts) -> ClockReading:
        return ClockReading("now", self._span(meta))

    def between(self, meta: Meta, parts: Parts) -> Between:
        return Between(cast(Any, str(parts[0]).split()[0]), parts[1], parts[2], self._span(meta))

    def count(self, meta: Meta, parts: Parts) -> Count:
        return Count(parts[0], self._span(meta))

    def count_where(self, meta: Meta, parts: Parts) -> Count:
        binder, list_, where = parts
        return Count(list_, self._span(meta), self._name(binder), where)

    def total(self, meta: Meta, parts: Parts) -> Total:
        return Total(parts[0], self._span(meta))

    def total_where(self, meta: Meta, parts: Parts) -> Total:
        item, binder, list_, *where = parts
        return Total(list_, self._span(meta), self._name(binder), item, where[0] if where else None)

    def total_per(self, meta: Meta, parts: Parts) -> TotalPer:
        return TotalPer(parts[0], parts[1], self._span(meta))

    # --- conditions ---------------------------------------------------------------------------------------------------

    def any_of(self, meta: Meta, parts: Parts) -> Connected:
        return Connected("or", tuple(parts), self._span(meta))

    def all_of(self, meta: Meta, parts: Parts) -> Connected:
        return Connected("and", tuple(parts), self._span(meta))

    def negation(self, meta: Meta, parts: Parts) -> Negation:
        return Negation(parts[0], self._span(meta))

    def relation(self, meta: Meta, parts: Parts) -> str:
        return " ".join(str(p) for p in parts)

    def nearness(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def compare(self, meta: Meta, parts: Parts) -> Comparison:
        left, relation, right = parts
        return Comparison(relation, left, right, self._span(meta))

    def options(self, meta: Meta, parts: Parts) -> tuple[Phrase, ...]:
        return tuple(parts)

    def is_one_of(self, meta: Meta, parts: Parts) -> IsOneOf:
        return IsOneOf(parts[0], parts[1], False, self._span(meta))

    def is_not_one_of(self, meta: Meta, parts: Parts) -> IsOneOf:
        return IsOneOf(parts[0], parts[1], True, self._span(meta))

    def is_in(self, meta: Meta, parts: Parts) -> IsInList:
        return IsInList(parts[0], parts[1], False, self._span(meta))

    def is_not_in(self, meta: Meta, parts: Parts) -> IsInList:
        return IsInList(parts[0], parts[1], True, self._span(meta))

    def is_present(self, meta: Meta, parts: Parts) -> Presence:
        return Presence(parts[0], True, self._span(meta))

    def is_missing(self, meta: Meta, parts: Parts) -> Presence:
        return Presence(parts[0], False, self._span(meta))

    def is_within(self, meta: Meta, parts: Parts) -> IsWithin:
        left, length, nearness, anchor = parts
        return IsWithin(left, length, nearness, anchor, self._span(meta))

    def same_set(self, meta: Meta, parts: Parts) -> SameSet:
        return SameSet(parts[0], parts[1], self._span(meta))

    def agrees(self, meta: Meta, parts: Parts) -> Agrees:
        return Agrees(parts[0], parts[1], self._span(meta))

    def quantifier(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def quantified(self, meta: Meta, parts: Parts) -> Quantified:
        quantifier, binder, list_, has = parts
        return Quantified(quantifier, self._name(binder), list_, has, self._span(meta))

    # --- text ---------------------------------------------------------------------------------------------------------

    def reply_text(self, meta: Meta, parts: Parts) -> str:
        return "reply"

    def any_text(self, meta: Meta, parts: Parts) -> str:
        return "any"

    def decoded(self, meta: Meta, parts: Parts) -> Span:
        return self._at(next(token for token in parts if token != ","))

    def text_place(self, meta: Meta, parts: Parts) -> Any:
        return parts if len(parts) > 1 else parts[0]

    def text_test(self, meta: Meta, parts: Parts) -> TextTest:
        place, (relation, sought) = parts
        where, decoded = place if isinstance(place, list) else (place, None)
        return TextTest(where, relation, sought, self._span(meta), decoded)

    def ignoring_case(self, meta: Meta, parts: Parts) -> bool:
        return True

    def contains(self, meta: Meta, parts: Parts) -> Any:
        return "contains", tuple(parts)

    def mentions(self, meta: Meta, parts: Parts) -> Any:
        return "mentions", tuple(Sought(self._name(p), self._at(p)) for p in parts)

    def starts_with(self, meta: Meta, parts: Parts) -> Any:
        return "starts with", (Sought(self._name(parts[0]), self._at(parts[0])),)

    def ends_with(self, meta: Meta, parts: Parts) -> Any:
        return "ends with", (Sought(self._name(parts[0]), self._at(parts[0])),)

    def matches(self, meta: Meta, parts: Parts) -> Any:
        return "matches", (Sought(self._pattern(parts), self._at(parts[0])),)

    def _pattern(self, parts: Parts) -> PatternText:
        return PatternText(literals.regex(str(parts[0])), len(parts) > 1, self._at(parts[0]))

    def sought(self, meta: Meta, parts: Parts) -> Sought:
        return Sought(self._name(parts[0]), self._at(parts[0]), tuple(parts[1:]))

    def except_ending(self, meta: Meta, parts: Parts) -> ExemptionText:
        return ExemptionText("ending", self._string(parts[1]), False, self._at(parts[1]))

    def except_starting(self, meta: Meta, parts: Parts) -> ExemptionText:
        return ExemptionText("starting", self._string(parts[1]), False, self._at(parts[1]))

    def except_matching(self, meta: Meta, parts: Parts) -> ExemptionText:
        return ExemptionText("matching", literals.regex(str(parts[1])), len(parts) > 2, self._at(parts[1]))

    def user_says(self, meta: Meta, parts: Parts) -> UserSaid:
        return UserSaid(tuple(self._string(p) for p in parts[1:]), self._span(meta))

    def output_kind(self, meta: Meta, parts: Parts) -> str:
        return str(parts[0])

    def conforms(self, meta: Meta, parts: Parts) -> Conforms:
        return Conforms(parts[0], self._string(parts[1]), self._at(parts[1]), self._span(meta))
