"""Reads one agent: a GET that shows who it is, then the tables one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.snmp.errors import SnmpAgentError, SnmpError, SnmpTimeoutError
from collectors.snmp.session import SnmpSession, Value
from discovery.device import Device, Gap
from discovery.mib import bridge, entity, interfaces, ip, lldp, system, ups

_TABLES: Sequence[tuple[str, Sequence[str]]] = (
    ("interfaces", interfaces.WALKS),
    ("addresses", ip.ADDRESS_WALKS),
    ("lldp", lldp.WALKS),
    ("bridge", bridge.WALKS),
    ("arp", ip.ARP_WALKS),
    ("entities", entity.WALKS),
)
IDENTITY_GETS = (*system.GETS, *lldp.GETS, *bridge.GETS, *ups.GETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An agent that let us in: where, with which credential (its name), and what the first GET told."""

    host: str
    port: int
    credential: str
    session: SnmpSession
    values: dict[str, Value]


async def read_device(agent: Answered) -> Device:
    """Read all tables. A table that fails is a `Gap`; after a time-out the rest is not asked for any more."""
    values = dict(agent.values)
    gaps: list[Gap] = []
    for table, prefixes in _TABLES:
        if gaps and gaps[-1].why == "timeout":
            gaps.append(Gap(table=table, why="timeout"))
            continue
        try:
            for prefix in prefixes:
                values.update(await agent.session.walk(prefix))
        except SnmpError as error:
            gaps.append(Gap(table=table, why=_why(error)))
    return device_of(agent, values, tuple(gaps))


def device_of(agent: Answered, values: dict[str, Value], gaps: tuple[Gap, ...] = ()) -> Device:
    """Parse what an agent has answered; no I/O."""
    return Device(
        host=agent.host,
        port=agent.port,
        credential=agent.credential,
        system=system.parse(values),
        interfaces=interfaces.parse(values),
        addresses=ip.parse_addresses(values),
        arp=ip.parse_arp(values),
        parts=entity.parse(values),
        bridge=bridge.parse(values),
        lldp=lldp.parse(values),
        ups=ups.parse(values),
        gaps=gaps,
    )


def _why(error: SnmpError) -> str:
    if isinstance(error, SnmpTimeoutError):
        return "timeout"
    return "agent_error" if isinstance(error, SnmpAgentError) else "refused"
