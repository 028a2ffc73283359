"""Which of several observed values counts: the best trusted source's, then the newest. Pure.

The losers stay with their observations, so every value has a source, a time and a rule that chose it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cmdb.catalogue import Attribute, Catalogue, RelationType
from cmdb.identify import SourceKey, observation_key
from cmdb.model import CI, CiId, Observation, ObservedRelation, Relation, Value

_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "ref": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list, tuple),
    "map": (dict,),
    "spec": (str, dict),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a source said and that was not taken, with the code that says why."""

    source: str
    native_key: str
    code: str
    args: Mapping[str, str] = field(default_factory=dict)


def by_trust(catalogue: Catalogue, observations: Iterable[Observation]) -> list[Observation]:
    """The best trusted source first, its newest word first."""

    def order(seen: Observation) -> tuple[int, float, str, str]:
        return (catalogue.source_rank(seen.source), -seen.observed_at.timestamp(), seen.source, seen.native_key)

    return sorted(observations, key=order)


def fits(attribute: Attribute, value: Value) -> bool:
    """Whether a value is of the attribute's type and among its choices."""
    if isinstance(value, bool) and attribute.type != "boolean":
        return False
    if not isinstance(value, _PYTHON_TYPES[attribute.type]):
        return False
    return not attribute.choices or value in attribute.choices


def winning_class(catalogue: Catalogue, trusted: Sequence[Observation]) -> str:
    """The best trusted class, refined down its chain by the others; another branch never wins."""
    cls = trusted[0].cls
    for seen in trusted[1:]:
        cls = catalogue.refined(cls, seen.cls) or cls
    return cls


def winning_ci(catalogue: Catalogue, ci_id: CiId, observations: Sequence[Observation]) -> tuple[CI, list[Finding]]:
    """The CI that several observations of one thing add up to, and what was not taken."""
    trusted = by_trust(catalogue, observations)
    cls = winning_class(catalogue, trusted)
    known = catalogue.classes[cls].attributes
    attributes: dict[str, Value] = {}
    findings = []
    for seen in trusted:
        if catalogue.refined(cls, seen.cls) is None:
            findings.append(_finding(seen, "class_contradicts", taken=cls, refused=seen.cls))
        for name, value in seen.attributes.items():
            if name in known and not fits(known[name], value):
                findings.append(_finding(seen, "attribute_of_wrong_type", attribute=name, wanted=known[name].type))
            else:
                attributes.setdefault(name, value)
    name = next((seen.name for seen in trusted if seen.name), ci_id)
    return CI(ci_id=ci_id, cls=cls, name=name, attributes=dict(sorted(attributes.items()))), findings


class RelationWinners:
    """Collects the relations that all sources saw and settles which stand."""

    def __init__(self, catalogue: Catalogue, cis: Mapping[CiId, CI], ids: Mapping[SourceKey, CiId]) -> None:
        self._catalogue = catalogue
        self._cis = cis
        self._ids = ids
        self._seen: dict[tuple[CiId, str, CiId], list[tuple[Observation, ObservedRelation]]] = {}
        self.findings: list[Finding] = []

    def settle(self, observations: Iterable[Observation]) -> dict[tuple[CiId, str, CiId], Relation]:
        """The relations of all observations by their keys."""
        for seen in by_trust(self._catalogue, observations):
            for edge in seen.relations:
                self._take(seen, edge)
        self._bound()
        return {key: self._relation(key, saw) for key, saw in sorted(self._seen.items())}

    def _take(self, seen: Observation, edge: ObservedRelation) -> None:
        start, end = self._ids.get(observation_key(seen)), self._ids.get((seen.source, edge.to))
        if start is None:
            return  # parked itself, and listed as such
        relation = self._catalogue.relations.get(edge.type)
        problem = None
        if relation is None:
            problem = "unknown_relation_type"
        elif end is None:
            problem = "relation_to_nothing"
        elif start == end:
            problem = "relation_to_itself"
        elif not self._catalogue.allows(relation, self._cis[start].cls, self._cis[end].cls):
            problem = "relation_not_allowed"
        if problem or relation is None or end is None:
            self.findings.append(_finding(seen, problem or "", type=edge.type, to=edge.to))
            return
        if not relation.directed and end < start:
            start, end = end, start
        self._seen.setdefault((start, edge.type, end), []).append((seen, edge))

    def _bound(self) -> None:
        """Where a type allows only so many ends, the best trusted stay."""
        ends: dict[tuple[CiId, str], int] = {}
        for key, saw in list(self._seen.items()):  # in order of trust
            most = self._catalogue.relations[key[1]].to_at_most
            ends[key[:2]] = ends.get(key[:2], 0) + 1
            if most is not None and ends[key[:2]] > most:
                del self._seen[key]
                for seen, edge in saw:
                    self.findings.append(_finding(seen, "too_many_ends", type=edge.type, to=edge.to))

    def _relation(self, key: tuple[CiId, str, CiId], saw: list[tuple[Observation, ObservedRelation]]) -> Relation:
        known = self._catalogue.relations[key[1]]
        attributes: dict[str, Value] = {}
        for seen, edge in saw:
            for name, value in edge.attributes.items():
                kept = self._value(known, seen, name, value)
                if kept is not None:
                    attributes.setdefault(name, kept)
        return Relation(from_id=key[0], type=key[1], to_id=key[2], attributes=dict(sorted(attributes.items())))

    def _value(self, known: RelationType, seen: Observation, name: str, value: Value) -> Value | None:
        attribute = known.attributes.get(name)
        if attribute is not None and not fits(attribute, value):
            self.findings.append(_finding(seen, "attribute_of_wrong_type", attribute=name, wanted=attribute.type))
            return None
        if attribute is not None and attribute.type == "ref":
            return self._ids.get((seen.source, str(value)))
        return value


def _finding(seen: Observation, code: str, **args: str) -> Finding:
    return Finding(source=seen.source, native_key=seen.native_key, code=code, args=args)
