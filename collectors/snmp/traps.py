"""The receiver of traps and informs, v1 to v3, on one UDP port.

Each notification goes into the inbox, and an inform is confirmed after the commit, never before. Who may not speak is
listed all the same, with the reason, up to a rate; so are bytes that are no SNMP.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from collectors.snmp.header import Header, MalformedMessageError, blanked, peek
from collectors.snmp.notification import Notification, decode_community
from collectors.snmp.session import UserV3
from collectors.snmp.usm import Timeliness, is_genuine
from collectors.snmp.v3_engine import Address, Received, V3Engine
from collectors.snmp.watch import Submit
from ledger.clock import Clock
from ledger.crash import boundary
from ledger.errors import LedgerError
from ledger.inbox import Signal

log = structlog.get_logger(__name__)

SOURCE = "snmp-trap"
MAX_DATAGRAM = 65_535
BURST = 16  # datagrams taken in one turn of the loop, at 0.5 to 1 ms each; they share one commit
MAX_ENGINES = 20_000
MAX_RAW = 2_000  # bytes that are kept of a datagram that could not be read
_SO_RXQ_OVFL = 40  # Linux: the kernel's count of datagrams that found the receive buffer full


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapUser:
    """A v3 user that may send. ``engine_ids`` limits it to these engines; empty: any engine that has its key.

    A user without authentication must name its engines, for anybody can claim to be it.
    """

    credential: UserV3
    engine_ids: frozenset[bytes] = frozenset()

    @property
    def any_engine(self) -> bool:
        return not self.engine_ids and self.credential.auth is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrapSettings:
    """Where to listen and whom to hear. ``port`` 0 takes a free one.

    ``refused_per_s`` bounds what is kept of strangers and of nonsense; beyond it they are only counted.
    ``max_waiting`` bounds the notifications that wait for their commit; beyond it datagrams are dropped and counted.
    """

    host: str = "0.0.0.0"  # noqa: S104  devices send from everywhere
    port: int = 162
    engine_id: bytes
    communities: frozenset[str] = frozenset()
    users: tuple[TrapUser, ...] = ()
    receive_buffer: int = 4 * 1024 * 1024
    max_waiting: int = 5_000
    refused_per_s: float = 50.0


class TrapReceiver:
    """``open`` binds the port, ``run`` receives until cancelled, ``close`` gives the port back.

    ``counts``: received, kept, confirmed, dropped (too much waited), not_kept (the inbox refused), kernel_dropped,
    and ``refused:<reason>`` for each reason.
    """

    def __init__(self, settings: TrapSettings, submit: Submit, clock: Clock) -> None:
        self.counts: Counter[str] = Counter()
        self._settings = settings
        self._submit = submit
        self._clock = clock
        self._communities = frozenset(word.encode() for word in settings.communities)
        self._users: dict[str, list[TrapUser]] = {}
        for user in settings.users:
            self._users.setdefault(user.credential.user, []).append(user)
        self._socket: socket.socket | None = None
        self._timeliness = Timeliness(clock)
        self._engine = V3Engine(settings.engine_id, self._send)
        self._waiting: set[asyncio.Task[None]] = set()
        self._allowance = _Allowance(settings.refused_per_s, clock)

    def open(self) -> tuple[str, int]:
        """Bind the port; returns the address that is listened on.

        Raises:
            OSError: the port is in use, or not ours to take (below 1024).
        """
        settings = self._settings
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        it = socket.socket(family, socket.SOCK_DGRAM)
        try:
            it.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, settings.receive_buffer)
            if sys.platform == "linux":
                it.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
            it.setblocking(False)
            it.bind((settings.host, settings.port))
        except OSError:
            it.close()
            raise
        self._socket = it
        host, port = it.getsockname()[:2]
        granted = it.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        log.info("snmp.traps_listening", host=host, port=port, receive_buffer=granted)
        return host, port

    async def run(self) -> None:
        """Receive until cancelled; what is waiting for its commit then is still confirmed by ``close``."""
        if self._socket is None:
            raise RuntimeError("open() comes before run()")
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket, self._drain)
        try:
            while True:
                await asyncio.sleep(1.0)
                self._engine.tick()
        finally:
            loop.remove_reader(self._socket)

    async def close(self) -> None:
        """Wait for the commits under way and give the port back."""
        if self._waiting:
            await asyncio.wait(self._waiting, timeout=5.0)
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._engine.close()

    def _drain(self) -> None:
        """Take what has arrived, up to a burst, so that the loop stays fair."""
        for _ in range(BURST):
            try:
                datagram, sender = self._receive()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:  # an ICMP error of an earlier answer of ours
                log.debug("snmp.trap_socket", why=str(error))
                return
            self.counts["received"] += 1
            boundary("after-receipt")
            self._take(datagram, sender)

    def _receive(self) -> tuple[bytes, Address]:
        assert self._socket is not None
        if sys.platform != "linux":
            return self._socket.recvfrom(MAX_DATAGRAM)
        datagram, extra, _, sender = self._socket.recvmsg(MAX_DATAGRAM, socket.CMSG_SPACE(4))
        for level, kind, data in extra:
            if (level, kind) == (socket.SOL_SOCKET, _SO_RXQ_OVFL):
                (self.counts["kernel_dropped"],) = struct.unpack("=I", data[:4])
        return datagram, sender

    def _take(self, datagram: bytes, sender: Address) -> None:
        if len(self._waiting) >= self._settings.max_waiting:
            self.counts["dropped"] += 1
            return
        try:
            header = peek(datagram)
            if header.version == "3":
                self._take_v3(datagram, header, sender)
            else:
                self._take_community(datagram, header, sender)
        except MalformedMessageError as error:
            self._refuse("malformed_message", sender, {"raw": self._for_keeping(datagram), "why": str(error)})

    def _for_keeping(self, datagram: bytes) -> str:
        """Bytes that could not be used, in hex, without a community: what is set aside is open to every reader."""
        raw = blanked(datagram)
        for community in self._communities:  # ours are not to be read in a broken frame either
            raw = raw.replace(community, bytes(len(community)))
        return raw[:MAX_RAW].hex()

    def _take_community(self, datagram: bytes, header: Header, sender: Address) -> None:
        notification = decode_community(datagram, header)
        told = _told(notification, sender, version=header.version)
        if header.community not in self._communities:
            self._refuse("unknown_community", sender, told)
        elif notification.inform:
            self._keep(told, sender, authenticated=False, confirm=lambda: self._send(notification.answer, sender))
        else:
            self._keep(told, sender, authenticated=False)

    def _take_v3(self, datagram: bytes, header: Header, sender: Address) -> None:
        who = {"version": "3", "user": header.user, "engine_id": header.engine_id.hex()}
        user = self._user_of(datagram, header) if header.engine_id else ""
        refused = user if isinstance(user, str) else self._admit(user.credential, header)
        if refused:
            self._refuse(refused, sender, who)
            if not header.reportable:
                return  # else our engine tells the sender of an inform why, as it must
            user = ""
        received = self._engine.receive(datagram, header, sender)
        if isinstance(received, Received):
            if isinstance(user, TrapUser):
                self._take_received(received, header, user.credential, sender)
        elif received != "discovery" and not header.reportable:
            self._refuse(received, sender, who)

    def _take_received(self, received: Received, header: Header, user: UserV3, sender: Address) -> None:
        # The sender's own engine: of a trap the authoritative one, of an inform the one that its context names.
        engine_id = header.engine_id if not received.notification.inform else received.context_engine_id
        told = _told(received.notification, sender, version="3", user=header.user)
        if engine_id != self._settings.engine_id:
            told["engine_id"] = engine_id.hex()
        if received.level < _level(user):
            self._refuse("security_level", sender, told)  # USM lets it through; access control would not (RFC 3415)
            return
        self._keep(told, sender, authenticated=received.level > 1, confirm=received.confirm)

    def _user_of(self, datagram: bytes, header: Header) -> TrapUser | str:
        """Which of our users sends this, or why it is nobody. Several may share a name and differ in secrets."""
        namesakes = self._users.get(header.user)
        if not namesakes:
            return "unknown_user"
        ours = header.engine_id == self._settings.engine_id
        allowed = [user for user in namesakes if ours or header.engine_id in user.engine_ids or user.any_engine]
        if not allowed:
            return "unknown_engine"
        if not header.authenticated:
            return allowed[0]
        genuine = (user for user in allowed if is_genuine(datagram, header, user.credential))
        return next(genuine, "wrong_digest")

    def _admit(self, user: UserV3, header: Header) -> str:
        """Let our engine know the sender's; the reason if it must not. Our own clock our engine checks by itself."""
        foreign = header.engine_id != self._settings.engine_id
        if not self._engine.knows(user, header.engine_id):
            if self._engine.engines_known >= MAX_ENGINES:
                return "too_many_engines"
            self._engine.admit(user, header.engine_id)
        if foreign and header.authenticated and not self._timeliness.in_time(header):
            return "not_in_time_window"
        return ""

    def _refuse(self, reason: str, sender: Address, told: Mapping[str, object]) -> None:
        self.counts[f"refused:{reason}"] += 1
        if self._allowance.take():
            self._keep(
                {"address": sender[0], "port": sender[1], **told, "refused": reason}, sender, authenticated=False
            )

    def _keep(
        self,
        told: Mapping[str, object],
        sender: Address,
        *,
        authenticated: bool,
        confirm: Callable[[], None] | None = None,
    ) -> None:
        signal = Signal(
            source=SOURCE,
            kind="trap",
            received_at=self._clock.now(),
            authenticated=authenticated,
            body=json.dumps(told, separators=(",", ":")).encode(),
            key=str(sender[0]),
        )
        task = asyncio.get_running_loop().create_task(self._commit(signal, confirm))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _commit(self, signal: Signal, confirm: Callable[[], None] | None) -> None:
        try:
            await self._submit([signal])
        except LedgerError as error:  # an inform stays unconfirmed and comes again; a trap is lost, and counted
            self.counts["not_kept"] += 1
            log.warning("snmp.trap_not_kept", why=str(error))
            return
        self.counts["kept"] += 1
        if confirm is not None:
            boundary("before-answer")
            confirm()
            self.counts["confirmed"] += 1
            boundary("after-answer")

    def _send(self, message: bytes, to: Address) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(message, to)
        except OSError as error:  # who asked is gone, or our buffer is full: it will ask again
            log.debug("snmp.answer_not_sent", to=to[0], why=str(error))


class _Allowance:
    """So many of something a second, with as many in advance."""

    def __init__(self, per_s: float, clock: Clock) -> None:
        self._per_s, self._clock = per_s, clock
        self._left, self._at = per_s, clock.monotonic()

    def take(self) -> bool:
        now = self._clock.monotonic()
        self._left, self._at = min(self._per_s, self._left + (now - self._at) * self._per_s), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _level(user: UserV3) -> int:
    return 3 if user.priv else 2 if user.auth else 1


def _told(notification: Notification, sender: Address, *, version: str, user: str = "") -> dict[str, object]:
    return {
        "address": sender[0],
        "port": sender[1],
        "version": version,
        "user": user,
        "engine_id": "",
        "trap_oid": notification.trap_oid,
        "varbinds": notification.varbinds,
        "inform": notification.inform,
    }


def users_of(credentials: Iterable[UserV3]) -> tuple[TrapUser, ...]:
    """The polling credentials as senders, each from any engine that holds its key; without a key they prove nothing."""
    return tuple(TrapUser(credential=credential) for credential in credentials if credential.auth is not None)
