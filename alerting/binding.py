"""Which CI an event is about: the graph's identifying values as dictionaries, and the look-up with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from alerting.alert import Binding
from cmdb.model import CI, Snapshot, Value
from impact.model import Reason

# From what names exactly one thing for life to what people type.
STRENGTH = (
    "ci_id",
    "serial",
    "engine_id",
    "mac",
    "mqtt_id",
    "fqdn",
    "mgmt_address",
    "address",
    "broker",
    "name",
    "service",
    "hub",
)
_TEXT_ATTRIBUTES = ("serial", "engine_id", "mac", "mqtt_id", "fqdn", "mgmt_address")
_NAMELESS = frozenset({"Port", "Link"})  # every switch has a Gi1/0/1: their names identify nothing
_SERVICES = frozenset(
    {"Service", "ApplicationService", "BusinessService", "Offering", "Application", "Database", "MessageBroker"}
)
_LISTED = 10  # candidates named in a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttDevice:
    """A CI that reports over MQTT. ``report_interval_s`` is ``None`` where nothing is promised."""

    ci_id: str
    mqtt_id: str
    model: str | None
    report_interval_s: float | None


@dataclass(slots=True)
class GraphIndex:
    """The values by which the CIs of one graph revision are found. Build it with `of`.

    ``revision`` -1 is the empty index of a graph that is still loading: binding to it is *pending*, not unbound.
    """

    revision: int = -1
    classes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    by_hint: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    ports: Mapping[tuple[str, int], str] = field(default_factory=dict)
    linked_ports: frozenset[str] = frozenset()
    device_of_port: Mapping[str, str] = field(default_factory=dict)
    mqtt_devices: Mapping[str, MqttDevice] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> GraphIndex:
        """Index a snapshot; some 10 µs a CI."""
        by_hint: dict[str, dict[str, list[str]]] = {kind: {} for kind in STRENGTH}
        for ci in snapshot.cis:
            for kind, value in _identifying(ci):
                by_hint[kind].setdefault(value, []).append(ci.ci_id)
        device_of_port = {
            relation.from_id: relation.to_id for relation in snapshot.relations if relation.type == "PORT_OF"
        }
        linked = {
            end
            for relation in snapshot.relations
            if relation.type == "CONNECTS_TO"
            for end in (relation.from_id, relation.to_id)
        }
        return cls(
            revision=snapshot.revision,
            classes={ci.ci_id: ci.cls for ci in snapshot.cis},
            names={ci.ci_id: ci.name for ci in snapshot.cis},
            by_hint={
                kind: {value: tuple(dict.fromkeys(ids)) for value, ids in found.items()}
                for kind, found in by_hint.items()
            },
            ports=_ports(snapshot.cis, device_of_port),
            linked_ports=frozenset(linked),
            device_of_port=device_of_port,
            mqtt_devices=_mqtt_devices(snapshot.cis),
        )

    def find(self, kind: str, value: str) -> tuple[str, ...]:
        """The CIs that a hint of this kind names; several if it is not unique."""
        found = self.by_hint.get(kind, {})
        key = value.strip() if kind == "ci_id" else value.strip().casefold()
        exact = found.get(key, ())
        if exact or kind != "name":
            return exact
        return found.get(key.partition(".")[0], ())  # db1.example.org may stand in the graph as db1


def bind(hints: Mapping[str, str], index: GraphIndex) -> Binding:
    """Find the CI that the hints name. The strongest hint that finds something decides.

    If it finds several, weaker hints may narrow them; what stays ambiguous is unbound, with the candidates as reason.
    """
    if index.revision < 0:
        return Binding(ci_id=None, reason=Reason(code="graph_loading"), revision=-1)
    candidates: tuple[str, ...] = ()
    deciding = ""
    for kind in STRENGTH:
        found = index.find(kind, hints[kind]) if kind in hints else ()
        if not found:
            continue
        narrowed = tuple(ci_id for ci_id in candidates if ci_id in found) if candidates else found
        if narrowed:
            candidates, deciding = narrowed, kind
        if len(candidates) == 1:
            return _at_port(candidates[0], deciding, hints, index)
    if not candidates:
        return Binding(ci_id=None, reason=Reason(code="no_ci_matches", args=dict(hints)), revision=index.revision)
    names = tuple(sorted(index.names[ci_id] for ci_id in candidates))[:_LISTED]
    reason = Reason(
        code="ambiguous",
        args={
            "by": deciding,
            "value": hints[deciding],
            "candidates": tuple(sorted(candidates))[:_LISTED],
            "names": names,
        },
    )
    return Binding(ci_id=None, reason=reason, revision=index.revision)


def _at_port(ci_id: str, by: str, hints: Mapping[str, str], index: GraphIndex) -> Binding:
    args = {"by": by, "value": hints[by]}
    if_index = hints.get("if_index")
    if if_index is None or not if_index.isdecimal():
        return Binding(ci_id=ci_id, reason=Reason(code="matched", args=args), revision=index.revision)
    port = index.ports.get((ci_id, int(if_index)))
    if port is None:
        reason = Reason(code="matched_port_unknown", args={**args, "if_index": if_index})
        return Binding(ci_id=ci_id, reason=reason, revision=index.revision, port_missing=True)
    reason = Reason(code="matched_port", args={**args, "if_index": if_index})
    return Binding(ci_id=port, reason=reason, revision=index.revision)


def _identifying(ci: CI) -> Iterator[tuple[str, str]]:
    yield "ci_id", ci.ci_id
    attributes = ci.attributes
    for kind in _TEXT_ATTRIBUTES:
        value = attributes.get(kind)
        if isinstance(value, str) and value:
            yield kind, value.casefold()
    if isinstance(serial := attributes.get("serial"), str) and isinstance(vendor := attributes.get("vendor"), str):
        yield "serial", f"{vendor}|{serial}".casefold()
    for address in _addresses(attributes):
        yield "address", address.casefold()
    if ci.cls not in _NAMELESS:
        yield "name", ci.name.casefold()
    if ci.cls in _SERVICES:
        yield "service", ci.name.casefold()
    if ci.cls == "MessageBroker":
        yield "broker", ci.name.casefold()
    if ci.cls == "MonitoringHub":
        yield "hub", "hub"


def _addresses(attributes: Mapping[str, Value]) -> set[str]:
    listed = attributes.get("addresses")
    found = {address for address in listed if isinstance(address, str)} if isinstance(listed, list) else set()
    managed = attributes.get("mgmt_address")
    if isinstance(managed, str) and managed:
        host, colon, port = managed.rpartition(":")
        found.add(host.strip("[]") if colon and port.isdecimal() else managed)
    return found


def _ports(cis: Iterable[CI], device_of_port: Mapping[str, str]) -> dict[tuple[str, int], str]:
    found = {}
    for ci in cis:
        if_index = ci.attributes.get("if_index")
        if ci.cls == "Port" and isinstance(if_index, int) and ci.ci_id in device_of_port:
            found[(device_of_port[ci.ci_id], if_index)] = ci.ci_id
    return found


def _mqtt_devices(cis: Iterable[CI]) -> dict[str, MqttDevice]:
    found = {}
    for ci in cis:
        mqtt_id, interval, model = (ci.attributes.get(name) for name in ("mqtt_id", "report_interval_s", "model"))
        if isinstance(mqtt_id, str):
            found[mqtt_id.casefold()] = MqttDevice(
                ci_id=ci.ci_id,
                mqtt_id=mqtt_id,
                model=model if isinstance(model, str) else None,
                report_interval_s=float(interval) if isinstance(interval, int | float) and interval > 0 else None,
            )
    return found
