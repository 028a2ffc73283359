"""A layered estate of any size from a seed, as arrays: from power and cables up to services and those who use them.

Each CI stands at a position between 0 and 1 along its layer and needs CIs of lower layers near that position, since
what stands in one rack or belongs to one team needs the same things; a few needs lead far away, and a few CIs (name
servers, identity) are needed from everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from impact.arrays.cables import Cables
from impact.arrays.lenses import Lens
from impact.arrays.parts import NO_GROUP, Parts, Special
from impact.rule_reading import rule_of
from impact.scale import SHIPPED

Ints: TypeAlias = NDArray[np.int64]

WIDTHS = (0.004, 0.03, 0.016, 0.05, 0.02, 0.20, 0.12, 0.14, 0.15, 0.12, 0.09, 0.06)
"""Shares of the layers: power, hosts, clusters, … applications, services, offerings, departments."""

HOSTS = 1
CABLE_SHARE = 0.04
"""Links, of all CIs; each joins two devices. Devices that forward are a tenth of the links."""

NEAR = 0.0006
"""Standard deviation of the distance at which a need is found, in positions."""

FAR_SHARE = 0.0005
BELOW = (0.75, 0.9)
"""Shares of needs that lead one layer down, and at most two."""

GROUPED = 0.2
LEAST_MEMBERS = 3
"""Of a group whose rule is another than one of n."""

MAINTAINED = 0.01
FAULTY = 0.0002
CIRCLES = 20

LENSES = (
    Lens(sees=(0, 1, 2, 3, -1)),
    Lens(sees=(0, 0, 1, 2, -1)),
    Lens(sees=(0, 0, 1, 1, -1), carries_network=False),
    Lens(sees=(0, 2, 3, 3, -1)),
    Lens(sees=(0, 1, 1, 1, -1)),
)
LENS_SHARES = (0.8, 0.1, 0.07, 0.02, 0.01)

RULES = (
    ({"rule": "k_of_n", "k": 1}, 0.70),
    ({"rule": "k_of_n", "k": 2, "result": "degraded"}, 0.12),
    ("best", 0.03),
    ({"rule": "at_least", "percent": 50, "limit": "degraded"}, 0.05),
    ({"rule": "fewer_than", "count": 2, "limit": "at_risk", "result": "degraded"}, 0.03),
    ({"rule": "threshold", "share": 0.5}, 0.02),
    ({"rule": "exponential", "base": 2}, 0.02),
    ({"rule": "points", "drops": {"degraded": 20, "down": 50}, "thresholds": {"degraded": 60, "down": 10}}, 0.02),
    ({"rule": "at_least", "weight": 3, "limit": "down", "result": "degraded"}, 0.01),
)
WORST = len(RULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """An estate: its parts, its cables, what is in maintenance and what is broken, and the CIs by layer.

    ``bounds``: where the layers begin; links and switches come after the last.
    """

    parts: Parts
    ends: Ints
    links: Ints
    switches: Ints
    anchors: Ints
    maintained: Ints
    faulty: Ints
    bounds: tuple[int, ...]

    def cables(self) -> Cables:
        return Cables(self.ends, self.links, self.switches.tolist(), self.anchors.tolist())

    def mix(self) -> str:
        """Which rules and lenses there are, in a line."""
        rules = np.bincount(self.parts.ruled[:, 2], minlength=WORST + 1)
        names = [rule if isinstance(rule, str) else str(rule["rule"]) for rule, _ in RULES] + ["worst"]
        lenses = np.bincount(self.parts.lens, minlength=len(LENSES)) / max(1, len(self.parts.lens))
        shown = ", ".join(f"{count:,} {name}" for name, count in zip(names, rules.tolist(), strict=True))
        return f"rules: {shown}; lenses: {', '.join(f'{share:.0%}' for share in lenses)}"


def layered(cis: int, relations: int, seed: int) -> Layered:
    """Generate an estate of so many CIs and about so many relations, a cable counted as one of them."""
    draw = np.random.default_rng(seed)
    links = int(cis * CABLE_SHARE)
    switches = max(4, links // 10)
    upper = cis - links - switches
    bounds = (0, *np.minimum(np.cumsum(np.array(WIDTHS) * upper), upper).astype(int).tolist()[:-1], upper)
    dependent, provider = _needs(draw, bounds, relations - links)
    circle_from, circle_to = _circles(draw, bounds)
    dependent, provider = np.append(dependent, circle_from), np.append(provider, circle_to)
    switch = np.arange(cis - switches, cis)
    hosts = np.arange(bounds[HOSTS], bounds[HOSTS + 1])
    ends = _ends(draw, switch, hosts, links)
    return Layered(
        parts=_parts(draw, cis, dependent, provider),
        ends=ends,
        links=np.arange(upper, upper + links),
        switches=switch,
        anchors=switch[:2],
        maintained=draw.choice(cis, int(cis * MAINTAINED), replace=False),
        faulty=draw.choice(cis, int(cis * FAULTY), replace=False),
        bounds=bounds,
    )


def _needs(draw: np.random.Generator, bounds: tuple[int, ...], wanted: int) -> tuple[Ints, Ints]:
    """Dependents and providers, (m,) each, without the same pair twice in a row."""
    widths = np.diff(bounds)
    begin = bounds[1]
    each = draw.poisson(wanted / (bounds[-1] - begin) - 1, bounds[-1] - begin) + 1
    dependent = np.repeat(np.arange(begin, bounds[-1]), each)
    layer = np.searchsorted(bounds, dependent, "right") - 1
    chance = draw.random(dependent.size)
    step = np.where(chance < BELOW[0], 1, np.where(chance < BELOW[1], 2, 3))
    below = np.maximum(layer - step, 0)
    position = (dependent - np.array(bounds)[layer]) / widths[layer]
    far = draw.random(dependent.size) < FAR_SHARE
    position = np.where(far, draw.random(dependent.size), position + draw.normal(0, NEAR, dependent.size)) % 1
    provider = np.array(bounds)[below] + (position * widths[below]).astype(np.int64)
    return dependent, provider


def _circles(draw: np.random.Generator, bounds: tuple[int, ...]) -> tuple[Ints, Ints]:
    """A few neighbours of one layer that need each other in a ring."""
    first = draw.integers(bounds[7], bounds[8] - 4, CIRCLES)
    ring = first[:, None] + np.arange(3)
    return ring.ravel(), np.roll(ring, 1, axis=1).ravel()


def _ends(draw: np.random.Generator, switch: Ints, hosts: Ints, links: int) -> Ints:
    """A tree of switches with a second way up for most of them, and hosts on one or two neighbouring switches."""
    up = np.arange(2, switch.size)
    first = np.stack((switch[up], switch[(up - 2) // 12]), axis=1)
    second = np.stack((switch[up], switch[(up - 2) // 12 // 2 * 2 + 1]), axis=1)
    second = second[(draw.random(up.size) < 0.7) & (second[:, 0] != second[:, 1])]
    trunk = np.concatenate((first, second))[:links]
    place = np.sort(draw.integers(0, hosts.size, links - len(trunk)))
    near = (place * (switch.size * 0.9 / hosts.size) + switch.size * 0.1).astype(np.int64)
    near = np.minimum(near + draw.integers(0, 2, near.size), switch.size - 1)
    return np.concatenate((trunk, np.stack((hosts[place], switch[near]), axis=1)))


def _parts(draw: np.random.Generator, cis: int, dependent: Ints, provider: Ints) -> Parts:
    counts = np.bincount(dependent, minlength=cis)
    grouped = np.flatnonzero((counts >= 2) & (draw.random(cis) < GROUPED))
    has_group = np.zeros(cis, np.bool_)
    has_group[grouped] = True
    inside = has_group[dependent] & (draw.random(dependent.size) < 0.8)
    shares = np.array([share for _, share in RULES])
    rule = draw.choice(len(RULES), grouped.size, p=shares / shares.sum())
    members = np.bincount(dependent[inside], minlength=cis)[grouped]
    rule = np.where(members < LEAST_MEMBERS, 0, rule)  # else a calm day would not be calm
    hard = np.stack((grouped, np.zeros_like(grouped), np.full_like(grouped, WORST)), axis=1)
    group = np.stack((grouped, np.ones_like(grouped), rule), axis=1)
    weighted = has_group[dependent] & (draw.random(dependent.size) < 0.01)
    return Parts(
        count=cis,
        dependent=dependent.astype(np.int32),
        provider=provider.astype(np.int32),
        lens=draw.choice(len(LENSES), dependent.size, p=LENS_SHARES).astype(np.uint8),
        lenses=LENSES,
        group=np.where(inside, 1, NO_GROUP).astype(np.int32),
        rules=[rule_of(spec, SHIPPED, "rule") for spec in (*(spec for spec, _ in RULES), "worst")],
        ruled=np.concatenate((hard, group)).astype(np.int32),
        ignores=draw.random(cis) < 0.05,
        special={int(edge): Special(weight=2) for edge in np.flatnonzero(weighted)},
        ids=np.array([f"ci-{number:08d}".encode() for number in range(cis)], np.bytes_),
        revision=1,
    )


CHUNK = 50_000


def stream(names: list[str], parts: Parts) -> Iterator[list[tuple[str, str, int]]]:
    """The relations as a store would give them, in chunks: ids of dependent and provider, and the lens."""
    for begin in range(0, len(parts.dependent), CHUNK):
        here = slice(begin, begin + CHUNK)
        rows = zip(*(column[here].tolist() for column in (parts.dependent, parts.provider, parts.lens)), strict=True)
        yield [(names[dependent], names[provider], lens) for dependent, provider, lens in rows]
