"""One conversation with a model server: what is asked, what the server answers, and what is to become of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.integration.upstreams import Json, Step

Api = Literal["chat", "responses", "messages", "completions"]
Outcome = Literal["equal", "rewritten", "blocked", "interrupted"]

SECRET = "AKIA" + "IOSFODNN7EXAMPLE"
ADDRESS = "bob@example.org"
MASKED = "[e-mail]"
NOTICE = "The answer contained a credential."


@dataclass(frozen=True)
class Scenario:
    """A request, which each client words in its own way, and its answer, whole and streamed.

    The name is that of the model asked for, by which the server finds the answer. `asks` says what the request is for:
    `text`, `tools` (a function `track` is offered) or `object` (the answer is read as a parcel). `like` names the
    scenario whose answer, received directly, the rewritten answer equals. Without `retries` clients try once.
    """

    api: Api
    name: str
    title: str
    whole: Sequence[Step]
    stream: Sequence[Step]
    outcome: Outcome = "equal"
    asks: str = "text"
    n: int = 1
    logprobs: bool = False
    retries: bool = True
    like: str = ""

    def answer(self, request: Json) -> Sequence[Step]:
        return self.stream if request.get("stream") else self.whole

    @property
    def case(self) -> Json:
        """What a driver is told of it."""
        asked = {"name": self.name, "api": self.api, "asks": self.asks, "n": self.n, "logprobs": self.logprobs}
        return {**asked, "retries": self.retries}


def rewritten(name: str, say: Callable[[str], Scenario], said: str) -> tuple[Scenario, Scenario]:
    """Two scenarios of one shape: an answer with an address in it, and what is left of it as an answer of its own."""
    clean, touched = say(said.replace(ADDRESS, MASKED)), say(said)
    return (
        _changed(clean, name=f"{name}-masked"),
        _changed(touched, name=name, outcome="rewritten", like=f"{name}-masked"),
    )


def _changed(scenario: Scenario, **changes: Any) -> Scenario:
    return Scenario(**{**vars(scenario), **changes})
