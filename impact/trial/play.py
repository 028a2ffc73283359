"""Plays a model test on the engine that the hub uses, and compares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from cmdb.catalogue.catalogue import Catalogue
from cmdb.model import Relation, Snapshot
from impact.assess import Assessor
from impact.causes import likeliest_causes
from impact.explain import affected_by, causes_of, layers, needed_by, needs_of, problems_of, responsible_for
from impact.graph import CompiledGraph, compile_graph
from impact.handled import handled
from impact.model import Assessment, Complaint, ComplaintKind, Health, Signs
from impact.points import points_of_failure
from impact.rules import Points
from impact.scale import SHIPPED, Level, Profile
from impact.state import State, evaluate
from impact.trial.graph import Some
from impact.trial.read import Step, Trial, plain_number
from impact.vocabulary import RelationMeaning, Vocabulary, vocabulary_of
from impact.whatif import whole_of

_CRITICAL = 4
_NOW = datetime(2000, 1, 1, tzinfo=UTC)  # nothing in a model test passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One expectation that does not hold, e.g. what ``health.CRM`` was expected to be and is."""

    step: int
    what: str
    expected: Any
    found: Any


def play(trial: Trial, catalogue: Catalogue) -> list[Difference]:
    """All differences between what a test expects and what the engine finds; none if it passes."""
    course = _Course(trial, catalogue)
    return [
        Difference(step=number, what=what, expected=expected, found=found)
        for number, step in enumerate(trial.steps, 1)
        for what, expected, found in course.take(step)
        if expected != found
    ]


def words_for(profile: Profile, catalogue: Catalogue) -> Vocabulary:
    """The catalogue's words under a scale. The catalogue's maps are of our scale; on others relations pass on as is."""
    words = vocabulary_of(catalogue)
    if profile.scale == SHIPPED.scale:
        return replace(words, profile=profile)
    as_is = (*range(len(profile.scale.levels)), -1)
    meanings = {
        name: RelationMeaning(sees=as_is, carries_network=one.carries_network, dependent_is_from=one.dependent_is_from)
        for name, one in words.meanings.items()
    }
    return replace(words, meanings=meanings, profile=profile)


class _Course:
    """The states that a graph goes through, and how often health changed that nobody had set."""

    def __init__(self, trial: Trial, catalogue: Catalogue) -> None:
        self._variants = _Variants(trial.snapshot, words_for(trial.profile, catalogue))
        self.graph = self._variants.graph((), ())
        self.own: dict[int, Level] = {}
        self.maintained: frozenset[int] = frozenset()
        self.acknowledged: frozenset[int] = frozenset()
        self.blocked: tuple[str, ...] = ()
        self.hidden: tuple[str, ...] = ()
        self.changes = 0
        self.moment = _Moment(self.graph, evaluate(self.graph, {}), self.own)

    def take(self, step: Step) -> Iterable[tuple[str, Any, Any]]:
        self._happen(step)
        before = self.moment.state
        own = {node: level for node, level in self.own.items() if self.graph.ids[node] not in self.blocked}
        state = evaluate(self.graph, own, maintained=self.maintained)
        ends = before.spread.full.keys() | state.spread.full.keys()
        moved = [n for n in ends if before.spread.full.get(n, 0) != state.spread.full.get(n, 0)]
        self.changes += sum(bool(self.graph.needs[node]) for node in moved)
        alarms = None if step.alarms is None else [self.graph.index[ci] for ci in step.alarms]
        self.moment = _Moment(self.graph, state, own, alarms, self.acknowledged)
        for word, wanted in step.expect.items():
            yield from self._compare(word, wanted)

    def _happen(self, step: Step) -> None:
        self.blocked = self.blocked if step.blocked is None else step.blocked
        self.hidden = self.hidden if step.hidden is None else step.hidden
        self.graph = self._variants.graph(self.blocked, self.hidden)
        for ci in step.lose:
            self.own |= dict.fromkeys(self._whole(self.graph.index[ci]), self.graph.scale.worst)
        for ci, level in step.set.items():
            self.own[self.graph.index[ci]] = level
        self.own = {node: level for node, level in self.own.items() if level != 0}
        if step.maintenance is not None:
            self.maintained = self._some(step.maintenance)
        if step.acknowledged is not None:
            self.acknowledged = self._some(step.acknowledged)

    def _some(self, some: Some) -> frozenset[int]:
        """CIs, those that are meant as a whole with what stands in them, or with what only they need."""
        found: set[int] = set()
        for ci, whole in some:
            node = self.graph.index[ci]
            found |= self._whole(node) | whole_of(self.graph, node) if whole else {node}
        return frozenset(found)

    def _whole(self, node: int) -> set[int]:
        """A CI with all that stands in it, people left aside."""
        places = self.graph.business.places.items()
        return {node} | {i for i, place in places if place == node and not self.graph.plays(i, "person")}

    def _compare(self, word: str, wanted: Any) -> Iterable[tuple[str, Any, Any]]:
        if word == "changes":
            yield word, wanted, self.changes
        elif word == "others":
            yield word, {}, self.moment.others(wanted)
        elif word == "head_counts":
            yield word, wanted, {key: number for key, number in self.moment.head_counts().items() if key in wanted}
        elif word in _FOUND_LISTS:
            yield word, wanted, _FOUND_LISTS[word](self.moment)
        else:
            find = _FOUND[word]
            for ci, expected in wanted.items():
                yield f"{word}.{self.graph.name(self.graph.index[ci])}", expected, find(self.moment, ci)


