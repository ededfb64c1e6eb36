"""A phone tells its tubes after their results came: the results that wait for them find them."""

from __future__ import annotations

from operator import attrgetter

from region.sampling.actions.matching import match_unknown
from region.sampling.events.field import TubesKept
from region.sampling.queries.waiting import waiting_codes
from region.spine.flow import when
from region.spine.work import Work


@when(TubesKept, only=attrgetter("awaited"))
def match_results(w: Work, e: TubesKept) -> None:
    """What a laboratory reported of these tubes before they were known takes effect now."""
    if e.site is not None and (codes := waiting_codes(w, e.site)):
        match_unknown(w, codes)
