"""Schemas, as the engine gets them."""

from guardproxy.ir.types import ClaimPattern, Schema
from guardproxy.pipeline import compile_policy


def schemas(text: str) -> tuple[Schema, ...]:
    done = compile_policy('policy "D" version 1\n' + text)
    assert done.policy is not None, done.diagnostics
    return done.policy.schemas


def test_a_tool_has_what_it_takes_and_what_it_returns() -> None:
    takes, returns = schemas("tool look takes - id : text returns - id : text - total : money from $0 to $5")
    assert (takes.name, takes.kind, takes.tool, [f.name for f in takes.fields]) == ("look", "tool", "look", ["id"])
    assert (returns.name, returns.kind, returns.tool) == ("look", "result", "look")


def test_checks_and_facts() -> None:
    call, facts = schemas(
        "check call pay as payment - to : text facts who from request - age : whole number, may be unknown"
    )
    assert (call.name, call.kind, call.tool) == ("payment", "call", "pay")
    assert (facts.kind, facts.provenance, facts.fields[0].may_be_unknown) == ("facts", "request", True)


def test_claims_can_be_absent_and_keep_their_sentences() -> None:
    (claims,) = schemas(
        'claims reply text as said - ok : yes/no, read yes from "you may" or "you can", read no from "you may not"'
        ' - weeks : whole number from 0 to 60, read from "{weeks} weeks"'
    )
    assert [f.optional for f in claims.fields] == [True, True]
    assert claims.fields[0].claims == (
        ClaimPattern("you may", True), ClaimPattern("you can", True), ClaimPattern("you may not", False),
    )  # fmt: skip
    assert claims.fields[1].claims == (ClaimPattern("{weeks} weeks"),)


def test_records_may_hold_records_in_any_order() -> None:
    (reply,) = schemas("check reply as o - a : outer record outer - b : inner record inner - c : text")
    assert reply.fields[0].type == reply.fields[0].type
    assert "inner" in repr(reply.fields[0].type)


def test_a_names_declaration_that_could_not_be_read_is_not_reported_at_each_use() -> None:
    text = 'policy "D" version 1\ncheck reply as o - a text\nrule X-1 "x" require o.a is "b" and o.c is "d"'
    assert [d.code for d in compile_policy(text).diagnostics] == ["E005"]
