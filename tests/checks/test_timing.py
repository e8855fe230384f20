"""When each form of rule decides, and what waits for it."""

import pytest

from guardproxy.checks.timing import Moment, Timing, Waiting, timing
from guardproxy.pipeline import compile_policy

HEAD = """
policy "Timing" version 1{header}
check reply as offer
  - apr  : percent
  - note : text
facts case from system
  - vip : yes/no
facts tone from classifier
  - rude : yes/no
claims reply text as said
  - weeks : whole number, read from "{{weeks}} weeks"
  - days  : whole number, read from "{{days}} days"
tool refund takes
  - amount : money
rule R-1 "The rule"
"""


def of(rule: str, header: str = ", money in USD") -> Timing:
    files = {"small.lark": 'start: "a"\n'}
    found = compile_policy(HEAD.format(header=header) + rule, "timing.policy", files.get)
    assert found.policy is not None, found.diagnostics
    return timing(found.policy.rules[0], found.policy)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("require case.vip is yes", Timing(Moment.BEFORE)),
        ("require tone.rude is no if unknown block", Timing(Moment.END, ("tone.rude",), Waiting.EVERYTHING)),
        ("require tone.rude is no if unknown allow otherwise warn", Timing(Moment.END, ("tone.rude",))),
        (
            "when tone.rude is yes allow refund only when refund.amount at most 5 USD if unknown block",
            Timing(Moment.END, ("tone.rude", "refund.amount"), Waiting.EVERYTHING),
        ),
        ('never any text contains "x"', Timing(Moment.AT_ONCE, ("any text",), Waiting.MATCH)),
        ('never any text contains "x" otherwise warn', Timing(Moment.AT_ONCE, ("any text",))),
        ('require reply text mentions "x"', Timing(Moment.END, ("reply text",), Waiting.REPLY)),
        ('require any text contains "x"', Timing(Moment.END, ("any text",), Waiting.EVERYTHING)),
        ('require reply text mentions "x" otherwise append " x"', Timing(Moment.END, ("reply text",))),
        ('require reply text mentions "x" otherwise append " y"', Timing(Moment.END, ("reply text",), Waiting.REPLY)),
        ('require reply conforms to grammar "small.lark"', Timing(Moment.AT_ONCE, ("reply text",))),
        ("require offer.apr at most 36%", Timing(Moment.FIELD, ("offer.apr",), Waiting.FIELDS)),
        (
            "require offer.apr at most 36% otherwise ask again up to 2 times",
            Timing(Moment.FIELD, ("offer.apr",), Waiting.EVERYTHING),
        ),
        (
            "when said.weeks is present require said.weeks at most 16",
            Timing(Moment.AT_ONCE, ("said.weeks",), Waiting.MATCH),
        ),
        (
            "when said.days is present require said.weeks is missing",
            Timing(Moment.END, ("said.days", "said.weeks"), Waiting.REPLY),
        ),
        ("require refund.amount at most $50", Timing(Moment.CALL, ("refund.amount",), Waiting.CALL)),
        ("allow refund at most 2 times per answer", Timing(Moment.END, ("all calls",), Waiting.CALL)),
    ],
)
def test_each_form(rule: str, expected: Timing) -> None:
    assert of(rule) == expected


def test_nothing_is_sent_before_the_end_where_the_header_says_so() -> None:
    found = of("require offer.apr at most 36%", ", money in USD, release at end")
    assert found == Timing(Moment.FIELD, ("offer.apr",), Waiting.EVERYTHING)
