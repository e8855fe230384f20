"""The traps that others met, one test for each row of the language's table of them, on real parts.

Each row is tested in depth where its part is; here it is shown that the trap is shut.
"""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from guardproxy import exact_json
from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.verdict import Ending, Status, Verdict
from guardproxy.cli.solver import Solver
from guardproxy.conversation import Answer, Passage, Situation, ToolCall
from guardproxy.ir.build import compare, constant, product
from guardproxy.ir.terms import FieldOf, Variable
from guardproxy.ir.types import Number
from guardproxy.logic.budget import Budget
from guardproxy.logic.questions import Decide, Decision, NoCase, Question, Reply
from guardproxy.patterns.engine import Machine
from guardproxy.pipeline import compile_policy
from guardproxy.proofs.findings import prove_policy
from guardproxy.solving.pool import SolverPool
from guardproxy.streaming.commands import Release, Stop
from guardproxy.streaming.enforcer import Enforcer
from guardproxy.streaming.events import Finished, TextArrived
from guardproxy.telemetry import metrics

OFFER = """policy "Offers" version 1, money in USD

check reply as offer
  - apr  : percent from 0% to 100%
  - note : text, optional

facts customer from system
  - covered : yes/no, may be unknown
  - name    : text, optional

"""
CAP = OFFER + 'rule CAP "A cap"\n  require offer.apr at most 36%\n  repair by lowering offer.apr\n  otherwise block\n'


@pytest.fixture(scope="module")
def solver() -> Iterator[Solver]:
    pool = Solver()
    yield pool
    pool.close()


def policies(text: str) -> CompiledPolicies:
    done = compile_policy(text)
    assert done.policy is not None, [d.message for d in done.diagnostics]
    return CompiledPolicies([done.policy])


def said(text: str) -> list[str]:
    return [d.code for d in compile_policy(text).diagnostics]


def nobody(question: Question) -> Reply:
    raise AssertionError(f"a solver was asked: {question}")


def reply(text: str, reply: str, facts: dict[str, object] | None = None) -> Verdict:
    situation = Situation({"customer": facts or {}})
    return judge(policies(text), Answer((Passage("content", reply),)), situation, nobody)


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e400", "1e-999999999", "9" * 5000, "0." + "1" * 5000],
    ids=lambda n: n[:9],
)
def test_numbers_without_a_limit_are_refused(number: str) -> None:
    """`0.1 + 0.2`, `1e400`, NaN, Infinity, 5,000-digit numbers, 100,000 nested brackets."""
    verdict = reply(CAP, f'{{"apr": {number}}}')
    assert "CAP" not in verdict.having(Status.COMPLIES)
    assert verdict.by == ("offer",)


def test_numbers_are_exact() -> None:
    total = 'rule SUM "Exactly"\n  require offer.apr + 0.1% is 0.3%\n'
    assert reply(OFFER + total, '{"apr": 0.2}').ending is Ending.ALLOWED
    assert reply(OFFER + total, '{"apr": 0.20000000000000001}').ending is Ending.BLOCKED


def test_deep_nesting_is_refused_in_no_time() -> None:
    started = time.process_time()
    with pytest.raises(exact_json.JsonTooLarge):
        exact_json.loads("[" * 100_000 + "]" * 100_000)
    assert time.process_time() - started < 1


def test_a_repeated_key_is_unreadable() -> None:
    """Duplicate JSON keys: who released at the first would be wrong about the second."""
    assert reply(CAP, '{"apr": 10, "apr": 99}').ending is Ending.BLOCKED
    enforcer = Enforcer(policies(CAP), Situation())
    done = [
        *enforcer.feed(TextArrived("content", '{"apr": 10, ')),
        *enforcer.feed(TextArrived("content", '"apr": 99}')),
    ]
    done += enforcer.feed(Finished())
    assert any(isinstance(command, Stop) for command in done)
    assert "99" not in "".join(command.text for command in done if isinstance(command, Release))


def test_missing_is_not_false_and_not_zero() -> None:
    """Missing read as false or 0: four states."""
    rule = 'rule NOTE "A note"\n  require offer.note is present\n'
    assert reply(OFFER + rule, '{"apr": 10}').by == ("NOTE",)
    assert reply(OFFER + rule, '{"apr": 10, "note": ""}').ending is Ending.ALLOWED
    covered = 'rule COVER "Covered"\n  require customer.covered is no\n  if unknown hold\n'
    assert reply(OFFER + covered, '{"apr": 10}', {"covered": None}).ending is not Ending.ALLOWED
    assert said(OFFER + 'rule N "x"\n  require offer.note is "a"\n') == ["E014"]


