"""The application: the gate, the intake routes beside FastAPI, the API under ``/api/v1``, and the console's files."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cmdb.errors import StoreUnavailableError
from faultpath.access.model import READ
from faultpath.api import intake
from faultpath.api.console import Console
from faultpath.api.deps import ApiState, require
from faultpath.api.gate import Gate
from faultpath.api.intake import Intake, too_large
from faultpath.api.problems import RESPONSES, FieldError, ProblemError, respond
from faultpath.api.routes import (
    alerts,
    assessment,
    audit,
    cis,
    discovery,
    health,
    imports,
    incidents,
    maps,
    quarantine,
    session,
    sources,
    stream,
    tokens,
    what_if,
)
from faultpath.metrics import Metrics
from ledger.errors import LedgerUnavailableError

log = structlog.get_logger(__name__)

PREFIX = "/api/v1"
# strangers choose their methods; the metrics' labels do not follow them
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
VERSIONED = (
    incidents, alerts, quarantine, assessment, cis, maps, what_if, imports, discovery, sources, session, tokens, audit,
    stream,
)  # fmt: skip


def build_api(version: str) -> FastAPI:
    """The FastAPI application without its state; enough for the OpenAPI document."""
    app = FastAPI(
        title="Faultpath",
        version=version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=operation_id,
    )
    app.include_router(health.router)
    for module in VERSIONED:
        app.include_router(module.router, prefix=PREFIX, responses=RESPONSES)
    app.include_router(_document_route(app), prefix=PREFIX)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    return app


def build_app(state: ApiState) -> ASGIApp:
    """Everything that is served, behind the gate."""
    app = build_api(state.version)
    app.state.api = state
    if state.console is not None:
        app.mount("/", Console(state.console))
    limit = state.settings.http.max_body_bytes
    gate = Gate(_Counted(app, state.metrics, limit), state.tokens, state.sessions, state.settings.http.public_url)
    return _Front(Intake(state.inbox, state.tokens, state.clock, state.metrics, limit), gate)


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, the intake routes included."""
    document: dict[str, Any] = get_openapi(
        title=app.title,
        version=app.version,
        description="From a failed asset to the people it hurts.",
        routes=app.routes,
    )
    document["paths"].update(intake.openapi_paths())
    document["components"].setdefault("securitySchemes", {}).update(
        {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "faultpath_session"},
        }
    )
    document["security"] = [{"token": []}, {"session": []}]
    return document


def operation_id(route: APIRoute) -> str:
    """The name of the function: what generated clients call it."""
    return route.name


def _document_route(app: FastAPI) -> APIRouter:
    router = APIRouter(tags=["health"], dependencies=[Depends(require(READ))])

    @router.get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return openapi_document(app)

    return router


class _Front:
    """Sends posts of monitoring tools to the hot path, all else through the gate."""

    def __init__(self, hot: Intake, gate: ASGIApp) -> None:
        self._hot = hot
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._hot.serves(scope["path"]):
            await self._hot(scope, receive, send)
        else:
            await self._gate(scope, receive, send)


class _Counted:
    """Bounds the bodies and counts the answers by route."""

    def __init__(self, app: ASGIApp, metrics: Metrics, max_body_bytes: int) -> None:
        self._app = app
        self._metrics = metrics
        self._limit = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > self._limit:
            await respond(too_large(self._limit))(scope, receive, send)
            return

        async def counted_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                method = scope["method"] if scope["method"] in METHODS else "other"
                self._metrics.http_requests.labels(method, route, str(message["status"])).inc()
            await send(message)

        await self._app(scope, self._bounded(receive), counted_send)

    def _bounded(self, receive: Receive) -> Receive:
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._limit:
                # the one exception that FastAPI lets through while it reads a body
                raise HTTPException(413)
            return message

        return bounded


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return respond(error)


async def _wrong_request(_request: Request, error: Exception) -> Response:
    """Wrong bodies are 422, wrong addresses and queries 400; bytes that are no JSON are 400."""
    assert isinstance(error, RequestValidationError)
    details = error.errors()
    in_body = all(detail["loc"][:1] == ("body",) for detail in details)
    not_json = any(detail["type"] == "json_invalid" for detail in details)
    errors = [
        FieldError(
            field=".".join(str(part) for part in detail["loc"][1:]) or str(detail["loc"][0]), message=detail["msg"]
        )
        for detail in details
    ]
    text = "; ".join(f"{wrong.field}: {wrong.message}" for wrong in errors)
    if in_body and not not_json:
        return respond(ProblemError(422, "malformed", text, errors=errors))
    return respond(ProblemError(400, "bad_request", text, errors=errors))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method", 413: "too_large"}.get(error.status_code, "error")
    problem = ProblemError(error.status_code, code, f"{request.method} {request.url.path}", headers=error.headers)
    return respond(problem)


async def _store_away(_request: Request, error: Exception) -> Response:
    code = "graph_away" if isinstance(error, StoreUnavailableError) else "ledger_away"
    return respond(ProblemError(503, code, str(error), remedy="see /readyz", headers={"retry-after": "5"}))


async def _failed(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, error=repr(error), exc_info=error)
    return respond(ProblemError(500, "internal", "the hub failed at this; its log says more"))


HANDLERS: dict[type[Exception], Any] = {
    ProblemError: _problem,
    RequestValidationError: _wrong_request,
    HTTPException: _http_error,
    StoreUnavailableError: _store_away,
    LedgerUnavailableError: _store_away,
    Exception: _failed,
}
