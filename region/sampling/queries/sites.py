"""Sites where samples may be taken now, by the name of their round."""

from __future__ import annotations

from sqlalchemy import select

from region.sampling.models import Round, RoundSite
from region.sampling.queries.field_pack import TAKEN_ALONG, sites_of
from region.spine.work import Work


def named_sites(w: Work) -> list[tuple[RoundSite, str]]:
    """The sites that the actor may choose, each with the code of its round, the newest first; none of a round over."""
    sites = sites_of(w, w.actor.site_id)
    with w.beyond_scope("the code of the round that a site belongs to, whoever ordered it"):
        wanted = select(Round.id, Round.code).where(Round.id.in_({site.round_id for site in sites}))
        wanted = wanted.where(Round.state.in_(TAKEN_ALONG))
        codes = {row.id: row.code for row in w.session.execute(wanted)}
    return [(site, codes[site.round_id]) for site in sites if site.round_id in codes]
