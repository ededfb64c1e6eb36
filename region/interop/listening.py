"""Hearing analysers: one connection each, one message after the other, no answer before what it says is kept."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from sqlalchemy.exc import SQLAlchemyError

from region.formats import hl7
from region.interop.actions.hl7_results import refuse, take_in
from region.places.queries import find_code
from region.spine.actor import Actor, Grant, system_actor
from region.spine.errands import reason
from region.spine.errors import Fault, Stale
from region.spine.work import Office

log = logging.getLogger(__name__)

TRIES = 3
READ_BYTES = 65_536
BROKEN = 207
_NUMBERS = count(1)


@dataclass(frozen=True)
class Sender:
    """Whose results one sending facility hands in: the code of the laboratory, and the realm."""

    site: str
    realm: int = 0


@dataclass(frozen=True)
class Reception:
    """Takes messages and gives their answers; `senders` are known by the facility of MSH-4."""

    office: Office
    senders: Mapping[str, Sender]

    def answer(self, data: bytes) -> bytes:
        """The acknowledgement of one message, given when what it says is committed, or could not be taken."""
        message, actor = None, None
        try:
            message = hl7.parse(data)
            results = hl7.read_results(message, self.office.clock.zone)
            actor = self._actor(results.facility)
            faults = self._report(actor, results)
        except hl7.Wrong as fault:
            faults = [fault]
        except Exception as error:  # noqa: BLE001 - it is answered and journalled; the next message is another one
            log.error("a message of results: %s", reason(error))
            faults = [hl7.Wrong(BROKEN, "MSH^1", getattr(error, "code", "") or "")]
        if faults:
            self._note(data, faults[0], actor)
        at = self.office.clock.instant().astimezone(self.office.clock.zone)
        return hl7.acknowledge(message, faults, at, f"{at:%Y%m%d%H%M%S}{next(_NUMBERS):06d}")

    def _actor(self, facility: str) -> Actor:
        """The system of the laboratory that this facility is; Wrong (103) for one that nobody entered."""
        sender = self.senders.get(facility)
        if sender is None:
            raise hl7.Wrong(103, "MSH^1^4")
        with self.office.work(system_actor(sender.realm), reading=True) as w:
            place = find_code(w, sender.site)
            if place is None or place.kind != "site":
                raise hl7.Wrong(103, "MSH^1^4", "no-such-site")
            grants = (Grant("site_system", place.path),)
            return Actor(f"site:{place.id}", grants, realm=sender.realm, site_id=place.id)

    def _report(self, actor: Actor, results: hl7.Results) -> list[hl7.Wrong]:
        """Report, again from the beginning where another work crossed this one."""
        for tried in range(TRIES):
            try:
                with self.office.work(actor) as w:
                    return take_in(w, actor.site_id or 0, results)
            except Stale:
                if tried == TRIES - 1:
                    raise
        raise AssertionError("not reached")

    def _note(self, data: bytes, fault: hl7.Wrong, actor: Actor | None) -> None:
        """Journal what was not taken; a database that is away has no journal either, and the log has it already."""
        try:
            with self.office.work(actor or system_actor()) as w:
                refuse(w, data, fault, actor.site_id if actor else None)
        except (Fault, SQLAlchemyError) as error:
            log.error("a refused message of results was not journalled: %s", reason(error))


async def hear(reception: Reception, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection until it ends: each message is answered before the next is looked at."""
    frames = hl7.Frames()
    try:
        while data := await reader.read(READ_BYTES):
            for message in frames.feed(data):
                writer.write(hl7.framed(await asyncio.to_thread(reception.answer, message)))
                await writer.drain()
    except (ConnectionError, TimeoutError):
        log.info("an analyser's connection ended")  # it sends again what was not answered
    except hl7.TooLong:
        log.warning("an analyser's message had no end")
    finally:
        writer.close()


async def open_server(
    reception: Reception, host: str, port: int, tls: ssl.SSLContext | None = None
) -> asyncio.Server:
    """A listener that runs; closing it lets go of the port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await hear(reception, reader, writer)
        except asyncio.CancelledError:
            # The process ends. Let through, asyncio would log it as a fault of ours.
            log.info("a connection was ended with the listener")

    return await asyncio.start_server(connected, host, port, ssl=tls)


def senders_of(text: str) -> dict[str, Sender]:
    """Senders as they stand in the settings: ``FACILITY=SITE,FACILITY=SITE@REALM``. ValueError for anything else."""
    found = {}
    for one in filter(None, (part.strip() for part in text.split(","))):
        facility, equals, rest = one.partition("=")
        site, _, realm = rest.partition("@")
        if not (facility.strip() and equals and site.strip()):
            raise ValueError(one)
        found[facility.strip()] = Sender(site.strip(), int(realm or 0))
    return found
