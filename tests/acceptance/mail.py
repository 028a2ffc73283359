"""A real SMTP server in a thread: writes down what it took, refuses on request, goes away and comes back."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.acceptance.hub import free_port


class MailServer:
    """``taken`` holds each mail that was answered with 250, in order. ``refusal`` is said to each sender while set."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[tuple[str, EmailMessage]] = []
        self.refusal: str | None = None
        self.refused = 0
        self._controller: Controller | None = None

    def start(self) -> Self:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=60)
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal is not None:
            self.refused += 1
            return self.refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.taken += [(recipient, mail) for recipient in envelope.rcpt_tos]
        return "250 taken"

    def about(self, recipient: str, happening: str) -> list[EmailMessage]:
        """What one person was told of one kind of happening."""
        return [mail for to, mail in self.taken if to == recipient and mail["X-Faultpath-Happening"] == happening]

    def times(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(mail["Message-ID"]) for _, mail in self.taken)
