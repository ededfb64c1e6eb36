"""Addresses of a site per channel, and of a person's own devices: set, tried, ended; always sealed where they lie."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from region.accounts.models import Account
from region.dispatch.addressing import mark
from region.dispatch.events import AddressEnded, AddressSet, AddressTrialAsked, AddressTried
from region.dispatch.letters import Outcome
from region.dispatch.models import Address
from region.dispatch.reach import PUSH
from region.spine.errors import Forbidden, Refused
from region.spine.work import Work

LABEL = 60


def set_address(w: Work, place_id: int, channel: str, address: str, label: str = "") -> Address:
    """A site is reached here from now on; `address` in the form that region.dispatch.addressing gives it.

    The same address again changes nothing; one that was ended begins anew.
    """
    w.need("dispatch.channels", place_id)
    return _set(w, place_id, channel, address, label, None)


def switch_on(w: Work, subscription: str, label: str = "") -> Address:
    """The person who is signed in wants notices on this device; at the place where he or she is at home."""
    w.need("dispatch.read")
    account = w.get(Account, _self(w))
    return _set(w, account.place_id, PUSH, subscription, label, account.id)


def switch_off(w: Work, subscription: str) -> None:
    """No more notices on this device; one that had none is left as it is."""
    w.need("dispatch.read")
    digest = mark(w.office.installation.seal, PUSH, subscription)
    wanted = select(Address).where(
        Address.account_id == _self(w), Address.channel == PUSH, Address.digest == digest
    )
    for row in w.session.scalars(wanted):
        _end(w, row)


def end_address(w: Work, address_id: int) -> None:
    """An address is no longer used; ending it twice changes nothing."""
    row = w.get(Address, address_id)
    w.need("dispatch.channels", row.place_id)
    _end(w, row)


def end_gone(w: Work, closed: Collection[str]) -> None:
    """Addresses, sealed as they lie, that their provider says are no more."""
    w.need("system.operate")
    for row in w.session.scalars(select(Address).where(Address.address.in_(closed)).order_by(Address.id)):
        _end(w, row)


def ask_trial(w: Work, address_id: int) -> None:
    """Promise a message that only says that the address works."""
    row = w.get(Address, address_id)
    w.need("dispatch.channels", row.place_id)
    if row.ended_at is not None:
        raise Refused("address-ended", field="address")
    asked = w.tell(AddressTrialAsked(line=row.id, channel=row.channel, place=row.place_id)).id
    w.owe("dispatch.try_address", key=f"try-address:{asked}", place=row.place_id, line=row.id, asked=asked)


def record_trial(w: Work, line: int, asked: int, outcome: Outcome) -> None:
    """What became of it; an address that is gone for good is ended."""
    w.need("system.operate")
    row = w.get(Address, line)
    w.tell(
        AddressTried(
            line=row.id,
            channel=row.channel,
            asked=asked,
            outcome=outcome.kind,
            reason=outcome.reason,
            place=row.place_id,
        )
    )
    if outcome.ended:
        end_gone(w, outcome.ended)


def _self(w: Work) -> int:
    if w.actor.account_id is None:
        raise Forbidden("not-allowed", needs="dispatch.read")
    return w.actor.account_id


def _set(w: Work, place_id: int, channel: str, address: str, label: str, account_id: int | None) -> Address:
    seal = w.office.installation.seal
    digest = mark(seal, channel, address)
    same = (Address.place_id == place_id, Address.channel == channel, Address.digest == digest)
    row = w.session.scalar(select(Address).where(*same))
    label = label.strip()[:LABEL]
    if row is not None and row.ended_at is None and (row.account_id, row.label) == (account_id, label):
        return row
    if row is None:
        row = Address(place_id=place_id, channel=channel, digest=digest, address=seal.close(address))
        w.session.add(row)
    row.account_id, row.label, row.ended_at = account_id, label, None
    row.made_by, row.made_at = w.actor.name, w.now
    w.session.flush()
    w.tell(AddressSet(line=row.id, channel=channel, place=place_id))
    return row


def _end(w: Work, row: Address) -> None:
    if row.ended_at is None:
        row.ended_at = w.now
        w.tell(AddressEnded(line=row.id, channel=row.channel, place=row.place_id))
