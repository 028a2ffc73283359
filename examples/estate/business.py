"""From causes to people: services, who cannot work, priority, who is told (semantics, 3 users' way, and 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from examples.estate.model import Estate, Person, Service, Team
from examples.estate.rules import Evaluation, Health, Severity
from examples.estate.verdicts import Cause, Known, Verdict, cut_off

# tier → state → priority (1 is the highest)
PRIORITY = {
    1: {Health.DOWN: 1, Health.DEGRADED: 2, Health.AT_RISK: 3},
    2: {Health.DOWN: 2, Health.DEGRADED: 3, Health.AT_RISK: 4},
    3: {Health.DOWN: 3, Health.DEGRADED: 4, Health.AT_RISK: 5},
    4: {Health.DOWN: 4, Health.DEGRADED: 5, Health.AT_RISK: 5},
}
PRIORITY_WITHOUT_SERVICE = {Severity.CRITICAL: 3, Severity.MAJOR: 4}

MANY_CANNOT_WORK = 0.25
"""From this share of all people on, the priority is one step higher."""

MAIL_AT_MOST = 500
"""More users than this at once are not written to before a person agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice at the opening: to whom, in which role, about which services."""

    person: Person
    role: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What one root does to the business. ``services``: those at risk or worse, by key; ``not_ok``: all that is."""

    services: Mapping[str, Health]
    cannot_work: tuple[Person, ...]
    limited: tuple[Person, ...]
    priority: int
    opens: bool
    told: tuple[Told, ...]
    not_ok: frozenset[str]


def assess(known: Known, verdict: Verdict, root: Cause) -> Business:
    """The business side of a verdict that has one root."""
    estate = known.estate
    base = Evaluation(known.needs, verdict.own, verdict.network)
    by_site = {site.key: _seen_from(known, verdict, base, site.key) for site in estate.sites}
    services = {s.key: _service_state(estate, base, by_site, s) for s in estate.services}
    hit = {key: state for key, state in services.items() if state > Health.OK}
    people = _people(estate, by_site, hit)
    cannot_work = tuple(person for person, state in people if state is Health.DOWN)
    opens = _opens(known, root, hit, lost_redundancy=bool(verdict.lost_way or base.at_edge))
    return Business(
        services=hit,
        cannot_work=cannot_work,
        limited=tuple(person for person, state in people if state is Health.DEGRADED),
        priority=_priority(estate, root, hit, cannot_work),
        opens=opens,
        told=tuple(_told(known, root, hit, by_site, cannot_work)) if opens else (),
        not_ok=frozenset(key for key in [*known.needs, *known.single_points] if base.health(key) > Health.OK),
    )


# -- services --------------------------------------------------------------------------------------------------------

SeenFrom = Mapping[str, Mapping[str, Health]]
"""site → service → its state for the people of that site"""


def _seen_from(known: Known, verdict: Verdict, base: Evaluation, site: str) -> Mapping[str, Health]:
    """As if every host that no healthy way joins to the site's anchors were down."""
    away = cut_off(known, verdict, site)
    forced = {**verdict.network, **dict.fromkeys(away, Health.DOWN)}
    evaluation = Evaluation(known.needs, verdict.own, forced) if away else base
    return {service.key: evaluation.health(service.key) for service in known.estate.services}


def _service_state(estate: Estate, base: Evaluation, by_site: SeenFrom, service: Service) -> Health:
    """Limited while some of its user sites see it down, down when all do."""
    sites = estate.user_sites[service.key]
    down = [site for site in sites if by_site[site][service.key] is Health.DOWN]
    users_way = Health.OK if not down else Health.DOWN if len(down) == len(sites) else Health.DEGRADED
    return max(base.health(service.key), users_way)


def _department_uses(estate: Estate, department: str) -> frozenset[str]:
    """Services, by the offerings that a department uses."""
    return frozenset(estate.service_of[offering] for offering in estate.department[department].uses)


# -- people and priority ---------------------------------------------------------------------------------------------


