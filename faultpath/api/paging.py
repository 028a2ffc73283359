"""Cursor paging: ``?cursor=&limit=``. A cursor is opaque to clients; inside it is the key of the last item given."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

import orjson
from fastapi import Query
from pydantic import AfterValidator, BaseModel

from faultpath.api.problems import ProblemError

MAX_LIMIT = 500
MAX_NUMBER = 2**63 - 1
"""The largest number that the stores can hold; a larger one is nobody's."""

T = TypeVar("T")


def _held(number: int) -> int:
    if abs(number) > MAX_NUMBER:
        raise ValueError("is larger than any number here")
    return number


Number = Annotated[int, AfterValidator(_held)]
"""The number of something in the ledger, as strangers give it."""

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
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds) or _too_large(key):
        raise ProblemError(400, "bad_cursor", "the cursor is not one of this list", remedy="begin without a cursor")
    return tuple(key)


def _too_large(key: Sequence[str | int]) -> bool:
    return any(isinstance(part, int) and abs(part) > MAX_NUMBER for part in key)


def page_of(items: Sequence[T], limit: int, key: Sequence[str | int] | None) -> Page[T]:
    """A page of the first ``limit`` of ``items``; ``key`` is that of its last item when more follow."""
    return Page[T](items=list(items[:limit]), next_cursor=encode(*key) if key is not None else None)
