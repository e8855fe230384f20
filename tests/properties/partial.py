"""Generated rules over every kind of value, and answers to them: material for the properties of partial verdicts."""

from typing import Any

from hypothesis import strategies as st

from guardproxy import exact_json
from guardproxy.ir import build
from guardproxy.ir.policy import Policy, Rule, Subject
from guardproxy.ir.terms import Element, FieldOf, PickedFrom, Term, Variable
from guardproxy.ir.types import Field, ListOf, Number, OneOf, Schema, Type, YesNo
from tests.properties.policies import NOWHERE

SMALL = Number("whole", 0, 5, grid=1)
FINE = Number("decimal", 0, 2, grid=1)
KIND = OneOf(("a", "ab", "b"))
NUMBERS = ListOf(SMALL, 0, 2)
KINDS = ListOf(KIND, 0, 2)
FIELDS: dict[str, Type] = {"x": SMALL, "y": SMALL, "z": FINE, "ok": YesNo(), "kind": KIND, "ns": NUMBERS, "ks": KINDS}
OFFER = Schema("offer", "reply", tuple(Field(n, t, optional=n == "z") for n, t in FIELDS.items()))
CASE = Schema("case", "facts", (Field("limit", SMALL), Field("vip", YesNo()), Field("allowed", KINDS)))
READ = {name: Variable(f"offer.{name}", of, FieldOf("offer", "reply", (name,))) for name, of in FIELDS.items()}
FACT = {f.name: Variable(f"case.{f.name}", f.type, FieldOf("case", "facts", (f.name,))) for f in CASE.fields}
FIRST = Variable("first", SMALL, PickedFrom("first", READ["ns"]))
RELATIONS: Any = st.sampled_from(["at most", "at least", "above", "below", "is", "is not"])
EACH = Variable("each", SMALL, Element("each"))
EACH_KIND = Variable("each", KIND, Element("each"))

values: dict[str, st.SearchStrategy[Any]] = {
    "x": st.integers(0, 5),
    "y": st.integers(0, 5),
    "z": st.integers(0, 2),
    "ok": st.booleans(),
    "kind": st.sampled_from(KIND.values),
    "ns": st.lists(st.integers(0, 5), max_size=2),
    "ks": st.lists(st.sampled_from(KIND.values), max_size=2),
    "limit": st.integers(0, 5),
    "vip": st.booleans(),
    "allowed": st.lists(st.sampled_from(KIND.values), max_size=2),
}


@st.composite
def numbers(draw: st.DrawFn) -> Term:
    simple = st.sampled_from([READ["x"], READ["x"], READ["y"], FACT["limit"], build.count_of(READ["ns"])])
    total = build.total_of(READ["ns"], "each", EACH)
    left: Term = draw(simple | st.just(total))
    how = draw(st.integers(0, 3))
    if how == 0:
        return build.add(left, draw(simple))
    if how == 1:
        return build.subtract(draw(simple), left)
    return build.product(left, draw(simple)) if how == 2 and left != total else left


def whole(value: int) -> Term:
    return build.constant(value, SMALL)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> Term:
    if depth and draw(st.booleans()):
        parts = [draw(conditions(depth=depth - 1)) for _ in range(2)]
        return draw(st.sampled_from([build.all_of, build.any_of]))(*parts)
    negated = draw(st.booleans())
    found: Term = draw(st.one_of(comparisons(), lists(), st.sampled_from([READ["ok"], FACT["vip"]])))
    return build.negate(found) if negated else found


@st.composite
def comparisons(draw: st.DrawFn) -> Term:
    relation = draw(RELATIONS)
    which = draw(st.integers(0, 5))
    if which == 0:
        limit = build.compare(relation, READ["z"], whole(draw(st.integers(0, 2))))
        guard = build.is_present(READ["z"])
        return draw(st.sampled_from([build.all_of(guard, limit), build.any_of(build.negate(guard), limit)]))
    if which == 1:
        return build.compare("is", READ["kind"], build.constant(draw(values["kind"]), KIND))
    if which == 2:
        some = build.compare("at least", build.count_of(READ["ns"]), whole(1))
        return build.all_of(some, build.compare(relation, FIRST, draw(numbers())))
    right = draw(numbers() | st.integers(0, 8).map(whole))
    return build.compare(relation, draw(numbers()), right)


@st.composite
def lists(draw: st.DrawFn) -> Term:
    which = draw(st.integers(0, 4))
    if which == 0:
        return build.is_in(READ["kind"], draw(st.sampled_from([READ["ks"], FACT["allowed"]])))
    if which == 1:
        return build.same_set(READ["ks"], FACT["allowed"])
    has = build.compare(draw(RELATIONS), EACH, draw(st.sampled_from([READ["x"], whole(2), FACT["limit"]])))
    if which == 2:
        return build.compare(draw(RELATIONS), build.count_of(READ["ns"], "each", has), whole(draw(st.integers(0, 2))))
    if which == 3:
        return build.every(READ["ks"], "each", build.is_in(EACH_KIND, FACT["allowed"]))
    return draw(st.sampled_from([build.every, build.some, build.no]))(READ["ns"], "each", has)


@st.composite
def partial_policies(draw: st.DrawFn) -> Policy:
    rules = tuple(
        Rule(f"R{i}", f"R{i}", draw(conditions(depth=1)), draw(conditions()), NOWHERE, Subject("reply", "offer"))
        for i in range(draw(st.integers(1, 2)))
    )
    return Policy("generated", "1", "0" * 64, (OFFER, CASE), rules, ())


@st.composite
def offers(draw: st.DrawFn) -> str:
    """A reply that fits its declaration, its members in any order."""
    names = draw(st.permutations(list(FIELDS)))
    skipped = "z" if draw(st.booleans()) else ""
    return exact_json.dumps({name: draw(values[name]) for name in names if name != skipped})


facts = st.fixed_dictionaries({}, optional={name: values[name] for name in ("limit", "vip", "allowed")})
