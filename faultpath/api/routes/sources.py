"""Sources: from whom signals come, when the last one came, and what of theirs could not be used."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

from fastapi import APIRouter, Depends

from alerting import set_aside
from faultpath.access.model import INTAKE_PREFIX, READ
from faultpath.api.deps import Api, require
from faultpath.api.shapes import Shape
from faultpath.hub import CONSUMER

router = APIRouter(tags=["alerts"], dependencies=[Depends(require(READ))])
# how far back the figures look; the inbox is pruned anyway
WINDOW = 100_000


class SourceOut(Shape):
    """One source instance. Messages are counted over the last 100,000 of all sources.

    ``tokens``: how many usable tokens may post for it. ``set_aside``: items of it that wait in quarantine.
    """

    source: str
    kind: str
    messages: int
    last_received: datetime | None
    set_aside: int
    tokens: int


class SourceList(Shape):
    """All sources that were heard of, and those that have a token and were not heard yet."""

    items: list[SourceOut]
    inbox_waiting: int


@router.get("/sources")
async def list_sources(api: Api) -> SourceList:
    """From whom signals come."""
    now = api.clock.now()
    tokens = Counter(
        scope.removeprefix(INTAKE_PREFIX)
        for token in api.tokens.all()
        if token.usable(now)
        for scope in token.scopes
        if scope.startswith(INTAKE_PREFIX)
    )
    heard = await asyncio.to_thread(api.inbox.heard, api.inbox.last_position - WINDOW)  # a fifth of a second
    with api.ledger.read() as connection:
        waiting = set_aside.counts_by_source(connection)
    items = [
        SourceOut(
            source=one.source,
            kind=one.kind,
            messages=one.messages,
            last_received=one.last_received,
            set_aside=waiting.get(one.source, 0),
            tokens=tokens.pop(one.source.partition(":")[2], 0),
        )
        for one in heard
    ]
    items += [
        SourceOut(source=name, kind="not heard yet", messages=0, last_received=None, set_aside=0, tokens=count)
        for name, count in sorted(tokens.items())
    ]
    return SourceList(items=items, inbox_waiting=api.inbox.last_position - api.inbox.offset(CONSUMER))
