"""Sources: from whom signals come, when the last one came, and what of theirs could not be used."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, func, select

from alerting.tables import SET_ASIDE
from faultpath.access.model import INTAKE_PREFIX, READ
from faultpath.api.deps import Api, require
from faultpath.api.shapes import Shape
from faultpath.hub import CONSUMER
from ledger.inbox import INBOX

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
    with api.ledger.read() as connection:
        heard = _heard(connection, api.inbox.last_position - WINDOW)
        waiting = _waiting(connection)
    items = [
        SourceOut(
            source=source,
            kind=kind,
            messages=messages,
            last_received=last,
            set_aside=waiting[source],
            tokens=tokens.pop(source.partition(":")[2], 0),
        )
        for source, kind, messages, last in heard
    ]
    items += [
        SourceOut(source=name, kind="not heard yet", messages=0, last_received=None, set_aside=0, tokens=count)
        for name, count in sorted(tokens.items())
    ]
    return SourceList(items=items, inbox_waiting=api.inbox.last_position - api.inbox.offset(CONSUMER))


def _heard(connection: Connection, after: int) -> list[tuple[str, str, int, datetime]]:
    columns = (INBOX.c.source, INBOX.c.kind, func.count(), func.max(INBOX.c.received_at))
    statement = select(*columns).where(INBOX.c.position > after).group_by(INBOX.c.source, INBOX.c.kind)
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(statement.order_by(INBOX.c.source))]


def _waiting(connection: Connection) -> Counter[str]:
    statement = select(SET_ASIDE.c.source, func.count()).where(SET_ASIDE.c.replayed_at.is_(None))
    rows = connection.execute(statement.group_by(SET_ASIDE.c.source))
    return Counter({row[0]: row[1] for row in rows})
