"""Whom a failure hurts: the distinct people, counted by hand, where groups overlap and stand in each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from impact.model import Health
from tests.impact.kit import Graph, alert, assess

ESTATES = 1000
BLOCK = 250


@dataclass
class Firm:
    """Who is in what, who uses what, what is part of what, and what runs where."""

    people: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    inside: set[tuple[str, str]] = field(default_factory=set)  # person or group, group
    uses: set[tuple[str, str]] = field(default_factory=set)  # person or group, offering
    part: set[tuple[str, str]] = field(default_factory=set)  # offering, service
    runs: set[tuple[str, str]] = field(default_factory=set)  # service, server
    faults: dict[str, Health] = field(default_factory=dict)  # by server

    def graph(self) -> Graph:
        g = Graph()
        g.ci("Person", *self.people)
        for place, group in enumerate(self.groups):
            g.ci(("Team", "Department")[place % 2], group)
        for cls, pairs, verb in (("Offering", self.part, "PART_OF"), ("BusinessService", self.runs, "RUNS_ON")):
            for one, other in sorted(pairs):
                g.ci(cls, one)
                g.rel(one, verb, other)
        g.ci("Server", *sorted({server for _, server in self.runs}))
        for verb, pairs in (("MEMBER_OF", self.inside), ("USES", self.uses)):
            for one, other in sorted(pairs):
                g.rel(one, verb, other)
        return g

    def users(self, service: str) -> set[str]:
        """Whoever uses an offering of it, and whoever is in a group that does, until nobody is added."""
        offerings = {offering for offering, of in self.part if of == service}
        found = {user for user, offering in self.uses if offering in offerings}
        while more := {member for member, group in self.inside if group in found} - found:
            found |= more
        return found.intersection(self.people)

    def state(self, service: str) -> Health:
        return max((self.faults.get(server, Health.OK) for of, server in self.runs if of == service), default=Health.OK)

    def hurt(self, root: str) -> tuple[set[str], set[str]]:
        """Those who cannot work, and those who are limited, by what runs on a server."""
        services = {service for service, server in self.runs if server == root}
        down = {user for s in services if self.state(s) == Health.DOWN for user in self.users(s)}
        limited = {user for s in services if self.state(s) == Health.DEGRADED for user in self.users(s)}
        return down, limited - down


def firm(seed: int) -> Firm:
    draw, found = Random(seed), Firm()
    found.people = [f"p{n}" for n in range(draw.randint(1, 12))]
    found.groups = [f"g{n}" for n in range(draw.randint(0, 6))]
    offerings = [f"o{n}" for n in range(draw.randint(1, 5))]
    services = [f"s{n}" for n in range(draw.randint(1, 4))]
    servers = [f"v{n}" for n in range(draw.randint(1, 4))]
    found.runs = {(s, v) for s in services for v in draw.sample(servers, draw.randint(1, min(2, len(servers))))}
    found.part = {(o, s) for o in offerings for s in draw.sample(services, draw.randint(1, min(2, len(services))))}
    users = [*found.people, *found.groups]
    for _ in range(draw.randint(0, 20)):
        found.uses.add((draw.choice(users), draw.choice(offerings)))
        if found.groups:
            member, group = draw.choice(users), draw.choice(found.groups)
            found.inside |= {(member, group)} if member != group else set()
    running = sorted({server for _, server in found.runs})
    faulty = draw.sample(running, draw.randint(1, len(running)))
    found.faults = {server: draw.choice([Health.AT_RISK, Health.DEGRADED, Health.DOWN]) for server in faulty}
    return found


@pytest.mark.parametrize("first", range(0, ESTATES, BLOCK))
def test_distinct_users_are_those_that_one_counts_by_hand(first: int) -> None:
    hurt = 0
    for seed in range(first, first + BLOCK):
        one = firm(seed)
        found = assess(one.graph(), [alert(server, effect=effect) for server, effect in one.faults.items()])
        assert found.impacts.keys() == one.faults.keys(), seed
        for root, impact in found.impacts.items():
            cannot, limited = one.hurt(root)
            assert (set(impact.cannot_work), set(impact.limited)) == (cannot, limited), (seed, root)
            assert impact.people_total == len(one.people), seed
            told = [who.person_id for who in impact.stakeholders if who.role == "user"]
            assert sorted(told) == sorted({*told}), (seed, root)
            hurt += len(cannot | limited)
    assert hurt > BLOCK