def test_a_message_comes_after_the_verdict() -> None:
    """A deny that vanishes because its message read a missing field: a message is text, and reads nothing."""
    rule = 'rule CAP "A cap"\n  require offer.apr at most 36%\n  otherwise block "Sorry, {customer.name}."\n'
    verdict = reply(OFFER + rule, '{"apr": 37}', {"name": None})
    assert (verdict.by, verdict.notice) == (("CAP",), "Sorry, {customer.name}.")


def test_a_number_is_undetermined_until_its_end() -> None:
    """A number prefix in a stream: `12` may become `12000000000`."""
    enforcer = Enforcer(policies(CAP.replace("  repair by lowering offer.apr\n", "")), Situation())
    released = [c for c in enforcer.feed(TextArrived("content", '{"apr": 3')) if isinstance(c, Release)]
    released += [c for c in enforcer.feed(TextArrived("content", "6")) if isinstance(c, Release)]
    assert "3" not in "".join(c.text for c in released)
    stopped = [*enforcer.feed(TextArrived("content", "0}")), *enforcer.feed(Finished())]
    assert any(isinstance(command, Stop) for command in stopped)


def test_text_never_enters_the_solver(solver: Solver) -> None:
    """Z3 strings: only yes/no and numbers derived from a text are asked about."""
    asked: list[Question] = []

    def listening(question: Question) -> Reply:
        asked.append(question)
        return solver.ask(question)

    rule = (
        'rule NOTE "No promise for the covered"\n  when offer.note is present and offer.note mentions "sure"\n'
        "  require customer.covered is no and offer.apr at most 36%\n  if unknown hold\n"
        'rule EITHER "One or the other"\n  require offer.note is present\n'
        "    and (customer.covered is yes or customer.covered is no)\n  if unknown hold\n"
    )
    text = "sure \U0003ffff \\u{41} " * 1000
    verdict = judge(
        policies(OFFER + rule),
        Answer((Passage("content", exact_json.dumps({"apr": 10, "note": text})),)),
        Situation(),
        listening,
    )
    assert verdict.ending is Ending.HELD
    assert all("sure" not in repr(question) for question in asked)


def test_an_answer_that_is_not_decided_is_never_taken_for_yes() -> None:
    """Z3's timeout is soft, `unknown` read as unsat, a context shared by threads: processes, a hard kill, no bool."""
    for undecided in (Decision.BUDGET, NoCase.BUDGET):
        with pytest.raises(TypeError):
            bool(undecided)
    whole = Number("whole", grid=1)
    x, y, z = (Variable(name, whole, FieldOf("order", "call", (name,))) for name in "xyz")
    cubes = product(x, product(x, x)), product(y, product(y, y)), product(z, product(z, z))
    hard = Decide(compare("is", cubes[0], product(cubes[1], cubes[2])))
    pool = SolverPool(timeout_s=0.3, budget=Budget(steps=0, milliseconds=60_000))
    try:
        assert pool.warm()
        (worker,) = pool.pids
        easy = Decide(compare("at most", constant(1, whole), constant(2, whole)))
        assert pool.ask(easy) is Decision.ALWAYS
        stopped = Decide(compare("is", product(x, x), constant(7, whole)))
        os.kill(worker, signal.SIGSTOP)
        assert pool.ask(stopped) is Decision.BUDGET
        assert pool.warm() and pool.pids != (worker,)
        assert pool.ask(hard) in (Decision.BUDGET, Decision.DEPENDS)
    finally:
        pool.close()


def test_nothing_is_divided_by_what_could_be_zero() -> None:
    """x/0, mod by 0, rounding of negative division: not expressible without proof."""
    fields = "  - wage : whole number from 0 to 9\n  - pieces : whole number from 0 to 9\n\n"
    pay = f'policy "P" version 1\n\ncheck reply as pay\n{fields}'
    assert said(pay + 'rule R "x"\n  require pay.wage / pay.pieces at most 2\n') == ["E028"]
    assert said(pay + 'rule R "x"\n  require pay.wage / 0 at most 2\n') == ["E028"]
    # A third of ten is not three: division is exact, and nothing is rounded.
    third = policies(pay + 'rule R "x"\n  require -pay.wage / 3 at least -3\n')
    assert judge(third, Answer((Passage("content", '{"wage": 9, "pieces": 0}'),)), Situation(), nobody).by == ()
    assert said(pay + 'rule R "x"\n  require pay.wage mod 2 is 0\n') != []


