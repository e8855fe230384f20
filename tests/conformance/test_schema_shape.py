import json

from guardproxy.conformance import shape

OFFER = json.dumps(
    {
        "type": "object",
        "properties": {
            "rate": {"type": "number", "minimum": 0, "maximum": 0.36},
            "kind": {"enum": ["car", "home"]},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["rate"],
        "additionalProperties": False,
    }
)


def test_an_offer_conforms() -> None:
    assert shape("schema", OFFER).accepts('\n{"rate": 0.36, "kind": "car", "notes": ["a"]} ')


def test_numbers_are_compared_exactly() -> None:
    assert not shape("schema", OFFER).accepts('{"rate": 0.36000000000000000000000000000000000001}')


def test_a_watch_may_be_asked_at_any_time() -> None:
    watch = shape("schema", OFFER).watch()
    said = []
    for piece in ('{"rate": 0.', '2, "kind": "c', 'ar"', "}", " ", "x"):
        watch.feed(piece)
        said.append((watch.dead, watch.accepts()))
    assert said == [(False, False)] * 3 + [(False, True)] * 2 + [(True, False)]


def test_a_long_reply_is_read_in_linear_time() -> None:
    rows = ", ".join('"' + "x" * 100 + '"' for _ in range(1_000))
    watch = shape("schema", OFFER).watch()
    text = f'{{"rate": 0.1, "notes": [{rows}]}}'
    assert all(watch.feed(text[at : at + 7]) for at in range(0, len(text), 7))
    assert watch.accepts()
