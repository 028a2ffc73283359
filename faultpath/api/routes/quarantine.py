"""What could not be used: quarantined items and rejected bodies, and their replay."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from alerting import set_aside
from faultpath.access.model import READ, WRITE, Principal
from faultpath.api.deps import Api, require
from faultpath.api.paging import Cursor, Limit, Number, Page, decode, page_of
from faultpath.api.shapes import ReasonOut, Shape
from ledger.audit import record

router = APIRouter(tags=["alerts"])
MAX_RAW = 20_000


class SetAsideOut(Shape):
    """One item that was not used. ``raw`` is what the sender wrote, cut at 20,000 characters.

    ``quarantined``: it was read, and is not allowed or not mapped; ``rejected``: it could not be read.
    """

    number: int
    state: Literal["quarantined", "rejected"]
    source: str
    kind: str
    reason: ReasonOut
    raw: str
    item: int
    received_at: datetime
    replayed_at: datetime | None


class ReplayIn(Shape):
    """What to replay: these numbers, or all that wait (of one reason)."""

    numbers: Annotated[list[Number], Field(max_length=1000, default_factory=list)]
    reason: Annotated[str | None, Field(max_length=64)] = None


class Replayed(Shape):
    """How many messages were put into the inbox again. What is still wrong is set aside again."""

    messages: int


@router.get("/quarantine", dependencies=[Depends(require(READ))])
async def list_quarantine(
    api: Api,
    *,
    reason: Annotated[str | None, Query(max_length=64, description="only of this reason code")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[SetAsideOut]:
    """What was set aside, the newest first."""
    key = decode(cursor, int)
    with api.ledger.read() as connection:
        rows = set_aside.page(connection, before=int(key[0]) if key else None, limit=limit + 1, reason=reason)
    names = api.names
    items = [
        SetAsideOut.model_validate(
            {
                "number": row.number,
                "state": row.state,
                "source": row.source,
                "kind": row.kind,
                "reason": names.reason(row.reason),
                "raw": row.raw.decode(errors="replace")[:MAX_RAW],
                "item": row.item,
                "received_at": row.received_at,
                "replayed_at": row.replayed_at,
            }
        )
        for row in rows
    ]
    return page_of(items, limit, (items[limit - 1].number,) if len(items) > limit else None)


@router.post("/quarantine/replay")
async def replay(body: ReplayIn, api: Api, who: Annotated[Principal, Depends(require(WRITE))]) -> Replayed:
    """Put messages into the inbox again, after a mapping or the graph was mended."""
    now = api.clock.now()
    with api.ledger.begin() as connection:
        messages = set_aside.replay(connection, api.inbox, now=now, reason=body.reason, numbers=body.numbers)
        after = {"messages": messages, "numbers": body.numbers, "reason": body.reason}
        record(connection, who.did("quarantine.replay", "quarantine", after=after), at=now)
    api.inbox.changed.set()
    return Replayed(messages=messages)
