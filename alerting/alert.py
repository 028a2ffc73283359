"""A condition over time: what a set of events with one fingerprint amounts to.

`Alert.merge` is commutative, associative and idempotent, so neither the order of arrival nor a repeat matters. Every
part is such a join of its own: the newest event of each sort, the earliest and latest times, the set of event ids.
Events are ordered by (observed_at bounded by received_at, event id).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypeAlias

from alerting.model import AlertState, Event, Severity
from impact.model import Complaint, ComplaintKind, Health, Reason

Order: TypeAlias = tuple[datetime, int, int]


def order_of(event: Event) -> Order:
    """Where an event stands among those of its fingerprint."""
    return (min(event.observed_at, event.received_at), event.inbox_id, event.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """Distinct inbox ids, bounded in size: ids above ``up_to`` one by one, those up to it as a count.

    A count stands for a prefix of one log that was read in order, so of two counts the one that reaches further holds
    the other.
    """

    settled: int = 0
    up_to: int = 0
    ids: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        return self.settled + len(self.ids)

    def merge(self, other: Occurrences) -> Occurrences:
        """Commutative, associative, idempotent."""
        up_to, settled = max((self.up_to, self.settled), (other.up_to, other.settled))
        return Occurrences(
            settled=settled, up_to=up_to, ids=frozenset(one for one in self.ids | other.ids if one > up_to)
        )

    def settle(self) -> Occurrences:
        """The same count without the single ids; allowed once all ids below the highest were read."""
        if not self.ids:
            return self
        return Occurrences(settled=self.count, up_to=max(self.ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Which CI an alert is about, and why; or why none. ``revision`` is that of the graph that was asked.

    ``port_missing``: the device was found, the port that the hints name is not in the graph.
    """

    ci_id: str | None
    reason: Reason
    revision: int
    port_missing: bool = False

    @property
    def _rank(self) -> tuple[int, str, str, str]:
        return (self.revision, self.ci_id or "", self.reason.code, repr(sorted(self.reason.args.items())))


