"""The real senders: net-snmp's and Mosquitto's command line clients, as a person would type them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.collectors.snmp.conftest import need

V2C = ("-v2c", "-c", "public")
V3 = (
    "-v3",
    "-l",
    "authPriv",
    "-u",
    "watch",
    "-a",
    "SHA",
    "-A",
    "watch-auth-pass",
    "-x",
    "AES",
    "-X",
    "watch-priv-pass",
)
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
IF_INDEX = "1.3.6.1.2.1.2.2.1.1"
ON_BATTERY, ALARM_REMOVED = "1.3.6.1.2.1.33.2.1", "1.3.6.1.2.1.33.2.4"
FAN_FAILED, FAN_MENDED = "1.3.6.1.4.1.32473.1.1", "1.3.6.1.4.1.32473.1.2"
"""Of ``traps.yaml`` beside this file."""

TRAPS = Path(__file__).parent / "traps.yaml"
FAULTS = Path(__file__).parent / "faults.yaml"


class Notifier:
    """``snmptrap`` and ``snmpinform`` towards one receiver, in the name of a device's SNMP engine if it has one.

    The clients' own files lie in ``place``, so that they do not touch the system's.
    """

    def __init__(self, to: str, place: Path, engine_id: str | None = None) -> None:
        need("snmptrap")
        need("snmpinform")
        self._to = to
        self._engine_id = f"0x{engine_id}" if engine_id else None
        self._environment = os.environ | {
            "MIBS": "", "SNMPCONFPATH": str(place), "SNMP_PERSISTENT_DIR": str(place / "snmp"),
        }  # fmt: skip

    def trap(self, who: Sequence[str], oid: str, *varbinds: str) -> None:
        """Send one; nobody answers."""
        command = ["snmptrap", *who, *self._named("-e", who), self._to, "", oid, *varbinds]
        subprocess.run(command, check=True, capture_output=True, env=self._environment)

    def inform(self, who: Sequence[str], oid: str, *varbinds: str, tries: int = 30, timeout_s: int = 1) -> bool:
        """Send one, again each ``timeout_s``; whether it was confirmed."""
        return self.informing(who, oid, *varbinds, tries=tries, timeout_s=timeout_s).wait() == 0

    def informing(
        self, who: Sequence[str], oid: str, *varbinds: str, tries: int = 30, timeout_s: int = 1
    ) -> subprocess.Popen[bytes]:
        """The same in the background."""
        patience = ("-t", str(timeout_s), "-r", str(tries - 1))
        command = ["snmpinform", *patience, *who, *self._named("-E", who), self._to, "", oid, *varbinds]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, stdout=quiet, stderr=quiet, env=self._environment)

    def _named(self, option: str, who: Sequence[str]) -> tuple[str, ...]:
        """A trap's authority is the sender's engine; an inform's is the receiver's, its context names the sender."""
        return (option, self._engine_id) if self._engine_id and "-v3" in who else ()


def publish(port: int, topic: str, payload: Any) -> None:
    """``mosquitto_pub`` with QoS 1: it returns when the broker has confirmed."""
    need("mosquitto_pub")
    text = payload if isinstance(payload, str) else json.dumps(payload)
    command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-q", "1", "-t", topic, "-m", text]
    subprocess.run(command, check=True, capture_output=True)
