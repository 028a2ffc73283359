"""Who is told what of an incident. Pure: an incident, its impact and what people know in; what to tell out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from impact.model import Health, Reason, RootImpact, Stakeholder
from ticket_bridge.model import Happening, Incident, Told
from ticket_bridge.settings import NoticePolicy, TellingRule

_STATES = {"any": Health.UNKNOWN, "at_risk": Health.AT_RISK, "degraded": Health.DEGRADED, "down": Health.DOWN}
ON_CALL, OWNER, HEAD, USER = "on_call", "service_owner", "department_head", "user"

Covered = Callable[[str, str], bool]
"""``(person, service)``: whether another open incident told that person of that service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Why an incident concerns a person: in which role, over which services; ``hit`` are limited or down for them."""

    person_id: str
    rule: TellingRule
    services: frozenset[str]
    hit: frozenset[str]
    because: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One decision to tell one person, with the services of their `Concern`; ``held`` waits for consent."""

    person_id: str
    role: str
    happening: Happening
    services: frozenset[str]
    hit: frozenset[str]
    because: Reason
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tellings:
    """What to tell now, and when somebody may be told who was told something else too recently.

    ``passed_over``: somebody is not told because another incident told them; that may change without this one.
    """

    now: tuple[Telling, ...]
    again_at: datetime | None = None
    passed_over: bool = False

    @property
    def calm(self) -> bool:
        """Whether the same incident with the same impact has nothing to tell later either."""
        return not self.now and self.again_at is None and not self.passed_over


def tellings(
    policy: NoticePolicy,
    incident: Incident,
    concerned: Mapping[str, Concern],
    told: Mapping[str, Told],
    *,
    covered: Covered,
    last_opening: Mapping[str, datetime],
    now: datetime,
) -> Tellings:
    """Openings for people who do not know yet, *worse* for those who do. ``last_opening`` is by user."""
    found: list[Telling] = []
    again_at: datetime | None = None
    passed_over = False
    for concern in concerned.values():
        happening = _happening(concern, incident, told.get(concern.person_id))
        if happening is None:
            continue
        fresh = _not_told_elsewhere(concern, covered)
        if fresh is None or _happening(fresh, incident, told.get(concern.person_id)) is None:
            passed_over = True
            continue
        free_at = _free_at(fresh, last_opening) if happening is Happening.OPEN else None
        if free_at is not None and free_at > now:
            again_at = min(free_at, again_at or free_at)
            continue
        found.append(_telling(fresh, happening))
    return Tellings(now=tuple(_hold(policy, incident, found, told)), again_at=again_at, passed_over=passed_over)


def _happening(concern: Concern, incident: Incident, knows: Told | None) -> Happening | None:
    """What there is to tell this person: the opening if they do not know yet, else *worse* if it got worse.

    Whoever is not told of *worse* and was well in between hears that it begins anew.
    """
    opening = Happening.OPEN if "open" in concern.rule.happenings else None
    if knows is None or not knows.waits_for_the_end:
        return opening
    if "worse" in concern.rule.happenings:
        return Happening.WORSE if _got_worse(concern, incident, knows) else None
    return opening if concern.hit and knows.eased and not knows.hit else None


def remembered(knows: Told, concern: Concern | None, now: datetime) -> Told:
    """What a person knows, with what no longer hits them set apart, so that its return is news.

    What was better only for a moment never went away: else each swing of a service would be a mail.
    """
    hit: frozenset[str] = frozenset()
    moment = timedelta()
    if concern is not None:
        hit, moment = concern.hit, timedelta(seconds=concern.rule.again_after_s)
    eased = {ci: since for ci, since in knows.eased.items() if ci not in hit or now - since >= moment}
    eased |= dict.fromkeys(knows.hit - hit, now)
    return knows if eased == knows.eased else replace(knows, eased=eased)


def concerns(policy: NoticePolicy, impact: RootImpact, default_on_call: Sequence[str]) -> dict[str, Concern]:
    """Each person once, in the highest role in which the incident concerns them; highest roles first."""
    found: dict[str, Concern] = {}
    stand_ins = _stand_ins(impact, default_on_call)
    for rule in policy.who_is_told:
        for person in (*impact.stakeholders, *stand_ins):
            if person.role != rule.role:
                continue
            concern = _concern(rule, person, stand_in=person in stand_ins)
            if concern is None:
                continue
            known = found.setdefault(person.person_id, concern)
            if known is not concern and known.rule is rule:
                both = known.services | concern.services
                found[person.person_id] = replace(known, services=both, hit=known.hit | concern.hit)
    return found


