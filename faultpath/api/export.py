"""The whole graph as JSON, in parts: made outside of the loop, and never all of it at once in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import orjson

from cmdb.model import CI, Relation, Snapshot, Value

ROWS = 1_000
T = TypeVar("T")


def parts(snapshot: Snapshot) -> Iterator[bytes]:
    """The body of an export, at most `ROWS` rows in a part; its shape is `faultpath.api.routes.cis.GraphExport`."""
    yield b'{"revision":%d,"cis":[' % snapshot.revision
    yield from _rows(snapshot.cis, _ci)
    yield b'],"relations":['
    yield from _rows(snapshot.relations, _relation)
    yield b"]}"


def _rows(items: Sequence[T], shape: Callable[[T], dict[str, Value]]) -> Iterator[bytes]:
    for start in range(0, len(items), ROWS):
        listed = orjson.dumps([shape(item) for item in items[start : start + ROWS]])
        yield (b"," if start else b"") + listed[1:-1]


def _ci(ci: CI) -> dict[str, Value]:
    return {"id": ci.ci_id, "cls": ci.cls, "name": ci.name, "attributes": dict(ci.attributes)}


def _relation(one: Relation) -> dict[str, Value]:
    return {"from": one.from_id, "to": one.to_id, "type": one.type, "attributes": dict(one.attributes)}