class _Variants:
    """A graph, and the same with some CIs blocked or hidden; the CIs stay the same."""

    def __init__(self, snapshot: Snapshot, words: Vocabulary) -> None:
        self._snapshot = snapshot
        self._words = words
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], CompiledGraph] = {}

    def graph(self, blocked: tuple[str, ...], hidden: tuple[str, ...]) -> CompiledGraph:
        if (blocked, hidden) not in self._known:
            snapshot = self._without({*blocked}, {*hidden}) if blocked or hidden else self._snapshot
            self._known[blocked, hidden] = compile_graph(snapshot, self._words)
        return self._known[blocked, hidden]

    def _without(self, blocked: set[str], hidden: set[str]) -> Snapshot:
        relations = tuple(
            relation
            for relation in self._snapshot.relations
            if not {relation.from_id, relation.to_id} & hidden and self._dependent(relation) not in blocked
        )
        cis = tuple(replace(ci, attributes={}) if ci.ci_id in blocked else ci for ci in self._snapshot.cis)
        return replace(self._snapshot, cis=cis, relations=relations)

    def _dependent(self, relation: Relation) -> str | None:
        meaning = self._words.meanings.get(relation.type)
        if meaning is None:
            return None
        return relation.from_id if meaning.dependent_is_from else relation.to_id


