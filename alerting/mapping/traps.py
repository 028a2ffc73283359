"""The table of SNMP notifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from alerting.errors import MappingError
from alerting.model import Severity
from alerting.yamlfile import Entry, read
from impact.model import ComplaintKind, Health

_SHIPPED = Path(__file__).parent / "traps.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """What one notification says. ``index_of`` is the column whose varbind tells the interface."""

    oid: str
    name: str
    mib: str
    check: str
    kind: ComplaintKind
    severity: Severity
    effect: Health
    clears: bool
    index_of: str | None


TrapTable: TypeAlias = Mapping[str, Trap]


def load_traps(extra: tuple[Path, ...] = ()) -> TrapTable:
    """The shipped table by OID; an operator's entry takes the place of a shipped one.

    Raises:
        MappingError: a file is wrong.
    """
    table: dict[str, Trap] = {}
    for path in (_SHIPPED, *extra):
        file = read(path, "faultpath_traps", MappingError)
        file.only("faultpath_traps", "traps")
        for entry in file.entries("traps"):
            trap = _trap(entry)
            table[trap.oid] = trap
    return table


def _trap(entry: Entry) -> Trap:
    entry.only("oid", "name", "mib", "check", "kind", "severity", "effect", "clears", "index_of")
    return Trap(
        oid=entry.text("oid"),
        name=entry.text("name"),
        mib=entry.text("mib"),
        check=entry.text("check"),
        kind=entry.word("kind", ComplaintKind),
        severity=entry.word("severity", Severity),
        effect=entry.word("effect", Health),
        clears=entry.flag("clears"),
        index_of=entry.text("index_of") if "index_of" in entry.values else None,
    )
