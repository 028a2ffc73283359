"""Whether the hub lives, whether it is ready, and its own figures."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from faultpath.access.model import READ
from faultpath.api.deps import Api, require
from faultpath.api.shapes import Shape

router = APIRouter(tags=["health"])


class Alive(Shape):
    """The process answers. Nothing more is said to strangers."""

    status: Literal["ok"] = "ok"


class WorkerOut(Shape):
    """One worker under the supervisor."""

    name: str
    running: bool
    restarts: int
    error: str | None
    since: datetime | None


class Ready(Shape):
    """Whether all parts are there. ``away`` says, by part, why one is not; intake goes on all the same."""

    ready: bool
    version: str
    started_at: datetime
    away: dict[str, str]
    warnings: list[str]
    workers: list[WorkerOut]


@router.get("/healthz")
async def healthz() -> Alive:
    """The process answers. The only route that asks for no credential."""
    return Alive()


@router.get("/readyz", dependencies=[Depends(require(READ))], responses={503: {"model": Ready}})
async def readyz(api: Api, response: Response) -> Ready:
    """200 when all parts are there, else 503; says which part is away and why."""
    away = dict(api.ready())
    response.status_code = 503 if away else 200
    workers = [
        WorkerOut(name=w.name, running=w.running, restarts=w.restarts, error=w.error, since=w.since)
        for w in api.supervisor.workers.values()
    ]
    return Ready(
        ready=not away,
        version=api.version,
        started_at=api.started_at,
        away=away,
        warnings=api.warnings,
        workers=workers,
    )


@router.get("/metrics", dependencies=[Depends(require(READ))], response_class=Response)
async def metrics(api: Api) -> Response:
    """The hub's own figures in the Prometheus text format."""
    return Response(generate_latest(api.metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})
