"""A company small enough to be worked out by hand.

::

    hub, broker, monitoring        site a                                              site b
            |
         core-1 ------ core-2      both also on dist-1, dist-2 and fw-a ---- WAN ---- fw-b -- dist-b -- acc-b -- srv-b
    dist-1 -- acc-1 (hv-1, srv-1, cooling-1)
    dist-1, dist-2 -- acc-2 (hv-2, ups-1, ups-2, pdu-1, pdu-2, ghost); srv-2 on acc-1 and acc-2

All network gear hangs on both PDUs, srv-1 on pdu-1 alone, srv-2 on both. cooling-1 cools srv-1.
Shop (tier 1) runs on srv-1; Desk (tier 2) on a VM of the cluster of hv-1 and hv-2, and is integrated with Shop;
Mill (tier 3) runs on srv-b; Vault (tier 4) on srv-2. Sales, at a, uses Shop and Desk; Plant, at b, uses Mill and Desk.
"""

from __future__ import annotations

from typing import Any

from examples.estate.hardware import FAULT_CATALOGUE
from examples.estate.model import (
    Address,
    Application,
    Cluster,
    Department,
    Device,
    End,
    Estate,
    Iot,
    Link,
    Offering,
    Person,
    Port,
    Room,
    Scenes,
    SeenBy,
    Service,
    Site,
    Team,
    VirtualMachine,
)

BOTH = ("pdu-1", "pdu-2")
_CABLES = (
    ("core-1", "core-2"),
    *((core, other) for other in ("dist-1", "dist-2", "fw-a") for core in ("core-1", "core-2")),
    ("fw-a", "fw-b"), ("fw-b", "dist-b"), ("dist-b", "acc-b"), ("acc-b", "srv-b"),
    ("dist-1", "acc-1"), ("dist-1", "acc-2"), ("dist-2", "acc-2"),
    *(("acc-1", machine) for machine in ("hv-1", "srv-1", "srv-2", "cooling-1")),
    *(("acc-2", machine) for machine in ("hv-2", "srv-2", "ups-1", "ups-2", "pdu-1", "pdu-2", "ghost")),
    *(("core-1", stage) for stage in ("hub", "broker", "monitoring")),
)  # fmt: skip


def _devices() -> list[dict[str, Any]]:
    net: dict[str, Any] = {"owner_team": "network", "feeds": BOTH}
    far: dict[str, Any] = {"owner_team": "network", "site": "b"}
    machine: dict[str, Any] = {"owner_team": "servers", "pinged": True}
    power: dict[str, Any] = {"owner_team": "servers"}
    iot = Iot(mqtt_id="cool-1", report_interval_s=30)
    return [
        {"key": "core-1", "cls": "Switch", "anchor": True, **net},
        {"key": "core-2", "cls": "Switch", "anchor": True, **net},
        *({"key": key, "cls": "Switch", **net} for key in ("dist-1", "dist-2", "acc-1", "acc-2")),
        {"key": "fw-a", "cls": "Firewall", **net},
        {"key": "fw-b", "cls": "Firewall", "anchor": True, **far},
        {"key": "dist-b", "cls": "Switch", **far},
        {"key": "acc-b", "cls": "Switch", **far},
        {"key": "srv-1", "cls": "Server", "feeds": ("pdu-1",), "cooled_by": ("cooling-1",), **machine},
        {"key": "srv-2", "cls": "Server", "feeds": BOTH, **machine},
        {"key": "srv-b", "cls": "Server", "site": "b", **machine},
        {"key": "hv-1", "cls": "Hypervisor", **machine},
        {"key": "hv-2", "cls": "Hypervisor", **machine},
        {"key": "ups-1", "cls": "Ups", **power},
        {"key": "ups-2", "cls": "Ups", **power},
        {"key": "pdu-1", "cls": "Pdu", "feeds": ("ups-1",), **power},
        {"key": "pdu-2", "cls": "Pdu", "feeds": ("ups-2",), **power},
        {"key": "cooling-1", "cls": "CoolingUnit", "iot": iot, "model": "Coolmaster CX-40", "mgmt": None, **power},
        {"key": "ghost", "cls": "NetworkDevice", "role": "ghost", "mgmt": None},
        *({"key": key, "cls": "Server", "role": key, "mgmt": None} for key in ("hub", "broker", "monitoring")),
    ]


