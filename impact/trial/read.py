"""Reads a file of model tests (docs/reference/model-tests.md). Plain values in, tests out; no file is opened here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cmdb.catalogue.catalogue import Catalogue
from cmdb.model import Snapshot
from impact.errors import ModelError
from impact.rule_reading import number_of
from impact.rules import Number
from impact.scale import SHIPPED, Level, Profile, only, policy_of, scale_of
from impact.trial.graph import GraphReader, Names, Some, restated

EXPECTED = (
    "health", "others", "changes", "because", "responsible", "affects", "causes", "problems", "maintenance",
    "acknowledged", "points", "needs", "needed_by", "loops", "layers", "roots", "services", "groups", "cannot_work",
    "limited", "head_counts", "stakeholders", "reasons", "points_of_failure", "likeliest",
)  # fmt: skip
_STEP = (
    "name", "set", "clear", "lose", "maintenance", "acknowledged", "blocked", "hidden", "cut", "mend", "alarms",
    "expect",
)  # fmt: skip

Load: TypeAlias = Callable[[str], Snapshot]
"""Reads a service model by the path that a test gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``set`` adds to the steps before. The others replace theirs (``None``: as before).

    ``lose``: CIs that fail with all that stands in them. ``blocked``: CIs that what they need does not reach.
    ``hidden``: CIs that nobody sees. ``alarms``: the CIs that alarm, for `likeliest`; ``None``: those that are broken.
    ``expect`` holds what is compared after the step, by the words of `EXPECTED`.
    """

    set: Mapping[str, Level] = field(default_factory=dict)
    lose: tuple[str, ...] = ()
    maintenance: Some | None = None
    acknowledged: Some | None = None
    blocked: tuple[str, ...] | None = None
    hidden: tuple[str, ...] | None = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a test's words and graphs come from: the catalogue, the hub's graph if asked for, files."""

    catalogue: Catalogue
    live: Snapshot | None = None
    load: Load | None = None


def trials_of(
    document: Any, catalogue: Catalogue, live: Snapshot | None = None, load: Load | None = None
) -> Iterator[Trial]:
    """The tests of one file.

    Args:
        document: the file as plain values.
        catalogue: scales, classes and relation types.
        live: the graph of the hub, for files that say ``graph: live``.
        load: reads a service model, for files that say ``graph: {file: …}``.

    Raises:
        ModelError: names the place and the remedy.
    """
    head = only(document, "file", "faultpath_test", "description", "scale", "policy", "graph", "tests")
    if head.get("faultpath_test") != 1:
        raise ModelError("faultpath_test", "is not 1", "begin the file with faultpath_test: 1")
    if not isinstance(head.get("tests"), list) or not head["tests"]:
        raise ModelError("tests", "is no list of tests", "write at least one, with name and expect or steps")
    sources = Sources(catalogue=catalogue, live=live, load=load)
    for place, spec in enumerate(head["tests"]):
        yield _trial(spec, f"tests.{place}", head, sources)


def _trial(spec: Any, where: str, head: Mapping[str, Any], sources: Sources) -> Trial:
    keys = ("name", "description", "scale", "policy", "graph", "rules", "requirements", "steps")
    own = only(spec, where, *dict.fromkeys((*keys, *_STEP)))
    name = str(own.get("name", where))
    profile = _profile(own.get("scale", head.get("scale", SHIPPED.name)), sources.catalogue, where)
    for level in (head, own):
        if "policy" in level:
            policy = policy_of(level["policy"], f"{where}.policy", profile.scale, profile.policy)
            profile = Profile(name=profile.name, scale=profile.scale, policy=policy)
    snapshot = _graph(own.get("graph", head.get("graph")), where, profile, sources)
    names = Names(snapshot)
    snapshot = restated(snapshot, own, names, profile, where)
    if "steps" in own and own.keys() & {*_STEP} - {"name"}:
        raise ModelError(where, "has both steps and a step of its own", "write the one or the other")
    if not isinstance(own.get("steps", []), list):
        raise ModelError(f"{where}.steps", "is no list", "write a list of steps")
    specs = own.get("steps") or [{key: own[key] for key in _STEP if key in own}]
    steps = tuple(_step(one, f"{where}.steps.{place}", profile, names) for place, one in enumerate(specs))
    if not any(step.expect for step in steps):
        raise ModelError(where, "expects nothing", "write expect: {health: {CI: level}}")
    return Trial(name=name, where=where, profile=profile, snapshot=snapshot, steps=steps)


