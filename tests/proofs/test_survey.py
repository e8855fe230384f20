"""What is proved holds for answers that nobody chose, and each case shows what it stands for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.ir.evaluate import evaluate
from guardproxy.ir.terms import Variable
from guardproxy.ir.types import Number, OneOf, Value
from guardproxy.proofs.claims import Proved, Refuted
from guardproxy.proofs.survey import surveyed
from tests.proofs.asking import ask, offers

SIDES = ("offer.amount", "offer.term * $500", "applicant.income", "$2,000", "$50,000", "offer.amount * 2", "$500")
RELATIONS = ("at most", "at least", "above", "below", "is")
comparison = st.tuples(*map(st.sampled_from, (SIDES, RELATIONS, SIDES))).map(" ".join)
condition = st.one_of(comparison, st.tuples(comparison, st.sampled_from(("and", "or")), comparison).map(" ".join))
kinds = st.sampled_from(("offer.decision is approve", "applicant.tier is gold", "not applicant.tier is gold"))


def no_text(*_: object) -> bool:
    raise AssertionError


def some_value(variable: Variable) -> st.SearchStrategy[Value]:
    of = variable.type
    if isinstance(of, OneOf):
        return st.sampled_from(of.values)
    assert isinstance(of, Number)
    low, high = int(of.low or 0), int(of.high or 100)
    return st.one_of(st.integers(low, high), st.sampled_from((low, high, 200_000)).filter(lambda x: low <= x <= high))


@settings(max_examples=60)
@given(st.data(), st.lists(st.tuples(kinds, condition), min_size=1, max_size=3))
def test_no_answer_refutes_what_was_proved(data: st.DataObject, rules: list[tuple[str, str]]) -> None:
    text = "".join(f'rule R-{i} "r"\n  when {when}\n  require {then}\n' for i, (when, then) in enumerate(rules))
    survey = surveyed(offers(text), ask)
    forms = [f.form for f in survey.rules]
    values = {v: data.draw(some_value(v)) for v in dict.fromkeys(v for f in forms for v in f.reads)}
    says = {f.rule.id: tuple(evaluate(t, values, no_text) for t in (f.applies, f.demands)) for f in forms}
    for facts in survey.rules:
        applies, demands = says[facts.form.rule.id]
        assert not (isinstance(facts.never_applies, Proved) and applies is True)
        assert not (isinstance(facts.never_violated, Proved) and (applies, demands) == (True, False))
        assert not (isinstance(facts.never_met, Proved) and (applies, demands) == (True, True))
        if isinstance(facts.never_violated, Refuted):
            assert evaluate(facts.form.violated, facts.never_violated.witness.values, no_text) is True
    violated = {id_ for id_, said in says.items() if said == (True, False)}
    for found in survey.redundant:
        assert found.form.rule.id not in violated or violated & {f.rule.id for f in found.by}
    for impossible in survey.unsatisfiable:
        assert violated & {f.rule.id for f in impossible.rules}
    for pair in (p for p in survey.contradicting if p.always):
        both = [says[f.rule.id] for f in (pair.left, pair.right)]
        assert both != [(True, True), (True, True)]