def small_estate() -> Estate:
    """The company of this module's picture."""
    ports: dict[str, list[Port]] = {}
    links = [_cable(ports, a, b) for a, b in _CABLES]
    devices = [_device(number, tuple(ports[spec["key"]]), **spec) for number, spec in enumerate(_devices())]
    return Estate(
        seed=0,
        size=0,
        block=77,
        domain="small.example",
        sites=(Site(key="a", name="A"), Site(key="b", name="B")),
        rooms=(Room(key="room", name="Room", site="a", kind="server"),),
        devices=tuple(devices),
        links=tuple(links),
        clusters=(Cluster(key="cluster", name="Cluster", members=("hv-1", "hv-2"), k=1),),
        vms=(VirtualMachine(key="vm-1", name="vm-1", fqdn="vm-1.small.example", cluster="cluster"),),
        applications=_applications(),
        services=_services(),
        offerings=tuple(Offering(key=f"use-{s.key}", name=s.name, service=s.key) for s in _services()),
        departments=(
            Department(key="sales", name="Sales", site="a", head="s0", uses=("use-shop", "use-desk")),
            Department(key="plant", name="Plant", site="b", head="p0", uses=("use-mill", "use-desk")),
        ),
        people=tuple(_person(f"s{n}", "sales") for n in range(2)) + tuple(_person(f"p{n}", "plant") for n in range(8)),
        teams=(
            Team(key="network", name="Network", members=("p1",), on_call=("p1",)),
            Team(key="servers", name="Servers", members=("p2",), on_call=("p2",)),
            Team(key="desk", name="Service Desk", members=("p3",), on_call=("p3",), default=True),
        ),
        fault_catalogue=FAULT_CATALOGUE,
        scenes=Scenes(
            crm_server="srv-1", cooling_unit="cooling-1", cooling_code="E4", core="core-2", access_switch="acc-1",
            disk_host="srv-b",
        ),
        hub="hub",
        broker="broker",
        monitoring="monitoring",
    )  # fmt: skip


def _cable(ports: dict[str, list[Port]], a: str, b: str) -> Link:
    seen_by: SeenBy = "imported" if "hub" in (a, b) else "lldp"
    return Link(key=f"{a}={b}", a=_plug(ports, a), b=_plug(ports, b), seen_by=seen_by)


def _plug(ports: dict[str, list[Port]], device: str) -> End:
    own = ports.setdefault(device, [])
    own.append(Port(if_index=len(own) + 1, if_name=f"{len(own) + 1}", mac="", speed_mbps=1000))
    return End(device=device, port=own[-1].if_name)


def _device(number: int, ports: tuple[Port, ...], **spec: Any) -> Device:
    usual: dict[str, Any] = {
        "role": spec["cls"].lower(),
        "name": spec["key"],
        "site": "a",
        "room": "room",
        "vendor": "Acme",
        "model": "X",
        "serial": spec["key"],
        "sys_name": spec["key"],
        "sys_descr": "",
        "sys_object_id": "",
        "fqdn": None,
        "ip": f"127.77.1.{number + 1}",
        "mgmt": Address(host=f"127.77.1.{number + 1}", port=16100),
        "mac": f"02:00:00:00:00:{number:02x}",
        "ports": ports,
    }
    return Device(**usual | spec)


def _applications() -> tuple[Application, ...]:
    def application(key: str, host: str, *needs: str, **more: Any) -> Application:
        usual: dict[str, Any] = {"cls": "Application", "probed": True, "owner_team": "servers"}
        return Application(key=key, name=key, runs_on=(host,), k=1, depends_on=needs, **usual | more)

    return (
        application("desk-db", "vm-1", cls="Database", probed=False, watched=True),
        application("shop-app", "srv-1"),
        application("desk-app", "vm-1", "desk-db"),
        application("mill-app", "srv-b", owner_team=None),
        application("vault-app", "srv-2", probed=False),
    )


def _services() -> tuple[Service, ...]:
    return (
        Service(key="shop", name="Shop", tier=1, depends_on=("shop-app",), integrates_with=(), owner="s1"),
        Service(key="desk", name="Desk", tier=2, depends_on=("desk-app",), integrates_with=("shop",), owner="p4"),
        Service(key="mill", name="Mill", tier=3, depends_on=("mill-app",), integrates_with=(), owner="p4"),
        Service(key="vault", name="Vault", tier=4, depends_on=("vault-app",), integrates_with=(), owner="p5"),
    )


def _person(key: str, department: str) -> Person:
    return Person(key=key, name=key, email=f"{key}@small.example", language="en", department=department)
