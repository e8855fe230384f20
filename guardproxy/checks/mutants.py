"""Changed rules: what an author's slip would have made of each, one small change at a time.

A policy's examples are good when they notice: at least one no longer holds. What no example notices is said in the
author's words. Only terms and outcomes change; declarations, examples and other rules stay.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from guardproxy.checks.exchange import exchanged
from guardproxy.checks.slips import POINT_STEPS, WHOLE, point_in_time, slip
from guardproxy.ir.build import FALSE, TRUE, add, all_of, any_of
from guardproxy.ir.policy import Clause, IfUnknown, Outcome, Policy, Rule
from guardproxy.ir.printed import printed, printed_value, quoted
from guardproxy.ir.terms import (
    And,
    CalledBefore,
    CallsSoFar,
    Case,
    Compare,
    Constant,
    FieldOf,
    Finder,
    ForEach,
    FoundInText,
    IsPresent,
    Not,
    Or,
    Relation,
    ResultField,
    Scaled,
    Term,
    UserSays,
    Variable,
)
from guardproxy.ir.types import OneOf, Rational, rational
from guardproxy.ir.walk import subterms, variables
from guardproxy.source import Span


@dataclass(frozen=True, slots=True)
class Mutant:
    """`rule` is the changed rule, None where it is gone. `if_` and `would` make the sentence: `if A-1 {if_}, ...`.

    `hint` is an example that would notice, as the end of a sentence; empty where none is obvious. `guards`: the change
    is in what says whether the rule applies. `texts`: it changes what is looked for in texts.
    """

    id: str
    rule: Rule | None
    span: Span
    says: str
    hint: str = ""
    guards: bool = False
    texts: bool = False


_STRICT: dict[Relation, Relation] = {
    "at most": "below",
    "below": "at most",
    "at least": "above",
    "above": "at least",
    "is": "is not",
    "is not": "is",
}
_QUANTIFIERS = {"every": "some", "some": "every", "no": "every"}


def mutants(policy: Policy) -> Iterator[Mutant]:
    """All small changes of the policy's own rules, each once."""
    for rule in policy.rules:
        if rule.id not in policy.inherited:
            seen: set[Rule] = set()
            for mutant in _of_rule(rule, policy):
                if mutant.rule is None or (mutant.rule != rule and mutant.rule not in seen):
                    if mutant.rule is not None:
                        seen.add(mutant.rule)
                    yield mutant


def _of_rule(rule: Rule, policy: Policy) -> Iterator[Mutant]:
    yield Mutant(rule.id, None, rule.span, "were not there", "an example that it stops", guards=True)
    yield from _outcomes(rule, policy)
    for clause in rule.clauses:
        changes = _Changes(rule, clause)
        yield from changes.whole_clause()
        for comparison, span in clause.comparisons:
            yield from changes.of_comparison(comparison, span)
        yield from changes.of_joints(clause.term)
        yield from changes.of_lists_and_tables()
        yield from changes.of_variables()


def _outcomes(rule: Rule, policy: Policy) -> Iterator[Mutant]:
    other = Outcome("warn") if rule.otherwise.kind == "block" else Outcome("block")
    said = f"`otherwise {rule.otherwise.kind}`" if rule.otherwise != Outcome() else "blocking"
    yield Mutant(
        rule.id, replace(rule, otherwise=other), rule.span, f"said `otherwise {other.kind}` instead of {said}",
        "an example that violates it", guards=True,
    )  # fmt: skip
    if _may_be_open(rule, policy):
        action: IfUnknown = "block" if rule.if_unknown == "allow" else "allow"
        now = f"`if unknown {rule.if_unknown}`" if rule.if_unknown_said else "blocking"
        yield Mutant(
            rule.id, replace(rule, if_unknown=action), rule.span, f"said `if unknown {action}` instead of {now}",
            "an example in which a value that it needs is unknown", guards=True,
        )  # fmt: skip
    if rule.repair is not None:
        how = f"`repair by {rule.repair.how} {', '.join(v.name for v in rule.repair.fields)}`"
        yield Mutant(
            rule.id, replace(rule, repair=None), rule.span, f"had no {how}", "an example that it repairs", True
        )


