"""Somebody is determined as a contact: his stay begins, he is sampled alone, and the funnel follows where he is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select

from region.incidents.queries import has_rule
from region.quarantine.actions import beginning, moving
from region.quarantine.events import StaysBegun, StaysMoved
from region.quarantine.models import Stay
from region.quarantine.states import STAY
from region.sampling.actions import singling
from region.spine.flow import when
from region.spine.work import Work
from region.tracing.actions import contacts
from region.tracing.events import ContactReclassified, ContactsDetermined, ContactsMoved
from region.tracing.models import Contact, ContactLink

GROUND = "incident_order"
CLOSE = "close_contact"
WAITING = ("verifying", "landed")
"""States of a contact who is not let go yet."""
OPEN = tuple(state for state in STAY.states if state not in STAY.ends)
UNDER = {"arrive": "central", "settle_at_home": "home", "fetch_from_home": "awaiting"}
"""Under which control a move of a stay brings its contact."""
AT_ONCE = 500
Moment = Callable[[Stay], datetime | None]
"""When something happened to a stay; None: now."""


@when(ContactsDetermined)
def begin_stays(w: Work, e: ContactsDetermined) -> None:
    """Each of ours whom the incident's pack has a schedule for comes under observation, on that evidence."""
    rows = [one for one in _contacts(w, e.contacts) if one.state in WAITING]
    if not rows or not has_rule(w, rows[0].incident_id, f"schedule.{e.category}"):
        return
    linked = _linked(w, [one.id for one in rows])
    given = [
        beginning.Begin(
            person=one.person_id,
            ref=f"contact:{one.id}",
            place=one.place_id,
            category=one.category,
            counts_from=one.last_exposure_on,
            evidence=f"contact:{one.id}",
            linked=linked.get(one.id),
            found_at=one.determined_at,
        )
        for one in rows
    ]
    beginning.begin(w, given, incident=rows[0].incident_id, legal_ground=GROUND)


@when(ContactsDetermined)
def sample_alone(w: Work, e: ContactsDetermined) -> None:
    """A close contact is not put into a pool, wherever he is met."""
    if e.category == CLOSE:
        _keep_apart(w, _contacts(w, e.contacts))


@when(ContactReclassified)
def sample_alone_from_now_on(w: Work, e: ContactReclassified) -> None:
    """So is whoever became one."""
    if e.new == CLOSE:
        _keep_apart(w, _contacts(w, [e.contact]))


@when(StaysBegun)
def await_transfer(w: Work, e: StaysBegun) -> None:
    """Who is to go to a site waits for it; the others are under control once they are settled at home."""
    rows = [one for one in _stays(w, e.stays) if one.mode == "central_quarantine"]
    _control(w, rows, "awaiting", lambda stay: stay.determined_at)


@when(StaysMoved)
def follow_stay(w: Work, e: StaysMoved) -> None:
    """The contact lands and is under the control in which his stay is."""
    if e.verb in UNDER:
        _control(
            w, _stays(w, e.stays), UNDER[e.verb], lambda stay: stay.arrived_at if e.verb == "arrive" else None
        )


@when(StaysMoved)
def release_contacts(w: Work, e: StaysMoved) -> None:
    """Who left the site, or whose time at home without a site is over, is released; his home stage goes on."""
    stays = [
        one for one in _stays(w, e.stays) if e.verb == "release" or (e.verb == "close" and not one.arrived_at)
    ]
    for at, rows in _by_moment(w, stays, lambda stay: stay.released_at):
        contacts.move(w, [one for one in rows if one.state == "landed"], "release", at=at)


@when(ContactsMoved)
def end_what_followed(w: Work, e: ContactsMoved) -> None:
    """Who is excluded or given to others is let go; nobody who ended is sampled alone because of it."""
    if e.verb == "land":
        return
    rows = _contacts(w, e.contacts)
    singling.end_apart(w, f"contacts:{rows[0].incident_id}", [one.person_id for one in rows])
    if e.verb in ("exclude", "push"):
        refs = [f"contact:{one.id}" for one in rows]
        stays = w.session.scalars(select(Stay).where(Stay.ref.in_(refs), Stay.state.in_(OPEN))).all()
        if stays:
            reason = "not_exposed" if e.verb == "exclude" else "moved_away"
            moving.move(w, stays, "cancel", reason=reason)


def _keep_apart(w: Work, rows: Sequence[Contact]) -> None:
    persons = [one.person_id for one in rows if one.state in WAITING and one.category == CLOSE]
    if persons:
        singling.keep_apart(w, persons, reason=CLOSE, ref=f"contacts:{rows[0].incident_id}")


def _control(w: Work, stays: Sequence[Stay], control: str, moment: Moment) -> None:
    for at, rows in _by_moment(w, stays, moment):
        open_ones = [one for one in rows if one.control != control and one.state in WAITING]
        if open_ones:
            contacts.control(w, open_ones, control, at=at)


def _by_moment(w: Work, stays: Sequence[Stay], moment: Moment) -> list[tuple[datetime | None, list[Contact]]]:
    """The contacts that these stays rest on, together with those of the same moment."""
    when_ = {int(one.ref[8:]): moment(one) for one in stays if one.ref.startswith("contact:")}
    found: dict[datetime | None, list[Contact]] = {}
    for one in _contacts(w, list(when_)):
        found.setdefault(when_[one.id], []).append(one)
    return list(found.items())


def _contacts(w: Work, ids: Sequence[int]) -> list[Contact]:
    pages = (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
    return [
        one
        for page in pages
        for one in w.session.scalars(select(Contact).where(Contact.id.in_(page)).order_by(Contact.id))
    ]


def _stays(w: Work, ids: Sequence[int]) -> list[Stay]:
    pages = (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
    return [
        one
        for page in pages
        for one in w.session.scalars(select(Stay).where(Stay.id.in_(page)).order_by(Stay.id))
    ]


def _linked(w: Work, ids: Sequence[int]) -> dict[int, str]:
    """For contacts of a contact: the contact whose tests they wait for."""
    pages = (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
    found: dict[int, str] = {}
    for page in pages:
        wanted = select(ContactLink.contact_id, ContactLink.via_id).where(ContactLink.via_id.is_not(None))
        for row in w.session.execute(wanted.where(ContactLink.contact_id.in_(page)).order_by(ContactLink.id)):
            found.setdefault(row.contact_id, f"contact:{row.via_id}")
    return found
