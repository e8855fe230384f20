"""Scripts that another solver accepts, and that say in plain words what its answer means."""

from fractions import Fraction

from guardproxy.ir import build
from guardproxy.ir.policy import Rule
from guardproxy.ir.terms import Element, FieldOf, Variable
from guardproxy.ir.types import ListOf, Number, OneOf, Type
from guardproxy.logic.smtlib import smtlib_of_rule
from guardproxy.source import SourceText, Span
from tests.properties.second_solver import answers

PERCENT = Number("percent", 0, 1, grid=Fraction(1, 10_000), wire=Fraction(1, 100))
MONEY = Number("money", 0, 5_000_00, grid=1, currency="USD", wire=100)


def field(name: str, of: Type) -> Variable:
    return Variable(f"offer.{name}", of, FieldOf("offer", "reply", (name,)))


APR, AMOUNT, TIER = field("apr", PERCENT), field("amount", MONEY), field("tier", OneOf(("gold", "new")))
SPAN = Span(SourceText("x", "x"), 0, 1)
IS_NEW = build.compare("is", TIER, build.constant("new", TIER.type))
AT_MOST = build.compare("at most", APR, build.constant(Fraction(9, 25), PERCENT))
SCRIPT = """\
; Rule APR-CAP: At most 36% for new customers
; Several claims are asked here: some solvers want to be told (`cvc5 --incremental`).
(set-logic QF_LIA)

; Texts have numbers, equal ones the same: 0 is "", 1 is "new", 2 is "gold"; other numbers are other texts.

; offer.apr, counted in 0.01%
(declare-const |offer.apr| Int)
; offer.tier, as a text's number
(declare-const |offer.tier| Int)

(assert (or (= |offer.tier| 2) (= |offer.tier| 1)))
(assert (<= 0 |offer.apr|))
(assert (>= 10000 |offer.apr|))

; Claim: Rule APR-CAP can fire.
; offer.tier is "new"
(push 1)
(assert (= 1 |offer.tier|))
(check-sat)
(pop 1)
; sat: there is a case to which rule APR-CAP applies.
; unsat: rule APR-CAP applies to nothing: it can never fire.

; Claim: Rule APR-CAP can be violated.
; offer.tier is "new" and offer.apr above 36%
(push 1)
(assert (and (= 1 |offer.tier|) (> (+ (- 3600) |offer.apr|) 0)))
(check-sat)
(pop 1)
; sat: there is a case that rule APR-CAP forbids.
; unsat: nothing can violate rule APR-CAP: it forbids nothing.

(reset)
"""


def test_a_script_as_an_auditor_reads_it() -> None:
    assert smtlib_of_rule(Rule("APR-CAP", "At most 36% for new customers", IS_NEW, AT_MOST, SPAN)) == SCRIPT


def test_another_solver_answers_what_the_comments_explain() -> None:
    always = build.any_of(AT_MOST, build.negate(AT_MOST))
    for applies, demands, said in (
        (IS_NEW, AT_MOST, ["sat", "sat"]),
        (IS_NEW, always, ["sat", "unsat"]),
        (build.negate(always), AT_MOST, ["unsat", "unsat"]),
    ):
        assert answers(smtlib_of_rule(Rule("R", "T", applies, demands, SPAN))) == said


def test_scripts_may_follow_each_other() -> None:
    script = smtlib_of_rule(Rule("R", "T", IS_NEW, AT_MOST, SPAN))
    assert answers(script + script) == ["sat"] * 4


def test_names_keep_their_script_whole() -> None:
    odd = Variable("a|b\\c 利率", MONEY, FieldOf("offer", "reply", ("x",)))
    rule = Rule("R", "(check-sat)\n(exit)", build.TRUE, build.compare("at most", odd, AMOUNT), SPAN)
    script = smtlib_of_rule(rule)
    assert "(declare-const |a_b_c 利率| Int)" in script
    assert answers(script) == ["sat", "sat"]


def test_what_is_left_free_is_said() -> None:
    each = Variable("each", MONEY, Element("each"))
    small = build.every(field("parts", ListOf(MONEY)), "each", build.compare("at most", each, AMOUNT))
    assert "`unsat` is certain, `sat` may not be" in smtlib_of_rule(Rule("R", "T", build.TRUE, small, SPAN))
