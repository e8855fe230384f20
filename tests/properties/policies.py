"""Generated policies and answers, small enough that whole ranges can be tried: material for the properties."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.conversation import Answer, Passage, Situation, ToolCall
from guardproxy.ir.build import TRUE, any_of, compare, constant, negate
from guardproxy.ir.policy import Outcome, Policy, Repair, Rule, Subject
from guardproxy.ir.terms import CallsInAnswer, FieldOf, Finder, FoundInText, Term, TotalPerKey, Variable
from guardproxy.ir.types import ClaimPattern, Field, Number, Schema, Type, YesNo
from guardproxy.source import SourceText, Span

SMALL = Number("whole", 0, 10, grid=1)
COUNT = Number("whole", 0, grid=1)
NOWHERE = Span(SourceText("generated", "generated"), 0, 1)
ALPHABET = "ab 1"

OFFER = Schema("offer", "reply", (Field("x", SMALL), Field("y", SMALL)))
ORDER = Schema("order", "call", (Field("x", SMALL), Field("y", SMALL)), tool="buy")
CASE = Schema("case", "facts", (Field("vip", YesNo(), may_be_unknown=True), Field("limit", SMALL, may_be_unknown=True)))

SAID = Schema("said", "claims", (Field("n", SMALL, optional=True, claims=(ClaimPattern("{n} ab"),)),))

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
def case_rules(draw: st.DrawFn, name: str) -> Rule:
    """On nothing that the model says."""
    return _whole_answer_rule(draw, name, TRUE, FACTS["vip"])


@st.composite
def required_texts(draw: st.DrawFn, name: str) -> Rule:
    found = Variable("text", YesNo(), FoundInText("reply", (draw(finders),)))
    rule = _whole_answer_rule(draw, name, TRUE, found)
    # An appended sentence may be forbidden by another rule, so what stops the answer then is known at the end only.
    return replace(rule, id="APPEND", otherwise=Outcome("append", " ab")) if draw(st.booleans()) else rule


@st.composite
def two_texts(draw: st.DrawFn, name: str) -> Rule:
    one, other = (Variable(n, YesNo(), FoundInText("any", (draw(finders),))) for n in ("one", "other"))
    return _whole_answer_rule(draw, name, one, negate(other))


@st.composite
def call_counts(draw: st.DrawFn, name: str) -> Rule:
    count = Variable("calls", COUNT, CallsInAnswer())
    return _whole_answer_rule(draw, name, TRUE, compare("at most", count, number(1, COUNT)))


@st.composite
def totals(draw: st.DrawFn, name: str) -> Rule:
    total = Variable("total", COUNT, TotalPerKey("buy", "x", "y"))
    demands = compare("at most", total, number(draw(st.integers(0, 12)), COUNT))
    repair = Repair("lowering", (field_of(ORDER, "x"),)) if draw(st.booleans()) else None
    return Rule(name, name, TRUE, demands, NOWHERE, Subject("call", "order", "buy"), repair=repair)


@st.composite
def claim_rules(draw: st.DrawFn, name: str) -> Rule:
    claim = Variable("said.n", SMALL, FieldOf("said", "claims", ("n",)))
    limit = draw(st.sampled_from([number(draw(st.integers(0, 10))), FACTS["limit"]]))
    rule = _whole_answer_rule(draw, name, TRUE, compare("at most", claim, limit))
    return replace(rule, subject=Subject("claims", "said"))


def _whole_answer_rule(draw: st.DrawFn, name: str, applies: Term, demands: Term) -> Rule:
    outcome = draw(st.sampled_from([Outcome("block"), Outcome("hold"), Outcome("ask again", times=1), Outcome("warn")]))
    unknown: Any = draw(st.sampled_from(["allow", "block", "hold"]))
    return Rule(name, name, applies, demands, NOWHERE, otherwise=outcome, if_unknown=unknown)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Mostly rules on spans and values; one of the rarer kinds now and then, for many of them wait for the end."""
    rules = [draw(text_rules(f"T{i}")) for i in range(draw(st.integers(0, 3)))]
    rules += [draw(value_rules(f"R{i}", OFFER)) for i in range(draw(st.integers(0, 2)))]
    rules += [draw(value_rules(f"C{i}", ORDER)) for i in range(draw(st.integers(0, 2)))]
    rare = draw(st.sampled_from([None, None, case_rules, required_texts, two_texts, call_counts, totals, claim_rules]))
    names = {case_rules: "CASE", required_texts: "TEXT", two_texts: "TEXT"}
    rules += [draw(rare(names.get(rare, "RARE")))] if rare else []
    claims = (SAID,) if rare is claim_rules else ()
    return Policy("generated", "1", "0" * 64, (OFFER, ORDER, CASE, *claims), tuple(rules), ())


@st.composite
def objects(draw: st.DrawFn) -> str:
    value: dict[str, Any] = {k: draw(st.integers(0, 11)) for k in draw(st.permutations(["x", "y"]))}
    if draw(st.booleans()):
        value[draw(st.sampled_from(["note", "ab"]))] = draw(st.text(alphabet=ALPHABET, max_size=6))
    if draw(st.integers(0, 9)) == 0:
        value.pop("x")
    return exact_json.dumps(value)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    text = draw(st.text(alphabet=ALPHABET, max_size=14) | objects())
    channel = draw(st.sampled_from(["content", "content", "content", "content[0].text", "text"]))
    passages = [Passage(channel, text)] if text else []
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

__all__ = ["answers", "policies", "situations"]
