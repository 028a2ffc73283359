"""A UDP relay in front of a real agent that can lose, delay and answer with nonsense, as bad lines and agents do."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self, TypeAlias

Address: TypeAlias = tuple[str, int]


class _Behind(asyncio.DatagramProtocol):
    """The relay's socket towards the agent, one for each client."""

    def __init__(self, relay: Relay, client: Address) -> None:
        self.relay, self.client = relay, client

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.relay.back(data, self.client)


class Relay(asyncio.DatagramProtocol):
    """``async with Relay(agent) as relay``: ask ``relay.address``; set ``dead``, ``lose``, ``delay_s``, ``reply``.

    ``arrivals`` holds the loop's time of each request.
    """

    def __init__(self, agent: Address) -> None:
        self.agent = agent
        self.dead = False
        self.lose = 0  # so many requests from now on
        self.delay_s = 0.0
        self.reply: bytes | None = None
        self.arrivals: list[float] = []
        self._behind: dict[Address, asyncio.DatagramTransport] = {}
        self._transport: asyncio.DatagramTransport

    @property
    def address(self) -> Address:
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None
    ) -> None:
        for transport in (self._transport, *self._behind.values()):
            transport.close()

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.arrivals.append(asyncio.get_running_loop().time())
        if self.dead or self.lose > 0:
            self.lose -= 1
        elif self.reply is not None:
            self._transport.sendto(self.reply, addr)
        else:
            self._forward = asyncio.ensure_future(self._on(data, addr))

    async def _on(self, data: bytes, addr: Address) -> None:
        if addr not in self._behind:
            loop = asyncio.get_running_loop()
            self._behind[addr], _ = await loop.create_datagram_endpoint(
                lambda: _Behind(self, addr), remote_addr=self.agent
            )
        self._behind[addr].sendto(data)

    def back(self, data: bytes, client: Address) -> None:
        asyncio.get_running_loop().call_later(self.delay_s, self._answer, data, client)

    def _answer(self, data: bytes, client: Address) -> None:
        if not self.dead and not self._transport.is_closing():
            self._transport.sendto(data, client)
