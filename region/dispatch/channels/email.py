"""E-mail by SMTP (RFC 5321), in both languages, as plain text and as simple HTML.

`security` is `starttls` (the default: refused where the server does not offer it), `tls` (from the first byte) or
`none` (a server on the same machine or a closed network). The Message-ID is made of the delivery's uid, so that a
letter sent twice is known as one. 4xx is tried again, 5xx for the mailbox is a bounce; a refused password or sender
is ours, and tried again.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache

import aiosmtplib
from aiosmtplib import errors

from region.dispatch.addressing import MAILBOX
from region.dispatch.channels.asking import open_address
from region.dispatch.channels.kinds import SECRET, Kind, Wire
from region.dispatch.channels.wording import say, say_html
from region.dispatch.letters import Letter, Outcome
from region.spine.errors import Broken, Invalid

SECURITY = ("starttls", "tls", "none")
PERMANENT = 500


@dataclass(frozen=True)
class Config:
    """The mail server, how it is spoken to, and who the letters come from; `ca` is a file of its own authorities."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False, metadata=SECRET)
    ca: str = ""

    def __post_init__(self) -> None:
        if self.security not in SECURITY:
            raise Invalid("channel-config", channel="email", field="security", reason="not-one-of")
        if not MAILBOX.fullmatch(self.sender):
            raise Invalid("channel-config", channel="email", field="sender", reason="not-mailbox")
        if not 0 < self.port < 2**16:
            raise Invalid("channel-config", channel="email", field="port", reason="not-port")


async def send(wire: Wire, config: Config, letter: Letter) -> Outcome:
    """Bring one letter to the mail server; never raises for what it, the mailbox or the network does."""
    try:
        to = open_address(wire, letter)
        if not to:
            return Outcome(letter, "failed", "no-address")
        await _bring(wire, config, to, compose(wire, config, letter, to))
    except errors.SMTPException as error:
        return _judge(letter, error)
    except TimeoutError:
        return Outcome(letter, "retry", "timeout")
    except OSError as error:
        return Outcome(letter, "retry", f"broken-off:{type(error).__name__}")
    except Broken as fault:
        return Outcome(letter, "failed", fault.code)
    return Outcome(letter, "made")


async def _bring(wire: Wire, config: Config, to: str, letter: EmailMessage) -> None:
    client = aiosmtplib.SMTP(
        hostname=config.host,
        port=config.port,
        username=config.user or None,
        password=config.password or None,
        use_tls=config.security == "tls",
        start_tls=config.security == "starttls",
        tls_context=None if config.security == "none" else _trusted(config.ca),
        timeout=wire.timeout.total_seconds(),
    )
    connection = None
    try:
        await client.connect()
        connection = client.transport
        await client.send_message(letter, sender=config.sender, recipients=[to])
        # It was taken: whatever goes wrong at parting is no failure, and must not send it again.
        with suppress(errors.SMTPException, OSError):
            await client.quit()
    finally:
        client.close()
        if isinstance(connection, asyncio.WriteTransport):
            connection.abort()  # after QUIT nothing is left to say, and TLS would wait for the server's goodbye
        await asyncio.sleep(0)  # the loop lets go of a connection in its next turn


@cache
def _trusted(ca: str) -> ssl.SSLContext:
    """Whose certificates are believed; made once, for reading all of the machine's takes as long as a letter."""
    return ssl.create_default_context(cafile=ca or None)


def compose(wire: Wire, config: Config, letter: Letter, to: str) -> EmailMessage:
    """The letter as it travels: zh first, en below, and the same as HTML."""
    made = EmailMessage()
    made["From"], made["To"] = config.sender, to
    made["Subject"] = " / ".join(
        " ".join(say("subject", wire, letter, lang).split()) for lang in ("zh", "en")
    )
    made["Date"] = format_datetime(wire.at)
    made["Message-ID"] = f"<{letter.uid}@{config.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n\n--\n\n".join(say("email", wire, letter, lang) for lang in ("zh", "en")) + "\n")
    made.add_alternative(say_html(wire, letter), subtype="html")
    return made


def _judge(letter: Letter, error: errors.SMTPException) -> Outcome:
    if isinstance(error, errors.SMTPTimeoutError):
        return Outcome(letter, "retry", "timeout")
    if isinstance(error, errors.SMTPAuthenticationError):
        return Outcome(letter, "retry", "unauthorised")
    if isinstance(error, errors.SMTPRecipientsRefused):
        return _of_code(letter, error.recipients[0].code)
    if isinstance(error, errors.SMTPSenderRefused):
        return Outcome(letter, "retry", f"sender:{error.code}")
    if isinstance(error, errors.SMTPDataError):
        return _of_code(letter, error.code)
    # Of the connection, the greeting or the switch to TLS: the server's or ours, never the mailbox's.
    return Outcome(letter, "retry", f"smtp:{type(error).__name__.removeprefix('SMTP')}")


def _of_code(letter: Letter, code: int) -> Outcome:
    return Outcome(letter, "failed" if code >= PERMANENT else "retry", f"smtp:{code}")


KIND = Kind("email", Config, send, personal=False)
