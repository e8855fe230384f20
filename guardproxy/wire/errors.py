"""Failures of an exchange as values of one tree that says whose fault it is, and their shape on the wire.

```
ExchangeFailure
├── ClientMistake       the request cannot be served as it is                     400, 401, 404, 405, 413, 415
├── UpstreamFailure     the model server did not answer as it should             502, 504
│   ├── UpstreamError   it said so itself, after a status of 200                 502, or an event
│   └── UpstreamRefusal the model server said no: its own status and words pass  as received
└── OwnFailure          we cannot judge now, so nothing is delivered             500, 503
```

The official clients retry 408, 409, 429 and 5xx unless `x-should-retry` says otherwise, so each class says it.
"""

from dataclasses import dataclass, field
from typing import Any

from guardproxy.exact_json import dumps

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(eq=False)
class ExchangeFailure(Exception):
    """`message` is one sentence for the developer who reads it; it never repeats what a model said."""

    message: str
    code: str
    status: int
    type: str
    param: str | None = None
    retry: bool = False
    headers: Headers = ()

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class ClientMistake(ExchangeFailure):
    status: int = 400
    type: str = "invalid_request_error"


@dataclass(eq=False)
class UpstreamFailure(ExchangeFailure):
    """`reason` is the metric label: `unreachable`, `timeout`, `broken`, `unreadable`, `too_large`, `status`."""

    status: int = 502
    type: str = "guardproxy_upstream_error"
    reason: str = "broken"


@dataclass(eq=False)
class UpstreamError(UpstreamFailure):
    """The upstream reported an error in its stream, or in an answer of status 200; `error`: what it said, unjudged."""

    reason: str = "status"
    error: Any = None


def reported_error(value: Any) -> UpstreamError | None:
    """The error that a parsed answer or event is, in the ways in which servers write one; None if it is none.

    Some write it in a list, some without an envelope, some leave the type of an answer's other members beside it.
    """
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict):
        return None
    said = first.get("error") or (first if first.get("object") == "error" else None)
    if not said:
        return None
    if isinstance(said, dict) and isinstance(first.get("request_id"), str):
        said = {"request_id": first["request_id"], **said}
    return UpstreamError("the upstream reported an error in its answer", "upstream_error", error=said)


@dataclass(eq=False)
class UpstreamRefusal(UpstreamFailure):
    """The upstream's own error: `body` is its body after judging, `headers` those that may pass."""

    body: bytes = b""
    content_type: bytes = b"application/json"
    reason: str = "status"


@dataclass(eq=False)
class OwnFailure(ExchangeFailure):
    status: int = 500
    type: str = "guardproxy_error"


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """`{"error": {...}}` as OpenAI writes it, with more fields beside it, and inside it, where there are any.

    What a server reported itself may have other types here than texts: codes are numbers for some.
    """

    message: str
    type: str
    code: Any = None
    param: Any = None
    beside: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> dict[str, Any]:
        error = {"message": self.message, "type": self.type, "param": self.param, "code": self.code, **self.more}
        return {"error": error, **self.beside}

    def encoded(self) -> bytes:
        return dumps(self.value).encode()


def error_body(failure: ExchangeFailure) -> ErrorBody:
    return ErrorBody(failure.message, failure.type, failure.code, failure.param)


def unreadable(what: str) -> UpstreamFailure:
    """The failure to raise for an answer that is not written as the API says."""
    return UpstreamFailure(f"the upstream's answer cannot be read: {what}", "upstream_unreadable", reason="unreadable")
