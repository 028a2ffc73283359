"""The simulated company as plain data: what is there, how it is wired, how it can be seen, who needs it.

One frozen tree, :class:`Estate`, is drawn from a seed by ``generate.py``. It only says what *is*; what fails when
something breaks is in ``physics.py``, what a hub must conclude from it in ``rules.py``.

Everything has a ``key``, unique in the estate and stable for a seed and a size. References are keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

SeenBy = Literal["lldp", "bridge", "imported"]
Language = Literal["en", "zh"]

NETWORK_CLASSES = frozenset({"Switch", "Router", "Firewall", "NetworkDevice"})
"""Only these forward what is not meant for themselves."""

IOT_CLASSES = frozenset({"CoolingUnit", "ColdChainSensor", "DoorController", "LinePlc"})

# LldpChassisIdSubtype and LldpPortIdSubtype, LLDP-MIB (IEEE 802.1AB)
CHASSIS_MAC = 4
CHASSIS_NETWORK_ADDRESS = 5  # one byte of address family (1 = IPv4), then the address
CHASSIS_LOCAL = 7
PORT_MAC = 3
PORT_IF_NAME = 5
PORT_LOCAL = 7  # the ifIndex as decimal text


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a device's SNMP agent listens (UDP), and from where it sends its traps."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityV2c:
    """SNMPv2c (RFC 3584)."""

    community: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserV3:
    """SNMPv3 USM user with authPriv: HMAC-SHA-96 (RFC 3414) and AES-128 in CFB mode (RFC 3826)."""

    user: str
    auth_password: str
    priv_password: str


Credential = CommunityV2c | UserV3


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """An Ethernet interface. ``mac`` is lower case with colons."""

    if_index: int
    if_name: str
    mac: str
    speed_mbps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lldp:
    """How a device names itself in LLDP. ``chassis_id`` holds the octets of LLDP-MIB::lldpLocChassisId.

    ``port_subtype`` says how it names its ports: the port's MAC, its ifName or its ifIndex as text.
    """

    chassis_subtype: int
    chassis_id: bytes
    port_subtype: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Iot:
    """What an MQTT device is to its broker. Its fault codes: :attr:`Estate.fault_catalogue`, by device model."""

    mqtt_id: str
    report_interval_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A box with a plug: network gear, servers, power, IoT, and the hub's own three machines.

    ``cls`` is its CI class, ``role`` its part in the estate (core, distribution, access, firewall, server, hypervisor,
    storage, ups, pdu, iot, ghost, hub, broker, monitoring).

    ``ip`` is the address that it reports of itself and that stands in ARP tables; ``mgmt`` is where its agent listens.
    They are the same host unless all agents share one address. ``mgmt`` is ``None`` where no agent answers.
    ``serial`` is what it reports, which may be a placeholder. ``sys_name`` need not be unique; ``name`` is.
    ``forwarding_table`` says in which MIB a switch shows its MAC table.
    """

    key: str
    cls: str
    role: str
    name: str
    site: str
    room: str
    vendor: str
    model: str
    serial: str
    sys_name: str
    sys_descr: str
    sys_object_id: str
    fqdn: str | None
    ip: str
    mgmt: Address | None
    mac: str  # chassis or bridge base address
    ports: tuple[Port, ...]
    credential: Credential | None = None
    engine_id: bytes = b""
    lldp: Lldp | None = None
    forwarding_table: Literal["", "dot1d", "q-bridge"] = ""
    arp_table: bool = False  # answers ipNetToMedia for the hosts of its site
    anchor: bool = False
    feeds: tuple[str, ...] = ()  # PDUs of a device, UPS of a PDU; one that lives is enough; none: mains never fails
    cooled_by: tuple[str, ...] = ()
    owner_team: str | None = None
    pinged: bool = False  # by the simulated monitoring
    iot: Iot | None = None

    @property
    def forwards(self) -> bool:
        return self.cls in NETWORK_CLASSES

    def port(self, if_name: str) -> Port:
        """Raises ``StopIteration`` if there is no such port."""
        return next(port for port in self.ports if port.if_name == if_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    device: str
    port: str  # if_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A cable and how it can be seen.

    ``lldp``: both ends name each other (of a ghost only ``a`` is asked). ``bridge``: the switch at ``a`` shows the MAC
    of ``b`` in its forwarding table. ``imported``: nothing shows it, the company's own file has it.
    """

    key: str
    a: End
    b: End
    seen_by: SeenBy

    @property
    def ends(self) -> tuple[End, End]:
        return (self.a, self.b)

    def other(self, device: str) -> End:
        """The end that is not at ``device``."""
        return self.b if self.a.device == device else self.a

    def at(self, device: str) -> End:
        """The end at ``device``."""
        return self.a if self.a.device == device else self.b


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    key: str
    name: str
    site: str
    kind: Literal["server", "plant", "office"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """``k`` of its hypervisors carry all of its virtual machines."""

    key: str
    name: str
    members: tuple[str, ...]
    k: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualMachine:
    key: str
    name: str
    fqdn: str
    cluster: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application or a database. It runs if ``k`` of its hosts (VMs or servers) run and all of ``depends_on`` do."""

    key: str
    cls: Literal["Application", "Database"]
    name: str
    runs_on: tuple[str, ...]
    k: int
    depends_on: tuple[str, ...]
    owner_team: str | None
    stored_on: tuple[str, ...] = ()  # storage arrays
    probed: bool = False  # by the simulated monitoring
    watched: bool = False  # an agent on its host reports its crash


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A business service: needs each of ``depends_on`` (applications, IoT devices), is limited without the others."""

    key: str
    name: str
    tier: int  # 1 mission critical … 4 administrative
    depends_on: tuple[str, ...]
    integrates_with: tuple[str, ...]
    owner: str  # a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    key: str
    name: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    key: str
    name: str
    site: str
    head: str
    uses: tuple[str, ...]  # offerings


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    key: str
    name: str
    email: str
    language: Language
    department: str
    vip: bool = False
    uses: tuple[str, ...] = ()  # offerings beyond those of the department


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    key: str
    name: str
    members: tuple[str, ...]
    on_call: tuple[str, ...]
    default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCode:
    """One fault code of one model, from its service manual. ``meaning`` and ``remedy`` by language."""

    code: str
    severity: Literal["warning", "minor", "major", "critical"]
    effect: Literal["at_risk", "degraded", "down"]
    section: str
    meaning: Mapping[Language, str]
    remedy: Mapping[Language, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultModel:
    """The fault codes of one device model and the document that they are taken from."""

    model: str
    document: str
    codes: tuple[FaultCode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """What the four scenes of the demo break. ``disk_host`` has nothing to do with scene 4's switch."""

    crm_server: str
    cooling_unit: str
    cooling_code: str
    core: str
    access_switch: str
    disk_host: str


@dataclass(frozen=True, kw_only=True)
class Estate:
    """The whole company. ``block``: its second octet, 127.<block>.y.z."""

    seed: int
    size: int
    block: int
    domain: str
    sites: tuple[Site, ...]
    rooms: tuple[Room, ...]
    devices: tuple[Device, ...]
    links: tuple[Link, ...]
    clusters: tuple[Cluster, ...]
    vms: tuple[VirtualMachine, ...]
    applications: tuple[Application, ...]
    services: tuple[Service, ...]
    offerings: tuple[Offering, ...]
    departments: tuple[Department, ...]
    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    fault_catalogue: tuple[FaultModel, ...]
    scenes: Scenes
    hub: str
    broker: str
    monitoring: str

    @cached_property
    def device(self) -> Mapping[str, Device]:
        """Devices by key."""
        return {device.key: device for device in self.devices}

    @cached_property
    def link(self) -> Mapping[str, Link]:
        """Links by key."""
        return {link.key: link for link in self.links}

    @cached_property
    def links_of(self) -> Mapping[str, tuple[Link, ...]]:
        """The links of each device, by its key, in the order of :attr:`links`."""
        found: dict[str, list[Link]] = {device.key: [] for device in self.devices}
        for link in self.links:
            for end in link.ends:
                found[end.device].append(link)
        return {key: tuple(links) for key, links in found.items()}

    @cached_property
    def vm(self) -> Mapping[str, VirtualMachine]:
        """Virtual machines by key."""
        return {vm.key: vm for vm in self.vms}

    @cached_property
    def cluster(self) -> Mapping[str, Cluster]:
        """Clusters by key."""
        return {cluster.key: cluster for cluster in self.clusters}

    @cached_property
    def application(self) -> Mapping[str, Application]:
        """Applications and databases by key."""
        return {application.key: application for application in self.applications}

    @cached_property
    def person(self) -> Mapping[str, Person]:
        """People by key."""
        return {person.key: person for person in self.people}

    @cached_property
    def department(self) -> Mapping[str, Department]:
        """Departments by key."""
        return {department.key: department for department in self.departments}

    @cached_property
    def service_of(self) -> Mapping[str, str]:
        """The service of each offering, both by key."""
        return {offering.key: offering.service for offering in self.offerings}

    @cached_property
    def services_used(self) -> Mapping[str, frozenset[str]]:
        """Services by person: those whose offerings the person uses, directly or through the department."""
        return {
            person.key: frozenset(
                self.service_of[offering] for offering in (*person.uses, *self.department[person.department].uses)
            )
            for person in self.people
        }

    @cached_property
    def site_of(self) -> Mapping[str, str]:
        """The site of each person, which is that of the department."""
        return {person.key: self.department[person.department].site for person in self.people}

    @cached_property
    def user_sites(self) -> Mapping[str, frozenset[str]]:
        """The sites of each service's users."""
        return {
            service.key: frozenset(
                self.site_of[person] for person, used in self.services_used.items() if service.key in used
            )
            for service in self.services
        }

    @cached_property
    def fault_model(self) -> Mapping[str, FaultModel]:
        """Fault catalogues by device model."""
        return {model.model: model for model in self.fault_catalogue}
