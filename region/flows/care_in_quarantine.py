"""A key person under observation keeps his care: it goes where he goes, and comes home with him."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from region.care.actions import siting
from region.care.questions import Watched, WhereWatched
from region.quarantine.events import StaysMoved
from region.quarantine.models import Stay
from region.quarantine.states import STAY
from region.spine import bulk
from region.spine.flow import answers, when
from region.spine.work import Work

OPEN = tuple(state for state in STAY.states if state not in STAY.ends)
CHANGES_PLACE = ("arrive", "settle_at_home", "release", "come_home", "close", "to_care", "cancel")


@answers(WhereWatched)
def where_watched(w: Work, q: WhereWatched) -> Mapping[int, Watched]:
    """The newest open stay of each; the site only while he is in it."""
    wanted = select(Stay.person_id, Stay.id, Stay.state, Stay.site_id).where(Stay.state.in_(OPEN))
    wanted = wanted.where(bulk.among(w.session, Stay.person_id, q.people)).order_by(Stay.id)
    with w.beyond_scope("who looks after a person must know that he is under observation, and where"):
        return {
            person: Watched(f"stay:{stay}", site if state == "in_site" else None)
            for person, stay, state, site in w.session.execute(wanted)
        }


@when(StaysMoved, only=lambda e: e.verb in CHANGES_PLACE)
def take_care_along(w: Work, e: StaysMoved) -> None:
    """What is still to do for him is done where he is from now on."""
    wanted = select(Stay.person_id).where(bulk.among(w.session, Stay.id, e.stays))
    siting.resite(w, sorted(set(w.session.scalars(wanted))))
