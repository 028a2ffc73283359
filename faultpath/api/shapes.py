"""Shapes that many answers share: a named CI, a reason, and how both are made from the domain's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cmdb.model import CI
from faultpath.graph_view import GraphView
from impact.model import Arg, Health, Reason

HealthWord = Literal["ok", "at_risk", "degraded", "down", "unknown"]
SeverityWord = Literal["info", "warning", "minor", "major", "critical"]


class Shape(BaseModel):
    """Base of all answers: nothing beside the declared fields, in or out."""

    model_config = ConfigDict(extra="forbid")


class CiRef(Shape):
    """A CI by id, with what a reader needs to recognise it. One that left the graph has its id for a name."""

    id: str
    name: str
    cls: str | None = None


class ReasonOut(Shape):
    """Why: a code with arguments, to be rendered in the reader's language. ``names`` names the CI ids among them."""

    code: str
    args: dict[str, str | int | float | bool | list[str]]
    names: dict[str, str]


def word_of(health: Health) -> HealthWord:
    """A health as the word that answers use."""
    word: HealthWord = health.word  # type: ignore[assignment]  # Health and HealthWord hold the same words
    return word


class Names:
    """Makes the shapes from ids, with the names of a graph; without one, ids stand for names.

    ``supposed``: CIs that a scenario adds.
    """

    def __init__(self, view: GraphView | None, supposed: Iterable[CI] = ()) -> None:
        self.view = view
        self._supposed = {ci.ci_id: ci for ci in supposed}

    def ref(self, ci_id: str) -> CiRef:
        found = self._supposed.get(ci_id) or (self.view.cis.get(ci_id) if self.view else None)
        return CiRef(id=ci_id, name=found.name, cls=found.cls) if found else CiRef(id=ci_id, name=ci_id)

    def maybe(self, ci_id: str | None) -> CiRef | None:
        return self.ref(ci_id) if ci_id is not None else None

    def refs(self, ci_ids: Iterable[str]) -> list[CiRef]:
        return [self.ref(ci_id) for ci_id in ci_ids]

    def reason(self, reason: Reason) -> ReasonOut:
        known = self.view.cis if self.view else {}
        texts = [text for value in reason.args.values() for text in _texts(value)]
        return ReasonOut(
            code=reason.code,
            args={name: list(value) if isinstance(value, tuple) else value for name, value in reason.args.items()},
            names={text: known[text].name for text in texts if text in known},
        )

    def reasons(self, reasons: Iterable[Reason]) -> list[ReasonOut]:
        return [self.reason(reason) for reason in reasons]


def _texts(value: Arg) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, tuple) else ()