class _Moment:
    """What can be asked of one state. ``own`` are the faults that were set; ``alarms`` the CIs that alarm."""

    def __init__(
        self,
        graph: CompiledGraph,
        state: State,
        own: Mapping[int, Level],
        alarms: Collection[int] | None = None,
        acknowledged: Collection[int] = (),
    ) -> None:
        self._acknowledged = acknowledged
        self.graph = graph
        self.alarms = alarms
        self.state = state
        self.own = own

    def health(self, ci: str) -> str:
        return self.graph.scale.word(self.state.spread.full.get(self.graph.index[ci], 0))

    def others(self, wanted: str) -> dict[str, str]:
        """The CIs with needs or faults of which the health is another than wanted."""
        shown = {self.graph.name(n): self.graph.scale.word(level) for n, level in self.state.spread.full.items()}
        return {name: word for name, word in sorted(shown.items()) if word != wanted}

    def because(self, ci: str) -> list[str]:
        return self._ids(self.state.spread.via(self.graph.index[ci]))

    def responsible(self, ci: str) -> list[str]:
        return self._ids(responsible_for(self.state.spread, self.graph.index[ci]))

    def affects(self, ci: str) -> list[str]:
        return self._ids(affected_by(self.state.spread, self.graph.index[ci]))

    def causes(self, ci: str) -> list[str]:
        return self._ids(causes_of(self.state.spread, self.graph.index[ci]))

    def problems(self, ci: str) -> list[str]:
        return self._ids(problems_of(self.state.spread, self.graph.index[ci]))

    def needs(self, ci: str) -> list[str]:
        return self._ids(needs_of(self.graph, self.graph.index[ci]))

    def needed_by(self, ci: str) -> list[str]:
        return self._ids(needed_by(self.graph, self.graph.index[ci]))

    def points(self, ci: str) -> float | None:
        """The points that are left, from none to all; of several rules the least."""
        found = []
        for scoped, pairs, _ in self.state.spread.reductions(self.graph.index[ci]):
            if isinstance(scoped.rule, Points):
                left = scoped.rule.left([one for _, one in pairs])
                found.append(max(0, min(left, scoped.rule.start)))
        return plain_number(min(found)) if found else None

    def layer(self, ci: str) -> int:
        return layers(self.graph)[self.graph.index[ci]]

    def points_of_failure(self, ci: str) -> list[str]:
        return self._ids(points_of_failure(self.graph, self.graph.index[ci]))

    def loop(self, ci: str) -> str | None:
        return self.graph.refusal(self.graph.index[ci], self.own)

    def in_maintenance(self) -> list[str]:
        return self._ids(self.state.spread.in_maintenance())

    def acknowledged(self) -> list[str]:
        how = self.graph.profile.policy.acknowledgement
        return self._ids(handled(self.state.spread, self._acknowledged, lambda _: how, {how}))

    @cached_property
    def assessment(self) -> Assessment:
        """What the hub would make of these faults, each reported by an authenticated source."""
        told = [
            Complaint(
                key=self.graph.ids[node], ci_id=self.graph.ids[node], kind=ComplaintKind.FAULT,
                effect=Health(min(level, Health.DOWN)), severity=_CRITICAL, since=_NOW,
            )
            for node, level in self.own.items()
            if level > self.graph.scale.ok
        ]  # fmt: skip
        return Assessor(self.graph).assess(told, Signs(), _NOW)

    def likeliest(self) -> list[str]:
        """The causes that explain the alarms best. Who neither needs anything nor is needed does not watch itself."""
        watched = [n for n, needs in enumerate(self.graph.needs) if needs or self.graph.dependents[n]]
        broken = [n for n, level in self.state.spread.full.items() if level >= self.graph.scale.degraded]
        alarming = broken if self.alarms is None else self.alarms
        return self._ids(cause.node for cause in likeliest_causes(self.graph, alarming, watched))

    def roots(self) -> list[str]:
        return sorted(root.ci_id for root in self.assessment.roots)

    def service(self, ci: str) -> str:
        return self.graph.scale.word(self.state.service(self.graph.index[ci]))

    @cached_property
    def hit(self) -> list[int]:
        return self.state.views.hit()

    def group(self, ci: str) -> str:
        """The worst that a department or team meets."""
        met = self.state.views.groups(self.hit).get(self.graph.index[ci], {})
        return self.graph.scale.word(max(met.values(), default=0))

    def head_counts(self) -> dict[str, int]:
        """People known as a number only."""
        cannot_work, limited = self.state.views.heads(self.hit, self.state.views.groups(self.hit))
        return {"cannot_work": cannot_work, "limited": limited}

    def people(self, which: str) -> list[str]:
        """Each once, at the worst that they meet over all roots."""
        impacts = self.assessment.impacts.values()
        cannot = {person for impact in impacts for person in impact.cannot_work}
        limited = {person for impact in impacts for person in impact.limited}
        return sorted(cannot if which == "cannot_work" else limited - cannot)

    def stakeholder(self, person: str) -> str | list[str] | None:
        """The role in which somebody is concerned, or all of them."""
        impacts = self.assessment.impacts.values()
        roles = sorted({one.role for impact in impacts for one in impact.stakeholders if one.person_id == person})
        return roles if len(roles) > 1 else next(iter(roles), None)

    def reason(self, ci: str) -> str | None:
        found = self.assessment.health.get(ci)
        return found.reason.code if found is not None else None

    def _ids(self, nodes: Iterable[int]) -> list[str]:
        return sorted(self.graph.ids[node] for node in nodes)


_FOUND: Mapping[str, Callable[[_Moment, str], Any]] = {
    "health": _Moment.health,
    "because": _Moment.because,
    "responsible": _Moment.responsible,
    "affects": _Moment.affects,
    "causes": _Moment.causes,
    "problems": _Moment.problems,
    "points": _Moment.points,
    "needs": _Moment.needs,
    "needed_by": _Moment.needed_by,
    "stakeholders": _Moment.stakeholder,
    "layers": _Moment.layer,
    "loops": _Moment.loop,
    "services": _Moment.service,
    "groups": _Moment.group,
    "reasons": _Moment.reason,
    "points_of_failure": _Moment.points_of_failure,
}

_FOUND_LISTS: Mapping[str, Callable[[_Moment], list[str]]] = {
    "maintenance": _Moment.in_maintenance,
    "acknowledged": _Moment.acknowledged,
    "roots": _Moment.roots,
    "cannot_work": lambda moment: moment.people("cannot_work"),
    "limited": lambda moment: moment.people("limited"),
    "likeliest": _Moment.likeliest,
}
