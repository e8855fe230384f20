"""Endpoints that an operator lets pass unjudged: each named by itself, for a wildcard would let everything pass."""

import re
from collections.abc import Iterable

from guardproxy.wire.surfaces.endpoint import WEBSOCKET, Endpoint
from guardproxy.wire.surfaces.routing import covers
from guardproxy.wire.surfaces.table import ENDPOINTS

_ROW = re.compile(r"([A-Z]+) ((?:/(?:\{[a-z_]+\}|[A-Za-z0-9._:@-]+))+)")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
WHY = "the operator lets it pass, unjudged"


def allowed_endpoint(text: str) -> Endpoint:
    """The row of `METHOD /path`. Raises ValueError with the reason for what cannot be allowed."""
    found = _ROW.fullmatch(text)
    if "*" in text or "..." in text:
        raise ValueError(f"`{text}` is a wildcard; name each endpoint by itself, as `POST /realtime/client_secrets`")
    if found is None or found[1] not in {*_METHODS, WEBSOCKET}:
        raise ValueError(f"`{text}` is no endpoint; write method and path, as `POST /realtime/client_secrets`")
    method, path = found.groups()
    if path.startswith(("/v1/", "/openai/")):
        raise ValueError(f"`{text}` has to be written without what stands before the endpoint, as `{method} /files`")
    if path.startswith("/{") or ".." in path.split("/"):
        raise ValueError(f"`{text}` is a wildcard; its first segment has to be a fixed name")
    for row in ENDPOINTS:
        if covers(row, method, path):
            _may_pass(row, text)
            break
    if method == WEBSOCKET:
        raise ValueError(f"`{text}` cannot be allowed: WebSockets are not carried")
    return Endpoint(method, path, "unjudged", WHY)


def allowed_endpoints(texts: Iterable[str]) -> tuple[Endpoint, ...]:
    return tuple(map(allowed_endpoint, texts))


def _may_pass(row: Endpoint, text: str) -> None:
    if row.way != "refused":
        raise ValueError(f"`{text}` is {row.way} here, so that it need not be allowed; it never passes unjudged")
    if not row.can_be_allowed:
        raise ValueError(f"`{text}` cannot be allowed: {row.why}")
