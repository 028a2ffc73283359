"""What the simulated monitoring knows of the estate, as Prometheus would word it: alert names, labels, texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from examples.estate.model import Device, Estate
from examples.estate.monitoring import Alert
from examples.estate.physics import Posted, State, posted

STORM_ALERTS = 500
# What a monitoring has on one machine or application beside its ping or first probe. All of them are probes from the
# outside: when the way is cut, each fails by a time-out.
HOST_PROBES = ("icmp", "ssh", "tcp-443", "node-exporter", "ntp", "syslog", "tcp-8080", "tcp-5666", "smtp", "tcp-9182")
APPLICATION_PROBES = ("http", "https", "login", "health", "api", "tcp", "certificate", "search", "static", "metrics")

_NETWORK_PROBES = {"InstanceDown": HOST_PROBES, "ServiceProbeFailed": APPLICATION_PROBES}
_JOBS = {"InstanceDown": "ping", "ServiceProbeFailed": "blackbox", "ProcessDown": "node", "DiskFull": "node"}


class Wording:
    """Turns what physics says the monitoring sees into alerts."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._names = Counter(device.sys_name for device in estate.devices)

    def alerts(self, state: State) -> list[Alert]:
        """All that fire in a state of the estate."""
        return [self.alert(one) for one in posted(self._estate, state)]

    def alert(self, one: Posted, probe: str | None = None) -> Alert:
        """One alert. ``probe``: a further check of the same thing, a fingerprint of its own."""
        instance = self.instance(one.host)
        labels = {"instance": instance, "job": _JOBS[one.alertname], "severity": "critical"}
        labels |= {"probe": probe} if probe else {}
        about = instance
        if one.about in self._estate.application:
            about = labels["service"] = self._estate.application[one.about].name
        if one.alertname == "DiskFull":
            labels["mountpoint"] = "/var"
        return Alert.of(_SUMMARIES[one.alertname].format(about), alertname=one.alertname, **labels)

    def instance(self, key: str) -> str:
        """A machine's name in the DNS, or its address where the name alone would not tell which one it is."""
        if key in self._estate.vm:
            return self._estate.vm[key].fqdn
        device = self._estate.device[key]
        if device.fqdn and self._names[device.sys_name] == 1:
            return device.fqdn
        return _address(device)

    def storm(self, state: State, quiet: State, count: int = STORM_ALERTS) -> list[Alert]:
        """``count`` alerts on what fails in ``state`` and not in ``quiet``, what is far from the cause first.

        Applications come before virtual machines, these before hardware: symptoms before the cause. Each thing is
        named by its plain alert first and by its further probes then.
        """
        before = set(posted(self._estate, quiet))
        new = [one for one in posted(self._estate, state) if one not in before and one.alertname in _NETWORK_PROBES]
        new.sort(key=self._nearness)
        return list(self._rounds(new, count))

    def _nearness(self, one: Posted) -> int:
        if one.about in self._estate.application:
            return 0
        return 1 if one.about in self._estate.vm else 2

    def _rounds(self, things: Sequence[Posted], count: int) -> Iterator[Alert]:
        if not things:
            return
        for number in range(count):
            turn, place = divmod(number, len(things))
            yield self.alert(things[place], self._probe(things[place], turn))

    @staticmethod
    def _probe(one: Posted, turn: int) -> str | None:
        """No probe in the first turn; beyond the named ones, further ports."""
        probes = _NETWORK_PROBES[one.alertname]
        if turn == 0:
            return None
        return probes[turn - 1] if turn <= len(probes) else f"tcp-{20_000 + turn}"


def _address(device: Device) -> str:
    return str(device.mgmt) if device.mgmt else device.ip


_SUMMARIES = {
    "InstanceDown": "{} does not answer to ping",
    "ServiceProbeFailed": "the probe of {} timed out",
    "ProcessDown": "the process of {} is not running",
    "DiskFull": "/var on {} is full",
}