def _may_be_open(rule: Rule, policy: Policy) -> bool:
    """Whether a value that the rule reads may be unknown at the end of an answer."""
    for variable in (*variables(rule.applies), *variables(rule.demands)):
        origin = variable.origin
        if isinstance(origin, ResultField):
            return True
        if isinstance(origin, FieldOf) and origin.kind == "facts":
            schema = policy.schema(origin.schema, "facts")
            field = schema.field(origin.path[0]) if schema else None
            if field is not None and field.may_be_unknown:
                return True
    return False


class _Changes:
    """The changes of one clause, each put into the rule's terms where the clause's own terms stand in them."""

    def __init__(self, rule: Rule, clause: Clause) -> None:
        self.rule = rule
        self.clause = clause
        self.guards = clause.word in ("when", "except when")

    def _with(
        self, old: Term, new: Term, span: Span, says: str, hint: str = "", texts: bool = False
    ) -> Iterator[Mutant]:
        """The rule with `new` for `old` in the part that this clause belongs to; nothing where it is not there."""
        part = self.rule.applies if self.guards else self.rule.demands
        changed = exchanged(part, old, new)
        if changed != part:
            rule = replace(self.rule, applies=changed) if self.guards else replace(self.rule, demands=changed)
            yield Mutant(self.rule.id, rule, span, says, hint, self.guards, texts)

    def whole_clause(self) -> Iterator[Mutant]:
        """The clause left out. A rule without its body is no rule, so the body stays."""
        if self.clause.word != "body" and not _is_about_a_claim(self.clause.term):
            neutral = TRUE if self.clause.word == "when" else FALSE
            hint = {
                "when": "an example where it is not so and the rest would be a violation",
                "except when": "an example where it is so and the rest would be a violation",
                "unless": "an example where it is so and the rest would be a violation",
            }[self.clause.word]
            yield from self._with(self.clause.term, neutral, self.clause.span, f"had no `{self.clause.word}`", hint)

    def of_comparison(self, term: Term, span: Span) -> Iterator[Mutant]:
        words = span.one_line
        if isinstance(term, Not):
            inner = (self._with(term, term.term, span, f"had no `not` in `{words}`"),)
            for found in inner:
                yield from found
            return
        if not isinstance(term, Compare):
            return
        other = _STRICT[term.relation]
        hint = ""
        if term.relation not in ("is", "is not"):
            hint = f"an example where both sides of `{words}` are equal"
        said, instead = _relation_words(term.relation, words), _relation_words(other, words)
        says = f"said `{instead}` instead of `{said}` in `{words}`"
        yield from self._with(term, Compare(other, term.left, term.right), span, says, hint)
        yield from self._limits(term, span, words)

    def _limits(self, term: Compare, span: Span, words: str) -> Iterator[Mutant]:
        right, left = term.right, term.left
        if isinstance(right, Constant) and isinstance(right.value, str):
            listed = left.type.values if isinstance(left, Variable) and isinstance(left.type, OneOf) else ()
            others = [value for value in listed if value != right.value]
            for listed_value in others[:1]:
                changed = Compare(term.relation, left, Constant(listed_value, right.type))
                says = f"said `{listed_value}` instead of `{right.value}` in `{words}`"
                hint = f"an example with `{listed_value}`, or with `{right.value}`"
                yield from self._with(term, changed, span, says, hint)
        elif isinstance(right, Constant) and not isinstance(right.value, bool | str):
            for sign in (1, -1):
                value = rational(Fraction(right.value) + sign * Fraction(slip(left, right)))
                changed = Compare(term.relation, left, Constant(value, right.type))
                before, after = (printed_value(v, right.type) for v in (right.value, value))
                says = f"said {after} instead of {before} in `{words}`"
                hint = f"an example where `{_left(term, words)}` is {after if _grows(term.relation, sign) else before}"
                yield from self._with(term, changed, span, says, hint)
        elif term.relation not in ("is", "is not") and (point := point_in_time(right)):
            for sign, later in ((1, "later"), (-1, "earlier")):
                changed = Compare(term.relation, left, add(right, Constant(sign * POINT_STEPS[point][0], WHOLE)))
                says = f"compared with {POINT_STEPS[point][1]} {later} than it does in `{words}`"
                yield from self._with(term, changed, span, says, f"an example near the limit of `{words}`")
        elif term.relation not in ("is", "is not") and not isinstance(right, Case):
            for factor, amount in ((Fraction(11, 10), "a tenth more"), (Fraction(9, 10), "a tenth less")):
                changed = Compare(term.relation, left, Scaled(factor, right))
                says = f"compared with {amount} than it does in `{words}`"
                yield from self._with(term, changed, span, says, f"an example near the limit of `{words}`")

    def of_joints(self, term: Term) -> Iterator[Mutant]:
        """`and` for `or` and the other way round, and each part left out."""
        if not isinstance(term, And | Or):
            if isinstance(term, Not):
                yield from self.of_joints(term.term)
            return
        is_list = isinstance(term, Or) and _is_list_of_values(term)
        word, other = ("and", "or") if isinstance(term, And) else ("or", "and")
        neutral = TRUE if isinstance(term, And) else FALSE
        if not is_list:
            whole = any_of(*term.terms) if word == "and" else all_of(*term.terms)
            hint = "an example where one of its parts is so and another is not"
            yield from self._with(term, whole, self.clause.span, f"said `{other}` instead of `{word}`", hint)
        for part in term.terms:
            changed = replace(term, terms=tuple(neutral if each is part else each for each in term.terms))
            what = f"`{_listed_value(part) if is_list else self._words(part)}`"
            says = f"did not list {what}" if is_list else f"left out {what}"
            hint = f"an example where {what} alone decides"
            yield from self._with(term, changed, self.clause.span, says, hint)
            yield from self.of_joints(part)

    def _words(self, term: Term) -> str:
        """A part as its author wrote it, or as it is printed."""
        for comparison, span in self.clause.comparisons:
            if comparison == term:
                return span.one_line
        return printed(term)

    def of_lists_and_tables(self) -> Iterator[Mutant]:
        for part in dict.fromkeys(subterms(self.clause.term)):
            if isinstance(part, ForEach):
                other = _QUANTIFIERS[part.quantifier]
                changed = ForEach("some" if other == "some" else "every", part.list, part.binder, part.has)
                says = f"said `{other}` instead of `{part.quantifier}` for `{part.binder} in {part.list.name}`"
                hint = "an example with two, of which one is so and the other is not"
                yield from self._with(part, changed, self.clause.span, says, hint)
            elif isinstance(part, Case):
                yield from self._rows(part)

    def _rows(self, table: Case) -> Iterator[Mutant]:
        for number, (condition, value) in enumerate(table.rows):
            if not isinstance(value, Constant) or isinstance(value.value, bool | str):
                continue
            step = self._step_beside(table, value)
            row = "in all other cases" if condition == TRUE else f"where {_row_words(condition)}"
            for sign in (1, -1):
                other = Constant(rational(Fraction(value.value) + sign * Fraction(step)), value.type)
                if sign < 0 and Fraction(value.value) == 0:
                    continue
                rows = (*table.rows[:number], (condition, other), *table.rows[number + 1 :])
                says = f"found {printed(other)} instead of {printed(value)} in the table {row}"
                hint = f"an example exactly at {printed(value)} and one a step beyond it, {row}"
                yield from self._with(table, Case(rows), self.clause.span, says, hint)

    def _step_beside(self, table: Case, value: Constant) -> Rational:
        """The step of what is compared with the table."""
        for part in subterms(self.clause.term):
            if isinstance(part, Compare) and table in (part.left, part.right):
                return slip(part.left if part.right == table else part.right, value)
        return slip(value, value)

    def of_variables(self) -> Iterator[Mutant]:
        """What is looked for in texts and in the conversation."""
        for variable in variables(self.clause.term):
            for origin, says, hint in _other_origins(variable):
                changed = replace(variable, origin=origin, name=f"{variable.name} (changed)")
                texts = isinstance(variable.origin, FoundInText)
                yield from self._with(variable, changed, self.clause.span, says, hint, texts)


