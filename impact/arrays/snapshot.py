"""An array graph as one stream of bytes, so that a restart need not read the whole store.

A line that names the format, length and checksum of a JSON header, the header, then the arrays one after the other. It
holds the revision, the profile's name, the rules and, for each array, its type, its shape and a checksum.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from impact.arrays.build import ArrayGraph
from impact.arrays.codec import rule_again, written
from impact.arrays.grow import Growth
from impact.arrays.lenses import Lens, Lenses
from impact.arrays.parts import Special
from impact.rows import Array
from impact.scale import Profile

MAGIC = b"faultpath arrays 1\n"
MOST_HEADER = 1 << 30

_ARRAYS = (
    "number", "place", "layer", "flags", "start", "provider", "offset", "group", "back_start", "back",
    "slot_start", "slot_from", "slot_to", "slot_rule", "slot_group",
)  # fmt: skip
_TYPES = frozenset({"int8", "uint8", "uint16", "int16", "int32", "int64"})


class SnapshotError(ValueError):
    """The bytes are no snapshot of this version, profile or revision, or they are damaged."""


class Target(Protocol):
    def write(self, data: Any, /) -> Any: ...


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readinto(self, buffer: memoryview, /) -> int | None: ...


def save(graph: ArrayGraph, growth: Growth, file: Target) -> None:
    """Write an array graph to a file open for binary writing.

    Raises:
        ValueError: relations were added that are not in the arrays; compact them first.
    """
    if growth:
        raise ValueError("an array graph with added relations is compacted before it is saved")
    arrays = {name: np.ascontiguousarray(getattr(graph, name)) for name in _ARRAYS}
    if graph.ids is not None:
        arrays["ids"] = np.ascontiguousarray(graph.ids)
    header = json.dumps(_header(graph, arrays)).encode()
    file.write(MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(4, "little") + header)
    for array in arrays.values():
        file.write(_bytes(array))


def _header(graph: ArrayGraph, arrays: Mapping[str, Array]) -> dict[str, Any]:
    return {
        "revision": graph.revision,
        "profile": repr(graph.profile),
        "lenses": [[lens.sees, lens.carries_network] for lens in graph.lenses.all],
        "rules": [written(rule) for rule in graph.rules],
        "circles": graph.circles,
        "special": [[edge, written(one.weight), written(one.drops)] for edge, one in _specials(graph)],
        "names": [[place, list(names)] for place, names in graph.names.items()],
        "arrays": [[name, str(one.dtype.str), one.shape[0], zlib.crc32(_bytes(one))] for name, one in arrays.items()],
    }


def _specials(graph: ArrayGraph) -> list[tuple[int, Special]]:
    return [(int(edge), one) for edge, one in graph.special.items()]


def _bytes(array: Array) -> memoryview:
    return (array.view(np.uint8) if array.size else np.zeros(0, np.uint8)).data


def load(file: Source, profile: Profile, revision: int | None = None) -> ArrayGraph:
    """Read an array graph from a file open for binary reading.

    Args:
        file: stands at the beginning of a snapshot.
        profile: the scale and policy, which must be those under which it was saved.
        revision: which one is wanted, if it matters.

    Raises:
        SnapshotError: it is not such a snapshot, or damaged.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise SnapshotError("these bytes are no snapshot of this version")
    size, checksum = (int.from_bytes(file.read(length), "little") for length in (8, 4))
    text = file.read(min(size, MOST_HEADER))
    if zlib.crc32(text) != checksum:
        raise SnapshotError("the snapshot is damaged: the checksum of its header does not hold")
    try:
        header = json.loads(text)
        arrays = {name: _array(file, *about) for name, *about in header["arrays"]}
        return _graph(header, arrays, profile, revision)
    except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise SnapshotError(f"the snapshot's header is damaged: {error}") from error


def _graph(header: dict[str, Any], arrays: dict[str, Array], profile: Profile, revision: int | None) -> ArrayGraph:
    if header["profile"] != repr(profile):
        raise SnapshotError("the snapshot was made under another scale or policy")
    if revision not in (None, header["revision"]):
        raise SnapshotError(f"the snapshot is of revision {header['revision']}, not {revision}")
    ids = arrays.pop("ids", None)
    if set(arrays) != set(_ARRAYS):
        raise SnapshotError("the snapshot lacks arrays")
    lenses = [Lens(sees=tuple(sees), carries_network=carries) for sees, carries in header["lenses"]]
    return ArrayGraph(
        revision=header["revision"],
        profile=profile,
        **arrays,
        lenses=Lenses(lenses, profile.scale),
        rules=tuple(rule_again(said, profile) for said in header["rules"]),
        circles=tuple(tuple(circle) for circle in header["circles"]),
        special={edge: _special(weight, drops, profile) for edge, weight, drops in header["special"]},
        names={place: tuple(names) for place, names in header["names"]},
        ids=ids,
    )


def _special(weight: Any, drops: Any, profile: Profile) -> Special:
    read: Any = rule_again  # the parts of a rule are read as rules are
    return Special(weight=read(weight, profile), drops=read(drops, profile))


def _array(file: Source, kind: str, count: int, checksum: int) -> Array:
    dtype = np.dtype(kind)
    if dtype.name not in _TYPES and dtype.kind != "S":
        raise SnapshotError(f"{kind} is no type of a snapshot")
    array = np.empty(count, dtype)
    view, at = _bytes(array), 0
    while at < len(view):
        got = file.readinto(view[at:])
        if not got:
            raise SnapshotError("the snapshot ends too early")
        at += got
    if zlib.crc32(view) != checksum:
        raise SnapshotError("the snapshot is damaged: a checksum does not hold")
    return array
