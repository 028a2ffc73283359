"""Who works in an estate: departments, people, teams, who owns and who is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from examples.estate.model import Department, Language, Offering, Person, Service, Team
from examples.estate.names import (
    DEPARTMENTS,
    EN_FAMILY,
    EN_GIVEN,
    EVERYBODY_USES,
    NOT_DRAWN,
    TEAMS,
    ZH_FAMILY,
    ZH_GIVEN,
    DepartmentKind,
)
from examples.estate.software import Software
from examples.estate.yard import Yard

# roles of devices that nobody need own: who looks after a door is not always written down
_SOMETIMES_UNOWNED = "door"


@dataclass(slots=True)
class Staff:
    hires: Iterator[Person]
    departments: list[Department] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)


def build_staff(yard: Yard, software: Software) -> Staff:
    """Departments, people and teams; sets the owners of services in ``software`` and of devices in ``yard``."""
    staff = Staff(hires=_hires(yard, zh_share=yard.rng.uniform(0.3, 0.6)))
    for round_ in range(yard.size):
        for kind in DEPARTMENTS:
            _add_department(yard, staff, software, kind, round_)
    _draw_extra_users(yard, staff, software)
    _draw_vips(yard, staff)
    software.services[:] = [replace(service, owner=yard.pick(staff.people).key) for service in software.services]
    staff.teams.extend(_teams(yard, staff))
    _own_devices(yard)
    return staff


# -- people ----------------------------------------------------------------------------------------------------------


def _hires(yard: Yard, *, zh_share: float) -> Iterator[Person]:
    """People without a department, for ever; addresses are unique."""
    taken: dict[str, int] = {}
    number = 0
    while True:
        number += 1
        name, local, language = _zh_name(yard) if yard.chance(zh_share) else _en_name(yard)
        taken[local] = taken.get(local, 0) + 1
        suffix = str(taken[local]) if taken[local] > 1 else ""
        email = f"{local}{suffix}@{yard.domain}"
        yield Person(key=f"person-{number:03d}", name=name, email=email, language=language, department="")


def _en_name(yard: Yard) -> tuple[str, str, Language]:
    given, family = yard.pick(EN_GIVEN), yard.pick(EN_FAMILY)
    return f"{given} {family}", f"{given}.{family}".lower(), "en"


def _zh_name(yard: Yard) -> tuple[str, str, Language]:
    family, given = yard.pick(ZH_FAMILY), yard.pick(ZH_GIVEN)
    return family[0] + given[0], f"{given[1]}.{family[1]}", "zh"


def _draw_extra_users(yard: Yard, staff: Staff, software: Software) -> None:
    """A few people use something that their department does not."""
    drawable = [offering.key for offering in software.offerings if _service_name(software, offering) not in NOT_DRAWN]
    for index in yard.rng.sample(range(len(staff.people)), len(staff.people) // 20):
        staff.people[index] = replace(staff.people[index], uses=(yard.pick(drawable),))


def _draw_vips(yard: Yard, staff: Staff) -> None:
    for index in yard.rng.sample(range(len(staff.people)), 3):
        staff.people[index] = replace(staff.people[index], vip=True)


# -- departments -----------------------------------------------------------------------------------------------------


def _add_department(yard: Yard, staff: Staff, software: Software, kind: DepartmentKind, round_: int) -> None:
    """A department with its share of 400 people."""
    number = f" {round_ + 1}" if round_ else ""
    key = f"dept-{len(staff.departments) + 1:02d}"
    members = [replace(next(staff.hires), department=key) for _ in range(4 * kind.share)]
    site = yard.sites[yard.pick(kind.sites)].key
    uses = _offerings_used(yard, software, kind, number)
    head = yard.pick(members).key
    staff.departments.append(Department(key=key, name=kind.name + number, site=site, head=head, uses=uses))
    staff.people.extend(members)


def _offerings_used(yard: Yard, software: Software, kind: DepartmentKind, number: str) -> tuple[str, ...]:
    names = [name + number for name in (*EVERYBODY_USES, *kind.uses)]
    others = [service.name for service in software.services if service.name.removesuffix(number) not in NOT_DRAWN]
    if yard.chance(0.4):
        names.append(yard.pick(others))
    return tuple(_offering_of(yard, software, name).key for name in dict.fromkeys(names))


def _offering_of(yard: Yard, software: Software, service: str) -> Offering:
    return yard.pick([offering for offering in software.offerings if _service_name(software, offering) == service])


def _service_name(software: Software, offering: Offering) -> str:
    services: Sequence[Service] = software.services
    return next(service.name for service in services if service.key == offering.service)


# -- teams -----------------------------------------------------------------------------------------------------------


def _teams(yard: Yard, staff: Staff) -> Iterator[Team]:
    """Teams of IT people; one or two of each are on call."""
    it = next(department.key for department in staff.departments if department.name == "IT")
    candidates = [person.key for person in staff.people if person.department == it]
    for key, name, _ in TEAMS:
        members = tuple(yard.rng.sample(candidates, 6))
        on_call = members[: yard.pick((1, 1, 2))]
        yield Team(key=key, name=name, members=members, on_call=on_call, default=key == "service-desk")


def _own_devices(yard: Yard) -> None:
    """Each device has its team by its role, but for some doors."""
    for box in yard.devices.values():
        owners = [key for key, _, roles in TEAMS if box.role in roles]
        unowned = box.key.startswith(_SOMETIMES_UNOWNED) and yard.chance(0.5)
        box.owner_team = owners[0] if owners and not unowned else None
