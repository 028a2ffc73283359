"""One SNMP device of the running estate: its agent, what it answers in the present state, and the traps it sends."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from examples.estate import mibs, traps
from examples.estate.agent import Agent, Endpoint, Table
from examples.estate.forwarding import Forwarding
from examples.estate.model import CommunityV2c, Device, Estate, UserV3
from examples.estate.physics import State, link_up
from examples.estate.usm import Engine, UsmUser
from examples.estate.view import UpTime, View

MOST_UP_S = 90 * 86_400


@dataclass(frozen=True, slots=True)
class Look:
    """What of a device can be seen from outside and may change with the state of the estate."""

    ports_up: frozenset[str]
    heard: frozenset[tuple[str, str, str]]  # own if_name, neighbour, its if_name
    on_battery: bool


class SnmpDevice:
    """A device with an agent. Its table is made when it is first asked for, and anew after its look has changed."""

    def __init__(self, estate: Estate, device: Device, forwarding: Forwarding, state: State, *, boots: int) -> None:
        self._estate = estate
        self.device = device
        self._forwarding = forwarding
        self.look = look(estate, device, state)
        self._table: Table | None = None
        # A device that was there before us: somewhere in its first three months, the same on each run.
        self.up_time = UpTime(crc32(device.key.encode()) % MOST_UP_S)
        self._request_ids = itertools.count(1)
        self._user: UsmUser | None = None
        self._engine: Engine | None = None
        self._community: str | None = None
        self._set_credential(boots)
        self.agent = Agent(self.table, community=self._community, engine=self._engine)
        self.agent.silent = device.key not in state.answering
        self.endpoint: Endpoint | None = None

    def _set_credential(self, boots: int) -> None:
        credential = self.device.credential
        if isinstance(credential, CommunityV2c):
            self._community = credential.community
        elif isinstance(credential, UserV3):
            self._user = UsmUser(credential.user, credential.auth_password, credential.priv_password)
            self._engine = Engine(self.device.engine_id, [self._user], boots=boots, up_s=self.up_time.seconds)

    def table(self) -> Table:
        """What the agent answers now."""
        if self._table is None:
            self._table = mibs.table(self._view())
        return self._table

    def _view(self) -> View:
        heard = {}
        for own, key, if_name in self.look.heard:
            there = self._estate.device[key]
            heard[own] = (there, there.port(if_name))
        return View(
            estate=self._estate,
            device=self.device,
            forwarding=self._forwarding,
            ports_up=self.look.ports_up,
            heard=heard,
            on_battery=self.look.on_battery,
            up_time=self.up_time.ticks,
        )

    async def open(self) -> None:
        """Listens at the device's management address. Raises ``OSError`` if it is taken."""
        assert self.device.mgmt is not None
        self.endpoint = await Endpoint.open(self.agent, self.device.mgmt.host, self.device.mgmt.port)

    def enter(self, state: State) -> Look:
        """Takes over a new state of the estate; returns how the device looked before."""
        before, self.look = self.look, look(self._estate, self.device, state)
        if before != self.look:
            self._table = None
        self.agent.silent = self.device.key not in state.answering
        return before

    def restart(self) -> None:
        """It had no power or was dead, and comes up: its clock starts from zero, its engine counts one boot more."""
        self.up_time.restart()
        if self._engine is not None:
            self._engine.boots += 1

    def notices(self, before: Look, *, started: bool) -> Iterator[traps.Notification]:
        """What it has to say of the difference between then and now."""
        if started:
            yield traps.cold_start()
            return
        for port in self.device.ports:
            was, now = port.if_name in before.ports_up, port.if_name in self.look.ports_up
            if was != now:
                yield traps.link(port, up=now)
        if before.on_battery != self.look.on_battery:
            yield traps.on_battery() if self.look.on_battery else traps.back_on_mains()

    def send_trap(self, notification: traps.Notification, to: tuple[str, int]) -> None:
        """Over v2c or v3 as the device is configured, from its agent's own address and port."""
        if self.endpoint is None:
            return
        pdu = traps.pdu(next(self._request_ids), self.up_time.ticks(), notification)
        if self._engine is not None and self._user is not None:
            self.endpoint.send(traps.message_v3(self._engine, self._user, pdu), to)
        elif self._community is not None:
            self.endpoint.send(traps.message_v2c(self._community, pdu), to)


def look(estate: Estate, device: Device, state: State) -> Look:
    """How a device looks in a state of the estate."""
    up, heard = set(), set()
    for link in estate.links_of[device.key]:
        if not link_up(estate, state, link.key):
            continue
        own, other = link.at(device.key), link.other(device.key)
        up.add(own.port)
        if link.seen_by == "lldp" and estate.device[other.device].lldp is not None:
            heard.add((own.port, other.device, other.port))
    return Look(frozenset(up), frozenset(heard), device.key in state.broken.on_battery)
