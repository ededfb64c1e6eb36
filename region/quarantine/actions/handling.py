"""Something abnormal in a check is acted on, within the limit of the pack."""

from __future__ import annotations

import datetime as dt

from region.quarantine.actions import check_sums
from region.quarantine.actions.checking import flag
from region.quarantine.events import CheckHandled
from region.quarantine.models import Check
from region.quarantine.states import PACK
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work


def handle(w: Work, stay: int, day: dt.date, half: str, handling: str) -> Check:
    """Say what was done about an abnormal check, a code of the pack; said twice it stands as it was said first.

    Raises Missing, Invalid (``no-such-handling``), Refused (``check-not-abnormal``).
    """
    check = w.session.get(Check, (stay, day, half))
    if check is None:
        raise Missing("no-such", what="check", id=stay)
    w.need("quarantine.check", check.place_id)
    if handling not in w.rules.value(PACK, "handling"):
        raise Invalid("no-such-handling", field="handling", handling=handling)
    if not check.abnormal:
        raise Refused("check-not-abnormal")
    if check.handled_at is not None:
        return check
    check.handled_at, check.handled_by, check.handling = w.now, w.actor.name, handling
    if check_sums.handled_in_time(w, check):
        check_sums.put(w, {((check.place_id, day, half), "handled"): 1})
    w.session.flush()
    flag(w, [stay])
    w.tell(CheckHandled(stay=stay, day=day, half=half, handling=handling, place=check.place_id))
    return check
