"""What the language's tests share: one set of declarations, and short ways to see what a rule becomes."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from guardproxy.ir.policy import Rule
from guardproxy.ir.printed import printed
from guardproxy.pipeline import compile_policy

DECLARATIONS = """
policy "Tests" version 1, money in USD, dates in Europe/Paris

record room
  - kind     : one of single, double
  - children : whole number from 0 to 4
  - price    : money from $0 to $500
  - beds     : list of text from 1 to 3
  - tip      : money from $0 to $50, optional

check reply as offer
  - decision : one of approve, decline, refer
  - amount   : money from $500 to $50,000
  - apr      : percent from 0% to 100%
  - term     : whole number from 6 to 84
  - note     : text, optional
  - reasons  : list of text up to 4, optional
  - due      : date
  - sent     : instant
  - dose     : mass from 10 mg to 4 g, written in mg
  - wait     : duration from 0 h to 48 h
  - rooms    : list of room from 1 to 6
  - spare    : list of room up to 6
  - urgent   : yes/no

tool lookup_order takes
  - order_id : text
  returns
  - order_id : text
  - status   : one of pending, delivered
  - total    : money from $0 to $50,000
  - day      : date, optional
  - cards    : list of text from 1 to 4

tool get_guest takes
  - guest_id : text
  returns
  - level : one of regular, gold

tool refund takes
  - order_id : text
  - guest    : text
  - amount   : money from $0.01 to $5,000

facts applicant from system
  - tier   : one of bronze, silver, gold
  - weight : mass from 2 kg to 150 kg, written in kg
  - tenure : duration from 0 months to 600 months
  - known  : yes/no, may be unknown
  - born   : date

claims reply text as said
  - entitled : yes/no, read yes from "you are entitled", read no from "you are not entitled"
  - weeks    : whole number from 0 to 60, read from "{weeks} weeks"

pattern codename = /Heron/ ignoring case

define long as offer.term above 60
define limit as $2,000
table cap by applicant.tier
  bronze : 39.99%
  silver : 24.99%
  gold   : 19.99%
table top_price by room.kind and offer.term
  single, 6 to 12  : $90
  single, 13 to 84 : $100
  double, any      : $200
"""


class Seen(NamedTuple):
    """A rule that compiled: when it applies and what it demands, printed, and the rule itself."""

    applies: str
    demands: str
    rule: Rule


@pytest.fixture
def rule() -> Callable[[str], Seen]:
    """Compiles one rule (its clauses) beside the declarations."""

    def compiled(clauses: str) -> Seen:
        done = compile_policy(f'{DECLARATIONS}\nrule X-1 "x"\n  {clauses}\n')
        assert done.policy is not None, [(d.code, d.message) for d in done.diagnostics]
        only = done.policy.rules[0]
        return Seen(printed(only.applies), printed(only.demands), only)

    return compiled


@pytest.fixture
def mistakes() -> Callable[[str], list[str]]:
    """The errors of one rule, each as its code and message."""

    def found(clauses: str) -> list[str]:
        done = compile_policy(f'{DECLARATIONS}\nrule X-1 "x"\n  {clauses}\n')
        return [f"{d.code} {d.message}" for d in done.diagnostics if d.severity == "error"]

    return found
