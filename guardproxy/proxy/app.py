"""The application on the main port, and the one on the admin port.

The routes that carry traffic are plain ASGI: FastAPI's own path costs about two thirds of the throughput. Everything
else is answered by FastAPI, with errors in OpenAI's shape, for clients lose the message of any other.
"""

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from guardproxy.proxy.guard import Guard
from guardproxy.proxy.routes import Routes
from guardproxy.telemetry import metrics
from guardproxy.wire.errors import ErrorBody
from guardproxy.wire.surfaces.routing import THERE_ARE

Ready = Callable[[], bool]
_HEALTH = ("/healthz", "/readyz")
_READ = ["GET", "HEAD"]
_PLAIN_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class MainApplication(FastAPI):
    """The OpenAI API, guarded."""

    def __init__(self, guard: Guard) -> None:
        super().__init__(title="guardproxy", docs_url=None, redoc_url=None, openapi_url=None)
        self._routes = Routes(guard)
        add_health(self, lambda: guard.ready)
        add_error_shapes(self, THERE_ARE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """All but the health of the proxy is found by its own routes."""
        if scope["type"] == "http" and scope["path"] not in _HEALTH:
            await self._routes(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def admin_application(ready: Ready) -> FastAPI:
    """Metrics and health, on a port of their own."""
    app = FastAPI(title="guardproxy admin", docs_url=None, redoc_url=None, openapi_url=None)
    add_health(app, ready)
    add_error_shapes(app, "there are GET /metrics, GET /healthz, GET /readyz")

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
        message = f"{request.method} {request.url.path} does not exist here; {endpoints}"
        code = {404: "unknown_endpoint", 405: "method_not_allowed"}.get(status, "invalid_request")
        body = ErrorBody(message, "invalid_request_error", code)
        return Response(body.encoded(), status, {"x-should-retry": "false"}, "application/json")

    app.add_exception_handler(HTTPException, wrong)
    app.add_exception_handler(RequestValidationError, wrong)
