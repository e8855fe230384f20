import json
from random import Random

import pytest

from guardproxy.conformance import shape
from tests.conformance import schemas

OFFER = json.dumps(
    {
        "type": "object",
        "properties": {
            "rate": {"type": "number", "maximum": 0.36},
            "kind": {"enum": ["car", "home"]},
            "notes": {"type": "array", "items": {"type": "string", "maxLength": 9}, "maxItems": 2},
            "count": {"type": "integer"},
            "code": {"anyOf": [{"type": "string", "pattern": "^a"}, {"type": "null"}]},
        },
        "required": ["rate"],
        "additionalProperties": False,
    }
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "`$.rate` is missing"),
        ('{"rate": 1}', "`$.rate`: expected at most 0.36, found a number outside of that"),
        ('{"rate": "hidden"}', "`$.rate`: expected a number, found a string"),
        ('{"rate": 0, "kind": "hidden"}', '`$.kind`: expected one of "car", "home", found something else (a string)'),
        ('{"rate": 0, "notes": ["a", 1]}', "`$.notes[1]`: expected a string, found a number"),
        ('{"rate": 0, "notes": ["a", "b", "c"]}', "`$.notes`: expected at most 2 elements, found 3"),
        ('{"rate": 0, "count": 1.5}', "`$.count`: expected a whole number, found a number"),
        (
            '{"rate": 0, "code": "hidden"}',
            "`$.code`: expected a string that the schema's `pattern` matches, found another one",
        ),
        (
            '{"rate": 0, "hidden": 1}',
            "`$` has a member that the schema does not allow; it names `rate`, `kind`, `notes`, `count`, `code`",
        ),
        ("hidden", "line 1, column 1: it stops being one JSON value here"),
        ('{"rate":\n hidden}', "line 2, column 2: it stops being one JSON value here"),
        ('{"rate": 0} hidden', "line 1, column 13: behind the JSON value stands something else"),
        ('{"rate": 0', "the text ends before the JSON value is complete"),
    ],
)
def test_it_says_where_and_what_is_expected_and_repeats_nothing(text: str, why: str) -> None:
    assert shape("schema", OFFER).why_not(text) == why
    assert "hidden" not in why


@pytest.mark.parametrize("seed", range(150))
def test_there_is_a_reason_exactly_where_a_text_does_not_conform(seed: int) -> None:
    random = Random(seed)
    wanted = shape("schema", json.dumps(schemas.document(random)))
    for _ in range(8):
        text = json.dumps(schemas.value(random))
        assert (wanted.why_not(text) == "") == wanted.accepts(text)


def test_a_grammar_says_where_the_text_stops_fitting_and_what_could_stand_there() -> None:
    wanted = shape("grammar", 'start: "SELECT" NAME ("," NAME)*\nNAME: /[a-z]+/\n%ignore /\\s+/\n')
    assert wanted.why_not("SELECT a, b") == ""
    said = wanted.why_not("SELECT a,\nb; hidden")
    assert said == 'line 2, column 2, behind `SELECT a,\\nb`: expected "," or the end of the text'
    assert wanted.why_not("SELECT a; b", quoting=False) == 'line 1, column 9: expected "," or the end of the text'
    assert wanted.why_not("DROP b") == 'line 1, column 1: expected "SELECT"'
    assert wanted.why_not("SELECT a,") == (
        "line 1, column 10, behind `SELECT a,`: the text ends too early there: expected NAME"
    )
