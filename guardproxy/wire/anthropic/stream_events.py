"""Events of a streamed message, read and written. The name on the `event:` line is always that of the data."""

from typing import Any

from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.wire.errors import UpstreamError, reported_error, unreadable
from guardproxy.wire.sse import is_event_name, named_event_bytes

Value = dict[str, Any]


def read_event(data: str) -> Value:
    """Raises `UpstreamFailure` for what is no event, and `UpstreamError` for a reported error."""
    try:
        value = loads(data)
    except JsonError as error:
        raise unreadable(f"an event is no JSON: {error.reason}") from None
    reported = reported_error(value)
    if reported is not None:
        raise reported
    if not isinstance(value, dict) or not is_event_name(value.get("type")):
        raise unreadable("an event is no object with a `type`")
    if value["type"] == "error":
        raise UpstreamError("the upstream reported an error in its stream", "upstream_error", error=value)
    return value


def object_in(value: Value, name: str) -> Value:
    found = value.get(name)
    if not isinstance(found, dict):
        raise unreadable(f"`{name}` of an event is no object")
    return found


def index_of(value: Value) -> int:
    index = value.get("index")
    if index.__class__ is not int or not 0 <= index < 1_000_000:
        raise unreadable("the `index` of an event is no whole number from 0")
    return int(index)


def written(value: Value) -> bytes:
    return named_event_bytes(value["type"], dumps(value))


def stopped(index: int) -> bytes:
    return written({"type": "content_block_stop", "index": index})