def _listed_value(term: Term) -> str:
    value = term.right if isinstance(term, Compare) else term
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else printed(value)


def _row_words(condition: Term) -> str:
    """The keys of a table's row: a yes or no is said, not only named."""
    match condition:
        case And(terms):
            return " and ".join(map(_row_words, terms))
        case Variable():
            return f"{printed(condition)} is yes"
        case Not(Variable() as variable):
            return f"{printed(variable)} is no"
    return printed(condition)


_OF_DATES: dict[Relation, str] = {
    "at most": "is on or before",
    "below": "is before",
    "at least": "is on or after",
    "above": "is after",
}


def _relation_words(relation: Relation, words: str) -> str:
    """A relation as the comparison around it would say it: dates have words of their own."""
    said_of_dates = any(f" {said} " in words for said in _OF_DATES.values())
    return _OF_DATES.get(relation, relation) if said_of_dates else relation


def _left(term: Compare, words: str) -> str:
    """The left side of a comparison, as its author wrote it where that can be told."""
    left, word, _ = words.partition(f" {_relation_words(term.relation, words)} ")
    return left if word else printed(term.left)


def _is_list_of_values(term: Or) -> bool:
    """`x is one of a, b`, which is an `or` only once it is read."""
    return all(
        isinstance(t, Compare) and t.relation == "is" and isinstance(t.right, Constant) for t in term.terms
    ) and (len({t.left for t in term.terms if isinstance(t, Compare)}) == 1)


