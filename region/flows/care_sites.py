"""Care meets sampling: who looks after people where they live is known once, for recalls and for key people."""

from __future__ import annotations

from collections.abc import Mapping

from region.care.questions import ServingSites
from region.sampling.queries.carers import carers
from region.spine.flow import answers
from region.spine.work import Work


@answers(ServingSites)
def serving_sites(w: Work, q: ServingSites) -> Mapping[int, int]:
    """The clinic of each home, else its office."""
    with w.beyond_scope("which site serves a home is no secret to those who look after it"):
        found = carers(w, q.homes)
    sites = {home: one.clinic or one.office for home, one in found.items()}
    return {home: site for home, site in sites.items() if site is not None}
