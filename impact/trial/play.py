"""Plays a model test on the engine that the hub uses, and compares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from cmdb.catalogue.catalogue import Catalogue
from impact.assess import Assessor
from impact.causes import likeliest_causes
from impact.explain import affected_by, causes_of, layers, responsible_for
from impact.graph import CompiledGraph, compile_graph
from impact.model import Assessment, Complaint, ComplaintKind, Health, Signs
from impact.scale import SHIPPED, Level, Profile
from impact.state import State, evaluate
from impact.trial.read import Step, Trial
from impact.vocabulary import RelationMeaning, Vocabulary, vocabulary_of
from impact.whatif import points_of_failure

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
    graph = compile_graph(trial.snapshot, words_for(trial.profile, catalogue))
    course = _Course(graph)
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
        return Vocabulary(meanings=words.meanings, relations=words.relations, classes=words.classes, profile=profile)
    as_is = (*range(len(profile.scale.levels)), -1)
    meanings = {
        name: RelationMeaning(sees=as_is, carries_network=one.carries_network, dependent_is_from=one.dependent_is_from)
        for name, one in words.meanings.items()
    }
    return Vocabulary(meanings=meanings, relations=words.relations, classes=words.classes, profile=profile)


class _Course:
    """The states that a graph goes through, and how often health changed that nobody had set."""

    def __init__(self, graph: CompiledGraph) -> None:
        self.graph = graph
        self.own: dict[int, Level] = {}
        self.maintained: tuple[int, ...] = ()
        self.changes = 0
        self.moment = _Moment(graph, evaluate(graph, {}), self.own)

    def take(self, step: Step) -> Iterable[tuple[str, Any, Any]]:
        for ci, level in step.set.items():
            node = self.graph.index[ci]
            self.own[node] = level
            if level == 0:
                del self.own[node]
        if step.maintenance is not None:
            self.maintained = tuple(self.graph.index[ci] for ci in step.maintenance)
        before = self.moment.state
        state = evaluate(self.graph, self.own, maintained=self.maintained)
        ends = before.spread.full.keys() | state.spread.full.keys()
        moved = [n for n in ends if before.spread.full.get(n, 0) != state.spread.full.get(n, 0)]
        self.changes += sum(bool(self.graph.needs[node]) for node in moved)
        alarms = None if step.alarms is None else [self.graph.index[ci] for ci in step.alarms]
        self.moment = _Moment(self.graph, state, dict(self.own), alarms)
        for word, wanted in step.expect.items():
            yield from self._compare(word, wanted)

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


class _Moment:
    """What can be asked of one state. ``own`` are the faults that were set; ``alarms`` the CIs that alarm."""

    def __init__(
        self, graph: CompiledGraph, state: State, own: Mapping[int, Level], alarms: Collection[int] | None = None
    ) -> None:
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

    def layer(self, ci: str) -> int:
        return layers(self.graph)[self.graph.index[ci]]

    def points_of_failure(self, ci: str) -> list[str]:
        return self._ids(points_of_failure(self.graph, self.graph.index[ci]))

    def loop(self, ci: str) -> str | None:
        return self.graph.refusal(self.graph.index[ci], self.own)

    def in_maintenance(self) -> list[str]:
        return self._ids(self.state.spread.in_maintenance())

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
    "layers": _Moment.layer,
    "loops": _Moment.loop,
    "services": _Moment.service,
    "groups": _Moment.group,
    "reasons": _Moment.reason,
    "points_of_failure": _Moment.points_of_failure,
}

_FOUND_LISTS: Mapping[str, Callable[[_Moment], list[str]]] = {
    "maintenance": _Moment.in_maintenance,
    "roots": _Moment.roots,
    "cannot_work": lambda moment: moment.people("cannot_work"),
    "limited": lambda moment: moment.people("limited"),
    "likeliest": _Moment.likeliest,
}
