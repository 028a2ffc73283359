"""Whom a run knows of and could not read, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from discovery.device import Device
from discovery.ranges import Place, places_of, printed
from discovery.sweep import NoEntry, Plan
from discovery.topology import Topology
from impact.model import Arg, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Somebody of whom we know and whom we could not read. ``name`` is what others call it, or "".

    Codes of ``reason``: timeout, refused, agent_error, no_credential, outside_ranges, no_address, and partly_read
    with the tables that are missing.
    """

    address: str
    name: str
    reason: Reason


def unreached_of(
    plan: Plan, devices: Iterable[Device], topology: Topology, failed: dict[Place, NoEntry]
) -> tuple[Unreached, ...]:
    """Everybody of whom something is known and who could not be read, with the reason."""
    rows: dict[str, Unreached] = {}
    for place, answer in sorted(failed.items()):
        address = printed(place)
        expected = address in plan.remembered or any(
            one.names_one_place and place in one.places() for one in plan.ranges
        )
        if answer.why != "timeout" or expected:
            rows[address] = Unreached(address=address, name="", reason=Reason(code=answer.why))
    for stranger in topology.strangers:
        if stranger.seen_by == "lldp":
            one = _why_stranger(plan, stranger.name or stranger.chassis_id, stranger.addresses, failed)
            rows[one.address or stranger.key] = one
    for device in devices:
        if device.gaps:
            args: dict[str, Arg] = {"tables": tuple(gap.table for gap in device.gaps), "why": device.gaps[0].why}
            name = device.system.name
            reason = Reason(code="partly_read", args=args)
            rows[device.mgmt_address] = Unreached(address=device.mgmt_address, name=name, reason=reason)
    return tuple(rows[key] for key in sorted(rows))


def _why_stranger(plan: Plan, name: str, addresses: Iterable[str], failed: dict[Place, NoEntry]) -> Unreached:
    """Why a neighbour that others announce was not read."""
    outside = ""
    for address in addresses:
        places = places_of(plan.ranges, address)
        for place in places:
            if place in failed:
                return Unreached(address=printed(place), name=name, reason=Reason(code=failed[place].why))
        outside = outside or ("" if places else address)
    if outside:
        return Unreached(address=outside, name=name, reason=Reason(code="outside_ranges"))
    return Unreached(address="", name=name, reason=Reason(code="no_address"))
