"""The running estate: holds what is broken and lets everything follow from it.

A change is settled by ``physics.py``; then, in one step, agents fall silent or answer, ports change, LLDP neighbours
vanish, traps go out from devices that still have a way to the hub, MQTT devices lose or take up their sessions, fault
codes come and go, and the monitoring posts what it sees from where it stands.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from examples.estate.alerts import Wording
from examples.estate.broker import DEVICES, Broker
from examples.estate.device import SnmpDevice
from examples.estate.failures import Failure, all_failures
from examples.estate.forwarding import Forwarding
from examples.estate.model import Estate
from examples.estate.monitoring import Alert, Monitoring
from examples.estate.mqtt import Figures, IotDevice
from examples.estate.physics import NOTHING_BROKEN, State, all_of, settle

STORM_S = 10.0
STORM_STEP_S = 0.2
SESSIONS_TIMEOUT_S = 30.0
_EPOCH = 1_577_836_800  # 2020-01-01


class UnknownFailureError(LookupError):
    """No failure of the estate has this id."""


class World:
    """All devices of one estate at work. Everything runs in the event loop that calls :meth:`start`."""

    def __init__(self, estate: Estate, broker: Broker, directory: Path) -> None:
        self.estate = estate
        self._failures = {failure.id: failure for failure in all_failures(estate)}
        self._active: dict[str, Failure] = {}
        self._storms: dict[str, list[Alert]] = {}
        self._storm_tasks: dict[str, asyncio.Task[None]] = {}
        self.state = settle(estate, NOTHING_BROKEN)
        self._wording = Wording(estate)
        self._trap_to: tuple[str, int] | None = None
        self.traps_sent = 0
        self.monitoring = Monitoring(directory / "monitoring.jsonl")
        forwarding = Forwarding(estate)
        # Boots must never fall, or receivers of v3 take a device for a replay of itself: counted from the clock.
        boots = int(time.time()) - _EPOCH
        self.snmp = {
            device.key: SnmpDevice(estate, device, forwarding, self.state, boots=boots)
            for device in estate.devices
            if device.mgmt is not None
        }
        self.mqtt_figures = Figures()
        login = broker.login(DEVICES)
        self.iot = {d.key: IotDevice(d, login, self.mqtt_figures) for d in estate.devices if d.iot is not None}

    # -- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Opens all sockets and sessions.

        Raises:
            OSError: an address is taken.
            TimeoutError: the broker does not take the sessions.
        """
        for device in self.snmp.values():
            await device.open()
        for iot in self.iot.values():
            iot.start()
        async with asyncio.timeout(SESSIONS_TIMEOUT_S):
            for iot in self.iot.values():
                await iot.connected.wait()

    async def stop(self) -> None:
        """Closes everything in good order: no last will goes out."""
        for task in self._storm_tasks.values():
            task.cancel()
        await self.monitoring.stop()
        await asyncio.gather(*(iot.stop() for iot in self.iot.values()))
        for device in self.snmp.values():
            if device.endpoint is not None:
                device.endpoint.close()

    def connect(self, *, hub_url: str | None, token: str | None, trap: tuple[str, int] | None) -> None:
        """Where the hub is: its URL with the monitoring's token, and its address for traps."""
        self._trap_to = trap
        if hub_url and token:
            self.monitoring.connect(hub_url, token)

    # -- what happens -----------------------------------------------------------------------------------------------

    def fail(self, ids: Iterable[str]) -> None:
        """Breaks things. What is broken already stays so. Raises :class:`UnknownFailureError`, then nothing breaks."""
        new = [self._failure(failure_id) for failure_id in ids]
        self._active.update((failure.id, failure) for failure in new)
        self._settle()

    def restore(self, ids: Iterable[str]) -> None:
        """Mends things; what is whole already stays so. Raises :class:`UnknownFailureError`, then nothing is mended."""
        for failure in [self._failure(failure_id) for failure_id in ids]:
            self._active.pop(failure.id, None)
            self._storms.pop(failure.id, None)
            if task := self._storm_tasks.pop(failure.id, None):
                task.cancel()
        self._settle()

    def storm(self, failure_id: str, also: Sequence[str] = (), *, seconds: float = STORM_S) -> int:
        """Breaks ``failure_id`` without a trap and lets the monitoring post 500 alerts about what is behind it.

        ``also`` breaks at the same moment as everything else does. Returns how many alerts will be posted.
        """
        failure = self._failure(failure_id)
        others = [self._failure(other) for other in also]
        self._active.update((one.id, one) for one in others)
        quiet = self._settled(other for other in self._active.values() if other is not failure)
        self._active[failure_id] = failure
        struck = self._settled(self._active.values())
        alerts = self._wording.storm(struck, quiet)
        if failure_id not in self._storm_tasks:
            self._storms[failure_id] = alerts
            work = self._blow(failure_id, alerts, seconds)
            self._storm_tasks[failure_id] = asyncio.create_task(work, name=f"storm {failure_id}")
        self._settle(traps=False)
        return len(alerts)

    async def _blow(self, failure_id: str, alerts: Sequence[Alert], seconds: float) -> None:
        """Posts the alerts evenly over the time, a handful at each step."""
        steps = max(1, round(seconds / STORM_STEP_S))
        started = asyncio.get_running_loop().time()
        for step in range(steps):
            part = alerts[len(alerts) * step // steps : len(alerts) * (step + 1) // steps]
            if failure_id in self._storms:
                self.monitoring.fire(part)
            await asyncio.sleep(max(0.0, started + (step + 1) * seconds / steps - asyncio.get_running_loop().time()))

    def _failure(self, failure_id: str) -> Failure:
        try:
            return self._failures[failure_id]
        except KeyError:
            raise UnknownFailureError(f"no failure {failure_id!r}") from None

    def _settled(self, failures: Iterable[Failure]) -> State:
        return settle(self.estate, all_of(*(failure.broken for failure in failures)))

    # -- what follows -----------------------------------------------------------------------------------------------

    def _settle(self, *, traps: bool = True) -> None:
        before, self.state = self.state, self._settled(self._active.values())
        self._settle_agents(before, traps=traps)
        for iot in self.iot.values():
            iot.set_codes(code for key, code in self.state.broken.codes if key == iot.key)
            iot.set_alive(iot.key in self.state.publishing)
        self.monitoring.update(self._firing())

    def _settle_agents(self, before: State, *, traps: bool) -> None:
        for key, device in self.snmp.items():
            looked = device.enter(self.state)
            started = key in self.state.alive and key not in before.alive
            if started:
                device.restart()
            if not traps or key not in self.state.answering or self._trap_to is None:
                continue
            for notification in device.notices(looked, started=started):
                device.send_trap(notification, self._trap_to)
                self.traps_sent += 1

    def _firing(self) -> list[Alert]:
        """What the monitoring has firing: all it sees; of what a storm is about, what the storm has brought so far."""
        stormy = {alert for alerts in self._storms.values() for alert in alerts}
        seen = [alert for alert in self._wording.alerts(self.state) if alert not in stormy]
        return seen + [alert for alert in self.monitoring.firing if alert in stormy]

    # -- figures ----------------------------------------------------------------------------------------------------

    def stats(self) -> dict[str, Any]:
        """What the estate has done so far, for people and tests."""
        figures = self.mqtt_figures
        return {
            "active": sorted(self._active),
            "agents": len(self.snmp),
            "answering": len(self.state.answering),
            "snmp_answers": sum(device.agent.answered for device in self.snmp.values()),
            "snmp_malformed": sum(device.agent.malformed for device in self.snmp.values()),
            "traps_sent": self.traps_sent,
            "mqtt_sessions": sum(iot.connected.is_set() for iot in self.iot.values()),
            "mqtt_connects": figures.connects,
            "mqtt_published": figures.published,
            "mqtt_acknowledged": figures.acknowledged,
            "alerts_firing": len(self.monitoring.firing),
            "alerts_posted": self.monitoring.posted,
            "posts_waiting": self.monitoring.waiting,
            "posts_refused": self.monitoring.refused,
        }

    async def storm_over(self, failure_id: str) -> None:
        """Waits until a storm has posted all it has, or was ended by a repair."""
        if task := self._storm_tasks.get(failure_id):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
