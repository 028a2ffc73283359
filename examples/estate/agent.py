"""A small, fast SNMP agent: GET, GETNEXT and GETBULK over v2c (RFC 3416) or v3 authPriv (RFC 3414, RFC 3826).

Each simulated device is one :class:`Agent` on its own UDP socket; hundreds of them share one event loop. The answers
lie ready made in a :class:`Table`, so that a GETBULK is a bisection and a join. An agent that is ``silent`` drops what
it gets, as a dead device does: no answer, no ICMP.
"""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from examples.estate import ber
from examples.estate.ber import BerError, Oid, Reader
from examples.estate.usm import AUTH, PRIV, Engine

MAX_MESSAGE = 1472  # bytes that fit one Ethernet frame; no real agent of this class sends fragments
MAX_VARBINDS = 256  # of one request; real agents refuse far fewer
_V2C_OVERHEAD, _V3_OVERHEAD = 48, 176  # bytes around the varbinds of a response, generously

NO_ERROR, TOO_BIG, GEN_ERR, NO_ACCESS, AUTHORIZATION_ERROR = 0, 1, 5, 6, 16  # error-status, RFC 3416, 3

Live = Callable[[], bytes]
Value = bytes | Live
Row = tuple[Oid, Value]


class Table:
    """What an agent answers: names in order, each with an encoded value or with a function that gives one when asked.

    Raises ``ValueError`` if a name stands twice.
    """

    __slots__ = ("_binds", "_oids")

    def __init__(self, rows: Iterable[Row]) -> None:
        ordered = sorted(rows, key=lambda row: row[0])
        self._oids: list[Oid] = [name for name, _ in ordered]
        if len(set(self._oids)) != len(self._oids):
            raise ValueError("a name stands twice in the table")
        self._binds: list[Value] = [
            ber.varbind(name, value) if isinstance(value, bytes) else value for name, value in ordered
        ]

    def __len__(self) -> int:
        return len(self._oids)

    def _bind(self, index: int) -> bytes:
        bind = self._binds[index]
        return bind if isinstance(bind, bytes) else ber.varbind(self._oids[index], bind())

    def get(self, name: Oid) -> bytes:
        """The varbind of exactly this name, or the exception that RFC 3416, 4.2.1 names."""
        at = bisect_left(self._oids, name)
        if at < len(self._oids) and self._oids[at] == name:
            return self._bind(at)
        column = name[:-1]
        around = self._oids[max(0, at - 1) : at + 1]
        known = any(other[: len(column)] == column for other in around)
        return ber.varbind(name, ber.NO_SUCH_INSTANCE if known else ber.NO_SUCH_OBJECT)

    def after(self, name: Oid) -> int:
        """The place of the first name behind this one; ``len(table)`` if there is none."""
        return bisect_right(self._oids, name)

    def successor(self, name: Oid) -> tuple[Oid, bytes]:
        """(next name, its varbind), or (name, endOfMibView)."""
        at = self.after(name)
        if at == len(self._oids):
            return name, ber.varbind(name, ber.END_OF_MIB_VIEW)
        return self._oids[at], self._bind(at)

    def run(self, name: Oid, count: int, room: int) -> list[bytes]:
        """Up to ``count`` varbinds behind ``name`` that fit into ``room`` bytes; endOfMibView where the table ends."""
        at = self.after(name)
        out: list[bytes] = []
        for index in range(at, min(at + count, len(self._oids))):
            bind = self._bind(index)
            room -= len(bind)
            if room < 0:
                return out
            out.append(bind)
        if len(out) < count:
            last = self._oids[-1] if out else name
            out.append(ber.varbind(last, ber.END_OF_MIB_VIEW))
        return out


