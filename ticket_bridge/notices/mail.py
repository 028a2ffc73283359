"""A row of the outbox as a mail (RFC 5322). The same row is the same bytes, so a repeat can be told as one."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP

from ledger.outbox import OutboxEntry
from ticket_bridge.notices.render import clean

_POLICY = SMTP.clone(max_line_length=78)
# RFC 5322 dot-atoms, with or without a name before them. The standard library's parser trips over malformed ones.
_ADDRESS = re.compile(
    r"(?:[^<>\r\n]*<)?(?P<bare>[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)>?", re.ASCII
)

_ENCODED = "=?"  # how an encoded word begins (RFC 2047, 2); it may stand in no address (5, rule 3)


class UnusableAddressError(ValueError):
    """An address that no mail can be sent to; the text names it."""


def mailbox(text: str) -> str:
    """The bare ``local@domain`` of an address.

    Raises:
        UnusableAddressError: it is none.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or _ENCODED in found["bare"]:
        raise UnusableAddressError(f"{clean(text)!r} is not a mail address")
    return found["bare"]


def header_text(text: str) -> str:
    """Foreign text for a header field.

    ``EmailMessage`` decodes encoded words in what it is given, line breaks in them included, and writes those out as
    they are: a header or a body of the stranger's. With a blank inside, ``= ?`` is the text that it looks like.
    """
    return clean(text).replace(_ENCODED, "= ?")


def build(entry: OutboxEntry, sender: str) -> EmailMessage:
    """The mail of an outbox row.

    ``Auto-Submitted`` (RFC 3834) keeps out-of-office answers away; ``Idempotency-Key`` repeats what the Message-ID
    says for gateways that turn mail into tickets. ``X-Faultpath-…`` is for the reader's own filters.

    Raises:
        UnusableAddressError: the recipient's address is none.
    """
    payload = entry.payload
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = mailbox(payload["address"])
    message["Subject"] = header_text(payload["subject"])
    message["Date"] = entry.created_at
    message["Message-ID"] = entry.message_id
    replies_to = payload["replies_to"]
    if replies_to:
        message["In-Reply-To"] = replies_to
    message["References"] = f"{payload['thread']} {replies_to}" if replies_to else payload["thread"]
    message["Auto-Submitted"] = "auto-generated"
    message["Idempotency-Key"] = entry.key.digest
    message["X-Faultpath-Incident"] = str(payload["number"])
    message["X-Faultpath-Happening"] = header_text(entry.key.happening)
    message["X-Faultpath-Role"] = header_text(payload["role"])
    encoding = "quoted-printable" if payload["language"] == "en" else "base64"
    message.set_content(payload["body"], charset="utf-8", cte=encoding)
    message["Content-Language"] = header_text(payload["language"])  # last: set_content drops all Content-… fields
    return message
