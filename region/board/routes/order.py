"""One order at the duty desk with all that belongs to it, and one site's, or person's, part in it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import render_template, request
from sqlalchemy import select

from region.accounts.queries import chain
from region.board.queries import compose_targeting, desk_directive, desk_history, order_family
from region.board.queries.campaign import gaps
from region.board.queries.desk_areas import areas
from region.board.queries.order_people import people, were
from region.board.routes.compose import routes
from region.board.routes.desk import order_words
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.queries.children import children_of_recipients
from region.dispatch.queries.progress import progress, status
from region.dispatch.wording import PACK
from region.incidents.models import Incident
from region.places.models import Place, Site
from region.places.queries import name_path
from region.spine.web import current_lang
from region.spine.work import Work

__all__ = ["routes"]


@routes.get("/desk/directives/<int:id>", needs="dispatch.read")
def directive(w: Work, id: int) -> Any:
    """One order: its text, its clocks, and every site and person that has or will have it."""
    found = w.get(Directive, id)
    known = areas(w)
    asked = {name: request.args.get(name, "") for name in ("status", "area", "after")}
    issued = found.issued_at is not None
    return render_template(
        "board/desk_directive.html",
        directive=found,
        incident=w.session.get(Incident, found.incident_id) if found.incident_id else None,
        limits=desk_directive.limits(w, found),
        page=desk_directive.recipients(w, found, known, **asked) if issued else None,
        counts=desk_directive.counts(w, found) if issued else {},
        progress=progress(w, [found]).get(found.id) if issued else None,
        chosen=() if issued else desk_directive.chosen(w, found, known),
        spoken=known.spoken,
        areas=list(known.by_id.values()),
        asked=asked,
        names=desk_history.actor_names(w, _people(found)),
        second=not issued and bool(_second(w, found)),
        whole=w.may("dispatch.escalate", found.place_id),
        change=compose_targeting.change_by_order(w, found),
        replaced=w.session.get(Directive, found.supersedes_id) if found.supersedes_id else None,
        uid=str(uuid4()),
        **_family(w, found),
        **order_words(w),
    )


def _family(w: Work, found: Directive) -> dict[str, Any]:
    """What the order was made out of, what was made out of it, and how it is supervised."""
    issued = found.issued_at is not None
    return {
        "parent": order_family.parent(w, found),
        "cascade": order_family.cascade(w, found) if issued else [],
        "sheets": order_family.sheets(w, found) if issued else [],
        "stopping": order_family.stopping(w, found) if found.state == "withdrawing" else 0,
        "on_paper": issued and order_family.on_paper(w, found),
        "role_word": lambda role: _role(w, role),
    }


def _role(w: Work, role: str) -> str:
    return str(w.rules.roles.get(role, {}).get("name", {}).get(current_lang(), role))


def _people(found: Directive) -> list[str]:
    return [who for who in (found.composed_by, found.approved_by, found.issued_by) if who]


def _second(w: Work, found: Directive) -> Any:
    passed_on = found.passed_by_id is not None
    facts = {"kind": found.kind, "urgency": found.urgency, "passed_on": passed_on}
    return w.rules.pack(PACK).decide("approval", facts).outcome["second_person"]


@routes.get("/desk/recipients/<int:id>", needs="dispatch.read")
def recipient(w: Work, id: int) -> Any:
    """One site's, or person's, part in an order: its whole history, and what the desk can do about it."""
    found = w.get(Recipient, id)
    order = w.get(Directive, found.directive_id)
    place, site = w.get(Place, found.place_id), w.session.get(Site, found.place_id)
    happenings = desk_history.history(w, found)
    wanted = select(Delivery).where(Delivery.recipient_id == id).order_by(Delivery.id)
    return render_template(
        "board/desk_recipient.html",
        recipient=found,
        directive=order,
        place=place,
        site=site,
        person=people(w, [found]).get(id),
        was=were(w, [found]).get(id),
        made=children_of_recipients(w, [found])[id],
        above=name_path(w, place, current_lang())[:-1],
        word=status(found, order, site, w.now),
        happenings=happenings,
        deliveries=w.session.scalars(wanted).all(),
        names=desk_history.actor_names(w, [one.actor for one in happenings]),
        role_word=lambda role: _role(w, role),
        rungs=desk_history.RUNGS,
        gaps=gaps(w, found),
        duty=chain(w, place.id) if w.may("dispatch.escalate", place.id) else (),
        whole=w.may("dispatch.escalate", place.id),
        uid=lambda: str(uuid4()),
        **order_words(w),
    )
