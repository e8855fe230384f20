"""What is said of an endpoint: method, path, what is done with its answers and why, and what of its query goes on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from guardproxy.wire.dialect import Dialect
from guardproxy.wire.requests import ModelRequest

Way = Literal["judged", "passed", "refused", "unjudged"]
"""Judged: by the policies. Passed: no model wrote it; its strings are searched all the same. Refused: 403.

Unjudged: what an operator lets pass though nothing of it is read; no row of the table is.
"""

Sends = Literal["question", "object", "form", "nothing"]
"""What a request carries: a question that the dialect reads, any JSON object, a form with a file, or no body."""

WEBSOCKET = "WEBSOCKET"
"""In the place of a method: a request to go on as a WebSocket."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an answer, or several of a kind, and what is done with them."""

    name: str
    done: Literal["judged", "passed", "dropped", "searched", "refused"]
    why: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`path` is below `/v1`; in it `{id}` stands for one segment, and `{id...}` for one or more.

    `query` names the parameters that go on to the upstream, `told` those that only the dialect hears. `fields` is
    about the answer. `can_be_allowed`: whether an operator may let a refused endpoint pass unjudged. `read_query` reads
    a request without a body; it raises `ClientMistake`.
    """

    method: str
    path: str
    way: Way
    why: str
    dialect: Dialect | None = None
    sends: Sends = "nothing"
    query: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    can_be_allowed: bool = True
    read_query: Callable[[Mapping[str, str]], ModelRequest] | None = None

    @property
    def name(self) -> str:
        """As operators write it in the settings, and as the route in metrics."""
        return f"{self.method} {self.path}"
