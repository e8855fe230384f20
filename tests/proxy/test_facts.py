"""Where a request's facts come from, and what a client cannot do."""

import base64
import hmac
import json
from typing import Any

import pytest

from guardproxy.ir.types import Field, Number, OneOf, Schema, YesNo
from guardproxy.proxy.facts import FactSources
from guardproxy.settings import SettingsMistake
from guardproxy.wire.errors import ClientMistake

SCHEMAS = [
    Schema(
        "applicant", "facts", (Field("tier", OneOf(("gold", "silver"))), Field("covered", YesNo())), provenance="system"
    ),
    Schema("client", "facts", (Field("age", Number("whole")), Field("lang", OneOf(("en",)))), provenance="request"),
]
SOURCES = FactSources(SCHEMAS, {"applicant": {"tier": "silver"}}, "secret")


def signed(facts: Any, key: str = "secret") -> list[tuple[bytes, bytes]]:
    text = base64.b64encode(json.dumps(facts).encode())
    signature = hmac.new(key.encode(), text, "sha256").hexdigest().encode()
    return [(b"x-guardproxy-facts", text), (b"x-guardproxy-facts-signature", signature)]


def test_a_signed_header_wins_field_by_field() -> None:
    assert SOURCES.of(signed({"applicant": {"covered": True}}), {}) == {
        "applicant": {"tier": "silver", "covered": True}
    }
    assert SOURCES.of(signed({"applicant": {"tier": "gold"}}), {}) == {"applicant": {"tier": "gold"}}


def test_metadata_reaches_only_what_the_request_may_say() -> None:
    metadata = {"applicant.tier": "gold", "client.age": "17", "client.lang": "en", "client.name": "x"}
    assert SOURCES.of([], metadata) == {"applicant": {"tier": "silver"}, "client": {"age": 17, "lang": "en"}}


def test_numbers_stay_text_when_they_are_none() -> None:
    assert SOURCES.of([], {"client.age": "seventeen"})["client"] == {"age": "seventeen"}


@pytest.mark.parametrize(
    "headers",
    [
        signed({}, key="other"),
        signed({})[:1],
        signed({})[1:],
        [*signed({}), *signed({})],
        [
            (b"x-guardproxy-facts", b"!"),
            (b"x-guardproxy-facts-signature", hmac.new(b"secret", b"!", "sha256").hexdigest().encode()),
        ],
        signed([1]),
        signed({"applicant": 1}),
    ],
)
def test_anything_else_is_refused(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(ClientMistake):
        SOURCES.of(headers, {})


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"client": {"age": 99}}, "no policy declares facts `client` from system"),
        ({"applicant": {"tear": 1}}, "no policy declares the fact `applicant.tear` from system; did you mean `tier`?"),
        ({"applicant": {"covered": 1}}, "`applicant.covered` is `1`, which is of another kind: it has to be true"),
    ],
)  # fmt: skip
def test_a_signed_header_has_to_say_what_policies_declare(facts: Any, message: str) -> None:
    with pytest.raises(ClientMistake) as caught:
        SOURCES.of(signed(facts), {})
    assert caught.value.status == 400
    assert caught.value.message.startswith(f"x-guardproxy-facts: {message}")


def test_known_to_be_missing_always_fits() -> None:
    assert SOURCES.of(signed({"applicant": {"covered": None}}), {})["applicant"]["covered"] is None


@pytest.mark.parametrize("provenance", ["system", "tool"])
@pytest.mark.parametrize("own_first", [True, False])
def test_the_client_never_fills_what_another_policy_takes_from_elsewhere(provenance: Any, own_first: bool) -> None:
    fields = (Field("tier", OneOf(("gold", "silver"))),)
    both = [
        Schema("applicant", "facts", fields, provenance=provenance),
        Schema("applicant", "facts", (*fields, Field("age", Number("whole"))), provenance="request"),
    ]
    sources = FactSources(both if own_first else both[::-1], {}, "secret")
    assert sources.of([], {"applicant.tier": "gold", "applicant.age": "7"}) == {}
    configured = {"applicant": {"tier": "silver"}} if provenance == "system" else {}
    sources = FactSources(both, configured, "secret")
    assert sources.of([], {"applicant.tier": "gold", "applicant.age": "7"}) == configured


def test_fields_of_one_name_may_stand_in_several_policies() -> None:
    first = Schema("a", "facts", (Field("x", YesNo()),), provenance="system")
    second = Schema("a", "facts", (Field("y", YesNo()),), provenance="system")
    assert FactSources([first, second], {"a": {"x": True, "y": False}}, None).of([], {}) == {
        "a": {"x": True, "y": False}
    }


def test_without_a_key_no_header_is_taken() -> None:
    with pytest.raises(ClientMistake, match="no `facts_key`"):
        FactSources(SCHEMAS, {}, None).of(signed({}), {})


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"aplicant": {}}, "no policy declares facts `aplicant` from system; did you mean `applicant`?"),
        ({"client": {"age": 1}}, "no policy declares facts `client` from system"),
        ({"applicant": {"teir": 1}}, "no policy declares the fact `applicant.teir` from system; did you mean `tier`?"),
        (
            {"applicant": {"tier": "gld"}},
            '`applicant.tier` is `"gld"`, which is not listed: it has to be one of "gold", "silver"',
        ),
        (
            {"applicant": {"covered": "no"}},
            '`applicant.covered` is `"no"`, which is of another kind: it has to be true or false',
        ),
    ],
)
def test_configured_facts_have_to_be_declared(facts: Any, message: str) -> None:
    with pytest.raises(SettingsMistake) as caught:
        FactSources(SCHEMAS, facts, None)
    assert caught.value.mistakes == (message,)
