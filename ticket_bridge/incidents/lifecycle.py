"""Which act leads from which state to which: open → acknowledged → in progress ⇄ pending → resolved → closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from impact.model import Reason
from ticket_bridge.model import ActRefused, Incident, IncidentState

_OPEN, _ACK = IncidentState.OPEN, IncidentState.ACKNOWLEDGED
_WORK, _PENDING = IncidentState.IN_PROGRESS, IncidentState.PENDING
_RESOLVED, _CLOSED = IncidentState.RESOLVED, IncidentState.CLOSED


@dataclass(frozen=True, slots=True)
class Move:
    """An act of a person: allowed from these states, leading to that one, with this entry in the timeline."""

    allowed: frozenset[IncidentState]
    leads_to: IncidentState
    entry: str


VERBS: Mapping[str, Move] = {
    "acknowledge": Move(frozenset({_OPEN}), _ACK, "acknowledged"),
    "start": Move(frozenset({_OPEN, _ACK, _PENDING}), _WORK, "work_started"),
    "pend": Move(frozenset({_ACK, _WORK}), _PENDING, "put_on_hold"),
    "resolve": Move(frozenset({_OPEN, _ACK, _WORK, _PENDING}), _RESOLVED, "resolved_by_person"),
    "close": Move(frozenset({_RESOLVED}), _CLOSED, "closed_by_person"),
    "reopen": Move(frozenset({_RESOLVED, _CLOSED}), _OPEN, "reopened_by_person"),
}


def move(incident: Incident, verb: str) -> Move | ActRefused:
    """The move that ``verb`` makes from the incident's state, or why it makes none."""
    found = VERBS.get(verb)
    if found is None:
        return ActRefused(reason=Reason(code="unknown_act", args={"verb": verb, "known": tuple(VERBS)}))
    if incident.duplicate_of is not None:
        return ActRefused(reason=Reason(code="is_duplicate", args={"number": incident.duplicate_of}))
    if incident.state not in found.allowed:
        args = {"verb": verb, "state": incident.state.value}
        return ActRefused(reason=Reason(code="illegal_move", args=args))
    return found
