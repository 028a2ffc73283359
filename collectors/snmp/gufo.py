"""``SnmpSession`` on gufo_snmp, a native client: about 1.6 µs a variable, but without retries of its own.

Around it stand here: three tries, the full time-out for a refused port, late answers as signs of life, a new v3
conversation after the agent restarted (its engine boots changed, RFC 3414 section 2.3), and GETs that are cut small
enough for any agent.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import gufo.snmp as gufo
from gufo.snmp.aio import SnmpSession as GufoClient

from collectors.snmp.errors import SnmpAgentError, SnmpError, SnmpRefusedError, SnmpTargetError, SnmpTimeoutError
from collectors.snmp.session import (
    MAX_ROWS,
    AuthProtocol,
    CommunityV2c,
    PrivProtocol,
    SnmpTarget,
    Unanswered,
    UserV3,
    Value,
    VarBind,
)

GET_VARBINDS = (
    48  # 48 × (OID of 14 bytes + Counter64 + framing) stays below 1,472 bytes, the payload of one Ethernet frame
)
BULK_ROWS = 25
V3_IDLE_S = 100.0  # an agent drops messages whose idea of its clock is 150 s off (RFC 3414, 2.2.3)

_AUTH: dict[AuthProtocol, type[gufo.BaseAuthKey]] = {
    AuthProtocol.MD5: gufo.Md5Key,
    AuthProtocol.SHA: gufo.Sha1Key,
    AuthProtocol.SHA224: gufo.Sha224Key,
    AuthProtocol.SHA256: gufo.Sha256Key,
    AuthProtocol.SHA384: gufo.Sha384Key,
    AuthProtocol.SHA512: gufo.Sha512Key,
}
_PRIV: dict[PrivProtocol, type[gufo.BasePrivKey]] = {
    PrivProtocol.DES: gufo.DesKey,
    PrivProtocol.AES128: gufo.Aes128Key,
    PrivProtocol.AES192: gufo.Aes192Key,
    PrivProtocol.AES256: gufo.Aes256Key,
}

T = TypeVar("T")


class _StrayError(Exception):
    """A v3 agent sent something that answers nothing we asked: most often a report after its restart."""


class _Client(GufoClient):
    """gufo's client with a receive step that knows who was heard and that a late loop is not a late agent.

    ``heard`` says that any datagram came since it was last set to false. A stray datagram (the answer to an earlier
    request) moves the deadline to ``wait_until``; on v3 it ends the try, since the conversation must be begun anew.
    """

    heard = False
    stray_ends = False
    wait_until = 0.0

    async def _recv(self, receiver: Callable[[], T]) -> T:
        deadline = asyncio.get_running_loop().time() + self._timeout
        while True:
            in_time = await self._readable(deadline)
            try:
                # Read even when the time is over: if our own loop was held up, the answer has long been here.
                answer = receiver()
            except BlockingIOError:
                if not in_time:
                    raise TimeoutError from None
                self.heard = True
                if self.stray_ends:
                    raise _StrayError from None
                deadline = max(deadline, self.wait_until)
            except gufo.SnmpError:
                self.heard = True
                raise
            else:
                self.heard = True
                return answer

    async def _readable(self, deadline: float) -> bool:
        """Wait for a datagram; false when the deadline came first."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[bool] = loop.create_future()

        def wake(*, arrived: bool) -> None:
            if not woken.done():
                woken.set_result(arrived)

        loop.add_reader(self._fd, lambda: wake(arrived=True))
        timer = loop.call_at(deadline, lambda: wake(arrived=False))
        try:
            return await woken
        finally:
            timer.cancel()
            loop.remove_reader(self._fd)


