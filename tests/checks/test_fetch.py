"""What is picked from a list, also while the list is still arriving."""

from typing import Any

import pytest

from guardproxy.arriving_json import ArrivingJson
from guardproxy.checks.fetch import fetcher
from guardproxy.checks.observation import FinderIndex, Observation, Occurrence, Past
from guardproxy.conversation import Situation
from guardproxy.ir.policy import Policy
from guardproxy.ir.terms import FieldOf, PickedFrom, Variable
from guardproxy.ir.types import ABSENT, INVALID, UNKNOWN, Field, ListOf, Number, Record, Schema, Value

WHOLE = Number("whole", 0, 9, grid=1)
ROOMS = ListOf(Record("room", (Field("beds", WHOLE), Field("floor", WHOLE, optional=True))), 0, 3)
SCHEMA = Schema("book", "call", (Field("rooms", ROOMS, optional=True),), tool="book")
POLICY = Policy("T", "1", "", (SCHEMA,), (), ())
LIST = Variable("book.rooms", ROOMS, FieldOf("book", "call", ("rooms",)))
SEEN = Observation(Situation(), Past(()), (), ())


def picked(holder: Any, field: str = "beds") -> tuple[Value, Value]:
    """The first and the last."""
    found = []
    for which in ("first", "last"):
        variable = Variable(f"{which}.{field}", WHOLE, PickedFrom(which, LIST, (field,)))
        found.append(fetcher(POLICY, variable, FinderIndex(()))(SEEN, Occurrence(holder, 0)))
    return found[0], found[1]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ('{"rooms": [{"beds": 1}, {"beds": 2}]}', 1, 2),
        ('{"rooms": []}', ABSENT, ABSENT),
        ("{}", ABSENT, ABSENT),
        ('{"rooms": 5}', INVALID, INVALID),
        ('{"rooms": [{"beds": 1}, {"beds": 77}]}', INVALID, INVALID),
        ("{", UNKNOWN, UNKNOWN),
        ('{"rooms": [', UNKNOWN, UNKNOWN),
        ('{"rooms": [{"beds": 1', UNKNOWN, UNKNOWN),
        ('{"rooms": [{"beds": 1}', 1, UNKNOWN),
        ('{"rooms": [{"beds": 1}, {"beds": 2}', 1, UNKNOWN),
        ('{"rooms": [{"beds": 1}, {"beds": 77}', INVALID, INVALID),
        ('{"rooms": [{"beds": 1}]', 1, 1),
    ],
)
def test_the_first_is_known_once_it_is_closed_and_the_last_once_the_list_is(
    text: str, first: Value, last: Value
) -> None:
    arriving = ArrivingJson()
    arriving.feed(text)
    assert picked(arriving.root) == (first, last)


def test_an_optional_field_of_the_first_may_be_absent() -> None:
    assert picked({"rooms": [{"beds": 1}, {"beds": 1, "floor": 3}]}, "floor") == (ABSENT, 3)
