"""What earlier runs saw and this one does not: silence deletes nothing.

A device that is switched off, a cut cable and a MAC that a switch has forgotten after its five minutes look alike: they
are not seen. What was known stays until it has not been seen for `KEEP_UNSEEN`, unless this run contradicts it: a
device that was read whole has no such port any more, or the port has another neighbour now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cmdb.model import Observation, ObservedRelation, Value
from discovery.device import Device
from discovery.topology import Stranger, Topology

KEEP_UNSEEN = timedelta(days=7)
_PARTS = ("Port", "Link")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A device that answered an earlier run and did not answer this one, or not wholly."""

    keys: frozenset[str]
    macs: frozenset[str]
    addresses: frozenset[str]
    chassis: frozenset[tuple[str, str]]

    def is_meant(self, stranger: Stranger) -> bool:
        """Whether what others tell of is this device."""
        return (
            stranger.key in self.keys
            or not self.macs.isdisjoint(stranger.macs)
            or not self.addresses.isdisjoint(stranger.addresses)
            or (stranger.chassis_subtype, stranger.chassis_id) in self.chassis
        )


def worth_taking(devices: Iterable[Device], known: Iterable[Observation]) -> tuple[Device, ...]:
    """The devices without those that were read in part only and of which more is known already."""
    addresses = {seen.attributes.get("mgmt_address") for seen in known}
    return tuple(device for device in devices if not device.gaps or device.mgmt_address not in addresses)


def lost_of(known: Iterable[Observation], present: Iterable[Device]) -> Lost:
    """The devices known to answer that are not among those present."""
    answered = {device.mgmt_address for device in present}
    lost = [seen for seen in known if (at := seen.attributes.get("mgmt_address")) and at not in answered]
    return Lost(
        keys=frozenset(seen.native_key for seen in lost),
        macs=frozenset(mac for seen in lost for mac in _texts(seen.attributes.get("macs"))),
        addresses=frozenset(address for seen in lost for address in _texts(seen.attributes.get("addresses"))),
        chassis=frozenset(
            (str(seen.attributes.get("chassis_subtype", "")), str(chassis_id))
            for seen in lost
            if (chassis_id := seen.attributes.get("chassis_id"))
        ),
    )


def without_lost(topology: Topology, lost: Lost) -> Topology:
    """The topology without what neighbours still tell of lost devices: of those, more is known than that."""
    dropped = {stranger.key for stranger in topology.strangers if lost.is_meant(stranger)}
    return Topology(
        wires=tuple(one for one in topology.wires if dropped.isdisjoint(end.device for end in one.ends)),
        strangers=tuple(stranger for stranger in topology.strangers if stranger.key not in dropped),
        doubts=topology.doubts,
    )


def with_unseen(
    new: Sequence[Observation], known: Iterable[Observation], at: datetime, *, keep: timedelta = KEEP_UNSEEN
) -> tuple[Observation, ...]:
    """What this run saw, and what stays of earlier runs beside it, as it was observed then."""
    held = {seen.native_key: seen for seen in new}
    read_whole = {seen.native_key for seen in new if "mgmt_address" in seen.attributes}
    wired = {port for seen in new if seen.cls == "Link" for port in _targets(seen, "ENDS_AT")}
    old = [seen for seen in known if seen.native_key not in held and at - seen.observed_at <= keep]
    moved = _moved(old, wired)
    for seen in old:
        if seen.cls not in _PARTS and seen.native_key not in moved:
            held[seen.native_key] = seen
    for seen in old:
        owners = set(_targets(seen, "PORT_OF"))
        if seen.cls == "Port" and owners <= held.keys() and owners.isdisjoint(read_whole):
            held[seen.native_key] = _with_relations(seen, [one for one in seen.relations if one.type == "PORT_OF"])
    for seen in old:
        ends = _targets(seen, "ENDS_AT")
        if seen.cls == "Link" and wired.isdisjoint(ends) and held.keys() >= set(ends):
            held[seen.native_key] = seen
            near, far = held[ends[0]], ends[1]
            joined = ObservedRelation(type="CONNECTS_TO", to=far, attributes={"link": seen.native_key})
            held[near.native_key] = _with_relations(near, [*near.relations, joined])
    return tuple(held.values())


def _moved(old: Iterable[Observation], wired: set[str]) -> set[str]:
    """Devices known from others alone, at all of whose former places something else is plugged in now."""
    owners = {seen.native_key: owner for seen in old for owner in _targets(seen, "PORT_OF")}
    places: dict[str, list[bool]] = {}
    for seen in old:
        ends = _targets(seen, "ENDS_AT")
        for port in ends:
            places.setdefault(owners.get(port, ""), []).append(not wired.isdisjoint(ends))
    strangers = {seen.native_key for seen in old if seen.cls not in _PARTS and "mgmt_address" not in seen.attributes}
    return {key for key in strangers if places.get(key) and all(places[key])}


def _with_relations(seen: Observation, relations: Sequence[ObservedRelation]) -> Observation:
    return replace(seen, relations=tuple(relations))


def _targets(seen: Observation, relation: str) -> tuple[str, ...]:
    return tuple(one.to for one in seen.relations if one.type == relation)


def _texts(value: Value | None) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
