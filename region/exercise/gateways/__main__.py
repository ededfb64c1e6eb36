"""``python -m region.exercise.gateways``: the stand-ins alone, until ended; prints their ports as one line of JSON."""

from __future__ import annotations

import argparse
import asyncio
import json

from region.exercise.gateways.manners import Book, silence
from region.exercise.gateways.server import Gateways, bound


async def serve(port: int, mail_port: int) -> None:
    """Listen until ended; a `mail_port` below 0 is no mailbox."""
    gateways = Gateways(book=Book(keep=False))
    await gateways.serve(bound(port), None if mail_port < 0 else bound(mail_port))
    ports = {"port": gateways.port, "mail_port": gateways.mail_port, "channels": gateways.fields()}
    print(json.dumps(ports), flush=True)
    await silence()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8090, help="0 takes a free one")
    parser.add_argument("--mail-port", type=int, default=8025, help="0 takes a free one, -1 is none")
    given = parser.parse_args()
    try:
        asyncio.run(serve(given.port, given.mail_port))
    except KeyboardInterrupt:
        parser.exit(0)
