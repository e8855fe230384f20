"""Generated policies and answers, small enough that whole ranges can be tried: material for the properties."""

from typing import Any

from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.conversation import Answer, Passage, Situation, ToolCall
from guardproxy.ir.build import TRUE, all_of, any_of, compare, constant, negate
from guardproxy.ir.policy import Outcome, Policy, Repair, Rule, Subject
from guardproxy.ir.terms import FieldOf, Finder, FoundInText, Term, Variable
from guardproxy.ir.types import Field, Number, Schema, Type, YesNo
from guardproxy.source import SourceText, Span

SMALL = Number("whole", 0, 10, grid=1)
NOWHERE = Span(SourceText("generated", "generated"), 0, 1)
ALPHABET = "ab "

OFFER = Schema("offer", "reply", (Field("x", SMALL), Field("y", SMALL)))
ORDER = Schema("order", "call", (Field("x", SMALL), Field("y", SMALL)), tool="buy")
CASE = Schema("case", "facts", (Field("vip", YesNo(), may_be_unknown=True), Field("limit", SMALL, may_be_unknown=True)))

FACTS = {
    "vip": Variable("case.vip", YesNo(), FieldOf("case", "facts", ("vip",))),
    "limit": Variable("case.limit", SMALL, FieldOf("case", "facts", ("limit",))),
}


def field_of(schema: Schema, name: str) -> Variable:
    kind: Any = schema.kind
    return Variable(f"{schema.name}.{name}", SMALL, FieldOf(schema.name, kind, (name,)))


def number(value: int, type_: Type = SMALL) -> Term:
    return constant(value, type_)


words = st.text(alphabet="ab", min_size=1, max_size=3)
finders = (
    words.map(lambda w: Finder("words", w))
    | words.map(lambda w: Finder("mention", w))
    | st.sampled_from(
        [
            Finder("pattern", "a+b"),
            Finder("pattern", r"\bba\b"),
            Finder("pattern", "b(a|aa)b"),
            Finder("pattern", "^ab"),
            Finder("pattern", "ba$"),
        ]
    )
)
outcomes = st.sampled_from(
    [
        Outcome("block", "stopped"),
        Outcome("redact", "[x]"),
        Outcome("replace", "c"),
        Outcome("replace", "a"),
        Outcome("cut"),
        Outcome("hold"),
        Outcome("warn"),
    ]
)


@st.composite
def text_rules(draw: st.DrawFn, name: str) -> Rule:
    scope: Any = draw(st.sampled_from(["reply", "any"]))
    found = Variable("text", YesNo(), FoundInText(scope, tuple(draw(st.lists(finders, min_size=1, max_size=2)))))
    applies = FACTS["vip"] if draw(st.integers(0, 4)) == 0 else TRUE
    unknown: Any = draw(st.sampled_from(["allow", "block", "hold"]))
    return Rule(name, name, applies, negate(found), NOWHERE, otherwise=draw(outcomes), if_unknown=unknown)


@st.composite
def value_rules(draw: st.DrawFn, name: str, schema: Schema) -> Rule:
    x, y = field_of(schema, "x"), field_of(schema, "y")
    limit = draw(st.sampled_from([number(draw(st.integers(0, 10))), FACTS["limit"], y]))
    relation: Any = draw(st.sampled_from(["at most", "at least"]))
    demands = compare(relation, x, limit)
    if draw(st.booleans()):
        demands = any_of(demands, compare("at least", y, number(draw(st.integers(0, 10)))))
    applies = TRUE if draw(st.booleans()) else compare("at most", y, number(draw(st.integers(0, 10))))
    how: Any = "lowering" if relation == "at most" else "raising"
    repair = Repair(how, (x,)) if draw(st.booleans()) else None
    kind: Any = "reply" if schema.kind == "reply" else "call"
    unknown: Any = draw(st.sampled_from(["allow", "block", "hold"]))
    return Rule(
        name,
        name,
        applies,
        demands,
        NOWHERE,
        Subject(kind, schema.name, schema.tool),
        if_unknown=unknown,
        repair=repair,
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    rules = [draw(text_rules(f"T{i}")) for i in range(draw(st.integers(0, 3)))]
    rules += [draw(value_rules(f"R{i}", OFFER)) for i in range(draw(st.integers(0, 2)))]
    rules += [draw(value_rules(f"C{i}", ORDER)) for i in range(draw(st.integers(0, 2)))]
    return Policy("generated", "1", "0" * 64, (OFFER, ORDER, CASE), tuple(rules), ())


@st.composite
def objects(draw: st.DrawFn) -> str:
    value: dict[str, Any] = {k: draw(st.integers(0, 11)) for k in draw(st.permutations(["x", "y"]))}
    if draw(st.booleans()):
        value["note"] = draw(st.text(alphabet=ALPHABET, max_size=6))
    if draw(st.integers(0, 9)) == 0:
        value.pop("x")
    return exact_json.dumps(value)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    text = draw(st.text(alphabet=ALPHABET, max_size=14) | objects())
    passages = [Passage("content", text)] if text else []
    if draw(st.integers(0, 4)) == 0:
        passages.insert(0, Passage("reasoning", draw(st.text(alphabet=ALPHABET, min_size=1, max_size=8))))
    calls = [
        ToolCall(draw(st.sampled_from(["buy", "look"])), draw(objects()), f"call_{i}")
        for i in range(draw(st.integers(0, 2)))
    ]
    return Answer(tuple(passages), tuple(calls))


situations = st.fixed_dictionaries({}, optional={"vip": st.booleans(), "limit": st.integers(0, 10)}).flatmap(
    lambda facts: st.booleans().map(lambda wants: Situation({"case": facts}, wants_json=wants))
)

__all__ = ["all_of", "answers", "policies", "situations"]
