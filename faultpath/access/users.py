"""Users of the console, and the first of them, who is made with a one-time token from a file of mode 0600."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from faultpath.access.model import ADMIN, digest, new_secret
from faultpath.access.passwords import Passwords
from faultpath.access.tables import USER
from faultpath.access.throttle import Throttle
from faultpath.errors import SetupClosedError, WrongPasswordError
from faultpath.secrets import write_private
from ledger.audit import Act, record
from ledger.clock import Clock
from ledger.engine import Ledger

# an address may stand for many people behind one gateway
TRIES_OF_AN_ADDRESS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who may sign in."""

    name: str
    password_hash: str
    scopes: frozenset[str]


class Users:
    """The users of one ledger. ``setup_file`` holds the one-time token while there is no user."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        passwords: Passwords,
        *,
        setup_file: Path,
        tries: int,
        window_s: float,
    ) -> None:
        self.setup_file = setup_file
        self._ledger = ledger
        self._clock = clock
        self._passwords = passwords
        self._by_name = Throttle(clock=clock, tries=tries, window_s=window_s)
        self._by_address = Throttle(clock=clock, tries=tries * TRIES_OF_AN_ADDRESS, window_s=window_s)
        self._setup_digest: str | None = None

    def get(self, name: str) -> User | None:
        with self._ledger.read() as connection:
            row = connection.execute(select(USER).where(USER.c.name == name)).mappings().first()
        if row is None:
            return None
        return User(name=row["name"], password_hash=row["password_hash"], scopes=frozenset(row["scopes"]))

    def any(self) -> bool:
        """Whether there is a user at all."""
        with self._ledger.read() as connection:
            return connection.execute(select(USER.c.name).limit(1)).first() is not None

    def open_setup(self) -> bool:
        """Write a new one-time token while nobody exists; whether the set-up is open."""
        if self.any():
            self.setup_file.unlink(missing_ok=True)
            return False
        secret = new_secret()
        write_private(self.setup_file, secret + "\n")
        self._setup_digest = digest(secret)
        return True

    async def set_up(self, secret: str, name: str, password: str, address: str) -> User:
        """Make the first administrator. The token ends with it.

        Raises:
            SetupClosedError: there is a user already, or the token is wrong.
            ThrottledError: too many wrong tokens from this address.
        """
        self._by_address.take(address)
        expected = self._setup_digest
        if expected is None or not hmac.compare_digest(expected, digest(secret.strip())):
            self._note(address, "setup.refused", name)
            raise SetupClosedError("the set-up is closed, or its one-time token is another one")
        password_hash = await self._passwords.hash(password)
        user = User(name=name, password_hash=password_hash, scopes=frozenset({ADMIN}))
        if self._setup_digest != expected or self.any():
            raise SetupClosedError("there is an administrator already")
        with self._ledger.begin() as connection:
            connection.execute(
                insert(USER).values(
                    name=name, password_hash=password_hash, scopes=[ADMIN], created_at=self._clock.now()
                )
            )
            record(
                connection,
                Act(
                    actor=f"user:{name}", address=address, act="setup", object=f"user:{name}", after={"scopes": [ADMIN]}
                ),
                at=self._clock.now(),
            )
        self._setup_digest = None
        self._by_address.give_back(address)
        self.setup_file.unlink(missing_ok=True)
        return user

    async def sign_in(self, name: str, password: str, address: str) -> User:
        """Check name and password.

        Raises:
            WrongPasswordError: they do not belong together, or nobody has that name.
            ThrottledError: too many failures for this name from this address, or from this address at all.
        """
        self._by_address.take(address)
        self._by_name.take(f"{name} {address}")
        user = self.get(name)
        if not await self._passwords.matches(password, user.password_hash if user else None) or user is None:
            self._note(address, "session.refused", name)
            raise WrongPasswordError("name and password do not belong together")
        self._by_address.give_back(address)
        self._by_name.give_back(f"{name} {address}")
        return user

    def _note(self, address: str, act: str, name: str) -> None:
        with self._ledger.begin() as connection:
            record(
                connection, Act(actor="nobody", address=address, act=act, object=f"user:{name}"), at=self._clock.now()
            )
