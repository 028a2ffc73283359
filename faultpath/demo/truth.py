"""The truth file of the simulated company: what can be seen, and what the hub must conclude of each failure.

The file is written by the estate from its own model; its shape is described in ``examples/estate/README.md``.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

KINDS = ("device", "redundant", "link", "power", "agent_hung", "iot")
"""Drawn at least once each in a check, as far as the number of failures allows."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class End(_Part):
    device: str
    port: str
    mgmt_address: str | None = None


class TrueDevice(_Part):
    key: str
    name: str
    cls: Annotated[str, Field(alias="class")]
    mgmt_address: str | None = None
    mac: str | None = None
    seen_by: str


class TrueLink(_Part):
    key: str
    a: End
    b: End
    seen_by: str


class TrueRoot(_Part):
    kind: str
    key: str
    name: str
    mgmt_address: str | None = None
    mac: str | None = None
    ends: tuple[End, ...] | None = None


class Told(_Part):
    email: str
    role: str
    language: str


class Remedy(_Part):
    code: str
    document: str
    section: str


class Expectation(_Part):
    """What the rules conclude. ``incident`` false: the alert is listed and that is all."""

    incident: bool
    root: TrueRoot
    confirmed: bool
    severity: str
    priority: int | None = None
    services: dict[str, str] = Field(default_factory=dict)
    cannot_work: tuple[str, ...] = ()
    limited: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    remedy: Remedy | None = None


class Failure(_Part):
    id: str
    kind: str
    target: str
    signal: bool
    expect: Expectation | None = None
    touches: frozenset[str] = frozenset()

    @property
    def root(self) -> str | None:
        """What tells its root from others; ``None`` if nothing is expected of it."""
        return self.expect.root.model_dump_json() if self.expect else None

    @property
    def disturbs(self) -> frozenset[str]:
        """Everything that must not be touched by another failure at the same time."""
        services = self.expect.services if self.expect else ()
        told = self.expect.told if self.expect else ()
        return self.touches | {f"service:{name}" for name in services} | {f"person:{one.email}" for one in told}


class Truth(_Part):
    devices: tuple[TrueDevice, ...]
    links: tuple[TrueLink, ...]
    scenes: dict[str, str]
    scene4_unrelated: str
    failures: tuple[Failure, ...]

    @classmethod
    def read(cls, path: Path) -> Truth:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return cls.model_validate(found)

    def failure(self, failure_id: str) -> Failure:
        return next(one for one in self.failures if one.id == failure_id)

    def draw(self, seed: int, count: int) -> list[Failure]:
        """Failures for a check: one of each kind first, then any; never one of a scene, and no root twice.

        A root that fails again within hours is the same incident, reopened; the truth is of single failures.
        """
        rng = random.Random(f"check-{seed}")  # noqa: S311 - a draw that can be repeated, no secret
        taken = {*self.scenes.values(), self.scene4_unrelated}
        left = sorted((one for one in self.failures if one.id not in taken), key=lambda one: one.id)
        roots = {self.failure(failure_id).root for failure_id in taken} - {None}
        drawn: list[Failure] = []
        for kind in (*KINDS, *[None] * count):
            free = [one for one in left if kind in (None, one.kind) and one not in drawn and one.root not in roots]
            if free and len(drawn) < count:
                drawn.append(rng.choice(free))
                roots |= {drawn[-1].root} - {None}
        return drawn

    @staticmethod
    def together(failures: list[Failure]) -> list[list[Failure]]:
        """Group failures that share nothing, so that they may happen at the same time."""
        groups: list[list[Failure]] = []
        for one in failures:
            for group in groups:
                if all(not one.disturbs & other.disturbs for other in group):
                    group.append(one)
                    break
            else:
                groups.append([one])
        return groups
