"""What a company hands to its hub: the service model, where it may ask and with what, and the fault codes.

``model.yaml`` holds what neither SNMP nor MQTT shows, and of devices that they do show who owns, feeds and cools them;
devices are named as a company would: by serial number, MAC, host name or management address.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from examples.estate.model import Application, Credential, Device, Estate, FaultCode
from examples.estate.names import PLACEHOLDER_SERIALS
from examples.estate.rules import Need, needs_of
from examples.estate.truth import truth

Json = dict[str, Any]
SOURCE = "cmdb-export"

# In which group a redundant need stands, by relation.
_GROUPS = {"POWERED_BY": "power", "HAS_MEMBER": "members", "RUNS_ON": "hosts"}


def write_all(estate: Estate, folder: Path) -> None:
    """Write ``model.yaml``, ``access.json``, ``fault-codes.yaml`` and ``truth.json`` into an existing folder."""
    (folder / "model.yaml").write_text(_yaml(model_file(estate)), encoding="utf-8")
    (folder / "access.json").write_text(json.dumps(access_file(estate), indent=1), encoding="utf-8")
    (folder / "fault-codes.yaml").write_text(_yaml(fault_code_file(estate)), encoding="utf-8")
    (folder / "truth.json").write_text(json.dumps(truth(estate), ensure_ascii=False), encoding="utf-8")


class _Dumper(yaml.SafeDumper):
    """Plain YAML: no anchors and aliases, which readers of foreign files refuse."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _yaml(content: Json) -> str:
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


# -- the service model -----------------------------------------------------------------------------------------------


def model_file(estate: Estate) -> Json:
    """The content of ``model.yaml``."""
    return {
        "faultpath_model": 1,
        "source": SOURCE,
        "cis": [_without_empty(ci) for ci in _cis(estate)],
        "relations": list(_relations(estate)),
        "links": [_link(link.a.device, link.a.port, link.b.device, link.b.port) for link in _unseen_links(estate)],
    }


def _without_empty(ci: Json) -> Json:
    return {name: value for name, value in ci.items() if value not in ({}, None)}


def _ci(key: str, cls: str, name: str, **attributes: Any) -> Json:
    return {"key": key, "class": cls, "name": name, "attributes": attributes}


def _exported(estate: Estate) -> list[Device]:
    """All but the ghost, of which nobody knows."""
    return [device for device in estate.devices if device.role != "ghost"]


def _cis(estate: Estate) -> Iterator[Json]:
    needs = needs_of(estate)
    yield from (_ci(site.key, "Site", site.name) for site in estate.sites)
    yield from (_ci(room.key, "Room", room.name) for room in estate.rooms)
    yield from (_device(estate, device, needs[device.key]) for device in _exported(estate))
    yield from (_ci(c.key, "Cluster", c.name, **_requirements(needs[c.key])) for c in estate.clusters)
    for vm in estate.vms:
        yield {**_ci(vm.key, "VirtualMachine", vm.name), "identity": {"fqdn": vm.fqdn}}
    yield from (_ci(a.key, a.cls, a.name, **_requirements(needs[a.key])) for a in estate.applications)
    yield from (_ci(s.key, "BusinessService", s.name, tier=s.tier, hours="24x7") for s in estate.services)
    yield from (_ci(o.key, "Offering", o.name) for o in estate.offerings)
    yield from (_ci(d.key, "Department", d.name) for d in estate.departments)
    for person in estate.people:
        vip = {"vip": True} if person.vip else {}
        yield _ci(person.key, "Person", person.name, email=person.email, language=person.language, **vip)
    for team in estate.teams:
        default = {"default_team": True} if team.default else {}
        yield _ci(team.key, "Team", team.name, **default)


def _device(estate: Estate, device: Device, needs: tuple[Need, ...]) -> Json:
    site = next(site.name for site in estate.sites if site.key == device.site)
    attributes: Json = {"site": site, **_requirements(needs)}
    if device.anchor:
        attributes["anchor"] = True
    if device.iot:
        attributes |= {
            "vendor": device.vendor,
            "model": device.model,
            "report_interval_s": device.iot.report_interval_s,
        }
    return {**_ci(device.key, device.cls, device.name, **attributes), "identity": identity(device)}


def identity(device: Device) -> Json:
    """By what a company knows a device: its list of hosts, of network addresses, or the label on the box."""
    if device.iot:
        return {"mac": device.mac, "mqtt_id": device.iot.mqtt_id}
    if not device.mgmt:
        return {"mac": device.mac}
    serial = {} if device.serial in PLACEHOLDER_SERIALS else {"serial": f"{device.vendor}|{device.serial}"}
    if device.fqdn:
        return {**serial, "fqdn": device.fqdn} if device.role == "hypervisor" else {"fqdn": device.fqdn}
    if device.forwards:
        return {"mgmt_address": str(device.mgmt)}
    return {"mac": device.ports[0].mac} if device.role == "ups" else serial


def _requirements(needs: tuple[Need, ...]) -> Json:
    groups = {_GROUPS[need.relation]: {"rule": "k_of_n", "k": need.k} for need in needs if len(need.providers) > 1}
    return {"requirements": groups} if groups else {}


