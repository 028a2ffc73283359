"""Whom a failure hurts: the distinct people, counted by hand, where groups overlap and stand in each other.

Offerings break by themselves or by a need of their own, or make up for one of their services; some people are known as
a number only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from impact.arrays.users import Users
from impact.assess import Assessor
from impact.business import in_order
from impact.model import HeadCount, Health, Signs
from impact.state import evaluate
from impact.whatif import Scenario, try_out
from tests.impact.kit import Graph, alert, assess, at

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
    needs: set[tuple[str, str]] = field(default_factory=set)  # offering, server
    either: set[str] = field(default_factory=set)  # offerings for which one of their services is enough
    heads: dict[str, int] = field(default_factory=dict)  # by group: people in no other group that are only a number
    faults: dict[str, Health] = field(default_factory=dict)  # by server or offering

    def graph(self) -> Graph:
        g = Graph()
        g.ci("Person", *self.people)
        for place, group in enumerate(self.groups):
            g.ci("Department" if place % 2 or self.heads else "Team", group, **self.said(group))
        for offering, service in sorted(self.part):
            g.ci("Offering", offering)
            g.rel(offering, "PART_OF", service, **({"group": "any"} if offering in self.either else {}))
        for service, server in sorted(self.runs):
            g.ci("BusinessService", service)
            g.rel(service, "RUNS_ON", server)
        for offering, server in sorted(self.needs):
            g.rel(offering, "RUNS_ON", server)
        g.ci("Server", *sorted({server for _, server in self.runs | self.needs}))
        for verb, pairs in (("MEMBER_OF", self.inside), ("USES", self.uses)):
            for one, other in sorted(pairs):
                g.rel(one, verb, other)
        return g

    def said(self, group: str) -> dict[str, int]:
        """The number that a group gives: all who are in it or in a group inside of it."""
        inside = {group}
        while more := {member for member, of in self.inside if of in inside} - inside:
            inside |= more
        return {"head_count": sum(self.heads.get(one, 0) for one in inside)} if self.heads else {}

    def level(self, offering: str) -> Health:
        """Of what it is part of, or the best of that, and of its own."""
        services = [self.state(service) for one, service in self.part if one == offering]
        own = [self.faults.get(server, Health.OK) for one, server in self.needs if one == offering]
        made = min(services) if offering in self.either else max(services)
        return max(made, self.faults.get(offering, Health.OK), *own)

    def worst(self, user: str) -> Health:
        """The worst offering that somebody uses, or that a group uses in which they are."""
        sources = {user}
        while more := {group for member, group in self.inside if member in sources} - sources:
            sources |= more
        return max((self.level(offering) for one, offering in self.uses if one in sources), default=Health.OK)

    def numbered(self) -> list[str]:
        """The groups in which nobody is known by name."""
        named = {group for group in self.groups for person in self.people if (person, group) in self.closed()}
        return [group for group in self.groups if group not in named]

    def closed(self) -> set[tuple[str, str]]:
        found = set(self.inside)
        while more := {(a, d) for a, b in found for c, d in self.inside if b == c} - found:
            found |= more
        return found

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


def test_each_root_hurts_those_that_one_counts_by_hand() -> None:
    hurt = 0
    for seed in range(BLOCK):
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


def firm_with_offerings(seed: int) -> Firm:
    """A firm whose offerings have a life of their own; no group stands in itself."""
    draw, found = Random(f"offerings {seed}"), firm(seed)
    offerings = sorted({offering for offering, _ in found.part})
    servers = ["v8", "v9", *sorted({server for _, server in found.runs})]
    found.needs = {(o, draw.choice(servers)) for o in draw.sample(offerings, draw.randint(0, len(offerings)))}
    found.either = {o for o in offerings if draw.random() < 0.3}
    found.inside = {(one, other) for one, other in found.inside if one in found.people or one < other}
    found.heads = {group: draw.randint(1, 40) for group in found.groups}
    for broken in draw.sample([*offerings, "v8", "v9"], draw.randint(0, 3)):
        if broken in offerings or broken in {server for _, server in found.needs}:
            found.faults[broken] = draw.choice([Health.AT_RISK, Health.DEGRADED, Health.DOWN])
    return found


@pytest.mark.parametrize("first", range(0, ESTATES, BLOCK))
def test_distinct_users_and_those_who_are_a_number_are_those_that_one_counts_by_hand(first: int) -> None:
    apart = heads = 0
    for seed in range(first, first + BLOCK):
        one = firm_with_offerings(seed)
        graph = one.graph().compile()
        told = [alert(ci, effect=effect) for ci, effect in one.faults.items()]
        impacts = Assessor(graph).assess(told, Signs(), at(15)).impacts.values()
        worst = {person: one.worst(person) for person in one.people}
        cannot = {person for person, state in worst.items() if state == Health.DOWN}
        limited = {person for person, state in worst.items() if state == Health.DEGRADED}
        assert {person for impact in impacts for person in impact.cannot_work} == cannot, seed
        assert {person for impact in impacts for person in impact.limited} - cannot == limited, seed
        outcome = try_out(graph, {graph.index[ci]: state for ci, state in one.faults.items()}, Scenario())
        assert (set(outcome.cannot_work), set(outcome.limited)) == (cannot, limited), seed
        numbers = [0, 0, 0]
        for group in one.numbered():
            state = one.worst(group)
            numbers[2] += one.heads[group]
            if state >= Health.DEGRADED:
                numbers[state == Health.DEGRADED] += one.heads[group]
        assert outcome.estimate == HeadCount(cannot_work=numbers[0], limited=numbers[1], total=numbers[2]), seed
        met = {group: state for group in one.groups if (state := one.worst(group)) > Health.OK}
        assert {group: state for group, state in outcome.groups.items() if state > Health.AT_RISK} == {
            group: state for group, state in met.items() if state > Health.AT_RISK
        }, seed
        apart += any(hit.ci_id.startswith("o") for impact in impacts for hit in impact.services)
        heads += outcome.estimate.cannot_work + outcome.estimate.limited
    assert apart > BLOCK / 5
    assert heads > BLOCK


def test_arrays_count_the_users_that_the_engine_counts() -> None:
    """What is hit, in order, and how many people; where all meet the same."""
    apart = hurt = 0
    for seed in range(BLOCK):
        one = firm_with_offerings(seed)
        graph = one.graph().compile()
        state = evaluate(graph, {graph.index[ci]: effect for ci, effect in one.faults.items()})
        hits = graph.business.tiers.keys() | graph.business.offerings.keys()
        levels = {node: level for node, level in state.spread.full.items() if level > 0 and node in hits}
        expected, users = state.views.hit(), Users(graph.business, len(graph), graph.name)
        found = users.hit(levels)
        assert list(found.items()) == [(node, state.service(node)) for node in in_order(state, expected)], seed
        worst = [max(met.values()) for met in state.views.people(expected).values()]
        assert users.counts(levels) == (worst.count(Health.DOWN), worst.count(Health.DEGRADED)), seed
        assert (users.hit({}), users.counts({})) == ({}, (0, 0)), "what was asked before leaves nothing behind"
        apart += len(found.keys() - graph.business.tiers.keys())
        hurt += len(worst)
    assert apart > BLOCK / 5
    assert hurt > BLOCK
