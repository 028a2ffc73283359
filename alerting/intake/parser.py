"""Which parser reads which signal, and with which data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from alerting.binding import GraphIndex
from alerting.faultcodes import NO_FAULT_CODES, FaultCatalogue
from alerting.intake import alertmanager, mqtt, native, poll, trap
from alerting.intake.parsed import BodyProblem, MalformedError, Parsed
from alerting.mapping import SourceMapping, TrapTable, load_mapping, load_traps
from alerting.topics import TopicMap, load_topics
from impact.model import Reason
from ledger.inbox import InboxRow, Signal

log = structlog.get_logger(__name__)

_TITLES: Mapping[str, str] = {
    "not_json": "The body is not JSON",
    "missing": "A required field is missing",
    "wrong_type": "A field has the wrong type",
    "not_allowed": "A field has a value that is not allowed",
    "unknown_field": "A field is not known",
    "bad_time": "A time cannot be read",
    "too_many": "The body holds too many entries",
    "parser_failed": "The body cannot be read by this release",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """All parsers with the mapping data of this instance, and the boundary where the failure of one of them ends."""

    alertmanager: SourceMapping = field(default_factory=lambda: load_mapping("alertmanager"))
    traps: TrapTable = field(default_factory=load_traps)
    topics: TopicMap = field(default_factory=load_topics)
    fault_codes: FaultCatalogue = NO_FAULT_CODES
    _failures: set[tuple[str, str]] = field(default_factory=set, init=False, repr=False, compare=False)

    def parse(self, row: InboxRow, index: GraphIndex) -> Parsed:
        """What a signal says. Never raises.

        A signal that its parser fails on is rejected: raised, it would be read again after each start, and everything
        behind it never.
        """
        try:
            return self._read(row, index)
        except Exception as error:  # noqa: BLE001  # whatever it is: one message must not stop the log
            self._note(row, error)
            return Parsed(rejected=_failed(error))

    def _note(self, row: InboxRow, error: Exception) -> None:
        """Log a failure with its traceback the first time; whoever can repeat it must not fill the log."""
        kind = (row.kind, type(error).__name__)
        first = kind not in self._failures
        self._failures.add(kind)
        if first:
            log.error("parser_failed", kind=row.kind, source=row.source, position=row.position, exc_info=error)
        else:
            log.debug("parser_still_fails", kind=row.kind, source=row.source, position=row.position, error=str(error))

    def _read(self, row: InboxRow, index: GraphIndex) -> Parsed:
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
    try:
        problem = _problem_of(signal)
    except Exception as error:  # noqa: BLE001  # the sender is told, and the parser logs it when it comes to the body
        return _described(_failed(error))
    return None if problem is None else _described(problem.reason)


def _problem_of(signal: Signal) -> MalformedError | None:
    if signal.kind == "alertmanager":
        return alertmanager.check(signal.body)
    if signal.kind != "native":
        return None
    row = InboxRow(
        position=0,
        source=signal.source,
        kind=signal.kind,
        received_at=signal.received_at,
        authenticated=signal.authenticated,
        body=signal.body,
    )
    return native.check(row)


def _failed(error: Exception) -> Reason:
    args = {"field": "(body)", "expected": "a body that this release can read", "got": type(error).__name__}
    return Reason(code="parser_failed", args=args)


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
