"""The newest revision of a SQLite file as columns.

Where it has millions of relations, a row each takes longer to hand over than all the rest: they come as long texts of
rows of one width. That needs ids of one width, which those that the hub makes have (ULIDs); others come row by row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cmdb.columns.columns import Columns
from cmdb.columns.fill import NO_TEXT, CiColumns, Codes, RelationColumns, filled, numbered, relation_columns
from cmdb.columns.numbers import Numbers
from cmdb.columns.texts import Array, Texts

CIS_AT_ONCE = 100_000
"""The relations of so many CIs are one text; SQLite makes none of more than a gigabyte."""

_CIS = """
SELECT CAST(ci_id AS BLOB), CAST(class AS BLOB), CAST(name AS BLOB), CAST(attributes AS BLOB) FROM ci ORDER BY ci_id"""
_ROWS = """
SELECT from_id, type, to_id, CAST(attributes AS BLOB) FROM relation ORDER BY from_id, type, to_id"""
_TYPE_WIDTHS = "SELECT coalesce(max(length(type)), 0), coalesce(max(length(CAST(type AS BLOB))), 0) FROM relation"
_TEXT = """
SELECT group_concat(from_id || to_id || substr(type || ?3, 1, ?4)
                    || iif(CAST(attributes AS BLOB) = x'7b7d', ' ', '+'), '')
FROM (SELECT * FROM relation WHERE from_id >= ?1 AND from_id < ?2 ORDER BY from_id, type, to_id)"""
_ATTRIBUTES = """
SELECT CAST(attributes AS BLOB) FROM relation
WHERE from_id >= ?1 AND from_id < ?2 AND CAST(attributes AS BLOB) <> x'7b7d' ORDER BY from_id, type, to_id"""
_AFTER_ALL = "\U0010ffff"


def read_columns(db: sqlite3.Connection, revision: int, made: str) -> Columns:
    """Fill the columns inside of a transaction that holds the revision still."""
    cis = _cis(db)
    characters, width = db.execute(_TYPE_WIDTHS).fetchone()
    same = len(cis.ids) > 0 and int(np.char.str_len(cis.ids).min()) == cis.ids.dtype.itemsize
    relations = (
        _long_texts(db, cis.ids, width)
        if same and characters == width
        else relation_columns(db.execute(_ROWS), numbered(cis))
    )
    return filled(revision, cis, relations, made)


def _cis(db: sqlite3.Connection) -> CiColumns:
    rows = db.execute(_CIS).fetchall()
    ids, classes, names, attributes = zip(*rows, strict=True) if rows else ((), (), (), ())
    codes = Codes()
    return CiColumns(
        ids=np.array(ids, np.bytes_) if ids else np.zeros(0, "S1"),
        cls=np.array(codes.of(classes), np.uint16),
        classes=codes.texts(),
        names=Texts.of(names),
        attributes=Texts.of(attributes),
    )


def _long_texts(db: sqlite3.Connection, ids: Array, width: int) -> RelationColumns:
    numbers, types, abouts = Numbers(ids), Codes(), Codes(NO_TEXT)
    row = np.dtype([("start", ids.dtype), ("end", ids.dtype), ("type", f"S{width}"), ("more", "S1")])
    starts, ends, verbs, about = [], [], [], []
    for first, after in _ranges(ids):
        (text,) = db.execute(_TEXT, (first, after, " " * width, width)).fetchone()
        rows = np.frombuffer((text or "").encode(), row)
        starts.append(numbers.of(rows["start"]))
        ends.append(numbers.of(rows["end"]))
        verbs.append(_codes(np.ascontiguousarray(rows["type"]), types))
        codes = np.zeros(len(rows), np.int32)
        codes[rows["more"] == b"+"] = abouts.of(text for (text,) in db.execute(_ATTRIBUTES, (first, after)))
        about.append(codes)
    return RelationColumns(
        start=np.concatenate(starts),
        type=np.concatenate(verbs),
        end=np.concatenate(ends),
        about=np.concatenate(about),
        types=types.texts(),
        abouts=Texts.of(abouts.all),
    )


def _ranges(ids: Array) -> Iterator[tuple[str, str]]:
    bounds = [ci_id.decode() for ci_id in ids[::CIS_AT_ONCE].tolist()]
    return pairwise([*bounds, _AFTER_ALL])


def _codes(padded: Array, types: Codes) -> Array:
    """Numbers for texts that are few and come often, padded with blanks."""
    codes = np.zeros(len(padded), np.uint16)
    left = np.ones(len(padded), np.bool_)
    while left.any():
        one = padded[np.argmax(left)]
        same = padded == one
        codes[same] = types.of([one.rstrip()])[0]
        left &= ~same
    return codes
