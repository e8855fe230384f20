"""Policies and answers for the tests of the proofs: the solver in this process, with its usual budget."""

from functools import cache
from pathlib import Path

from guardproxy.ir.policy import Policy
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Question, Reply
from guardproxy.logic.solver import answer
from guardproxy.pipeline import compile_policy
from guardproxy.storage.policy_files import files_beside, read_policy

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = sorted((ROOT / "tests" / "corpus" / "golden").glob("*.policy"))
PACKS = sorted((ROOT / "policies").glob("*.policy"))

OFFER = """policy "Loans" version 1, money in USD

check reply as offer
  - decision : one of approve, decline, refer
  - amount   : money from $500 to $50,000
  - apr      : percent from 0% to 100%
  - term     : whole number from 6 to 84

facts applicant from system
  - tier   : one of bronze, silver, gold
  - income : money from $0 to $1,000,000

"""


def ask(question: Question) -> Reply:
    return answer(question, Budget())


def compiled(text: str) -> Policy:
    """The policy, which has to compile."""
    compilation = compile_policy(text, "test.policy")
    assert compilation.policy is not None, [d.message for d in compilation.diagnostics]
    return compilation.policy


def offers(rules: str) -> Policy:
    """Rules about loan offers."""
    return compiled(OFFER + rules)


@cache
def policy_at(path: Path) -> Policy:
    found = read_policy(str(path)).policy
    assert found is not None, path
    return found


def with_examples(path: Path, examples: str) -> Policy:
    """The policy at a path with examples pasted behind its own."""
    text = f"{path.read_text()}\n\n{examples}\n"
    compilation = compile_policy(text, path.name, files_beside(path))
    assert compilation.policy is not None, [d.message for d in compilation.diagnostics]
    return compilation.policy
