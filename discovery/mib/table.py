"""Varbinds to rows: what all MIB files share, after SMIv2 (RFC 2578, section 7.7: how an index is encoded)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv6Address
from typing import TypeAlias

Scalar: TypeAlias = int | float | str | bytes | None
Varbinds: TypeAlias = Mapping[str, Scalar]
"""OID in dotted form without a leading dot, to its value: OCTET STRING as bytes, OID and IpAddress as str."""
Index: TypeAlias = tuple[int, ...]
Row: TypeAlias = dict[int, Scalar]

_NO_MACS = {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"}


def columns(entry: str, *numbers: int) -> tuple[str, ...]:
    """The OIDs of some columns of a table's entry, e.g. ``columns("1.3.6.1.2.1.2.2.1", 2, 3)``."""
    return tuple(f"{entry}.{number}" for number in numbers)


def rows(varbinds: Varbinds, entry: str) -> dict[Index, Row]:
    """The rows of a table by index, in index order. Malformed OIDs are skipped."""
    found: dict[Index, Row] = {}
    for oid, value in varbinds.items():
        tail = _tail(oid, entry)
        if len(tail) > 1:
            found.setdefault(tail[1:], {})[tail[0]] = value
    return dict(sorted(found.items()))


def _tail(oid: str, prefix: str) -> Index:
    if not oid.startswith(prefix + "."):
        return ()
    try:
        return tuple(int(part) for part in oid[len(prefix) + 1 :].split("."))
    except ValueError:
        return ()


def text(value: Scalar) -> str:
    """A DisplayString without what agents pad it with: NULs, control characters, blanks at the ends."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    printable = "".join(c if c.isprintable() else " " for c in str(value).split("\0", 1)[0])
    return " ".join(printable.split())


def number(value: Scalar) -> int | None:
    """An integer, also where an agent sends digits as a string; None for all else."""
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value)
    try:
        return int(text(value))
    except ValueError:
        return None


def octets(value: Scalar) -> bytes:
    """The bytes of an OCTET STRING; empty for other types."""
    if isinstance(value, bytes):
        return value
    return value.encode("latin-1", errors="replace") if isinstance(value, str) else b""


def mac(value: Scalar) -> str:
    """``aa:bb:cc:dd:ee:ff`` from six octets or from the many ways agents print one; "" if it is no unicast MAC."""
    raw = octets(value)
    if len(raw) != 6:
        raw = _printed_mac(raw)
    if len(raw) != 6 or raw[0] & 1:
        return ""
    printed = raw.hex(":")
    return "" if printed in _NO_MACS else printed


def _printed_mac(raw: bytes) -> bytes:
    """Octets of ``0:c:29:1:2:3``, ``00-0c-29-…``, ``000c.2901.0203`` or ``0x000c29010203``."""
    printed = text(raw).lower().removeprefix("0x")
    parts = printed.replace("-", ":").replace(" ", ":").split(":")
    digits = "".join(part.zfill(2) for part in parts) if len(parts) == 6 else printed.replace(".", "")
    try:
        return bytes.fromhex(digits) if len(digits) == 12 else b""
    except ValueError:
        return b""


def mac_of_index(index: Iterable[int]) -> str:
    """A MAC written as six sub-identifiers of an index."""
    parts = tuple(index)
    return mac(bytes(parts)) if len(parts) == 6 and all(0 <= part < 256 for part in parts) else ""


def ipv4_of_index(index: Iterable[int]) -> str:
    """An IPv4 address written as four sub-identifiers of an index; "" if it is none."""
    parts = tuple(index)
    return ".".join(map(str, parts)) if len(parts) == 4 and all(0 <= part < 256 for part in parts) else ""


def inet_address(kind: int | None, raw: Iterable[int]) -> str:
    """An InetAddress (INET-ADDRESS-MIB, RFC 4001) of type ipv4(1), ipv6(2), ipv4z(3) or ipv6z(4), without its zone."""
    parts = tuple(raw)
    if not all(0 <= part < 256 for part in parts):
        return ""
    if kind in (1, 3) and len(parts) in (4, 8):
        return ipv4_of_index(parts[:4])
    if kind in (2, 4) and len(parts) in (16, 20):
        return str(IPv6Address(bytes(parts[:16])))
    return ""


def cells(table: Mapping[Index, Row], column: int) -> Iterator[tuple[Index, Scalar]]:
    """One column of a table, where it is present."""
    return ((index, row[column]) for index, row in table.items() if column in row)
