"""Builds the catalogue from its files and answers questions about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from cmdb.bounded_yaml import Plain
from cmdb.catalogue.model import AS_IS, Attribute, CiClass, ClaimKind, RelationType
from cmdb.catalogue.read import Entry, entries, read_file, texts
from cmdb.claims import FORMS, Placeholders
from cmdb.errors import CatalogueError
from cmdb.model import Claim

_SHIPPED_NAMES = ("claims.yaml", "classes.yaml", "relations.yaml", "scales.yaml")
SHIPPED = tuple(Path(__file__).parent / name for name in _SHIPPED_NAMES)

# Classes become labels and verbs relation types of a graph database, so their spelling is bounded.
_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_VERB = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_ATTRIBUTE_TYPES = ("text", "integer", "number", "boolean", "list", "map", "spec", "ref")
_HEALTH = tuple(AS_IS)
CLASS_PARTS = ("site", "forwards", "hub", "service", "offering", "person", "team")
RELATION_PARTS = (
    "port_of", "connects", "bundled_in", "located_in", "part_of", "owns", "on_call", "uses", "member_of", "head_of",
)  # fmt: skip


class Catalogue:
    """Classes, claim kinds, relation types and source ranks. Immutable once loaded."""

    def __init__(self) -> None:
        self.classes: dict[str, CiClass] = {}
        self.relations: dict[str, RelationType] = {}
        self.claim_kinds: dict[str, ClaimKind] = {}
        self.source_ranks: tuple[str, ...] = ()
        self.scales: dict[str, dict[str, Plain]] = {}
        """Scales of other products with their policies, as written; `impact.trial` reads them."""
        self._placeholders: dict[str, Placeholders] = {}
        self._relation_attributes: dict[str, Attribute] = {}

    @classmethod
    def load(cls, extra: Sequence[Path] = ()) -> Catalogue:
        """The shipped files and then the user's own, which may add entries and extend classes.

        Raises:
            CatalogueError: names file, line, entry and remedy.
        """
        catalogue = cls()
        for path in (*SHIPPED, *extra):
            _Builder(catalogue, str(path)).add(read_file(path))
        return catalogue

    def chain(self, name: str) -> tuple[str, ...]:
        """The classes from the topmost one down to this one; ``("CI", name)`` for a class that is not known."""
        known = self.classes.get(name)
        return known.chain if known else ("CI", name)

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether a class is another one or below it."""
        return ancestor in self.chain(name)

    def same_kind_of_thing(self, one: str, other: str) -> bool:
        """Whether observations of these two classes may be of one thing."""
        first, second = self.classes[one], self.classes[other]
        return first.branch == second.branch or other in first.seen_as or one in second.seen_as

    def refined(self, current: str, other: str) -> str | None:
        """The more exact of two classes of one thing, or ``None`` when they contradict each other."""
        if self.is_a(current, other) or other in self.classes[current].seen_as:
            return current
        if self.is_a(other, current) or current in self.classes[other].seen_as:
            return other
        return None

    def normal(self, claim: Claim) -> Claim | None:
        """The claim in its one spelling, or ``None`` when it is malformed, junk or of an unknown kind."""
        kind = self.claim_kinds.get(claim.kind)
        if kind is None:
            return None
        value = FORMS[kind.form](claim.value)
        junk = self._placeholders.get(claim.kind)
        return None if value is None or (junk and junk.covers(value)) else Claim(kind=claim.kind, value=value)

    def source_rank(self, source: str) -> int:
        """The place of a source among `source_ranks`, 0 the most trusted; unknown sources come last."""
        for place, pattern in enumerate(self.source_ranks):
            if fnmatchcase(source, pattern):
                return place
        return len(self.source_ranks)

    def allows(self, relation: RelationType, from_class: str, to_class: str) -> bool:
        """Whether a relation type may join things of these classes."""
        starts, ends = self.chain(from_class), self.chain(to_class)
        return any(name in starts for name in relation.from_classes) and any(
            name in ends for name in relation.to_classes
        )


