"""Errors in the shape that Anthropic's clients read: type, message, and a stable code in `details`."""

from typing import Any

from guardproxy.exact_json import dumps
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.sse import named_event_bytes

_TYPES = frozenset(
    (
        *("invalid_request_error", "authentication_error", "billing_error", "permission_error", "not_found_error"),
        *("request_too_large", "rate_limit_error", "timeout_error", "api_error", "overloaded_error", "conflict_error"),
    )
)
_BY_CODE = {
    "unknown_endpoint": "not_found_error",
    "request_too_large": "request_too_large",
    "request_timeout": "timeout_error",
    "upstream_timeout": "timeout_error",
    "overloaded": "overloaded_error",
    "content_filter": "invalid_request_error",
}
"""Anthropic itself calls an output that it blocks an `invalid_request_error`."""


def error_value(error: ErrorBody) -> dict[str, Any]:
    """`{"type": "error", "error": {...}, "request_id": ...}`, and what stands beside it (`guardproxy`).

    The request's id is what the upstream's own error says, and null in ours: there it is in the header `request-id`.
    Other fields of an upstream's error stay as they are.
    """
    more = {key: value for key, value in error.more.items() if key != "request_id"}
    inside: dict[str, Any] = {"type": type_of(error), "message": error.message, **more}
    details = {"error_code": error.code, "param": error.param}
    if "details" not in inside and any(value is not None for value in details.values()):
        inside["details"] = {key: value for key, value in details.items() if value is not None}
    return {"type": "error", "error": inside, "request_id": error.more.get("request_id"), **error.beside}


def type_of(error: ErrorBody) -> str:
    named = _BY_CODE.get(error.code) if isinstance(error.code, str) else None
    return named or (error.type if error.type in _TYPES else "api_error")


def error_body(error: ErrorBody) -> bytes:
    return dumps(error_value(error)).encode()


def error_event(error: ErrorBody) -> bytes:
    return named_event_bytes("error", error_body(error).decode())