class Agent:
    """One device's agent: a community (v2c) or an engine with users (v3), and the table it answers from.

    ``table`` is called for each request, so that its owner may make it anew when the device has changed.
    """

    def __init__(
        self, table: Callable[[], Table], *, community: str | None = None, engine: Engine | None = None
    ) -> None:
        self._table = table
        self._community = community.encode() if community is not None else None
        self.engine = engine
        self.silent = False
        self.answered = 0
        self.malformed = 0

    def answer(self, datagram: bytes) -> bytes | None:
        """The response to one datagram, or ``None``: silent, not for this agent, or no SNMP at all."""
        if self.silent:
            return None
        try:
            reply = self._answer(datagram)
        except BerError:
            self.malformed += 1
            return None
        self.answered += reply is not None
        return reply

    def _answer(self, datagram: bytes) -> bytes | None:
        outer = Reader(datagram)
        message = outer.sequence()
        outer.finish()
        version = message.integer()
        if version == 1:
            return self._answer_v2c(message)
        if version == 3 and self.engine is not None:
            return self._answer_v3(datagram)
        return None

    def _answer_v2c(self, message: Reader) -> bytes | None:
        community = message.octets()
        if self._community is None or community != self._community:
            return None  # RFC 3584, 4.1.2: a wrong community is dropped, not refused
        kind, pdu = message.inner()
        message.finish()
        reply = self._perform(kind, pdu, MAX_MESSAGE - _V2C_OVERHEAD - len(community))
        if reply is None:
            return None
        return ber.sequence(ber.integer(1), ber.octets(community), reply)

    def _answer_v3(self, datagram: bytes) -> bytes | None:
        engine = self.engine
        assert engine is not None
        opened = engine.open(datagram)
        if opened is None or isinstance(opened, bytes):
            return opened
        kind, pdu = opened.pdu.inner()
        if opened.level != AUTH | PRIV:  # RFC 3415: these users may read with privacy only
            reply: bytes | None = _refusal(pdu.integer(), AUTHORIZATION_ERROR)
        else:
            reply = self._perform(kind, pdu, min(MAX_MESSAGE, max(opened.max_size, 484)) - _V3_OVERHEAD)
        return engine.answer(opened, reply) if reply is not None else None

    def _perform(self, kind: int, pdu: Reader, room: int) -> bytes | None:
        request_id, first, second = pdu.integer(), pdu.integer(), pdu.integer()
        names = _names(pdu.sequence())
        table = self._table()
        if kind == ber.GET:
            binds: Sequence[bytes] = [table.get(name) for name in names]
        elif kind == ber.GET_NEXT:
            binds = [table.successor(name)[1] for name in names]
        elif kind == ber.GET_BULK:
            binds = _bulk(table, names, max(0, first), max(0, second), room)
        elif kind == ber.SET:
            return _refusal(request_id, NO_ACCESS)
        else:
            return None
        body = b"".join(binds)
        if len(body) > room:
            return _refusal(request_id, TOO_BIG)
        return _response(request_id, NO_ERROR, body)


def _names(binds: Reader) -> list[Oid]:
    names: list[Oid] = []
    while not binds.done:
        bind = binds.sequence()
        names.append(bind.oid())
        bind.header()
        bind.finish()
        if len(names) > MAX_VARBINDS:
            raise BerError(f"more than {MAX_VARBINDS} varbinds")
    return names


def _bulk(table: Table, names: Sequence[Oid], non_repeaters: int, repetitions: int, room: int) -> list[bytes]:
    """GETBULK, RFC 3416, 4.2.3: whole varbinds as long as there is room."""
    binds = [table.successor(name)[1] for name in names[:non_repeaters]]
    repeaters = list(names[non_repeaters:])
    room -= sum(map(len, binds))
    if len(repeaters) == 1:
        return binds + table.run(repeaters[0], repetitions, room)
    end = len(ber.END_OF_MIB_VIEW)
    for _ in range(repetitions if repeaters else 0):
        ended = 0
        for place, name in enumerate(repeaters):
            repeaters[place], bind = table.successor(name)
            room -= len(bind)
            if room < 0:
                return binds
            binds.append(bind)
            ended += bind[-end:] == ber.END_OF_MIB_VIEW and repeaters[place] == name
        if ended == len(repeaters):
            break
    return binds


def _response(request_id: int, status: int, body: bytes) -> bytes:
    head = ber.integer(request_id) + ber.integer(status) + ber.integer(1 if status > TOO_BIG else 0)
    return ber.tlv(ber.RESPONSE, head + ber.tlv(ber.SEQUENCE, body))


def _refusal(request_id: int, status: int) -> bytes:
    return _response(request_id, status, b"")


class Endpoint(asyncio.DatagramProtocol):
    """The UDP socket of one agent: answers what comes in and sends traps from the same address and port."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, agent: Agent, host: str, port: int) -> Endpoint:
        """Binds; port 0 takes a free one. Raises ``OSError`` if the address is taken."""
        loop = asyncio.get_running_loop()
        try:
            _, endpoint = await loop.create_datagram_endpoint(lambda: cls(agent), local_addr=(host, port))
        except OSError as error:
            raise OSError(error.errno, f"{host}:{port}: {os.strerror(error.errno or 0)}") from None
        return endpoint

    @property
    def address(self) -> tuple[str, int]:
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return host, port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(
            asyncio.DatagramTransport, transport
        )  # the selector loop's class does not derive from it

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._agent.answer(data)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)

    def error_received(self, exc: Exception) -> None:
        """ICMP errors of receivers that are gone: an agent does not care."""

    def send(self, datagram: bytes, to: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(datagram, to)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
