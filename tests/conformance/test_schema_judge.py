import json
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from guardproxy.conformance import shape, why_refused
from tests.conformance.schemas import document, value

randoms = st.randoms(use_true_random=False)


@settings(max_examples=300)
@given(random=randoms)
def test_whole_values_conform_exactly_where_the_reference_validator_says_so(random: Random) -> None:
    written = document(random)
    text = json.dumps(written)
    assume(why_refused("schema", text) is None)
    reference = Draft202012Validator(written)
    for _ in range(5):
        found = value(random)
        assert shape("schema", text).accepts(json.dumps(found)) == reference.is_valid(found), (text, found)


@given(random=randoms, size=st.integers(1, 5))
def test_a_dead_beginning_has_no_conforming_end_and_cutting_changes_nothing(random: Random, size: int) -> None:
    written = document(random)
    text = json.dumps(written)
    assume(why_refused("schema", text) is None)
    replies = [json.dumps(value(random)) for _ in range(8)]
    conforming = [reply for reply in replies if Draft202012Validator(written).is_valid(json.loads(reply))]
    for reply in replies:
        whole, pieces = shape("schema", text).watch(), shape("schema", text).watch()
        whole.feed(reply)
        for at in range(0, len(reply), size):
            pieces.feed(reply[at : at + size])
        assert (whole.died_at, whole.accepts()) == (pieces.died_at, pieces.accepts())
        if whole.died_at is not None:
            assert not any(other.startswith(reply[: whole.died_at + 1]) for other in conforming)


EARLY = [
    ({"additionalProperties": False, "properties": {"name": True, "note": True}}, '{"nam', None),
    ({"additionalProperties": False, "properties": {"name": True, "note": True}}, '{"na":', 4),
    ({"additionalProperties": False, "properties": {"name": True, "note": True}}, '{"x', 2),
    ({"additionalProperties": False, "properties": {"a": True}}, '{"a": 1,', 7),
    ({"additionalProperties": False}, '{"', 1),
    ({"enum": ["alpha", "beta", 3]}, '"alp', None),
    ({"enum": ["alpha", "beta", 3]}, '"alx', 3),
    ({"enum": ["alpha", "beta", 3]}, "[", 0),
    ({"const": True}, "f", 0),
    ({"type": "string"}, " {", 1),
    ({"type": ["integer", "null"]}, "1.5 ", 3),
    ({"items": {"type": "string"}, "maxItems": 2}, '["a", 1', 6),
    ({"items": {"type": "string"}, "maxItems": 2}, '["a", "b",', 9),
    ({"maxItems": 0}, "[1", 1),
    ({"uniqueItems": True}, '[{"a": 1, "b": 2}, {"b": 2.0, "a": 1}', 36),
    ({"contains": {"const": 1}, "maxContains": 1}, "[1, 1]", 5),
    ({"required": ["a"]}, "{}", 1),
    ({"required": ["a", "b"], "maxProperties": 2}, '{"c":', 3),
    ({"maxLength": 3}, '"abcd', 4),
    ({"maxLength": 3}, '"ab\\ud83d\\ude00', None),
    ({"pattern": "^[a-z]+$"}, '"abC', 3),
    ({"minimum": 10}, "9", None),
    ({"minimum": 10}, "9 ", 1),
    ({"multipleOf": 0.1}, "[0.3]", None),
    ({"items": {"multipleOf": 0.01}}, "[0.07, 0.075]", 12),
    ({"not": {"type": "string"}}, '"', 0),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "1", 0),
    ({"oneOf": [{"type": "array"}, {"minItems": 0}]}, "[", 0),
    ({"if": {"properties": {"k": {"const": 1}}}, "then": {"maxProperties": 1}}, '{"k": 1, "l"', 7),
    ({"propertyNames": {"maxLength": 2}}, '{"abc"', 5),
    ({"dependentRequired": {"a": ["b"]}}, '{"a": 1}', 7),
]


@pytest.mark.parametrize(("written", "reply", "died_at"), EARLY)
def test_a_value_is_dead_as_soon_as_no_completion_conforms(written: object, reply: str, died_at: int | None) -> None:
    watch = shape("schema", json.dumps(written)).watch()
    watch.feed(reply)
    assert watch.died_at == died_at


def test_values_may_be_nested_as_deeply_as_json_may() -> None:
    tree = '{"$defs": {"t": {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#/$defs/t"}}]}},'
    nested = shape("schema", tree + '"allOf": [{"allOf": [{"$ref": "#/$defs/t"}]}]}')
    assert nested.accepts("[" * 100 + "1" + "]" * 100)
    assert not nested.accepts("[" * 101 + "1" + "]" * 101)
    assert not nested.accepts("[" * 100 + "1.5" + "]" * 100)
