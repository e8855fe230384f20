"""What a term reads."""

from guardproxy.ir import build
from guardproxy.ir.printed import printed
from guardproxy.ir.terms import Element, FieldOf, Variable
from guardproxy.ir.types import ListOf, Number, Type
from guardproxy.ir.walk import kind, occurrences, subterms, variables

WHOLE = Number("whole", grid=1)


def field(name: str, of: Type) -> Variable:
    return Variable(name, of, FieldOf("order", "call", (name,)))


A, B, LIST = field("a", WHOLE), field("b", WHOLE), field("list", ListOf(WHOLE))
EACH = Variable("each", WHOLE, Element("each"))
TERM = build.all_of(build.some(LIST, "each", build.compare("above", EACH, B)), build.compare("below", B, A))


def test_free_variables_come_once_and_in_order() -> None:
    assert variables(TERM) == (LIST, B, A)
    assert list(occurrences(TERM)) == [LIST, B, B, A]
    assert variables(build.compare("above", EACH, B)) == (EACH, B)


def test_subterms_come_outside_in() -> None:
    sum_of = build.compare("is", build.add(A, build.scaled(2, B)), build.constant(1, WHOLE))
    assert [printed(each) for each in subterms(sum_of)] == ["a + 2 * b is 1", "a + 2 * b", "a", "2 * b", "b", "1"]


def test_kinds() -> None:
    assert [kind(each) for each in (TERM, A, LIST, build.count_of(LIST), build.NOT_READABLE)] == [
        "condition",
        "number",
        "list",
        "number",
        "invalid",
    ]
