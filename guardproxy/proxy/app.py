"""The application on the main port, and the one on the admin port.

The routes that carry traffic are plain ASGI: FastAPI's own path costs about two thirds of the throughput. Everything
else is answered by FastAPI, with errors in OpenAI's shape, for clients lose the message of any other.
"""

import os
import re
from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from guardproxy.exact_json import JsonError, dumps, loads
from guardproxy.proxy.exchange import Exchange
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.headers import request_id, to_client, to_upstream
from guardproxy.proxy.refusals import refusal_of
from guardproxy.proxy.replies import send_body, send_error, send_failure
from guardproxy.proxy.target import Target
from guardproxy.telemetry import metrics
from guardproxy.wire.chat.dialect import CHAT as CHAT_DIALECT
from guardproxy.wire.errors import ErrorBody, UpstreamFailure

CHAT = ("/v1/chat/completions", "/chat/completions")
MODELS = ("/v1/models", "/models")
ENDPOINTS = "POST /v1/chat/completions, GET /v1/models, GET /v1/models/{id}, GET /healthz, GET /readyz"

Ready = Callable[[], bool]
_MODELS_PATH = re.compile(r"(?:/v1)?/models(?:/(.*))?", re.DOTALL)
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:@-]+")
_READ = ["GET", "HEAD"]
_PLAIN_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class MainApplication(FastAPI):
    """The OpenAI API, guarded."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(title="guardproxy", docs_url=None, redoc_url=None, openapi_url=None)
        self._guard = guard
        add_health(self, lambda: guard.ready)
        add_error_shapes(self, ENDPOINTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The traffic's routes first; a wrong method on them is said here."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path in CHAT:
            await self._only("POST", scope, receive, send)
        elif scope["type"] == "http" and path.startswith(MODELS) and path.removeprefix("/v1")[7:8] in ("", "/"):
            await self._only("GET", scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _only(self, method: str, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != method:
            message = f"{scope['path']} takes {method}, not {scope['method']}; there are {ENDPOINTS}"
            await send_error(send, 405, ErrorBody(message, "invalid_request_error", "method_not_allowed"))
        elif method == "POST":
            await Exchange(self._guard, CHAT_DIALECT, Target("POST", "/chat/completions"), scope, receive, send).run()
        else:
            await pass_models_on(self._guard, scope, send)


async def pass_models_on(guard: Guard, scope: Scope, send: Send) -> None:
    """`GET /v1/models`: what no model wrote passes, read and written again, without what the policies keep back."""
    path = models_path(scope)
    if path is None:
        message = f"this is no path of a model; there are {ENDPOINTS}"
        await send_error(send, 404, ErrorBody(message, "invalid_request_error", "unknown_endpoint"))
        return
    headers, harmless = to_upstream(scope["headers"], guard.upstream_key, stream=False), guard.beside.harmless
    try:
        async with guard.upstream.ask("GET", path, headers) as reply:
            if reply.status != 200:
                raise await refusal_of(reply, guard.beside)
            body = dumps(guard.beside.withhold(loads(await reply.whole()))).encode()
            id_ = request_id(scope["headers"], reply.headers, os.urandom(16).hex(), harmless)
            own = [(b"x-request-id", id_), *to_client(reply.headers, harmless)]
        metrics.requests("models", 200).inc()
        await send_body(send, 200, body, own)
    except JsonError:
        await _models_failed(
            send,
            UpstreamFailure("the upstream's list of models is no JSON", "upstream_unreadable", reason="unreadable"),
        )
    except UpstreamFailure as failure:
        await _models_failed(send, failure)


def models_path(scope: Scope) -> str | None:
    """The path to ask the upstream for, written anew from the id in the client's; None where that is no id.

    An id is decoded once, and is segments of plain letters: no path leads out of `/models`, however it is written.
    """
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    found = _MODELS_PATH.fullmatch(raw.decode("latin-1"))
    if found is None:
        return None
    if not found[1]:
        return "/models"
    segments = unquote_to_bytes(found[1]).decode("latin-1").split("/")
    return "/models/" + quote("/".join(segments), safe="/:@") if all(map(_SEGMENT.fullmatch, segments)) else None


async def _models_failed(send: Send, failure: UpstreamFailure) -> None:
    metrics.requests("models", failure.status).inc()
    metrics.upstream_errors(failure.reason).inc()
    await send_failure(send, failure, [])


def admin_application(ready: Ready) -> FastAPI:
    """Metrics and health, on a port of their own."""
    app = FastAPI(title="guardproxy admin", docs_url=None, redoc_url=None, openapi_url=None)
    add_health(app, ready)
    add_error_shapes(app, "GET /metrics, GET /healthz, GET /readyz")

    @app.api_route("/metrics", methods=_READ)
    async def exposition() -> Response:
        return Response(metrics.exposition(), media_type=_PLAIN_TEXT)

    return app


def add_health(app: FastAPI, ready: Ready) -> None:
    @app.api_route("/healthz", methods=_READ)
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.api_route("/readyz", methods=_READ)
    async def is_ready() -> JSONResponse:
        return JSONResponse({"status": "ready"}) if ready() else JSONResponse({"status": "not ready"}, 503)


def add_error_shapes(app: FastAPI, endpoints: str) -> None:
    """404, 405, 422 and anything else that FastAPI finds wrong, in OpenAI's shape."""

    async def wrong(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 422
        message = f"{request.method} {request.url.path} does not exist here; there are {endpoints}"
        code = {404: "unknown_endpoint", 405: "method_not_allowed"}.get(status, "invalid_request")
        body = ErrorBody(message, "invalid_request_error", code)
        return Response(body.encoded(), status, {"x-should-retry": "false"}, "application/json")

    app.add_exception_handler(HTTPException, wrong)
    app.add_exception_handler(RequestValidationError, wrong)
