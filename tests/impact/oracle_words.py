"""What the naive evaluator `tests.impact.oracle` works on. Levels are places in the order, ``None`` is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

Level: TypeAlias = "int | None"
Said: TypeAlias = Mapping[str, Any]

SILENT = "silent"
"""What a rule says that has nothing to say."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Who needs whom; ``carried``: whether it matters to the dependent that the provider is cut off."""

    dependent: str
    provider: str
    said: Said = field(default_factory=dict)
    carried: bool = True


@dataclass(frozen=True, kw_only=True)
class Bundled:
    """Links that a device takes as one, with an aggregate port of this name."""

    port: str
    device: str
    links: Sequence[str]
    needs: int


@dataclass(frozen=True, kw_only=True)
class World:
    """A graph under a scale and a policy, in the words in which a user writes them."""

    scale: Said
    policy: Said
    cis: Mapping[str, Said]
    edges: Sequence[Edge]
    cables: Sequence[tuple[str, str, str]] = ()
    """Two devices and the link between them."""
    forwards: frozenset[str] = frozenset()
    anchors: frozenset[str] = frozenset()
    vlans: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Link → what its ports carry; device → in which it lives. Who states none: all."""
    bundles: Sequence[Bundled] = ()


@dataclass(frozen=True, kw_only=True)
class In:
    """One input: ``level`` unknown is ``None``; ``ignored``: its map takes it out; ``maintained``: its provider is."""

    level: Level
    weight: Fraction
    name: str
    ignored: bool
    maintained: bool
    drops: Said | None

    @property
    def counts(self) -> bool:
        return self.level is not None and not self.ignored and not self.maintained