PENDING = Binding(ci_id=None, reason=Reason(code="graph_loading"), revision=-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Events with one fingerprint, merged.

    ``active`` and ``clear`` are the newest event of either state; ``weak_clear`` is the newest unauthenticated clear,
    which clears nothing alone. ``run`` holds (order, received_at) of active events newer than the newest clear.
    ``first_seen``/``last_seen`` are the senders' times bounded by ours, ``last_received`` is ours.
    """

    fingerprint: str
    source: str
    check: str
    resource: str
    first_seen: datetime
    last_seen: datetime
    last_received: datetime
    occurrences: Occurrences
    active: Event | None = None
    clear: Event | None = None
    weak_clear: Event | None = None
    run: frozenset[tuple[Order, datetime]] = frozenset()
    binding: Binding = field(default=PENDING)

    @classmethod
    def from_event(cls, event: Event) -> Self:
        """The alert of a single event."""
        order = order_of(event)
        is_active = event.state is AlertState.ACTIVE
        bears = is_active or event.authenticated
        return cls(
            fingerprint=event.fingerprint,
            source=event.source,
            check=event.check,
            resource=event.resource,
            first_seen=order[0],
            last_seen=order[0],
            last_received=event.received_at,
            occurrences=Occurrences(ids=frozenset((event.inbox_id,))),
            active=event if is_active else None,
            clear=event if bears and not is_active else None,
            weak_clear=None if bears else event,
            run=frozenset(((order, event.received_at),)) if is_active else frozenset(),
        )

    def merge(self, other: Alert) -> Alert:
        """What both together amount to.

        Raises:
            ValueError: the fingerprints differ.
        """
        if self.fingerprint != other.fingerprint:
            raise ValueError("only alerts with one fingerprint merge")
        clear = _newer(self.clear, other.clear)
        run = self.run | other.run
        if clear is not None:
            cleared = order_of(clear)
            run = frozenset(step for step in run if step[0] > cleared)
        return Alert(
            fingerprint=self.fingerprint,
            source=self.source,
            check=self.check,
            resource=self.resource,
            first_seen=min(self.first_seen, other.first_seen),
            last_seen=max(self.last_seen, other.last_seen),
            last_received=max(self.last_received, other.last_received),
            occurrences=self.occurrences.merge(other.occurrences),
            active=_newer(self.active, other.active),
            clear=clear,
            weak_clear=_newer(self.weak_clear, other.weak_clear),
            run=run,
            binding=max(self.binding, other.binding, key=lambda binding: binding._rank),  # noqa: SLF001 - same module
        )

    def settle(self, binding: Binding | None = None) -> Alert:
        """The same alert in bounded size; for the reader of the log, once all earlier events were merged."""
        run = self.run if len(self.run) < 2 else frozenset((min(self.run),))
        return replace(self, occurrences=self.occurrences.settle(), run=run, binding=binding or self.binding)

    def bound(self, binding: Binding) -> Alert:
        return replace(self, binding=binding)

    @property
    def shown(self) -> Event:
        """The event whose words describe the alert: the newest active one, else the newest clear."""
        event = self.active or self.clear or self.weak_clear
        assert event is not None
        return event

    @property
    def state(self) -> AlertState:
        if self.active is None:
            return AlertState.CLEARED
        if self.clear is not None and order_of(self.clear) > order_of(self.active):
            return AlertState.CLEARED
        return AlertState.ACTIVE

    @property
    def is_active(self) -> bool:
        return self.state is AlertState.ACTIVE

    @property
    def active_since(self) -> datetime | None:
        """When the hub heard the event that made it active (hub clock); ``None`` while it is cleared."""
        if not self.is_active or self.active is None:
            return None
        return min(self.run)[1] if self.run else self.active.received_at

    @property
    def cleared_at(self) -> datetime | None:
        """When the hub heard the clear that ended it (hub clock); ``None`` while it is active."""
        return None if self.is_active or self.clear is None else self.clear.received_at

    @property
    def kind(self) -> ComplaintKind:
        return self.shown.kind

    @property
    def severity(self) -> Severity:
        return self.shown.severity

    @property
    def effect(self) -> Health:
        return self.shown.effect

    @property
    def authenticated(self) -> bool:
        return self.shown.authenticated

    @property
    def proven(self) -> bool:
        """Whether it counts without the hub's own question: anything but a hint of unproven origin."""
        return self.shown.kind is not ComplaintKind.HINT

    @property
    def summary(self) -> str:
        return self.shown.summary

    @property
    def details(self) -> Mapping[str, str]:
        return self.shown.details

    @property
    def hints(self) -> Mapping[str, str]:
        return self.shown.hints

    @property
    def ci_id(self) -> str | None:
        return self.binding.ci_id

    @property
    def bind(self) -> Reason:
        return self.binding.reason

    def complaint(self, *, counts: bool = True) -> Complaint | None:
        """What the impact engine needs of it; ``None`` if it is cleared or bound to no CI.

        A report about a port that is not in the graph is a hint about its device: the hub asks and goes by the answer.
        """
        since, ci_id = self.active_since, self.ci_id
        if since is None or ci_id is None:
            return None
        lost_port = self.kind is ComplaintKind.PORT_DOWN and self.binding.port_missing
        return Complaint(
            key=self.fingerprint,
            ci_id=ci_id,
            kind=ComplaintKind.HINT if lost_port else self.kind,
            effect=Health.OK if lost_port else self.effect,
            severity=int(self.severity),
            since=since,
            authenticated=self.authenticated,
            proven=self.proven,
            counts=counts,
            source=self.source,
            check=self.check,
        )


def _newer(one: Event | None, other: Event | None) -> Event | None:
    if one is None or other is None:
        return one or other
    return one if order_of(one) >= order_of(other) else other
