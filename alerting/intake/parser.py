"""Which parser reads which signal, and with which data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerting.binding import GraphIndex
from alerting.faultcodes import NO_FAULT_CODES, FaultCatalogue
from alerting.intake import alertmanager, mqtt, native, poll, trap
from alerting.intake.parsed import BodyProblem, MalformedError, Parsed
from alerting.mapping import SourceMapping, TrapTable, load_mapping, load_traps
from alerting.topics import TopicMap, load_topics
from impact.model import Reason
from ledger.inbox import InboxRow, Signal

_TITLES: Mapping[str, str] = {
    "not_json": "The body is not JSON",
    "missing": "A required field is missing",
    "wrong_type": "A field has the wrong type",
    "not_allowed": "A field has a value that is not allowed",
    "unknown_field": "A field is not known",
    "bad_time": "A time cannot be read",
    "too_many": "The body holds too many entries",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """All parsers with the mapping data of this instance."""

    alertmanager: SourceMapping = field(default_factory=lambda: load_mapping("alertmanager"))
    traps: TrapTable = field(default_factory=load_traps)
    topics: TopicMap = field(default_factory=load_topics)
    fault_codes: FaultCatalogue = NO_FAULT_CODES

    def parse(self, row: InboxRow, index: GraphIndex) -> Parsed:
        """What a signal says. Never raises for what came from outside."""
        match row.kind:
            case "alertmanager":
                return alertmanager.parse(row, self.alertmanager)
            case "native":
                return native.parse(row)
            case "poll":
                return poll.parse(row)
            case "trap":
                return trap.parse(row, self.traps)
            case "mqtt":
                return mqtt.parse(row, self.topics, self.fault_codes, index)
            case _:
                return Parsed(rejected=Reason(code="unknown_kind", args={"kind": row.kind}))


def check(signal: Signal) -> BodyProblem | None:
    """Whether a posted body is refused as a whole; the sender is told, and the bytes are kept all the same.

    A body of which at least one alert can be used is not refused: its bad ones are quarantined.
    """
    problem: MalformedError | None = None
    if signal.kind == "alertmanager":
        problem = alertmanager.check(signal.body)
    elif signal.kind == "native":
        row = InboxRow(
            position=0,
            source=signal.source,
            kind=signal.kind,
            received_at=signal.received_at,
            authenticated=signal.authenticated,
            body=signal.body,
        )
        problem = native.check(row)
    return None if problem is None else _described(problem.reason)


def _described(reason: Reason) -> BodyProblem:
    name, expected, got = (str(reason.args.get(key, "")) for key in ("field", "expected", "got"))
    found = f", found {got}" if got else ""
    return BodyProblem(
        reason=reason,
        title=_TITLES[reason.code],
        detail=f"{name}: expected {expected}{found}.",
        field=name,
        remedy=f"Send {expected} in {name}. The body is kept and can be replayed.",
    )
