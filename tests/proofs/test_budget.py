"""A check of one policy ends, however many rules it has."""

from collections.abc import Callable

from guardproxy.ir.build import TRUE
from guardproxy.logic.questions import Case, Cases, FindCases, NoCase, Question, Reply
from guardproxy.pipeline import compile_policy
from guardproxy.proofs.budget import Budget
from guardproxy.proofs.findings import prove_policy

HEAD = 'policy "B" version 1\n\nfacts f from system\n  - x : whole number from 0 to 100\n\n'


def _counting(asked: list[Question]) -> Callable[[Question], Reply]:
    def ask(question: Question) -> Reply:
        asked.append(question)
        assert isinstance(question, FindCases)
        return Cases((Case(),) * len(question.wanted))

    return ask


def test_nothing_is_decided_when_nothing_is_left() -> None:
    asked: list[Question] = []
    budget = Budget(_counting(asked), left=100)
    question = FindCases((TRUE,), (((0, "true"),),))
    replies = [budget(question) for _ in range(3)]
    assert replies == [Cases((Case(),)), Cases((Case(),)), Cases((NoCase.BUDGET,))]
    assert len(asked) == 2


def test_many_rules_give_one_remark_and_no_claim() -> None:
    rules = "".join(f'rule A{i} "a"\n  require f.x at most {i % 100}\n\n' for i in range(600))
    policy = compile_policy(HEAD + rules).policy
    assert policy is not None
    found = prove_policy(policy, _counting([]))
    remarks = [d.message for d in found.diagnostics if d.code == "I402"]
    assert remarks == ["not all is decided of 600 rules, from `A0` to `A599`: there are too many rules or parts"]
    assert "redundant" not in found.proved
    assert "contradict" not in found.proved
