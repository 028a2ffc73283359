"""What the engine needs to know of a catalogue: which relations carry health, and who plays which part.

The engine knows parts (a site, what forwards, a person), never the names of classes or relation types: those are the
catalogue's, and a user's own classes play a part by standing below one that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cmdb.catalogue.catalogue import Catalogue
from impact.scale import SHIPPED, Profile, Seen, seen_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationMeaning:
    """What a relation type does to health: ``sees[level]`` is what the dependent sees of a provider at that level.

    ``carries_network`` is false where being cut off from the network does not matter to the dependent (power).
    ``dependent_is_from`` says which end depends.
    """

    sees: Seen
    carries_network: bool = True
    dependent_is_from: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """``meanings`` by relation type; ``relations``: part → relation type; ``classes``: class → the parts it plays.

    ``defaults``: class → attribute → the number that holds where none is said.
    """

    meanings: Mapping[str, RelationMeaning]
    relations: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    profile: Profile = SHIPPED
    defaults: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def default(self, cls: str, attribute: str) -> float | None:
        """The number that holds for CIs of a class which say none."""
        return self.defaults.get(cls, {}).get(attribute)

    def plays(self, cls: str, part: str) -> bool:
        """Whether CIs of a class play a part: site, forwards, hub, service, offering, person, team."""
        return part in self.classes.get(cls, frozenset())

    def relation(self, part: str) -> str:
        """The relation type that plays a part; empty if none does."""
        return self.relations.get(part, "")

    def players(self, part: str) -> frozenset[str]:
        """The classes that play a part."""
        return frozenset(name for name, parts in self.classes.items() if part in parts)


def vocabulary_of(catalogue: Catalogue, profile: Profile = SHIPPED) -> Vocabulary:
    """The catalogue in the engine's words."""
    return Vocabulary(
        meanings={
            name: RelationMeaning(
                sees=seen_of(dict(relation.impact), profile, f"relations.{name}.impact"),
                carries_network=relation.isolation_carried,
                dependent_is_from=relation.dependent == "from",
            )
            for name, relation in catalogue.relations.items()
            if relation.impact is not None
        },
        relations={relation.part: name for name, relation in catalogue.relations.items() if relation.part},
        classes={
            name: frozenset(part for above in known.chain if (part := catalogue.classes[above].part))
            for name, known in catalogue.classes.items()
        },
        profile=profile,
        defaults={
            name: {a.name: a.default for a in known.attributes.values() if a.default is not None}
            for name, known in catalogue.classes.items()
        },
    )
