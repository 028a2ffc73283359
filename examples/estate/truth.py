"""The truth file: what exists and how it can be seen, and what a hub must conclude from each possible failure.

It is worked out from the estate's own model: a failure changes the state of the estate (``physics.py``), the state
sends signals (``signals.py``), and the rules are read over the signals (``verdicts.py``, ``business.py``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from examples.estate.business import Business, Told, assess
from examples.estate.failures import Failure, all_failures
from examples.estate.model import Device, End, Estate, FaultCode, Link
from examples.estate.physics import settle
from examples.estate.signals import signals_of
from examples.estate.verdicts import Cause, Known, Verdict, cone, judge, know

Json = dict[str, Any]


class ManyRootsError(ValueError):
    """A single failure that the rules put down to several roots: the estate was drawn against its own invariants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is concluded from one failure. ``signal`` is false, and the rest ``None``, if nobody hears of it."""

    failure: Failure
    signal: bool
    root: Cause | None = None
    verdict: Verdict | None = None
    business: Business | None = None


def truth(estate: Estate, failures: Iterable[Failure] | None = None) -> Json:
    """The truth file as JSON values, of all failures or of those given."""
    known = know(estate)
    chosen = all_failures(estate) if failures is None else failures
    return {
        "seed": estate.seed,
        "size": estate.size,
        "devices": [_device(estate, device) for device in estate.devices],
        "links": [_link(link) for link in estate.links],
        "scenes": _scenes(estate),
        "scene4_unrelated": f"disk:{estate.scenes.disk_host}",
        "failures": [_outcome(known, conclude(known, failure)) for failure in chosen],
    }


def conclude(known: Known, failure: Failure) -> Outcome:
    """What the rules conclude from one failure.

    Raises:
        ManyRootsError: the failure is taken for more than one.
    """
    state = settle(known.estate, failure.broken)
    signals = signals_of(known.estate, state)
    if signals.nothing:
        return Outcome(failure=failure, signal=False)
    verdict = judge(known, signals)
    if len(verdict.roots) != 1:
        raise ManyRootsError(f"{failure.id}: {[root.key for root in verdict.roots]}")
    (root,) = verdict.roots
    business = assess(known, verdict, root)
    return Outcome(failure=failure, signal=True, root=root, verdict=verdict, business=business)


def _scenes(estate: Estate) -> Json:
    scenes = estate.scenes
    return {
        "1": f"device:{scenes.crm_server}",
        "2": f"fault_code:{scenes.cooling_unit}:{scenes.cooling_code}",
        "3": f"device:{scenes.core}",
        "4": f"device:{scenes.access_switch}",
    }


# -- what exists -----------------------------------------------------------------------------------------------------


def seen_by(estate: Estate, device: Device) -> str:
    """How a device can be seen: by asking it, by a neighbour's LLDP, in a forwarding table, or not at all."""
    if device.mgmt:
        return "snmp"
    ways = {link.seen_by for link in estate.links_of[device.key]}
    return next((way for way in ("lldp", "bridge") if way in ways), "none")


def _device(estate: Estate, device: Device) -> Json:
    return {
        "key": device.key,
        "name": device.name,
        "class": device.cls,
        "mgmt_address": str(device.mgmt) if device.mgmt else None,
        "mac": device.mac,
        "seen_by": seen_by(estate, device),
    }


def _link(link: Link) -> Json:
    a, b = ({"device": end.device, "port": end.port} for end in link.ends)
    return {"key": link.key, "a": a, "b": b, "seen_by": link.seen_by}


# -- what is concluded -----------------------------------------------------------------------------------------------


def _outcome(known: Known, outcome: Outcome) -> Json:
    failure = outcome.failure
    return {
        "id": failure.id,
        "kind": failure.kind,
        "target": failure.target,
        "signal": outcome.signal,
        "expect": _expectation(known.estate, outcome),
        "touches": sorted(_touches(known, outcome)),
    }


def _touches(known: Known, outcome: Outcome) -> frozenset[str]:
    """All that the failure could reach, or that is not ok because of it: what two failures must not share."""
    touched = cone(known, outcome.failure.target)
    if outcome.root and outcome.business:
        touched |= cone(known, outcome.root.key) | outcome.business.not_ok
    # A failure of a switch that a touched thing feeds would be explained by it too, redundancy ignored.
    forwarding = (key for key in touched if key in known.estate.device and known.estate.device[key].forwards)
    return touched.union(*(cone(known, key) for key in forwarding))


def _expectation(estate: Estate, outcome: Outcome) -> Json | None:
    root, business = outcome.root, outcome.business
    if root is None or business is None:
        return None
    names = {service.key: service.name for service in estate.services}
    return {
        "incident": business.opens,
        "root": _root(estate, root.key),
        "confirmed": root.confirmed,
        "severity": root.severity.word,
        "effect": root.effect.word,
        "priority": business.priority,
        "services": {names[key]: state.word for key, state in business.services.items()},
        "cannot_work": sorted(person.email for person in business.cannot_work),
        "limited": sorted(person.email for person in business.limited),
        "told": [_notice(told) for told in business.told],
        "remedy": _remedy(estate, outcome.failure),
    }


def _notice(told: Told) -> Json:
    person = told.person
    return {"email": person.email, "role": told.role, "language": person.language, "services": list(told.services)}


def _root(estate: Estate, key: str) -> Json:
    if key in estate.link:
        ends = estate.link[key].ends
        name = " ↔ ".join(f"{estate.device[end.device].name} {end.port}" for end in ends)
        found = {"kind": "link", "key": key, "name": name, "mgmt_address": None, "mac": None}
        return found | {"ends": [_end(estate, end) for end in ends]}
    if key in estate.device:
        device = estate.device[key]
        address = str(device.mgmt) if device.mgmt else None
        found = {"kind": "device", "key": key, "name": device.name, "mgmt_address": address, "mac": device.mac}
        return found | {"ends": None}
    name = estate.application[key].name
    return {"kind": "application", "key": key, "name": name, "mgmt_address": None, "mac": None, "ends": None}


def _end(estate: Estate, end: End) -> Json:
    mgmt = estate.device[end.device].mgmt
    return {"device": end.device, "mgmt_address": str(mgmt) if mgmt else None, "port": end.port}


def _remedy(estate: Estate, failure: Failure) -> Json | None:
    """What the incident must quote from the catalogue."""
    if failure.kind != "fault_code":
        return None
    model = estate.fault_model[estate.device[failure.target].model]
    code: FaultCode = next(code for code in model.codes if code.code == failure.code)
    return {"code": code.code, "document": model.document, "section": code.section}
