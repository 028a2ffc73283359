"""The stream of changes, as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse

from faultpath.access.model import READ, Principal
from faultpath.api.deps import Api, require

router = APIRouter(tags=["stream"])


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events until the client hangs up."}},
)
async def stream(
    api: Api,
    who: Annotated[Principal, Depends(require(READ))],
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Changes as they happen.

    Events: ``incident`` (subject: its number), ``alert`` (its fingerprint), ``health`` and ``graph`` (the revision),
    ``hello`` at the start, ``resync`` when the ``Last-Event-ID`` is too old: then read everything anew.
    """

    def alive() -> bool:
        book = api.tokens if who.csrf is None else api.sessions
        return book.alive(who.credential_id)

    return StreamingResponse(
        api.stream.follow(last_event_id, alive),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
