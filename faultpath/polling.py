"""Which devices are polled and who may send traps: from the graph and the vault to the collectors' own words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

import structlog

from alerting.alert import Alert
from alerting.binding import GraphIndex
from cmdb.model import CI
from collectors.snmp.poller import Poller
from collectors.snmp.reading import Finding, PollTarget
from collectors.snmp.session import CommunityV2c, Credential, UserV3
from collectors.snmp.traps import TrapReceiver, TrapSettings, users_of
from collectors.snmp.watch import Submit
from discovery.credentials import allowed_at
from discovery.ranges import Place, Range, printed
from faultpath import settings as settings_module
from faultpath.graph_view import GraphView
from faultpath.vault import Vault
from ledger.clock import Clock

POLL_SOURCE = "snmp"

log = structlog.get_logger(__name__)


def poll_targets(
    view: GraphView,
    index: GraphIndex,
    credentials: Mapping[str, Credential],
    remembered: Mapping[str, str],
    ranges: Iterable[Range],
) -> Iterator[PollTarget]:
    """The devices that may be asked: those with a management address in a declared range, and a credential for it.

    The credential is the one that opened the device before, if its range still allows that one, else the first that it
    allows.
    """
    declared = tuple(ranges)
    for ci in map(view.columns.ci, view.columns.mentioning("mgmt_address")):
        place = _place(ci)
        if place is None or not view.is_a(ci.ci_id, "Hardware"):
            continue
        opened_by = remembered.get(printed(place))
        name = next(iter(allowed_at(place, declared, credentials, opened_by)), None)
        if name is None:
            continue
        yield PollTarget(
            ci_id=ci.ci_id,
            name=ci.name,
            host=place[0],
            port=place[1],
            credential=credentials[name],
            ports=index.linked_ports_of(ci.ci_id),
            ups=view.is_a(ci.ci_id, "Ups"),
            # silence to a credential that never opened it says nothing of the device
            answered_before=name == opened_by,
        )


def _place(ci: CI) -> Place | None:
    """Address and port of a management address (``ip:port``, ``[ip6]:port``); ``None`` if it is none."""
    text = ci.attributes.get("mgmt_address")
    if not isinstance(text, str):
        return None
    host, _, port = text.rpartition(":")
    try:
        return str(ip_address(host.strip("[]"))), int(port)
    except ValueError:
        return None


class Rounds:
    """Keeps the poller's list of devices as the graph and the vault have it."""

    def __init__(self, poller: Poller, vault: Vault) -> None:
        self._poller = poller
        self._vault = vault
        self._resumed = False

    def refresh(self, view: GraphView, index: GraphIndex, active: Iterable[Alert]) -> None:
        """Take over the newest graph; the first time, the alerts that were active before the restart as well."""
        ranges = [one.parsed() for one in self._vault.ranges()]
        targets = list(poll_targets(view, index, self._vault.credentials(), self._vault.remembered(), ranges))
        self._poller.set_targets(targets)
        log.info("poll_targets", devices=len(targets))
        if not self._resumed:
            self._resumed = True
            for ci_id, finding in _standing(active, index):
                self._poller.resume(ci_id, finding)
            self._poller.ask(target.ci_id for target in targets)


def _standing(active: Iterable[Alert], index: GraphIndex) -> Iterator[tuple[str, Finding]]:
    """The poller's own findings among the active alerts, by device."""
    for alert in active:
        if alert.source != POLL_SOURCE or alert.ci_id is None:
            continue
        device = index.device_of(alert.ci_id)
        port = alert.ci_id if device else None
        yield device or alert.ci_id, Finding(check=alert.check, port=port, active=True, at=alert.active_since)


class TrapPort:
    """The trap receiver with the vault's newest credentials: a change of them opens it anew on the same port.

    What waits in the port's buffer then is lost, so nothing else does.
    """

    def __init__(
        self, settings: settings_module.TrapSettings, engine_id: bytes, vault: Vault, submit: Submit, clock: Clock
    ) -> None:
        self.receiver: TrapReceiver | None = None
        self._settings = settings
        self._engine_id = engine_id
        self._vault = vault
        self._submit = submit
        self._clock = clock
        self._changed = asyncio.Event()
        self._heeded: TrapSettings | None = None

    def credentials_changed(self) -> None:
        """They may have changed; discovery says so after each run."""
        if self._receiver_settings() != self._heeded:
            self._changed.set()

    async def run(self) -> None:
        """Receive until cancelled.

        Raises:
            OSError: the port is in use or not ours to take; the supervisor tries again.
        """
        while True:
            self._changed.clear()
            self._heeded = self._receiver_settings()
            receiver = TrapReceiver(self._heeded, self._submit, self._clock)
            receiver.open()
            self.receiver = receiver
            task = asyncio.create_task(receiver.run(), name="trap-receiver")
            changed = asyncio.create_task(self._changed.wait())
            try:
                await asyncio.wait((task, changed), return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    task.result()
            finally:
                changed.cancel()
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await receiver.close()

    def _receiver_settings(self) -> TrapSettings:
        credentials = self._vault.credentials().values()
        return TrapSettings(
            host=self._settings.host,
            port=self._settings.port,
            engine_id=self._engine_id,
            communities=frozenset(one.community for one in credentials if isinstance(one, CommunityV2c)),
            users=users_of(one for one in credentials if isinstance(one, UserV3)),
        )
