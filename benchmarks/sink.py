"""A real SMTP server that notes when each mail was complete."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

_HEADER = re.compile(rb"^(Subject|X-Faultpath-Incident|X-Faultpath-Happening):[ \t]*(.*?)\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """``at``: `time.perf_counter` when the whole mail was on this side, before it was acknowledged."""

    at: float
    to: str
    subject: str
    incident: str
    happening: str


class Sink:
    """Listens on a free loopback port; `arrivals` holds all mails in order."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, loop=loop), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's hook
        at = time.perf_counter()
        content = envelope.content
        assert isinstance(content, bytes)
        found = {name.decode(): value.decode("ascii", "replace") for name, value in _HEADER.findall(content)}
        self.arrivals.extend(
            Arrival(
                at=at,
                to=recipient,
                subject=found.get("Subject", ""),
                incident=found.get("X-Faultpath-Incident", ""),
                happening=found.get("X-Faultpath-Happening", ""),
            )
            for recipient in envelope.rcpt_tos
        )
        return "250 Message accepted for delivery"
