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
class World:
    """A graph under a scale and a policy, in the words in which a user writes them."""

    scale: Said
    policy: Said
    cis: Mapping[str, Said]
    edges: Sequence[Edge]
    cables: Sequence[tuple[str, str]] = ()
    forwards: frozenset[str] = frozenset()
    anchors: frozenset[str] = frozenset()


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
