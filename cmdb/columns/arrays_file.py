"""Arrays and what is said of them as one stream of bytes, each with a checksum.

A line that names the format, length and checksum of a JSON header, the header, then the arrays one after the other.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from cmdb.columns.texts import Array

MOST_HEADER = 1 << 30
_TYPES = frozenset({"int8", "uint8", "uint16", "int16", "int32", "int64"})


class ArraysFileError(ValueError):
    """The bytes are not what they ought to be, of another version, or damaged."""


class Target(Protocol):
    def write(self, data: Any, /) -> Any: ...


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readinto(self, buffer: memoryview, /) -> int | None: ...


def write_arrays(file: Target, magic: bytes, said: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write to a file open for binary writing.

    Args:
        file: where to.
        magic: the line that names format and version, its end included.
        said: what is said of the arrays; must be JSON.
        arrays: of whole numbers or of byte strings, one dimension each.
    """
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    about = [[name, one.dtype.str, one.shape[0], zlib.crc32(_bytes(one))] for name, one in whole.items()]
    header = json.dumps({**said, "arrays": about}).encode()
    file.write(magic + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(4, "little") + header)
    for array in whole.values():
        file.write(_bytes(array))


def read_arrays(file: Source, magic: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """What is said, and the arrays, from a file open for binary reading.

    Raises:
        ArraysFileError: it is no such file, or damaged.
    """
    if file.read(len(magic)) != magic:
        raise ArraysFileError("these bytes are no snapshot of this version")
    size, checksum = (int.from_bytes(file.read(length), "little") for length in (8, 4))
    text = file.read(min(size, MOST_HEADER))
    if zlib.crc32(text) != checksum:
        raise ArraysFileError("the snapshot is damaged: the checksum of its header does not hold")
    try:
        said = json.loads(text)
        return said, {name: _array(file, *about) for name, *about in said.pop("arrays")}
    except (KeyError, TypeError, ValueError) as error:
        raise ArraysFileError(f"the snapshot's header is damaged: {error}") from error


def _bytes(array: Array) -> memoryview:
    return (array.view(np.uint8) if array.size else np.zeros(0, np.uint8)).data


def _array(file: Source, kind: str, count: int, checksum: int) -> Array:
    dtype = np.dtype(kind)
    if dtype.name not in _TYPES and dtype.kind != "S":
        raise ArraysFileError(f"{kind} is no type of a snapshot")
    array = np.empty(count, dtype)
    view, at = _bytes(array), 0
    while at < len(view):
        got = file.readinto(view[at:])
        if not got:
            raise ArraysFileError("the snapshot ends too early")
        at += got
    if zlib.crc32(view) != checksum:
        raise ArraysFileError("the snapshot is damaged: a checksum does not hold")
    return array
