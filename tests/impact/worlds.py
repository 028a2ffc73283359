"""Random worlds: scales, policies, rules, circles, maintenance and networks, drawn from a seed and a size.

Drawn in plain Python from a seed that Hypothesis chooses, since that is a hundred times as fast as to build strategies
that depend on what was drawn before; the size beside it is what makes a failure small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from impact.graph import CompiledGraph, compile_graph
from impact.scale import OUTSIDE, Level, Profile, policy_of, scale_of
from impact.trial.play import words_for
from tests.impact.kit import CATALOGUE, Graph
from tests.impact.oracle import Oracle
from tests.impact.oracle_words import Bundled, Edge, Said, World

T = TypeVar("T")
NAMES = tuple("abcdefghijkl")
GROUPS = ("g", "h")
MONOTONE = (
    "worst",
    "best",
    "all",
    "ok",
    "k_of_n",
    "min",
    "at_least",
    "fewer_than",
    "threshold",
    "above",
    "exponential",
)
KINDS = (*MONOTONE, "points", "degraded", "not", "xor", "condition")

WAYS = ("ignore", "inherit", "ignore_input", "inherit_if_ok", "inherit_if_down")

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(1, len(NAMES))


@dataclass(frozen=True, kw_only=True)
class Case:
    """A world, what is at fault in it, and what is in maintenance."""

    world: World
    broken: Mapping[str, str]
    maintained: frozenset[str]

    def compiled(self) -> CompiledGraph:
        return compiled(self.world)

    def truth(self) -> Oracle:
        scale = list(self.world.scale["levels"])
        own = {ci: scale.index(word) if word in scale else None for ci, word in self.broken.items()}
        return Oracle(self.world, own, self.maintained)


class Draw:
    """Draws the parts of a world."""

    def __init__(self, seed: int) -> None:
        self.by = Random(seed)

    def chance(self, share: float) -> bool:
        return self.by.random() < share

    def one(self, of: Sequence[T]) -> T:
        return self.by.choice(of)

    def some(self, of: Sequence[T], most: int) -> list[T]:
        return self.by.sample(of, min(len(of), self.by.randint(0, most)))

    def case(self, size: int, **how: Any) -> Case:
        world = self.world(size, **how)
        return Case(world=world, broken=self.faults(world), maintained=self.maintained(world))

    def faults(self, world: World) -> dict[str, str]:
        known = words(world.scale)
        return {ci: self.one([known[len(world.scale["levels"]) - 1], self.one(known)]) for ci in self._cis(world, 5)}

    def maintained(self, world: World) -> frozenset[str]:
        return frozenset(self._cis(world, 4) if self.chance(0.6) else ())

    def _cis(self, world: World, most: int) -> list[str]:
        return self.some(sorted(world.cis), most)

    def world(
        self, size: int, *, circles: bool | None = None, kinds: Sequence[str] = KINDS, wired: bool | None = None
    ) -> World:
        scale, names = self.scale(), NAMES[:size]
        winding = self.chance(0.5) if circles is None else circles
        pairs = [(a, b) for n, a in enumerate(names) for b in names[n + 1 :]]
        joined = self.some(pairs, 14) if pairs and (self.chance(0.5) if wired is None else wired) else []
        cables = [(a, b, f"{a}--{b}") for a, b in joined]
        parallel = self.some(joined, 3) if self.chance(0.5) else []
        cables += [(a, b, f"{a}=={b}") for a, b in parallel] + [(a, b, f"{a}##{b}") for a, b in parallel[1:]]
        bundles = self.bundles(cables) if self.chance(0.5) else []
        cis: dict[str, Said] = {name: self.ci(scale, names, kinds) for name in names}
        return World(
            scale=scale,
            policy=self.policy(scale),
            cis=cis | {link: {} for _, _, link in cables} | {bundle.port: {} for bundle in bundles},
            edges=self.edges(scale, names, winding=winding),
            cables=cables,
            forwards=frozenset(name for name in names if self.chance(0.6)),
            anchors=frozenset(self.some(names, 3)) if cables else frozenset(),
            vlans=self.vlans(names, cables) if self.chance(0.5) else {},
            bundles=bundles,
        )

    def wired(self) -> World:
        """A network with nothing beside it: denser than those of other worlds, with more parallel links and bundles."""
        names = NAMES[: self.by.randint(3, 8)]
        pairs = [(a, b) for n, a in enumerate(names) for b in names[n + 1 :]]
        joined = self.by.sample(pairs, min(len(pairs), self.by.randint(len(names) - 1, len(names) + 3)))
        parallel = self.some(joined, 4)
        cables = [(a, b, f"{a}--{b}") for a, b in joined] + [(a, b, f"{a}=={b}") for a, b in parallel]
        cables += [(a, b, f"{a}##{b}") for a, b in parallel[1:]]
        bundles = self.bundles(cables) if self.chance(0.8) else []
        ports = [bundle.port for bundle in bundles]
        cis: dict[str, Said] = {ci: {} for ci in (*names, *(link for _, _, link in cables), *ports)}
        return World(
            scale={"levels": ["ok", "at_risk", "degraded", "down"], "outside": "unknown", "degraded": "degraded"},
            policy={},
            cis=cis,
            edges=[],
            cables=cables,
            forwards=frozenset(name for name in names if self.chance(0.8)),
            anchors=frozenset(self.by.sample(names, self.by.randint(1, 2))),
            vlans=self.vlans(names, cables) if self.chance(0.5) else {},
            bundles=bundles,
        )

    def vlans(self, names: Sequence[str], cables: Sequence[tuple[str, str, str]]) -> dict[str, list[int]]:
        """Some links state what they carry, some devices where they live; VLAN 4 no link states."""
        carried = {link: self.some([1, 2, 3], 3) or [1, 2] for _, _, link in cables if self.chance(0.7)}
        return carried | {name: self.some([1, 2, 3, 4], 2) or [1] for name in names if self.chance(0.3)}

    def bundles(self, cables: Sequence[tuple[str, str, str]]) -> list[Bundled]:
        """Devices that take some of their links as one; a link is in one bundle of a device at most."""
        found = []
        for device in sorted({end for a, b, _ in cables for end in (a, b)}):
            links = self.some([link for a, b, link in cables if device in (a, b)], 4)
            if len(links) > 1 and self.chance(0.7):
                needs = self.by.randint(1, len(links))
                found.append(Bundled(port=f"{device}:po", device=device, links=links, needs=needs))
        return found

    def scale(self) -> dict[str, Any]:
        levels = [f"l{n}" for n in range(self.by.randint(2, 7))]
        scale: dict[str, Any] = {"levels": levels}
        if self.chance(0.5):
            scale["outside"] = "nobody-knows"
        if self.chance(0.25) and len(levels) > 2:
            scale["ok"] = levels[1]
        if self.chance(0.3):
            scale["unknown"] = self.one(words(scale))
        scale["degraded"] = self.one([levels[max(1, len(levels) - 2)], self.one(words(scale))])
        if self.chance(0.5):
            scale["inverse"] = {level: self.one(words(scale)) for level in self.some(levels, 3)}
        return scale

    def policy(self, scale: Said) -> dict[str, Any]:
        drawn = {
            "map_healthy": self.chance(0.5),
            "lower_to": self.one(["ok", "least_problem"]),
            "no_inputs": self.one(words(scale)),
            "too_few": self.one([*words(scale), "worst"]),
            "minimum": self.one(["best", "count"]),
            "percent": self.one(["exact", "floor", "nearest"]),
            "unknown_counts": self.chance(0.5),
            "ignored_counts": self.chance(0.5),
            "maintained_counts": self.chance(0.5),
            "maintenance": self.one(WAYS),
            "cycles": self.one(["fixpoint", "fixpoint", "fixpoint", "refuse"]),
            "default_weight": self.by.randint(0, 2),
        }
        return {name: drawn[name] for name in self.some(sorted(drawn), 7)}

    def ci(self, scale: Said, names: Sequence[str], kinds: Sequence[str]) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.chance(0.4):
            said["rules"] = [self.rule(scale, names, kinds) for _ in range(self.by.randint(0, 2))]
        if self.chance(0.4):
            said["requirements"] = {group: self.rule(scale, names, kinds) for group in self.some(GROUPS, 2)}
        if self.chance(0.2):
            said["maintenance"] = self.one(WAYS)
        return said

    def edges(self, scale: Said, names: Sequence[str], *, winding: bool) -> list[Edge]:
        found = {}
        for _ in range(self.by.randint(0, 2 * len(names))):
            one, other = self.one(range(len(names))), self.one(range(len(names)))
            if not winding:
                one, other = sorted((one, other))
            carried = self.chance(0.75)
            if winding or one != other:
                found[one, other, carried] = Edge(
                    dependent=names[one], provider=names[other], said=self.said(scale), carried=carried
                )
        return list(found.values())

    def said(self, scale: Said) -> dict[str, Any]:
        drawn = {
            "map": self.map(scale),
            "group": self.one(GROUPS),
            "weight": self.one([0, 1, 2, 3, 0.5, 0.1]),
            "drops": self.points(scale),
        }
        return {name: value for name, value in drawn.items() if self.chance(0.3)}

    def map(self, scale: Said) -> Any:
        level = words(scale)
        table = {self.one(level): self.one(level) for _ in range(self.by.randint(1, 4))}
        moves: list[dict[str, Any]] = [
            {"raise": self.by.randint(0, 3)},
            {"lower": self.by.randint(0, 3)},
            {"fixed": self.one(level)},
        ]
        moves.append({self.one(["at_most", "at_least"]): self.one(scale["levels"])})
        if self.chance(0.3):
            table["others"] = self.one(["as_is", *level])
        return self.one(["as_is", "ignore", *moves, *moves, table])

    def points(self, scale: Said) -> dict[str, float]:
        if self.chance(0.5):  # the worse, the more
            taken: list[float] = sorted(self.by.randint(0, 60) for _ in scale["levels"])
            return dict(zip(scale["levels"], taken, strict=True))
        return {word: self.one([self.by.randint(0, 60), 12.5]) for word in self.some(words(scale), 4)}

    def rule(self, scale: Said, names: Sequence[str], kinds: Sequence[str] = KINDS) -> dict[str, Any]:
        kind, level = self.one(kinds), words(scale)
        count = self.by.randint(1, 4)
        said: dict[str, Any] = {}
        optional: dict[str, Any] = {}
        if kind == "k_of_n":
            optional = {"k": count, "result": self.one(level), "edge": self.one(level)}
        elif kind == "min":
            said = {"k": count}
        elif kind in ("worst", "best"):
            optional = {"k": count}
        elif kind in ("at_least", "fewer_than"):
            of = self.one(["count", "percent", "weight", "weight_percent"])
            share = self.one([1, 10, 13, 33, 33.4, 50, 63, 66, 67, 100])
            said = {of: share if "percent" in of else self.by.randint(0, 5), "limit": self.one(level)}
            optional = {"result": self.one([*level, "worst"])}
        elif kind == "threshold":
            said = {"share": self.one([0.1, 0.3, 0.5, 0.67, 1])}
        elif kind == "above":
            said = {"limit": self.one(level)}
        elif kind == "exponential":
            said = {"base": self.one([2, 3, 1.5, 2.1])}
        elif kind == "points":
            said = {"thresholds": {level: self.by.randint(0, 100) for level in self.some(scale["levels"], 4)}}
            optional = {"from": self.by.randint(0, 100), "drops": self.points(scale), "mean": True}
        elif kind == "condition":
            said = {"when": self.condition(scale, names)}
            optional = {"result": self.one(level), "unknown": self.one(level)}
        if self.chance(0.2):
            said["at_most"] = self.one(scale["levels"])
        return {"rule": kind} | said | {name: value for name, value in optional.items() if self.chance(0.5)}

    def condition(self, scale: Said, names: Sequence[str], depth: int = 0) -> dict[str, Any]:
        level = self.one(words(scale))
        how = self.one(["all", "either", "one_of", "not"])
        if depth > 2 or self.chance(0.5):
            ways = ("is", "at_least", "is_not")
            leaves: list[dict[str, Any]] = [{"input": self.one(names), how: level} for how in ways]
            leaves.append({"input": self.one(names), "at_most": self.one(scale["levels"])})
            count = {"count": self.by.randint(1, 3), "at_least": level}
            leaves += [count, count | {"of": self.some(names, 3)}]
            return self.one([*leaves, {"any": level}, {"every": level}])
        if how == "not":
            return {"not": self.condition(scale, names, depth + 1)}
        return {how: [self.condition(scale, names, depth + 1) for _ in range(self.by.randint(1, 3))]}


def words(scale: Said) -> list[str]:
    return [*scale["levels"], *([scale["outside"]] if "outside" in scale else [])]


def profile_of(world: World) -> Profile:
    scale = scale_of(world.scale, "scale")
    return Profile(name="random", scale=scale, policy=policy_of(world.policy, "policy", scale))


def graph_of(world: World) -> Graph:
    g = Graph()
    for name, said in world.cis.items():
        cls = "Switch" if name in world.forwards else "Server"
        lives: dict[str, Any] = {"vlans": list(world.vlans[name])} if name in world.vlans else {}
        g.ci(cls, name, **said, **lives, **({"anchor": True} if name in world.anchors else {}))
    for a, b, link in world.cables:
        carried: dict[str, Any] = {"tagged_vlans": list(world.vlans[link])} if link in world.vlans else {}
        g.cable(a, b, link, **carried)
    for bundle in world.bundles:
        g.bundle(bundle.port, bundle.device, bundle.links, bundle.needs)
    for edge in world.edges:
        g.rel(edge.dependent, "DEPENDS_ON" if edge.carried else "POWERED_BY", edge.provider, **edge.said)
    return g


def compiled(world: World) -> CompiledGraph:
    graph = compile_graph(graph_of(world).snapshot(), words_for(profile_of(world), CATALOGUE))
    assert graph.mistakes == []
    return graph


def levels(graph: CompiledGraph, said: Mapping[str, str]) -> dict[int, Level]:
    return {graph.index[ci]: graph.scale.number(word, ci) for ci, word in said.items()}


def nodes(graph: CompiledGraph, cis: Iterable[str]) -> set[int]:
    return {graph.index[ci] for ci in cis}


def told(values: Mapping[int, Level], graph: CompiledGraph, world: World) -> dict[str, int | None]:
    """What the engine holds, in the words of the naive evaluator."""
    found = {ci: values.get(graph.index[ci], 0) for ci in world.cis}
    return {ci: None if level == OUTSIDE else level for ci, level in found.items()}
