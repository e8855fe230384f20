"""A schema behind a guard on the first letter, and what to write instead of appending to a field."""

import pytest

from guardproxy.pipeline import compile_policy

POLICY = """
policy "Offers" version 1
check reply as offer
  - apr  : whole number, optional
  - text : text
rule R "R"
  {}
"""


def found(rule: str) -> list[tuple[str, str]]:
    compiled = compile_policy(POLICY.format(rule), "offers", {"s.json": "{}", "s.lark": 'start: "{"'}.get)
    return [(d.code, d.help) for d in compiled.diagnostics if d.code in ("W215", "E023")]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ('when reply text starts with "{"\n  require reply conforms to schema "s.json"', "W215"),
        ('when reply text starts with " ["\n  require reply conforms to schema "s.json"', "W215"),
        ('when reply text starts with "{"\n  require reply conforms to grammar "s.lark"', ""),
        ('when reply text starts with "{"\n  require reply text mentions "x"', ""),
        ('require reply conforms to schema "s.json"', ""),
        ('require offer.apr is present and reply conforms to schema "s.json"', ""),
    ],
)
def test_a_first_letter_is_no_guard_for_a_schema(rule: str, code: str) -> None:
    assert [c for c, _ in found(rule)] == ([code] if code else [])


def test_what_a_field_misses_the_model_writes_anew() -> None:
    (only,) = found('require offer.text mentions "risk"\n  otherwise append " Risk."')
    assert only == (
        "E023",
        "a sentence cannot be added to one field of a JSON object: write `otherwise ask again up to 2 times`, "
        "and the model writes `offer.text` anew",
    )
