"""A trap or inform as plain data: what the receiver writes into the inbox, whatever version it came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pysnmp.proto import rfc1902
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.error import ProtocolError
from pysnmp.proto.proxy import rfc2576

from collectors.snmp.header import Header, MalformedMessageError
from collectors.snmp.mibs.snmpv2_mib import SNMP_TRAP_OID

VarBindText: TypeAlias = tuple[str, str, str]
"""OID, type and value of a variable as text."""

MAX_VARBINDS = 200
MAX_VALUE = 4_000  # characters


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
    api = v1 if header.version == "1" else v2c
    try:
        decoded, _ = decoder.decode(message, asn1Spec=api.Message())
        pdu = api.apiMessage.get_pdu(decoded)
        if header.version == "1":
            if pdu.tagSet != v1.TrapPDU.tagSet:
                raise MalformedMessageError("a message of v1 that is no trap")
            return of_pdu(rfc2576.v1_to_v2(pdu, snmpTrapCommunity=""))
        if pdu.tagSet not in (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet):
            raise MalformedMessageError("a message that is neither trap nor inform")
        inform = pdu.tagSet == v2c.InformRequestPDU.tagSet
        return of_pdu(pdu, answer=_confirmation(decoded) if inform else b"")
    except (PyAsn1Error, ProtocolError) as error:
        raise MalformedMessageError(f"{type(error).__name__}: {error}") from error


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
    return str(name), type(value).__name__, _value_text(value)[:MAX_VALUE]


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
