"""The scales of health and severity, and what each thing has from what it needs (semantics, 1 and 3).

Written plainly, from the words of the rules alone, to be compared with what a hub concludes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from examples.estate.model import Application, Device, Estate, Service


class Health(IntEnum):
    """``unknown`` adds nothing to dependents, so here it is simply no entry."""

    OK = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Severity(IntEnum):
    INFO = 0
    WARNING = 1
    MINOR = 2
    MAJOR = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        return self.name.lower()


# -- what each thing needs -------------------------------------------------------------------------------------------

# Relations through which the provider's health arrives as it is are not named here.
SEEN_THROUGH: Mapping[str, Mapping[Health, Health]] = {
    "INTEGRATES_WITH": {
        Health.OK: Health.OK,
        Health.AT_RISK: Health.OK,
        Health.DEGRADED: Health.AT_RISK,
        Health.DOWN: Health.DEGRADED,
    },
    "COOLED_BY": {
        Health.OK: Health.OK,
        Health.AT_RISK: Health.OK,
        Health.DEGRADED: Health.AT_RISK,
        Health.DOWN: Health.AT_RISK,
    },
}

# A PDU or a cooling unit that the network does not reach still feeds and cools.
BLIND_TO_THE_NETWORK = frozenset({"POWERED_BY", "COOLED_BY"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """``k`` of the providers must do. A hard need has one provider."""

    relation: str
    providers: tuple[str, ...]
    k: int


def needs_of(estate: Estate) -> dict[str, tuple[Need, ...]]:
    """The needs of everything that has any, by key; providers of all kinds."""
    needs: dict[str, tuple[Need, ...]] = {}
    needs |= {device.key: tuple(_device_needs(device)) for device in estate.devices}
    needs |= {c.key: (Need(relation="HAS_MEMBER", providers=c.members, k=c.k),) for c in estate.clusters}
    needs |= {vm.key: (_hard("HOSTED_ON", vm.cluster),) for vm in estate.vms}
    needs |= {a.key: tuple(_application_needs(a)) for a in estate.applications}
    needs |= {s.key: tuple(_service_needs(s)) for s in estate.services}
    return needs


def _hard(relation: str, provider: str) -> Need:
    return Need(relation=relation, providers=(provider,), k=1)


def _device_needs(device: Device) -> Iterator[Need]:
    if device.feeds:
        yield Need(relation="POWERED_BY", providers=device.feeds, k=1)
    yield from (_hard("COOLED_BY", unit) for unit in device.cooled_by)


def _application_needs(application: Application) -> Iterator[Need]:
    yield Need(relation="RUNS_ON", providers=application.runs_on, k=application.k)
    yield from (_hard("DEPENDS_ON", key) for key in (*application.depends_on, *application.stored_on))


def _service_needs(service: Service) -> Iterator[Need]:
    yield from (_hard("DEPENDS_ON", key) for key in service.depends_on)
    yield from (_hard("INTEGRATES_WITH", key) for key in service.integrates_with)


def dependents_of(needs: Mapping[str, tuple[Need, ...]]) -> dict[str, tuple[str, ...]]:
    """Who needs a thing, by its key; redundancy ignored."""
    found: dict[str, list[str]] = {}
    for dependent, wanted in needs.items():
        for provider in (provider for need in wanted for provider in need.providers):
            found.setdefault(provider, []).append(dependent)
    return {provider: tuple(who) for provider, who in found.items()}


# -- health ----------------------------------------------------------------------------------------------------------


class Evaluation:
    """The health of everything, from its own health, from what the network does to it, and from what it needs.

    ``own`` and ``network`` hold only what is not ok. ``at_edge`` collects those that have exactly as many providers
    left as they need, of more.
    """

    def __init__(
        self, needs: Mapping[str, tuple[Need, ...]], own: Mapping[str, Health], network: Mapping[str, Health]
    ) -> None:
        self._needs = needs
        self._own = own
        self._network = network
        self._known: dict[tuple[str, bool], Health] = {}
        self.at_edge: set[str] = set()

    def health(self, key: str) -> Health:
        """Everything counted."""
        return self._health(key, with_network=True)

    def without_network(self, key: str) -> Health:
        """Isolation and lost ways left out, here and at all that it needs."""
        return self._health(key, with_network=False)

    def from_needs(self, key: str) -> Health:
        """What it has from what it needs alone."""
        return max((self._from(key, need, with_network=True) for need in self._needs.get(key, ())), default=Health.OK)

    def _health(self, key: str, *, with_network: bool) -> Health:
        if (key, with_network) not in self._known:
            network = self._network.get(key, Health.OK) if with_network else Health.OK
            needs = [self._from(key, need, with_network=with_network) for need in self._needs.get(key, ())]
            self._known[key, with_network] = max([self._own.get(key, Health.OK), network, *needs])
        return self._known[key, with_network]

    def _from(self, key: str, need: Need, *, with_network: bool) -> Health:
        """The k-th best of what the providers look like; at risk at least when exactly k of more are left."""
        seen = sorted(self._seen(provider, need.relation, with_network=with_network) for provider in need.providers)
        health = seen[need.k - 1]
        left = sum(one < Health.DOWN for one in seen)
        if len(seen) > need.k and left == need.k:
            self.at_edge.add(key)
            return max(health, Health.AT_RISK)
        return health

    def _seen(self, provider: str, relation: str, *, with_network: bool) -> Health:
        health = self._health(provider, with_network=with_network and relation not in BLIND_TO_THE_NETWORK)
        return SEEN_THROUGH[relation][health] if relation in SEEN_THROUGH else health
