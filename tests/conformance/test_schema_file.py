import pytest

from guardproxy.conformance import shape, why_refused

REFUSED = {
    "the schema is not JSON: a key appears twice in one object": '{"type": "null", "type": "null"}',
    "`#`: a schema is an object, `true` or `false`": "[]",
    "no value conforms to the schema `false`": "false",
    "`#/properties/a`: there is no keyword `typ`": '{"properties": {"a": {"typ": "string"}}}',
    "`#/type`: a type is one of object, array, string, number, boolean, null, integer": '{"type": "text"}',
    "`#/pattern`: look-ahead `(?=` needs more than linear time, at character 1 of `(?=a)b`": '{"pattern": "(?=a)b"}',
    "`#`: `unevaluatedProperties` is not possible here; write out what is allowed with `properties` and "
    "`additionalProperties`": '{"unevaluatedProperties": false}',
    "`#`: `$ref` leads only to places of the same file, as in `#/$defs/name`, not to `http://x.example/s`": (
        '{"$ref": "http://x.example/s"}'
    ),
    "`#`: `$ref` leads to `#/$defs/a`, which is not there": '{"$ref": "#/$defs/a"}',
    "`#`: `$ref` leads back to the schema itself for the same value": '{"anyOf": [{"$ref": "#"}]}',
    "`#`: the dialect `http://json-schema.org/draft-04/schema#` is not known; 2020-12 and draft-07 are": (
        '{"$schema": "http://json-schema.org/draft-04/schema#"}'
    ),
    "`#/multipleOf`: this is a number above 0": '{"multipleOf": 0}',
    "`#/minLength`: this is a whole number, at least 0": '{"minLength": -1}',
    "`#/required`: this is a list of names": '{"required": "a"}',
}


@pytest.mark.parametrize("reason", REFUSED)
def test_the_author_is_told_why_and_where(reason: str) -> None:
    assert why_refused("schema", REFUSED[reason]) == reason


def test_definitions_may_be_recursive() -> None:
    tree = shape("schema", '{"properties": {"next": {"$ref": "#"}}, "additionalProperties": false}')
    assert tree.accepts('{"next": {"next": {}}}')
    assert not tree.accepts('{"next": {"nest": {}}}')


def test_the_older_spelling_of_lists_is_understood() -> None:
    pair = shape("schema", '{"items": [{"type": "string"}, {"type": "integer"}], "additionalItems": false}')
    assert pair.accepts('["a", 1]')
    assert not pair.accepts('["a", 1, 2]')


def test_names_with_slashes_can_be_referred_to() -> None:
    assert shape("schema", '{"$defs": {"a/b~c": {"const": 1}}, "$ref": "#/$defs/a~1b~0c"}').accepts("1")
