"""A layered estate written into a graph store, as the hub finds it: classes, rules, relations, ports and people.

It is written past the hub's own way of writing, as a restored backup would be: a million CIs in half a minute.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks.layered import LEAST_MEMBERS, RULES, WORST, Layered
from cmdb.graph.sqlite import SqliteGraphStore
from impact.arrays.parts import NO_GROUP

CLASSES = (
    "Pdu", "Server", "Cluster", "VirtualMachine", "Container", "Application", "Application", "Database",
    "ApplicationService", "BusinessService", "Offering", "Person",
)  # fmt: skip
"""By layer, from power up to those who use it."""

AT_RISK = {"degraded": "at_risk", "down": "at_risk"}
MAPS: tuple[Any, ...] = (None, {"lower": 1}, AT_RISK, {"raise": 1}, {"at_risk": "at_risk", **AT_RISK})
"""What relations say, by the lens of `benchmarks.layered`."""


def ci_id(number: int) -> str:
    """As long as a ULID, and in the order of the numbers."""
    return f"01KB{number:022d}"


def cis(estate: Layered) -> Iterator[tuple[str, str, str, bytes]]:
    """Id, class, name and attributes of each CI; ports come after all others, two for each cable."""
    parts = estate.parts
    ruled = {int(node): int(rule) for node, group, rule in parts.ruled.tolist() if group != NO_GROUP and rule != WORST}
    members = _members(estate)
    # what is drawn twice is one relation: a rule of three wants three
    stated = {node: rule for node, rule in ruled.items() if rule == 0 or members[node] >= LEAST_MEMBERS}
    ignores = np.asarray(parts.ignores)
    anchors, links, switches = set(estate.anchors.tolist()), set(estate.links.tolist()), set(estate.switches.tolist())
    layer = np.searchsorted(estate.bounds, np.arange(parts.count), "right") - 1
    for number in range(parts.count):
        cls = "Link" if number in links else "Switch" if number in switches else CLASSES[layer[number]]
        said: dict[str, Any] = {"environment": "production", "owner_code": f"cc-{number % 997}"}
        if cls in ("Server", "Switch"):
            said |= {"serial": f"S{number:08d}", "vendor": "Acme", "mgmt_address": _address(number)}
        if cls == "BusinessService":
            said["tier"] = 1 + number % 4
        if number in stated:
            said["requirements"] = {"g": RULES[stated[number]][0]}
        if ignores[number]:
            said["maintenance"] = "ignore_input"
        if number in anchors:
            said["anchor"] = True
        yield ci_id(number), cls, f"{cls.lower()}-{number}", orjson.dumps(said)
    for at in range(2 * len(estate.links)):
        yield ci_id(parts.count + at), "Port", f"Gi0/{at % 48}", orjson.dumps({"if_index": 1 + at % 48})


def _members(estate: Layered) -> Counter[int]:
    """How many members the group of each CI has."""
    parts = estate.parts
    inside = np.flatnonzero(parts.group != NO_GROUP)
    pairs = np.stack((parts.dependent[inside], parts.provider[inside]), axis=1)
    return Counter(np.unique(pairs, axis=0)[:, 0].tolist())


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}:161"


def relations(estate: Layered) -> Iterator[tuple[str, str, str, bytes]]:
    """Ends, type and attributes of each relation; the same two ends but once."""
    parts = estate.parts
    layer = np.searchsorted(estate.bounds, np.arange(parts.count), "right") - 1
    seen = set()
    columns = (parts.dependent, parts.provider, parts.lens, parts.group)
    for at, (dependent, provider, lens, group) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        if (dependent, provider) in seen or dependent == provider:
            continue
        seen.add((dependent, provider))
        said: dict[str, Any] = {"group": "g"} if group != NO_GROUP else {}
        if MAPS[lens] is not None:
            said["map"] = MAPS[lens]
        if at in parts.special:
            said["weight"] = 2
        verb = "USES" if layer[dependent] == 11 else "DEPENDS_ON"
        if layer[dependent] == 10 and layer[provider] == 9:
            verb = "PART_OF"
        yield ci_id(dependent), verb, ci_id(provider), orjson.dumps(said)
    for cable, (a, b) in enumerate(estate.ends.tolist()):
        ports = [ci_id(parts.count + 2 * cable + side) for side in (0, 1)]
        for port, device in zip(ports, (a, b), strict=True):
            yield port, "PORT_OF", ci_id(device), b"{}"
        yield ports[0], "CONNECTS_TO", ports[1], orjson.dumps({"link": ci_id(int(estate.links[cable]))})


def write_sqlite(estate: Layered, path: Path) -> tuple[int, int]:
    """Write a graph file that is not there yet; how many CIs and relations it holds."""
    SqliteGraphStore(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("INSERT INTO revision VALUES (1, 0, 'benchmark', 'written at once')")
        db.executemany("INSERT INTO ci VALUES (?, ?, ?, ?)", cis(estate))
        db.executemany("INSERT INTO relation VALUES (?, ?, ?, ?)", sorted(relations(estate)))
        db.commit()
        counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("ci", "relation")]
    return counts[0], counts[1]
