"""The system group: SNMPv2-MIB, RFC 3418, and the engine: SNMP-FRAMEWORK-MIB, RFC 3411."""

from __future__ import annotations

from dataclasses import dataclass

from discovery.mib.table import Varbinds, number, octets, text

_SYSTEM = "1.3.6.1.2.1.1"
SYS_DESCR = f"{_SYSTEM}.1.0"
SYS_OBJECT_ID = f"{_SYSTEM}.2.0"
SYS_NAME = f"{_SYSTEM}.5.0"
SYS_LOCATION = f"{_SYSTEM}.6.0"
SYS_SERVICES = f"{_SYSTEM}.7.0"
ENGINE_ID = "1.3.6.1.6.3.10.2.1.1.0"

GETS = (SYS_DESCR, SYS_OBJECT_ID, SYS_NAME, SYS_LOCATION, SYS_SERVICES, ENGINE_ID)
"""What one GET asks for. sysUpTime and sysContact are left out: the first changes, the second is a person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Who a device says it is. ``services`` is None where the agent has no sysServices (many have not)."""

    descr: str = ""
    object_id: str = ""
    name: str = ""
    location: str = ""
    services: int | None = None
    engine_id: str = ""  # hex


def parse(varbinds: Varbinds) -> System:
    return System(
        descr=text(varbinds.get(SYS_DESCR)),
        object_id=text(varbinds.get(SYS_OBJECT_ID)).lstrip("."),
        name=text(varbinds.get(SYS_NAME)),
        location=text(varbinds.get(SYS_LOCATION)),
        services=number(varbinds.get(SYS_SERVICES)),
        engine_id=_engine_id(octets(varbinds.get(ENGINE_ID))),
    )


def _engine_id(raw: bytes) -> str:
    """Hex of snmpEngineID; "" for what RFC 3411 forbids (shorter than 5 or longer than 32 octets, all 00 or all FF)."""
    if not 5 <= len(raw) <= 32 or set(raw) in ({0}, {255}):
        return ""
    return raw.hex()
