"""The shape of the tree: its top, places moved below another parent, places retired, letters of issuing bodies."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import String, func, literal, select, update

from region.formats.text import code_text
from region.places import queries
from region.places.events import LettersSet, PlaceMade, PlaceMoved, PlaceRetired
from region.places.levels import level_code
from region.places.models import Area, Place
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.scope import below
from region.spine.work import Work

LETTERS = re.compile(r"[A-Z]{1,6}")


def make_root(
    w: Work, *, code: str, name_zh: str, name_en: str, level: str = "city", zone: str = ""
) -> Place:
    """Make the top of the tree, without an outline; the top that has this code already is given back.

    Only who may load places everywhere may do it. `zone` is the time zone of the region, such as
    Asia/Shanghai. Invalid for a zone that does not exist or a code that is missing.
    """
    w.need("places.load")
    if "" not in w.actor.paths:
        raise Forbidden("not-allowed", needs="places.load")
    code = code_text(code)
    if not code or not (name_zh or name_en):
        raise Invalid("name-and-code-needed", field="code")
    _check_zone(zone)
    found = queries.find_code(w, code, kind="area", level=level_code(level))
    if found is not None and found.parent_id is None:
        return found
    return _new_root(w, code, (name_zh, name_en), level_code(level), zone)


def _new_root(w: Work, code: str, names: tuple[str, str], level: str, zone: str) -> Place:
    zh, en = names
    place = Place(parent_id=None, path="+", kind="area", code=code, zone=zone or None)
    place.name_zh, place.name_en = zh or en, en or zh
    place.facts = {} if zh and en else {"lang": "zh" if zh else "en"}
    w.add(place)
    place.path = f"{place.id}/"
    w.add(Area(place_id=place.id, level=level))
    w.tell(PlaceMade(made=place.id, kind="area", place=place.id))
    return place


def _check_zone(zone: str) -> None:
    if not zone:
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("no-such-zone", field="zone", given=zone[:40]) from error


def reparent(w: Work, place_id: int, parent_id: int) -> Place:
    """Give a place another parent; all below it moves along. Moving it where it is changes nothing."""
    place, parent = w.get(Place, place_id), w.get(Place, parent_id)
    w.need("places.load", place.id)
    w.need("places.load", parent.id)
    if place.parent_id != parent.id:
        move_below(w, place, parent)
    return place


def move_below(w: Work, place: Place, parent: Place) -> None:
    """Move the subtree of `place` below `parent` in one update of its paths; Refused below itself or a site."""
    if parent.path.startswith(place.path) or parent.kind != "area":
        raise Refused("cannot-stand-there", place=place.id, parent=parent.id)
    w.session.flush()
    old, new = place.path, f"{parent.path}{place.id}/"
    former, place.parent_id = place.parent_id, parent.id
    w.session.flush()
    tail = func.substr(Place.path, len(old) + 1, type_=String)
    with w.beyond_scope("everything below moves along, and its new path may leave the actor's places"):
        w.session.execute(
            update(Place)
            .where(below(Place.path, old))
            .values(path=literal(new, String) + tail)
            .execution_options(synchronize_session=False)
        )
        moved = select(Place).where(below(Place.path, new))
        w.session.scalars(moved.execution_options(populate_existing=True)).all()
    w.tell(PlaceMoved(moved=place.id, old_parent=former, new_parent=parent.id, place=parent.id))


def retire(w: Work, place_id: int, day: date) -> Place:
    """Take a place out of use from a day on; Refused while something below it is in use."""
    w.need("places.load", place_id)
    place = w.get(Place, place_id)
    if place.valid_to == day:
        return place
    in_use = select(func.count()).select_from(Place).where(Place.parent_id == place.id)
    in_use = in_use.where(Place.valid_to.is_(None) | (Place.valid_to > day))
    if number := w.session.scalar(in_use):
        raise Refused("has-places-below", place=place.id, number=number)
    place.valid_to = day
    w.tell(PlaceRetired(retired=place.id, day=day, place=place.id))
    return place


def set_letters(w: Work, place_id: int, letters: str) -> Place:
    """Set the letters with which the numbers of an area's orders begin (LJ of LJ-0801-001), 1 to 6 capitals.

    Numbers given before keep theirs. The same letters again change nothing. Invalid (`letters-unusable`) for
    other signs, Refused (`letters-of-areas`) for a site, which issues nothing.
    """
    w.need("places.load", place_id)
    place = w.get(Place, place_id)
    if place.kind != "area":
        raise Refused("letters-of-areas", place=place.id)
    if not LETTERS.fullmatch(letters):
        raise Invalid("letters-unusable", field="letters")
    if place.facts.get("letters") != letters:
        place.facts = place.facts | {"letters": letters}
        w.tell(LettersSet(issuer=place.id, letters=letters, place=place.id))
    return place
