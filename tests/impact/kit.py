"""Small graphs in a few words, for tests of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from cmdb.catalogue import Catalogue
from cmdb.model import CI, Relation, Snapshot, Value
from impact.assess import Assessor
from impact.graph import CompiledGraph, compile_graph
from impact.model import Assessment, Complaint, ComplaintKind, DeviceSigns, Health, PortSign, Signs
from impact.vocabulary import vocabulary_of

T0 = datetime(2026, 1, 1, tzinfo=UTC)
CATALOGUE = Catalogue.load()


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


class Graph:
    """Collects CIs and relations; names double as ids."""

    def __init__(self) -> None:
        self.cis: dict[str, CI] = {}
        self.relations: list[Relation] = []

    def ci(self, cls: str, *names: str, **attributes: Value) -> None:
        for name in names:
            self.cis[name] = CI(ci_id=name, cls=cls, name=name, attributes=attributes)

    def rel(self, start: str, verb: str, *ends: str, **attributes: Value) -> None:
        self.relations.extend(Relation(from_id=start, type=verb, to_id=end, attributes=attributes) for end in ends)

    def cable(self, a: str, b: str, link: str = "", **said: Value) -> None:
        """A link, `a--b` if unsaid, between fresh ports `a:b` and `b:a`, of which both have these attributes."""
        near, far = (f"{a}:{link or b}", f"{b}:{link or a}")
        link = link or f"{a}--{b}"
        self.ci("Link", link)
        for device, port in ((a, near), (b, far)):
            self.ci("Port", port, if_name=port, **said)
            self.rel(port, "PORT_OF", device)
            self.rel(link, "ENDS_AT", port)
        self.rel(near, "CONNECTS_TO", far, link=link)

    def bundle(self, name: str, device: str, links: Iterable[str], min_links: int = 1) -> None:
        """An aggregate port of a device with the ports of these links."""
        self.ci("Port", name, if_name=name, min_links=min_links)
        self.rel(name, "PORT_OF", device)
        for link in links:
            ports = [r.to_id for r in self.relations if r.type == "ENDS_AT" and r.from_id == link]
            (port,) = (p for p in ports if any(r.from_id == p and r.to_id == device for r in self.relations))
            self.rel(port, "BUNDLED_IN", name)

    def snapshot(self) -> Snapshot:
        return Snapshot(revision=1, cis=tuple(self.cis.values()), relations=tuple(self.relations))

    def compile(self) -> CompiledGraph:
        return compile_graph(self.snapshot(), vocabulary_of(CATALOGUE))


def alert(
    ci: str,
    kind: ComplaintKind = ComplaintKind.FAULT,
    *,
    effect: Health = Health.DOWN,
    since: float = 10.0,
    severity: int = 4,
    source: str = "prom",
) -> Complaint:
    return Complaint(
        key=f"{kind.value}@{ci}", ci_id=ci, kind=kind, effect=effect, severity=severity, since=at(since),
        source=source, check=kind.value,
    )  # fmt: skip


def no_answer(ci: str, since: float = 10.0, source: str = "snmp") -> Complaint:
    return alert(ci, ComplaintKind.NO_ANSWER, effect=Health.OK, since=since, source=source)


def port_down(ci: str, since: float = 10.0) -> Complaint:
    return alert(ci, ComplaintKind.PORT_DOWN, effect=Health.OK, since=since, severity=3, source="snmp")


def signs(
    *,
    alive: Iterable[str] = (),
    silent: Iterable[str] = (),
    ports: Mapping[str, bool] | None = None,
    began: float = 10.0,
    asked: float = 14.0,
) -> Signs:
    """``alive`` answered at 14 s; ``silent`` since 10 s, a question of 11 s failed; ports read at 14 s."""
    up = DeviceSigns(answering_since=at(0), last_answer=at(asked))
    gone = DeviceSigns(last_answer=at(began - 5), silent_since=at(began), last_failed_start=at(began + 1))
    return Signs(
        devices={**dict.fromkeys(alive, up), **dict.fromkeys(silent, gone)},
        ports={port: PortSign(up=is_up, at=at(asked)) for port, is_up in (ports or {}).items()},
    )


def assess(graph: Graph, complaints: Iterable[Complaint], seen: Signs | None = None, now: float = 15.0) -> Assessment:
    return Assessor(graph.compile()).assess(complaints, seen or Signs(), at(now))


def health(assessment: Assessment) -> dict[str, str]:
    return {ci: h.health.word for ci, h in assessment.health.items()}


def roots(assessment: Assessment) -> dict[str, bool]:
    """Root → confirmed."""
    return {root.ci_id: root.confirmed for root in assessment.roots}
