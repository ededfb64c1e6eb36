"""A site's inbox: what it must sign, what it must do, what it has done, and what stirs below and above it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import contains_eager

from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.inbox_below import ReviewLine, to_review
from region.dispatch.queries.inbox_cards import Card, cards_of
from region.dispatch.queries.late_below import KEPT, MOST, LateBelow, late_below
from region.dispatch.queries.upward import Upward, came_up, desks, sent_up
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.hierarchy import OFFICES
from region.places.models import Place, Site
from region.spine.work import Work

ANSWERING = ("acknowledged", "in_progress", "returned")


@dataclass(frozen=True)
class Inbox:
    """All of it, for the page and for the device."""

    places: list[dict[str, Any]]
    cards: list[Card]
    late_below: list[LateBelow]
    review: list[ReviewLine] = field(default_factory=list)
    may_ask: bool = False
    asks_from: list[int] = field(default_factory=list)
    """Those of `places` from which may be asked upward."""
    sent: list[Upward] = field(default_factory=list)
    came: list[Upward] = field(default_factory=list)

    def on(self, tab: str) -> list[Card]:
        """The cards of one tab, in its order."""
        return [card for card in self.cards if card.tab == tab]

    @property
    def counts(self) -> dict[str, int]:
        """How many stand on each tab."""
        return {tab: len(self.on(tab)) for tab in ("sign", "todo", "done")}

    @property
    def ended(self) -> list[Card]:
        """Orders that were taken back under this site's hands in the last day."""
        return [card for card in self.cards if card.state == "void"]

    @property
    def asked(self) -> list[Upward]:
        """What came up and waits for this office, the oldest first."""
        return [one for one in reversed(self.came) if one.state in (*UNSIGNED, *ANSWERING)]

    @property
    def answered(self) -> list[Upward]:
        """What this place asked and was answered, for it to take or send back."""
        return [one for one in self.sent if one.state == "reported"]

    def digest(self) -> str:
        """Changes whenever anything shown changes; moments that only pass do not count."""
        shown = json.dumps(asdict(self), default=str, sort_keys=True)
        return sha256(shown.encode()).hexdigest()[:24]


def inbox(w: Work) -> Inbox:
    """The inbox of the actor's own places; needs ``dispatch.acknowledge``."""
    w.need("dispatch.acknowledge")
    places = own_places(w)
    ids = [place.id for place in places]
    recipients = _recipients(w, ids)
    known = {place.id: place for place in places} | _other_places(w, recipients, ids)
    asks = w.may("dispatch.request")
    return Inbox(
        [{"id": place.id, "zh": place.name_zh, "en": place.name_en} for place in places],
        cards_of(w, recipients, known),
        late_below(w, ids),
        to_review(w, ids),
        may_ask=asks,
        asks_from=sorted(set(desks(w)) & set(ids)) if asks else [],
        sent=sent_up(w) if asks else [],
        came=came_up(w) if asks else [],
    )


def own_places(w: Work) -> Sequence[Place]:
    """The places whose post this is: the actor's site; without one, those granted and the offices of granted areas."""
    if w.actor.site_id is not None:
        wanted = select(Place).where(Place.id == w.actor.site_id)
    else:
        paths = w.actor.paths_for(w.rules.roles_that("dispatch.acknowledge"))
        granted = select(Place.id).where(Place.path.in_(paths)).scalar_subquery()
        offices = select(Site.place_id).where(Site.type.in_(OFFICES)).scalar_subquery()
        office_of = Place.parent_id.in_(granted) & Place.id.in_(offices)
        wanted = select(Place).where(or_(Place.id.in_(granted) & (Place.kind == "site"), office_of))
    return w.session.scalars(wanted.order_by(Place.code, Place.id)).all()


def _recipients(w: Work, places: list[int]) -> Sequence[Recipient]:
    wanted = (
        select(Recipient)
        .join(Recipient.directive)
        .options(contains_eager(Recipient.directive))
        .where(
            or_(Recipient.place_id.in_(places) & Recipient.account_id.is_(None), _named(w)),
            or_(Recipient.ended_at.is_(None), Recipient.ended_at >= w.now - KEPT),
            _not_upward(w),
        )
        .order_by(Recipient.id.desc())
        .limit(MOST)
    )
    return w.session.scalars(wanted).all()


def _not_upward(w: Work) -> ColumnElement[bool]:
    """What came up from below stands apart for those who may answer it; for others it is a card like any other."""
    if not w.may("dispatch.request"):
        return true()
    return Directive.kind.not_in(w.rules.value(PACK, "kinds.upward"))


def _named(w: Work) -> ColumnElement[bool]:
    """What is for this very person; a program or a signed link is nobody."""
    me = w.actor.account_id
    return false() if me is None else Recipient.account_id == me


def _other_places(w: Work, recipients: Sequence[Recipient], ids: Collection[int]) -> dict[int, Place]:
    """Where a person was named who now looks from elsewhere."""
    others = {one.place_id for one in recipients} - set(ids)
    return {place.id: place for place in w.session.scalars(select(Place).where(Place.id.in_(others)))}
