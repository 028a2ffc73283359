"""The notifications that devices of the estate send: SNMPv2-MIB and IF-MIB (RFC 3418, RFC 2863), UPS-MIB (RFC 1628)."""

from __future__ import annotations

from collections.abc import Sequence

from examples.estate import ber
from examples.estate.ber import TIME_TICKS, TRAP_V2, Oid, integer, octets, unsigned
from examples.estate.mibs import DOWN, IF_ENTRY, IF_X_ENTRY, ON_BATTERY_ALARM, RUNTIME_MINUTES, SYS_UP_TIME, UP, UPS
from examples.estate.model import Port
from examples.estate.usm import Engine, UsmUser

SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
_SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START: Oid = (*_SNMP_TRAPS, 1)
LINK_DOWN: Oid = (*_SNMP_TRAPS, 3)
LINK_UP: Oid = (*_SNMP_TRAPS, 4)
_UPS_TRAPS: Oid = (1, 3, 6, 1, 2, 1, 33, 2)
UPS_ON_BATTERY: Oid = (*_UPS_TRAPS, 1)
UPS_ALARM_ENTRY_REMOVED: Oid = (*_UPS_TRAPS, 4)
LOW_BATTERY_MINUTES = 5

Binds = Sequence[tuple[Oid, bytes]]
Notification = tuple[Oid, Binds]


def cold_start() -> Notification:
    return COLD_START, ()


def link(port: Port, *, up: bool) -> Notification:
    """LinkUp or linkDown with the three objects of IF-MIB, and the name beside them, as most vendors add it."""
    state = integer(UP if up else DOWN)
    return LINK_UP if up else LINK_DOWN, (
        ((*IF_ENTRY, 1, port.if_index), integer(port.if_index)),
        ((*IF_ENTRY, 7, port.if_index), integer(UP)),
        ((*IF_ENTRY, 8, port.if_index), state),
        ((*IF_X_ENTRY, 1, port.if_index), octets(port.if_name)),
    )


def on_battery() -> Notification:
    return UPS_ON_BATTERY, (
        ((*UPS, 2, 3, 0), integer(RUNTIME_MINUTES)),
        ((*UPS, 2, 2, 0), integer(1)),
        ((*UPS, 9, 7, 0), integer(LOW_BATTERY_MINUTES)),
    )


def back_on_mains() -> Notification:
    """UPS-MIB has no trap for the return of the mains: the entry upsAlarmOnBattery leaves the table of alarms."""
    return UPS_ALARM_ENTRY_REMOVED, (
        ((*UPS, 6, 2, 1, 1, 1), integer(1)),
        ((*UPS, 6, 2, 1, 2, 1), ber.oid(ON_BATTERY_ALARM)),
    )


def pdu(request_id: int, up_time: int, notification: Notification) -> bytes:
    """SNMPv2-Trap-PDU (RFC 3416, 4.2.6): sysUpTime.0 and snmpTrapOID.0 come first. ``up_time`` in 1/100 s."""
    trap, binds = notification
    head = ((SYS_UP_TIME, unsigned(TIME_TICKS, up_time)), (SNMP_TRAP_OID, ber.oid(trap)))
    body = ber.sequence(*(ber.varbind(name, value) for name, value in (*head, *binds)))
    return ber.sequence(integer(request_id), integer(0), integer(0), body, tag=TRAP_V2)


def message_v2c(community: str, trap_pdu: bytes) -> bytes:
    return ber.sequence(integer(1), octets(community), trap_pdu)


def message_v3(engine: Engine, user: UsmUser, trap_pdu: bytes) -> bytes:
    return engine.notification(user, trap_pdu)
