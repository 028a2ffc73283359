"""The graph of a model test: as the test writes it, with what the test says otherwise, and what its CIs are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeAlias

from cmdb.catalogue.catalogue import Catalogue
from cmdb.catalogue.model import Attribute
from cmdb.model import CI, Relation, Snapshot
from cmdb.winners import fits
from impact.errors import ModelError
from impact.rule_reading import MOST, check_relation, check_rules
from impact.scale import Profile, only
from impact.wiring import LIVES, vlans_of

DEFAULT_RELATION = "DEPENDS_ON"
_GRAPH = ("cis", "relations", "cables", "bundles")
_OF_A_CABLE = ("link", "vlans")
_PASSES_ON = ("map", "weight", "group", "drops")
_MAX_CIS = 100_000

Some: TypeAlias = tuple[tuple[str, bool], ...]
"""CIs, and of each whether all that stands in it, or that it needs, is meant too."""


class GraphReader:
    """Reads a graph as a test writes it."""

    def __init__(self, profile: Profile, catalogue: Catalogue, where: str) -> None:
        self._profile = profile
        self._catalogue = catalogue
        self._where = where
        self._cis: dict[str, CI] = {}
        self._relations: dict[tuple[str, str, str], Relation] = {}
        self._parts = {relation.part: verb for verb, relation in catalogue.relations.items() if relation.part}
        self._ports: dict[tuple[str, str], str] = {}
        """Link and device → the port between them."""
        self._attributes: dict[str, list[Attribute]] = {"name": [], "class": []}
        for known in catalogue.classes.values():
            for name, attribute in known.attributes.items():
                self._attributes.setdefault(name, []).append(attribute)

    def read(self, spec: Any) -> Snapshot:
        """The graph.

        Raises:
            ModelError: names the place and the remedy.
        """
        where = f"{self._where}.graph"
        if spec is None:
            raise ModelError(where, "is missing", "write graph: {relations: [[dependent, provider]]}")
        parts = only(spec, where, *_GRAPH)
        cis = parts.get("cis") or {}
        named = cis if isinstance(cis, Mapping) else dict.fromkeys(map(str, _list(cis, f"{where}.cis")))
        if len(named) > _MAX_CIS:
            raise ModelError(f"{where}.cis", f"are {len(named)}", f"write at most {_MAX_CIS}")
        for name, said in named.items():
            self._ci(str(name), said or {}, f"{where}.cis.{name}")
        for place, relation in enumerate(_list(parts.get("relations") or [], f"{where}.relations")):
            self._relation(relation, f"{where}.relations.{place}")
        for place, cable in enumerate(_list(parts.get("cables") or [], f"{where}.cables")):
            self._cable(cable, f"{where}.cables.{place}")
        bundles = only(parts.get("bundles") or {}, f"{where}.bundles", *(parts.get("bundles") or {}))
        for name, said in bundles.items():
            self._bundle(str(name), said, f"{where}.bundles.{name}")
        return Snapshot(revision=1, cis=tuple(self._cis.values()), relations=tuple(self._relations.values()))

    def _ci(self, ci_id: str, said: Any, where: str) -> None:
        if not isinstance(said, Mapping):
            raise ModelError(where, "is no mapping", "write attributes, e.g. {class: Server, rules: [worst]}")
        for name, value in said.items():
            self._attribute(name, value, f"{where}.{name}")
        attributes = {key: value for key, value in said.items() if key not in ("class", "name")}
        check_rules(attributes, self._profile, where)
        if LIVES in attributes:
            vlans_of(attributes[LIVES], f"{where}.{LIVES}")
        cls = str(said.get("class", ""))
        if cls and cls not in self._catalogue.classes:
            raise ModelError(f"{where}.class", f"there is no class {cls!r}", _meant(cls, self._catalogue.classes))
        self._cis[ci_id] = CI(ci_id=ci_id, cls=cls, name=str(said.get("name", ci_id)), attributes=attributes)

    def _attribute(self, name: Any, value: Any, where: str) -> None:
        known = self._attributes.get(name)
        if known is None:
            raise ModelError(where, "is no attribute", _meant(str(name), self._attributes))
        if _too_large(value) or (known and not any(fits(attribute, value) for attribute in known)):
            wanted = [", ".join(map(str, one.choices)) or one.type for one in known]
            remedy = f"write {wanted[0] if wanted else 'text'}, and no number beyond {MOST}"
            raise ModelError(where, f"{value!r} does not fit", remedy)

    def _relation(self, spec: Any, where: str) -> None:
        parts = _list(spec, where)
        more = parts[2:]
        verbs, mappings = [p for p in more if isinstance(p, str)], [p for p in more if isinstance(p, Mapping)]
        if len(parts) < 2 or len(verbs) > 1 or len(mappings) > 1 or len(verbs) + len(mappings) < len(more):
            raise ModelError(where, "is no relation", "write [dependent, provider], then the type and {weight: …}")
        start, end = str(parts[0]), str(parts[1])
        verb = verbs[0] if verbs else DEFAULT_RELATION
        said = mappings[0] if mappings else {}
        known = self._catalogue.relations.get(verb)
        if known is None:
            remedy = _meant(verb, self._catalogue.relations)
            raise ModelError(where, f"there is no relation type {verb!r}", remedy)
        only(said, where, *dict.fromkeys((*_PASSES_ON, *known.attributes)))
        if known.impact is None and said.keys() & set(_PASSES_ON):
            raise ModelError(where, f"{verb} carries no health", f"leave {', '.join(said)} out, or take another type")
        group = said.get("group", "")
        if not isinstance(group, (str, int)) or _too_large(group):
            raise ModelError(f"{where}.group", f"{group!r} is no name", "write the name of a requirement group")
        for ci in (start, end):
            self._cis.setdefault(ci, CI(ci_id=ci, cls="", name=ci))
        check_relation(said, self._profile, where)
        if (start, verb, end) in self._relations:
            raise ModelError(where, "stands there twice", "give the second another type, or leave it out")
        self._relations[start, verb, end] = Relation(from_id=start, type=verb, to_id=end, attributes=dict(said))

    def _cable(self, spec: Any, where: str) -> None:
        ends = _list(spec, where)
        if len(ends) not in (2, 3):
            raise ModelError(where, "is no cable", "write [one device, the other], then {vlans: […]} or {link: name}")
        one, other = map(str, ends[:2])
        said = only(ends[2] if ends[2:] else {}, where, *_OF_A_CABLE)
        link = str(said.get("link", f"{one}--{other}"))
        if link in self._cis:
            raise ModelError(where, f"there is a CI {link!r} already", "name the link: [one, other, {link: a name}]")
        self._cis[link] = CI(ci_id=link, cls="", name=link)
        carried = {"tagged_vlans": said["vlans"]} if "vlans" in said else {}
        if carried:
            vlans_of(said["vlans"], f"{where}.vlans")
        named = "link" in said
        ports = [f"{near}:{link if named else far}" for near, far in ((one, other), (other, one))]
        for near, port in zip((one, other), ports, strict=True):
            if near not in self._cis:
                raise ModelError(where, f"there is no CI {near!r}", "list it under cis, with its class")
            self._cis[port] = CI(ci_id=port, cls="", name=port, attributes=dict(carried))
            self._join(port, self._parts["port_of"], near)
            self._ports[link, near] = port
        self._join(ports[0], self._parts["connects"], ports[1], link=link)

    def _bundle(self, name: str, spec: Any, where: str) -> None:
        """Links that a device takes as one: an aggregate port with the ports of these links."""
        said = only(spec, where, "of", "links", "min_links")
        device, least = str(said.get("of", "")), said.get("min_links", 1)
        if device not in self._cis:
            raise ModelError(f"{where}.of", f"there is no CI {device!r}", "name the device that takes the links as one")
        if not isinstance(least, int) or isinstance(least, bool) or least < 1:
            raise ModelError(f"{where}.min_links", f"is {least!r}", "write how many links it needs, 1 or more")
        if name in self._cis:
            raise ModelError(where, "is the name of another CI", "give the bundle a name of its own")
        self._cis[name] = CI(ci_id=name, cls="", name=name, attributes={"min_links": least})
        self._join(name, self._parts["port_of"], device)
        for link in map(str, _list(said.get("links"), f"{where}.links")):
            port = self._ports.get((link, device))
            if port is None:
                raise ModelError(f"{where}.links", f"{link!r} is no link of {device}", "name links that end at it")
            self._join(port, self._parts["bundled_in"], name)

    def _join(self, start: str, verb: str, end: str, **attributes: str) -> None:
        self._relations[start, verb, end] = Relation(from_id=start, type=verb, to_id=end, attributes=dict(attributes))


class Names:
    """What the CIs of a graph may be called: by id, or by a name that only one of them has."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._by: dict[str, str | None] = {}
        for ci in snapshot.cis:
            self._by[ci.name] = None if ci.name in self._by else ci.ci_id
        self._by |= {ci.ci_id: ci.ci_id for ci in snapshot.cis}

    def one(self, name: Any, where: str) -> str:
        """A CI.

        Raises:
            ModelError: there is none of that name, or several.
        """
        found = self._by.get(str(name))
        if found is None:
            several = str(name) in self._by
            what = "several CIs are named" if several else "there is no CI"
            remedy = "name one by its id" if several else _meant(str(name), self._by)
            raise ModelError(where, f"{what} {name!r}", remedy)
        return found

    def several(self, names: Any, where: str) -> tuple[str, ...]:
        return tuple(self.one(name, where) for name in _list(names, where))

    def some(self, names: Any, where: str) -> Some:
        """CIs, each alone or, as ``{all_of: CI}``, with all that stands in it or that it needs."""
        found = []
        for name in _list(names, where):
            whole = isinstance(name, Mapping)
            one = only(name, where, "all_of").get("all_of") if whole else name
            found.append((self.one(one, where), whole))
        return tuple(found)


