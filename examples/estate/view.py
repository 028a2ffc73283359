"""One device of the estate at one moment, as its SNMP agent sees it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from examples.estate.forwarding import Forwarding
from examples.estate.model import Device, Estate, Port


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a device's answers are made from.

    ``ports_up``: if_names with a carrier. ``heard``: own if_name → the neighbour and its port that LLDP shows there.
    ``up_time`` gives hundredths of a second since the device has started.
    """

    estate: Estate
    device: Device
    forwarding: Forwarding
    ports_up: frozenset[str]
    heard: Mapping[str, tuple[Device, Port]]
    on_battery: bool
    up_time: Callable[[], int]


class UpTime:
    """How long a device is up; :meth:`restart` when it starts anew."""

    def __init__(self, already_s: float = 0.0) -> None:
        self._started = time.monotonic() - already_s

    def ticks(self) -> int:
        """Hundredths of a second, as sysUpTime counts."""
        return int((time.monotonic() - self._started) * 100)

    def seconds(self) -> int:
        return int(time.monotonic() - self._started)

    def restart(self) -> None:
        self._started = time.monotonic()


def mac_bytes(mac: str) -> bytes:
    """``"00:1b:54:…"`` as its six octets."""
    return bytes.fromhex(mac.replace(":", ""))
