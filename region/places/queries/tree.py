"""The tree of places: by code, downwards, upwards, and the loads that made it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from region.formats.text import code_text
from region.places import levels as words
from region.places.events import (
    AreasLoaded,
    ChannelSet,
    PlaceMade,
    PlaceMoved,
    PlaceRetired,
    SiteCameBack,
    SiteConnected,
    SitesLoaded,
    SitesMerged,
    SiteWentDark,
)
from region.places.models import Alias, Area, Load, Place, Site
from region.places.plan import Plan
from region.spine.errors import Invalid, Missing
from region.spine.journal import newest_of
from region.spine.scope import below
from region.spine.work import Work

OF_TREE = tuple(
    kind.event_name() for kind in (AreasLoaded, SitesLoaded, PlaceMade, PlaceMoved, PlaceRetired, SitesMerged)
)
OF_SITES = tuple(k.event_name() for k in (ChannelSet, SiteCameBack, SiteConnected, SiteWentDark))


def tree_counter(w: Work) -> int:
    """Grows whenever places are loaded, made, moved or retired: in any realm, because places have none."""
    return newest_of(w.session, OF_TREE)


def change_counter(w: Work) -> int:
    """Grows with every change of places, the state of sites included."""
    return newest_of(w.session, OF_TREE + OF_SITES)


def current(day: date) -> ColumnElement[bool]:
    """The condition of places in use on a day."""
    return and_(
        or_(Place.valid_from.is_(None), Place.valid_from <= day),
        or_(Place.valid_to.is_(None), Place.valid_to > day),
    )


def today(w: Work) -> date:
    """The region's day of this work."""
    return w.office.clock.day(w.now)


def find_code(
    w: Work, code: str, *, kind: str | None = None, level: str | None = None, system: str | None = None
) -> Place | None:
    """The place in use with this code (or alias of `system`), or None.

    Invalid (`ambiguous-code`) when several have it; `kind` area or site and `level` tell them apart.
    """
    text = code_text(code)
    terms: list[ColumnElement[bool]] = [current(today(w))]
    if kind is not None:
        terms.append(Place.kind == kind)
    if level is not None:
        terms.append(Place.id.in_(select(Area.place_id).where(Area.level == level)))
    named = Alias.code == text if system is None else and_(Alias.code == text, Alias.system == system)
    aliases = Place.id.in_(select(Alias.place_id).where(named))
    own = aliases if system is not None else Place.code == text
    for condition in (own, aliases):
        found = w.session.scalars(select(Place).where(condition, *terms).limit(2)).all()
        if len(found) > 1:
            raise Invalid("ambiguous-code", field="code", given=text[:40])
        if found:
            return found[0]
    return None


def by_code(
    w: Work, code: str, *, kind: str | None = None, level: str | None = None, system: str | None = None
) -> Place:
    """The place in use with this code; Missing when there is none that the actor may know of."""
    found = find_code(w, code, kind=kind, level=level, system=system)
    if found is None:
        raise Missing("no-such", what="place", id=code_text(code)[:40])
    return found


def children(w: Work, place_id: int, *, kind: str | None = None) -> Sequence[Place]:
    """The places directly below, in use today: areas first, by code; `area` and `site` come along."""
    wanted = select(Place).where(Place.parent_id == place_id, current(today(w)))
    if kind is not None:
        wanted = wanted.where(Place.kind == kind)
    wanted = wanted.options(joinedload(Place.area).defer(Area.geometry), joinedload(Place.site))
    return w.session.scalars(wanted.order_by(Place.kind, Place.code, Place.id)).all()


def roots(w: Work) -> Sequence[Place]:
    """The tops of what the actor may see: its own places, or the top of the whole tree."""
    above = aliased(Place)
    # The parent is looked for in scope, so that a sub-district officer's tree begins at the sub-district.
    seen = select(above.id).where(above.id == Place.parent_id).exists()
    wanted = select(Place).where(or_(Place.parent_id.is_(None), ~seen), current(today(w)))
    wanted = wanted.options(joinedload(Place.area).defer(Area.geometry), joinedload(Place.site))
    return w.session.scalars(wanted.order_by(Place.kind, Place.code, Place.id)).all()


