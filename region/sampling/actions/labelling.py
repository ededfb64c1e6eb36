"""Giving out codes for tubes and boxes: printed once, for one area and day, never the same number twice."""

from __future__ import annotations

import re

from sqlalchemy import select

from region.formats.codes.tubes import own_code
from region.places.models import Place
from region.sampling.events.field import LabelsGiven
from region.sampling.models import LabelDay
from region.spine import bulk
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

MOST = 960
LAST = 1_000_000


def give(w: Work, place: int, count: int) -> list[str]:
    """The next `count` codes of the area that the place lies in, for today.

    Invalid (``labels-count``) for a count that is not 1 to `MOST`, Refused (``labels-no-area``) where no area above
    has an official code, Refused (``labels-used-up``) when a million were given today.
    """
    if not 1 <= count <= MOST:
        raise Invalid("labels-count", field="count", most=MOST)
    site = w.get(Place, place)
    w.need("sampling.sample", site.id)
    area, day = _area(w, site), w.office.clock.day(w.now)
    row = {"realm": w.realm, "area": area, "day": day, "place_id": site.id, "given": count}
    bulk.put(w.session, LabelDay, [row], key=("realm", "area", "day"), given=bulk.added)
    with w.beyond_scope("the numbers of an area are one row for all its sites"):
        after = w.session.scalars(
            select(LabelDay.given).where(LabelDay.area == area, LabelDay.day == day)
        ).one()
    if after > LAST:
        raise Refused("labels-used-up")
    first = after - count
    w.tell(LabelsGiven(code=area, first=first, count=count, place=site.id))
    return [own_code(day, area, serial) for serial in range(first, after)]


def _area(w: Work, site: Place) -> str:
    """The official code of the nearest area that has one of up to twelve digits, filled to twelve."""
    above = [int(id) for id in site.path.strip("/").split("/")]
    with w.beyond_scope("codes of the areas that a site lies in"):
        wanted = select(Place.id, Place.code).where(Place.id.in_(above), Place.kind == "area")
        codes: dict[int, str] = {row.id: row.code or "" for row in w.session.execute(wanted)}
    for id in reversed(above):
        if re.fullmatch(r"\d{1,12}", codes.get(id, "")):
            return codes[id].ljust(12, "0")
    raise Refused("labels-no-area")