class _Builder:
    """Adds the sections of one file to a catalogue."""

    def __init__(self, catalogue: Catalogue, where: str) -> None:
        self._to = catalogue
        self._where = where

    def add(self, sections: Mapping[str, object]) -> None:
        handlers = {
            "claim_kinds": self._claim_kind,
            "placeholders": self._placeholder,
            "classes": self._class,
            "extend_classes": self._extend_class,
            "relation_attributes": self._relation_attribute,
            "relations": self._relation,
            "scales": self._scale,
        }
        nodes = dict(sections)
        for section, handle in handlers.items():
            if section in nodes:
                for entry in entries(nodes[section], self._where, section):  # type: ignore[arg-type]
                    handle(entry)
        if "source_ranks" in nodes:
            node = nodes["source_ranks"]
            self._to.source_ranks = texts(Entry("source_ranks", node, self._where), node)  # type: ignore[arg-type]

    def _claim_kind(self, entry: Entry) -> None:
        entry.allow("form", "tells_apart", "scope", "description")
        self._refuse_known(entry, self._to.claim_kinds)
        form = entry.text("form")
        if form not in FORMS:
            raise entry.error(f"unknown form {form!r}", f"known are {', '.join(FORMS)}")
        apart = entry.fields.get("tells_apart")
        everything = apart is not None and apart.content == "all"
        self._to.claim_kinds[entry.name] = ClaimKind(
            name=entry.name,
            strength=len(self._to.claim_kinds),
            form=form,
            tells_apart=frozenset({"*"}) if everything else frozenset(entry.texts("tells_apart")),
            scope=entry.text("scope", ""),
            description=entry.text("description", ""),
        )

    def _placeholder(self, entry: Entry) -> None:
        if entry.name not in self._to.claim_kinds:
            raise entry.error("is no claim kind", "declare it under claim_kinds first")
        self._to._placeholders[entry.name] = Placeholders(texts(entry, entry.node))  # noqa: SLF001 - its own builder

    def _class(self, entry: Entry) -> None:
        entry.allow("parent", "abstract", "seen_as", "label", "identity", "attributes", "part")
        self._refuse_known(entry, self._to.classes)
        if not _CLASS_NAME.fullmatch(entry.name):
            raise entry.error("is not a class name", "begin with a capital, use letters and digits only")
        parent = self._parent(entry)
        self._to.classes[entry.name] = CiClass(
            name=entry.name,
            chain=(*(parent.chain if parent else ()), entry.name),
            abstract=entry.flag("abstract", default=False),
            label=entry.labels(),
            identity=self._identity(entry) or (parent.identity if parent else ()),
            seen_as=frozenset(entry.texts("seen_as")) or (parent.seen_as if parent else frozenset()),
            attributes={**(parent.attributes if parent else {}), **_attributes(entry)},
            part=_one_of(entry, "part", ("", *CLASS_PARTS)),
        )

    def _parent(self, entry: Entry) -> CiClass | None:
        if not self._to.classes and "parent" not in entry.fields:
            return None
        name = entry.text("parent")
        if name not in self._to.classes:
            raise entry.error(
                f"its parent {name!r} is not known", "declare the parent above it", entry.fields["parent"]
            )
        return self._to.classes[name]

    def _identity(self, entry: Entry) -> tuple[str, ...]:
        kinds = entry.texts("identity")
        for kind in kinds:
            if kind not in self._to.claim_kinds:
                raise entry.error(f"unknown claim kind {kind!r}", f"known are {', '.join(self._to.claim_kinds)}")
        return tuple(sorted(kinds, key=lambda kind: self._to.claim_kinds[kind].strength))

    def _extend_class(self, entry: Entry) -> None:
        entry.allow("attributes")
        if entry.name not in self._to.classes:
            raise entry.error("is no class", "declare it under classes")
        added = _attributes(entry)
        for name, known in self._to.classes.items():
            if entry.name in known.chain:
                self._to.classes[name] = CiClass(
                    name=known.name,
                    chain=known.chain,
                    abstract=known.abstract,
                    label=known.label,
                    identity=known.identity,
                    seen_as=known.seen_as,
                    attributes={**added, **known.attributes},
                )

    def _relation_attribute(self, entry: Entry) -> None:
        self._to._relation_attributes[entry.name] = _attribute(entry)  # noqa: SLF001 - its own builder

    def _relation(self, entry: Entry) -> None:
        entry.allow(
            "from", "to", "impact", "dependent", "directed", "isolation", "people", "part", "to_at_most", "label",
            "attributes",
        )  # fmt: skip
        self._refuse_known(entry, self._to.relations)
        if not _VERB.fullmatch(entry.name):
            raise entry.error("is not a verb in capitals", "use capitals, digits and underscores")
        self._to.relations[entry.name] = RelationType(
            name=entry.name,
            from_classes=self._ends(entry, "from"),
            to_classes=self._ends(entry, "to"),
            impact=_impact(entry),
            dependent=_one_of(entry, "dependent", ("from", "to")),
            directed=entry.flag("directed", default=True),
            isolation_carried=_one_of(entry, "isolation", ("carried", "ignored")) == "carried",
            people=entry.flag("people", default=False),
            part=self._part(entry),
            to_at_most=entry.number("to_at_most"),
            label=entry.labels(),
            attributes={**self._to._relation_attributes, **_attributes(entry)},  # noqa: SLF001 - its own builder
        )

    def _scale(self, entry: Entry) -> None:
        self._refuse_known(entry, self._to.scales)
        spec = entry.node.plain()
        if not isinstance(spec, dict):
            raise entry.error("is no mapping", "write levels, best first")
        self._to.scales[entry.name] = spec

    def _part(self, entry: Entry) -> str:
        part = _one_of(entry, "part", ("", *RELATION_PARTS))
        if part and any(known.part == part for known in self._to.relations.values()):
            raise entry.error(f"part {part!r} is played by another type", "leave part out", entry.fields["part"])
        return part

    def _ends(self, entry: Entry, field: str) -> tuple[str, ...]:
        names = entry.texts(field)
        if not names:
            raise entry.error(f"{field} is empty", "name at least one class")
        for name in names:
            if name not in self._to.classes:
                raise entry.error(f"{field} names {name!r}, which is no class", "declare the class")
        return names

    def _refuse_known(self, entry: Entry, known: Mapping[str, object]) -> None:
        if entry.name in known:
            raise entry.error("is declared already", "choose another name, or use extend_classes to add attributes")