def _graph(spec: Any, where: str, profile: Profile, sources: Sources) -> Snapshot:
    if spec == "live":
        if sources.live is None:
            raise ModelError(f"{where}.graph", "asks for the live graph", "give --live, with a token of the hub")
        return sources.live
    if isinstance(spec, Mapping) and "file" in spec:
        only(spec, f"{where}.graph", "file")
        if sources.load is None or not isinstance(spec["file"], str):
            raise ModelError(f"{where}.graph.file", f"{spec['file']!r} cannot be read", "write the path of a model")
        return sources.load(spec["file"])
    return GraphReader(profile, sources.catalogue, where).read(spec)


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
    policy = parts.pop("policy", {})
    scale = scale_of(parts, f"scales.{name}")
    return Profile(name=name, scale=scale, policy=policy_of(policy, f"scales.{name}.policy", scale))


def _step(spec: Any, where: str, profile: Profile, names: Names) -> Step:
    parts = only(spec, where, *_STEP)
    levels = parts.get("set") or {}
    if not isinstance(levels, Mapping):
        raise ModelError(f"{where}.set", "is no mapping", "write {CI: level}")
    number = profile.scale.number
    put = {names.one(ci, f"{where}.set"): number(word, f"{where}.set.{ci}") for ci, word in levels.items()}
    for word, level in (("clear", 0), ("cut", profile.scale.worst), ("mend", 0)):
        those = names.several(parts.get(word, []), f"{where}.{word}")
        if twice := [ci for ci in those if ci in put]:
            raise ModelError(f"{where}.{word}", f"{twice[0]!r} is set in this step already", "do it in another step")
        put |= dict.fromkeys(those, level)
    some = {key: names.some(parts[key], f"{where}.{key}") for key in ("maintenance", "acknowledged") if key in parts}
    several = {
        key: names.several(parts[key], f"{where}.{key}")
        for key in ("lose", "blocked", "hidden", "alarms")
        if key in parts
    }
    expect = _expect(parts.get("expect") or {}, f"{where}.expect", profile, names)
    return Step(set=put, expect=expect, **some, **several)  # type: ignore[arg-type]  # by key what `Step` takes


_BY_LEVEL = ("health", "services", "groups")
_OF_OURS = ("roots", "services", "groups", "cannot_work", "limited", "head_counts", "stakeholders", "reasons")
_LISTS = ("maintenance", "acknowledged", "roots", "cannot_work", "limited", "likeliest")
_LISTS_BY_CI = (
    "because", "responsible", "affects", "causes", "problems", "needs", "needed_by", "points_of_failure",
)  # fmt: skip


def _expect(spec: Any, where: str, profile: Profile, names: Names) -> dict[str, Any]:
    """The expected in the words in which it is compared: ids, level names, sorted lists."""
    wanted = only(spec, where, *EXPECTED)
    for word, value in wanted.items():
        here = f"{where}.{word}"
        if word in _OF_OURS and profile.scale != SHIPPED.scale:
            raise ModelError(here, "is asked on another scale", f"leave scale out: it needs the scale {SHIPPED.name}")
        if word in _LISTS:
            wanted[word] = sorted(names.several(value, here))
        elif word == "others":
            wanted[word] = _word(profile, value, here)
        elif word == "changes":
            wanted[word] = _whole(value, here)
        elif word == "head_counts":
            counts = only(value, here, "cannot_work", "limited")
            wanted[word] = {key: _whole(number, f"{here}.{key}") for key, number in counts.items()}
        elif not isinstance(value, Mapping):
            raise ModelError(here, "is no mapping", "write {CI: …}")
        else:
            wanted[word] = {
                names.one(ci, here): _by_ci(word, said, f"{here}.{ci}", profile, names) for ci, said in value.items()
            }
    return wanted


def _by_ci(word: str, said: Any, where: str, profile: Profile, names: Names) -> Any:
    if word in _BY_LEVEL:
        return _word(profile, said, where)
    if word in _LISTS_BY_CI:
        return sorted(names.several(said, where))
    if word == "points":
        return plain_number(number_of(said, where))
    return said


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ModelError(where, f"is {value!r}", "write a whole number")
    return value


def plain_number(number: Number) -> float:
    """As it is shown and compared."""
    return number if isinstance(number, int) else float(number)


def _word(profile: Profile, level: Any, where: str) -> str:
    return profile.scale.word(profile.scale.number(level, where))