def _grows(relation: Relation, sign: int) -> bool:
    """Whether the value beyond the old limit tells the difference: it is let in now, or is kept out now."""
    return (sign > 0) == (relation in ("at most", "above", "is"))


def _is_about_a_claim(term: Term) -> bool:
    """`when answer.weeks is present`: a claim is judged only where it was read, so this changes nothing."""
    origin = term.variable.origin if isinstance(term, IsPresent) else None
    return isinstance(origin, FieldOf) and origin.kind == "claims"


def _other_origins(
    variable: Variable,
) -> Iterator[tuple["FoundInText | UserSays | CalledBefore | CallsSoFar", str, str]]:
    origin = variable.origin
    match origin:
        case FoundInText(scope, finders):
            for number, finder in enumerate(finders):
                others = (*finders[:number], *finders[number + 1 :])
                if others:
                    hint = f"an example with {_named(finder)} and nothing else that it looks for"
                    yield replace(origin, finders=others), f"did not look for {_named(finder)}", hint
                for changed, says, hint in _other_finders(finder):
                    yield replace(origin, finders=(*finders[:number], changed, *finders[number + 1 :])), says, hint
            if scope == "any":
                says = "looked at the reply text only instead of at any text"
                yield replace(origin, scope="reply"), says, "an example in which it stands in a tool's arguments"
        case UserSays(phrases) if len(phrases) > 1:
            for phrase in phrases:
                others_said = tuple(p for p in phrases if p != phrase)
                yield (
                    replace(origin, phrases=others_said),
                    f"did not list {quoted(phrase)}",
                    f"an example where the user says {quoted(phrase)}",
                )
        case CalledBefore(tool, key) if key:
            says = f"left out `with the same {key}` behind `{tool}`"
            yield replace(origin, key=""), says, f"an example with an earlier {tool} call of another {key}"
        case CallsSoFar(tool, "conversation"):
            says = f"counted calls to {tool} per answer instead of per conversation"
            yield replace(origin, scope="answer"), says, f"an example with earlier {tool} calls"


_ESCAPE = re.compile(r"\\.")


def _other_finders(finder: Finder) -> Iterator[tuple[Finder, str, str]]:
    name = _named(finder)
    letters = _ESCAPE.sub("", finder.expression).casefold()
    has_case = letters != letters.upper()
    if finder.kind == "pattern" and has_case:
        says = f"heeded upper and lower case in {name}" if finder.ignore_case else f"ignored case in {name}"
        yield replace(finder, ignore_case=not finder.ignore_case), says, f"an example with {name} in other letters"
    if finder.kind == "mention" and has_case:
        says = f"said `contains` instead of `mentions` for {name}"
        yield replace(finder, kind="words"), says, f"an example with {name} within a longer word, or in other letters"
    if finder.decoded:
        yield replace(finder, decoded=False), f"decoded nothing for {name}", f"an example with {name} in base64"
    if finder.exemptions:
        says = f"made no exception for {name}"
        yield replace(finder, exemptions=()), says, f"an example with {name} that is excepted"


def _named(finder: Finder) -> str:
    if finder.name or finder.kind == "detector":
        return finder.name or finder.expression
    return f"/{finder.expression}/" if finder.kind == "pattern" else quoted(finder.expression)


__all__ = ["Mutant", "mutants"]
