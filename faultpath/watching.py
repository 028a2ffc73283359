"""What the hub says of itself: which parts are away (``/readyz``), and its figures (``/metrics``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from alerting import set_aside
from collectors.mqtt.collector import MqttCollector
from collectors.mqtt.model import LinkState
from collectors.snmp.poller import Poller
from faultpath.api.stream import ChangeStream
from faultpath.graph_access import GraphAccess
from faultpath.hub import CONSUMER, Hub
from faultpath.metrics import Labelled, Metrics
from faultpath.polling import TrapPort
from faultpath.supervisor import Supervisor
from ledger import outbox
from ledger.engine import Ledger
from ledger.inbox import Inbox
from ticket_bridge.notices.smtp import SmtpChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts that are looked at. ``brokers`` gives the present collector of each broker, by its name."""

    ledger: Ledger
    inbox: Inbox
    graph: GraphAccess
    hub: Hub
    supervisor: Supervisor
    stream: ChangeStream
    poller: Poller | None
    traps: TrapPort | None
    brokers: Callable[[], Sequence[MqttCollector]]
    mail: SmtpChannel | None

    def away(self) -> Mapping[str, str]:
        """Which parts are away, and why; empty when all is well."""
        found: dict[str, str] = {}
        if self.graph.away is not None:
            found["graph"] = self.graph.away
        elif self.hub.view is None:
            found["graph"] = "the graph is being loaded; alerts are pending"
        if self.mail is not None and not self.mail.available:
            found["mail"] = "the mail relay does not take mail"
        for broker in self.brokers():
            status = broker.status
            if status.state is not LinkState.CONNECTED:
                found[f"mqtt:{status.broker}"] = f"{status.state.value}: {status.why}" if status.why else "connecting"
        found.update({w.name: w.error for w in self.supervisor.workers.values() if w.error is not None})
        return found

    def expose(self, metrics: Metrics, version: str) -> None:
        """Register what is read at each scrape."""
        metrics.info.labels(version).set(1)
        metrics.watch("faultpath_ready", "1 when all parts are there.", (), lambda: {(): float(not self.away())})
        metrics.watch("faultpath_part_away", "1 for each part that is away.", ("part",), self._away)
        metrics.watch("faultpath_worker_restarts", "Starts after a failure.", ("worker",), self._restarts)
        metrics.watch("faultpath_inbox_position", "The newest position of the inbox.", (), self._position)
        metrics.watch("faultpath_inbox_waiting", "Messages that wait to be merged.", (), self._waiting)
        metrics.watch("faultpath_alerts", "Alerts, by state.", ("state",), self._alerts)
        metrics.watch("faultpath_set_aside", "Items that could not be used.", ("state", "reason"), self._set_aside)
        metrics.watch("faultpath_incidents_live", "Live incidents, by priority.", ("priority",), self._incidents)
        metrics.watch("faultpath_notices", "Notices in the outbox, by state.", ("state",), self._notices)
        metrics.watch("faultpath_graph_revision", "The revision that the hub works with.", (), self._revision)
        metrics.watch("faultpath_cis", "CIs of that revision.", (), self._cis)
        metrics.watch("faultpath_unhealthy_cis", "CIs that are not OK, by health.", ("health",), self._unhealthy)
        metrics.watch("faultpath_stream_subscribers", "Open event streams.", (), self._subscribers)
        metrics.watch("faultpath_snmp_questions", "Questions of the poller, by result.", ("result",), self._questions)
        metrics.watch("faultpath_snmp_traps", "Traps and informs, by what became of them.", ("result",), self._traps)
        metrics.watch("faultpath_mqtt_messages", "MQTT messages.", ("broker", "step"), self._mqtt)

    def _away(self) -> Labelled:
        return {(part,): 1.0 for part in self.away()}

    def _restarts(self) -> Labelled:
        return {(w.name,): float(w.restarts) for w in self.supervisor.workers.values()}

    def _position(self) -> Labelled:
        return {(): float(self.inbox.last_position)}

    def _waiting(self) -> Labelled:
        return {(): float(self.inbox.last_position - self.inbox.offset(CONSUMER))}

    def _alerts(self) -> Labelled:
        return {(state.value,): float(number) for state, number in self.hub.book.counts().items()}

    def _set_aside(self) -> Labelled:
        with self.ledger.read() as connection:
            return {labels: float(number) for labels, number in set_aside.counts(connection).items()}

    def _incidents(self) -> Labelled:
        found: dict[tuple[str, ...], float] = {(str(priority),): 0.0 for priority in range(1, 6)}
        for incident in self.hub.desk.live:
            found[str(incident.priority),] += 1
        return found

    def _notices(self) -> Labelled:
        with self.ledger.read() as connection:
            return {(state.value,): float(number) for state, number in outbox.counts(connection).items()}

    def _revision(self) -> Labelled:
        return {(): float(self.hub.view.revision)} if self.hub.view else {}

    def _cis(self) -> Labelled:
        return {(): float(len(self.hub.view.cis))} if self.hub.view else {}

    def _unhealthy(self) -> Labelled:
        found: dict[tuple[str, ...], float] = {}
        for one in self.hub.assessment.health.values() if self.hub.assessment else ():
            found[one.health.word,] = found.get((one.health.word,), 0.0) + 1
        return found

    def _subscribers(self) -> Labelled:
        return {(): float(self.stream.subscribers)}

    def _questions(self) -> Labelled:
        if self.poller is None:
            return {}
        counts = self.poller.counts
        return {
            ("asked",): float(counts.questions),
            ("failed",): float(counts.questions_failed),
            ("refused",): float(counts.questions_refused),
        }

    def _traps(self) -> Labelled:
        receiver = self.traps.receiver if self.traps else None
        return {(name,): float(number) for name, number in receiver.counts.items()} if receiver else {}

    def _mqtt(self) -> Labelled:
        found: dict[tuple[str, ...], float] = {}
        for broker in self.brokers():
            status = broker.status
            found[status.broker, "received"] = float(status.received)
            found[status.broker, "acknowledged"] = float(status.acknowledged)
            found[status.broker, "dropped_here"] = float(status.dropped_here)
        return found
