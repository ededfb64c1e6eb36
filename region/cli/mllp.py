"""The listener that hears analysers, as a part of its own: results come as HL7 over MLLP."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from typing import TYPE_CHECKING

import click

from region.cli import context
from region.settings import Settings
from region.spine.errors import Invalid

if TYPE_CHECKING:
    from region.interop.listening import Reception


@click.command()
def mllp() -> None:
    """Hear analysers on REGION_MLLP_HOST and REGION_MLLP_PORT; who may report stands in REGION_MLLP_SENDERS."""
    from region.interop.listening import Reception, senders_of

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    found = context.settings()
    if not found.mllp_port:
        raise Invalid("no-mllp-port", field="REGION_MLLP_PORT")
    try:
        senders = senders_of(found.mllp_senders)
    except ValueError as error:
        raise Invalid("mllp-senders-wrong", field="REGION_MLLP_SENDERS", given=str(error)[:60]) from error
    asyncio.run(_until_ended(Reception(context.office(found), senders), found))


async def _until_ended(reception: Reception, found: Settings) -> None:
    from region.interop.listening import open_server

    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    server = await open_server(reception, found.mllp_host, found.mllp_port, tls_of(found))
    await ended.wait()
    server.close()


def tls_of(found: Settings) -> ssl.SSLContext | None:
    """How the listener proves itself, and whether analysers must; None where it speaks plainly."""
    if found.mllp_cert is None:
        return None
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(found.mllp_cert, found.mllp_key)
    if found.mllp_clients is not None:
        tls.load_verify_locations(found.mllp_clients)
        tls.verify_mode = ssl.CERT_REQUIRED
    return tls
