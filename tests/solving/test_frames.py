"""Messages between the pool and its workers."""

import os
import pickle
import struct
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from guardproxy.ir import terms, types
from guardproxy.ir.terms import FieldOf, Variable
from guardproxy.ir.types import ABSENT, Number
from guardproxy.logic import budget, questions
from guardproxy.logic.questions import Decision, NoRepair, Repaired
from guardproxy.solving.frames import ConnectionLost, receive, send

X = Variable("x", Number("percent"), FieldOf("order", "call", ("x",)))


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(
    "message", [Decision.ALWAYS, NoRepair(budget=True), Repaired({X: Fraction(1, 3)}), Repaired({X: ABSENT})]
)
def test_replies_arrive_as_they_were(pipe: tuple[int, int], message: object) -> None:
    send(pipe[1], message)
    assert receive(pipe[0]) == message


def test_a_long_message_passes_through_a_small_pipe(pipe: tuple[int, int]) -> None:
    message = "x" * 1_000_000
    writer = threading.Thread(target=send, args=(pipe[1], message, time.monotonic() + 10))
    writer.start()
    assert receive(pipe[0], time.monotonic() + 10) == message
    writer.join()


def test_nothing_but_plain_values_is_read(pipe: tuple[int, int]) -> None:
    send(pipe[1], Path("x"))
    with pytest.raises(ConnectionLost, match="the message is damaged"):
        receive(pipe[0])


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("guardproxy.ir.types", "rational"),
        ("guardproxy.ir.types", "dataclass"),
        ("guardproxy.ir.types", "Enum"),
        ("guardproxy.ir.types", "State.ABSENT"),
        ("guardproxy.ir.build", "all_of"),
        ("guardproxy.ir.policy", "Rule"),
        ("guardproxy.logic.questions", "field"),
        ("builtins", "getattr"),
        ("os", "system"),
    ],
)
def test_no_other_name_is_looked_up(pipe: tuple[int, int], module: str, name: str) -> None:
    body = pickle.PROTO + b"\x04" + pickle.GLOBAL + f"{module}\n{name}\n".encode() + pickle.STOP
    os.write(pipe[1], struct.pack(">Q", len(body)) + body)
    with pytest.raises(ConnectionLost, match="the message is damaged"):
        receive(pipe[0])


def test_every_class_of_the_questions_may_travel(pipe: tuple[int, int]) -> None:
    for module in (types, terms, questions, budget):
        own = [c for c in vars(module).values() if isinstance(c, type) and c.__module__ == module.__name__]
        for plain in own:
            body = pickle.dumps(plain)
            os.write(pipe[1], struct.pack(">Q", len(body)) + body)
            assert receive(pipe[0]) is plain


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (struct.pack(">Q", 1 << 40), "the message is too long"),
        (struct.pack(">Q", 5) + b"12345", "the message is damaged"),
        (struct.pack(">Q", 50) + pickle.dumps(1), "the other side is too slow"),
    ],
)
def test_what_is_damaged_is_an_error(pipe: tuple[int, int], body: bytes, reason: str) -> None:
    os.write(pipe[1], body)
    with pytest.raises(ConnectionLost, match=reason):
        receive(pipe[0], time.monotonic() + 0.05)


def test_a_closed_pipe_is_an_error() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with pytest.raises(ConnectionLost, match="the other side is gone"):
        receive(reading)
    os.close(reading)
