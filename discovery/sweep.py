"""Finds the agents: asks each place of the declared ranges with the credentials that its range allows.

The credential that worked last time comes first, then v3, then v2c where the range allows it. A v3 agent answers a
stranger's first message (RFC 3414, section 4), so silence to one v3 user means that there is no v3 to be had and the
next user is not tried. A wrong community is silence too: nothing tells it from a dead address.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, field

from collectors.snmp.errors import SnmpError, SnmpRefusedError, SnmpTimeoutError
from collectors.snmp.session import CommunityV2c, Credential, SessionFactory, SnmpTarget, Value
from discovery.credentials import allowed_at
from discovery.ranges import Place, Range, printed
from discovery.read import IDENTITY_GETS, Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run may do. ``credentials`` by name; ``remembered`` is the name that worked for an address last time.

    ``sweep_at_once`` bounds open sockets while asking who is there, ``read_at_once`` the devices whose tables are
    read at one time. ``timeout_s`` holds for one request; ``retries`` more follow the first.
    """

    ranges: tuple[Range, ...]
    credentials: Mapping[str, Credential]
    remembered: Mapping[str, str] = field(default_factory=dict)  # mgmt_address → credential name
    sweep_at_once: int = 512
    read_at_once: int = 24
    timeout_s: float = 1.0
    retries: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEntry:
    """A place that did not let us in. ``why``: timeout, refused, agent_error, no_credential."""

    host: str
    port: int
    why: str


class Sweep:
    """Asks places, each once."""

    def __init__(self, plan: Plan, sessions: SessionFactory) -> None:
        self._plan = plan
        self._sessions = sessions
        self._gate = asyncio.Semaphore(plan.sweep_at_once)

    async def ask(self, places: Iterable[Place]) -> AsyncGenerator[Answered | NoEntry, None]:
        """Ask all these places at once, within bounds; results in the order in which they come."""
        tasks = [asyncio.ensure_future(self._knock(place)) for place in places]
        try:
            for next_one in asyncio.as_completed(tasks):
                yield await next_one
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _knock(self, place: Place) -> Answered | NoEntry:
        async with self._gate:
            why = "no_credential"
            silent_v3 = False
            plan = self._plan
            names = allowed_at(place, plan.ranges, plan.credentials, plan.remembered.get(printed(place)))
            for tries, name in enumerate(names):
                credential = plan.credentials[name]
                is_v3 = not isinstance(credential, CommunityV2c)
                if is_v3 and silent_v3:
                    continue
                found = await self._try(place, name, credential, retries=plan.retries if tries == 0 else 0)
                if isinstance(found, Answered):
                    return found
                silent_v3 = silent_v3 or (is_v3 and found == "timeout")
                why = found if why in ("no_credential", "timeout") else why
            return NoEntry(host=place[0], port=place[1], why=why)

    async def _try(self, place: Place, name: str, credential: Credential, *, retries: int) -> Answered | str:
        """One credential: the agent, or why not."""
        host, port = place
        target = SnmpTarget(
            host=host, port=port, credential=credential, timeout_s=self._plan.timeout_s, retries=retries
        )
        session = self._sessions(target)
        values: dict[str, Value] = {}
        try:
            values = await session.get(IDENTITY_GETS)
        except SnmpError as error:
            return _why(error)
        finally:
            if not values:
                session.close()
        if not values:
            return "agent_error"
        return Answered(host=host, port=port, credential=name, session=session, values=values)


def _why(error: SnmpError) -> str:
    if isinstance(error, SnmpTimeoutError):
        return "timeout"
    return "refused" if isinstance(error, SnmpRefusedError) else "agent_error"
