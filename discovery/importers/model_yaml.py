"""The service model from a YAML file: what no protocol can see, as a company would export it.

    faultpath_model: 1
    source: cmdb-export             # the observations' source becomes import:cmdb-export
    cis:
      - key: crm-db-1               # unique in the file
        class: Server
        name: CRM database server
        identity: {serial: "Acme|X1", fqdn: crm-db-1.example.net}   # optional; joins it with what discovery saw
        attributes: {rack: B7}
    relations:
      - {from: crm, type: DEPENDS_ON, to: crm-app, group: app, weight: 1}
    links:                          # cables that no protocol sees
      - {a: {ci: hub, port: eth0}, b: {ci: core-1, port: Gi1/0/24}}

Every mistake comes with file, line, field and remedy, and a file with a mistake yields no observations at all. Reading
ends with the file or at `MAX_PROBLEMS`: a renamed prefix makes a mistake of every line. Aliases, tags and deep nesting
are refused (`cmdb.bounded_yaml`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches

from cmdb.bounded_yaml import YamlError, YamlNode, read_yaml
from cmdb.catalogue import Attribute, Catalogue, CiClass
from cmdb.model import Claim, Observation, ObservedRelation, ScopedClaim, Value
from cmdb.winners import fits
from impact.errors import ModelError
from impact.rule_reading import check_relation, rule_of
from impact.scale import SHIPPED

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 16
MAX_PROBLEMS = 200
MAX_SUGGESTIONS = 20
"""For so many mistakes is looked for what may be meant: each compares a word with up to `_COMPARED` others."""

_COMPARED = 1_000
_LONGEST_COMPARED = 100
_AFFIX = 3
_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProblem:
    """One mistake in a file. ``field`` is the way to it, e.g. ``cis[3].identity.mac``."""

    file: str
    line: int
    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.problem}; {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """What a file says, or what is wrong with it. One of ``observations`` and ``problems`` is empty.

    ``more``: reading ended at `MAX_PROBLEMS`; there may be more of them.
    """

    source: str
    observations: tuple[Observation, ...]
    problems: tuple[ImportProblem, ...]
    more: bool = False


class _FullError(Exception):
    """As many mistakes were found as are told."""


@dataclass(slots=True)
class _Ci:
    """A CI of the file while its relations are still being collected."""

    key: str
    cls: CiClass
    name: str
    attributes: dict[str, Value]
    claims: list[Claim]
    scoped_claims: list[ScopedClaim] = field(default_factory=list)
    relations: list[ObservedRelation] = field(default_factory=list)


class _Place:
    """A value of the file and the way to it."""

    def __init__(self, reader: _Reader, node: YamlNode, way: str) -> None:
        self._reader, self.node, self.way = reader, node, way

    def problem(self, problem: str, remedy: str) -> None:
        self._reader.problem(self.node.line, self.way, problem, remedy)

    def fields(self, allowed: tuple[str, ...], needed: tuple[str, ...] = ()) -> dict[str, _Place]:
        """The fields of a mapping; unknown and missing ones are problems."""
        if not isinstance(self.node.content, dict):
            self.problem("is not a mapping", f"write {{{', '.join(needed or allowed)}: …}}")
            return {}
        found = {name: _Place(self._reader, node, f"{self.way}.{name}") for name, node in self.node.content.items()}
        for name, place in found.items():
            if name not in allowed:
                place.problem("unknown field", self._reader.suggest(name, allowed))
        for name in needed:
            if name not in found:
                self.problem(f"the field {name} is missing", "add it")
        return found

    def named(self) -> Iterator[tuple[str, _Place]]:
        """Every entry of a mapping."""
        if isinstance(self.node.content, dict):
            for name, node in self.node.content.items():
                yield name, _Place(self._reader, node, f"{self.way}.{name}")
        elif self.node.content is not None:
            self.problem("is not a mapping", "write {name: value}")

    def items(self) -> Iterator[_Place]:
        """Every entry of a list."""
        if isinstance(self.node.content, list):
            for number, node in enumerate(self.node.content):
                yield _Place(self._reader, node, f"{self.way}[{number}]")
        elif self.node.content is not None:
            self.problem("is not a list", "begin each entry with a dash")

    def text(self) -> str | None:
        if isinstance(self.node.content, str) and self.node.content.strip():
            return self.node.content.strip()
        self.problem("is not text", "put it into quotes" if self.node.content not in (None, "") else "fill it in")
        return None


def read_model(data: bytes, *, file: str, catalogue: Catalogue, observed_at: datetime) -> ModelFile:
    """Read a model file.

    Args:
        data: the file's bytes (UTF-8).
        file: its name, for the problems.
        catalogue: the classes and relation types that it may use.
        observed_at: when the file was made or read; among equally trusted sources the newest counts.
    """
    return _Reader(file, catalogue, observed_at).read(data)


class _Reader:
    def __init__(self, file: str, catalogue: Catalogue, observed_at: datetime) -> None:
        self._file, self._catalogue, self._observed_at = file, catalogue, observed_at
        self._problems: list[ImportProblem] = []
        self._source = ""
        self._cis: dict[str, _Ci] = {}
        self._spoilt: set[str] = set()  # keys of CIs with a mistake of their own, named once
        self._claimed: dict[Claim, str] = {}
        self._plugged: dict[tuple[str, str], str] = {}
        self._suggested = 0

    def problem(self, line: int, way: str, problem: str, remedy: str) -> None:
        self._problems.append(
            ImportProblem(file=self._file, line=line, field=way.lstrip("."), problem=problem, remedy=remedy)
        )
        if len(self._problems) == MAX_PROBLEMS:
            raise _FullError

    def suggest(self, word: str, known: Sequence[str]) -> str:
        """A remedy for a word that is none of those known."""
        self._suggested += 1
        close = _closest(word, known) if self._suggested <= MAX_SUGGESTIONS else None
        if close is not None:
            return f"did you mean {close!r}?"
        return f"known are {', '.join(known[:12])}{', …' if len(known) > 12 else ''}"

    def read(self, data: bytes) -> ModelFile:
        try:
            root = read_yaml(data, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
        except YamlError as error:
            self.problem(error.line, "file", error.problem, error.remedy)
            return self._result()
        with contextlib.suppress(_FullError):
            self._document(_Place(self, root, ""))
        return self._result()

    def _document(self, root: _Place) -> None:
        allowed = ("faultpath_model", "source", "cis", "relations", "links")
        fields = root.fields(allowed, allowed[:2])
        self._head(fields)
        for place in fields["cis"].items() if "cis" in fields else ():
            self._ci(place)
        for place in fields["relations"].items() if "relations" in fields else ():
            self._relation(place)
        for place in fields["links"].items() if "links" in fields else ():
            self._link(place)

    def _result(self) -> ModelFile:
        problems = tuple(sorted(self._problems, key=lambda problem: problem.line))
        observations = () if problems else tuple(self._observation(ci) for ci in self._cis.values())
        more = len(problems) == MAX_PROBLEMS
        return ModelFile(source=self._source, observations=observations, problems=problems, more=more)

    def _observation(self, ci: _Ci) -> Observation:
        return Observation(
            source=self._source,
            native_key=ci.key,
            cls=ci.cls.name,
            name=ci.name,
            observed_at=self._observed_at,
            attributes=ci.attributes,
            claims=(*ci.claims, Claim(kind="key", value=f"{self._source}|{ci.key}")),
            scoped_claims=tuple(ci.scoped_claims),
            relations=tuple(ci.relations),
        )

    def _head(self, fields: Mapping[str, _Place]) -> None:
        version = fields.get("faultpath_model")
        if version is not None and version.node.content != 1:
            version.problem(f"version {version.node.content} is not known", "write faultpath_model: 1")
        source = fields.get("source")
        name = source.text() if source is not None else None
        if source is not None and name is not None and not _SOURCE.fullmatch(name):
            source.problem(f"{name!r} is no source name", "use lower case letters, digits, dots and dashes")
        self._source = f"import:{name}"

    def _ci(self, place: _Place) -> None:
        fields = place.fields(("key", "class", "name", "identity", "attributes"), ("key", "class", "name"))
        key, cls, name = (fields[part].text() if part in fields else None for part in ("key", "class", "name"))
        known = self._class(fields["class"], cls) if cls is not None else None
        if key in self._cis:
            fields["key"].problem(f"the key {key!r} stands twice in this file", "give each CI its own key")
        if key is None or known is None or name is None:
            self._spoilt.update([key] if key else [])
            return
        ci = _Ci(key, known, name, {}, [])
        for attribute, value in fields["attributes"].named() if "attributes" in fields else ():
            self._attribute(ci, attribute, value)
        for kind, value in fields["identity"].named() if "identity" in fields else ():
            self._identity(ci, kind, value)
        self._cis.setdefault(key, ci)

    def _class(self, place: _Place, name: str) -> CiClass | None:
        known = self._catalogue.classes.get(name)
        usable = [each.name for each in self._catalogue.classes.values() if not each.abstract]
        if known is None:
            place.problem(f"there is no class {name!r}", self.suggest(name, usable))
        elif known.abstract:
            below = [each for each in usable if name in self._catalogue.chain(each)]
            place.problem(f"the class {name} is abstract", f"choose one of {', '.join(below)}")
        elif any(self._catalogue.claim_kinds[kind].scope for kind in known.identity):
            place.problem(f"a {name} cannot stand alone", "write cables under links:, they bring their ports")
        else:
            return known
        return None

    def _attribute(self, ci: _Ci, name: str, place: _Place) -> None:
        attribute = ci.cls.attributes.get(name)
        if attribute is None:
            place.problem(f"a {ci.cls.name} has no attribute {name!r}", self.suggest(name, list(ci.cls.attributes)))
            return
        value = self._value(attribute, place)
        if name == "requirements" and isinstance(value, dict):
            for _, group in place.named():
                for rule in group.items() if isinstance(group.node.content, list) else [group]:
                    self._rule(rule)
        elif name == "rules" and isinstance(value, list):
            for rule in place.items():
                self._rule(rule)
        if value is not None:
            ci.attributes[name] = value

    def _value(self, attribute: Attribute, place: _Place) -> Value | None:
        value = place.node.plain()
        if value is None or not fits(attribute, value):  # type: ignore[arg-type]
            wanted = f"one of {', '.join(map(str, attribute.choices))}" if attribute.choices else attribute.type
            quotes = " (put it into quotes)" if attribute.type == "text" and value is not None else ""
            place.problem(f"{value!r} does not fit", f"write {wanted}{quotes}")
            return None
        return value

    def _rule(self, place: _Place) -> None:
        try:
            rule_of(place.node.plain(), SHIPPED, place.way)
        except ModelError as error:
            self.problem(place.node.line, error.where, error.problem, error.remedy)

    def _passed_on(self, place: _Place, attributes: Mapping[str, Value]) -> None:
        """How a relation passes health on."""
        try:
            check_relation(attributes, SHIPPED, place.way)
        except ModelError as error:
            self.problem(place.node.line, error.where, error.problem, error.remedy)

    def _identity(self, ci: _Ci, kind: str, place: _Place) -> None:
        allowed = [name for name in ci.cls.identity if name != "key" and not self._catalogue.claim_kinds[name].scope]
        if kind not in allowed:
            remedy = f"known are {', '.join(allowed)}" if allowed else "leave identity out; its key identifies it"
            place.problem(f"a {ci.cls.name} is not identified by {kind!r}", remedy)
            return
        values = list(place.items()) if isinstance(place.node.content, list) else [place]
        for value in values:
            text = value.text()
            claim = self._catalogue.normal(Claim(kind=kind, value=text)) if text else None
            if text and claim is None:
                form = self._catalogue.claim_kinds[kind].description
                value.problem(f"{text!r} does not identify anything", f"correct it or leave it out. Wanted: {form}")
            elif text and claim is not None:
                self._claim(ci, claim, text, value)

    def _claim(self, ci: _Ci, claim: Claim, text: str, place: _Place) -> None:
        holder = self._claimed.setdefault(claim, ci.key)
        if holder != ci.key:
            place.problem(f"{text!r} identifies {holder!r} already", "remove it from one of the two")
            return
        ci.claims.append(claim)
        for name, value in _told_by(claim, text).items():
            known = ci.cls.attributes.get(name)
            if known is not None and known.type == "list":
                listed = ci.attributes.setdefault(name, [])
                if isinstance(listed, list) and value not in listed:
                    ci.attributes[name] = [*listed, value]
            elif known is not None:
                ci.attributes.setdefault(name, value)

    def _end(self, fields: Mapping[str, _Place], name: str) -> _Ci | None:
        key = fields[name].text() if name in fields else None
        if key is not None and key not in self._cis and key not in self._spoilt:
            fields[name].problem(
                f"there is no CI with the key {key!r} in this file", self.suggest(key, list(self._cis))
            )
        return self._cis.get(key) if key is not None else None

    def _relation(self, place: _Place) -> None:
        more = tuple(sorted({name for known in self._catalogue.relations.values() for name in known.attributes}))
        fields = place.fields(("from", "type", "to", *more), ("from", "type", "to"))
        start, end = self._end(fields, "from"), self._end(fields, "to")
        verb = fields["type"].text() if "type" in fields else None
        known = self._catalogue.relations.get(verb) if verb is not None else None
        if verb is not None and known is None:
            fields["type"].problem(
                f"there is no relation type {verb!r}", self.suggest(verb, list(self._catalogue.relations))
            )
        if start is None or end is None or known is None:
            return
        if start is end:
            place.problem("joins a CI with itself", "correct from or to")
        elif not self._catalogue.allows(known, start.cls.name, end.cls.name):
            ends = f"{' or '.join(known.from_classes)} to {' or '.join(known.to_classes)}"
            place.problem(f"{known.name} cannot join {start.cls.name} to {end.cls.name}", f"it joins {ends}")
        attributes: dict[str, Value] = {}
        for name in more:
            if name in fields and name not in known.attributes:
                fields[name].problem(f"a {known.name} has no {name}", "remove it")
            elif name in fields:
                value = self._value(known.attributes[name], fields[name])
                if value is not None:
                    attributes[name] = value
        self._passed_on(place, attributes)
        self._relate(place, start, ObservedRelation(type=known.name, to=end.key, attributes=attributes))

    def _relate(self, place: _Place, start: _Ci, edge: ObservedRelation) -> None:
        alike = [other for other in start.relations if other.type == edge.type]
        most = self._catalogue.relations[edge.type].to_at_most
        if any(other.to == edge.to for other in alike):
            place.problem(f"{start.key} {edge.type} {edge.to} stands twice", "remove one of the two")
        elif most is not None and len(alike) >= most:
            place.problem(f"{start.key} has more than {most} {edge.type}", f"keep {most}")
        else:
            start.relations.append(edge)

    def _link(self, place: _Place) -> None:
        fields = place.fields(("a", "b", "name"), ("a", "b"))
        ports = [self._port(fields[side]) for side in ("a", "b") if side in fields]
        given = fields["name"].text() if "name" in fields else None
        if len(ports) < 2 or ports[0] is None or ports[1] is None:
            return
        one, other = sorted((port for port in ports if port is not None), key=lambda port: port.key)
        name = given or " ↔ ".join(f"{self._device_of(port).name} {port.name}" for port in (one, other))
        link = _Ci(f"link:{one.key}|{other.key}", self._catalogue.classes["Link"], name, {"seen_by": "file"}, [])
        link.scoped_claims = [ScopedClaim(kind="link", refs=(one.key, other.key))]
        link.relations = [ObservedRelation(type="ENDS_AT", to=port.key) for port in (one, other)]
        one.relations.append(ObservedRelation(type="CONNECTS_TO", to=other.key, attributes={"link": link.key}))
        self._cis[link.key] = link

    def _device_of(self, port: _Ci) -> _Ci:
        return self._cis[port.scoped_claims[0].refs[0]]

    def _port(self, place: _Place) -> _Ci | None:
        fields = place.fields(("ci", "port"), ("ci", "port"))
        device, name = self._end(fields, "ci"), fields["port"].text() if "port" in fields else None
        normal = self._catalogue.normal(Claim(kind="port", value=name)) if name else None
        if device is None or name is None or normal is None:
            return None
        known = self._catalogue.relations["PORT_OF"]
        if not self._catalogue.allows(known, "Port", device.cls.name):
            fields["ci"].problem(f"a {device.cls.name} has no ports", f"name a {' or '.join(known.to_classes)}")
            return None
        former = self._plugged.setdefault((device.key, normal.value), place.way)
        if former != place.way:
            fields["port"].problem(f"{name} of {device.key} is plugged in already ({former})", "a port has one cable")
            return None
        attributes: dict[str, Value] = {"if_name": name}
        port = _Ci(
            f"port:{device.key}|{normal.value}",
            self._catalogue.classes["Port"],
            name,
            attributes,
            [],
        )
        port.scoped_claims = [ScopedClaim(kind="port", refs=(device.key,), value=name)]
        port.relations = [ObservedRelation(type="PORT_OF", to=device.key)]
        self._cis[port.key] = port
        return port


def _told_by(claim: Claim, text: str) -> dict[str, Value]:
    """The attributes that an identifying value tells, beside identifying."""
    if claim.kind == "serial":
        vendor, _, serial = text.partition("|")
        return {"serial": serial.strip(), **({"vendor": vendor.strip()} if vendor.strip() else {})}
    if claim.kind == "mac":
        return {"mac": claim.value, "macs": claim.value}
    return {{"address": "addresses"}.get(claim.kind, claim.kind): claim.value}


def _closest(word: str, known: Sequence[str]) -> str | None:
    """The known word that is most like this one, if any is. Of many, those that begin or end alike are compared."""
    if len(word) > _LONGEST_COMPARED:
        return None
    if len(known) > _COMPARED:
        first, last = word[:_AFFIX], word[-_AFFIX:]
        known = [each for each in known if each.startswith(first) or each.endswith(last)][:_COMPARED]
    return next(iter(get_close_matches(word, known, n=1)), None)
