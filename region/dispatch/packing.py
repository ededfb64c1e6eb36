"""Letters made ready to travel: their orders, addresses and links, and several for one address put into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from region.dispatch.letters import PACK, Letter, Order, content_of
from region.dispatch.links import expires_at, link_token
from region.dispatch.models import Delivery, Directive
from region.dispatch.reach import WEBHOOK, AddressBook, Target, address_book
from region.incidents.models import Incident
from region.places.models import Place, Site
from region.spine.work import Work

SHOWN = (
    Delivery.id,
    Delivery.uid,
    Delivery.channel,
    Delivery.directive_id,
    Delivery.place_id,
    Delivery.account_id,
    Delivery.tries,
    Delivery.reply_code,
    Place.code,
    Directive.version,
    Site.webhook_url,
    Site.webhook_key,
)


def letters_of(w: Work, ids: Sequence[int], orders: dict[int, Order]) -> list[Letter]:
    """The letters of these deliveries, those due first in front; `orders` learns the directives it does not know.

    Where the pack's table ``digest`` says so, several to one address are one letter.
    """
    if not ids:
        return []
    wanted = (
        select(*SHOWN)
        .join(Place, Place.id == Delivery.place_id)
        .join(Directive, Directive.id == Delivery.directive_id)
        .join(Site, Site.place_id == Delivery.place_id, isouter=True)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.due_at, Delivery.id)
    )
    rows = w.session.execute(wanted).all()
    _learn(w, {row.directive_id: row.version for row in rows}, orders)
    book = _book(w, rows)
    return _together(w, [_letter(w, row, orders[row.directive_id], book) for row in rows])


def _learn(w: Work, versions: Mapping[int, int], orders: dict[int, Order]) -> None:
    """Know each order as it stands: one that was withdrawn meanwhile says so."""
    new = [id for id, version in versions.items() if id not in orders or orders[id].version != version]
    if not new:
        return
    wanted = (
        select(Directive, Incident.code)
        .join(Incident, Incident.id == Directive.incident_id, isouter=True)  # what goes up may precede any
        .where(Directive.id.in_(new))
    )
    for directive, incident in w.session.execute(wanted):
        orders[directive.id] = Order(
            directive.id,
            directive.place_id,
            directive.incident_id,
            directive.version,
            expires_at(w.rules, directive, w.now),
            content_of(directive, incident, w.realm),
        )


def _book(w: Work, rows: Sequence[Any]) -> AddressBook:
    closed = [row for row in rows if row.channel != WEBHOOK]
    if not closed:
        return AddressBook()
    places = sorted({row.place_id for row in closed})
    return address_book(w, places, {row.account_id for row in closed}, {row.channel for row in closed})


def _letter(w: Work, row: Any, order: Order, book: AddressBook) -> Letter:
    letter = Letter(
        delivery=row.id,
        uid=row.uid,
        channel=row.channel,
        order=order,
        place_code=row.code,
        tries=row.tries,
        reply_code=row.reply_code,
    )
    if row.channel == WEBHOOK:
        return replace(letter, url=row.webhook_url, closed_key=row.webhook_key)
    seal, target = w.office.installation.seal, Target(row.place_id, row.account_id)
    return replace(
        letter,
        closed_address=book.closed(target, row.channel, seal),
        account=row.account_id,
        lang=book.langs.get(row.account_id, "zh"),
        link=_link(w, row.uid, order),
    )


def _link(w: Work, uid: str, order: Order) -> str:
    installation = w.office.installation
    if not installation.public_url or order.link_until is None:
        return ""
    token = link_token(installation.seal, w.realm, uid, order.link_until)
    return f"{installation.public_url.rstrip('/')}/s/{token}"


def _together(w: Work, letters: Sequence[Letter]) -> list[Letter]:
    """Put into one letter what goes to one address together, in the place of the first."""
    digests = {
        letter.order.urgency: frozenset(
            w.rules.pack(PACK).decide("digest", {"urgency": letter.order.urgency}).outcome["channels"]
        )
        for letter in {letter.order.id: letter for letter in letters}.values()
    }
    groups: dict[object, list[Letter]] = {}
    for letter in letters:
        gathers = letter.channel in digests[letter.order.urgency] and letter.closed_address is not None
        address = (letter.channel, letter.closed_address, letter.account)
        groups.setdefault(address if gathers else letter.delivery, []).append(letter)
    return [first if not also else replace(first, also=tuple(also)) for first, *also in groups.values()]
