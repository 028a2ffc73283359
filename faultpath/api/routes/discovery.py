"""Discovery: declared ranges, credentials (write-only), runs with their progress."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from cmdb.model import new_ulid
from collectors.snmp.session import AuthProtocol, CommunityV2c, Credential, PrivProtocol, UserV3
from discovery.errors import RangeError
from faultpath.access.model import ADMIN, READ, WRITE, Principal
from faultpath.api.deps import Api, require
from faultpath.api.problems import FieldError, ProblemError, not_found
from faultpath.api.routes.imports import RunOut, run_out
from faultpath.api.shapes import Names, ReasonOut, Shape
from faultpath.discovering import DiscoveryRun
from faultpath.vault import DeclaredRange
from ledger.audit import record

router = APIRouter(tags=["discovery"])
Reader = Depends(require(READ))
Writer = Annotated[Principal, Depends(require(WRITE))]
Admin = Annotated[Principal, Depends(require(ADMIN))]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class RangeIn(Shape):
    """A range to declare: ``10.0.0.0/24``, ``10.0.0.7:1161``, ``127.0.0.1:20000-20100``, ``[2001:db8::/120]:161``."""

    range: Annotated[str, Field(max_length=100)]
    credentials: list[Name] = Field(default_factory=list)
    allow_v2c: bool = False
    swept: bool = True
    excluded: Annotated[list[str], Field(max_length=100, default_factory=list)]


class RangeOut(RangeIn):
    """A declared range."""

    id: str


class RangeList(Shape):
    """All declared ranges."""

    items: list[RangeOut]


def _is_text(secret: SecretStr | None) -> SecretStr | None:
    """JSON can write half a surrogate pair, which is no text and cannot be sealed."""
    try:
        (secret or SecretStr("")).get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("is not text") from None
    return secret


Secret = Annotated[SecretStr | None, Field(max_length=255), AfterValidator(_is_text)]


class CredentialIn(Shape):
    """An SNMP credential: ``community`` for v2c, ``user`` and its secrets for v3. It is never given back."""

    name: Name
    kind: Literal["v2c", "v3"]
    community: Secret = None
    user: Annotated[str | None, Field(max_length=32)] = None
    auth: AuthProtocol | None = None
    auth_secret: Secret = None
    priv: PrivProtocol | None = None
    priv_secret: Secret = None

    @model_validator(mode="after")
    def _has_its_parts(self) -> CredentialIn:
        if self.kind == "v2c" and not self.community:
            raise ValueError("v2c needs a community")
        if self.kind == "v3" and not self.user:
            raise ValueError("v3 needs a user")
        return self

    def credential(self) -> Credential:
        """Raises: ValueError, the parts do not make a credential."""
        if self.community is not None and self.kind == "v2c":
            return CommunityV2c(community=self.community.get_secret_value())
        return UserV3(
            user=self.user or "",
            auth=self.auth,
            auth_secret=self.auth_secret.get_secret_value() if self.auth_secret else "",
            priv=self.priv,
            priv_secret=self.priv_secret.get_secret_value() if self.priv_secret else "",
        )


class CredentialOut(Shape):
    """That there is a credential; nothing of its secrets."""

    name: str
    kind: str
    changed_at: datetime


class CredentialList(Shape):
    """The names of all credentials."""

    items: list[CredentialOut]


class RunIn(Shape):
    """What to discover: these declared ranges, or all when none is named."""

    ranges: Annotated[list[str], Field(max_length=1000, default_factory=list)]


class UnreachedOut(Shape):
    """Somebody of whom we know and whom we could not read. ``name`` is what others call it, or empty.

    Codes of ``reason``: timeout, refused, agent_error, no_credential, outside_ranges, no_address, partly_read.
    """

    address: str
    name: str
    reason: ReasonOut


class DiscoveryRunOut(Shape):
    """One run: how far it is, and what it found. ``silent`` counts swept addresses at which nobody is known to be."""

    id: str
    state: Literal["running", "done", "failed", "stopped"]
    by: str
    ranges: list[str]
    phase: str
    done: int
    total: int
    found: int
    links: int
    asked: int
    silent: int
    unreachable: list[UnreachedOut]
    result: RunOut | None
    error: str | None
    started_at: datetime
    ended_at: datetime | None


class DiscoveryRunList(Shape):
    """The last 50 runs, the newest first."""

    items: list[DiscoveryRunOut]


@router.get("/discovery/ranges", dependencies=[Reader])
async def list_ranges(api: Api) -> RangeList:
    """All declared ranges."""
    return RangeList(items=[_range_out(one) for one in api.discovery.vault.ranges()])


@router.post("/discovery/ranges", status_code=201)
async def declare_range(body: RangeIn, api: Api, who: Admin) -> RangeOut:
    """Declare where discovery may ask; a range that is declared already gets the new words.

    Nothing outside of declared ranges is ever asked.
    """
    known = {credential.name for credential in api.discovery.vault.listed()}
    declared = api.discovery.vault.declare(who, _declared(body, known))
    api.vault_changed()
    return _range_out(declared)


@router.delete("/discovery/ranges/{range_id}", status_code=204)
async def withdraw_range(range_id: str, api: Api, who: Admin) -> None:
    """Take a range back. What was found in it stays in the graph."""
    if not api.discovery.vault.withdraw(who, range_id):
        raise not_found("range", range_id)
    api.vault_changed()


@router.get("/credentials", dependencies=[Depends(require(ADMIN))])
async def list_credentials(api: Api) -> CredentialList:
    """The names of all credentials, without secrets."""
    return CredentialList(
        items=[
            CredentialOut(name=one.name, kind=one.kind, changed_at=one.changed_at)
            for one in api.discovery.vault.listed()
        ]
    )


@router.post("/credentials", status_code=204)
async def put_credential(body: CredentialIn, api: Api, who: Admin) -> None:
    """Keep a credential, sealed. One of the same name is replaced."""
    try:
        credential = body.credential()
    except ValueError as error:
        wrong = FieldError(field="auth", message=str(error))
        raise ProblemError(422, "malformed", str(error), errors=[wrong]) from None
    api.discovery.vault.put(who, body.name, credential)
    api.vault_changed()


@router.delete("/credentials/{name}", status_code=204)
async def remove_credential(name: str, api: Api, who: Admin) -> None:
    """Forget a credential; devices that it opened are no longer asked with it."""
    if not api.discovery.vault.remove(who, name):
        raise not_found("credential", name)
    api.vault_changed()


@router.post("/discovery/runs", status_code=202)
async def start_run(body: RunIn, api: Api, who: Writer) -> DiscoveryRunOut:
    """Begin to discover. One run at a time."""
    if api.discovery.busy:
        raise ProblemError(409, "busy", "a discovery is under way", remedy="wait for its end")
    declared = {one.range: one for one in api.discovery.vault.ranges()}
    if unknown := [text for text in body.ranges if text not in declared]:
        errors = [FieldError(field="ranges", message=f"{text} is not declared") for text in unknown]
        raise ProblemError(422, "not_declared", "a range is not declared", remedy="declare it first", errors=errors)
    chosen = [declared[text] for text in body.ranges] or list(declared.values())
    if not chosen:
        raise ProblemError(409, "no_ranges", "no range is declared", remedy="declare one: POST /discovery/ranges")
    run = api.discovery.start(who.actor, chosen)
    with api.ledger.begin() as connection:
        after = {"ranges": [one.range for one in chosen]}
        record(connection, who.did("discovery.start", f"run/{run.run_id}", after=after), at=api.clock.now())
    return _run_out(run, api.names)


@router.get("/discovery/runs", dependencies=[Reader])
async def list_runs(api: Api) -> DiscoveryRunList:
    """The last runs."""
    return DiscoveryRunList(items=[_run_out(run, api.names) for run in reversed(api.discovery.runs.values())])


@router.get("/discovery/runs/{run_id}", dependencies=[Reader])
async def get_run(run_id: str, api: Api) -> DiscoveryRunOut:
    """One run: its progress, what it found, what it could not reach and why."""
    run = api.discovery.runs.get(run_id)
    if run is None:
        raise not_found("discovery run", run_id)
    return _run_out(run, api.names)


def _declared(body: RangeIn, credentials: set[str]) -> DeclaredRange:
    declared = DeclaredRange(
        range_id=new_ulid(),
        range=body.range.strip(),
        credentials=tuple(body.credentials),
        allow_v2c=body.allow_v2c,
        swept=body.swept,
        excluded=tuple(body.excluded),
    )
    try:
        declared.parsed()
    except RangeError as error:
        wrong = FieldError(field="range", message=str(error))
        raise ProblemError(422, "range", str(error), errors=[wrong]) from None
    if unknown := [name for name in body.credentials if name not in credentials]:
        errors = [FieldError(field="credentials", message=f"there is no credential {name}") for name in unknown]
        raise ProblemError(422, "unknown_credential", "a credential is unknown", remedy="add it first", errors=errors)
    return declared


def _range_out(one: DeclaredRange) -> RangeOut:
    return RangeOut(
        id=one.range_id,
        range=one.range,
        credentials=list(one.credentials),
        allow_v2c=one.allow_v2c,
        swept=one.swept,
        excluded=list(one.excluded),
    )


def _run_out(run: DiscoveryRun, names: Names) -> DiscoveryRunOut:
    return DiscoveryRunOut(
        id=run.run_id,
        state=run.state,
        by=run.by,
        ranges=list(run.ranges),
        phase=run.phase,
        done=run.done,
        total=run.total,
        found=run.found,
        links=run.links,
        asked=run.asked,
        silent=run.silent,
        unreachable=[
            UnreachedOut(address=one.address, name=one.name, reason=names.reason(one.reason)) for one in run.unreachable
        ],
        result=run_out(run.result) if run.result else None,
        error=run.error,
        started_at=run.started_at,
        ended_at=run.ended_at,
    )
