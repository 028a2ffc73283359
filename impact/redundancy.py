"""Redundancy that is not there, laid over a graph: a second provider beside a need, another link between two devices.

The graph that comes of it can be asked whatever a graph can be asked. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cmdb.columns.columns import Edge
from cmdb.columns.patch import supposed
from cmdb.model import CI, Relation
from impact.errors import ModelError
from impact.graph import CompiledGraph, compile_graph
from impact.rules import Worst

SUPPOSED = "supposed:"
"""How the ids begin of CIs that are not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """A need, by ``ci_id``, beside which a second provider stands: another CI, or a new one that stands on nothing."""

    dependent: str
    provider: str
    second: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A new link between two devices, by ``ci_id``."""

    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redundancy:
    """What is added."""

    doubled: tuple[Doubled, ...] = ()
    laid: tuple[Laid, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.doubled or self.laid)


def with_redundancy(graph: CompiledGraph, more: Redundancy) -> CompiledGraph:
    """The graph as it would be. CIs keep their numbers.

    Raises:
        KeyError: the graph has no such CI.
        ModelError: what is to be doubled is no need, or cannot be doubled like that.
    """
    if not more:
        return graph
    cis: dict[str, CI] = {}
    relations: dict[tuple[str, str, str], Relation] = {}
    for doubled in more.doubled:
        second = doubled.second or SUPPOSED + doubled.provider
        if doubled.second is None:
            cis[second] = _another(graph, doubled.provider, second)
        for relation in _beside(graph, doubled, second):
            relations[relation.key] = relation
    for number, laid in enumerate(more.laid):
        cis |= {ci.ci_id: ci for ci in _link(graph, laid, number)}
        relations |= {relation.key: relation for relation in _joins(graph, laid, number)}
    return compile_graph(supposed(graph.columns, cis.values(), relations.values()), graph.vocabulary, graph)


def _another(graph: CompiledGraph, ci_id: str, new_id: str) -> CI:
    first = graph.columns.ci(graph.index[ci_id])
    return CI(ci_id=new_id, cls=first.cls, name=f"a second {first.name}")


# A second provider


def _beside(graph: CompiledGraph, doubled: Doubled, second: str) -> Iterator[Relation]:
    """The need as a member of a group of which one is enough, and its twin towards the second provider."""
    dependent, provider = graph.index[doubled.dependent], graph.index[doubled.provider]
    edges = list(_needs_between(graph, dependent, provider))
    where = f"{graph.name(dependent)} → {graph.name(provider)}"
    if doubled.second is not None and graph.index[doubled.second] in (dependent, provider):
        raise ModelError(where, "a second provider is another CI", "name another, or none")
    if not edges:
        raise ModelError(where, "is no need", "name a CI and what it needs itself, as spof shows them")
    for edge in edges:
        first = graph.columns.relation(edge)
        group = first.attributes.get("group")
        if group is None:
            if any(scoped.group is None and not isinstance(scoped.rule, Worst) for scoped in graph.rules_of(dependent)):
                remedy = "double what is in a group, or change its rules"
                raise ModelError(where, "combines its needs by rules of its own", remedy)
            group = f"{SUPPOSED}{doubled.provider}"
        said = {**first.attributes, "group": group}
        if first.from_id == doubled.dependent:
            twin = Relation(from_id=first.from_id, type=first.type, to_id=second, attributes=said)
        else:
            twin = Relation(from_id=second, type=first.type, to_id=first.to_id, attributes=said)
        yield Relation(from_id=first.from_id, type=first.type, to_id=first.to_id, attributes=said)
        yield twin


def _needs_between(graph: CompiledGraph, dependent: int, provider: int) -> Iterator[Edge]:
    meanings = graph.vocabulary.meanings
    for edge in (*graph.columns.out(dependent), *graph.columns.into(dependent)):
        meaning = meanings.get(edge.type)
        if meaning is None:
            continue
        ends = (edge.start, edge.end) if meaning.dependent_is_from else (edge.end, edge.start)
        if ends == (dependent, provider):
            yield edge


# Another link


def _link_id(laid: Laid, number: int) -> str:
    return f"{SUPPOSED}{number}:{laid.one}:{laid.other}"


def _ends(laid: Laid, number: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Each device with its new port."""
    link = _link_id(laid, number)
    return (laid.one, f"{link}:1"), (laid.other, f"{link}:2")


def _link(graph: CompiledGraph, laid: Laid, number: int) -> Iterable[CI]:
    one, other = graph.name(graph.index[laid.one]), graph.name(graph.index[laid.other])
    if laid.one == laid.other:
        raise ModelError(f"{one} — {other}", "is one device", "name two")
    known = next(iter(graph.network.cables), None)
    if known is None:
        raise ModelError(f"{one} — {other}", "the graph has no link yet", "discover or import the network first")
    yield CI(ci_id=_link_id(laid, number), cls=graph.columns.class_of(known.link), name=f"a new link {one} — {other}")
    for device, port in _ends(laid, number):
        name = f"a new port of {graph.name(graph.index[device])}"
        yield CI(ci_id=port, cls=graph.columns.class_of(known.a_port), name=name)


def _joins(graph: CompiledGraph, laid: Laid, number: int) -> Iterable[Relation]:
    type_of = graph.vocabulary.relation
    (_, one), (_, other) = ends = _ends(laid, number)
    for device, port in ends:
        yield Relation(from_id=port, type=type_of("port_of"), to_id=device)
    yield Relation(from_id=one, type=type_of("connects"), to_id=other, attributes={"link": _link_id(laid, number)})