def _relation(from_: str, type_: str, to: str, **attributes: Any) -> Json:
    return {"from": from_, "type": type_, "to": to, **attributes}


def _relations(estate: Estate) -> Iterator[Json]:
    yield from _needed(estate)
    yield from _places(estate)
    yield from _people(estate)
    yield from _owners(estate)


def _needed(estate: Estate) -> Iterator[Json]:
    for key, needs in needs_of(estate).items():
        for need in needs:
            group = {"group": _GROUPS[need.relation]} if len(need.providers) > 1 else {}
            yield from (_relation(key, need.relation, provider, **group) for provider in need.providers)
    yield from (_relation(o.key, "PART_OF", o.service) for o in estate.offerings)


def _places(estate: Estate) -> Iterator[Json]:
    yield from (_relation(room.key, "LOCATED_IN", room.site) for room in estate.rooms)
    yield from (_relation(device.key, "LOCATED_IN", device.room) for device in _exported(estate))
    yield from (_relation(d.key, "LOCATED_IN", d.site) for d in estate.departments)


def _people(estate: Estate) -> Iterator[Json]:
    for department in estate.departments:
        yield from (_relation(department.key, "USES", offering) for offering in department.uses)
        yield _relation(department.head, "HEAD_OF", department.key)
    for person in estate.people:
        yield _relation(person.key, "MEMBER_OF", person.department)
        yield from (_relation(person.key, "USES", offering) for offering in person.uses)
    for team in estate.teams:
        yield from (_relation(person, "MEMBER_OF", team.key) for person in team.members)
        yield from (_relation(person, "ON_CALL_FOR", team.key) for person in team.on_call)


def _owners(estate: Estate) -> Iterator[Json]:
    owned: list[Device | Application] = [*_exported(estate), *estate.applications]
    yield from (_relation(thing.owner_team, "OWNS", thing.key) for thing in owned if thing.owner_team)
    yield from (_relation(service.owner, "OWNS", service.key) for service in estate.services)


def _unseen_links(estate: Estate) -> Iterator[Any]:
    return (link for link in estate.links if link.seen_by == "imported")


def _link(a: str, a_port: str, b: str, b_port: str) -> Json:
    return {"a": {"ci": a, "port": a_port}, "b": {"ci": b, "port": b_port}}


# -- where one may ask, and with what --------------------------------------------------------------------------------


def access_file(estate: Estate) -> Json:
    """The content of ``access.json``: credentials by name, and the ranges in which they may be tried."""
    names: dict[Credential, str] = {}
    for device in estate.devices:
        if device.credential:
            names.setdefault(device.credential, f"{_kind(device.credential)}-{len(names) + 1}")
    return {
        "credentials": [_credential(name, credential) for credential, name in names.items()],
        "ranges": list(_ranges(estate, names)),
    }


def _kind(credential: Credential) -> str:
    return "v2c" if hasattr(credential, "community") else "v3"


def _credential(name: str, credential: Credential) -> Json:
    if hasattr(credential, "community"):
        return {"name": name, "kind": "v2c", "community": credential.community}
    return {
        "name": name,
        "kind": "v3",
        "user": credential.user,
        "auth": "SHA",
        "auth_secret": credential.auth_password,
        "priv": "AES",
        "priv_secret": credential.priv_password,
    }


def _ranges(estate: Estate, names: dict[Credential, str]) -> Iterator[Json]:
    """The smallest networks that hold the agents of each third octet, or the ports on the one address."""
    groups: dict[str, list[Device]] = {}
    for device in estate.devices:
        if device.mgmt:
            groups.setdefault(device.mgmt.host.rsplit(".", 1)[0], []).append(device)
    for devices in groups.values():
        credentials = list(dict.fromkeys(names[d.credential] for d in devices if d.credential))
        yield {"range": _range(devices), "credentials": credentials, "allow_v2c": True}


def _range(devices: list[Device]) -> str:
    hosts = sorted({ipaddress.IPv4Address(d.mgmt.host) for d in devices if d.mgmt})
    ports = [d.mgmt.port for d in devices if d.mgmt]
    if len(hosts) == 1:
        return f"{hosts[0]}:{min(ports)}-{max(ports)}"
    network = ipaddress.IPv4Network((hosts[0], 32))
    while hosts[-1] not in network:
        network = network.supernet()
    return f"{network}:{ports[0]}"


# -- fault codes -----------------------------------------------------------------------------------------------------


def fault_code_file(estate: Estate) -> Json:
    """The content of ``fault-codes.yaml``."""
    models = [
        {"model": model.model, "document": model.document, "codes": [_code(code) for code in model.codes]}
        for model in estate.fault_catalogue
    ]
    return {"faultpath_fault_codes": 1, "models": models}


def _code(code: FaultCode) -> Json:
    return {
        "code": code.code,
        "severity": code.severity,
        "effect": code.effect,
        "section": code.section,
        "meaning": dict(code.meaning),
        "remedy": dict(code.remedy),
    }
