"""The shape of an impact map: marks at places, wires between them, the sentence and the sum."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from faultpath.api.shapes import CiRef, HealthWord, Names, ReasonOut, Shape, word_of
from faultpath.map.model import Ghost, Mark, Picture, Question, Thing
from impact.gates import Gate, Standing
from impact.gates import Member as GateMember
from impact.graph import CompiledGraph
from impact.model import Assessment, Health

MOST_MEMBERS = 24
MOST_VIA = 3
LEAST_ZIPPED = 1_000

DirectionWord = Literal["up", "down"]
ModeWord = Literal["none", "roots", "full"]
BandWord = Literal["people", "offering", "service"]


class MapCause(Shape):
    """Why a CI is taken for a cause. ``share``: of its dependents that complain, if it is only suspected."""

    number: int
    confirmed: bool
    share: float | None
    since: datetime | None
    evidence: list[ReasonOut]


class MapMember(Shape):
    """One need of a gate. ``state`` is what the dependent sees of it, ``up`` whether the rule counts it so.

    ``mark``: its place in the list of marks, if it is drawn.
    """

    id: str
    name: str
    state: HealthWord
    up: bool
    maintained: bool
    mark: int | None


class MapMeasure(Shape):
    """What a rule counts: ``found`` of ``total`` is up, ``limit`` is needed; or is bad, and gives way at ``limit``."""

    counts: Literal["up", "bad"]
    unit: Literal["count", "percent", "weight", "weight_percent"]
    found: float
    limit: float
    total: float


class MapGate(Shape):
    """Redundancy: one rule of the CI that reduces needs. Where it holds, ``stops`` ends here and ``goes_on`` goes on.

    ``members`` ends at 24, those that are not up first; ``more`` says how many there are beside.
    """

    group: str | None
    rule: str
    standing: Literal["whole", "holds", "broken"]
    stops: HealthWord
    goes_on: HealthWord
    measure: MapMeasure | None
    members: list[MapMember]
    more: int


class MapMark(Shape):
    """What is drawn at one place: a CI, or a group of alike ones with their count and their split by state.

    ``own`` and ``propagated`` are the worst of a group. ``via`` names what is responsible. ``shields``: how many of it
    hold because of redundancy. ``people``: how many of a department are hit.
    """

    id: str
    kind: Literal["ci", "group"]
    name: str
    cls: str | None
    band: BandWord | None
    layer: int
    x: int
    own: HealthWord
    propagated: HealthWord
    via: list[str]
    count: int
    states: dict[HealthWord, int]
    classes: dict[str, int]
    people: int
    shields: int
    on_chain: bool
    pinned_by: str | None
    cause: MapCause | None
    gates: list[MapGate]


class MapWire(Shape):
    """``from`` stands on ``to``: both are places in the list of marks. Impact runs the other way.

    Parallel edges are one, with their ``count``. ``indirect``: what lies between is not drawn.
    """

    from_mark: int = Field(serialization_alias="from")
    to_mark: int = Field(serialization_alias="to")
    kinds: list[str]
    count: int
    indirect: bool
    on_chain: bool


class MapGhost(Shape):
    """A CI that was drawn here and left the map less than ten minutes ago."""

    id: str
    name: str
    cls: str | None
    lost_at: datetime
    layer: int
    x: int


class MapStep(Shape):
    """One step of the chain from the selected service down to a cause, with its reason."""

    ci: CiRef
    own: HealthWord
    propagated: HealthWord
    reason: ReasonOut | None
    mark: int


class MapBounds(Shape):
    """The cells that are used. ``layer`` counts upwards, ``x`` to the right; both may be negative."""

    left: int
    right: int
    bottom: int
    top: int


class MapSum(Shape):
    """So many CIs in so many marks, none hidden; ``beyond``: CIs of the answer that are too far to be drawn at all."""

    cis: int
    marks: int
    beyond: int


class ImpactMap(Shape):
    """One question, answered by a sentence and a picture. A mark that stays never moves, unless the map is tidied.

    ``strained``: wires that found no way upwards between the places that there were; tidying helps.
    """

    revision: int
    direction: DirectionWord
    mode: ModeWord
    hops: int | None
    focus: str | None
    sentence: ReasonOut
    sum: MapSum
    bounds: MapBounds
    strained: int
    undo: bool
    marks: list[MapMark]
    wires: list[MapWire]
    ghosts: list[MapGhost]
    chain: list[MapStep]


def map_out(
    picture: Picture, question: Question, names: Names, graph: CompiledGraph | None, assessment: Assessment | None
) -> ImpactMap:
    """The answer that draws a picture."""
    facts = picture.facts
    at = {thing.ci_id: place for place, mark in enumerate(picture.marks) for thing in mark.things}
    cells = [mark.cell for mark in picture.marks] + [ghost.cell for ghost in picture.ghosts]
    shapes = _Shapes(picture, names, graph, at)
    return ImpactMap(
        revision=names.view.revision if names.view else 0,
        direction=question.direction.value,
        mode=question.mode.value,
        hops=question.hops,
        focus=facts.focus,
        sentence=names.reason(facts.sentence),
        sum=MapSum(cis=len(facts.things), marks=len(picture.marks), beyond=facts.beyond),
        bounds=MapBounds(
            left=min((cell.x for cell in cells), default=0),
            right=max((cell.x for cell in cells), default=0),
            bottom=min((cell.layer for cell in cells), default=0),
            top=max((cell.layer for cell in cells), default=0),
        ),
        strained=picture.strained,
        undo=picture.undo,
        marks=[shapes.mark(mark) for mark in picture.marks],
        wires=[
            MapWire(
                from_mark=one.dependent,
                to_mark=one.needed,
                kinds=list(one.kinds),
                count=one.count,
                indirect=one.indirect,
                on_chain=one.on_chain,
            )
            for one in picture.wires
        ],
        ghosts=[_ghost(one) for one in picture.ghosts],
        chain=[_step(facts.things[ci_id], names, assessment, at[ci_id]) for ci_id in facts.chain],
    )


def body_of(answer: ImpactMap, accepted: str) -> tuple[bytes, dict[str, str]]:
    """The bytes of an answer and the headers that go with them: compressed where that is understood and worth it."""
    body = answer.model_dump_json(by_alias=True).encode()
    if len(body) < LEAST_ZIPPED or "gzip" not in accepted:
        return body, {"vary": "accept-encoding"}
    return gzip.compress(body, compresslevel=5), {"vary": "accept-encoding", "content-encoding": "gzip"}


class _Shapes:
    """Makes the shapes of one picture."""

    def __init__(self, picture: Picture, names: Names, graph: CompiledGraph | None, at: Mapping[str, int]) -> None:
        self._picture = picture
        self._names = names
        self._graph = graph
        self._at = at
        self._chain = frozenset(picture.facts.chain)

    def mark(self, mark: Mark) -> MapMark:
        things, facts = mark.things, self._picture.facts
        first = things[0]
        classes = Counter(thing.cls or "" for thing in things) if mark.group else {}
        alike = len(classes) <= 1
        gates = [facts.gates.get(thing.ci_id, ()) for thing in things]
        return MapMark(
            id=mark.key,
            kind="group" if mark.group else "ci",
            name="" if mark.group else first.name,
            cls=first.cls if alike else None,
            band=_band(first),
            layer=mark.cell.layer,
            x=mark.cell.x,
            own=word_of(max((thing.own for thing in things), key=_gravity)),
            propagated=word_of(max((thing.propagated for thing in things), key=_gravity)),
            via=[self._names.ref(one).name for one in first.via[:MOST_VIA]],
            count=len(things),
            states=_split(things) if mark.group else {},
            classes=dict(classes),
            people=sum(thing.people for thing in things),
            shields=sum(any(gate.standing is Standing.HOLDS for gate in those) for those in gates),
            on_chain=not mark.group and first.ci_id in self._chain,
            pinned_by=self._picture.pins.get(mark.key),
            cause=self._cause(mark.key),
            gates=[] if mark.group else [self._gate(gate) for gate in gates[0]],
        )

    def _cause(self, key: str) -> MapCause | None:
        found = self._picture.facts.causes.get(key)
        if found is None:
            return None
        return MapCause(
            number=found.number,
            confirmed=found.confirmed,
            share=found.share,
            since=found.since,
            evidence=self._names.reasons(found.evidence),
        )

    def _gate(self, gate: Gate) -> MapGate:
        measure = gate.measure
        members = sorted(map(self._member, gate.members), key=lambda one: (one.up, one.name, one.id))
        return MapGate(
            group=gate.group,
            rule=gate.rule,
            standing=gate.standing.value,
            stops=word_of(Health(gate.stops)),
            goes_on=word_of(Health(gate.goes_on)),
            measure=MapMeasure(
                counts="bad" if measure.bad else "up",
                unit=measure.unit,  # type: ignore[arg-type]  # the rules' own four words
                found=float(measure.found),
                limit=float(measure.limit),
                total=float(measure.total),
            )
            if measure
            else None,
            members=members[:MOST_MEMBERS],
            more=max(0, len(members) - MOST_MEMBERS),
        )

    def _member(self, one: GateMember) -> MapMember:
        assert self._graph is not None  # gates come out of a graph
        ci_id = self._graph.ids[one.provider]
        return MapMember(
            id=ci_id,
            name=self._graph.name(one.provider),
            state=word_of(Health(max(one.seen, Health.UNKNOWN))),
            up=one.up,
            maintained=one.maintained,
            mark=self._at.get(ci_id),
        )


def _gravity(health: Health) -> float:
    """Unknown is worse than ok, and better than a problem."""
    return 0.5 if health is Health.UNKNOWN else health


def _split(things: tuple[Thing, ...]) -> dict[HealthWord, int]:
    """How many of a group are in which state, the worst first."""
    found = Counter(max(thing.own, thing.propagated, key=_gravity) for thing in things)
    return {word_of(health): found[health] for health in sorted(found, key=_gravity, reverse=True)}


def _band(thing: Thing) -> BandWord | None:
    word: BandWord | None = thing.band.name.lower() if thing.band is not None else None  # type: ignore[assignment]
    return word


def _ghost(one: Ghost) -> MapGhost:
    return MapGhost(id=one.ci_id, name=one.name, cls=one.cls, lost_at=one.lost_at, layer=one.cell.layer, x=one.cell.x)


def _step(thing: Thing, names: Names, assessment: Assessment | None, mark: int) -> MapStep:
    found = assessment.health.get(thing.ci_id) if assessment else None
    return MapStep(
        ci=CiRef(id=thing.ci_id, name=thing.name, cls=thing.cls),
        own=word_of(thing.own),
        propagated=word_of(thing.propagated),
        reason=names.reason(found.reason) if found else None,
        mark=mark,
    )
