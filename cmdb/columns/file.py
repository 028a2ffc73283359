"""Columns kept on disk, so that a restart reads only what changed since from the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cmdb.columns.arrays_file import ArraysFileError, Source, Target, read_arrays, write_arrays
from cmdb.columns.columns import Base, Columns
from cmdb.columns.patch import compacted
from cmdb.columns.texts import Array, Texts

MAGIC = b"faultpath columns 1\n"

_ARRAYS = ("ids", "cls", "starts", "start", "type", "end", "about", "back_starts", "back")
_TEXTS = ("names", "attributes", "abouts")


def save(columns: Columns, file: Target) -> None:
    """Write columns, and what lies over them, to a file open for binary writing."""
    whole = compacted(columns)
    base = whole.base
    arrays = {name: getattr(base, name) for name in _ARRAYS}
    for name in _TEXTS:
        texts: Texts = getattr(base, name)
        arrays |= {f"{name}_starts": texts.starts, f"{name}_text": np.frombuffer(texts.blob, np.uint8)}
    said = {
        "revision": whole.revision, "made": whole.made, "classes": list(base.classes), "types": list(base.types)
    }  # fmt: skip
    write_arrays(file, MAGIC, said, arrays)


def load(file: Source) -> Columns:
    """Read columns from a file open for binary reading.

    Raises:
        ArraysFileError: it is no such file, or damaged.
    """
    said, arrays = read_arrays(file, MAGIC)
    try:
        parts: dict[str, Any] = {name: arrays[name] for name in _ARRAYS}
        parts |= {name: _texts(arrays, name) for name in _TEXTS}
        base = Base(**parts, classes=tuple(map(str, said["classes"])), types=tuple(map(str, said["types"])))
        return Columns(base, revision=int(said["revision"]), made=str(said["made"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ArraysFileError(f"the columns lack something: {error}") from error


def _texts(arrays: Mapping[str, Array], name: str) -> Texts:
    return Texts(arrays[f"{name}_text"].tobytes(), arrays[f"{name}_starts"])