def restated(snapshot: Snapshot, own: Mapping[str, Any], names: Names, profile: Profile, where: str) -> Snapshot:
    """The graph with the rules and requirements that a test states instead of the graph's own."""
    attributes = {ci.ci_id: dict(ci.attributes) for ci in snapshot.cis}
    for key in ("rules", "requirements"):
        stated = own.get(key) or {}
        if not isinstance(stated, Mapping):
            raise ModelError(f"{where}.{key}", "is no mapping", f"write {{CI: {key}}}")
        for name, said in stated.items():
            here = f"{where}.{key}.{name}"
            ci_id = names.one(name, here)
            if _too_large(said):
                raise ModelError(here, "has a number that is too large", f"write at most {MOST}")
            attributes[ci_id][key] = said
            check_rules({key: said}, profile, here.removesuffix(f".{key}"))
    cis = tuple(replace(ci, attributes=attributes[ci.ci_id]) for ci in snapshot.cis)
    return replace(snapshot, cis=cis)


def _too_large(value: Any) -> bool:
    """Whether a number stands in it that no store holds."""
    if isinstance(value, Mapping):
        return any(map(_too_large, value.values()))
    return any(map(_too_large, value)) if isinstance(value, list) else isinstance(value, int) and abs(value) > MOST


def _meant(word: str, known: Any) -> str:
    close = get_close_matches(word, list(map(str, known)), n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    names = sorted(map(str, known))
    return f"known are {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"


def _list(value: Any, where: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise ModelError(where, "is no list", "write a list")
    return value
