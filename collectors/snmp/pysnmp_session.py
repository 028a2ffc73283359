"""``SnmpSession`` on pysnmp, the reference: slower by far (75 µs a variable), and closest to the RFCs.

Each session has an engine of its own, so that no session learns another one's keys. A later request of the same
question does not take the place of an earlier one: whichever is answered first, answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pyasn1.type import univ
from pysnmp.carrier.asyncio.dispatch import AsyncioDispatcher
from pysnmp.entity import config
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
)
from pysnmp.proto import errind, rfc1902, rfc1905

from collectors.snmp.errors import SnmpAgentError, SnmpError, SnmpRefusedError, SnmpTargetError, SnmpTimeoutError
from collectors.snmp.session import (
    MAX_ROWS,
    AuthProtocol,
    CommunityV2c,
    Credential,
    PrivProtocol,
    SnmpTarget,
    Unanswered,
    UserV3,
    Value,
    VarBind,
)

GET_VARBINDS = 48
BULK_ROWS = 25
HELD_UP_S = 0.05
_TOO_BIG = 1  # error-status of RFC 3416

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
_REFUSALS = (
    errind.UnknownUserName,
    errind.UnknownSecurityName,
    errind.UnsupportedSecurityLevel,
    errind.AuthenticationFailure,
    errind.AuthenticationError,
    errind.WrongDigest,
    errind.DecryptionError,
    errind.UnsupportedAuthProtocol,
    errind.UnsupportedPrivProtocol,
)
_ABSENT = (rfc1905.NoSuchObject, rfc1905.NoSuchInstance, rfc1905.EndOfMibView)

T = TypeVar("T")


class _TooBigError(Exception):
    """The answer does not fit into one message (RFC 3416, 4.2.1)."""


class PysnmpSession:
    """See ``collectors.snmp.session.SnmpSession``; made by ``open_session``."""

    def __init__(self, target: SnmpTarget) -> None:
        try:
            self._v6 = ipaddress.ip_address(target.host).version == 6
        except ValueError as error:
            raise SnmpTargetError(f"{target.host!r} is not an IP address") from error
        self.target = target
        self._turn = asyncio.Lock()
        self._who = _who(target.credential)
        self._heard = False  # any datagram came since the last request
        self._engine: Any = None
        self._transports: dict[int, Any] = {}

    async def get(self, oids: Sequence[str], *, unanswered: Unanswered | None = None) -> dict[str, Value]:
        values: dict[str, Value] = {}
        async with self._turn:
            for start in range(0, len(oids), GET_VARBINDS):
                values |= await self._get_part(list(oids[start : start + GET_VARBINDS]), unanswered)
        return values

    async def _get_part(self, oids: list[str], unanswered: Unanswered | None) -> dict[str, Value]:
        async def request(transport: Any) -> list[VarBind]:
            told = await get_cmd(self._engine, self._who, transport, ContextData(), *_objects(oids), lookupMib=False)
            return self._read(told)

        try:
            return dict(await self._ask(request, unanswered))
        except _TooBigError as error:
            if len(oids) == 1:
                raise SnmpAgentError(f"{self.target.where}: {oids[0]} is too big to be told") from error
        half = len(oids) // 2
        return await self._get_part(oids[:half], unanswered) | await self._get_part(oids[half:], unanswered)

    async def walk(self, prefix: str, *, unanswered: Unanswered | None = None) -> list[VarBind]:
        rows: list[VarBind] = []
        last, below = prefix, _key(prefix)
        async with self._turn:
            while len(rows) < MAX_ROWS:
                step = await self._ask(self._bulk_after(last), unanswered)
                inside = [row for row in step if _key(row[0])[: len(below)] == below]
                for oid, _ in inside:
                    if _key(oid) <= _key(last):
                        raise SnmpAgentError(f"{self.target.where}: the walk does not ascend at {oid}")
                    last = oid
                rows += inside
                if not step or len(inside) < len(step):
                    return rows
        raise SnmpAgentError(f"{self.target.where}: a table of more than {MAX_ROWS} rows")

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close_dispatcher()
        self._engine = None
        self._transports.clear()

    def _bulk_after(self, oid: str) -> Callable[[Any], Awaitable[list[VarBind]]]:
        async def request(transport: Any) -> list[VarBind]:
            context, objects = ContextData(), _objects([oid])
            told = await bulk_cmd(self._engine, self._who, transport, context, 0, BULK_ROWS, *objects, lookupMib=False)
            return self._read(told)

        return request

    async def _ask(self, request: Callable[[Any], Awaitable[T]], unanswered: Unanswered | None) -> T:
        """Send up to ``1 + retries`` requests, one each time-out; the first answer to any of them counts."""
        target, tries = self.target, 1 + self.target.retries
        tasks: set[asyncio.Task[T]] = set()
        try:
            for number in range(tries):
                self._begin_try(afresh=number > 0)
                transport = await self._transport(tries - number)
                tasks.add(asyncio.ensure_future(request(transport)))
                for task in await _first(tasks, target.timeout_s):
                    with contextlib.suppress(SnmpTimeoutError):
                        return task.result()
                    tasks.discard(task)
                if number == target.retries and self._heard:
                    raise _alive(target)
                if unanswered is not None:
                    unanswered()
        except PySnmpError as error:
            raise SnmpAgentError(f"{target.where}: {error}") from error
        finally:
            for task in tasks:
                task.cancel()
        raise SnmpTimeoutError(target.where, asked=tries)

    def _begin_try(self, *, afresh: bool) -> None:
        """v3 begins anew at each repetition: what the engine holds of the agent's boots and clock may be outdated."""
        if afresh and isinstance(self.target.credential, UserV3):
            self.close()
        if self._engine is None:
            self._engine = SnmpEngine()
            dispatcher = AsyncioDispatcher()
            self._engine.register_transport_dispatcher(dispatcher)
            dispatcher.unregister_recv_callback()
            dispatcher.register_recv_callback(self._receive)
        self._heard = False

    def _receive(self, _dispatcher: Any, domain: Any, address: Any, message: Any) -> None:
        self._heard = True
        self._engine.message_dispatcher.receive_message(self._engine, domain, address, message)

    async def _transport(self, tries_left: int) -> Any:
        """The way to the agent for a request that may be answered until the end of its question."""
        if tries_left not in self._transports:
            kind = Udp6TransportTarget if self._v6 else UdpTransportTarget
            where = (self.target.host, self.target.port)
            # Ours is the patience: pysnmp's own time-out only has to come after it.
            patience_s = tries_left * self.target.timeout_s + 1.0
            self._transports[tries_left] = await kind.create(where, timeout=patience_s, retries=0)
        return self._transports[tries_left]

    def _read(self, told: tuple[Any, Any, Any, Any]) -> list[VarBind]:
        indication, status, _, variables = told
        where = self.target.where
        if indication is not None:
            if isinstance(indication, errind.RequestTimedOut):
                raise SnmpTimeoutError(where, asked=1)
            if isinstance(indication, _REFUSALS):
                raise SnmpRefusedError(f"{where} refuses the credential: {indication}")
            raise SnmpAgentError(f"{where}: {indication}")
        if int(status) == _TOO_BIG:
            raise _TooBigError
        if int(status):
            raise SnmpAgentError(f"{where}: {status.prettyPrint()}")
        return [(str(oid), _value(value)) for oid, value in variables if not isinstance(value, _ABSENT)]


