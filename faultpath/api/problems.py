"""Errors over HTTP: RFC 9457 problem documents, each with a code, what is wrong, and the remedy where there is one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

PROBLEM_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:faultpath:problem:"

TITLES = {
    400: "The request is wrong",
    401: "A credential is needed",
    403: "This credential may not do that",
    404: "There is no such thing",
    405: "This method is not allowed here",
    409: "It is not in a state that allows this",
    413: "The body is too large",
    415: "The content type is not understood",
    422: "The body is malformed",
    429: "Too many requests",
    500: "The hub failed",
    503: "A part of the hub is away",
}


class FieldError(BaseModel):
    """One wrong field of a body or query: where, and what is wrong with it."""

    field: str
    message: str


class Problem(BaseModel):
    """An RFC 9457 problem document. ``code`` is stable; ``detail`` is for people."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:faultpath:problem:not_found"])
    title: str
    status: int
    code: str
    detail: str
    remedy: str | None = None
    errors: list[FieldError] = []


class ProblemError(Exception):
    """Raised inside of a route; the application answers it as a problem document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        remedy: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.headers = dict(headers or {})
        self.problem = Problem(
            type=TYPE_PREFIX + code,
            title=TITLES.get(status, "Error"),
            status=status,
            code=code,
            detail=detail,
            remedy=remedy,
            errors=list(errors),
        )


def respond(error: ProblemError) -> Response:
    """The HTTP answer of a problem."""
    # written as ASCII: what is quoted from a request may hold half a surrogate pair, which UTF-8 has no bytes for
    body = json.dumps(error.problem.model_dump(exclude_none=True), separators=(",", ":"))
    return Response(body, error.problem.status, headers=error.headers, media_type=PROBLEM_TYPE)


def not_found(what: str, key: object) -> ProblemError:
    return ProblemError(404, "not_found", f"there is no {what} {key}")


# What every route may answer besides its own results, for the OpenAPI document.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": TITLES[status], "content": {PROBLEM_TYPE: {}}}
    for status in (400, 401, 403, 404, 409, 422, 503)
}
