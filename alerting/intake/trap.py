"""SNMP traps and informs, as the receiver writes them into the inbox.

::

    {"address": "127.77.1.5", "port": 50123, "version": "2c", "user": "", "engine_id": "", "inform": false,
     "trap_oid": "1.3.6.1.6.3.1.1.5.3", "varbinds": [["1.3.6.1.2.1.2.2.1.1.7", "Integer", "7"]]}

What the receiver refused carries ``refused`` with the reason (``unknown_community``, ``wrong_digest``, …) and is set
aside; bytes that are no SNMP are ``malformed_message``, with ``raw`` in hex, and are rejected.

A v2c trap proves nothing about its origin: it becomes a hint, which makes the hub ask. What a trap means is in the
table `alerting/mapping/traps.yaml`.
"""

from __future__ import annotations

from typing import Any

from alerting.intake.parsed import Json, MalformedError, Parsed, Quarantined, list_of, load, mapping_of, text_of
from alerting.mapping import Trap, TrapTable
from alerting.model import AlertState, Event
from impact.model import ComplaintKind, Reason
from ledger.inbox import InboxRow

SOURCE = "snmp-trap"
UNREADABLE = "malformed_message"
_MAX_VARBINDS_KEPT = 40
_MAX_INDEX_DIGITS = 10  # of an InterfaceIndex, 1..2147483647 (IF-MIB)


def parse(row: InboxRow, table: TrapTable) -> Parsed:
    """One notification a signal. One that the table does not know is set aside."""
    try:
        body = mapping_of(load(row.body), "(body)")
        if body.get("refused"):
            return _refused(row, body)
        trap_oid = text_of(body, "trap_oid", "").lstrip(".")
        trap = table.get(trap_oid)
        if trap is None:
            reason = Reason(code="unknown_trap", args={"oid": trap_oid, "address": str(body.get("address", ""))})
            return Parsed(quarantined=(Quarantined(index=0, reason=reason, raw=row.body),))
        return Parsed(items=(_event(row, body, trap),))
    except MalformedError as problem:
        return Parsed(rejected=problem.reason)


def _refused(row: InboxRow, body: Json) -> Parsed:
    args = {name: str(body[name])[:200] for name in ("address", "user", "engine_id", "why") if body.get(name)}
    reason = Reason(code=text_of(body, "refused", ""), args=args)
    if reason.code == UNREADABLE:
        return Parsed(rejected=reason)
    return Parsed(quarantined=(Quarantined(index=0, reason=reason, raw=row.body),))


def _event(row: InboxRow, body: Json, trap: Trap) -> Event:
    varbinds = [_varbind(one, place) for place, one in enumerate(list_of(body.get("varbinds", []), "varbinds"))]
    if_index = _if_index(varbinds, trap)
    hints = _hints(body, if_index)
    proven = row.authenticated and str(body.get("version")) == "3"
    sender = hints["engine_id"] if proven and "engine_id" in hints else hints["address"]
    return Event(
        inbox_id=row.position,
        index=0,
        source=SOURCE,
        check=trap.check,
        resource=f"{sender}#{if_index}" if if_index else sender,
        hints=hints,
        kind=trap.kind if proven else ComplaintKind.HINT,
        severity=trap.severity,
        effect=trap.effect,
        state=AlertState.CLEARED if trap.clears else AlertState.ACTIVE,
        observed_at=row.received_at,
        received_at=row.received_at,
        authenticated=proven,
        summary=trap.name,
        details=_details(body, trap, varbinds),
    )


def _varbind(value: Any, place: int) -> tuple[str, str, str]:
    if not isinstance(value, list) or len(value) != 3:
        raise MalformedError("wrong_type", field=f"varbinds[{place}]", expected="[oid, type, value]")
    return str(value[0]).lstrip("."), str(value[1]), str(value[2])


def _if_index(varbinds: list[tuple[str, str, str]], trap: Trap) -> str | None:
    """The interface that a link notification is about, from its ifIndex varbind (IF-MIB, RFC 2863)."""
    if trap.index_of is None:
        return None
    for oid, _, value in varbinds:
        if oid.startswith(f"{trap.index_of}."):
            index = value if value.isdecimal() else oid.rpartition(".")[2]
            return index if len(index) <= _MAX_INDEX_DIGITS else None  # a sender can write any text there
    return None


def _hints(body: Json, if_index: str | None) -> dict[str, str]:
    address = text_of(body, "address", "")
    hints = {"address": address}
    if body.get("port"):
        hints["mgmt_address"] = f"{address}:{body['port']}"
    if engine_id := body.get("engine_id"):
        hints["engine_id"] = str(engine_id)
    if if_index:
        hints["if_index"] = if_index
    return hints


def _details(body: Json, trap: Trap, varbinds: list[tuple[str, str, str]]) -> dict[str, str]:
    details = {"trap": trap.name, "oid": trap.oid, "mib": trap.mib, "version": str(body.get("version", ""))}
    if user := body.get("user"):
        details["user"] = str(user)
    return details | {f"varbinds.{oid}": value for oid, _, value in varbinds[:_MAX_VARBINDS_KEPT]}
