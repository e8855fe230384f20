"""The solver's questions as SMT-LIB 2.6 scripts, so that anyone can ask another solver the same.

A script declares the unknown values under the names that the policy gives them, asserts their declared ranges, and then
makes each claim between `push` and `pop`, with a comment that says in plain words what the answer means. It holds what
our own solver is given: numbers as whole multiples of their grid, texts as numbers that say which ones are equal,
unknown lists element by element. Nothing but core arithmetic is used (and, or, ite, div and mod by constants).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import z3

from guardproxy.ir.build import all_of, negate
from guardproxy.ir.policy import Rule
from guardproxy.ir.printed import printed, printed_value, quoted
from guardproxy.ir.substitute import substitute
from guardproxy.ir.terms import Term, Variable
from guardproxy.ir.types import Number, Rational, Type, rational
from guardproxy.logic.encode import Encoding
from guardproxy.logic.linear import Expression
from guardproxy.logic.questions import Says

_OPERATIONS: Final[Mapping[int, str]] = {
    z3.Z3_OP_TRUE: "true",
    z3.Z3_OP_FALSE: "false",
    z3.Z3_OP_EQ: "=",
    z3.Z3_OP_DISTINCT: "distinct",
    z3.Z3_OP_ITE: "ite",
    z3.Z3_OP_AND: "and",
    z3.Z3_OP_OR: "or",
    z3.Z3_OP_NOT: "not",
    z3.Z3_OP_IMPLIES: "=>",
    z3.Z3_OP_LE: "<=",
    z3.Z3_OP_GE: ">=",
    z3.Z3_OP_LT: "<",
    z3.Z3_OP_GT: ">",
    z3.Z3_OP_ADD: "+",
    z3.Z3_OP_SUB: "-",
    z3.Z3_OP_UMINUS: "-",
    z3.Z3_OP_MUL: "*",
    z3.Z3_OP_DIV: "/",
    z3.Z3_OP_IDIV: "div",
    z3.Z3_OP_MOD: "mod",
    z3.Z3_OP_TO_REAL: "to_real",
    z3.Z3_OP_TO_INT: "to_int",
    z3.Z3_OP_IS_INT: "is_int",
}
_POINTS: Final = {
    "date": "days, 1 being the first day of the year 1",
    "time": "seconds since midnight",
    "instant": "microseconds since 1970, in UTC",
}
_LINE: Final = 110
"""Longest comment line."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A condition that has to say this in some case. `title` names the claim, `sat` and `unsat` say what they mean."""

    title: str
    term: Term
    says: Says
    sat: str
    unsat: str


def smtlib_of_rule(rule: Rule) -> str:
    """Two claims: that the rule can fire (it applies in some case), and that it can be violated."""
    fires = Claim(
        "can fire",
        rule.applies,
        "true",
        sat=f"there is a case to which rule {rule.id} applies",
        unsat=f"rule {rule.id} applies to nothing: it can never fire",
    )
    violated = Claim(
        "can be violated",
        all_of(rule.applies, negate(rule.demands)),
        "true",
        sat=f"there is a case that rule {rule.id} forbids",
        unsat=f"nothing can violate rule {rule.id}: it forbids nothing",
    )
    return smtlib((fires, violated), f"Rule {rule.id}: {rule.title}")


def smtlib(claims: Sequence[Claim], title: str) -> str:
    """One script for all claims: each is checked by itself, under the declared ranges. It ends with `reset`, so that
    another one may follow in the same file."""
    encoding = Encoding([substitute(each.term, {}) for each in claims])
    asserted = [_formula(encoding, each) for each in claims]
    domain = [*encoding.domain, *encoding.same_texts_read_the_same()]
    written = _Writer(encoding)
    body: list[str] = []
    for formula in domain:
        body += written.asserted(formula)
    for each, formula in zip(claims, asserted, strict=True):
        body += ["", *_comment(f"Claim: {title.split(':')[0]} {each.title}.", printed(each.term))]
        lines = written.asserted(formula)
        body += [*lines[:-1], "(push 1)", lines[-1], "(check-sat)", "(pop 1)"]
        body += _comment(f"sat: {each.sat}.", f"unsat: {each.unsat}.")
    several = "Several claims are asked here: some solvers want to be told (`cvc5 --incremental`)."
    head = [*_comment(title, several), f"(set-logic {written.logic})", ""]
    return "\n".join([*head, *_declarations(encoding, written), *_caveats(encoding), *body, "", "(reset)", ""])


def _formula(encoding: Encoding, claim: Claim) -> Expression:
    rails = encoding.truth(substitute(claim.term, {}))
    match claim.says:
        case "true":
            return rails.true
        case "false":
            return rails.false
        case "not true":
            return encoding.negated(rails.true)
    return encoding.negated(rails.false)


def _caveats(encoding: Encoding) -> list[str]:
    found = []
    if encoding.leaves_free:
        found.append("What is too long to be written out is left free here: `unsat` is certain, `sat` may not be.")
    if encoding.findings:
        found.append("What is found in a text is taken as yes or no, each finding independent of the others.")
    return [*_comment(*found), ""] if found else []


