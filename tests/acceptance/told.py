"""The estate's signals as the engine gets them once everybody has been asked, without a network between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from cmdb.catalogue import Catalogue
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.model import Claim, Observation, ObservedRelation, ScopedClaim
from cmdb.reconcile import Reconciler
from discovery.importers.model_yaml import read_model
from examples.estate.export import identity, model_file
from examples.estate.model import Device, Estate, Link
from examples.estate.signals import Signals
from impact.assess import Assessor
from impact.graph import compile_graph
from impact.model import Complaint, ComplaintKind, DeviceSigns, Health, PortSign, Signs
from impact.vocabulary import vocabulary_of
from ledger.clock import SystemClock

CATALOGUE = Catalogue.load()
T0 = datetime(2026, 1, 1, tzinfo=UTC)
BEGAN, ASKED = T0 + timedelta(seconds=10), T0 + timedelta(seconds=14)


@dataclass
class Believed:
    """The hub's graph of an estate, and which CI each of its keys is. A port's key is ``device|if_name``."""

    estate: Estate
    assessor: Assessor
    ids: dict[str, str]
    keys: dict[str, str]


def believe(estate: Estate, folder: Path) -> Believed:
    """Import the company's file and take in what discovery would have seen."""
    store = SqliteGraphStore(folder / f"graph-{estate.seed}-{estate.size}.db")
    reconciler = Reconciler(store, CATALOGUE, SystemClock())
    text = yaml.safe_dump(model_file(estate), allow_unicode=True).encode()
    model = read_model(text, file="model.yaml", catalogue=CATALOGUE, observed_at=T0)
    assert not model.problems, [str(problem) for problem in model.problems]
    reconciler.submit(model.source, model.observations, complete=True, run_id="import")
    reconciler.submit("discovery:snmp", list(_seen(estate)), complete=True, run_id="discovery")
    imported, seen = (_keys(store, source) for source in (model.source, "discovery:snmp"))
    ids = imported | seen
    graph = compile_graph(store.snapshot(), vocabulary_of(CATALOGUE))
    store.close()
    return Believed(estate=estate, assessor=Assessor(graph), ids=ids, keys=_turned(imported) | _turned(seen))


def _keys(store: SqliteGraphStore, source: str) -> dict[str, str]:
    return {one.observation.native_key: one.ci_id for one in store.observations(source=source) if one.ci_id}


def _turned(ids: dict[str, str]) -> dict[str, str]:
    return {ci_id: key for key, ci_id in ids.items()}


def _seen(estate: Estate) -> Iterator[Observation]:
    for device in estate.devices:
        yield _observation(device.key, device.cls, device.name, claims=_claims(device))
    for link in estate.links:
        yield from _link(link)


def _claims(device: Device) -> tuple[Claim, ...]:
    kinds = {k: v for k, v in identity(device).items() if k in {"serial", "fqdn", "mac", "mgmt_address"}}
    found = [CATALOGUE.normal(Claim(kind=kind, value=value)) for kind, value in kinds.items()]
    return tuple(claim for claim in found if claim is not None)


def _link(link: Link) -> Iterator[Observation]:
    a, b = (f"{end.device}|{end.port}" for end in link.ends)
    for key, end, far in ((a, link.a, b), (b, link.b, a)):
        joins = [ObservedRelation(type="CONNECTS_TO", to=far, attributes={"link": link.key})] if key == a else []
        yield _observation(
            key, "Port", end.port, attributes={"if_name": end.port},
            scoped=(ScopedClaim(kind="port", refs=(end.device,), value=end.port),),
            relations=(ObservedRelation(type="PORT_OF", to=end.device), *joins),
        )  # fmt: skip
    yield _observation(
        link.key, "Link", link.key, scoped=(ScopedClaim(kind="link", refs=(a, b)),),
        relations=(ObservedRelation(type="ENDS_AT", to=a), ObservedRelation(type="ENDS_AT", to=b)),
    )  # fmt: skip


def _observation(
    key: str,
    cls: str,
    name: str,
    *,
    attributes: dict[str, str] | None = None,
    claims: tuple[Claim, ...] = (),
    scoped: tuple[ScopedClaim, ...] = (),
    relations: tuple[ObservedRelation, ...] = (),
) -> Observation:
    return Observation(
        source="discovery:snmp", native_key=key, cls=cls, name=name, observed_at=T0, attributes=attributes or {},
        claims=claims, scoped_claims=scoped, relations=relations,
    )  # fmt: skip


def complaints_of(believed: Believed, signals: Signals) -> list[Complaint]:
    """The active alerts that a state of the estate ends in."""
    estate, found = believed.estate, list[Complaint]()

    def add(
        key: str,
        kind: ComplaintKind,
        check: str,
        *,
        source: str = "snmp",
        severity: int = 4,
        effect: Health = Health.OK,
    ) -> None:
        found.append(
            Complaint(
                key=f"{source}/{check}@{key}",
                ci_id=believed.ids[key],
                kind=kind,
                effect=effect,
                severity=severity,
                since=BEGAN,
                source=source,
                check=check,
            )
        )

    for device in sorted(signals.silent):
        mqtt = estate.device[device].iot is not None
        add(device, ComplaintKind.NO_ANSWER, "silent", source="mqtt" if mqtt else "snmp")
    for device, link in sorted(signals.ports_down):
        if device not in signals.silent and estate.device[device].mgmt:
            port = f"{device}|{estate.link[link].at(device).port}"
            add(port, ComplaintKind.PORT_DOWN, "if-oper-status", severity=3)
    for device in sorted(signals.on_battery):
        add(device, ComplaintKind.FAULT, "ups-output", severity=3, effect=Health.AT_RISK)
    for device, code in signals.codes:
        severity = ("info", "warning", "minor", "major", "critical").index(code.severity)
        add(
            device, ComplaintKind.FAULT, code.code, source="mqtt", severity=severity, effect=Health[code.effect.upper()]
        )
    for post in signals.posted:
        asks = post.alertname in {"InstanceDown", "ServiceProbeFailed"}
        effect = Health.OK if asks else Health.DOWN if post.alertname == "ProcessDown" else Health.AT_RISK
        kind = ComplaintKind.NO_ANSWER if asks else ComplaintKind.FAULT
        add(post.about, kind, post.alertname, source="alertmanager:monitoring", effect=effect)
    return found


def signs_of(believed: Believed, signals: Signals) -> Signs:
    """What the hub's own questions find: who answers, who is silent, which ports read down."""
    estate, devices, ports = believed.estate, dict[str, DeviceSigns](), dict[str, PortSign]()
    for device in estate.devices:
        if not (device.mgmt or device.iot):
            continue
        asked = device.mgmt is not None
        if device.key in signals.silent:
            signs = DeviceSigns(
                pollable=asked, last_answer=T0, silent_since=BEGAN,
                last_failed_start=BEGAN + timedelta(seconds=1),
            )  # fmt: skip
        else:
            signs = DeviceSigns(pollable=asked, answering_since=T0, last_answer=ASKED)
        devices[believed.ids[device.key]] = signs
        if asked and device.key not in signals.silent:
            for link in estate.links_of[device.key]:
                port = believed.ids.get(f"{device.key}|{link.at(device.key).port}")
                if port is not None:
                    ports[port] = PortSign(up=(device.key, link.key) not in signals.ports_down, at=ASKED)
    return Signs(devices=devices, ports=ports)
