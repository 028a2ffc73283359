"""Who hears of what the hub decided: the open pages, the delivery worker, the poller, the directory of names."""

from __future__ import annotations

from collections.abc import Sequence

from faultpath.api.stream import ChangeStream
from faultpath.graph_view import DEFAULT_HOURS, DEFAULT_LANGUAGE, GraphView
from faultpath.hub import Hub
from faultpath.polling import Rounds
from impact.model import Assessment
from ticket_bridge.model import Change
from ticket_bridge.notices.deliver import Deliverer

# more alerts than this in one batch are told as one change: a page reads its list anew anyway
MANY_ALERTS = 50


class LatestDirectory:
    """`ticket_bridge.directory.Directory` over the newest graph; before there is one, ids stand for names."""

    def __init__(self) -> None:
        self.view: GraphView | None = None

    def name(self, ci_id: str) -> str:
        return self.view.name(ci_id) if self.view else ci_id

    def email(self, person_id: str) -> str | None:
        return self.view.email(person_id) if self.view else None

    def language(self, person_id: str) -> str:
        return self.view.language(person_id) if self.view else DEFAULT_LANGUAGE

    def hours(self, service_id: str) -> str:
        return self.view.hours(service_id) if self.view else DEFAULT_HOURS


class Tellers:
    """Listens to the hub and passes on."""

    def __init__(
        self, hub: Hub, stream: ChangeStream, deliverer: Deliverer, directory: LatestDirectory, rounds: Rounds
    ) -> None:
        self._hub = hub
        self._stream = stream
        self._deliverer = deliverer
        self._directory = directory
        self._rounds = rounds
        self._before: Assessment | None = None
        hub.listeners.on_graph.append(self.graph)
        hub.listeners.on_alerts.append(self.alerts)
        hub.listeners.on_incidents.append(self.incidents)
        hub.listeners.on_assessment.append(self.assessment)

    def graph(self, view: GraphView) -> None:
        self._directory.view = view
        self.refresh_rounds()
        self._stream.publish("graph", str(view.revision))

    def refresh_rounds(self) -> None:
        """The graph or the vault changed: poll what can be polled now."""
        if self._hub.view is not None:
            self._rounds.refresh(self._hub.view, self._hub.index, self._hub.book.active().values())

    def alerts(self, fingerprints: Sequence[str]) -> None:
        for fingerprint in fingerprints if len(fingerprints) <= MANY_ALERTS else ("*",):
            self._stream.publish("alert", fingerprint)

    def incidents(self, changes: Sequence[Change]) -> None:
        self._deliverer.wake()
        for change in changes:
            self._stream.publish("incident", str(change.incident.number))

    def assessment(self, now: Assessment) -> None:
        before, self._before = self._before, now
        if before is None or before.health != now.health:
            self._stream.publish("health", str(now.revision))

    def acted(self, number: int) -> None:
        """A person acted on an incident, and it is committed."""
        self._hub.acted(number)
        self._deliverer.wake()
        self._stream.publish("incident", str(number))
