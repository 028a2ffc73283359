"""Cursor paging: ``?cursor=&limit=``. A cursor is opaque to clients; inside it is the key of the last item given."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Query
from pydantic import BaseModel

from faultpath.api.problems import ProblemError

MAX_LIMIT = 500
T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="how many items at most")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; none for the first page")]


class Page(BaseModel, Generic[T]):
    """One page of a list. ``next_cursor`` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


def encode(*key: str | int) -> str:
    """The cursor after the item with this key."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode(cursor: str | None, *kinds: type) -> tuple[str | int, ...] | None:
    """The key inside of a cursor, checked against the types of its parts; ``None`` for the first page.

    Raises:
        ProblemError: 400, the cursor is not one of ours.
    """
    if cursor is None:
        return None
    try:
        key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise ProblemError(400, "bad_cursor", "the cursor is not one of this list", remedy="begin without a cursor")
    return tuple(key)


def page_of(items: Sequence[T], limit: int, key: Sequence[str | int] | None) -> Page[T]:
    """A page of the first ``limit`` of ``items``; ``key`` is that of its last item when more follow."""
    return Page[T](items=list(items[:limit]), next_cursor=encode(*key) if key is not None else None)
