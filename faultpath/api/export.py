"""The whole graph as JSON, in parts: made outside of the loop, and never all of it at once in memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import orjson

from cmdb.columns.columns import Columns
from cmdb.model import CI, Relation, Value

ROWS = 1_000


def parts(columns: Columns) -> Iterator[bytes]:
    """The body of an export, at most `ROWS` rows in a part; its shape is `faultpath.api.routes.cis.GraphExport`."""
    yield b'{"revision":%d,"cis":[' % columns.revision
    yield from _rows(map(_ci, columns.cis()))
    yield b'],"relations":['
    yield from _rows(map(_relation, columns.relations()))
    yield b"]}"


def _rows(rows: Iterator[dict[str, Value]]) -> Iterator[bytes]:
    before = b""
    while some := list(islice(rows, ROWS)):
        yield before + orjson.dumps(some)[1:-1]
        before = b","


def _ci(ci: CI) -> dict[str, Value]:
    return {"id": ci.ci_id, "cls": ci.cls, "name": ci.name, "attributes": dict(ci.attributes)}


def _relation(one: Relation) -> dict[str, Value]:
    return {"from": one.from_id, "to": one.to_id, "type": one.type, "attributes": dict(one.attributes)}
