"""The outside of an SNMP message, read before anybody is trusted: version, community, or the v3 security parameters.

Only what says who claims to send it, by plain BER with definite lengths (RFC 3417 section 8, RFC 3412, RFC 3414).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Version: TypeAlias = Literal["1", "2c", "3"]
_VERSIONS: dict[int, Version] = {0: "1", 1: "2c", 3: "3"}
_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30
_USM = 3  # msgSecurityModel


class MalformedMessageError(ValueError):
    """The bytes are no SNMP message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Who claims to send. v1 and v2c: ``community``. v3: ``user`` and the rest.

    ``engine_id`` is the authoritative engine: the sender's own for a trap, ours for an inform, empty for one who asks
    who we are; ``boots`` and ``time_s`` are its clock: how often it has started, and seconds since then. ``digest`` is
    where the authentication parameters stand in the message, as (start, end).
    """

    version: Version
    community: bytes = b""
    engine_id: bytes = b""
    boots: int = 0
    time_s: int = 0
    user: str = ""
    authenticated: bool = False
    encrypted: bool = False
    reportable: bool = False
    digest: tuple[int, int] = (0, 0)


def peek(message: bytes) -> Header:
    """Read the header of a message.

    Raises:
        MalformedMessageError: it has none that could be read.
    """
    at, end = _enter(message, 0, _SEQUENCE)
    if end != len(message):
        raise MalformedMessageError(f"{len(message)} bytes where {end} were announced")
    number, at = _integer(message, at)
    version = _VERSIONS.get(number)
    if version is None:
        raise MalformedMessageError(f"version {number} of SNMP")
    if version != "3":
        start, stop = _enter(message, at, _OCTETS)
        return Header(version=version, community=message[start:stop])
    return _peek_v3(message, at)


def blanked(message: bytes) -> bytes:
    """The message with zeros for its community, if it has one that can be found: what is kept holds no secret.

    Whatever is wrong with the rest, a community stands behind the version.
    """
    try:
        at, _ = _enter(message, 0, _SEQUENCE, whole=False)
        _, at = _integer(message, at)
        start, end = _enter(message, at, _OCTETS, whole=False)
    except MalformedMessageError:
        return message
    end = min(end, len(message))
    return message[:start] + bytes(end - start) + message[end:]


def _peek_v3(message: bytes, at: int) -> Header:
    at, after = _enter(message, at, _SEQUENCE)
    _, at = _integer(message, at)  # msgID
    _, at = _integer(message, at)  # msgMaxSize
    start, at = _enter(message, at, _OCTETS)
    if at - start != 1:
        raise MalformedMessageError("msgFlags is not one octet")
    flags = message[start]
    model, _ = _integer(message, at)
    if model != _USM:
        raise MalformedMessageError(f"security model {model}")
    at, _ = _enter(message, after, _OCTETS)
    at, _ = _enter(message, at, _SEQUENCE)
    engine_start, at = _enter(message, at, _OCTETS)
    engine_id = message[engine_start:at]
    boots, at = _integer(message, at)
    time_s, at = _integer(message, at)
    user_start, user_end = _enter(message, at, _OCTETS)
    return Header(
        version="3",
        engine_id=engine_id,
        boots=boots,
        time_s=time_s,
        user=message[user_start:user_end].decode("utf-8", "replace"),
        authenticated=bool(flags & 1),
        encrypted=bool(flags & 2),
        reportable=bool(flags & 4),
        digest=_enter(message, user_end, _OCTETS),
    )


def _enter(message: bytes, at: int, tag: int, *, whole: bool = True) -> tuple[int, int]:
    """Start and end of the content of the element at ``at``, which must have this tag and, if ``whole``, lie inside."""
    if at + 2 > len(message) or message[at] != tag:
        raise MalformedMessageError(f"no element of tag {tag:#x} at byte {at}")
    length, start = message[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4:
            raise MalformedMessageError(f"a length of {octets} octets at byte {at}")
        length, start = int.from_bytes(message[start : start + octets], "big"), start + octets
    if whole and start + length > len(message):
        raise MalformedMessageError(f"the element at byte {at} is cut off")
    return start, start + length


def _integer(message: bytes, at: int) -> tuple[int, int]:
    start, end = _enter(message, at, _INTEGER)
    if not 1 <= end - start <= 5:
        raise MalformedMessageError(f"an integer of {end - start} octets at byte {at}")
    return int.from_bytes(message[start:end], "big", signed=True), end
