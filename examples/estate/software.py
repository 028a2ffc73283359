"""What runs in an estate: virtual machines, applications, databases, and the business services above them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from examples.estate.machines import Machines
from examples.estate.model import Application, Offering, Service, VirtualMachine
from examples.estate.names import FIXED_PROVIDERS, SERVICES, ServiceKind
from examples.estate.yard import Yard


@dataclass(slots=True)
class Software:
    vms: list[VirtualMachine] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    offerings: list[Offering] = field(default_factory=list)


@dataclass(slots=True)
class _Ground:
    """Where one service runs: its cluster's free VMs, and a server if its database has one to itself."""

    vms: list[VirtualMachine]
    database_host: str | None
    storage: tuple[str, ...]
    plcs: tuple[str, ...] = ()


def build_software(yard: Yard, machines: Machines) -> Software:
    """Everything that runs, each service with its first application, its database and its other parts."""
    software = Software(vms=list(_vms(yard, machines)))
    free = _free_vms(yard, software.vms)
    hosts = _database_hosts(yard, machines)
    for round_ in range(yard.size):
        for number, kind in enumerate(SERVICES):
            if round_ == 0 and number == 0:
                _build_crm(yard, software, machines.crm_server.key)
                continue
            cluster = _cluster_of(yard, machines, number)
            ground = _Ground(
                vms=free[cluster],
                database_host=hosts.pop() if hosts and yard.chance(0.5) else None,
                storage=(yard.pick(machines.storage).key,) if yard.chance(0.3) else (),
                plcs=_plcs(yard, machines) if kind.name == "Production Line" else (),
            )
            _build_service(yard, software, kind, round_, ground)
    return software


# -- virtual machines ------------------------------------------------------------------------------------------------


def _vms(yard: Yard, machines: Machines) -> Iterator[VirtualMachine]:
    """120 for each size; the cluster behind the big switch gets at least 34, the others no fewer than 20."""
    total, clusters = 120 * yard.size, machines.clusters
    first = yard.rng.randint(34, 50)
    share, extra = divmod(total - first, len(clusters) - 1)
    counts = [first] + [share + (index < extra) for index in range(len(clusters) - 1)]
    number = 0
    for cluster, count in zip(clusters, counts, strict=True):
        for _ in range(count):
            number += 1
            key = f"vm-{number:03d}"
            yield VirtualMachine(key=key, name=key, fqdn=f"{key}.{yard.domain}", cluster=cluster.key)


def _free_vms(yard: Yard, vms: list[VirtualMachine]) -> dict[str, list[VirtualMachine]]:
    """VMs that nothing runs on yet, by cluster, shuffled."""
    free: dict[str, list[VirtualMachine]] = {}
    for vm in vms:
        free.setdefault(vm.cluster, []).append(vm)
    for group in free.values():
        yard.rng.shuffle(group)
    return free


def _database_hosts(yard: Yard, machines: Machines) -> list[str]:
    """Bare servers for databases; a third of the servers, the CRM's not among them, run nothing that counts."""
    others = [server.key for server in machines.servers if server is not machines.crm_server]
    return yard.rng.sample(others, len(others) * 2 // 3)


def _cluster_of(yard: Yard, machines: Machines, number: int) -> str:
    """The cluster behind the big switch always carries two services, and never Payroll."""
    names = [cluster.key for cluster in machines.clusters]
    if SERVICES[number].name in ("Order System", "Building Access"):
        return names[0]
    if SERVICES[number].name == "Payroll":
        return yard.pick(names[1:])
    return yard.pick(names)


def _plcs(yard: Yard, machines: Machines) -> tuple[str, ...]:
    """The few line PLCs without which nothing is produced."""
    return tuple(plc.key for plc in yard.rng.sample(machines.plcs, yard.rng.randint(2, 4)))


# -- services --------------------------------------------------------------------------------------------------------


def _build_crm(yard: Yard, software: Software, server: str) -> None:
    """Application and database on one bare server."""
    database = Application(
        key="crm-db", cls="Database", name="CRM DB", runs_on=(server,), k=1, depends_on=(), owner_team="applications",
        watched=True,
    )  # fmt: skip
    application = Application(
        key="crm-app", cls="Application", name="CRM App", runs_on=(server,), k=1, depends_on=("crm-db",),
        owner_team="applications", probed=True, watched=yard.chance(0.5),
    )  # fmt: skip
    software.applications += [database, application]
    _add_service(yard, software, SERVICES[0], 0, ("crm-app",))


def _build_service(yard: Yard, software: Software, kind: ServiceKind, round_: int, ground: _Ground) -> None:
    name = _numbered(kind.name, round_)
    database = _database(name, ground)
    application = _application(yard, name, "App", ground, (database.key,))
    parts = [_application(yard, name, part, ground, _sometimes(yard, database.key)) for part in kind.parts]
    software.applications += [database, application, *parts]
    needs = (application.key, *(part.key for part in parts), *ground.plcs)
    _add_service(yard, software, kind, round_, needs)


def _database(service: str, ground: _Ground) -> Application:
    host = ground.database_host or ground.vms.pop().key
    return Application(
        key=f"{_slug(service)}-db", cls="Database", name=f"{service} DB", runs_on=(host,), k=1, depends_on=(),
        owner_team="applications", stored_on=ground.storage, watched=True,
    )  # fmt: skip


def _application(yard: Yard, service: str, part: str, ground: _Ground, depends_on: tuple[str, ...]) -> Application:
    """On one VM, or on two of which one is enough. Nobody looks after a batch: its crash gives no signal."""
    hosts = tuple(ground.vms.pop().key for _ in range(2 if yard.chance(0.35) else 1))
    batch = part == "Batch"
    return Application(
        key=f"{_slug(service)}-{part.lower()}", cls="Application", name=f"{service} {part}", runs_on=hosts, k=1,
        depends_on=depends_on, owner_team=None if yard.chance(0.1) else "applications", probed=not batch,
        watched=not batch and yard.chance(0.4),
    )  # fmt: skip


def _sometimes(yard: Yard, key: str) -> tuple[str, ...]:
    return (key,) if yard.chance(0.6) else ()


def _add_service(yard: Yard, software: Software, kind: ServiceKind, round_: int, needs: tuple[str, ...]) -> None:
    name = _numbered(kind.name, round_)
    others = {_slug(_numbered(other, round_)) for other in kind.integrates_with}
    drawn = [s.key for s in software.services if s.name not in {_numbered(p, round_) for p in FIXED_PROVIDERS}]
    if drawn and yard.chance(0.4):
        others.add(yard.pick(drawn))
    software.services.append(
        Service(
            key=_slug(name),
            name=name,
            tier=yard.pick(kind.tiers),
            depends_on=needs,
            integrates_with=tuple(sorted(others)),
            owner="",  # drawn with the people
        )
    )
    editions = ("Standard", "Mobile") if yard.chance(0.3) else ("Standard",)
    for edition in editions:
        key = f"{_slug(name)}-{edition.lower()}"
        software.offerings.append(Offering(key=key, name=f"{name} {edition}", service=_slug(name)))


def _numbered(name: str, round_: int) -> str:
    return f"{name} {round_ + 1}" if round_ else name


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
