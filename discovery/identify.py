"""Who a device is: its key, class, name, attributes and claims, from what its agent said.

The key is the first of these that no other device of the run shares: chassis or bridge MAC, serial number, engine id,
management address. So a second run gives the same keys, and cloned or placeholder values give none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from cmdb.catalogue import Catalogue
from cmdb.model import Claim, Value
from discovery.device import Device
from discovery.knowledge import Knowledge, Product
from discovery.mib.entity import chassis
from discovery.mib.interfaces import ETHERNET_TYPES
from discovery.mib.lldp import Capability

_UNSURE = ("", "NetworkDevice")
_LAYER_2, _LAYER_3, _LAYER_7 = 0x02, 0x04, 0x40  # sysServices, RFC 3418
_SWITCH_PORTS = 4  # a host that bridges for its virtual machines has fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One device with what identifies it; ``claims`` in order of strength."""

    key: str
    cls: str
    name: str
    attributes: Mapping[str, Value]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A device and what was worked out for it alone, before it is compared with the others."""

    device: Device
    product: Product
    vendor: str
    model: str
    serial: str
    claims: tuple[Claim, ...]
    keys: tuple[str, ...]


def identify(devices: Sequence[Device], knowledge: Knowledge, catalogue: Catalogue) -> dict[Device, Identity]:
    """Identify all devices of a run, each against the others: a value that two of them have identifies neither."""
    drafts = [_draft(device, knowledge, catalogue) for device in devices]
    shared_keys = _shared(draft.keys for draft in drafts)
    shared_claims = _shared(draft.claims for draft in drafts)
    return {
        draft.device: Identity(
            key=next(key for key in draft.keys if key not in shared_keys),
            cls=_class_of(draft, knowledge),
            name=draft.device.system.name or draft.device.mgmt_address,
            attributes=_attributes(draft),
            claims=tuple(claim for claim in draft.claims if claim not in shared_claims),
        )
        for draft in drafts
    }


def without_doubles(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Each device once, at its lowest address, however many of its addresses answered.

    Two answers are one device when everything that identifies it agrees and there is a MAC or an engine id among it.
    """
    found: dict[tuple[object, ...], Device] = {}
    for device in sorted(devices, key=lambda one: (ip_address(one.host).packed, one.port)):
        marks = (device.system.engine_id, device.macs)
        same = (device.system.name, device.system.object_id, *marks) if any(marks) else (device.mgmt_address,)
        found.setdefault(same, device)
    return tuple(found.values())


def _shared(groups: Iterable[Iterable[object]]) -> set[object]:
    counted = Counter(value for group in groups for value in dict.fromkeys(group))
    return {value for value, times in counted.items() if times > 1}


def _draft(device: Device, knowledge: Knowledge, catalogue: Catalogue) -> _Draft:
    product = knowledge.product(device.system.object_id, device.system.descr)
    box = chassis(device.parts)
    maker = (box.maker if box else "") or (device.ups.maker if device.ups else "")
    vendor = maker or product.vendor
    serials = [
        claim
        for name in dict.fromkeys((vendor, product.vendor or vendor))
        if box and box.serial and (claim := catalogue.normal(Claim(kind="serial", value=f"{name}|{box.serial}")))
    ]
    serial = box.serial if box and serials else ""
    chassis_macs = [mac for mac in dict.fromkeys((device.chassis_mac, device.bridge.mac)) if mac]
    claims = (*serials, *_claims(device, chassis_macs, knowledge, catalogue))
    return _Draft(
        device=device,
        product=product,
        vendor=vendor,
        model=(box.model if box else "") or (device.ups.model if device.ups else ""),
        serial=serial,
        claims=tuple(dict.fromkeys(claims)),
        keys=(
            *(f"mac:{mac}" for mac in chassis_macs[:1]),
            *(f"serial:{claim.value}" for claim in serials[:1]),
            *([f"engine:{device.system.engine_id}"] if device.system.engine_id else []),
            f"mgmt:{device.mgmt_address}",
        ),
    )


def _claims(device: Device, chassis_macs: Sequence[str], knowledge: Knowledge, catalogue: Catalogue) -> list[Claim]:
    """All but the serial number, in order of strength, in the catalogue's spelling, without junk."""
    raw = [("engine_id", device.system.engine_id)]
    raw += [("bridge_mac", mac) for mac in chassis_macs]
    raw += [("mac", mac) for mac in dict.fromkeys((*chassis_macs, *interface_macs(device, knowledge)))]
    raw += [("fqdn", device.system.name), ("mgmt_address", device.mgmt_address)]
    raw += [("address", address) for address in _telling_addresses(device)]
    normal = (catalogue.normal(Claim(kind=kind, value=value)) for kind, value in raw if value)
    return [claim for claim in normal if claim is not None]


