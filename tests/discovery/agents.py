"""SNMP agents for the tests of discovery: the estate's devices and recorded ones, over real UDP, in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from examples.estate import mibs
from examples.estate.agent import Agent, Endpoint, Table
from examples.estate.forwarding import Forwarding
from examples.estate.model import CommunityV2c, Device, Estate
from examples.estate.usm import Engine, UsmUser
from examples.estate.view import View


@contextmanager
def serving(agents: Iterable[tuple[Agent, str, int]]) -> Iterator[list[tuple[str, int]]]:
    """Serve agents, each at (host, port; 0: a free one), until the block ends; gives where they listen.

    Raises:
        OSError: an address is taken.
    """
    loop = asyncio.new_event_loop()
    endpoints: list[Endpoint] = []

    async def start() -> None:
        for agent, host, port in agents:
            endpoints.append(await Endpoint.open(agent, host, port))

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(start(), loop).result(30)
        yield [endpoint.address for endpoint in endpoints]
    finally:
        for endpoint in endpoints:
            loop.call_soon_threadsafe(endpoint.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def estate_agents(estate: Estate) -> Iterator[tuple[Agent, str, int]]:
    """The agents of a healthy estate."""
    forwarding = Forwarding(estate)
    for device in estate.devices:
        if device.mgmt is not None:
            yield _agent(device, _table(estate, device, forwarding)), device.mgmt.host, device.mgmt.port


def _agent(device: Device, table: Callable[[], Table]) -> Agent:
    credential = device.credential
    if isinstance(credential, CommunityV2c):
        return Agent(table, community=credential.community)
    assert credential is not None
    user = UsmUser(credential.user, credential.auth_password, credential.priv_password)
    return Agent(table, engine=Engine(device.engine_id, [user]))


def _table(estate: Estate, device: Device, forwarding: Forwarding) -> Callable[[], Table]:
    links = [link for link in estate.links_of[device.key] if link.seen_by != "imported"]
    heard = {}
    for link in links:
        far = link.other(device.key)
        there = estate.device[far.device]
        if there.lldp is not None:
            heard[link.at(device.key).port] = (there, there.port(far.port))
    view = View(
        estate=estate,
        device=device,
        forwarding=forwarding,
        ports_up=frozenset(link.at(device.key).port for link in estate.links_of[device.key]),
        heard=heard,
        on_battery=False,
        up_time=lambda: 123_456,
    )
    made = mibs.table(view)
    return lambda: made