def _people(estate: Estate, by_site: SeenFrom, hit: Mapping[str, Health]) -> list[tuple[Person, Health]]:
    """Each person once, at the worst state of the hit services that they use, as their site sees them."""
    found = []
    for person in estate.people:
        seen = by_site[estate.site_of[person.key]]
        states = [seen[service] for service in estate.services_used[person.key] if service in hit]
        found.append((person, max(states, default=Health.OK)))
    return found


def _priority(estate: Estate, root: Cause, hit: Mapping[str, Health], cannot_work: tuple[Person, ...]) -> int:
    if not hit:
        return PRIORITY_WITHOUT_SERVICE.get(root.severity, 5)
    priority = min(PRIORITY[s.tier][hit[s.key]] for s in estate.services if s.key in hit)
    many = len(cannot_work) >= MANY_CANNOT_WORK * len(estate.people)
    step_up = many or any(person.vip for person in cannot_work)
    return max(1, priority - 1) if step_up else priority


def _opens(known: Known, root: Cause, hit: Mapping[str, Health], *, lost_redundancy: bool) -> bool:
    states = set(hit.values())
    if states & {Health.DEGRADED, Health.DOWN}:
        return True
    if states and (lost_redundancy or root.severity >= Severity.MAJOR):
        return True
    owner = owner_of(known, root.key)
    return root.severity >= Severity.MAJOR and owner is not None and bool(owner.on_call)


# -- who is told -----------------------------------------------------------------------------------------------------


def owner_of(known: Known, key: str) -> Team | None:
    """The team that owns a device or application; of a link, the team of the end nearer to the hub."""
    estate = known.estate
    if key in estate.link:
        levels = known.ways.levels({known.ways.hub})
        key = min((end.device for end in estate.link[key].ends), key=lambda device: levels[device])
    owned = estate.device.get(key) or estate.application.get(key)
    return next((team for team in estate.teams if owned and team.key == owned.owner_team), None)


def _told(
    known: Known, root: Cause, hit: Mapping[str, Health], by_site: SeenFrom, cannot_work: tuple[Person, ...]
) -> Iterator[Told]:
    """One notice each, in the highest role: on call, owner of a service, head of a department, user."""
    estate = known.estate
    told: set[str] = set()
    for person, role, services in (
        *_on_call(known, root, hit),
        *_owners(estate, hit),
        *_heads(estate, hit),
        *_users(estate, hit, by_site, cannot_work),
    ):
        if person not in told:
            told.add(person)
            names = tuple(sorted(s.name for s in estate.services if s.key in services))
            yield Told(person=estate.person[person], role=role, services=names)


Notice = tuple[str, str, frozenset[str]]
"""person, role, services"""


def _limited_or_worse(hit: Mapping[str, Health]) -> frozenset[str]:
    return frozenset(key for key, state in hit.items() if state >= Health.DEGRADED)


def _on_call(known: Known, root: Cause, hit: Mapping[str, Health]) -> Iterator[Notice]:
    default = next(team for team in known.estate.teams if team.default)
    team = owner_of(known, root.key) or default
    yield from ((person, "on_call", frozenset(hit)) for person in team.on_call)


def _owners(estate: Estate, hit: Mapping[str, Health]) -> Iterator[Notice]:
    for owner in sorted({service.owner for service in estate.services}):
        owned = {service.key for service in estate.services if service.owner == owner} & _limited_or_worse(hit)
        if owned:
            yield owner, "service_owner", frozenset(owned)


def _heads(estate: Estate, hit: Mapping[str, Health]) -> Iterator[Notice]:
    for department in estate.departments:
        used = _department_uses(estate, department.key) & _limited_or_worse(hit)
        if used:
            yield department.head, "department_head", used


def _users(
    estate: Estate, hit: Mapping[str, Health], by_site: SeenFrom, cannot_work: tuple[Person, ...]
) -> Iterator[Notice]:
    if len(cannot_work) > MAIL_AT_MOST:
        return
    for person in cannot_work:
        seen = by_site[estate.site_of[person.key]]
        down = (s for s in estate.services_used[person.key] if s in hit and seen[s] is Health.DOWN)
        yield person.key, "user", frozenset(down)