def test_a_repair_lies_at_the_limit_and_not_at_zero(solver: Solver) -> None:
    """Strict bounds have no optimum, and fewest changes alone would lower a rate to 0%."""
    for limit, repaired in (("at most 36%", "36"), ("below 36%", "35.99")):
        verdict = judge(
            policies(CAP.replace("at most 36%", limit)),
            Answer((Passage("content", '{"apr": 40}'),)),
            Situation(),
            solver.ask,
        )
        assert exact_json.loads(verdict.answer.text("content")) == exact_json.loads(f'{{"apr": {repaired}}}')


def test_patterns_mean_one_thing_and_take_linear_time() -> None:
    """Regular expressions that differ between engines: `^a$` and a line end, `\\d` and other scripts, look-around."""
    words = 'policy "W" version 1\n\nrule W "x"\n  require reply text matches /%s/\n'
    assert reply(words % "^a$", "a\n").ending is Ending.BLOCKED
    assert reply(words % r"^\d$", "٣").ending is Ending.BLOCKED
    for refused in (r"(?=a)b", r"(?<!a)b", r"(a)\1"):
        assert said(words % refused) == ["E025"]
    started = time.process_time()
    assert Machine(r"(a|a)*b\z").search(b"a" * 50_000) is None
    assert time.process_time() - started < 2


DISGUISES = {
    "zero width": "pass\u200bword",
    "full width": "ｐａｓｓｗｏｒｄ",
    "look-alike": "pаsswоrd",
    "tag characters": "".join(chr(0xE0000 + ord(letter)) for letter in "password"),
}
WORD = 'policy "W" version 1\n\nrule W "x"\n  never reply text mentions "password"\n  otherwise replace with "…"\n'


def test_a_letter_matches_its_other_forms_and_emoji_stay_whole() -> None:
    """`ſ` matches s; emoji and joiners stay intact."""
    assert reply(WORD, "The paſsWord is here 👩‍👩‍👧.").answer.text("content") == "The … is here 👩‍👩‍👧."


@pytest.mark.parametrize("spelled", DISGUISES.values(), ids=DISGUISES)
def test_letters_in_disguise_are_read(spelled: str) -> None:
    """Zero-width characters, full-width letters, look-alike letters, text in tag characters."""
    assert reply(WORD, f"The {spelled} is here.").answer.text("content") == "The … is here."


def test_rules_over_what_a_client_says_are_pointed_out() -> None:
    """Client-supplied history can be forged."""
    facts = 'policy "F" version 1\n\nfacts user from request\n  - staff : yes/no\n\n'
    assert said(facts + 'rule F-1 "x"\n  allow refund only when user.staff is yes\n') == ["W204"]
    assert said(facts.replace("request", "system") + 'rule F-1 "x"\n  allow refund only when user.staff is yes\n') == []


def test_calls_of_one_answer_are_judged_together() -> None:
    """Several tool calls in one answer, each under the limit."""
    text = (
        'policy "R" version 1, money in USD\n\ntool refund takes\n  - id : text\n  - amount : money from $0 to $99\n\n'
        'rule SUM "Together"\n  require total of refund.amount per id at most $50\n'
    )
    each = ToolCall("refund", '{"id": "A", "amount": 30}', "1"), ToolCall("refund", '{"id": "A", "amount": 30}', "2")
    assert judge(policies(text), Answer((), each[:1]), Situation(), nobody).ending is Ending.ALLOWED
    assert judge(policies(text), Answer((), each), Situation(), nobody).by == ("SUM",)


def test_rules_that_always_or_never_speak_are_pointed_out(solver: Solver) -> None:
    """`every` over an empty list, a guard that is never true, a rule that fires on 0% or 100% of traffic."""
    fields = "  - n : whole number from 0 to 9\n  - l : list of whole number up to 3\n\n"
    start = f'policy "L" version 1\n\ncheck reply as r\n{fields}'
    assert said(start + 'rule L "x"\n  every i in r.l has i above 1\n') == ["W202"]
    for clauses, code in (
        ("when r.n above 5 and r.n below 3\n  require r.n is 4", "W401"),
        ("require r.n at most 5 or r.n at least 3", "W402"),
        ("require r.n at most 3 and r.n at least 5", "W403"),
    ):
        policy = compile_policy(f'{start}rule L "x"\n  {clauses}\n').policy
        assert policy is not None
        assert [d.code for d in prove_policy(policy, solver.ask).diagnostics] == [code]


def test_how_often_a_rule_speaks_is_exported() -> None:
    """Fire rates: each rule's verdicts are counted by status."""
    metrics.rule_verdicts("Traps", "T-1", "violated").inc()
    assert (
        'guardproxy_rule_verdicts_total{policy="Traps",rule="T-1",status="violated"}' in metrics.exposition().decode()
    )
