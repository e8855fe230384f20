"""Clauses: what a rule is about, when it applies, what it demands and what happens otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from guardproxy.ir.policy import Outcome, Subject
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import CalledBefore, CallsSoFar, FieldOf, LookUp, Not, PickedFrom, ResultField

LET = "let order be the latest lookup_order result with the same order_id\n"


def test_when_and_except_when_say_where_a_rule_applies(rule: Callable[[str], Any]) -> None:
    seen = rule("when offer.urgent\nrequire offer.term at most 24\nexcept when offer.decision is refer")
    assert seen.applies == 'offer.urgent and offer.decision is not "refer"'
    assert seen.demands == "offer.term at most 24"


def test_unless_is_another_way_to_comply(rule: Callable[[str], Any]) -> None:
    seen = rule("never offer.term above 24\nunless offer.urgent")
    assert (seen.applies, seen.demands) == ("yes", "offer.term at most 24 or offer.urgent")


@pytest.mark.parametrize(
    ("clauses", "subject"),
    [
        ("require offer.urgent", Subject("reply", "offer")),
        ("require refund.amount at most $5", Subject("call", "refund", "refund")),
        ("allow delete_all only when applicant.tier is gold", Subject("call", "", "delete_all")),
        ("when said.weeks is present require said.weeks at most 16", Subject("claims", "said")),
        ("never reply text contains email", None),
        ("require count of calls at most 1", None),
        ("require long", Subject("reply", "offer")),
    ],
)
def test_a_rule_is_about_one_thing(rule: Callable[[str], Any], clauses: str, subject: Subject | None) -> None:
    assert rule(clauses).rule.subject == subject


def test_what_was_looked_up_for_the_judged_call(rule: Callable[[str], Any]) -> None:
    variable = rule(LET + "require refund.amount at most order.total").rule.demands.right
    assert isinstance(variable.origin, ResultField)
    look_up = variable.origin.look_up
    assert (variable.name, variable.origin.path, look_up.tool, look_up.key) == (
        "order.total", ("total",), "lookup_order", "order_id",
    )  # fmt: skip
    assert look_up.match is not None
    assert look_up.match.origin == FieldOf("refund", "tool", ("order_id",))


def test_a_look_up_by_a_field_of_its_own(rule: Callable[[str], Any]) -> None:
    let = "let guest be the latest get_guest result whose guest_id is refund.guest\n"
    origin = rule(let + "allow refund only when guest.level is gold").rule.demands.left.origin
    assert isinstance(origin.look_up, LookUp)
    assert origin.look_up.match.name == "refund.guest"


def test_order_and_number_of_calls(rule: Callable[[str], Any]) -> None:
    after = rule("allow refund only after lookup_order with the same order_id").rule.demands
    assert after.origin == CalledBefore("lookup_order", "order_id", with_result=True)
    never = rule("never refund after cancel with the same order_id").rule.demands
    assert isinstance(never, Not)
    assert never.term.origin == CalledBefore("cancel", "order_id", with_result=False)
    times = rule("allow refund at most 3 times per conversation").rule.demands
    assert times.left.origin == CallsSoFar("refund", "conversation")
    assert times.right.value == 3


@pytest.mark.parametrize(
    ("clauses", "outcome"),
    [
        ("require offer.urgent", Outcome("block")),
        ('require offer.urgent otherwise block "No."', Outcome("block", "No.")),
        ("require offer.urgent otherwise hold for review", Outcome("hold")),
        ("require offer.urgent otherwise ask again up to 2 times", Outcome("ask again", "", 2)),
        ('require offer.urgent otherwise warn "Hm."', Outcome("warn", "Hm.")),
        ('never reply text contains email otherwise redact as "[x]"', Outcome("redact", "[x]")),
        ('never reply text contains email otherwise replace with "y"', Outcome("replace", "y")),
        ('never reply text mentions "z" otherwise cut', Outcome("cut")),
        ('require reply text mentions "z" otherwise append " z"', Outcome("append", " z")),
    ],
)
def test_outcomes(rule: Callable[[str], Any], clauses: str, outcome: Outcome) -> None:
    assert rule(clauses).rule.otherwise == outcome


def test_repairs_name_their_fields(rule: Callable[[str], Any]) -> None:
    lowering = rule("require offer.apr at most 36% repair by lowering offer.apr, offer.term").rule.repair
    assert (lowering.how, [f.name for f in lowering.fields]) == ("lowering", ["offer.apr", "offer.term"])
    setting = rule("require offer.decision is refer repair by setting offer.decision to refer").rule.repair
    assert (setting.how, setting.value) == ("setting", "refer")
    removing = rule("require offer.note is missing repair by removing offer.note").rule.repair
    assert removing.how == "removing"


def test_what_a_rule_says_about_itself(rule: Callable[[str], Any]) -> None:
    only = rule('severity high owner "Risk" tags a, b require offer.urgent if unknown hold source "10 USC"').rule
    assert (only.severity, only.owner, only.tags, only.source) == ("high", "Risk", ("a", "b"), "10 USC")
    assert (only.if_unknown, only.if_unknown_said) == ("hold", True)
    assert rule("require offer.urgent").rule.if_unknown_said is False


@pytest.mark.parametrize(
    ("clauses", "found"),
    [
        ("require offer.urgent when offer.term above 6", "E022 `when` has to stand before the demand"),
        ("require offer.urgent require offer.urgent", "E022 this rule has a demand already"),
        ("when offer.urgent", "E022 the rule `X-1` demands nothing"),
        ("require offer.urgent unless offer.urgent", "E022 `unless` goes with `never`"),
        ("require offer.urgent otherwise cut", "E023 `cut` has no words to take out here"),
        ('never any text contains email otherwise append "x"', "E023 `append` has no text to add to here"),
        (
            "require offer.urgent and refund.amount at most $5",
            "E021 a rule is about the reply `offer` or about calls to `refund`, not about both",
        ),
        (
            "require offer.urgent repair by lowering offer.urgent",
            "E035 `offer.urgent` is no number, so it is not lowered",
        ),
        (
            "require offer.urgent repair by removing offer.urgent",
            "E035 `offer.urgent` cannot be left out, so it is not removed",
        ),
        (
            "require offer.urgent repair by setting applicant.tier to gold",
            "E035 `applicant.tier` is not the model's to change",
        ),
        (
            "let x be the latest nothing result with the same order_id allow refund only when x.y",
            "E027 nothing says what `nothing` returns",
        ),
        (
            "let x be the latest lookup_order result with the same booking allow refund only when x.status is pending",
            "E011 `refund` has no field `booking`",
        ),
        ("allow refund only after lookup_order with the same booking", "E011 `refund` has no field `booking`"),
        (
            "let x be the first of offer.term require offer.urgent",
            "E012 `offer.term` is a plain number and no list",
        ),
    ],
)
def test_clauses_that_make_no_sense(mistakes: Callable[[str], list[str]], clauses: str, found: str) -> None:
    assert mistakes(clauses) == [found]


def test_clauses_are_kept_as_they_were_written(rule: Callable[[str], Any]) -> None:
    seen = rule(
        "when offer.term above 12\nnever offer.amount above $900 and not offer.urgent\n"
        "unless long\nexcept when offer.due is before today"
    ).rule
    shown = [(c.word, printed(c.term), " ".join(c.span.text.split())) for c in seen.clauses]
    assert shown == [
        ("when", "offer.term above 12", "offer.term above 12"),
        ("body", "offer.amount above 900 USD and not offer.urgent", "offer.amount above $900 and not offer.urgent"),
        ("unless", "offer.term above 60", "long"),
        ("except when", "offer.due below today", "offer.due is before today"),
    ]


def test_comparisons_have_their_places_also_inside_definitions_and_lists(rule: Callable[[str], Any]) -> None:
    (clause,) = rule("require long or every room in offer.rooms has room.price at most $90").rule.clauses
    assert [(printed(term), span.text) for term, span in clause.comparisons] == [
        ("offer.term above 60", "offer.term above 60"),
        ("room.price at most 90 USD", "room.price at most $90"),
    ]


@pytest.mark.parametrize(
    ("clauses", "span", "comparisons"),
    [
        ("allow refund only when refund.amount at most $5", "refund.amount at most $5", 1),
        ("allow refund at most 2 times per answer", "allow refund at most 2 times per answer", 1),
        ("never refund after lookup_order", "never refund after lookup_order", 0),
    ],
)
def test_what_is_allowed_is_a_clause_too(rule: Callable[[str], Any], clauses: str, span: str, comparisons: int) -> None:
    (clause,) = rule(clauses).rule.clauses
    assert (clause.word, clause.span.text, len(clause.comparisons)) == ("body", span, comparisons)


def test_the_first_and_the_last_of_a_list(rule: Callable[[str], Any]) -> None:
    lets = "let head be the first of offer.rooms\nlet bed be the last of offer.rooms.kind\n"
    demands = rule(lets + "require head.price at most $5 and bed is single").rule.demands
    price, kind = (compared.left for compared in demands.terms)
    assert (price.name, price.origin.which, price.origin.path) == ("head.price", "first", ("price",))
    assert (kind.name, kind.origin.which, kind.origin.path, kind.type.values) == (
        "bed", "last", ("kind",), ("single", "double"),
    )  # fmt: skip
    assert price.origin.list == kind.origin.list
    assert price.origin.list.name == "offer.rooms"


def test_what_was_looked_up_has_a_last_element_too(rule: Callable[[str], Any]) -> None:
    demands = rule(LET + "let card be the last of order.cards\nrequire card is refund.guest").rule.demands
    assert isinstance(demands.left.origin, PickedFrom)
    assert isinstance(demands.left.origin.list.origin, ResultField)
