"""What is known at one moment, as maps ask for it: states, what holds each CI where it is, causes. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cmdb.catalogue import Catalogue
from cmdb.model import CiId
from faultpath.graph_view import GraphView
from faultpath.map.model import Band, Cause, Thing
from faultpath.questions import Moment
from impact.gates import Gate, gates_of
from impact.graph import CompiledGraph
from impact.model import Health, HealthOf, Root
from impact.state import State, evaluate

BANDS = {"Party": Band.PEOPLE, "Offering": Band.OFFERING, "BusinessService": Band.SERVICE}
"""What is drawn on top, by class; what stands below such a class is drawn there too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """What a catalogue says that a map needs.

    ``meanings``: relation types that carry health → whether the end where they start is the dependent. ``bands``: the
    classes that are drawn on top.
    """

    meanings: Mapping[str, bool]
    bands: Mapping[str, Band]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Lexicon:
        relations = catalogue.relations.items()
        return cls(
            meanings={name: one.dependent == "from" for name, one in relations if one.impact is not None},
            bands={
                name: band for name in catalogue.classes for above, band in BANDS.items() if catalogue.is_a(name, above)
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A moment with its state worked out. ``roots``: the causes that the hub has found, the oldest first."""

    moment: Moment
    state: State
    lexicon: Lexicon
    roots: Mapping[CiId, Root]
    _via: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, moment: Moment, lexicon: Lexicon, state: State | None = None) -> Scene:
        """The scene of a moment; its state is worked out unless it is known."""
        found = moment.assessment.roots if moment.assessment else ()
        return cls(
            moment=moment,
            state=state or evaluate(moment.graph, moment.own),
            lexicon=lexicon,
            roots={root.ci_id: root for root in sorted(found, key=lambda root: (root.since, root.ci_id))},
        )

    @property
    def graph(self) -> CompiledGraph:
        return self.moment.graph

    @property
    def view(self) -> GraphView:
        return self.moment.view

    def node(self, ci_id: CiId) -> int | None:
        return self.graph.index.get(ci_id)

    def thing(self, ci_id: CiId, people: int = 0) -> Thing:
        """A CI as it stands; of one that left the graph the id alone."""
        node, columns = self.node(ci_id), self.graph.columns
        cls = columns.class_of(node) if node is not None else None
        own, propagated, via = self._health(ci_id)
        return Thing(
            ci_id=ci_id,
            name=columns.name_of(node) if node is not None else ci_id,
            cls=cls,
            own=own,
            propagated=propagated,
            via=via,
            band=self.lexicon.bands.get(cls or ""),
            people=people,
        )

    def health(self, ci_id: CiId) -> Health:
        """The worse of own and propagated."""
        own, propagated, _ = self._health(ci_id)
        return max(own, propagated) if max(own, propagated) > Health.OK else min(own, propagated)

    def _health(self, ci_id: CiId) -> tuple[Health, Health, tuple[CiId, ...]]:
        """Own, propagated, and what is responsible: as the hub's own decision says, else as the graph makes it."""
        if self.moment.assessment is not None:
            one: HealthOf | None = self.moment.assessment.health.get(ci_id)
            return (one.own, one.propagated, one.via) if one else (Health.OK, Health.OK, ())
        node = self.node(ci_id)
        if node is None or node not in self.state.spread.full:
            return (Health.OK, Health.OK, ())
        own = self.moment.faults.get(ci_id, Health.OK)
        via = tuple(self.graph.ids[other] for other in self.via(node))
        return (own, self.state.health(node), via)

    def via(self, node: int) -> tuple[int, ...]:
        """The providers that hold a CI where it is, worst first; asked once for as long as the scene is the same."""
        found = self._via.get(node)
        if found is None:
            found = self._via[node] = self.state.spread.via(node)
        return found

    def holding(self, node: int) -> tuple[int, ...]:
        """What holds a CI where it is: needs, or what cut it off."""
        found = self.via(node)
        if found:
            return found
        return self.state.isolated.get(node) or ((self.state.narrowed[node],) if node in self.state.narrowed else ())

    def is_cause(self, ci_id: CiId) -> bool:
        """Whether a CI is one of the hub's causes, or without a decision of the hub, whether it has a fault."""
        if self.moment.assessment is not None:
            return ci_id in self.roots
        return self.moment.faults.get(ci_id, Health.OK) > Health.OK

    def causes(self, drawn: Iterable[CiId], first: CiId | None = None) -> dict[CiId, Cause]:
        """The causes among what is drawn, numbered; ``first`` is number 1."""
        here = {ci_id for ci_id in drawn if self.is_cause(ci_id)}
        order = {ci_id: place for place, ci_id in enumerate(self.roots)}
        ids = sorted(here, key=lambda ci_id: (ci_id != first, order.get(ci_id, 0), ci_id))
        return {ci_id: _cause(number, self.roots.get(ci_id)) for number, ci_id in enumerate(ids, 1)}

    def gates(self, ci_id: CiId) -> tuple[Gate, ...]:
        node = self.node(ci_id)
        return gates_of(self.state.spread, node) if node is not None else ()


def _cause(number: int, root: Root | None) -> Cause:
    if root is None:
        return Cause(number=number, confirmed=True)
    shares = [share for reason in root.evidence if isinstance(share := reason.args.get("share"), float)]
    return Cause(
        number=number,
        confirmed=root.confirmed,
        evidence=root.evidence,
        share=None if root.confirmed else next(iter(shares), None),
        since=root.since,
    )