def interface_macs(device: Device, knowledge: Knowledge) -> list[str]:
    """MACs of its Ethernet interfaces that are its alone, lowest ifIndex first."""
    return [
        interface.mac
        for interface in device.interfaces
        if interface.mac and interface.type in (None, *ETHERNET_TYPES) and not knowledge.is_unspecific(interface.mac)
    ]


def _telling_addresses(device: Device) -> list[str]:
    """Own addresses that tell it from others: boxes number inner ports with 127.x, unless they are managed there."""
    managed_there = ip_address(device.host).is_loopback
    return sorted(address for address in device.own_addresses if managed_there or not ip_address(address).is_loopback)


def _class_of(draft: _Draft, knowledge: Knowledge) -> str:
    """The class: by what is registered, else by the UPS-MIB, else by what it does. In doubt the more general one."""
    device, product = draft.device, draft.product
    if device.ups is not None and product.cls in ("", "NetworkDevice", "Hardware", "PowerDevice"):
        return "Ups"
    if product.cls not in _UNSURE:
        return product.cls
    if product.cls == "NetworkDevice":
        return _network_class(device)
    if product.os:
        return _host_class(draft, knowledge)
    behaves = _network_class(device)
    return "Hardware" if behaves == "NetworkDevice" and not _forwards(device) else behaves


def _network_class(device: Device) -> str:
    """Switch or router, by its LLDP capabilities, else by its bridge ports."""
    announced = device.lldp.capabilities
    if Capability.BRIDGE in announced and Capability.ROUTER not in announced:
        return "Switch" if Capability.WLAN_ACCESS_POINT not in announced else "NetworkDevice"
    if Capability.ROUTER in announced and Capability.BRIDGE not in announced:
        return "Router"
    if not announced and len(device.bridge.ports) >= _SWITCH_PORTS:
        return "Switch"
    return "NetworkDevice"


def _forwards(device: Device) -> bool:
    """Whether it says that it passes on what is not meant for it, and does not say that it is a host."""
    services = device.system.services or 0
    announced = device.lldp.capabilities & {Capability.BRIDGE, Capability.ROUTER}
    return bool(announced) or (bool(services & (_LAYER_2 | _LAYER_3)) and not services & _LAYER_7)


def _host_class(draft: _Draft, knowledge: Knowledge) -> str:
    """A general-purpose system: a server if it tells of the box it runs in, else just something that computes.

    What has made-up MACs only is a virtual machine, which a general class leaves open; so is a system that bridges
    like a switch, one that its maker sells as something else, or one on a processor that servers do not have.
    """
    device = draft.device
    macs = interface_macs(device, knowledge)
    if len(device.bridge.ports) >= _SWITCH_PORTS or draft.product.vendor or not knowledge.is_host(device.system.descr):
        return "Hardware"
    if macs and all(knowledge.is_virtual(mac) for mac in macs):
        return "Hardware"
    box = chassis(device.parts)
    return "Server" if box is not None and (box.maker or box.serial) else "ComputeHost"


def _attributes(draft: _Draft) -> dict[str, Value]:
    """What is worth keeping and does not change by itself. Empty values are left out."""
    device = draft.device
    macs: list[Value] = [*sorted(device.macs)]
    addresses: list[Value] = [*sorted(device.own_addresses)]
    own: dict[str, Value] = {
        "mgmt_address": device.mgmt_address,
        "sys_name": device.system.name,
        "sys_descr": device.system.descr,
        "sys_object_id": device.system.object_id,
        "sys_location": device.system.location,
        "engine_id": device.system.engine_id,
        "serial": draft.serial,
        "vendor": draft.vendor,
        "model": draft.model,
        "mac": device.chassis_mac or device.bridge.mac or (macs[0] if macs else ""),
        "chassis_id": device.lldp.chassis.value,
        "chassis_subtype": device.lldp.chassis.kind.name.lower() if device.lldp.chassis else "",
        "macs": macs,
        "addresses": addresses,
    }
    return {name: value for name, value in own.items() if value}
