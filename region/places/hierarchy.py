"""Who answers for whom: the office above each site, found by walking up the tree of places."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from region.places.models import Place, Site
from region.spine.work import Work

OFFICES = frozenset({"community_office", "subdistrict_office", "commission", "government_office"})


def superiors(w: Work, site_ids: Iterable[int]) -> dict[int, int]:
    """For each site, the office of the nearest place above it that is not itself; sites with none are left out.

    A clinic's superior is its community's or its sub-district's office; a community office's is the
    sub-district's; and so on up to the commission.
    """
    wanted = list(site_ids)
    with w.beyond_scope("the office above is known to all below it"):
        rows = w.session.execute(select(Place.id, Place.path).where(Place.id.in_(wanted)))
        paths = {row.id: row.path for row in rows}
        above = {int(part) for path in paths.values() for part in path.strip("/").split("/")[:-1]}
        offices = select(Place.parent_id, Place.id).join(Place.site)
        offices = offices.where(Place.parent_id.in_(above), Site.type.in_(OFFICES)).order_by(Place.id.desc())
        office_of = {row.parent_id: row.id for row in w.session.execute(offices)}
    found = {}
    for site, path in paths.items():
        chain = [int(part) for part in reversed(path.strip("/").split("/")[:-1])]
        offices_up = [office_of[area] for area in chain if area in office_of and office_of[area] != site]
        if offices_up:
            found[site] = offices_up[0]
    return found