def _declarations(encoding: Encoding, written: "_Writer") -> list[str]:
    lines = []
    if encoding.labels:
        numbers = ", ".join(f"{index} is {quoted(text)}" for text, index in encoding.texts.items())
        lines = [*_comment(f"Texts have numbers, equal ones the same: {numbers}; other numbers are other texts."), ""]
    for symbol, meaning in _meanings(encoding).items():
        if symbol in written.used:
            lines += _comment(meaning)
            lines.append(f"(declare-const {written.used.pop(symbol)})")
    return [*lines, *(f"(declare-const {declared})" for declared in written.used.values()), ""]


def _meanings(encoding: Encoding) -> dict[str, str]:
    """What the symbols stand for, in the policy's words."""
    found: dict[str, str] = {}
    for variable, linear in encoding.numbers.items():
        for unknown, factor in linear.unknowns.values():
            found[_symbol(unknown)] = f"{_named(variable)}, {_counted(variable.type, rational(factor))}"
    found |= {_symbol(unknown): _named(variable) for variable, unknown in encoding.conditions.items()}
    found |= {_symbol(label): f"{_named(variable)}, as a text's number" for variable, label in encoding.labels.items()}
    found |= {_symbol(size): f"how long {_named(variable)} is" for variable, size in encoding.sizes.items()}
    return found | {_symbol(there): f"{_named(variable)} is present" for variable, there in encoding.presence.items()}


def _symbol(unknown: Expression) -> str:
    return str(unknown.decl().name())


def _counted(of: Type, factor: Rational) -> str:
    """What 1 stands for."""
    assert isinstance(of, Number)
    return f"counted in {_POINTS[of.kind] if of.kind in _POINTS else printed_value(factor, of)}"


def _named(variable: Variable) -> str:
    return f"{variable.name} (call {variable.occurrence + 1})" if variable.occurrence else variable.name


def _comment(*texts: str) -> list[str]:
    """Comment lines, broken at spaces."""
    lines = []
    for text in texts:
        line = ";"
        for word in text.replace("\n", " ").split():
            if len(line) + len(word) >= _LINE and line != ";":
                lines.append(line)
                line = ";  "
            line += f" {word}"
        lines.append(line)
    return lines


class _Writer:
    """Formulas as text. What occurs more than once is defined once, so that a script is as long as its formulas."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.used: dict[str, str] = {}
        self._texts: dict[int, str] = {}
        self._is_real = self._is_whole = self._is_nonlinear = False
        self._definitions: list[str] = []
        self._kept: list[Expression] = []

    @property
    def logic(self) -> str:
        """The smallest of the standard's logics without quantifiers that has all that was written."""
        numbers = ("I" if self._is_whole or not self._is_real else "") + ("R" if self._is_real else "")
        return f"QF_{'N' if self._is_nonlinear else 'L'}{numbers}A"

    def asserted(self, formula: Expression) -> list[str]:
        """The assertion, after the definitions that it needs."""
        self._kept.append(formula)
        self._definitions = []
        for each in _inside_out(formula, self._texts):
            self._texts[each.get_id()] = self._written(each)
        return [*self._definitions, f"(assert {self._texts[formula.get_id()]})"]

    def _written(self, each: Expression) -> str:
        if z3.is_int_value(each):
            self._is_whole = True
            return _signed(str(abs(each.as_long())), each.as_long() < 0)
        if z3.is_rational_value(each):
            self._is_real = True
            return _fraction(each.numerator_as_long(), each.denominator_as_long())
        parts = [self._texts[part.get_id()] for part in each.children()]
        operation = each.decl().kind()
        if operation == z3.Z3_OP_UNINTERPRETED:
            return self._declared(each)
        if operation not in _OPERATIONS:
            raise ValueError(f"`{each.decl().name()}` has no place in a script")
        self._is_nonlinear |= operation == z3.Z3_OP_MUL and sum(not _is_number(part) for part in each.children()) > 1
        text = f"({_OPERATIONS[operation]} {' '.join(parts)})" if parts else _OPERATIONS[operation]
        return self._defined(each, text) if len(text) > _LINE else text

    def _declared(self, each: Expression) -> str:
        name = str(each.decl().name())
        symbol = f"|{name}|"
        self._is_whole |= each.sort().kind() == z3.Z3_INT_SORT
        self._is_real |= each.sort().kind() == z3.Z3_REAL_SORT
        self.used.setdefault(name, f"{symbol} {each.sort().name()}")
        return symbol

    def _defined(self, each: Expression, text: str) -> str:
        name = f"|part {len(self._texts)}|"
        self._definitions.append(f"(define-fun {name} () {each.sort().name()} {text})")
        return name


def _is_number(each: Expression) -> bool:
    return bool(z3.is_int_value(each) or z3.is_rational_value(each))


def _inside_out(formula: Expression, known: Mapping[int, str]) -> Iterable[Expression]:
    """Every expression in a formula that is not known yet, after its parts."""
    waiting, done = [(formula, False)], set(known)
    while waiting:
        each, is_ready = waiting.pop()
        if each.get_id() in done:
            continue
        if is_ready:
            done.add(each.get_id())
            yield each
            continue
        waiting.append((each, True))
        waiting += [(part, False) for part in reversed(each.children())]


def _signed(number: str, is_negative: bool) -> str:
    return f"(- {number})" if is_negative else number


def _fraction(above: int, below: int) -> str:
    number = f"{abs(above)}.0" if below == 1 else f"(/ {abs(above)}.0 {below}.0)"
    return _signed(number, above < 0)