def open_session(target: SnmpTarget) -> PysnmpSession:
    """The ``SessionFactory`` of this adapter.

    Raises:
        SnmpTargetError: ``target.host`` is not an IP address.
    """
    return PysnmpSession(target)


async def _first(tasks: set[asyncio.Task[T]], timeout_s: float) -> set[asyncio.Task[T]]:
    """Whoever is done first, within the time-out; a loop that was held up is given a moment to find the answer."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    done, _ = await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    if not done and loop.time() > deadline + HELD_UP_S:
        done, _ = await asyncio.wait(tasks, timeout=HELD_UP_S, return_when=asyncio.FIRST_COMPLETED)
    return done


def _alive(target: SnmpTarget) -> SnmpError:
    """What to say of an agent that was heard in the last try, and yet left the question open."""
    if isinstance(target.credential, UserV3):
        return SnmpRefusedError(f"{target.where} greets and then keeps still: wrong user or secret")
    return SnmpAgentError(f"{target.where} sends what answers nothing")


def _who(credential: Credential) -> Any:
    if isinstance(credential, CommunityV2c):
        return CommunityData(credential.community, mpModel=1)  # noqa: S508  v2c, where a range allows it
    return UsmUserData(
        credential.user,
        authKey=credential.auth_secret if credential.auth else None,
        privKey=credential.priv_secret if credential.priv else None,
        authProtocol=_AUTH[credential.auth],
        privProtocol=_PRIV[credential.priv],
    )


def _objects(oids: Sequence[str]) -> list[Any]:
    return [ObjectType(ObjectIdentity(oid)) for oid in oids]


def _value(value: Any) -> Value:
    if isinstance(value, rfc1902.IpAddress):
        return ".".join(map(str, value.asNumbers()))
    if isinstance(value, univ.OctetString):  # Opaque too
        return bytes(value.asOctets())
    if isinstance(value, univ.ObjectIdentifier):
        return str(value)
    if isinstance(value, univ.Null):
        return None
    return int(value)


def _key(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))
