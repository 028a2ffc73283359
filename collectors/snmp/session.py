"""The port through which the hub asks SNMP agents: GET and walk, v2c (RFC 3416) and v3 with USM (RFC 3414).

Two adapters stand behind it: ``gufo`` for polling in bulk and ``pysnmp_session`` as the reference. One conformance
suite runs on both. Callers name the port; ``faultpath.wiring`` names the adapter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

Value: TypeAlias = int | float | str | bytes | None
"""INTEGER, Counter, Gauge, TimeTicks → int; OCTET STRING → bytes; OBJECT IDENTIFIER and IpAddress → str."""

VarBind: TypeAlias = tuple[str, Value]
"""An object instance, its OID without a leading dot, and its value."""

Unanswered: TypeAlias = Callable[[], None]
"""Called each time a request has been without an answer for the whole time-out."""

MAX_ROWS = 200_000
"""A walk that goes on for longer is an agent in a loop; the largest bridge tables seen have about 60,000 rows."""


class AuthProtocol(Enum):
    """How a v3 message is authenticated. MD5 and SHA: RFC 3414; the SHA-2 family: RFC 7860."""

    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA-224"
    SHA256 = "SHA-256"
    SHA384 = "SHA-384"
    SHA512 = "SHA-512"


class PrivProtocol(Enum):
    """How a v3 message is encrypted. DES: RFC 3414; AES128: RFC 3826; the longer ones: Blumenthal's draft."""

    DES = "DES"
    AES128 = "AES"
    AES192 = "AES-192"
    AES256 = "AES-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityV2c:
    """SNMPv2c: one shared word in the clear. It proves nothing about who answers or asks."""

    community: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserV3:
    """A user of the User-based Security Model; secrets are passphrases of at least 8 characters (RFC 3414, 11.2).

    Without ``auth``: noAuthNoPriv; without ``priv``: authNoPriv; with both: authPriv.
    """

    user: str
    auth: AuthProtocol | None = None
    auth_secret: str = field(default="", repr=False)
    priv: PrivProtocol | None = None
    priv_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.priv is not None and self.auth is None:
            raise ValueError("SNMPv3 has no privacy without authentication (RFC 3414)")
        for name, used, secret in (
            ("auth_secret", self.auth, self.auth_secret),
            ("priv_secret", self.priv, self.priv_secret),
        ):
            if used is not None and len(secret) < 8:
                raise ValueError(f"{name} of SNMPv3 user {self.user!r} is shorter than 8 characters (RFC 3414, 11.2)")


Credential: TypeAlias = CommunityV2c | UserV3


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpTarget:
    """Whom to ask, and how patiently: ``1 + retries`` requests, each given ``timeout_s`` seconds.

    ``host`` is an IP address: names are resolved where targets are made, so that no question waits for DNS.
    """

    host: str
    port: int = 161
    credential: Credential
    timeout_s: float = 1.0
    retries: int = 2

    @property
    def where(self) -> str:
        """``address:port`` for logs and messages; holds no secret."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class SnmpSession(Protocol):
    """A conversation with one agent. Cheap to make: nothing is sent before the first question.

    Calls on one session take turns. A request counts as unanswered when ``timeout_s`` has passed without an answer;
    a port that the host refuses (ICMP) takes just as long, so that a stopped agent and a dead host behave alike.
    An answer to an earlier request that comes late shows that the agent lives: the session then sends no further
    request and waits out the remaining time.

    Raises, from both verbs:
        SnmpTimeoutError: all requests stayed unanswered.
        SnmpRefusedError: the agent does not accept the credential.
        SnmpAgentError: the agent's answer is an error, or no SNMP.
        SnmpTargetError: the target cannot be addressed.
    """

    async def get(self, oids: Sequence[str], *, unanswered: Unanswered | None = None) -> dict[str, Value]:
        """Read object instances, in as few requests as fit into datagrams. Instances that do not exist are left out."""
        ...

    async def walk(self, prefix: str, *, unanswered: Unanswered | None = None) -> list[VarBind]:
        """Read all instances below ``prefix`` by GetBulk, in the agent's order; at most ``MAX_ROWS``."""
        ...

    def close(self) -> None:
        """Give the socket back. A closed session must not be used again."""
        ...


SessionFactory: TypeAlias = Callable[[SnmpTarget], SnmpSession]
