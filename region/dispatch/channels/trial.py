"""Trying one address: a message that says only that it works, sent with no transaction open."""

from __future__ import annotations

import asyncio

from region.accounts.models import Account
from region.dispatch.actions import addresses
from region.dispatch.channels.kinds import Wire, open_session, read_config
from region.dispatch.channels.registry import KINDS
from region.dispatch.channels.wording import TEST
from region.dispatch.letters import Letter, Order, Outcome, Terms
from region.dispatch.models import Address
from region.dispatch.queries.addresses import is_tried
from region.spine.errors import Invalid
from region.spine.work import Work
from region.spine.worker import Desk

NOTHING = {"zh": "", "en": ""}


def try_address(desk: Desk, line: int, asked: int) -> None:
    """Send it and record what became of it; a trial that was recorded is not made again."""
    with desk.work() as w:
        w.need("system.operate")
        row = w.get(Address, line)
        if row.ended_at is not None or is_tried(w, line, asked):
            return
        letter = _letter(w, row, asked)
    outcome = asyncio.run(_send(desk, letter))
    with desk.work() as w:
        addresses.record_trial(w, line, asked, outcome)


def _letter(w: Work, row: Address, asked: int) -> Letter:
    content = {"number": "", "kind": TEST, "urgency": "routine", "title": NOTHING, "body": NOTHING}
    account = w.session.get(Account, row.account_id) if row.account_id is not None else None
    return Letter(
        delivery=0,
        uid=f"trial-{asked}",
        channel=row.channel,
        order=Order(0, row.place_id, None, content=content),
        place_code="",
        tries=0,
        closed_address=row.address,
        lang="zh" if account is None else account.lang,
    )


async def _send(desk: Desk, letter: Letter) -> Outcome:
    office = desk.office
    given, kind = office.installation.channels.get(letter.channel), KINDS.get(letter.channel)
    if given is None or kind is None:
        return Outcome(letter, "failed", "switched-off")
    try:
        config = read_config(kind, given)
    except Invalid as fault:
        return Outcome(letter, "failed", f"{fault.code}:{fault.facts['field']}")
    timeout = Terms.of(office.rules).timeout
    async with open_session(timeout) as http:
        wire = Wire(
            http,
            office.installation.seal,
            desk.held.realm,
            office.clock.instant(),
            timeout,
            office.clock.zone,
        )
        return await kind.send(wire, config, letter)
