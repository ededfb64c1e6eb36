"""One site merged into another: the old one goes out of use, and its code leads to the new one."""

from __future__ import annotations

from sqlalchemy import func, select

from region.places import queries
from region.places.events import SitesMerged
from region.places.models import Alias, Place
from region.spine.errors import Refused
from region.spine.work import Work

MERGED = "merged"
"""The system of the alias under which the old code finds the new site."""


def merge_sites(w: Work, from_id: int, into_id: int) -> Place:
    """Merge a site into another from today on; its history stays where it is. The same again changes nothing.

    Needs ``places.load`` at both. Refused for the same site, for areas, for one that is out of use, and while
    something in use stands below the old one.
    """
    w.need("places.load", from_id)
    w.need("places.load", into_id)
    old, new = w.get(Place, from_id), w.get(Place, into_id)
    if old.facts.get("merged_into") == new.id:
        return new
    _may_merge(w, old, new)
    day = queries.today(w)
    old.valid_to = day
    old.facts = old.facts | {"merged_into": new.id}
    w.session.add(Alias(place_id=new.id, system=MERGED, code=old.code, valid_from=day))
    w.tell(SitesMerged(merged=old.id, into=new.id, place=new.id))
    return new


def _may_merge(w: Work, old: Place, new: Place) -> None:
    over = [place.id for place in (old, new) if place.valid_to is not None]
    if old.id == new.id or {old.kind, new.kind} != {"site"} or over:
        raise Refused("cannot-merge", place=old.id, into=new.id)
    below = select(func.count()).select_from(Place)
    in_use = Place.valid_to.is_(None) | (Place.valid_to > queries.today(w))
    if number := w.session.scalar(below.where(Place.parent_id == old.id, in_use)):
        raise Refused("has-places-below", place=old.id, number=number)
