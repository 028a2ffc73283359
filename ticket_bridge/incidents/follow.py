"""How incidents follow their situations: open, come back, change with the evaluation, merge, resolve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerting.model import Situation
from cmdb.model import new_ulid
from impact.model import Assessment, Health, Reason, RootImpact, ServiceHit
from ticket_bridge.incidents import policy as rules
from ticket_bridge.incidents.book import Draft, entry
from ticket_bridge.incidents.title import cause_of, title_of, unbound_title
from ticket_bridge.model import AlertFacts, Circumstances, Incident, IncidentState
from ticket_bridge.settings import IncidentPolicy

COLLECTING = "*"
_UNKNOWN_ALERT = AlertFacts(source="?", resource="?", check="?", summary="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What one evaluation shows the desk."""

    policy: IncidentPolicy
    assessment: Assessment
    circumstances: Circumstances
    in_hours: rules.InHours

    def impact(self, root_ci: str | None) -> RootImpact | None:
        """What the root does now; ``None`` if it does nothing any more, and nothing by itself without a root."""
        return rules.NO_IMPACT if root_ci is None else self.assessment.impacts.get(root_ci)

    def alerts(self, situation: Situation) -> list[AlertFacts]:
        """Facts of the alerts that name the root."""
        known = self.circumstances.alerts
        return [known[member] for member in situation.own or situation.members if member in known]

    def unbound(self, situation: Situation) -> AlertFacts:
        return next(iter(self.alerts(situation)), _UNKNOWN_ALERT)

    def in_maintenance(self, root_ci: str | None) -> bool:
        return root_ci is not None and root_ci in self.circumstances.maintenance


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The active situations of one incident, taken together."""

    situation: Situation  # the oldest: its root is the incident's
    confirmed: bool
    proven: bool
    severity: int
    settles_at: datetime

    @classmethod
    def of(cls, active: Sequence[Situation]) -> View:
        return cls(
            situation=active[0],
            confirmed=any(one.confirmed for one in active),
            proven=any(one.proven for one in active),
            severity=max(one.severity for one in active),
            settles_at=min(one.settles_at for one in active),
        )


def oldest_first(situations: Sequence[Situation]) -> list[Situation]:
    return sorted(situations, key=lambda one: (one.opened_at, one.situation_id))


# Opening


def open_or_attach(draft: Draft, scene: Scene, situation: Situation) -> None:
    """Give a situation without a live incident one, if the rules want it: an old one, a shared one or a new one."""
    if scene.in_maintenance(situation.root_ci):
        return
    impact = scene.impact(situation.root_ci) or rules.NO_IMPACT
    why = rules.opens(scene.policy, bound=situation.root_ci is not None, severity=situation.severity, impact=impact)
    if why is None:
        return
    if situation.root_ci is None and _attached(draft, scene, situation):
        return
    came_back = _returning(draft, scene, situation)
    if came_back is not None:
        _reopen(draft, scene, situation, came_back, _is_back(came_back))
        return
    if situation.root_ci is None and _storm(draft, scene):
        _collect(draft, scene, situation)
        return
    _open(draft, scene, situation, why, None if situation.root_ci else scene.unbound(situation))


def _open(draft: Draft, scene: Scene, situation: Situation, why: Reason, unbound: AlertFacts | None) -> Incident:
    root = situation.root_ci
    incident = Incident(
        incident_id=new_ulid(),
        number=draft.next_number(),
        situation_id=situation.situation_id,
        state=IncidentState.OPEN,
        priority=rules.LEAST_URGENT,
        priority_reason=why,
        root_ci=root,
        confirmed=situation.confirmed,
        proven=situation.proven,
        severity=situation.severity,
        title=unbound_title(unbound) if unbound else title_of(root or "", (), ("fault", "")),
        services=(),
        cannot_work=frozenset(),
        limited=frozenset(),
        evidence=situation.evidence,
        opened_at=draft.now,
        updated_at=draft.now,
        unbound_source=unbound.source if unbound else None,
        unbound_resource=unbound.resource if unbound else None,
        settles_at=situation.settles_at,
    )
    draft.link(situation.situation_id, incident.incident_id)
    incident = _evaluated(scene, incident, View.of([situation]))
    return draft.put(incident, _opened(incident), why)


def _opened(incident: Incident) -> Reason:
    if incident.root_ci is None:
        return entry("opened_unbound", source=incident.unbound_source or "?", resource=incident.unbound_resource or "?")
    if incident.confirmed:
        return entry("opened_confirmed", root=incident.root_ci)
    settles_at = incident.settles_at or incident.opened_at
    return entry("opened_suspected", root=incident.root_ci, settles_at=settles_at.isoformat())


def _attached(draft: Draft, scene: Scene, situation: Situation) -> bool:
    """Whether a live incident about the same (source, resource) took the situation in."""
    alert = scene.unbound(situation)
    for incident in draft.book.live():
        if (incident.unbound_source, incident.unbound_resource) == (alert.source, alert.resource):
            _take_in(draft, incident, situation, alert)
            return True
    return False


def _take_in(draft: Draft, incident: Incident, situation: Situation, alert: AlertFacts) -> None:
    draft.link(situation.situation_id, incident.incident_id)
    draft.note(incident.incident_id, entry("collected", source=alert.source, resource=alert.resource))


def _storm(draft: Draft, scene: Scene) -> bool:
    storm = scene.policy.unbound_storm
    since = draft.now - timedelta(seconds=storm.window_s)
    recent = [
        one
        for one in draft.book.incidents.values()
        if one.unbound_source is not None and one.unbound_resource != COLLECTING and one.opened_at > since
    ]
    return len(recent) >= storm.cap


def _collect(draft: Draft, scene: Scene, situation: Situation) -> None:
    alert = scene.unbound(situation)
    collecting = next((one for one in draft.book.live() if one.unbound_resource == COLLECTING), None)
    if collecting is not None:
        _take_in(draft, collecting, situation, alert)
        return
    why = Reason(code="opens_unbound", args={"severity": situation.severity.word})
    incident = _open(draft, scene, situation, why, replace(alert, resource=COLLECTING))
    draft.put(replace(incident, title=Reason(code="incident_unbound_storm", args={"source": alert.source})))


def _returning(draft: Draft, scene: Scene, situation: Situation) -> Incident | None:
    """The youngest incident about the same root that ended so recently that this is its return."""
    root, alert = situation.root_ci, scene.unbound(situation)
    back_to = draft.now - timedelta(seconds=scene.policy.reopen_within_s)
    found = [
        one
        for one in draft.book.incidents.values()
        if not one.live
        and one.duplicate_of is None
        and one.resolved_at is not None
        and one.resolved_at > back_to
        and one.root_ci == root
        and (root is not None or (one.unbound_source, one.unbound_resource) == (alert.source, alert.resource))
    ]
    return max(found, key=lambda one: one.number, default=None)


def _is_back(incident: Incident) -> Reason:
    if incident.root_ci is not None:
        return entry("reopened", root=incident.root_ci)
    return entry("reopened_unbound", source=incident.unbound_source or "?", resource=incident.unbound_resource or "?")


def _reopen(draft: Draft, scene: Scene, situation: Situation, incident: Incident, why: Reason) -> None:
    draft.link(situation.situation_id, incident.incident_id)
    draft.book.left_at.pop(incident.incident_id, None)
    again = reopened(incident, situation.settles_at)
    again = _evaluated(scene, replace(again, situation_id=situation.situation_id), View.of([situation]))
    draft.put(again, why)


def reopen_if_worse(draft: Draft, scene: Scene, situation: Situation, incident: Incident) -> None:
    """A person resolved what still fails: time alone does not contradict them, but that it gets worse does."""
    impact = scene.impact(situation.root_ci)
    if impact is None or scene.in_maintenance(situation.root_ci):
        return
    left = draft.book.left_at.get(incident.incident_id, {hit.ci_id: hit.state for hit in incident.services})
    now = {hit.ci_id: hit.state for hit in impact.services}
    newly_hit = any(state >= Health.DEGRADED and state > left.get(ci, Health.OK) for ci, state in now.items())
    if newly_hit or situation.severity > incident.severity:
        root = incident.root_ci or incident.unbound_resource or ""
        _reopen(draft, scene, situation, incident, entry("reopened_worse", root=root))
    else:
        draft.book.left_at[incident.incident_id] = now


def reopened(incident: Incident, settles_at: datetime | None) -> Incident:
    """The incident as it begins its next round: nobody has been told of it yet."""
    return replace(
        incident,
        state=IncidentState.OPEN,
        resolved_at=None,
        first_notice_at=None,
        best_evaluated=rules.LEAST_URGENT,
        rounds=incident.rounds + 1,
        released_by=None,
        priority_set_by=None,
        settles_at=settles_at,
    )


# Following


def follow(draft: Draft, scene: Scene, incident: Incident, active: Sequence[Situation]) -> None:
    """Bring a live incident to what its active situations and the evaluation say now."""
    view = View.of(active)
    after = _evaluated(scene, incident, view)
    draft.put(after, *_what_changed(incident, after))


def _evaluated(scene: Scene, incident: Incident, view: View) -> Incident:
    situation = view.situation
    impact = scene.impact(situation.root_ci)
    after = replace(
        incident,
        situation_id=situation.situation_id,
        root_ci=situation.root_ci,
        confirmed=view.confirmed,
        proven=view.proven,
        severity=type(situation.severity)(view.severity),
        evidence=situation.evidence,
        settles_at=view.settles_at,
    )
    if impact is None:  # the root is clear and waits out its hold time: what it did stays on record
        return replace(after, evidence=incident.evidence, severity=incident.severity)
    after = replace(
        after,
        services=impact.services,
        cannot_work=impact.cannot_work,
        limited=impact.limited,
        estimate=impact.estimate,
        costs=impact.costs,
    )
    if after.root_ci is not None:
        cause = cause_of(after.evidence, scene.alerts(situation))
        title = title_of(after.root_ci, after.services, cause)
        if not _merely_eases(incident, after.root_ci, title):
            after = replace(after, title=title)
    return _prioritised(scene, after, impact)


def _merely_eases(incident: Incident, root: str | None, title: Reason) -> bool:
    """Whether a title only says that it is better now: what people were told of keeps the name they know it by."""
    if incident.first_notice_at is None or incident.root_ci != root:
        return False
    ranks = [Health[str(one.args.get("state", "ok")).upper()] for one in (incident.title, title)]
    return ranks[1] < ranks[0]


def _prioritised(scene: Scene, incident: Incident, impact: RootImpact) -> Incident:
    """Until the first notice, or until a person sets it, the priority follows both ways; then only a better one counts.

    Better means better than the rules ever found: what a person lowered is not raised again by what they knew.
    """
    value, why = rules.priority(
        scene.policy, impact, severity=incident.severity, proven=incident.proven, in_hours=scene.in_hours
    )
    if incident.first_notice_at is not None or incident.priority_set_by is not None:
        if value >= incident.best_evaluated:
            return incident
        if value >= incident.priority:
            return replace(incident, best_evaluated=value)
    return replace(incident, priority=value, priority_reason=why, best_evaluated=value)


def _what_changed(before: Incident, after: Incident) -> list[Reason]:
    found: list[Reason] = []
    root = after.root_ci or ""
    if before.root_ci != after.root_ci:
        found.append(entry("rerooted", root=root, before=before.root_ci or before.unbound_resource or ""))
    if after.confirmed and not before.confirmed:
        found.append(entry("confirmed", root=root))
    if before.confirmed and not after.confirmed:
        found.append(entry("suspected_again", root=root))
    found += _service_changes(before.services, after.services)
    if before.priority != after.priority:
        code = after.priority_reason.code.replace("priority_", "priority_changed_")
        found.append(Reason(code=code, args={"before": before.priority, **after.priority_reason.args}))
    return found


def _service_changes(before: Sequence[ServiceHit], after: Sequence[ServiceHit]) -> list[Reason]:
    was: Mapping[str, Health] = {hit.ci_id: hit.state for hit in before}
    now: Mapping[str, Health] = {hit.ci_id: hit.state for hit in after}
    return [
        entry(
            "service_changed",
            service=ci,
            before=was.get(ci, Health.OK).word,
            after=now.get(ci, Health.OK).word,
        )
        for ci in (*now, *(was.keys() - now.keys()))
        if was.get(ci, Health.OK) is not now.get(ci, Health.OK)
    ]


# Merging

Transfer = Callable[[Incident, Incident], None]
"""``(closed, stays)``: hands on what people know of the one to the other."""


def merge(draft: Draft, situation: Situation, target: str, transfer: Transfer) -> None:
    """A situation turned out to be part of an older one: so do their incidents. The lower number stays."""
    part = draft.book.parts.get(situation.situation_id)
    if part is None or part.merged:
        return
    draft.link(situation.situation_id, part.incident_id, ended=True, merged=True)
    mine, other = draft.book.incidents[part.incident_id], draft.book.of_situation(target)
    if other is None or other.incident_id == mine.incident_id or not other.live:
        draft.link(target, mine.incident_id)
        return
    if not mine.live:
        return
    stays, closed = sorted((mine, other), key=lambda one: one.number)
    for one in draft.book.parts_of(closed.incident_id):
        draft.link(one.situation_id, stays.incident_id, ended=one.ended, merged=one.merged)
    transfer(closed, stays)
    done = replace(closed, state=IncidentState.CLOSED, resolved_at=draft.now, duplicate_of=stays.number)
    draft.put(done, entry("merged_into", number=stays.number))
    members = len(situation.members)
    root = closed.root_ci or closed.unbound_resource or ""
    draft.note(stays.incident_id, entry("merged", number=closed.number, root=root, members=members))


# Resolving


def close_what_stayed_away(draft: Draft, policy: IncidentPolicy) -> None:
    """Close incidents that have been resolved for as long as they could have come back; what still fails waits."""
    window = timedelta(seconds=policy.reopen_within_s)
    failing = draft.book.still_failing()
    for incident in list(draft.book.incidents.values()):
        if incident.state is not IncidentState.RESOLVED or incident.resolved_at is None:
            continue
        if incident.incident_id in failing:
            continue
        if incident.resolved_at + window <= draft.now:
            hours = round(policy.reopen_within_s / 3600, 1)
            draft.put(replace(incident, state=IncidentState.CLOSED), entry("closed_after", hours=f"{hours:g}"))
