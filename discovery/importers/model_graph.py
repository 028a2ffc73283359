"""The graph that a model file makes alone, for tests of the model: no other source tells of its CIs, none is joined.

CIs go by their keys in the file. A link is called ``one--other`` by its devices where it is the only one between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from cmdb.model import CI, Observation, Relation, Snapshot
from discovery.importers.model_yaml import ModelFile


def graph_of(model: ModelFile) -> Snapshot:
    """The graph of a file without mistakes."""
    ids = _ids(model.observations)
    cis = tuple(
        CI(ci_id=ids[one.native_key], cls=one.cls, name=one.name, attributes=dict(one.attributes))
        for one in model.observations
    )
    relations = tuple(
        Relation(
            from_id=ids[one.native_key],
            type=relation.type,
            to_id=ids[relation.to],
            attributes={
                name: ids.get(value, value) if name == "link" and isinstance(value, str) else value
                for name, value in relation.attributes.items()
            },
        )
        for one in model.observations
        for relation in one.relations
    )
    return Snapshot(revision=1, cis=cis, relations=relations)


def _ids(observations: tuple[Observation, ...]) -> Mapping[str, str]:
    """By native key. A port is ``device:port``, and knows its device by the first reference of its identity."""
    ids = {one.native_key: one.native_key for one in observations}
    device_of = {
        one.native_key: claim.refs[0] for one in observations for claim in one.scoped_claims if claim.kind == "port"
    }
    ends = {
        one.native_key: [device_of[ref] for ref in claim.refs]
        for one in observations
        for claim in one.scoped_claims
        if claim.kind == "link"
    }
    pairs = Counter(frozenset(pair) for pair in ends.values())
    return ids | {key: "--".join(pair) for key, pair in ends.items() if pairs[frozenset(pair)] == 1}
