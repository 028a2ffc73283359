"""A trap or inform as plain data: what the receiver writes into the inbox, whatever version it came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.proxy import rfc2576

from collectors.snmp.header import Header, MalformedMessageError
from collectors.snmp.mibs.snmp_community_mib import SNMP_TRAP_COMMUNITY
from collectors.snmp.mibs.snmpv2_mib import SNMP_TRAP_OID

VarBindText: TypeAlias = tuple[str, str, str]
"""OID, type and value of a variable as text."""

MAX_VARBINDS = 200
MAX_VALUE = 4_000  # characters
MAX_WHY = 200  # characters
_ENTERPRISE_SPECIFIC = 6  # the last of the generic-trap numbers, RFC 1157 section 4.1.6

UNREADABLE = (PyAsn1Error, PySnmpError, LookupError, OverflowError, ValueError)
"""What pyasn1 and pysnmp raise at hostile bytes. Those that are not their own were found by mutating real traps: an
index behind a sequence's fields, a length past the machine's, a number of more digits than Python prints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What was told. ``answer`` holds the bytes that confirm an inform of v2c, else nothing."""

    trap_oid: str
    varbinds: tuple[VarBindText, ...]
    inform: bool
    answer: bytes = b""


def decode_community(message: bytes, header: Header) -> Notification:
    """Read a trap of v1 or v2c or an inform of v2c; v1 is told in the words of v2c (RFC 3584 section 3.1).

    Raises:
        MalformedMessageError: no such message, or another kind of it.
    """
    try:
        return _decode_v1(message) if header.version == "1" else _decode_v2c(message)
    except MalformedMessageError:
        raise
    except UNREADABLE as error:
        raise malformed(error) from error


def malformed(error: Exception) -> MalformedMessageError:
    """What a decoder says of unreadable bytes, in short; it likes to print whole schemata."""
    return MalformedMessageError(f"{type(error).__name__}: {error}"[:MAX_WHY])


def _decode_v1(message: bytes) -> Notification:
    decoded, _ = decoder.decode(message, asn1Spec=v1.Message())
    pdu = v1.apiMessage.get_pdu(decoded)
    if pdu.tagSet != v1.TrapPDU.tagSet:
        raise MalformedMessageError("a message of v1 that is no trap")
    generic = int(v1.apiTrapPDU.get_generic_trap(pdu))
    if not 0 <= generic <= _ENTERPRISE_SPECIFIC:
        raise MalformedMessageError(f"a trap of v1 of the generic kind {generic}")
    return of_pdu(rfc2576.v1_to_v2(pdu, snmpTrapCommunity=""))


def _decode_v2c(message: bytes) -> Notification:
    decoded, _ = decoder.decode(message, asn1Spec=v2c.Message())
    pdu = v2c.apiMessage.get_pdu(decoded)
    if pdu.tagSet not in (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet):
        raise MalformedMessageError("a message that is neither trap nor inform")
    inform = pdu.tagSet == v2c.InformRequestPDU.tagSet
    return of_pdu(pdu, answer=_confirmation(decoded) if inform else b"")


def of_pdu(pdu: Any, *, answer: bytes = b"") -> Notification:
    """Take a notification from a decoded SNMPv2 PDU of pysnmp.

    Raises:
        MalformedMessageError: it does not say what kind of notification it is (RFC 3416, 4.2.6).
    """
    variables = v2c.apiPDU.get_varbinds(pdu)
    told = [_text(name, value) for name, value in variables[:MAX_VARBINDS]]
    trap_oid = next((value for oid, _, value in told if oid == SNMP_TRAP_OID), "")
    if not trap_oid:
        raise MalformedMessageError("a notification without snmpTrapOID")
    inform = pdu.tagSet == v2c.InformRequestPDU.tagSet
    rest = tuple(one for one in told if one[0] != SNMP_TRAP_OID)
    return Notification(trap_oid=trap_oid, varbinds=rest, inform=inform, answer=answer)


def response_pdu(pdu: Any) -> Any:
    """The Response-PDU that confirms an inform: its own variables and no error (RFC 3416, 4.2.7)."""
    response = v2c.apiPDU.get_response(pdu)
    v2c.apiPDU.set_error_status(response, 0)
    v2c.apiPDU.set_error_index(response, 0)
    v2c.apiPDU.set_varbinds(response, v2c.apiPDU.get_varbinds(pdu))
    return response


def _confirmation(request: Any) -> bytes:
    response = v2c.apiMessage.get_response(request)
    v2c.apiMessage.set_pdu(response, response_pdu(v2c.apiMessage.get_pdu(request)))
    return bytes(encoder.encode(response))


def _text(name: Any, value: Any) -> VarBindText:
    oid = str(name)
    # A proxy adds the community with which the notification came to it (RFC 3584, 3.1): a secret, and no news.
    return oid, type(value).__name__, "" if oid == SNMP_TRAP_COMMUNITY else _value_text(value)[:MAX_VALUE]


def _value_text(value: Any) -> str:
    """Octet strings as text where they are printable, else as hex digits behind ``0x``; numbers in decimal."""
    if isinstance(value, rfc1902.IpAddress):
        return ".".join(map(str, value.asNumbers()))
    if isinstance(value, rfc1902.OctetString):
        raw = value.asOctets()
        text = raw.decode("utf-8", "replace")
        return text if text.isprintable() and "\ufffd" not in text else "0x" + _hex(raw)
    if isinstance(value, rfc1902.Integer):
        return str(int(value))
    return str(value.prettyPrint())


def _hex(raw: Iterable[int]) -> str:
    return bytes(raw).hex()
