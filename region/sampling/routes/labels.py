"""Sheets of codes for tubes and boxes, to print or to scan from a screen: Code 128 and QR, each number once."""

from __future__ import annotations

from typing import Any

import segno
from flask import render_template, request
from markupsafe import Markup
from sqlalchemy import select

from region.formats.codes import code128
from region.places.models import Place
from region.sampling.actions.labelling import MOST, give
from region.sampling.queries.sites import named_sites
from region.spine.errors import Invalid
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("labels", __name__)

KINDS = ("tube", "box")
A_SHEET = 24
"""Labels on a sheet of A4: three by eight, 70 mm by 37 mm, as self-adhesive sheets are sold."""


@routes.get("/sampling/labels", needs="sampling.sample")
def page(w: Work) -> Any:
    """How many labels, for which of the actor's sites."""
    return render_template("sampling/labels.html", places=_places(w), a_sheet=A_SHEET, most=MOST, sheets=())


@routes.post("/sampling/labels", needs="sampling.sample")
def printed(w: Work) -> Any:
    """The sheets, with numbers that nobody was given before."""
    kind, place = request.form.get("kind", "tube"), request.form.get("place", type=int)
    if kind not in KINDS or place is None:
        raise Invalid("field-missing", field="place")
    codes = give(w, place, request.form.get("count", 0, type=int))
    labels = [(code, _bars(code), _square(code)) for code in codes]
    sheets = [labels[n : n + A_SHEET] for n in range(0, len(labels), A_SHEET)]
    return render_template(
        "sampling/labels.html",
        places=_places(w),
        a_sheet=A_SHEET,
        most=MOST,
        sheets=sheets,
        kind=kind,
        site=w.get(Place, place),
        count=len(codes),
    )


def _places(w: Work) -> list[Place]:
    """The actor's own site, and those where a round of his is to be taken."""
    wanted = {site.place_id for site, _ in named_sites(w)} | {w.actor.site_id}
    return list(w.session.scalars(select(Place).where(Place.id.in_(wanted - {None})).order_by(Place.code)))


def _bars(code: str) -> Markup:
    # Made from a code of our own: digits and one letter, nothing in it comes from a person.
    return Markup(code128.svg(code))


def _square(code: str) -> Markup:
    drawn = segno.make(code, error="m", micro=False).svg_inline(border=2, omitsize=True, svgclass="square")
    return Markup(drawn)
