"""Warnings about remedies that never help, and none where a remedy can help in some answer."""

import pytest

from guardproxy.pipeline import compile_policy

DECLARATIONS = """
policy "Remedies" version 1, money in USD
check reply as offer
  - amount : money from $0 to $1,000
  - fee    : money from $0 to $100
tool pay takes
  - amount : money from $0 to $100
"""


def codes(clauses: str) -> list[str]:
    done = compile_policy(f'{DECLARATIONS}\nrule X-1 "x"\n  {clauses}')
    assert done.policy is not None, done.diagnostics
    return [d.code for d in done.diagnostics]


@pytest.mark.parametrize(
    "clauses",
    [
        "require offer.amount at most $50\n repair by raising offer.amount",
        "require not offer.amount at least $50\n repair by raising offer.amount",
        "require $50 at least offer.amount + offer.fee\n repair by raising offer.fee",
        "require $50 at least offer.amount - offer.fee\n repair by lowering offer.fee",
        "require offer.amount below $50 and offer.amount below $70\n repair by raising offer.amount",
        "when offer.fee above $5\n require offer.amount at most $50\n repair by setting offer.amount to $51",
        'never reply text mentions any of "sure", "certain"\n otherwise redact as "(Certain words)"',
        'never reply text matches /^a/\n otherwise replace with "a"',
        'require reply text mentions "advice"\n otherwise append "advise"',
        'require reply text starts with "Note"\n otherwise append "Note"',
    ],
)
def test_what_never_helps_is_pointed_out(clauses: str) -> None:
    assert codes(clauses) == ["W210"]


@pytest.mark.parametrize(
    "clauses",
    [
        "require offer.amount at most $50\n repair by lowering offer.amount",
        "require offer.amount at least $5 and offer.amount at most $50\n repair by raising offer.amount",
        "require offer.amount at most $50 or offer.amount at least $90\n repair by raising offer.amount",
        "require offer.amount - offer.fee at most $50\n repair by raising offer.fee",
        "require offer.amount at most 2 * offer.amount - $5\n repair by lowering offer.amount",
        "when offer.amount below $70\n require offer.amount at most $50\n repair by raising offer.amount",
        "when offer.amount below $70\n require offer.amount at most $50\n repair by setting offer.amount to $80",
        "never offer.amount above $50 unless offer.amount is $90\n repair by raising offer.amount",
        "require offer.amount at most offer.fee\n repair by setting offer.amount to $60",
        'never reply text mentions "sure"\n otherwise replace with "unsure"',
        'require reply text mentions "advice"\n otherwise append "No advice."',
        'require reply text mentions any of "advice", "opinion"\n otherwise append "No advice."',
        'require reply text ends with "advice."\n otherwise append "No advice."',
    ],
)
def test_what_can_help_passes(clauses: str) -> None:
    assert codes(clauses) == []


def test_a_text_rule_that_needs_a_call_is_pointed_out() -> None:
    assert codes('when pay.amount above $5\n never reply text mentions "free"') == ["W211"]
    assert codes('when offer.amount above $5\n never reply text mentions "free"') == []
    assert codes("when pay.amount above $5\n require pay.amount at most $50") == []
