"""Why a reply has not the shape that a rule demands: for the author, and for the model that is asked again."""

from guardproxy.checks.engine import CompiledPolicies, judge
from guardproxy.checks.steps import steps_of
from guardproxy.conversation import Answer, Passage, Situation
from guardproxy.pipeline import compile_policy
from tests.properties.test_enforcement import ask

SCHEMA = '{"type": "object", "properties": {"weight": {"type": "integer", "minimum": 1}}, "required": ["weight"]}'
GRAMMAR = 'start: "send " /[a-z]+/ "."'
POLICY = """
policy "Parcels" version 1
check reply as parcel
  - weight : whole number, optional
rule SHAPE "A parcel"
  require parcel.weight is present and reply conforms to schema "parcel.json"
  otherwise ask again up to 2 times
"""
SENTENCE = """
policy "Sentences" version 1
rule SHAPE "A sentence"
  require reply conforms to grammar "small.lark"
  otherwise ask again up to 2 times
rule MAIL "No addresses"
  never reply text contains email
  otherwise block
"""
RISK = """
policy "Risks" version 1
check reply as offer
  - apr : whole number
rule RISK "The risk is named"
  require reply text mentions "risk"
  otherwise append " Risk."
"""


def compiled(text: str) -> CompiledPolicies:
    policy = compile_policy(text, "shapes", {"parcel.json": SCHEMA, "small.lark": GRAMMAR}.get).policy
    assert policy is not None
    return CompiledPolicies([policy])


def told(policy: str, said: str) -> str:
    (only,) = judge(compiled(policy), Answer((Passage("content", said),)), Situation(), ask).reasons
    return only


def shown(policy: str, said: str, name: str) -> str:
    found = steps_of(compiled(policy), Answer((Passage("content", said),)), Situation(), ask)
    return next(v.whence for v in found.rules[0].values if name in v.name)


def test_the_model_is_told_what_to_mend_and_its_answer_is_not_repeated() -> None:
    assert told(POLICY, '{"weight": 0}') == (
        'A parcel. Required: parcel.weight is present and reply conforms to schema "parcel.json". '
        "The reply does not conform to the schema: `$.weight`: expected at least 1, found a number outside of that."
    )
    assert told(SENTENCE, "send ann now").endswith(
        'The reply does not conform to the grammar: line 1, column 9: expected ".".'
    )


def test_the_author_sees_where_the_text_stops_fitting_unless_it_holds_a_secret() -> None:
    assert shown(POLICY, "{}", "conforms") == (
        "the reply text, held against the schema parcel.json: `$.weight` is missing"
    )
    assert shown(SENTENCE, "send ann now", "conforms").endswith('line 1, column 9, behind `send ann`: expected "."')
    assert shown(SENTENCE, "send ann@example.com", "conforms").endswith('line 1, column 9: expected "."')


def test_that_nothing_can_be_appended_to_an_object_is_said() -> None:
    found = steps_of(compiled(RISK), Answer((Passage("content", '{"apr": 3}'),)), Situation(), ask)
    assert found.rules[0].means == (
        "violated; nothing can be appended to a JSON object, which would be none any more, "
        "so the rule blocks the answer instead"
    )
    assert found.verdict.notice == "The answer was stopped by a policy: The risk is named (RISK)."
    prose = steps_of(compiled(RISK), Answer((Passage("content", "Three."),)), Situation(), ask)
    assert prose.rules[0].means == "violated"
