"""The words of the catalogue: classes, attributes, claim kinds and relation types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

AS_IS: Mapping[str, str] = {"ok": "ok", "at_risk": "at_risk", "degraded": "degraded", "down": "down"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What may stand under one attribute name.

    ``type``: text, integer, number, boolean, list, map, spec (text or map) or ref. ``default``: the number that holds
    where none is said.
    """

    name: str
    type: str
    unit: str = ""
    choices: tuple[str | int, ...] = ()
    description: str = ""
    default: int | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CiClass:
    """One class. ``chain`` leads from the topmost class to this one; attributes and identity include the inherited.

    ``part`` is what its CIs, and those of the classes below it, are to the impact engine, if they are anything special.
    """

    name: str
    chain: tuple[str, ...]
    abstract: bool
    label: Mapping[str, str]
    identity: tuple[str, ...]
    seen_as: frozenset[str]
    attributes: Mapping[str, Attribute]
    part: str = ""

    @property
    def branch(self) -> str:
        """The class directly below the topmost one; things of different branches are never the same thing."""
        return self.chain[1] if len(self.chain) > 1 else self.chain[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimKind:
    """One kind of identity claim. ``strength`` 0 is the strongest."""

    name: str
    strength: int
    form: str
    tells_apart: frozenset[str]
    scope: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationType:
    """One verb and what it means for impact.

    ``impact`` maps the provider's health word to what the dependent sees; ``None`` means nothing.
    ``dependent`` names the end that depends: ``from`` or ``to``. ``isolation_carried``: a provider that is cut off
    from the network fails its dependents. ``people``: users reach through it (USES, MEMBER_OF). ``part`` is what it is
    to the impact engine beside that; each part is played by one type.
    """

    name: str
    from_classes: tuple[str, ...]
    to_classes: tuple[str, ...]
    impact: Mapping[str, str] | None
    dependent: str = "from"
    directed: bool = True
    isolation_carried: bool = True
    people: bool = False
    part: str = ""
    to_at_most: int | None = None
    label: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
