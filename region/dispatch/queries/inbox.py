"""A site's inbox: what it must sign, what it must do, what it has done, and who below it is late."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from region.dispatch.models import Directive, Recipient, Remark, Report
from region.dispatch.queries.late_below import DOING, KEPT, MOST, LateBelow, late_below
from region.dispatch.queries.progress import is_late
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.hierarchy import OFFICES
from region.places.models import Place, Site
from region.spine.work import Work


@dataclass(frozen=True)
class Said:
    """Words about a task: of the site (trouble) or of the desk (answer, return, waiver)."""

    kind: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Card:
    """One task of one site, in both languages, with both clocks and everything said about it."""

    recipient: int
    number: str
    place: int
    place_zh: str
    place_en: str
    kind: str
    urgency: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    ground: str
    issuer_zh: str
    issuer_en: str
    issued_at: datetime | None
    sign_due: datetime | None
    task_due: datetime | None
    evidence: list[dict[str, Any]]
    state: str
    order_state: str
    replaced_by: str | None
    late: bool
    since: datetime
    signed_at: datetime | None
    reported_at: datetime | None
    ended_at: datetime | None
    in_trouble: bool
    said: list[Said] = field(default_factory=list)
    reported: dict[str, Any] | None = None

    @property
    def tab(self) -> str:
        """Where it stands: ``sign``, ``todo`` or ``done``."""
        return "sign" if self.state in UNSIGNED else "todo" if self.state in DOING else "done"

    @property
    def due(self) -> datetime | None:
        """The limit that runs now."""
        return self.sign_due if self.tab == "sign" else self.task_due if self.tab == "todo" else None


@dataclass(frozen=True)
class Inbox:
    """All of it, for the page and for the device."""

    places: list[dict[str, Any]]
    cards: list[Card]
    late_below: list[LateBelow]

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
    return Inbox(
        [{"id": place.id, "zh": place.name_zh, "en": place.name_en} for place in places],
        _cards(w, recipients, {place.id: place for place in places}),
        late_below(w, ids),
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
            Recipient.place_id.in_(places),
            or_(Recipient.ended_at.is_(None), Recipient.ended_at >= w.now - KEPT),
        )
        .order_by(Recipient.id.desc())
        .limit(MOST)
    )
    return w.session.scalars(wanted).all()


def _cards(w: Work, recipients: Sequence[Recipient], places: dict[int, Place]) -> list[Card]:
    said, reported = _said(w, recipients), _reported(w, recipients)
    issuers = _names(w, {one.directive.place_id for one in recipients})
    instead = _replacements(w, recipients)
    ranks: dict[str, Any] = w.rules.value(PACK, "urgencies")
    cards = [
        Card(
            recipient=one.id,
            place=one.place_id,
            place_zh=places[one.place_id].name_zh,
            place_en=places[one.place_id].name_en,
            **_order_facts(one.directive),
            issuer_zh=issuers.get(one.directive.place_id, ("–", "–"))[0],
            issuer_en=issuers.get(one.directive.place_id, ("–", "–"))[1],
            state=one.state,
            replaced_by=instead.get(one.directive_id),
            late=is_late(one, one.directive, w.now),
            since=one.since,
            signed_at=one.acknowledged_at,
            reported_at=one.reported_at,
            ended_at=one.ended_at,
            in_trouble=one.trouble_at is not None,
            said=said.get(one.id, []),
            reported=reported.get(one.id),
        )
        for one in recipients
    ]
    return sorted(cards, key=lambda card: _order(card, ranks))


def _order_facts(order: Directive) -> dict[str, Any]:
    """What a card takes from the order as it is."""
    same = (
        "kind",
        "urgency",
        "title_zh",
        "title_en",
        "body_zh",
        "body_en",
        "ground",
        "issued_at",
        "task_due",
    )
    return {
        **{name: getattr(order, name) for name in same},
        "number": order.number or "–",
        "sign_due": order.acknowledge_due,
        "evidence": list(order.evidence),
        "order_state": order.state,
    }


def _order(card: Card, ranks: dict[str, Any]) -> tuple[Any, ...]:
    """By the clock: what runs out first; what came back before what is new; what ended last."""
    if card.tab == "done":
        return ("3", -(card.ended_at or card.reported_at or card.since).timestamp())
    due = card.due.timestamp() if card.due else float("inf")
    rank = -int(ranks.get(card.urgency, {}).get("rank", 0))
    return (("1" if card.tab == "sign" else "2"), card.state != "returned", due, rank)


def _said(w: Work, recipients: Sequence[Recipient]) -> dict[int, list[Said]]:
    shown = ("trouble", "answer", "return", "waiver")
    wanted = select(Remark).where(Remark.recipient_id.in_([one.id for one in recipients]))
    found: dict[int, list[Said]] = {}
    for remark in w.session.scalars(wanted.where(Remark.kind.in_(shown)).order_by(Remark.id)):
        found.setdefault(remark.recipient_id, []).append(Said(remark.kind, remark.text, remark.made_at))
    return found


def _reported(w: Work, recipients: Sequence[Recipient]) -> dict[int, dict[str, Any]]:
    """The newest report of each: what was said, so that a returned one can be mended and not written anew."""
    wanted = select(Report).where(Report.recipient_id.in_([one.id for one in recipients])).order_by(Report.id)
    return {
        one.recipient_id: {
            "text": one.text,
            "numbers": dict(one.numbers),
            "files": list(one.files),
            "at": one.made_at,
            "verdict": one.verdict,
        }
        for one in w.session.scalars(wanted)
    }


def _names(w: Work, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    with w.beyond_scope("who issued an order is known to those who received it"):
        rows = w.session.execute(
            select(Place.id, Place.name_zh, Place.name_en).where(Place.id.in_(list(ids)))
        )
        return {row.id: (row.name_zh, row.name_en) for row in rows}


def _replacements(w: Work, recipients: Sequence[Recipient]) -> dict[int, str]:
    old = [one.directive_id for one in recipients if one.directive.state == "superseded"]
    if not old:
        return {}
    # In scope on purpose: the new order's number is told to those who received it as well.
    wanted = select(Directive.supersedes_id, Directive.number).where(Directive.supersedes_id.in_(old))
    return {row.supersedes_id: row.number or "–" for row in w.session.execute(wanted)}
