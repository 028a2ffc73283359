"""What the routes work with: one `ApiState` made by wiring, the hub's port, and the scopes that routes ask for.

All dependencies are coroutines: FastAPI runs any other in a thread, at each request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

from fastapi import Depends, Request
from pydantic import AwareDatetime

from alerting.store import AlertBook
from faultpath.access.model import Principal
from faultpath.access.sessions import SessionBook
from faultpath.access.tokens import TokenBook
from faultpath.access.users import Users
from faultpath.api.gate import unauthorized
from faultpath.api.problems import ProblemError
from faultpath.api.shapes import Names
from faultpath.api.stream import ChangeStream
from faultpath.discovering import DiscoveryDesk
from faultpath.graph_access import GraphAccess
from faultpath.graph_view import GraphView
from faultpath.importing import Importer
from faultpath.map.desk import MapDesk
from faultpath.metrics import Metrics
from faultpath.questions import Moment, Past
from faultpath.settings import Settings
from faultpath.supervisor import Supervisor
from impact.model import Assessment
from ledger.clock import Clock
from ledger.engine import Ledger
from ledger.inbox import Inbox
from ticket_bridge.incidents.desk import Desk


class HubPort(Protocol):
    """The decision loop, as far as the API needs it. Everything here is called on the loop and does not block."""

    @property
    def view(self) -> GraphView | None:
        """The newest graph that was compiled; ``None`` while the store is away and nothing was ever read."""
        ...

    @property
    def assessment(self) -> Assessment | None:
        """What the present faults do; ``None`` before the first evaluation."""
        ...

    @property
    def book(self) -> AlertBook:
        """The alerts."""
        ...

    @property
    def desk(self) -> Desk:
        """The incidents."""
        ...

    def situation_members(self, situation_id: str) -> tuple[str, ...]:
        """The fingerprints of a situation's alerts, the root's own first; empty if nothing is known of it."""
        ...

    def moment(self) -> Moment | None:
        """What is now; ``None`` until the graph was read once."""
        ...

    async def graph_changed(self) -> None:
        """The graph store has a new revision: load and compile it, bind alerts anew, evaluate."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiState:
    """Everything the routes reach.

    ``acted`` is called after the commit of a person's act on an incident; ``vault_changed`` after that of a change of
    credentials or ranges. ``ready`` says which parts are away, by name; empty when all is well.
    """

    settings: Settings
    clock: Clock
    ledger: Ledger
    inbox: Inbox
    graph: GraphAccess
    hub: HubPort
    past: Past
    maps: MapDesk
    acted: Callable[[int], None]
    vault_changed: Callable[[], None]
    users: Users
    sessions: SessionBook
    tokens: TokenBook
    stream: ChangeStream
    metrics: Metrics
    supervisor: Supervisor
    importer: Importer
    discovery: DiscoveryDesk
    ready: Callable[[], Mapping[str, str]]
    started_at: datetime
    version: str
    warnings: list[str]
    console: Path | None

    @property
    def names(self) -> Names:
        return Names(self.hub.view)


async def state_of(request: Request) -> ApiState:
    state: ApiState = request.app.state.api
    return state


async def principal_of(request: Request) -> Principal:
    """Who stands behind the request; the gate has put them there."""
    found: Principal | None = getattr(request.state, "principal", None)
    if found is None:
        raise unauthorized("this needs a token or a session")
    return found


def require(scope: str) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets only principals with this scope through."""

    async def check(request: Request) -> Principal:
        principal = await principal_of(request)
        if not principal.may(scope):
            raise ProblemError(403, "scope", f"this needs the scope {scope!r}", remedy="use a credential that has it")
        return principal

    return check


async def view_of(request: Request) -> GraphView:
    """The newest graph.

    Raises:
        ProblemError: 503, nothing has been read from the store yet.
    """
    view = (await state_of(request)).hub.view
    if view is None:
        raise ProblemError(
            503,
            "graph_away",
            "the configuration graph has not been read yet",
            remedy="see /readyz",
            headers={"retry-after": "5"},
        )
    return view


Api = Annotated[ApiState, Depends(state_of)]
Who = Annotated[Principal, Depends(principal_of)]
View = Annotated[GraphView, Depends(view_of)]


async def moment_of(request: Request, at: AwareDatetime | None = None) -> Moment:
    """What a question is asked of: now, or the graph at a past time (``?at=``, with its zone).

    Raises:
        StoreUnavailableError: the store does not answer.
    """
    api = await state_of(request)
    if at is not None:
        return await api.past.at(at)
    return api.hub.moment() or await api.past.at(api.clock.now())


AtMoment = Annotated[Moment, Depends(moment_of)]
