"""Which exchange a request becomes. The published table alone says it, with what the operator lets pass besides."""

import logging
from urllib.parse import quote, urlsplit

from guardproxy.proxy.exchange import Exchange
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.replies import Receive, Scope, Send, send_failure
from guardproxy.proxy.target import Target
from guardproxy.proxy.unjudged import UnjudgedExchange
from guardproxy.telemetry import metrics
from guardproxy.wire.dialect import Dialect
from guardproxy.wire.errors import ClientMistake
from guardproxy.wire.side_doors.forms import is_form
from guardproxy.wire.surfaces.allowed import allowed_endpoints
from guardproxy.wire.surfaces.bodies import reader_of
from guardproxy.wire.surfaces.endpoint import WEBSOCKET, Endpoint
from guardproxy.wire.surfaces.queries import named, written
from guardproxy.wire.surfaces.routing import PREFIXES, Found, Routing, refused
from guardproxy.wire.surfaces.table import ENDPOINTS

log = logging.getLogger("guardproxy")

_VERSION = "api-version"
_WAYS = {403: "refused", 404: "unknown", 405: "unknown"}


class Routes:
    """Carries requests. The way of a plain question (`POST /v1/chat/completions`) is one look-up."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        allowed = allowed_endpoints(guard.settings.surfaces.allow)
        for endpoint in allowed:
            log.warning("%s passes unjudged, as the settings say under [surfaces]", endpoint.name)
        open_ones = [row for row in ENDPOINTS if row.way != "refused"]
        self._routing = Routing([*open_ones, *allowed, *(row for row in ENDPOINTS if row.way == "refused")])
        base = urlsplit(guard.settings.upstream).path
        self._has_versions = base.endswith(("/openai", "/openai/v1"))
        self._has_deployments = base.endswith("/openai")
        self._questions = dict(_questions(open_ones))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = self._questions.get((scope["method"], raw_path(scope)))
        if plain is not None and not scope.get("query_string"):
            await Exchange(self._guard, *plain, scope, receive, send).run()
            return
        try:
            found = self._routing.find(_method(scope), raw_path(scope).decode("latin-1"))
            await self._go(found, scope, receive, send)
        except ClientMistake as mistake:
            metrics.requests(_WAYS.get(mistake.status, "invalid"), mistake.status).inc()
            await send_failure(send, mistake, [])

    async def _go(self, found: Found, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint, query = found.endpoint, scope.get("query_string", b"")
        if endpoint.way == "unjudged":
            target = Target(endpoint.method, found.path + written(named(query, None)), route=endpoint.name)
            await UnjudgedExchange(self._guard, target, scope, receive, send).run()
            return
        if endpoint.dialect is None:
            raise refused(endpoint)
        target = self._target(found, endpoint.dialect, query, scope)
        await Exchange(self._guard, endpoint.dialect, target, scope, receive, send).run()

    def _target(self, found: Found, dialect: Dialect, query: bytes, scope: Scope) -> Target:
        endpoint = found.endpoint
        versions = (_VERSION,) if found.is_azure and self._has_versions else ()
        going_on = named(query, (*endpoint.query, *versions))
        told = dict(named(query, (*endpoint.query, *endpoint.told)))
        content_type = _content_type(scope) if endpoint.sends == "form" else "application/json"
        below = f"/deployments/{found.deployment}" if found.deployment and self._has_deployments else ""
        return Target(
            endpoint.method,
            below + found.path + written(going_on),
            route=route_of(endpoint),
            reads=reader_of(endpoint, dialect, content_type, found.deployment, told),
            content_type=content_type,
            accept="*/*" if dialect.reads("text/plain") else "application/json",
        )


def route_of(endpoint: Endpoint) -> str:
    """The name in metrics: that of the dialect where a model is asked."""
    asks = endpoint.sends == "question" and endpoint.dialect is not None
    return endpoint.dialect.name if asks and endpoint.dialect is not None else endpoint.name


def _questions(rows: list[Endpoint]) -> list[tuple[tuple[str, bytes], tuple[Dialect, Target]]]:
    """The endpoints without parameters at which a model is asked, by method and path as it arrives."""
    return [
        ((row.method, (prefix + row.path).encode()), (row.dialect, Target(row.method, row.path)))
        for row in rows
        if row.sends == "question" and row.dialect is not None and "{" not in row.path
        for prefix in PREFIXES
    ]


def raw_path(scope: Scope) -> bytes:
    """The path as it arrived, with what is escaped in it."""
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return raw


def _method(scope: Scope) -> str:
    asks = any(name == b"upgrade" and value.lower() == b"websocket" for name, value in scope["headers"])
    return WEBSOCKET if asks else str(scope["method"])


def _content_type(scope: Scope) -> str:
    """That of a form, as the client sent it; whatever else the client sends is taken for JSON."""
    found = [value.decode("latin-1") for name, value in scope["headers"] if name == b"content-type"]
    return found[0] if len(found) == 1 and is_form(found[0]) else "application/json"
