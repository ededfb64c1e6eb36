"""The duty roster on screen: who is awake here and above, the week's shifts, and who takes over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import or_, select

from region.accounts import actions
from region.accounts.models import Account, RoleGrant
from region.accounts.queries import chain, shifts_of
from region.accounts.queries.people import in_force
from region.accounts.routes.people import place_asked
from region.accounts.routes.table import Complaint, complaint, routes
from region.accounts.schemas import local_time, whole
from region.formats.codes import mask_phone
from region.places.models import Place
from region.spine.errors import Invalid, Refused
from region.spine.work import Work


@routes.get("/duty", needs="places.read")
def duty(w: Work) -> Any:
    """Who is on duty at a place and above it, and the shifts of the coming week."""
    return _page(w, _place(w), None)


def _place(w: Work) -> Place:
    if not request.values.get("place") and w.actor.site_id is not None:
        return w.get(Place, w.actor.site_id)
    return place_asked(w, "places.read")


def _page(w: Work, place: Place, wrong: Complaint | None) -> str:
    start = w.now - timedelta(hours=12)
    local = w.now.astimezone(w.office.clock.zone).replace(minute=0, second=0, microsecond=0)
    return render_template(
        "accounts/duty.html",
        place=place,
        chain=chain(w, place.id),
        shifts=shifts_of(w, place.id, start, w.now + timedelta(days=7)),
        people=_people(w, place),
        mask=mask_phone,
        wrong=wrong,
        given=request.form,
        starts=request.form.get("starts") or f"{local:%Y-%m-%dT%H:%M}",
        ends=request.form.get("ends") or f"{local + timedelta(hours=12):%Y-%m-%dT%H:%M}",
    )


def _people(w: Work, place: Place) -> list[Account]:
    """Who can be put on duty at a place: those at home there and those who hold a role there."""
    held = select(RoleGrant.account_id).where(RoleGrant.place_id == place.id, in_force(w.real_now))
    wanted = select(Account).where(
        or_(Account.place_id == place.id, Account.id.in_(held)), Account.state != "closed"
    )
    return list(w.session.scalars(wanted.order_by(Account.id).limit(200)))


@routes.post("/duty", needs="accounts.duty")
def set_duty(w: Work) -> Any:
    """Put a person on duty."""
    place = _place(w)
    form, zone = request.form, w.office.clock.zone
    deputy = form.get("deputy", "")
    try:
        actions.set_shift(
            w,
            place_id=place.id,
            account_id=whole(form.get("person", ""), "person"),
            deputy_id=whole(deputy, "deputy") if deputy else None,
            starts=local_time(form.get("starts", ""), zone, "starts"),
            ends=local_time(form.get("ends", ""), zone, "ends"),
        )
    except (Invalid, Refused) as fault:
        return _page(w, place, complaint(w, fault)), fault.status
    return redirect(url_for("accounts.duty", place=place.id), 303)


@routes.post("/duty/<int:shift_id>/swap", needs="accounts.duty")
def swap_duty(w: Work, shift_id: int) -> Any:
    """Give a shift to another person."""
    shift = actions.swap_shift(w, shift_id, whole(request.form.get("person", ""), "person"))
    return redirect(url_for("accounts.duty", place=shift.place_id), 303)
