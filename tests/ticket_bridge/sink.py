"""A real SMTP server (aiosmtpd) on the test's own loop: keeps what it takes and misbehaves on request."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass
class Taken:
    """One mail that the sink answered with 250, and when (monotonic seconds)."""

    recipient: str
    mail: EmailMessage
    at: float


@dataclass
class Sink:
    """Answers by recipient: ``answers`` are used up one by one, ``always`` stay. ``hang`` delays the final answer."""

    port: int = 0
    password: str | None = None
    answers: dict[str, list[str]] = field(default_factory=dict)
    always: dict[str, str] = field(default_factory=dict)
    hang_s: float = 0.0
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _talks: set[SMTP] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)

    def hang_up(self) -> None:
        """Drop every connection, as a relay does with idle ones or when it restarts."""
        for talk in self._talks:
            if talk.transport is not None:
                talk.transport.close()
        self._talks.clear()

    def _talk(self) -> SMTP:
        self.connections += 1
        asked: dict[str, Any] = {}
        if self.password is not None:
            asked = {"auth_require_tls": False, "auth_required": True, "authenticator": self._authenticate}
        talk = SMTP(self, hostname="sink.test", enable_SMTPUTF8=True, loop=asyncio.get_running_loop(), **asked)
        self._talks.add(talk)
        return talk

    def _authenticate(self, _s: SMTP, _session: Session, _e: Envelope, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == (self.password or "").encode(), handled=False)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        self.asked[address] += 1
        waiting = self.answers.get(address, [])
        answer = waiting.pop(0) if waiting else self.always.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _s: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        mail = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        self.taken += [Taken(recipient, mail, time.monotonic()) for recipient in envelope.rcpt_tos]
        if self.hang_s:
            await asyncio.sleep(self.hang_s)
        return "250 taken"

    def to(self, recipient: str) -> list[EmailMessage]:
        return [one.mail for one in self.taken if one.recipient == recipient]

    async def until(self, count: int, within_s: float = 30.0) -> list[Taken]:
        """Wait until that many mails have been taken."""
        await eventually(lambda: len(self.taken) >= count, within_s)
        return self.taken


async def eventually(true: Callable[[], bool], within_s: float = 30.0) -> None:
    """Wait until something is true.

    Raises:
        TimeoutError: it did not become true in time.
    """
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110 - what is waited for is in another program or a database
            await asyncio.sleep(0.002)