def _one_of(entry: Entry, field: str, choices: tuple[str, ...]) -> str:
    value = entry.text(field, choices[0])
    if value not in choices:
        raise entry.error(f"{field} is {value!r}", f"write {' or '.join(choices)}", entry.fields[field])
    return value


def _impact(entry: Entry) -> Mapping[str, str] | None:
    node = entry.fields.get("impact")
    if node is None:
        raise entry.error("says nothing about impact", "add impact: as_is, none, or a map of health words")
    if node.content == "none":
        return None
    if node.content == "as_is":
        return AS_IS
    if not isinstance(node.content, dict):
        raise entry.error("impact is neither as_is, none nor a map", "correct it", node)
    given = {word: str(seen.content) for word, seen in node.content.items()}
    for word in (*given, *given.values()):
        if word not in _HEALTH:
            raise entry.error(f"impact names {word!r}, which is no health", f"known are {', '.join(_HEALTH)}", node)
    return {word: given.get(word, "ok") for word in _HEALTH}


def _attributes(entry: Entry) -> dict[str, Attribute]:
    return {child.name: _attribute(child) for child in entry.children("attributes")}


def _attribute(entry: Entry) -> Attribute:
    entry.allow("type", "unit", "choices", "description", "default")
    kind = entry.text("type")
    if kind not in _ATTRIBUTE_TYPES:
        raise entry.error(f"unknown type {kind!r}", f"known are {', '.join(_ATTRIBUTE_TYPES)}")
    node = entry.fields.get("choices")
    choices = node.content if node is not None and isinstance(node.content, list) else []
    return Attribute(
        name=entry.name,
        type=kind,
        unit=entry.text("unit", ""),
        choices=tuple(item.content for item in choices if isinstance(item.content, (str, int))),
        description=entry.text("description", ""),
        default=_default(entry, kind),
    )


def _default(entry: Entry, kind: str) -> int | float | None:
    node = entry.fields.get("default")
    if node is None:
        return None
    value = node.content
    if kind not in ("integer", "number") or not isinstance(value, (int, float)) or isinstance(value, bool):
        raise entry.error("default is of another kind", "write a number, for a number or integer", node)
    return value


__all__ = ["SHIPPED", "Catalogue", "CatalogueError"]
