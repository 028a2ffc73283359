"""Reads a file of model tests (docs/reference/model-tests.md). Plain values in, tests out; no file is opened here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cmdb.catalogue.catalogue import Catalogue
from cmdb.model import CI, Relation, Snapshot
from impact.errors import ModelError
from impact.rule_reading import check_relation, check_rules
from impact.scale import SHIPPED, Level, Profile, only, policy_of, scale_of

DEFAULT_RELATION = "DEPENDS_ON"
EXPECTED = (
    "health", "others", "changes", "because", "responsible", "affects", "causes", "maintenance", "loops", "layers",
    "roots", "services", "groups", "cannot_work", "limited", "head_counts", "reasons", "points_of_failure", "likeliest",
)  # fmt: skip
_STEP = ("set", "clear", "maintenance", "cut", "mend", "alarms", "expect")
_GRAPH = ("cis", "relations", "cables")
_MAX_CIS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``set`` and ``clear`` add to the steps before; ``maintenance`` replaces theirs (``None``: as before).

    ``alarms``: the CIs that alarm, for `likeliest`; ``None``: those that are broken.
    ``expect`` holds what is compared after the step, by the words of `EXPECTED`.
    """

    set: Mapping[str, Level] = field(default_factory=dict)
    maintenance: tuple[str, ...] | None = None
    alarms: tuple[str, ...] | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One test: a graph under a scale and a policy, and what happens to it step by step."""

    name: str
    where: str
    profile: Profile
    snapshot: Snapshot
    steps: tuple[Step, ...]


def trials_of(document: Any, catalogue: Catalogue, live: Snapshot | None = None) -> Iterator[Trial]:
    """The tests of one file.

    Args:
        document: the file as plain values.
        catalogue: scales, classes and relation types.
        live: the graph of the hub, for files that say ``graph: live``.

    Raises:
        ModelError: names the place and the remedy.
    """
    head = only(document, "file", "faultpath_test", "description", "scale", "policy", "graph", "tests")
    if head.get("faultpath_test") != 1:
        raise ModelError("faultpath_test", "is not 1", "begin the file with faultpath_test: 1")
    if not isinstance(head.get("tests"), list) or not head["tests"]:
        raise ModelError("tests", "is no list of tests", "write at least one, with name and expect or steps")
    for place, spec in enumerate(head["tests"]):
        yield _trial(spec, f"tests.{place}", head, catalogue, live)


def _trial(spec: Any, where: str, head: Mapping[str, Any], catalogue: Catalogue, live: Snapshot | None) -> Trial:
    own = only(spec, where, "name", "scale", "policy", "graph", "rules", "requirements", "steps", *_STEP)
    name = str(own.get("name", where))
    profile = _profile(own.get("scale", head.get("scale", SHIPPED.name)), catalogue, where)
    for level in (head, own):
        if "policy" in level:
            policy = policy_of(level["policy"], f"{where}.policy", profile.policy)
            profile = Profile(name=profile.name, scale=profile.scale, policy=policy)
    graph = own.get("graph", head.get("graph"))
    snapshot = _live(live, where) if graph == "live" else _Graph(profile, catalogue, where).read(graph, own)
    names = _Names(snapshot, where)
    if "steps" in own and own.keys() & set(_STEP):
        raise ModelError(where, "has both steps and a step of its own", "write the one or the other")
    if not isinstance(own.get("steps", []), list):
        raise ModelError(f"{where}.steps", "is no list", "write a list of steps")
    specs = own.get("steps") or [{key: own[key] for key in _STEP if key in own}]
    steps = tuple(_step(one, f"{where}.steps.{place}", profile, names) for place, one in enumerate(specs))
    return Trial(name=name, where=where, profile=profile, snapshot=snapshot, steps=steps)


def _profile(spec: Any, catalogue: Catalogue, where: str) -> Profile:
    if spec == SHIPPED.name:
        return SHIPPED
    if isinstance(spec, Mapping):
        return Profile(name="own", scale=scale_of(spec, f"{where}.scale"))
    known = catalogue.scales.get(str(spec))
    if known is None:
        names = ", ".join([SHIPPED.name, *catalogue.scales])
        raise ModelError(f"{where}.scale", f"there is no scale {spec!r}", f"known are {names}; or write levels: […]")
    return profile_of(str(spec), known)


def profile_of(name: str, spec: Mapping[str, Any]) -> Profile:
    """A scale of the catalogue with its policy.

    Raises:
        ModelError: names the place and the remedy.
    """
    parts = dict(spec)
    policy = policy_of(parts.pop("policy", {}), f"scales.{name}.policy")
    return Profile(name=name, scale=scale_of(parts, f"scales.{name}"), policy=policy)


def _live(live: Snapshot | None, where: str) -> Snapshot:
    if live is None:
        raise ModelError(f"{where}.graph", "asks for the live graph", "give --live, with a token of the hub")
    return live


class _Graph:
    """A graph as a test writes it."""

    def __init__(self, profile: Profile, catalogue: Catalogue, where: str) -> None:
        self._profile = profile
        self._catalogue = catalogue
        self._where = where
        self._cis: dict[str, CI] = {}
        self._relations: dict[tuple[str, str, str], Relation] = {}

    def read(self, spec: Any, own: Mapping[str, Any]) -> Snapshot:
        where = f"{self._where}.graph"
        parts = only(spec, where, *_GRAPH)
        cis = parts.get("cis") or {}
        named = cis if isinstance(cis, Mapping) else dict.fromkeys(self._list(cis, f"{where}.cis"))
        if len(named) > _MAX_CIS:
            raise ModelError(f"{where}.cis", f"are {len(named)}", f"write at most {_MAX_CIS}")
        for name, said in named.items():
            self._ci(str(name), said or {}, own, f"{where}.cis.{name}")
        for place, relation in enumerate(self._list(parts.get("relations") or [], f"{where}.relations")):
            self._relation(relation, f"{where}.relations.{place}")
        for place, cable in enumerate(self._list(parts.get("cables") or [], f"{where}.cables")):
            self._cable(cable, f"{where}.cables.{place}")
        return Snapshot(revision=1, cis=tuple(self._cis.values()), relations=tuple(self._relations.values()))

    @staticmethod
    def _list(value: Any, where: str) -> Sequence[Any]:
        if not isinstance(value, list):
            raise ModelError(where, "is no list", "write a list")
        return value

    def _ci(self, name: str, said: Any, own: Mapping[str, Any], where: str) -> None:
        if not isinstance(said, Mapping):
            raise ModelError(where, "is no mapping", "write attributes, e.g. {class: Server, rules: [worst]}")
        attributes = {key: value for key, value in said.items() if key != "class"}
        for key in ("rules", "requirements"):
            if name in (own.get(key) or {}):
                attributes[key] = own[key][name]
        check_rules(attributes, self._profile, where)
        cls = str(said.get("class", ""))
        if cls and cls not in self._catalogue.classes:
            raise ModelError(f"{where}.class", f"there is no class {cls!r}", "name one of the catalogue")
        self._cis[name] = CI(ci_id=name, cls=cls, name=name, attributes=attributes)

    def _relation(self, spec: Any, where: str) -> None:
        parts = self._list(spec, where)
        if not 2 <= len(parts) <= 4:
            raise ModelError(where, "is no relation", "write [dependent, provider], then the type and {weight: …}")
        start, end = str(parts[0]), str(parts[1])
        verb = next((part for part in parts[2:] if isinstance(part, str)), DEFAULT_RELATION)
        said = next((part for part in parts[2:] if isinstance(part, Mapping)), {})
        if verb not in self._catalogue.relations:
            raise ModelError(where, f"there is no relation type {verb!r}", "name one of the catalogue")
        for ci in (start, end):
            self._cis.setdefault(ci, CI(ci_id=ci, cls="", name=ci))
        check_relation(said, self._profile, where)
        if (start, verb, end) in self._relations:
            raise ModelError(where, "stands there twice", "give the second another type, or leave it out")
        self._relations[start, verb, end] = Relation(from_id=start, type=verb, to_id=end, attributes=dict(said))

    def _cable(self, spec: Any, where: str) -> None:
        ends = self._list(spec, where)
        if len(ends) != 2:
            raise ModelError(where, "is no cable", "write [one device, the other]")
        parts = {relation.part: verb for verb, relation in self._catalogue.relations.items() if relation.part}
        one, other = map(str, ends)
        link = f"{one}--{other}"
        self._cis[link] = CI(ci_id=link, cls="", name=link)
        for near, far in ((one, other), (other, one)):
            if near not in self._cis:
                raise ModelError(where, f"there is no CI {near!r}", "list it under cis, with its class")
            port = f"{near}:{far}"
            self._cis[port] = CI(ci_id=port, cls="", name=port)
            self._join(port, parts["port_of"], near)
        self._join(f"{one}:{other}", parts["connects"], f"{other}:{one}", link=link)

    def _join(self, start: str, verb: str, end: str, **attributes: str) -> None:
        self._relations[start, verb, end] = Relation(from_id=start, type=verb, to_id=end, attributes=dict(attributes))


class _Names:
    """What the CIs of a graph may be called: by id, or by a name that only one of them has."""

    def __init__(self, snapshot: Snapshot, where: str) -> None:
        self._where = where
        self._by: dict[str, str | None] = {}
        for ci in snapshot.cis:
            self._by[ci.name] = None if ci.name in self._by else ci.ci_id
        self._by |= {ci.ci_id: ci.ci_id for ci in snapshot.cis}

    def one(self, name: Any, where: str) -> str:
        found = self._by.get(str(name))
        if found is None:
            what = "several CIs are named" if str(name) in self._by else "there is no CI"
            raise ModelError(where, f"{what} {name!r}", "name a CI of the graph, by its id where names are not unique")
        return found

    def several(self, names: Any, where: str) -> tuple[str, ...]:
        if not isinstance(names, list):
            raise ModelError(where, "is no list of CIs", "write a list")
        return tuple(self.one(name, where) for name in names)


def _step(spec: Any, where: str, profile: Profile, names: _Names) -> Step:
    parts = only(spec, where, *_STEP)
    levels = parts.get("set") or {}
    if not isinstance(levels, Mapping):
        raise ModelError(f"{where}.set", "is no mapping", "write {CI: level}")
    number = profile.scale.number
    put = {names.one(ci, f"{where}.set"): number(word, f"{where}.set.{ci}") for ci, word in levels.items()}
    put |= dict.fromkeys(names.several(parts.get("clear", []), f"{where}.clear"), 0)
    put |= dict.fromkeys(names.several(parts.get("cut", []), f"{where}.cut"), profile.scale.worst)
    put |= dict.fromkeys(names.several(parts.get("mend", []), f"{where}.mend"), 0)
    maintenance = parts.get("maintenance")
    return Step(
        set=put,
        maintenance=None if maintenance is None else names.several(maintenance, f"{where}.maintenance"),
        alarms=names.several(parts["alarms"], f"{where}.alarms") if "alarms" in parts else None,
        expect=_expect(parts.get("expect") or {}, f"{where}.expect", profile, names),
    )


_BY_LEVEL = ("health", "services", "groups")
_OF_OURS = ("roots", "services", "groups", "cannot_work", "limited", "head_counts", "reasons")
_LISTS = ("maintenance", "roots", "cannot_work", "limited", "likeliest")
_LISTS_BY_CI = ("because", "responsible", "affects", "causes", "points_of_failure")


def _expect(spec: Any, where: str, profile: Profile, names: _Names) -> dict[str, Any]:
    """The expected in the words in which it is compared: ids, level names, sorted lists."""
    wanted = only(spec, where, *EXPECTED)
    for word, value in wanted.items():
        here = f"{where}.{word}"
        if word in _OF_OURS and profile.scale != SHIPPED.scale:
            raise ModelError(here, "is asked on another scale", f"leave scale out: it needs the scale {SHIPPED.name}")
        if word in _LISTS:
            wanted[word] = sorted(names.several(value, here))
        elif word not in ("changes", "others") and not isinstance(value, Mapping):
            raise ModelError(here, "is no mapping", "write {CI: …}")
        if word in _BY_LEVEL:
            wanted[word] = {names.one(ci, here): _word(profile, level, f"{here}.{ci}") for ci, level in value.items()}
        elif word == "others":
            wanted[word] = _word(profile, value, here)
        elif word in _LISTS_BY_CI:
            lists = {ci: names.several(some, f"{here}.{ci}") for ci, some in value.items()}
            wanted[word] = {names.one(ci, here): sorted(some) for ci, some in lists.items()}
        elif word in ("loops", "layers", "reasons"):
            wanted[word] = {names.one(ci, here): said for ci, said in value.items()}
        elif word == "head_counts":
            wanted[word] = {key: int(number) for key, number in only(value, here, "cannot_work", "limited").items()}
    return wanted


def _word(profile: Profile, level: Any, where: str) -> str:
    return profile.scale.word(profile.scale.number(level, where))
