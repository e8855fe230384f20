"""Conditions, printed as terms."""

from collections.abc import Callable
from typing import Any

import pytest

from guardproxy.ir.terms import Finder, FoundInText, Holds, Not, UserSays, Variable


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("require offer.urgent", "offer.urgent"),
        ("require offer.urgent is no", "not offer.urgent"),
        ("require not offer.term at most 24", "offer.term above 24"),
        ("require offer.decision is one of approve, refer", 'offer.decision is "approve" or offer.decision is "refer"'),
        (
            "require offer.decision is not one of approve, refer",
            'not (offer.decision is "approve" or offer.decision is "refer")',
        ),
        ("require offer.due is on or after today", "offer.due at least today"),
        (
            "require offer.due is within 3 days of today",
            "offer.due at least today - 3 and offer.due at most today + 3",
        ),
        (
            "require offer.due is within 1 week before today",
            "offer.due at least today - 7 and offer.due at most today",
        ),
        (
            "require offer.sent is within 1 h after now",
            "offer.sent at least now and offer.sent at most now + 3600000000",
        ),
        ("require long or offer.urgent", "offer.term above 60 or offer.urgent"),
        (
            "require no room in offer.rooms has room.children above 2",
            "no room in offer.rooms has room.children above 2",
        ),
        (
            "every room in offer.rooms has room.price at most $90",
            "every room in offer.rooms has room.price at most 90 USD",
        ),
        (
            'require some room in offer.rooms has (some bed in room.beds has bed is "king")',
            'some room in offer.rooms has (some bed in room.beds has bed is "king")',
        ),
        ('require user says any of "yes", "go ahead"', 'user says "yes", "go ahead"'),
    ],
)
def test_conditions(rule: Callable[[str], Any], written: str, printed: str) -> None:
    assert rule(written).demands == printed


def test_an_element_of_a_list_and_of_the_fields_of_a_list(rule: Callable[[str], Any]) -> None:
    let = "let order be the latest lookup_order result with the same order_id\n"
    seen = rule(let + "require refund.guest is in order.cards")
    assert seen.demands == "refund.guest is in order.cards"
    through = rule("require offer.note is present and offer.note is in offer.rooms.kind")
    assert through.demands == "offer.note is present and some one in offer.rooms has one.kind is offer.note"


@pytest.mark.parametrize("word", ["contains", "mentions", "starts with", "ends with"])
def test_text_conditions_look_into_text_fields(rule: Callable[[str], Any], word: str) -> None:
    kind = {"contains": "words", "mentions": "mention", "starts with": "prefix", "ends with": "suffix"}[word]
    demands = rule(f'when offer.note is present\nrequire offer.note {word} "thanks"').rule.demands
    assert isinstance(demands, Holds)
    assert demands.finders == (Finder(kind, "thanks"),)


def test_a_never_about_the_reply_is_exactly_the_negation_of_one_variable(rule: Callable[[str], Any]) -> None:
    demands = rule('never any text contains any of email, codename, "top secret"').rule.demands
    assert isinstance(demands, Not)
    assert isinstance(demands.term, Variable)
    assert demands.term.origin == FoundInText(
        "any",
        (
            Finder("detector", "email", "email"),
            Finder("pattern", "Heron", "codename", True),
            Finder("words", "top secret"),
        ),
    )


def test_a_require_about_the_reply_is_the_variable_itself(rule: Callable[[str], Any]) -> None:
    demands = rule(r"require reply text matches /a\/b/ ignoring case").rule.demands
    assert demands.origin == FoundInText("reply", (Finder("pattern", "a/b", "", True),))
    assert demands.name == r"reply text matches /a\/b/ ignoring case"


def test_exemptions_belong_to_their_finder(rule: Callable[[str], Any]) -> None:
    written = 'never any text contains any of email except those ending with "@a.b" except those matching /x/, codename'
    first, second = rule(written).rule.demands.term.origin.finders
    assert [(e.how, e.text) for e in first.exemptions] == [("ending", "@a.b"), ("matching", "x")]
    assert second.exemptions == ()


def test_what_the_user_says(rule: Callable[[str], Any]) -> None:
    demands = rule('allow refund only after user says "yes"').rule.demands
    assert demands.origin == UserSays(("yes",))


def test_a_claim_that_is_absent_leaves_the_rule_out(rule: Callable[[str], Any]) -> None:
    seen = rule("require said.entitled agrees with applicant.known\nif unknown block")
    assert seen.applies == "said.entitled is present"
    assert seen.demands == "said.entitled is applicant.known"
    assert seen.rule.subject.kind == "claims"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("require offer.apr", "E039"),
        ("require offer.note is present and offer.note at most 5", "E012"),
        ("require offer.decision is aprove", "E019"),
        ("require offer.decision is applicant.tier", "E012"),
        ("require offer.rooms is offer.spare", "E012"),
        ("require offer.apr is before 5%", "E012"),
        ("require offer.due is within 1.5 months of today", "E012"),
        ("require offer.due is within 0 months of today", "E012"),
        ("require offer.term is within 2 months of today", "E012"),
        ("require offer.rooms is the same set as offer.spare", "E012"),
        ("require offer.rooms.kind is the same set as offer.rooms.price", "E012"),
        ("require offer.term is the same set as offer.rooms.price", "E012"),
        ('require reply conforms to schema "answer.json"', "E040"),
        ("require offer.due is within 36 h of today", "E012"),
        ("require offer.due is within 3 mg of today", "E015"),
        ("require offer.urgent agrees with offer.urgent", "E012"),
        ('require offer.apr mentions "x"', "E012"),
        ("never any text contains emial", "E026"),
        ('never any text contains " "', "E012"),
        ("never reply text matches /a(?=b)/", "E025"),
        ("never reply text matches /a*/", "E025"),
        ("every x in offer.rooms.price has x at most $5", "E012"),
        ("every room in offer.rooms has (some room in offer.spare has room.children is 1)", "E018"),
        ("require 5% is present", "E012"),
    ],
)
def test_conditions_that_make_no_sense(mistakes: Callable[[str], list[str]], written: str, code: str) -> None:
    assert [m[:4] for m in mistakes(written)] == [code]
