"""A real SMTP server that keeps what it is given: the company's mail system in the demonstration."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP, Envelope, Session

_NUMBER = re.compile(r"INC-(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One delivered mail, as far as the demonstration looks at it."""

    to: str
    subject: str
    body: str
    message_id: str
    number: int | None
    happening: str
    role: str
    language: str


class MailServer:
    """Listens on a free loopback port; `mails` holds all that arrived, in order."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's hook
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=default)
        part = message.get_body(("plain",))
        subject = str(message["Subject"])
        number = _NUMBER.search(subject)
        self.mails.extend(
            Mail(
                to=recipient,
                subject=subject,
                body=part.get_content() if part is not None else "",
                message_id=str(message["Message-ID"]),
                number=int(number.group(1)) if number else None,
                happening=str(message.get("X-Faultpath-Happening", "")),
                role=str(message.get("X-Faultpath-Role", "")),
                language=str(message.get("Content-Language", "")),
            )
            for recipient in envelope.rcpt_tos
        )
        return "250 Message accepted for delivery"

    def about(self, numbers: Iterable[int], happening: str) -> list[Mail]:
        wanted = set(numbers)
        return [mail for mail in self.mails if mail.number in wanted and mail.happening == happening]
