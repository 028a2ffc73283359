"""The generated company of the benchmark: servers on switches, an application a server, a service an application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

PORTS_A_SWITCH = 12
TEAMS = 20
USERS_A_SERVICE = 5
SITES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """``services``: how many there are; each has its own application, server, owner, department and users."""

    services: int

    @property
    def switches(self) -> int:
        return -(-self.services // PORTS_A_SWITCH)

    def apart(self, count: int) -> list[int]:
        """So many services in an order in which neighbours hang on different switches.

        Three servers that fail together behind one switch that nobody can ask are rightly taken for one fault.
        """
        by_switch = sorted(range(self.services), key=lambda n: (n % PORTS_A_SWITCH, n // PORTS_A_SWITCH))
        return by_switch[:count]

    def model(self) -> dict[str, Any]:
        """The service model as `faultpath import` reads it."""
        rows: dict[str, list[dict[str, Any]]] = {"cis": [], "relations": [], "links": []}
        for kind, row in self._rows():
            rows[kind].append(row)
        return {"faultpath_model": 1, "source": "benchmark", **rows}

    def yaml(self) -> str:
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        return str(yaml.dump(self.model(), Dumper=dumper, sort_keys=False))

    def _rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from self._network()
        for number in range(TEAMS):
            yield "cis", _ci(f"team-{number:02}", "Team", default_team=number == 0)
            yield "cis", _person(f"oncall-{number:02}")
            yield _relation(f"oncall-{number:02}", "ON_CALL_FOR", f"team-{number:02}")
        for number in range(self.services):
            yield from self._service(number)

    def _network(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "cis", _ci("hub", "MonitoringHub")
        for site in range(SITES):
            yield "cis", _ci(f"site-{site}", "Site")
            yield "cis", _ci(f"core-{site}", "Switch", anchor=True)
            yield _relation(f"core-{site}", "LOCATED_IN", f"site-{site}")
            yield _link(f"core-{site}", "up", f"core-{(site + 1) % SITES}", "down")
        yield _link("hub", "eth0", "core-0", "hub")
        for number in range(self.switches):
            switch, site = f"access-{number:03}", number % SITES
            yield "cis", _ci(switch, "Switch")
            yield _link(switch, "up1", f"core-{site}", f"a{number}")
            yield _link(switch, "up2", f"core-{(site + 1) % SITES}", f"b{number}")

    def _service(self, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
        n = f"{number:04}"
        yield "cis", {**_ci(f"server-{n}", "Server"), "identity": {"fqdn": f"server-{n}.example.test"}}
        yield "cis", _ci(f"app-{n}", "Application")
        yield "cis", _ci(f"service-{n}", "BusinessService", tier=1 + number % 4, hours="24x7")
        yield "cis", _ci(f"offering-{n}", "Offering")
        yield "cis", _ci(f"department-{n}", "Department")
        yield "cis", _person(f"owner-{n}")
        yield _link(f"server-{n}", "eth0", f"access-{number // PORTS_A_SWITCH:03}", f"p{number % PORTS_A_SWITCH}")
        yield _relation(f"app-{n}", "RUNS_ON", f"server-{n}")
        yield _relation(f"service-{n}", "DEPENDS_ON", f"app-{n}")
        yield _relation(f"offering-{n}", "PART_OF", f"service-{n}")
        yield _relation(f"department-{n}", "USES", f"offering-{n}")
        yield _relation(f"department-{n}", "LOCATED_IN", f"site-{number % SITES}")
        yield _relation(f"owner-{n}", "OWNS", f"service-{n}")
        for thing in ("server", "app"):
            yield _relation(f"team-{number % TEAMS:02}", "OWNS", f"{thing}-{n}")
        for user in range(USERS_A_SERVICE):
            yield "cis", _person(f"user-{n}-{user}")
            yield _relation(f"user-{n}-{user}", "MEMBER_OF", f"department-{n}")


def _ci(name: str, cls: str, **attributes: Any) -> dict[str, Any]:
    return {"key": name, "class": cls, "name": name, "attributes": attributes}


def _person(name: str) -> dict[str, Any]:
    return _ci(name, "Person", email=f"{name}@example.test", language="en")


def _relation(start: str, verb: str, end: str) -> tuple[str, dict[str, Any]]:
    return "relations", {"from": start, "type": verb, "to": end}


def _link(a: str, a_port: str, b: str, b_port: str) -> tuple[str, dict[str, Any]]:
    return "links", {"a": {"ci": a, "port": a_port}, "b": {"ci": b, "port": b_port}}