def _stand_ins(impact: RootImpact, default_on_call: Sequence[str]) -> list[Stakeholder]:
    """The default team's on-call, where nobody is on call for the root or a hit service has no owner to be told."""
    states = {hit.ci_id: hit.state for hit in impact.services}
    if all(person.role != ON_CALL for person in impact.stakeholders):
        return [Stakeholder(person_id=one, role=ON_CALL, because=(), sees=states) for one in default_on_call]
    owned = {ci for person in impact.stakeholders if person.role == OWNER for ci in person.sees}
    orphans = {ci: state for ci, state in states.items() if state >= Health.DEGRADED and ci not in owned}
    if not orphans:
        return []
    because = tuple(orphans)
    return [Stakeholder(person_id=one, role=OWNER, because=because, sees=orphans) for one in default_on_call]


def _concern(rule: TellingRule, person: Stakeholder, *, stand_in: bool) -> Concern | None:
    least = _STATES[rule.least_state]
    if person.state < least:
        return None
    services = frozenset(ci for ci, state in person.sees.items() if state >= max(least, Health.AT_RISK))
    hit = frozenset(ci for ci in services if person.sees[ci] >= Health.DEGRADED)
    others = tuple(ci for ci in person.because if ci not in person.sees)
    return Concern(
        person_id=person.person_id,
        rule=rule,
        services=services,
        hit=hit,
        because=_why(rule.role, others, tuple(sorted(services & set(person.because))), stand_in=stand_in),
    )


def _why(role: str, others: tuple[str, ...], services: tuple[str, ...], *, stand_in: bool) -> Reason:
    if stand_in and services:
        return Reason(code="why_default_team_services", args={"services": services})
    if stand_in:
        return Reason(code="why_default_team")
    if role == ON_CALL:
        return Reason(code="why_on_call", args={"teams": others})
    if role == HEAD and others:
        return Reason(code="why_department_head", args={"departments": others})
    if role == OWNER and others:
        return Reason(code="why_owning_team", args={"teams": others, "services": services})
    return Reason(code=f"why_{role}", args={"services": services or others})


def _not_told_elsewhere(concern: Concern, covered: Covered) -> Concern | None:
    """The concern without what another incident told the person; ``None`` if nothing is left.

    On-call people are told of roots, not of services, so each root counts for them.
    """
    if concern.rule.role == ON_CALL or not concern.services:
        return concern
    left = frozenset(ci for ci in concern.services if not covered(concern.person_id, ci))
    return replace(concern, services=left, hit=concern.hit & left) if left else None


def _got_worse(concern: Concern, incident: Incident, knows: Told) -> bool:
    if "worse" not in concern.rule.happenings:
        return False
    came_back = concern.hit & knows.eased.keys()
    return incident.priority < knows.priority or bool(concern.services - knows.services or came_back)


def _free_at(concern: Concern, last_opening: Mapping[str, datetime]) -> datetime | None:
    last = last_opening.get(concern.person_id)
    if not concern.rule.opening_interval_s or last is None:
        return None
    return last + timedelta(seconds=concern.rule.opening_interval_s)


def _telling(concern: Concern, happening: Happening) -> Telling:
    return Telling(
        person_id=concern.person_id,
        role=concern.rule.role,
        happening=happening,
        services=concern.services,
        hit=concern.hit,
        because=concern.because,
    )


def _hold(
    policy: NoticePolicy, incident: Incident, found: Sequence[Telling], told: Mapping[str, Told]
) -> list[Telling]:
    """Openings of a role that would reach more people than the table allows wait for a person's consent."""
    held: set[str] = set()
    for rule in policy.who_is_told:
        if rule.ask_above is None or incident.released_by is not None:
            continue
        fresh = {one.person_id for one in found if one.role == rule.role and one.happening is Happening.OPEN}
        known = {one.person_id for one in told.values() if one.role == rule.role and one.waits_for_the_end}
        if fresh and len(fresh | known) > rule.ask_above:
            held.add(rule.role)
    return [replace(one, held=True) if one.role in held and one.happening is Happening.OPEN else one for one in found]
