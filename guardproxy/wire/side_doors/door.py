"""What the dialects of the side doors have in common: JSON that comes whole, and a question that is never asked again.

Side doors are the endpoints whose answers no model gives at this moment: lists, stored answers, files, numbers. Some
have no place where a client would look for a refusal: a block there is an error.
"""

from collections.abc import Sequence
from typing import Any

from guardproxy.conversation import Answer
from guardproxy.exact_json import JsonError, loads
from guardproxy.wire.dialect import AnswerStream
from guardproxy.wire.errors import ErrorBody, unreadable
from guardproxy.wire.places import IsHarmless
from guardproxy.wire.requests import ModelRequest, flag, metadata_in, mistake, read_object
from guardproxy.wire.side_strings import SideStrings


class BlockedAsError:
    """Dialects whose answers have no place for a notice: a block is HTTP 400, whatever the settings say."""


class SideDoor:
    """The dialects of side doors are made from this one; each has a `read_whole` of its own."""

    has_small_talk = False

    def __init__(self, name: str) -> None:
        self.name = name

    def reads(self, content_type: str) -> bool:
        return not content_type or "json" in content_type

    def read_request(self, body: bytes) -> ModelRequest:
        return read_any_request(body)

    def open_stream(self, request: ModelRequest, beside: SideStrings, decision: str) -> AnswerStream:
        raise mistake("this endpoint is not streamed here; leave `stream` out", "stream")

    def next_request(
        self, body: bytes, refused: Answer, reasons: Sequence[str], may_be_repeated: IsHarmless
    ) -> bytes | None:
        return None

    def error_body(self, error: ErrorBody) -> bytes:
        return error.encoded()


def read_any_request(body: bytes) -> ModelRequest:
    """A JSON object, whatever it asks for; no body at all is an empty one. Raises `ClientMistake`."""
    value = read_object(body) if body else {}
    if flag(value, "stream"):
        raise mistake("this endpoint is not streamed here; leave `stream` out", "stream")
    model = value.get("model")
    metadata = metadata_in(value) if isinstance(value.get("metadata"), dict) else {}
    return ModelRequest(model=model if isinstance(model, str) else "", metadata=metadata)


def read_json(body: bytes) -> Any:
    """The parsed answer. Raises `UpstreamFailure`."""
    try:
        return loads(body)
    except JsonError as error:
        raise unreadable(f"as JSON, {error.reason}") from None


def read_json_object(body: bytes) -> dict[str, Any]:
    """Raises `UpstreamFailure` for what is no object."""
    value = read_json(body)
    if not isinstance(value, dict):
        raise unreadable("it is no JSON object")
    return value


def entries_in(value: dict[str, Any], name: str = "data") -> list[dict[str, Any]]:
    """The list of objects under a name. Raises `UpstreamFailure`."""
    listed = value.get(name)
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise unreadable(f"`{name}` is no list of objects")
    return listed