class GufoSession:
    """See ``collectors.snmp.session.SnmpSession``; made by ``open_session``."""

    def __init__(self, target: SnmpTarget) -> None:
        try:
            ipaddress.ip_address(target.host)
        except ValueError as error:
            raise SnmpTargetError(f"{target.host!r} is not an IP address") from error
        self.target = target
        self._turn = asyncio.Lock()
        self._client: _Client | None = None
        self._greeted = False  # v3: engine id, boots and time are known
        self._last_answer = 0.0

    async def get(self, oids: Sequence[str], *, unanswered: Unanswered | None = None) -> dict[str, Value]:
        values: dict[str, Value] = {}
        async with self._turn:
            for start in range(0, len(oids), GET_VARBINDS):
                values |= await self._get_part(list(oids[start : start + GET_VARBINDS]), unanswered)
        return values

    async def _get_part(self, oids: list[str], unanswered: Unanswered | None) -> dict[str, Value]:
        values = await self._ask(lambda client: client.get_many(oids), unanswered)
        if values or len(oids) == 1:
            return values
        # Nothing at all: none of them exists, or the answer was "too big", which gufo does not tell apart. Halving
        # ends with single objects, so it costs at most twice as many requests as there are objects.
        half = len(oids) // 2
        return await self._get_part(oids[:half], unanswered) | await self._get_part(oids[half:], unanswered)

    async def walk(self, prefix: str, *, unanswered: Unanswered | None = None) -> list[VarBind]:
        rows: list[VarBind] = []
        asked: _Client | None = None
        steps: AsyncIterator[VarBind]

        async def go_on(client: _Client) -> list[VarBind]:
            nonlocal asked, steps
            if asked is not client:  # first time, or a new v3 conversation
                rows.clear()
                asked, steps = client, client.getbulk(prefix, BULK_ROWS)
            async for row in steps:
                client.heard = False  # what counts for life from here on is the answer to the next request
                _check_step(self.target, rows, row)
                rows.append(row)
            return rows

        async with self._turn:
            return await self._ask(go_on, unanswered, progress=lambda: len(rows))

    def close(self) -> None:
        self._client = None  # gufo closes its socket with the last reference

    async def _ask(
        self,
        question: Callable[[_Client], Awaitable[T]],
        unanswered: Unanswered | None,
        progress: Callable[[], int] = int,
    ) -> T:
        """Put one question until it is answered, ``1 + retries`` times at most without progress in between."""
        loop = asyncio.get_running_loop()
        target = self.target
        best, asked = 0, 0
        while True:
            began = loop.time()
            wait_until = began + (1 + target.retries - asked) * target.timeout_s
            client = self._client_for(afresh=asked > 0, wait_until=wait_until)
            try:
                answer = await self._try(client, question)
            except (TimeoutError, OSError):
                client = self._client or client
            else:
                self._last_answer = loop.time()
                return answer
            await asyncio.sleep(began + target.timeout_s - loop.time())  # a refused port answers at once: wait it out
            asked, best = (1 if progress() > best else asked + 1), max(best, progress())
            over = asked > target.retries or loop.time() >= wait_until
            if over and client.heard:
                raise _alive(client, target)
            if unanswered is not None:
                unanswered()
            if over:
                raise SnmpTimeoutError(target.where, asked=asked)

    async def _try(self, client: _Client, question: Callable[[_Client], Awaitable[T]]) -> T:
        """One try. A v3 agent that was restarted since is greeted anew inside of it, once."""
        try:
            try:
                return await self._converse(client, question)
            except _StrayError:
                return await self._converse(self._client_for(afresh=True, wait_until=client.wait_until), question)
        except _StrayError as error:
            raise SnmpRefusedError(f"{self.target.where} answers with reports only") from error
        except gufo.SnmpAuthError as error:
            self._client = None
            raise SnmpRefusedError(f"{self.target.where} refuses the credential") from error
        except gufo.SnmpError as error:
            raise SnmpAgentError(f"{self.target.where}: {error}") from error

    async def _converse(self, client: _Client, question: Callable[[_Client], Awaitable[T]]) -> T:
        idle_s = asyncio.get_running_loop().time() - self._last_answer
        if client.stray_ends and (not self._greeted or idle_s > V3_IDLE_S):
            await client.refresh()
            self._greeted = True
        return await question(client)

    def _client_for(self, *, afresh: bool, wait_until: float) -> _Client:
        """The client of this try. v3 begins anew where ``afresh``: what it knows of the engine may be outdated."""
        if self._client is None or (afresh and self._client.stray_ends):
            self._client = _open(self.target)
            self._greeted = False
        self._client.heard = False
        self._client.wait_until = wait_until
        return self._client


def open_session(target: SnmpTarget) -> GufoSession:
    """The ``SessionFactory`` of this adapter.

    Raises:
        SnmpTargetError: ``target.host`` is not an IP address.
    """
    return GufoSession(target)


def _open(target: SnmpTarget) -> _Client:
    credential = target.credential
    try:
        if isinstance(credential, CommunityV2c):
            return _Client(target.host, target.port, community=credential.community, timeout=target.timeout_s)
        client = _Client(target.host, target.port, user=_user(credential), timeout=target.timeout_s)
    except (OSError, ValueError) as error:
        raise SnmpTargetError(f"cannot ask {target.where}: {error}") from error
    client.stray_ends = True
    return client


def _alive(client: _Client, target: SnmpTarget) -> SnmpError:
    """What to say of an agent that was heard in the last try, and yet left the question open."""
    if client.stray_ends:
        return SnmpRefusedError(f"{target.where} greets and then keeps still: wrong user or secret")
    return SnmpAgentError(f"{target.where} answers later than {target.timeout_s * (1 + target.retries):g} s")


def _user(credential: UserV3) -> gufo.User:
    auth = _AUTH[credential.auth](credential.auth_secret.encode()) if credential.auth else None
    priv = _PRIV[credential.priv](credential.priv_secret.encode()) if credential.priv else None
    return gufo.User(credential.user, auth_key=auth, priv_key=priv)


def _check_step(target: SnmpTarget, rows: list[VarBind], row: VarBind) -> None:
    """Agents exist that lead a walk in circles (RFC 3416, 4.2.2 asks for ascending names)."""
    if len(rows) >= MAX_ROWS:
        raise SnmpAgentError(f"{target.where}: a table of more than {MAX_ROWS} rows")
    if rows and _key(row[0]) <= _key(rows[-1][0]):
        raise SnmpAgentError(f"{target.where}: the walk does not ascend at {row[0]}")


def _key(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))
