"""How a site, or one person, can be reached: which channels are open, and the address on each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from region.accounts.models import Account
from region.dispatch.models import Address, ChannelState
from region.places.models import Site
from region.spine.seal import Seal
from region.spine.work import Work

PORTAL, WEBHOOK, PRINT = "portal", "webhook", "print"
UNSENT = frozenset({PORTAL, PRINT})
"""No program sends these: the site's own screen fetches one, somebody carries the other."""
PUSH = "push"
CALLED = frozenset({"sms", "voice"})
"""Channels whose address is a telephone number."""


class Target(NamedTuple):
    """Whom a delivery is for: a site, or one person (`account`) of it."""

    place: int
    account: int | None = None


def sent_channels(w: Work) -> frozenset[str]:
    """The channels that a program sends by, in this installation."""
    return frozenset(w.office.installation.channels) | {WEBHOOK}


def rests(w: Work) -> dict[str, datetime]:
    """The demoted channels whose rest is not over, and the real instant at which it is."""
    wanted = select(ChannelState.id, ChannelState.until).where(
        ChannelState.state == "demoted", ChannelState.until > w.real_now
    )
    return {channel: until for channel, until in w.session.execute(wanted) if until is not None}


def resting(w: Work) -> frozenset[str]:
    """The demoted channels whose rest is not over."""
    return frozenset(rests(w))


def open_channels(w: Work) -> frozenset[str]:
    """The channels by which something may be owed now."""
    return (sent_channels(w) | UNSENT) - resting(w)


@dataclass
class AddressBook:
    """Addresses, sealed, except for the telephones of sites. A site's own come first, then its telephone on duty,
    then those of its people; the newest of several is used. A person has none but his or her own."""

    own: dict[tuple[int, str], str] = field(default_factory=dict, repr=False)
    of_people: dict[tuple[int, str], str] = field(default_factory=dict, repr=False)
    persons: dict[tuple[int, str], str] = field(default_factory=dict, repr=False)
    phones: dict[int, str] = field(default_factory=dict, repr=False)
    mobiles: dict[int, str] = field(default_factory=dict, repr=False)
    langs: dict[int, str] = field(default_factory=dict)

    def has(self, target: Target, channel: str) -> bool:
        """Whether there is an address."""
        return self._closed(target, channel) is not None or self._phone(target, channel) is not None

    def closed(self, target: Target, channel: str, seal: Seal) -> str | None:
        """The sealed address; None when there is none."""
        found = self._closed(target, channel)
        phone = None if found else self._phone(target, channel)
        return found if phone is None else seal.close(phone)

    def _closed(self, target: Target, channel: str) -> str | None:
        if target.account is not None:
            mobile = self.mobiles.get(target.account) if channel in CALLED else None
            return self.persons.get((target.account, channel), mobile)
        found = self.own.get((target.place, channel))
        if found is None and self._phone(target, channel) is None:
            found = self.of_people.get((target.place, channel))
        return found

    def _phone(self, target: Target, channel: str) -> str | None:
        return self.phones.get(target.place) if target.account is None and channel in CALLED else None


def address_book(
    w: Work, places: Any, accounts: Collection[int | None], channels: Collection[str]
) -> AddressBook:
    """What is known of these places (ids, or a query for them) and these people, on these channels."""
    book, people = AddressBook(), {account for account in accounts if account is not None}
    wanted = (
        select(Address.place_id, Address.account_id, Address.channel, Address.address)
        .where(Address.ended_at.is_(None), Address.channel.in_(channels))
        .where(or_(Address.place_id.in_(places), Address.account_id.in_(people)))
        .order_by(Address.id)  # so that the newest one stays
    )
    for place, account, channel, closed in w.session.execute(wanted):
        if account is None:
            book.own[place, channel] = closed
        else:
            _of_person(book, place, account, channel, closed)
    _people(w, book, people)
    if CALLED.intersection(channels):
        phones = select(Site.place_id, Site.duty_phone, Site.phone).where(Site.place_id.in_(places))
        _phones(book, w.session.execute(phones))
    return book


def _of_person(book: AddressBook, place: int, account: int, channel: str, closed: str) -> None:
    """A person's address is also the site's; of devices that show notices all are used, one a line."""
    for known, key in ((book.of_people, place), (book.persons, account)):
        before = known.get((key, channel)) if channel == PUSH else None
        known[key, channel] = f"{before}\n{closed}" if before else closed


def _phones(book: AddressBook, rows: Iterable[Any]) -> None:
    for place, duty_phone, phone in rows:
        if duty_phone or phone:
            book.phones[place] = duty_phone or phone


def _people(w: Work, book: AddressBook, people: Collection[int]) -> None:
    if not people:
        return
    wanted = select(Account.id, Account.phone, Account.lang).where(
        Account.id.in_(people), Account.state != "closed"
    )
    for account, phone, lang in w.session.execute(wanted):
        book.langs[account] = lang
        if phone:
            book.mobiles[account] = phone