def ancestors(w: Work, place: Place) -> list[Place]:
    """The places above, the top first, without itself; their names may be known beyond the actor's places."""
    above = [int(step) for step in place.path.strip("/").split("/")[:-1]]
    if not above:
        return []
    with w.beyond_scope("names of the places above"):
        found = {row.id: row for row in w.session.scalars(select(Place).where(Place.id.in_(above)))}
    return [found[step] for step in above if step in found]


def name_path(w: Work, place: Place, lang: str) -> list[str]:
    """The names from the top down to the place itself."""
    chain = [*ancestors(w, place), place]
    return [one.name_zh if lang == "zh" else one.name_en for one in chain]


def place_name(w: Work, place_id: int) -> tuple[str, str]:
    """The Chinese and English name of a place, which may be known beyond the actor's places."""
    with w.beyond_scope("names of places that a row in scope belongs to"):
        place = w.get(Place, place_id)
        return place.name_zh, place.name_en


def place_names(w: Work, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The same of many places, in one question."""
    columns = select(Place.id, Place.name_zh, Place.name_en).where(Place.id.in_(sorted(set(ids))))
    with w.beyond_scope("names of places that rows in scope belong to"):
        return {row.id: (row.name_zh, row.name_en) for row in w.session.execute(columns)}


def sites_in(w: Work, area_ids: Iterable[int], *, types: Iterable[str] = ()) -> Sequence[Place]:
    """The sites in use anywhere below these areas, each once, by code, with `site` loaded."""
    paths = w.session.scalars(select(Place.path).where(Place.id.in_(list(area_ids)))).all()
    if not paths:
        return []
    wanted = select(Place).join(Site).options(contains_eager(Place.site))
    wanted = wanted.where(or_(*(below(Place.path, path) for path in paths)), current(today(w)))
    if kinds := list(types):
        wanted = wanted.where(Site.type.in_(kinds))
    return w.session.scalars(wanted.order_by(Place.code, Place.id)).all()


def standing_sites(w: Work, sites: Iterable[int]) -> list[int]:
    """These sites (ids) as they stand today: a merged one as the one that it went into, none that is out of use."""
    over = select(Place.id, Place.facts).where(Place.kind == "site", Place.valid_to <= today(w))
    into = {row.id: row.facts.get("merged_into") for row in w.session.execute(over)}
    found = set()
    for site in sites:
        at: int | None = site
        while at in into:
            at = into[at]
        if at is not None:
            found.add(at)
    return sorted(found)


def levels(w: Work) -> list[tuple[str, int]]:
    """The levels that stand, from coarse to fine, with how many areas each has."""
    counted = select(Area.level, func.count()).join(Place).where(current(today(w))).group_by(Area.level)
    found = [(level, number) for level, number in w.session.execute(counted)]
    return sorted(found, key=lambda one: (words.rank(one[0]), one[1], one[0]))


def search(w: Work, text: str, most: int = 50) -> Sequence[Place]:
    """Places whose code begins with, or whose name holds, `text`; at most `most`, by code."""
    sought = text.strip()
    if not sought:
        return []
    like = Place.name_zh.icontains(sought, autoescape=True) | Place.name_en.icontains(sought, autoescape=True)
    begins = Place.code.startswith(sought, autoescape=True)
    wanted = (
        select(Place).where(like | begins, current(today(w))).order_by(Place.kind, Place.code).limit(most)
    )
    wanted = wanted.options(joinedload(Place.area).defer(Area.geometry), joinedload(Place.site))
    return w.session.scalars(wanted).all()


def loads(w: Work, most: int = 20) -> Sequence[Load]:
    """The newest loads, without their plans."""
    return w.session.scalars(
        select(Load).options(defer(Load.plan)).order_by(Load.id.desc()).limit(most)
    ).all()


def plan_of(load: Load) -> Plan:
    """What a load would change, or changed."""
    return Plan.from_doc({name: value for name, value in load.plan.items() if name != "counts"})
