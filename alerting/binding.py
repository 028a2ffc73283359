"""Which CI an event is about: the graph's identifying values as dictionaries, and the look-up with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from alerting.alert import Binding
from cmdb.columns.columns import Columns
from cmdb.columns.fill import columns_of
from cmdb.columns.names import Names
from cmdb.model import Snapshot, Value
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
_BY_NAME: Mapping[str, Callable[[str], bool]] = {
    "name": lambda cls: cls not in _NAMELESS,
    "service": lambda cls: cls in _SERVICES,
    "broker": lambda cls: cls == "MessageBroker",
}
"""Kinds of hints that are names, and whose."""

Values: TypeAlias = Mapping[tuple[str, str], Sequence[int]]
"""Kind of hint and value → the CIs by number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttDevice:
    """A CI that reports over MQTT. ``report_interval_s`` is ``None`` where nothing is promised."""

    ci_id: str
    mqtt_id: str
    model: str | None
    report_interval_s: float | None


class GraphIndex:
    """The values by which the CIs of one graph revision are found.

    ``revision`` -1 is the empty index of a graph that is still loading: binding to it is *pending*, not unbound.
    """

    def __init__(
        self, columns: Columns | None = None, names: Names | None = None, before: GraphIndex | None = None
    ) -> None:
        """Index columns; some 5 µs a CI, or what changed since if the index of former columns is in hand."""
        self.columns = columns or columns_of(Snapshot(revision=-1, cis=(), relations=()))
        self.revision = self.columns.revision
        self.names = names or Names(self.columns)
        same = before is not None and before.columns.base is self.columns.base
        self.of_base: Values = before.of_base if before is not None and same else _base_values(self.columns)
        """What the CIs say that the columns were filled with."""
        patched = ((number, ci) for number, ci in self.columns.patch.cis.items() if ci is not None)
        self._laid_over = _values((number, ci.attributes) for number, ci in patched)
        self.mqtt_devices: Mapping[str, MqttDevice] = _mqtt_devices(self.columns)

    def find(self, kind: str, value: str) -> tuple[str, ...]:
        """The CIs that a hint of this kind names; several if it is not unique."""
        if kind == "ci_id":
            number = self.columns.number_of(value.strip())
            return () if number is None else (self.columns.id_of(number),)
        key = value.strip().casefold()
        exact = self._find(kind, key)
        if not exact and kind == "name":
            exact = self._find(kind, key.partition(".")[0])  # db1.example.org may stand in the graph as db1
        return tuple(map(self.columns.id_of, exact))

    def _find(self, kind: str, key: str) -> list[int]:
        if kind == "hub":
            return self.columns.of_classes({"MonitoringHub"}) if key == "hub" else []
        if kind in _BY_NAME:
            of_class = (number for number in self.names.exactly(key) if _BY_NAME[kind](self.columns.class_of(number)))
            return list(of_class)
        patched = self.columns.patch.cis
        base = (number for number in self.of_base.get((kind, key), ()) if number not in patched)
        return sorted({*base, *self._laid_over.get((kind, key), ())})

    def name(self, ci_id: str) -> str:
        """A CI's name; its id if it is not there."""
        number = self.columns.number_of(ci_id)
        return ci_id if number is None else self.columns.name_of(number)

    def device_of(self, port: str) -> str | None:
        """The device that a port belongs to; ``None`` if this is no port of one."""
        number = self.columns.number_of(port)
        edges = self.columns.out(number) if number is not None else ()
        return next((self.columns.id_of(edge.end) for edge in edges if edge.type == "PORT_OF"), None)

    def ports_of(self, device: str) -> dict[int, str]:
        """The ports of a device by ``ifIndex`` (IF-MIB, RFC 2863)."""
        return {if_index: self.columns.id_of(port) for if_index, port in self._ports(device)}

    def linked_ports_of(self, device: str) -> dict[int, str]:
        """Those of them at which a link is known."""
        return {if_index: self.columns.id_of(port) for if_index, port in self._ports(device) if self._is_linked(port)}

    def _ports(self, device: str) -> Iterator[tuple[int, int]]:
        number = self.columns.number_of(device)
        for edge in self.columns.into(number) if number is not None else ():
            if edge.type == "PORT_OF" and self.columns.class_of(edge.start) == "Port":
                if_index = self.columns.ci(edge.start).attributes.get("if_index")
                if isinstance(if_index, int):
                    yield if_index, edge.start

    def _is_linked(self, port: int) -> bool:
        edges = (*self.columns.out(port), *self.columns.into(port))
        return any(edge.type == "CONNECTS_TO" for edge in edges)


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
    names = tuple(sorted(index.name(ci_id) for ci_id in candidates))[:_LISTED]
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
    port = index.ports_of(ci_id).get(int(if_index))
    if port is None:
        reason = Reason(code="matched_port_unknown", args={**args, "if_index": if_index})
        return Binding(ci_id=ci_id, reason=reason, revision=index.revision, port_missing=True)
    reason = Reason(code="matched_port", args={**args, "if_index": if_index})
    return Binding(ci_id=port, reason=reason, revision=index.revision)


def _base_values(columns: Columns) -> Values:
    base = Columns(columns.base, revision=columns.revision)
    speaking = {number for name in (*_TEXT_ATTRIBUTES, "addresses") for number in base.mentioning(name)}
    return _values((number, base.attributes_of(number)) for number in sorted(speaking))


def _values(cis: Iterable[tuple[int, Mapping[str, Value]]]) -> Values:
    found: dict[tuple[str, str], list[int]] = {}
    for number, attributes in cis:
        for key in _identifying(attributes):
            numbers = found.setdefault(key, [])
            if number not in numbers:
                numbers.append(number)
    return found


def _identifying(attributes: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for kind in _TEXT_ATTRIBUTES:
        value = attributes.get(kind)
        if isinstance(value, str) and value:
            yield kind, value.casefold()
    if isinstance(serial := attributes.get("serial"), str) and isinstance(vendor := attributes.get("vendor"), str):
        yield "serial", f"{vendor}|{serial}".casefold()
    for address in _addresses(attributes):
        yield "address", address.casefold()


def _addresses(attributes: Mapping[str, Value]) -> set[str]:
    listed = attributes.get("addresses")
    found = {address for address in listed if isinstance(address, str)} if isinstance(listed, list) else set()
    managed = attributes.get("mgmt_address")
    if isinstance(managed, str) and managed:
        host, colon, port = managed.rpartition(":")
        found.add(host.strip("[]") if colon and port.isdecimal() else managed)
    return found


def _mqtt_devices(columns: Columns) -> dict[str, MqttDevice]:
    found = {}
    for number in sorted(columns.mentioning("mqtt_id"), key=columns.id_of):
        attributes = columns.attributes_of(number)
        mqtt_id, interval, model = (attributes.get(name) for name in ("mqtt_id", "report_interval_s", "model"))
        if isinstance(mqtt_id, str):
            found[mqtt_id.casefold()] = MqttDevice(
                ci_id=columns.id_of(number),
                mqtt_id=mqtt_id,
                model=model if isinstance(model, str) else None,
                report_interval_s=float(interval) if isinstance(interval, int | float) and interval > 0 else None,
            )
    return found
