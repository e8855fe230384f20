"""Reading a request as its endpoint says: by the dialect, as any JSON object, as a form with a file, or as no body."""

from collections.abc import Callable, Mapping

from guardproxy.exact_json import JsonError, encoded, loads
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.requests import ModelRequest, read_object
from guardproxy.wire.side_doors.door import read_any_request
from guardproxy.wire.side_doors.forms import is_form, read_form
from guardproxy.wire.surfaces.endpoint import Endpoint

ReadRequest = Callable[[bytes], ModelRequest]
"""Raises `ClientMistake`."""


def reader_of(
    endpoint: Endpoint, dialect: Dialect, content_type: str, deployment: str = "", told: Mapping[str, str] | None = None
) -> ReadRequest:
    """`told` are the parameters of the query, as far as they concern the dialect."""
    told = told or {}
    match endpoint.sends:
        case "question":
            read = _with_model(dialect.read_request, deployment) if deployment else dialect.read_request
        case "object":
            read = read_any_request
        case "form" if is_form(content_type):
            return lambda body: read_form(body, content_type)
        case "form":
            read = read_any_request
        case "nothing":
            return lambda body: _without_body(body, endpoint, told)
    return read


def _without_body(body: bytes, endpoint: Endpoint, told: Mapping[str, str]) -> ModelRequest:
    """Some clients send an empty object; it goes on, and it is not read."""
    if body:
        read_object(body)
    return endpoint.read_query(told) if endpoint.read_query is not None else ModelRequest()


def _with_model(read: ReadRequest, deployment: str) -> ReadRequest:
    """Azure names the model in the path, so that the body need not."""

    def reading(body: bytes) -> ModelRequest:
        try:
            value = loads(body)
        except JsonError:
            return read(body)
        if isinstance(value, dict) and "model" not in value:
            return read(encoded({**value, "model": deployment}))
        return read(body)

    return reading
