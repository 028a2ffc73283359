"""Our own SNMP engine for v3 notifications, on pysnmp: checks and decrypts, and confirms informs when we say so.

pysnmp's own receiver confirms an inform before the application has seen it. Here the confirmation is handed out as a
call, to be made after the commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from pysnmp.carrier.base import AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto.api import v2c
from pysnmp.proto.rfc1902 import OctetString

from collectors.snmp.header import Header, MalformedMessageError
from collectors.snmp.notification import UNREADABLE, Notification, malformed, of_pdu, response_pdu
from collectors.snmp.session import AuthProtocol, PrivProtocol, UserV3
from collectors.snmp.usm import master_key

Address: TypeAlias = tuple[Any, ...]
"""A socket address: (host, port) and, for IPv6, two numbers more."""

_DOMAIN = (1, 3, 6, 1, 6, 1, 1)  # snmpUDPDomain, RFC 3417
_DAY_ZERO = 1_704_067_200  # 2024-01-01T00:00Z

_AUTH = {
    None: config.USM_AUTH_NONE,
    AuthProtocol.MD5: config.USM_AUTH_HMAC96_MD5,
    AuthProtocol.SHA: config.USM_AUTH_HMAC96_SHA,
    AuthProtocol.SHA224: config.USM_AUTH_HMAC128_SHA224,
    AuthProtocol.SHA256: config.USM_AUTH_HMAC192_SHA256,
    AuthProtocol.SHA384: config.USM_AUTH_HMAC256_SHA384,
    AuthProtocol.SHA512: config.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    None: config.USM_PRIV_NONE,
    PrivProtocol.DES: config.USM_PRIV_CBC56_DES,
    PrivProtocol.AES128: config.USM_PRIV_CFB128_AES,
    PrivProtocol.AES192: config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    PrivProtocol.AES256: config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}

_FAILURES = {  # pysnmp.proto.errind → our reason codes
    "AuthenticationFailure": "wrong_digest",
    "DecryptionError": "decryption_error",
    "NotInTimeWindow": "not_in_time_window",
    "UnknownSecurityName": "unknown_user",
    "UnsupportedSecurityLevel": "security_level",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A notification that passed the engine. ``level``: 1 noAuthNoPriv, 2 authNoPriv, 3 authPriv.

    ``confirm`` sends the response of an inform; ``None`` for a trap.
    """

    notification: Notification
    level: int
    context_engine_id: bytes
    confirm: Callable[[], None] | None


class _Outlet(AbstractTransportDispatcher):  # type: ignore[misc]  # pysnmp carries no types
    """The way out of pysnmp's engine: reports and responses go to our socket."""

    def __init__(self, send: Callable[[bytes, Address], None]) -> None:
        super().__init__()
        self._send = send

    def send_message(self, outgoingMessage: bytes, transportDomain: object, transportAddress: Address) -> None:  # noqa: N803
        del transportDomain
        self._send(bytes(outgoingMessage), tuple(transportAddress))


class V3Engine:
    """Takes v3 messages, gives notifications.

    Args:
        engine_id: ours, 5 to 32 octets, the same for the life of this hub: senders of informs keep keys for it.
        send: sends a datagram.

    The count of our boots must grow with each start (RFC 3414, 2.2.2). It is the seconds since 2024: nothing need be
    kept, and it lasts until 2092.
    """

    def __init__(self, engine_id: bytes, send: Callable[[bytes, Address], None]) -> None:
        self.engine_id = engine_id
        self._engine = _bare_engine(engine_id)
        self._outlet = _Outlet(send)
        self._outlet.set_timer_resolution(1.0)
        self._engine.register_transport_dispatcher(self._outlet)
        kinds = (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet)
        self._engine.message_dispatcher.register_context_engine_id(b"", kinds, self._take)
        self._engine.observer.register_observer(self._note_failure, "rfc3412.prepareDataElements:sm-failure")
        self._known: dict[tuple[str, bytes], UserV3] = {}
        self._received: Received | None = None
        self._failure = ""

    def knows(self, user: UserV3, engine_id: bytes) -> bool:
        return self._known.get((user.user, engine_id)) == user

    @property
    def engines_known(self) -> int:
        """(user, engine) pairs that hold memory."""
        return len(self._known)

    def admit(self, user: UserV3, engine_id: bytes) -> None:
        """Accept messages of this user under this authoritative engine from now on, and of no namesake."""
        auth_key = master_key(user.auth, user.auth_secret) if user.auth else None
        priv_key = master_key(user.auth, user.priv_secret) if user.auth and user.priv else None
        config.add_v3_user(
            self._engine,
            user.user,
            authProtocol=_AUTH[user.auth],
            authKey=auth_key,
            privProtocol=_PRIV[user.priv],
            privKey=priv_key,
            securityEngineId=OctetString(engine_id),
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )
        self._known[user.user, engine_id] = user

    def receive(self, message: bytes, header: Header, sender: Address) -> Received | str:
        """Pass a message through the engine, which answers discovery and stale clocks by itself, with reports.

        Returns the notification, or the reason code of what kept it from being one: ``discovery`` and, for an inform,
        ``not_in_time_window`` are steps of the protocol, after which the sender comes again.

        Raises:
            MalformedMessageError: it passed, and is no notification.
        """
        self._received, self._failure = None, ""
        try:
            self._engine.message_dispatcher.receive_message(self._engine, _DOMAIN, sender, message)
        except MalformedMessageError:
            raise
        except UNREADABLE as error:
            raise malformed(error) from error
        if self._received is not None:
            return self._received
        if not header.engine_id:
            return "discovery"
        return self._failure or "unusable"

    def tick(self) -> None:
        """Let what waits in the engine age; to be called once a second."""
        self._outlet.handle_timer_tick(time.time())

    def close(self) -> None:
        self._engine.close_dispatcher()

    def _note_failure(self, _engine: object, _point: str, variables: dict[str, Any], _context: object) -> None:
        indication = variables["statusInformation"].get("errorIndication")
        self._failure = _FAILURES.get(type(indication).__name__, "unusable")

    def _take(self, engine: Any, *told: Any) -> None:
        """Take over from pysnmp's dispatcher; ``told`` is as RFC 3412 section 4.2.2 lists it (processPdu)."""
        model, security, name, level, context_engine_id, context, version, pdu, max_size, state = told

        def confirm() -> None:
            engine.message_dispatcher.return_response_pdu(
                engine, model, security, name, level, context_engine_id, context, version, response, max_size, state, {}
            )

        notification = of_pdu(pdu)
        response = response_pdu(pdu) if notification.inform else None
        self._received = Received(
            notification=notification,
            level=int(level),
            context_engine_id=bytes(context_engine_id),
            confirm=confirm if notification.inform else None,
        )


def _bare_engine(engine_id: bytes) -> Any:
    """Make an engine with our id and boots. Given the id itself it would keep boots in the shared ``/tmp``."""
    engine = SnmpEngine()
    builder = engine.get_mib_builder()
    own_id, boots = builder.import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots")
    own_id.syntax = own_id.syntax.clone(engine_id)
    engine.snmpEngineID = own_id.syntax
    boots.syntax = boots.syntax.clone(int(time.time()) - _DAY_ZERO)
    return engine
