"""The decision loop: inbox → alerts → assessment → situations → incidents and notices.

Two transactions a turn: the first merges a batch of the inbox and moves its offset, the second writes what the
assessment of the merged state leads to. Both are repeated harmlessly after a crash, since the second is a function of
what the first stored and of the hub's own questions.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection

from alerting import set_aside
from alerting.alert import Alert
from alerting.binding import GraphIndex
from alerting.complaints import Complaints
from alerting.correlate import Timing, Unbound, correlate, next_turn
from alerting.evidence import Evidence
from alerting.health_log import HealthLog
from alerting.intake import Item, Parser, trap
from alerting.model import Situation
from alerting.situations import changed, get, load_open, store
from alerting.store import AlertBook, AlertChange
from cmdb.catalogue import Catalogue
from cmdb.columns.columns import Columns
from cmdb.columns.names import Names
from cmdb.columns.patch import compacted
from cmdb.errors import StoreUnavailableError
from faultpath.graph_access import GraphAccess
from faultpath.graph_file import GraphFile
from faultpath.graph_view import GraphView
from faultpath.questions import Moment
from impact.assess import Assessor
from impact.failures import Failures
from impact.graph import MADE_AT_ONCE, compile_graph
from impact.model import Assessment, Complaint, ComplaintKind, Health, Signs
from impact.propagate import calm_of
from impact.vocabulary import vocabulary_of
from ledger.clock import Clock
from ledger.crash import boundary
from ledger.engine import Ledger
from ledger.errors import LedgerUnavailableError
from ledger.inbox import Inbox
from ticket_bridge.incidents.desk import Desk
from ticket_bridge.model import AlertFacts, Change, Circumstances

log = structlog.get_logger(__name__)

CONSUMER = "alerts"
BATCH = 500
SLICE_BYTES = 128 * 1024
SLICES = 4
"""A storm is merged in slices of some 50 ms, with a turn of the loop between them so that mail goes on going out; after
this many, what is merged is decided on."""

WHILE_PENDING = timedelta(milliseconds=250)
"""How often is looked again while a complaint waits for an answer."""

LEAST_PAUSE_S = 0.02
"""Between two decisions, so that a storm is decided in few turns and intake gets its share of the loop."""

RETRY_S = 1.0

MOST_PATCHED = 2_000
"""Where more rows than this, and than a twentieth of the CIs, lie over the columns, they are filled anew."""


class Asker(Protocol):
    """Whoever can put questions to devices: the poller."""

    def ask(self, ci_ids: Iterable[str]) -> frozenset[str]: ...


class Nobody:
    """Stands where no device can be asked."""

    def ask(self, ci_ids: Iterable[str]) -> frozenset[str]:  # noqa: ARG002 - the protocol's parameter
        return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """One revision in the forms that the hub needs, made together."""

    view: GraphView
    index: GraphIndex
    assessor: Assessor
    failures: Failures


@dataclass(kw_only=True)
class Listeners:
    """Whom the hub tells. Each is called on the loop and must not block."""

    on_graph: list[Callable[[GraphView], None]] = field(default_factory=list)
    on_alerts: list[Callable[[Sequence[str]], None]] = field(default_factory=list)
    on_incidents: list[Callable[[Sequence[Change]], None]] = field(default_factory=list)
    on_assessment: list[Callable[[Assessment], None]] = field(default_factory=list)


class Hub:
    """Decides. One per process; all of it belongs to one event loop.

    ``asker`` is set by wiring once the poller stands; ``listeners`` likewise.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        inbox: Inbox,
        parser: Parser,
        book: AlertBook,
        evidence: Evidence,
        desk: Desk,
        graph: GraphAccess,
        catalogue: Catalogue,
        clock: Clock,
        timing: Timing,
        graph_file: GraphFile,
    ) -> None:
        self.book = book
        self.desk = desk
        self.evidence = evidence
        self.asker: Asker = Nobody()
        self.listeners = Listeners()
        self.assessment: Assessment | None = None
        self._ledger = ledger
        self._inbox = inbox
        self._parser = parser
        self._store = graph
        self._catalogue = catalogue
        self._vocabulary = vocabulary_of(catalogue)
        self._clock = clock
        self._timing = timing
        self._graph: Graph | None = None
        self._loading_index = GraphIndex()
        self._graph_file = graph_file
        self._said = Complaints()
        self._health_log = HealthLog(ledger)
        self._position = inbox.offset(CONSUMER)
        self._stale = True
        self._due: datetime | None = None
        evidence.on_change = self._look_again
        graph.on_recovery.append(self._reload)
        self._reloading: asyncio.Task[None] | None = None
        self._loading = asyncio.Lock()
        with ledger.read() as connection:
            self._situations: Mapping[str, Situation] = load_open(connection)
            desk.load(connection)

    # What the API asks

    @property
    def view(self) -> GraphView | None:
        return self._graph.view if self._graph else None

    @property
    def index(self) -> GraphIndex:
        """The index of the newest graph; the empty one while it is loading."""
        return self._graph.index if self._graph else self._loading_index

    @property
    def situations(self) -> Mapping[str, Situation]:
        """The open situations by id."""
        return self._situations

    def situation_members(self, situation_id: str) -> tuple[str, ...]:
        """The fingerprints of a situation's alerts, the root's own first; empty if nothing is known of it."""
        known = self._situations.get(situation_id)
        if known is None:
            with self._ledger.read() as connection:
                known = get(connection, situation_id)
        return known.members if known else ()

    def moment(self) -> Moment | None:
        """What is now; ``None`` until the graph was read once."""
        if self._graph is None:
            return None
        now, found, graph = self._clock.now(), self.assessment, self._graph
        faults = found.own if found else {}
        compiled, failures = graph.assessor.graph, graph.failures
        return Moment(at=now, view=graph.view, graph=compiled, faults=faults, assessment=found, failures=failures)

    async def graph_changed(self) -> None:
        """Load and compile the newest revision, bind the alerts anew, and decide again.

        Raises:
            StoreUnavailableError: the store does not answer; what was loaded before stays in use.
        """
        async with self._loading:  # one after another, so that the last one read is the last one taken over
            await self._load_graph()

    async def _load_graph(self) -> None:
        graph = self._graph
        known = graph.view.columns if graph is not None else await asyncio.to_thread(self._graph_file.load)
        columns = await self._store.run(lambda store: store.columns(known))
        if graph is not None and columns is known:
            return  # what a store gives twice has not changed
        compiled = await asyncio.to_thread(self._compile, columns, self._graph)
        with self._ledger.begin() as connection:
            moved = self.book.rebind(connection, compiled.index)
            replayed = self._replay_pending(connection) if self._graph is None else 0
        self._graph = compiled  # after the commit: if the ledger refuses, all of it is done again
        log.info(
            "graph_loaded", revision=columns.revision, cis=columns.ci_count, alerts_moved=len(moved), replayed=replayed
        )
        for tell in self.listeners.on_graph:
            tell(compiled.view)
        self._look_again()
        await asyncio.to_thread(self._graph_file.keep, compiled.view.columns)
        if len(compiled.view.columns) > MADE_AT_ONCE:
            await asyncio.to_thread(compiled.failures.prepare)

    def acted(self, number: int) -> None:
        """A person acted on an incident."""
        log.debug("incident_acted_on", number=number)
        self._look_again()

    def timed_out(self, ci_id: str) -> None:
        """A device left a request unanswered: ask at once all that it stands on."""
        if self._graph is None:
            return
        graph = self._graph.assessor.graph
        node = graph.index.get(ci_id)
        if node is not None:
            self.asker.ask({graph.ids[other] for other in graph.scope(node) if other != node})

    # The loop

    async def run(self) -> None:
        """Consume and decide until cancelled."""
        with contextlib.suppress(StoreUnavailableError):
            await self.graph_changed()
        while True:
            began = self._clock.monotonic()
            try:
                for _ in range(SLICES):
                    if not (more := self._consume()):
                        break
                    await asyncio.sleep(0)
                self._decide_if_due()
            except LedgerUnavailableError as error:
                log.warning("ledger_refused", error=str(error))
                await asyncio.sleep(RETRY_S)
                self._stale = True
                continue
            await asyncio.sleep(max(LEAST_PAUSE_S, self._clock.monotonic() - began))
            if not more and not (self._stale and self._graph is not None):  # without a graph nothing can be decided
                await self._wait()

    async def _wait(self) -> None:
        """Sleep until something comes in, something is seen, or time alone changes something."""
        wait_s = None if self._due is None else max(0.0, (self._due - self._clock.now()).total_seconds())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._inbox.changed.wait(), wait_s)
        self._inbox.changed.clear()

    def _look_again(self) -> None:
        self._stale = True
        self._inbox.changed.set()

    def _reload(self) -> None:
        """The store is back: read what it has, without holding up whoever noticed."""
        if self._reloading is None or self._reloading.done():
            self._reloading = asyncio.get_running_loop().create_task(self._reload_quietly())

    async def _reload_quietly(self) -> None:
        # whatever kept it from being loaded: the store's watch sees that it is not, and comes back
        with contextlib.suppress(StoreUnavailableError, LedgerUnavailableError):
            await self.graph_changed()

    def _replay_pending(self, connection: Connection) -> int:
        """What could only be read with a graph and came before there was one; how many messages."""
        total = 0
        while more := set_aside.replay(connection, self._inbox, now=self._clock.now(), reason="graph_loading"):
            total += more
        return total

    def _compile(self, columns: Columns, before: Graph | None) -> Graph:
        """All that is made of a revision; of a former one what did not change is taken over."""
        if len(columns.patch) > MOST_PATCHED + len(columns) // 20:
            columns = compacted(columns)
        names = Names(columns, before.index.names if before else None)
        former = before.assessor.graph if before else None
        compiled = compile_graph(columns, self._vocabulary, former)
        failures = Failures(compiled)
        if len(compiled) > MADE_AT_ONCE and not (former and compiled.renews(former)):
            compiled.calm = failures.calm()  # on arrays, which a large estate needs anyway
        calm_of(compiled, former)
        return Graph(
            view=GraphView(columns, self._catalogue.is_a, names),
            index=GraphIndex(columns, names, before.index if before else None),
            assessor=Assessor(compiled),
            failures=failures,
        )

    def _consume(self) -> bool:
        """Merge one slice of the inbox; whether more waits."""
        rows = self._inbox.read(self._position, BATCH, SLICE_BYTES)
        if not rows:
            return False
        items: list[Item] = []
        with self._ledger.begin() as connection:
            for row in rows:
                parsed = self._parser.parse(row, self.index)
                items += parsed.items
                if parsed.quarantined or parsed.rejected is not None:
                    set_aside.keep(connection, row, parsed)
            changes = self.book.absorb(connection, items, self.index)
            self._inbox.set_offset(connection, CONSUMER, rows[-1].position)
        self._position = rows[-1].position
        self._stale = True
        touched = [change.after.fingerprint for change in changes]
        # every trap asks, the end of a fault and a repeat too: what the poll then finds counts
        self._ask_about(c.after for c in changes if c.became_active or c.after.source == trap.SOURCE)
        for tell in self.listeners.on_alerts:
            tell(touched)
        return self._position < self._inbox.last_position

    def _ask_about(self, alerts: Iterable[Alert]) -> None:
        """A trap is a question to its sender; what is worse than a risk is one to all that the CI stands on too."""
        asked: set[str] = set()
        for alert in alerts:
            ci_id = alert.ci_id
            if ci_id is None:
                continue
            if alert.kind in (ComplaintKind.HINT, ComplaintKind.PORT_DOWN):
                asked.add(self.index.device_of(ci_id) or ci_id)
            elif alert.source != "snmp" and (alert.kind is ComplaintKind.NO_ANSWER or alert.effect >= Health.DEGRADED):
                asked.add(ci_id)
        if asked:
            self.asker.ask(asked)

    def _decide_if_due(self) -> None:
        now = self._clock.now()
        if self._graph is None or not (self._stale or (self._due is not None and self._due <= now)):
            return
        self._stale = False  # before, since deciding may find something that is to be decided next
        try:
            self._decide(self._graph, now)
        except BaseException:
            self._stale = True  # whatever it was, it was not decided
            raise

    def _decide(self, graph: Graph, now: datetime) -> None:
        signs = self.evidence.signs()
        self._said.refresh(self.book.active())
        confirmed = {key: s.confirmed_at for s in self._situations.values() if s.confirmed_at for key in s.own}
        counted = (self._counted(said, signs, now) for said in self._said.bound)
        complaints = [replace(c, confirmed_at=confirmed[c.key]) if c.key in confirmed else c for c in counted if c]
        assessment = graph.assessor.assess(complaints, signs, now, position=self._position)
        if questions := assessment.ask - signs.asking:
            self.asker.ask(questions)
        active = frozenset(self.book.active())
        unbound = _unbound(self._said.homeless)
        known = list(self._situations.values())
        after = correlate(known, assessment.roots, unbound, active=active, now=now, timing=self._timing)
        with self._ledger.begin() as connection:
            answered = self.book.clear_answered(connection, signs, graph.index, now)
            store(connection, changed(self._situations, after))
            if self.assessment is None or assessment.health is not self.assessment.health:
                self._health_log.record(connection, now, own=assessment.own, services=assessment.services)
            boundary("between-decision-and-outbox")
            changes = self.desk.update(
                connection, now, list(after.values()), assessment, self._circumstances(graph, after.values())
            )
        self._situations = {key: s for key, s in after.items() if s.resolved_at is None and s.merged_into is None}
        self.assessment = assessment
        self._due = self._next_due(now, pending=bool(assessment.pending))
        self._tell_answered(answered)
        for tell in self.listeners.on_assessment:
            tell(assessment)
        if changes:
            for hear in self.listeners.on_incidents:
                hear(changes)

    def _tell_answered(self, answered: Sequence[AlertChange]) -> None:
        """What the hub's own questions ended is over from the next decision on, which is due at once."""
        if ended := [change.after.fingerprint for change in answered if change.became_cleared]:
            self._stale = True
            for tell in self.listeners.on_alerts:
                tell(ended)

    def _next_due(self, now: datetime, *, pending: bool) -> datetime | None:
        times = [next_turn(list(self._situations.values()), now, self._timing), self.desk.next_due()]
        if pending or self._said.any_hint:
            times.append(now + WHILE_PENDING)
        return min((max(at, now + timedelta(milliseconds=10)) for at in times if at is not None), default=None)

    def _counted(self, found: Complaint, signs: Signs, now: datetime) -> Complaint | None:
        """The complaint, if it counts now.

        A hint is left out while its device can be asked: what the poll finds counts. Where nobody can be asked, it
        counts after the settle time, unproven.
        """
        if found.kind is not ComplaintKind.HINT:
            return found
        device = signs.devices.get(self.index.device_of(found.ci_id) or found.ci_id)
        if device is not None and device.pollable and (device.last_answer or device.silent_since):
            return None
        return replace(found, counts=True) if now - found.since >= self._timing.settle else None

    def _circumstances(self, graph: Graph, situations: Iterable[Situation]) -> Circumstances:
        facts: dict[str, AlertFacts] = {}
        for situation in situations:
            for key in situation.own:
                alert = self.book.active().get(key)
                if alert is not None:
                    facts[key] = AlertFacts(
                        source=alert.source,
                        resource=alert.resource,
                        check=alert.check,
                        summary=alert.summary,
                        details=alert.details,
                    )
        return Circumstances(default_on_call=graph.view.default_on_call, alerts=facts)


def _unbound(alerts: Iterable[Alert]) -> list[Unbound]:
    """Alerts that no CI was found for, those about one resource together."""
    groups: dict[tuple[str, str], list[Alert]] = {}
    for alert in alerts:
        groups.setdefault((alert.source, alert.resource), []).append(alert)
    return [
        Unbound(
            source=source,
            resource=resource,
            keys=frozenset(alert.fingerprint for alert in members),
            severity=max(alert.severity for alert in members),
        )
        for (source, resource), members in sorted(groups.items())
    ]
