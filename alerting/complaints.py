"""What the active alerts have to say to the engine, worked out once for each alert and kept while it stays as it is.

Thousands of alerts stand while a few change in a turn of the hub; only those few are looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alerting.alert import Alert
from alerting.model import Severity
from impact.model import Complaint, ComplaintKind, Health


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    alert: Alert
    complaint: Complaint | None
    hint: bool
    homeless: bool


class Complaints:
    """The active alerts as the engine sees them; call `refresh` before reading."""

    def __init__(self) -> None:
        self.bound: list[Complaint] = []
        """Of the alerts with a CI those that matter to the engine, hints among them."""
        self.homeless: list[Alert] = []
        """Major or critical ones that no CI was found for; not those that only wait for the graph."""
        self.any_hint = False
        self._said: dict[str, _Said] = {}

    def refresh(self, active: Mapping[str, Alert]) -> None:
        """Look at what is new or changed among the active alerts."""
        before, said = self._said, dict[str, _Said]()
        for key, alert in active.items():
            known = before.get(key)
            said[key] = known if known is not None and known.alert is alert else _of(alert)
        self._said = said
        self.bound = [one.complaint for one in said.values() if one.complaint is not None]
        self.homeless = [one.alert for one in said.values() if one.homeless]
        self.any_hint = any(one.hint for one in said.values())


def _of(alert: Alert) -> _Said:
    shown = alert.shown
    hint = shown.kind is ComplaintKind.HINT
    only_listed = shown.kind is ComplaintKind.FAULT and shown.effect == Health.OK and shown.severity < Severity.MAJOR
    waits = alert.ci_id is None and alert.binding.revision < 0
    homeless = alert.ci_id is None and not waits and shown.severity >= Severity.MAJOR and not hint
    complaint = None if only_listed else alert.complaint()
    return _Said(alert=alert, complaint=complaint, hint=hint, homeless=homeless)
