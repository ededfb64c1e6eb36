"""A mail server on loopback (RFC 5321): takes letters in, or answers as it is told; knows a Message-ID again.

The server's library, aiosmtpd, belongs to the tools of development; it is looked for when a mailbox is opened.
"""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from region.exercise.gateways.manners import Book, Message, silence

FAIL, GONE = "451 4.3.0 try again later", "550 5.1.1 no such mailbox"


@dataclass
class Mailbox:
    """What aiosmtpd asks at each step of a conversation."""

    book: Book
    hostname: str = "localhost"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """One letter, whole."""
        letter = email.message_from_bytes(envelope.content, _class=EmailMessage, policy=email.policy.default)
        key, to = str(letter["Message-ID"] or ""), str(envelope.rcpt_tos[0])
        fate = await self.book.fate("email", to, key)
        if fate in ("fail", "gone"):
            return FAIL if fate == "fail" else GONE
        plain = letter.get_body(("plain",))
        said = plain.get_content() if isinstance(plain, EmailMessage) else ""
        html = letter.get_body(("html",))
        facts = {
            "subject": str(letter["Subject"]),
            "html": html.get_content() if isinstance(html, EmailMessage) else "",
            "recipients": list(envelope.rcpt_tos),
        }
        self.book.took(Message("email", to, key, said, dict(letter.items()), facts), once=True)
        if fate == "hang":
            await silence()
        return "250 OK"

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Whether there is such a mailbox; asked before the letter itself."""
        manner = self.book.manners.get(("email", address))
        if manner is not None and manner.gone:
            return GONE
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def protocol(self, **more: Any) -> Any:
        """A new conversation, to be served by a loop; `more` is what aiosmtpd's SMTP takes."""
        from aiosmtpd.smtp import SMTP

        return SMTP(self, enable_SMTPUTF8=True, hostname=self.hostname, **more)
