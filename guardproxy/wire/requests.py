"""What of a request concerns us, whatever its dialect, and the mistakes that all dialects report alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guardproxy.conversation import Conversation
from guardproxy.exact_json import JsonError, loads
from guardproxy.wire.errors import ClientMistake


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What of a request concerns us. Its bytes go to the upstream as they are; no key appears in them twice.

    `choices` is how many answers were asked for; `include_usage` whether the client of a chat stream wants its usage
    in a chunk of its own. `told` is what a dialect has to remember of the request for reading and writing the answer.
    """

    conversation: Conversation = Conversation()
    model: str = ""
    wants_json: bool = False
    choices: int = 1
    stream: bool = False
    include_usage: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


def read_object(body: bytes) -> dict[str, Any]:
    """The request's JSON object. Raises `ClientMistake`."""
    try:
        value = loads(body)
    except JsonError as error:
        raise mistake(f"the request body cannot be read as JSON: {error.reason}", None, "invalid_json") from None
    if not isinstance(value, dict):
        raise mistake("the request body has to be a JSON object", None)
    return value


def flag(value: Mapping[str, Any], name: str) -> bool:
    """Anything but true, false and null could be read differently by the upstream than by us."""
    found = value.get(name)
    if found is not None and not isinstance(found, bool):
        raise mistake(f"`{name}` has to be true or false", name)
    return found is True


def object_in(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name, an empty one where there is none."""
    found = value.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise mistake(f"`{name}` has to be an object", name)
    return found


def model_in(value: Mapping[str, Any]) -> str:
    model = value.get("model")
    if not isinstance(model, str):
        raise mistake("`model` has to name a model", "model")
    return model


def metadata_in(value: Mapping[str, Any]) -> dict[str, str]:
    return {k: v for k, v in object_in(value, "metadata").items() if isinstance(v, str)}


def begun(where: str) -> ClientMistake:
    """The mistake of a request that gives the beginning of the answer itself.

    Rules are judged on whole answers. Of one that goes on with words of the client's only the rest would be seen: a
    reply that is an object would not look like one, and a request could turn rules off.
    """
    return mistake(
        "the answer cannot go on with words that the request gives, for rules judge answers from their beginning; "
        "let the last message be the user's, and ask for the form of the reply in it",
        where,
        "begun_answer",
    )


def mistake(message: str, param: str | None, code: str = "invalid_request") -> ClientMistake:
    return ClientMistake(message, code, param=param)
