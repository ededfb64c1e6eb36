"""The transfer team's phone: whom, where, which door; and both sides sign on one phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from region.people.actions.opening import Identity, open_people
from region.people.queries.masked import masked
from region.quarantine.actions import handing
from region.quarantine.models import Handover, Stay
from region.quarantine.queries import sites, transfers
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("stay_transfers", __name__)
READS = "quarantine.read"
SIGNS = "quarantine.sign"
PURPOSE = "transfer"


@routes.get("/quarantine/transfers", needs=READS)
def page(w: Work) -> str:
    """People to be fetched or brought home, by their clock."""
    return _page(w, {})


def _page(w: Work, opened: Mapping[int, Identity], wrong: int = 0) -> str:
    rides = transfers.listed(w, request.args.get("after", 0, type=int))
    ids = {id for ride in rides for id in (ride.stay.place_id, ride.stay.site_id)}
    return render_template(
        "quarantine/transfers.html",
        rides=rides,
        more=len(rides) == transfers.MOST,
        people=masked(w, [ride.stay.person_id for ride in rides]),
        places=sites.places_named(w, ids),
        opened=opened,
        wrong=wrong,
        signs=w.may(SIGNS),
        opens=w.may("people.open"),
    )


@routes.post("/quarantine/transfers/<int:id>/door", needs="people.open")
def door(w: Work, id: int) -> str:
    """Name, telephone and door of one person who is to be fetched; the opening is journalled with its purpose."""
    row = w.get(Stay, id)
    fields = ("name", "phone", "address")
    return _page(w, open_people(w, [row.person_id], purpose=PURPOSE, fields=fields, place=row.place_id))


@routes.post("/quarantine/transfers/<int:id>/offer", needs=SIGNS)
def offer(w: Work, id: int) -> Any:
    """This side gives a person over: ``kind``."""
    handing.offer(w, w.get(Stay, id), request.form.get("kind", ""))
    return redirect(url_for("stay_transfers.page"), 303)


@routes.post("/quarantine/handovers/<int:id>/sign", needs=SIGNS)
def sign(w: Work, id: int) -> Any:
    """This side takes the person over."""
    handing.sign(w, w.get(Handover, id))
    return redirect(url_for("stay_transfers.page"), 303)


@routes.post("/quarantine/handovers/<int:id>/beside", needs=SIGNS)
def beside(w: Work, id: int) -> Any:
    """The other side signs on this phone with ``login`` and ``password`` of his own."""
    form = request.form
    if handing.sign_beside(w, w.get(Handover, id), form.get("login", ""), form.get("password", "")):
        return redirect(url_for("stay_transfers.page"), 303)
    return _page(w, {}, wrong=id), 422


@routes.post("/quarantine/handovers/<int:id>/refuse", needs=SIGNS)
def refuse(w: Work, id: int) -> Any:
    """This side does not take him: ``reason``."""
    handing.refuse(w, w.get(Handover, id), request.form.get("reason", ""))
    return redirect(url_for("stay_transfers.page"), 303)
