"""An array graph as one stream of bytes, so that a restart need not read the whole store.

It holds the revision, the profile, the rules and the arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cmdb.columns.arrays_file import ArraysFileError, Source, Target, read_arrays, write_arrays
from impact.arrays.build import ArrayGraph
from impact.arrays.codec import rule_again, written
from impact.arrays.grow import Growth
from impact.arrays.lenses import Lens, Lenses
from impact.arrays.parts import Special
from impact.rows import Array
from impact.scale import Profile

MAGIC = b"faultpath arrays 1\n"

_ARRAYS = (
    "number", "place", "layer", "flags", "start", "provider", "offset", "group", "back_start", "back",
    "slot_start", "slot_from", "slot_to", "slot_rule", "slot_group",
)  # fmt: skip


class SnapshotError(ValueError):
    """The bytes are no snapshot of this version, profile or revision, or they are damaged."""


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
    write_arrays(file, MAGIC, _said(graph), arrays)


def _said(graph: ArrayGraph) -> dict[str, Any]:
    return {
        "revision": graph.revision,
        "profile": repr(graph.profile),
        "lenses": [[lens.sees, lens.carries_network] for lens in graph.lenses.all],
        "rules": [written(rule) for rule in graph.rules],
        "circles": graph.circles,
        "special": [[edge, written(one.weight), written(one.drops)] for edge, one in _specials(graph)],
        "names": [[place, list(names)] for place, names in graph.names.items()],
    }


def _specials(graph: ArrayGraph) -> list[tuple[int, Special]]:
    return [(int(edge), one) for edge, one in graph.special.items()]


def load(file: Source, profile: Profile, revision: int | None = None) -> ArrayGraph:
    """Read an array graph from a file open for binary reading.

    Args:
        file: stands at the beginning of a snapshot.
        profile: the scale and policy, which must be those under which it was saved.
        revision: which one is wanted, if it matters.

    Raises:
        SnapshotError: it is not such a snapshot, or damaged.
    """
    try:
        header, arrays = read_arrays(file, MAGIC)
    except ArraysFileError as error:
        raise SnapshotError(str(error)) from error
    try:
        return _graph(header, arrays, profile, revision)
    except (KeyError, TypeError) as error:
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
