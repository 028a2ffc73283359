"""Identity claims: one spelling for each value, and junk that identifies nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping

_MAC_DIGITS = re.compile(r"[0-9a-f]{12}")
_UUID_DIGITS = re.compile(r"[0-9a-f]{32}")
_HEX = re.compile(r"([0-9a-f]{2})+")
_FQDN = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+")
_SEPARATORS = re.compile(r"[\s:.\-]")

# Long and short interface names mean the same port (Cisco IOS and Arista EOS command references, "interface" command).
_PORT_PREFIXES = (
    ("hundredgigabitethernet", "hu"), ("hundredgige", "hu"), ("fortygigabitethernet", "fo"),
    ("twentyfivegigabitethernet", "twe"), ("twentyfivegige", "twe"), ("tengigabitethernet", "te"),
    ("gigabitethernet", "gi"), ("fastethernet", "fa"), ("port-channel", "po"), ("ethernet", "et"),
)  # fmt: skip


def _mac(text: str) -> str | None:
    digits = _SEPARATORS.sub("", text.lower())
    if not _MAC_DIGITS.fullmatch(digits) or digits == "0" * 12:
        return None
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def _uuid(text: str) -> str | None:
    digits = text.strip().lower().strip("{}").replace("-", "")
    if not _UUID_DIGITS.fullmatch(digits) or len(set(digits)) == 1:
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _hex(text: str) -> str | None:
    digits = _SEPARATORS.sub("", text.lower()).removeprefix("0x")
    return digits if _HEX.fullmatch(digits) and len(set(digits)) > 1 else None


def _fqdn(text: str) -> str | None:
    name = text.strip().rstrip(".").lower()
    return name if _FQDN.fullmatch(name) and len(name) <= 253 and not _is_address(name) else None


def _is_address(text: str) -> bool:
    return _address(text) is not None


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None


def _address_port(text: str) -> str | None:
    host, colon, port = text.strip().rpartition(":")
    address = _address(host.removeprefix("[").removesuffix("]"))
    if not colon or address is None or not port.isdecimal() or not 0 < int(port) < 65536:
        return None
    return f"[{address}]:{int(port)}" if ":" in address else f"{address}:{int(port)}"


def _vendor_serial(text: str) -> str | None:
    vendor, bar, serial = text.partition("|")
    vendor, serial = " ".join(vendor.split()).lower(), " ".join(serial.split()).lower()
    if not bar or not serial or len(set(serial)) == 1:
        return None
    return f"{vendor}|{serial}"


def _port_name(text: str) -> str | None:
    name = "".join(text.lower().split())
    for long, short in _PORT_PREFIXES:
        if name.startswith(long):
            return short + name.removeprefix(long)
    return name or None


def _text(text: str) -> str | None:
    return text.strip() or None


FORMS: Mapping[str, Callable[[str], str | None]] = {
    "vendor_serial": _vendor_serial,
    "uuid": _uuid,
    "hex": _hex,
    "mac": _mac,
    "fqdn": _fqdn,
    "address": _address,
    "address_port": _address_port,
    "port_name": _port_name,
    "text": _text,
}


class Placeholders:
    """Values of one claim kind that vendors ship on many devices alike."""

    def __init__(self, patterns: Iterable[str]) -> None:
        folded = [pattern.strip().lower() for pattern in patterns]
        self._exact = frozenset(pattern for pattern in folded if not pattern.endswith("*"))
        self._starts = tuple(pattern[:-1] for pattern in folded if pattern.endswith("*"))

    def covers(self, value: str) -> bool:
        """Whether the value, or its part behind the vendor, is one of them."""
        text = value.rpartition("|")[2].strip().lower()
        return text in self._exact or text.startswith(self._starts) if self._starts else text in self._exact
