"""Mail over SMTP (RFC 5321) through a relay, over a few connections that are kept and used again."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto

import aiosmtplib
import structlog
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from ledger.outbox import OutboxEntry
from ticket_bridge.notices.channel import Delivered, Outcome, Refused, RetryLater
from ticket_bridge.notices.mail import UnusableAddressError, build, mailbox
from ticket_bridge.notices.render import clean
from ticket_bridge.settings import MailSettings

_log = structlog.get_logger()
_PERMANENT = 500


class _Phase(Enum):
    """How far a transaction got: what an interruption leaves open depends on it."""

    CONNECTING = auto()
    ENVELOPE = auto()
    TEXT = auto()


@dataclass(slots=True)
class _Line:
    """One connection, and since when nobody used it."""

    client: aiosmtplib.SMTP
    idle_since: float
    used: bool = False


class SmtpChannel:
    """The mail adapter of the `Channel` port. Belongs to one event loop."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._sender = mailbox(settings.sender)
        self._slots = asyncio.Semaphore(settings.connections)
        self._idle: list[_Line] = []
        self.available: bool = True

    async def deliver(self, entry: OutboxEntry) -> Outcome:
        """Send one mail. A kept connection that the relay has dropped meanwhile is replaced once."""
        try:
            message = build(entry, self._settings.sender)
            recipient = mailbox(entry.payload["address"])
        except UnusableAddressError as error:
            return Refused(reason=str(error))
        text = message.as_bytes()
        async with self._slots:
            outcome = await self._attempt(recipient, text, kept=True)
            return outcome or await self._attempt(recipient, text, kept=False) or RetryLater(reason="disconnected")

    async def close(self) -> None:
        """Say goodbye on all kept connections."""
        while self._idle:
            line = self._idle.pop()
            try:
                await line.client.quit(timeout=1)
            except (SMTPException, OSError):
                line.client.close()

    async def _attempt(self, recipient: str, text: bytes, *, kept: bool) -> Outcome | None:
        """``None``: a kept connection turned out to be dead before anything of the text was sent."""
        phase = _Phase.CONNECTING
        used = False
        try:
            async with self._line(kept=kept) as line:
                used, phase = line.used, _Phase.ENVELOPE
                await line.client.mail(self._sender)
                await line.client.rcpt(recipient)
                phase = _Phase.TEXT
                await line.client.data(text)
                self._reached()
                return Delivered()
        except SMTPServerDisconnected as error:
            if used and phase is _Phase.ENVELOPE:
                return None
            return self._interrupted(phase, error)
        except SMTPResponseException as error:
            return self._answered(phase, error)
        except (SMTPTimeoutError, SMTPException, OSError) as error:
            return self._interrupted(phase, error)

    def _answered(self, phase: _Phase, error: SMTPResponseException) -> Outcome:
        """The relay said no. Only what it says of this recipient or this text is final; the rest can be mended.

        A no to the connection, the sign-in or the sender is a no to every mail: the relay is there, and of no use.
        """
        reason = clean(f"{error.code} {error.message}")
        if phase is _Phase.CONNECTING or isinstance(error, SMTPSenderRefused):
            self._lost(reason)
            return RetryLater(reason=reason)
        self._reached()
        if error.code >= _PERMANENT and isinstance(error, (SMTPRecipientRefused, SMTPDataError)):
            return Refused(reason=reason)
        return RetryLater(reason=reason)

    def _interrupted(self, phase: _Phase, error: Exception) -> RetryLater:
        reason = clean(str(error)) or type(error).__name__
        if phase is _Phase.CONNECTING:
            self._lost(reason)
        return RetryLater(reason=reason, maybe_taken=phase is _Phase.TEXT)

    def _lost(self, why: str) -> None:
        if self.available:
            self.available = False
            _log.warning("mail.relay_lost", host=self._settings.host, port=self._settings.port, error=why)

    def _reached(self) -> None:
        if not self.available:
            self.available = True
            _log.info("mail.relay_back", host=self._settings.host, port=self._settings.port)

    @asynccontextmanager
    async def _line(self, *, kept: bool) -> AsyncIterator[_Line]:
        """A connection: kept if there is a fresh one, else new. It is kept again unless something went wrong."""
        line = (self._kept() if kept else None) or await self._connect()
        try:
            yield line
        except SMTPRecipientRefused:
            await self._keep(line, reset=True)
            raise
        except BaseException:
            line.client.close()
            raise
        await self._keep(line)

    def _kept(self) -> _Line | None:
        while self._idle:
            line = self._idle.pop()
            if line.client.is_connected and time.monotonic() - line.idle_since < self._settings.idle_s:
                return line
            line.client.close()
        return None

    async def _keep(self, line: _Line, *, reset: bool = False) -> None:
        if reset:
            try:
                await line.client.rset()
            except (SMTPException, OSError):
                line.client.close()
                return
        line.used, line.idle_since = True, time.monotonic()
        self._idle.append(line)

    async def _connect(self) -> _Line:
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            local_hostname=socket.gethostname(),  # the library's default asks the name service, which may hang
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            timeout=settings.timeout_s,
        )
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
        return _Line(client=client, idle_since=time.monotonic())
