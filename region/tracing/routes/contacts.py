"""Contacts by the web: who is looked for, who waits for a transfer, and the funnel with its identity at an hour."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from region.accounts.schemas import local_time
from region.incidents.queries import current
from region.people.actions.opening import open_people
from region.people.queries.masked import masked
from region.spine.errors import Invalid
from region.spine.web import Routes
from region.spine.work import Work
from region.tracing.actions import contacts
from region.tracing.models import Contact
from region.tracing.models.contacts import CATEGORIES
from region.tracing.queries import listing
from region.tracing.queries.funnel import CLOSE, Funnel, funnel
from region.tracing.queries.indicators import awaiting_of, indicators
from region.tracing.states import PACK

routes = Routes("contacts", __name__)
READS, TRACES, OPENS = "tracing.read", "tracing.trace", "people.open"


@routes.get("/tracing/contacts", needs=READS)
def page(w: Work) -> str:
    """The work-list: ``waits`` (verifying or awaiting) and ``category`` in the address, the latest first."""
    incident = current(w)
    waits, category = request.args.get("waits", "verifying"), request.args.get("category", "")
    found = listing.Page((), None)
    if incident is not None:
        found = listing.contacts(w, incident.id, waits, request.args.get("after", ""), category)
    return _page(w, found, waits if waits in listing.WAITS else "verifying", category, None)


def _page(w: Work, found: listing.Page, waits: str, category: str, opened: Any) -> str:
    return render_template(
        "tracing/contacts.html",
        found=found,
        waits=waits,
        category=category,
        categories=CATEGORIES,
        people=masked(w, [row.person_id for row, _ in found.rows]),
        opened=opened or {},
        places=listing.places_named(w, {row.place_id for row, _ in found.rows}),
        exclusions=w.rules.value(PACK, "exclusions"),
        purposes=w.rules.value(PACK, "purposes"),
    )


@routes.get("/tracing/contacts/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One contact: his clocks, what exposed him, and the contacts that he has himself; the person stays masked."""
    row = w.get(Contact, id)
    via = listing.contacts_via(w, [id])
    return render_template(
        "tracing/contact.html",
        row=row,
        links=listing.links_of(w, id),
        via=via,
        people=masked(w, [row.person_id, *(one.person_id for one, _ in via)]),
        places=listing.places_named(w, {row.place_id}),
    )


@routes.post("/tracing/contacts/<int:id>/do", needs=TRACES)
def do(w: Work, id: int) -> Any:
    """He was found (``land``), or is none (``exclude`` with a ``reason``)."""
    verb = request.form.get("verb", "")
    if verb not in ("land", "exclude"):
        raise Invalid("bad-request", field="verb")
    contacts.move(w, [w.get(Contact, id)], verb, reason=request.form.get("reason") or None)
    return redirect(url_for("contacts.page"), 303)


@routes.post("/tracing/contacts/<int:id>/open", needs=OPENS)
def open_person(w: Work, id: int) -> str:
    """Name and telephone of one contact for a purpose of the pack; each opening is journalled."""
    row = w.get(Contact, id)
    purpose = request.form.get("purpose", "")
    if purpose not in w.rules.value(PACK, "purposes"):
        raise Invalid("no-purpose", field="purpose")
    opened = open_people(w, [row.person_id], purpose=purpose, place=row.place_id)
    waits = "awaiting" if row.state == "landed" else "verifying"
    return _page(w, listing.Page([(row, row.control_due_at)], None), waits, "", opened)


@routes.get("/tracing/funnel", needs=READS)
def at_an_hour(w: Work) -> str:
    """The funnel (K12) at ``at`` (now): each part, both identities, and K09, K10, K11 of that moment."""
    incident = current(w)
    text, category = request.args.get("at", ""), request.args.get("category", CATEGORIES[0])
    zone = w.office.clock.zone
    at = min(local_time(text, zone, "at"), w.now) if text else w.now
    if category not in CATEGORIES:
        raise Invalid("category-unknown", field="category")
    shown = funnel(w, incident.id, at, category=category) if incident else Funnel(at)
    close = shown if incident is None or category == CLOSE else funnel(w, incident.id, at)
    return render_template(
        "tracing/funnel.html",
        incident=incident,
        shown=shown,
        at=at,
        typed=f"{at.astimezone(zone):%Y-%m-%dT%H:%M}",
        category=category,
        categories=CATEGORIES,
        figures=indicators(w, ("K09", "K11"), incident.id, at) if incident else [],
        waiting=awaiting_of(close) if incident else None,
    )
