"""A site's day: one list of whom to visit, call, test and receive, and what to sign, by the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.board.queries import day_people, day_sites
from region.board.queries.day_lines import Line, Today, end_of_day
from region.care.states import PACK
from region.places.hierarchy import OFFICES
from region.places.models import Place, Site
from region.spine.errors import Missing
from region.spine.work import Work

DOES = "care.do"
"""Who does tasks of care has a day; what else stands in it depends on what else he may."""
MOST = 300
"""Lines that a telephone is given at once; the next ones follow as these are done."""
SOURCES = (
    day_people.tasks,
    day_people.contacts,
    day_people.unchecked,
    day_people.tests,
    day_people.arrivals,
    day_people.expected,
    day_people.releases,
    day_sites.checks,
    day_sites.sampling,
    day_sites.directives,
)


@dataclass(frozen=True)
class Day:
    """The list of one place, earliest clock first; `cut` when more stands behind it; forgotten after `keep_until`."""

    place: Place
    lines: Sequence[Line]
    cut: bool
    keep_until: datetime

    def as_pack(self) -> dict[str, Any]:
        """As a telephone takes it: codes, names in both languages, masked people, instants as ISO text."""
        return {
            "place": self.place.id,
            "zh": self.place.name_zh,
            "en": self.place.name_en,
            "lines": [asdict(one) | {"due": one.due.isoformat()} for one in self.lines],
            "cut": self.cut,
            "until": self.keep_until.isoformat(),
        }


def posts(w: Work) -> Sequence[Place]:
    """The places whose day the actor may have: his own site first, else those that he was given."""
    if w.actor.site_id is not None:
        wanted = select(Place).where(Place.id == w.actor.site_id)
    else:
        wanted = select(Place).where(Place.path.in_(w.actor.paths_for(w.rules.roles_that(DOES))))
    return w.session.scalars(wanted.order_by(Place.code, Place.id)).all()


def post(w: Work, asked: int | None) -> Place:
    """The place asked for, else the first; Missing for one whose day is not the actor's."""
    for one in posts(w):
        if asked in (None, one.id):
            return one
    raise Missing("no-such", what="place", id=asked or 0)


def day(w: Work, place: Place) -> Day:
    """What a place has to do until the end of the region's day, with what is late from before."""
    w.need(DOES, place.id)
    offices = select(Site.place_id).where(Site.type.in_(OFFICES))
    inside = select(Place.id).where(Place.parent_id == place.id, Place.id.in_(offices))
    at = Today(place.id, (place.id, *w.session.scalars(inside)), end_of_day(w), MOST)
    found = [line for source in SOURCES for line in source(w, at)]
    found.sort(key=lambda one: (one.due, one.key))
    keep = w.now + w.rules.duration(PACK, "day.keep")
    return Day(place, found[:MOST], len(found) > MOST, keep)
