"""SNMP credentials and declared ranges on the ledger: secrets sealed, never given back, remembered per device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import orjson
from sqlalchemy import Boolean, Column, LargeBinary, String, Table, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from collectors.snmp.session import AuthProtocol, CommunityV2c, Credential, PrivProtocol, UserV3
from discovery.ranges import Range, parse_range
from faultpath.access.model import Principal
from faultpath.secrets import SecretBox
from ledger.audit import record
from ledger.clock import Clock
from ledger.engine import Ledger
from ledger.tables import METADATA, Instant, Json

CREDENTIAL = Table(
    "snmp_credential",
    METADATA,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
RANGE = Table(
    "discovery_range",
    METADATA,
    Column("range_id", String, primary_key=True),
    Column("range", String, nullable=False, unique=True),
    Column("credentials", Json, nullable=False),
    Column("allow_v2c", Boolean, nullable=False),
    Column("swept", Boolean, nullable=False),
    Column("excluded", Json, nullable=False),
)
REMEMBERED = Table(
    "device_credential",
    METADATA,
    Column("mgmt_address", String, primary_key=True),
    Column("credential", String, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCredential:
    """A credential without its secrets. ``kind``: ``v2c`` or ``v3``."""

    name: str
    kind: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRange:
    """A range as it was declared; the words are those of `discovery.ranges.parse_range`."""

    range_id: str
    range: str
    credentials: tuple[str, ...] = ()
    allow_v2c: bool = False
    swept: bool = True
    excluded: tuple[str, ...] = ()

    def parsed(self) -> Range:
        """Raises: `discovery.errors.RangeError`."""
        return parse_range(
            self.range,
            credentials=self.credentials,
            allow_v2c=self.allow_v2c,
            swept=self.swept,
            excluded=self.excluded,
        )


class Vault:
    """Credentials, declared ranges, and which credential opened which device."""

    def __init__(self, ledger: Ledger, clock: Clock, box: SecretBox) -> None:
        self._ledger = ledger
        self._clock = clock
        self._box = box

    def put(self, by: Principal, name: str, credential: Credential) -> None:
        """Keep a credential under a name; one of that name is replaced."""
        kind = "v2c" if isinstance(credential, CommunityV2c) else "v3"
        now = self._clock.now()
        row = {
            "name": name,
            "kind": kind,
            "sealed": self._box.seal(_text(credential), _context(name)),
            "changed_at": now,
        }
        with self._ledger.begin() as connection:
            connection.execute(upsert(CREDENTIAL).values(row).on_conflict_do_update(index_elements=["name"], set_=row))
            record(connection, by.did("credential.put", f"credential/{name}", after={"kind": kind}), at=now)

    def remove(self, by: Principal, name: str) -> bool:
        """Forget a credential; whether there was one."""
        with self._ledger.begin() as connection:
            gone = connection.execute(delete(CREDENTIAL).where(CREDENTIAL.c.name == name)).rowcount == 1
            connection.execute(delete(REMEMBERED).where(REMEMBERED.c.credential == name))
            if gone:
                record(connection, by.did("credential.delete", f"credential/{name}"), at=self._clock.now())
        return gone

    def listed(self) -> list[StoredCredential]:
        with self._ledger.read() as connection:
            rows = connection.execute(select(CREDENTIAL).order_by(CREDENTIAL.c.name)).all()
        return [StoredCredential(name=row.name, kind=row.kind, changed_at=row.changed_at) for row in rows]

    def credentials(self) -> dict[str, Credential]:
        """All credentials, opened, by name.

        Raises:
            SecretsError: they were sealed with another key.
        """
        with self._ledger.read() as connection:
            rows = connection.execute(select(CREDENTIAL)).all()
        return {row.name: _credential(self._box.open(row.sealed, _context(row.name))) for row in rows}

    def declare(self, by: Principal, one: DeclaredRange) -> DeclaredRange:
        """Add a range; one that is declared already keeps its id and gets the new words."""
        new = {name: value for name, value in asdict(one).items() if name != "range_id"}
        with self._ledger.begin() as connection:
            statement = upsert(RANGE).values(asdict(one))
            connection.execute(statement.on_conflict_do_update(index_elements=["range"], set_=new))
            record(connection, by.did("range.declare", f"range/{one.range}", after=new), at=self._clock.now())
            kept = connection.execute(select(RANGE.c.range_id).where(RANGE.c.range == one.range)).scalar_one()
        return replace(one, range_id=kept)

    def withdraw(self, by: Principal, range_id: str) -> bool:
        """Take a range back; whether there was one."""
        with self._ledger.begin() as connection:
            gone = connection.execute(delete(RANGE).where(RANGE.c.range_id == range_id)).rowcount == 1
            if gone:
                record(connection, by.did("range.withdraw", f"range/{range_id}"), at=self._clock.now())
        return gone

    def ranges(self) -> list[DeclaredRange]:
        with self._ledger.read() as connection:
            rows = connection.execute(select(RANGE).order_by(RANGE.c.range_id)).all()
        return [
            DeclaredRange(
                range_id=row.range_id,
                range=row.range,
                credentials=tuple(row.credentials),
                allow_v2c=row.allow_v2c,
                swept=row.swept,
                excluded=tuple(row.excluded),
            )
            for row in rows
        ]

    def remembered(self) -> dict[str, str]:
        """Which credential opened which device, by management address (``ip:port``)."""
        with self._ledger.read() as connection:
            return {row.mgmt_address: row.credential for row in connection.execute(select(REMEMBERED))}

    def remember(self, opened: Mapping[str, str]) -> None:
        """Keep which credential opened which device."""
        known = self.remembered()
        fresh = {address: name for address, name in opened.items() if known.get(address) != name}
        if not fresh:
            return
        with self._ledger.begin() as connection:
            connection.execute(delete(REMEMBERED).where(REMEMBERED.c.mgmt_address.in_(list(fresh))))
            rows = [{"mgmt_address": address, "credential": name} for address, name in fresh.items()]
            connection.execute(insert(REMEMBERED), rows)


def _context(name: str) -> str:
    return f"snmp_credential/{name}"


def _text(credential: Credential) -> str:
    if isinstance(credential, CommunityV2c):
        return orjson.dumps({"community": credential.community}).decode()
    return orjson.dumps(
        {
            "user": credential.user,
            "auth": credential.auth.value if credential.auth else None,
            "auth_secret": credential.auth_secret,
            "priv": credential.priv.value if credential.priv else None,
            "priv_secret": credential.priv_secret,
        }
    ).decode()


def _credential(text: str) -> Credential:
    values = orjson.loads(text)
    if "community" in values:
        return CommunityV2c(community=values["community"])
    return UserV3(
        user=values["user"],
        auth=AuthProtocol(values["auth"]) if values["auth"] else None,
        auth_secret=values["auth_secret"],
        priv=PrivProtocol(values["priv"]) if values["priv"] else None,
        priv_secret=values["priv_secret"],
    )
