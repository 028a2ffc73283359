"""Where monitoring tools post: the hot path, plain ASGI beside FastAPI, answered after the commit and never before.

A body is looked at before it is kept, so that a sender learns at once what is wrong; a wrong one is kept all the same
(as rejected, once the consumer has read it) and counted. What each item means is the parsers' room
(`alerting.intake`): one bad item does not spoil its message.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from alerting.intake import BodyProblem, check
from faultpath.access.model import INTAKE_PREFIX, Principal
from faultpath.access.tokens import TokenBook
from faultpath.api.gate import SECURITY_HEADERS, address_of, bearer, unauthorized
from faultpath.api.problems import FieldError, ProblemError, respond
from faultpath.metrics import Metrics
from ledger.clock import Clock
from ledger.crash import boundary
from ledger.errors import InboxFullError, LedgerUnavailableError
from ledger.inbox import Inbox, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRoute:
    """One address to post to: the kind of its signals and the status of a good answer."""

    path: str
    kind: str
    status: int
    summary: str


ROUTES = (
    IntakeRoute(
        path="/api/v1/intake/alertmanager",
        kind="alertmanager",
        status=200,  # what Alertmanager's own receivers answer
        summary="The webhook of Prometheus Alertmanager (version 4).",
    ),
    IntakeRoute(path="/api/v1/intake/alerts", kind="native", status=202, summary="Alerts in our own form."),
)


class Intake:
    """The intake routes as one ASGI application; `serves` says which paths are its own."""

    def __init__(self, inbox: Inbox, tokens: TokenBook, clock: Clock, metrics: Metrics, max_body_bytes: int) -> None:
        self._inbox = inbox
        self._tokens = tokens
        self._clock = clock
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._routes: Mapping[str, IntakeRoute] = {route.path: route for route in ROUTES}

    def serves(self, path: str) -> bool:
        return path in self._routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes[scope["path"]]
        try:
            answer = await self._take(route, scope, receive)
        except ProblemError as error:
            answer = respond(error)
        for name, value in SECURITY_HEADERS.items():
            answer.headers[name] = value
        boundary("before-answer")
        await answer(scope, receive, send)
        boundary("after-answer")

    async def _take(self, route: IntakeRoute, scope: Scope, receive: Receive) -> Response:
        if scope["method"] != "POST":
            raise ProblemError(405, "method", "post here", headers={"allow": "POST"})
        headers = Headers(scope=scope)
        source = self._source(scope, headers)
        _require_json(headers)
        body = await read_body(receive, headers, self._max_body_bytes)
        boundary("after-receipt")
        started = time.perf_counter()
        signal = Signal(
            source=f"{route.kind}:{source}",
            kind=route.kind,
            received_at=self._clock.now(),
            authenticated=True,
            body=body,
            key=source,
        )
        wrong = check(signal)
        await self._keep(signal, source)
        self._metrics.intake_seconds.observe(time.perf_counter() - started)
        self._metrics.intake_messages.labels(source, "rejected" if wrong else "accepted").inc()
        if wrong:
            raise _refusal(wrong)
        return Response(b'{"status":"accepted"}', route.status, media_type="application/json")

    def _source(self, scope: Scope, headers: Headers) -> str:
        """The source instance that the credential may post for."""
        secret = bearer(headers)
        principal = self._tokens.check(secret, address_of(scope)) if secret else None
        if principal is None:
            raise unauthorized("posting needs a token with a scope intake:<source>")
        return chosen_source(principal, QueryParams(scope["query_string"]).get("source"))

    async def _keep(self, signal: Signal, source: str) -> None:
        """Commit it, or say why not; nothing is kept then."""
        try:
            await self._inbox.put([signal])
        except InboxFullError as error:
            self._metrics.intake_messages.labels(source, "overload").inc()
            wait = str(max(1, math.ceil(error.retry_after_s)))
            raise ProblemError(
                429,
                "overload",
                "more waits than may wait; nothing of this was kept",
                remedy="send it again",
                headers={"retry-after": wait},
            ) from None
        except LedgerUnavailableError as error:
            self._metrics.intake_messages.labels(source, "unavailable").inc()
            raise ProblemError(
                503,
                "ledger_away",
                f"nothing of this was kept: {error}",
                remedy="send it again",
                headers={"retry-after": "5"},
            ) from None


def chosen_source(principal: Principal, asked: str | None) -> str:
    """The source instance of a post: the one of the token's intake scope, or the one asked for among several.

    Raises:
        ProblemError: 403, the token has no intake scope, or not for that source; 400, it has several and none is named.
    """
    sources = principal.intake_sources
    if asked is not None and asked not in sources:
        raise ProblemError(403, "scope", f"this token may not post for {asked!r}", remedy=f"use {INTAKE_PREFIX}{asked}")
    if asked is not None:
        return asked
    if not sources:
        remedy = f"make one with `faultpath token create NAME --scope {INTAKE_PREFIX}SOURCE`"
        raise ProblemError(403, "scope", "this token has no intake scope", remedy=remedy)
    if len(sources) > 1:
        raise ProblemError(400, "which_source", "this token posts for several sources", remedy="add ?source=…")
    return sources[0]


def _refusal(wrong: BodyProblem) -> ProblemError:
    """400 for bytes that are no JSON, 422 for a wrong field."""
    status = 400 if wrong.reason.code == "not_json" else 422
    errors = [FieldError(field=wrong.field, message=wrong.detail)]
    return ProblemError(status, wrong.reason.code, wrong.detail, remedy=wrong.remedy, errors=errors)


def _require_json(headers: Headers) -> None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        said = kind or "none"
        raise ProblemError(415, "content_type", f"the content type is {said}", remedy="send application/json")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "content_encoding", "compressed bodies are not read", remedy="send it uncompressed")


async def read_body(receive: Receive, headers: Headers, limit: int) -> bytes:
    """The whole body, refused as soon as it is longer than the limit.

    Raises:
        ProblemError: 413, or 400 when the sender hung up.
    """
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise too_large(limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ProblemError(400, "hung_up", "the sender hung up before the end of the body")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def too_large(limit: int) -> ProblemError:
    return ProblemError(413, "too_large", f"a body may have {limit} bytes", remedy="send fewer alerts at once")


def openapi_paths() -> dict[str, Any]:
    """The intake routes for the OpenAPI document, which FastAPI cannot see."""
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    refused = {
        str(status): {"description": text, **problem}
        for status, text in (
            (400, "The body is not JSON; it is kept as rejected."),
            (401, "A token is needed."),
            (403, "The token has no intake scope for this source."),
            (413, "The body is too large."),
            (415, "The content type is not application/json."),
            (422, "A field of the envelope is wrong; the body is kept as rejected."),
            (429, "More waits than may wait; come back after Retry-After."),
            (503, "The ledger cannot be written; nothing was kept."),
        )
    }
    source = {
        "name": "source",
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": "which source, for a token with several intake scopes",
    }
    return {
        route.path: {
            "post": {
                "tags": ["intake"],
                "summary": route.summary,
                "operationId": f"intake_{route.kind}",
                "parameters": [source],
                "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {str(route.status): {"description": "Committed to disk."}, **refused},
            }
        }
        for route in ROUTES
    }
