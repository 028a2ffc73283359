"""Each single failure that the estate can play, and what it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from examples.estate.model import IOT_CLASSES, Device, Estate
from examples.estate.physics import Broken, settle

FailureKind = Literal[
    "device", "redundant", "link", "power", "battery", "agent_hung", "iot", "fault_code", "disk", "app"
]

# Where the target of a failure goes in what is broken.
_BREAKS = {
    "device": "dead",
    "redundant": "dead",
    "power": "dead",
    "iot": "dead",
    "link": "cut",
    "battery": "on_battery",
    "agent_hung": "hung",
    "disk": "full",
    "app": "crashed",
}

# The hub, its broker and the monitoring are the play's own stage: they and their cables do not fail.
_STAGE_ROLES = frozenset({"hub", "broker", "monitoring"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One thing that breaks. ``target`` is a device, a link or an application; ``code`` a fault code, else empty."""

    id: str
    kind: FailureKind
    target: str
    code: str = ""

    @property
    def broken(self) -> Broken:
        """What is broken while this failure lasts."""
        if self.kind == "fault_code":
            return Broken(codes=frozenset({(self.target, self.code)}))
        what: dict[str, Any] = {_BREAKS[self.kind]: frozenset({self.target})}
        return Broken(**what)


def all_failures(estate: Estate) -> tuple[Failure, ...]:
    """All single failures, in the order of the estate."""
    return (*_of_devices(estate), *_of_links(estate), *_of_applications(estate))


def _of_devices(estate: Estate) -> Iterator[Failure]:
    for device in estate.devices:
        if device.role not in _STAGE_ROLES:
            yield _death(estate, device)
            yield from _lesser_failures(estate, device)


def _death(estate: Estate, device: Device) -> Failure:
    if device.cls in IOT_CLASSES:
        return Failure(id=f"iot:{device.key}", kind="iot", target=device.key)
    if device.cls in ("Ups", "Pdu"):
        return Failure(id=f"power:{device.key}", kind="power", target=device.key)
    kind: FailureKind = "redundant" if _is_spare(estate, device) else "device"
    return Failure(id=f"device:{device.key}", kind=kind, target=device.key)


def _is_spare(estate: Estate, device: Device) -> bool:
    """Whether all other devices and all software go on without a device that something stands on."""
    if not (device.forwards or device.cls == "Hypervisor") or device.role == "ghost":
        return False
    state = settle(estate, Broken(dead=frozenset({device.key})))
    others = {key for key in estate.device if key != device.key}
    software = estate.cluster.keys() | estate.vm.keys() | estate.application.keys()
    return state.reachable >= others and state.running >= software


def _lesser_failures(estate: Estate, device: Device) -> Iterator[Failure]:
    if device.mgmt:
        yield Failure(id=f"agent_hung:{device.key}", kind="agent_hung", target=device.key)
    if device.cls == "Ups":
        yield Failure(id=f"battery:{device.key}", kind="battery", target=device.key)
    if device.cls == "Server":
        yield Failure(id=f"disk:{device.key}", kind="disk", target=device.key)
    if device.iot:
        for code in estate.fault_model[device.model].codes:
            id_ = f"fault_code:{device.key}:{code.code}"
            yield Failure(id=id_, kind="fault_code", target=device.key, code=code.code)


def _of_links(estate: Estate) -> Iterator[Failure]:
    for link in estate.links:
        if not _STAGE_ROLES.intersection(estate.device[end.device].role for end in link.ends):
            yield Failure(id=f"link:{link.key}", kind="link", target=link.key)


def _of_applications(estate: Estate) -> Iterator[Failure]:
    for application in estate.applications:
        yield Failure(id=f"app:{application.key}", kind="app", target=application.key)
