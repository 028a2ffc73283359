"""The audit: every act, who did it, from where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends

from faultpath.access.model import ADMIN
from faultpath.api.deps import Api, require
from faultpath.api.paging import Cursor, Limit, Page, decode, page_of
from faultpath.api.shapes import Shape
from ledger import audit

router = APIRouter(tags=["access"], dependencies=[Depends(require(ADMIN))])


class AuditOut(Shape):
    """One act. ``seal`` is the SHA-256 over this row and the seal before it."""

    number: int
    at: datetime
    actor: str
    address: str
    act: str
    object: str
    before: Any = None
    after: Any = None
    seal: str


@router.get("/audit")
async def list_acts(api: Api, cursor: Cursor = None, limit: Limit = 100) -> Page[AuditOut]:
    """Acts, the newest first."""
    key = decode(cursor, int)
    with api.ledger.read() as connection:
        rows = audit.page(connection, before=int(key[0]) if key else None, limit=limit + 1)
    items = [
        AuditOut(
            number=row.number,
            at=row.at,
            actor=row.act.actor,
            address=row.act.address,
            act=row.act.act,
            object=row.act.object,
            before=row.act.before,
            after=row.act.after,
            seal=row.seal,
        )
        for row in rows
    ]
    return page_of(items, limit, (items[limit - 1].number,) if len(items) > limit else None)
