"""Tests that a plan asks for are taken, have results, are missed, or are waived with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update

from region.quarantine.actions import releasing
from region.quarantine.events import TestsKept
from region.quarantine.models import ScheduledTest, Stay
from region.quarantine.states import PACK, STAY
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work

RESULTS = ("negative", "positive")
AGAIN = ("invalid", "inconclusive", "lost")
"""Results that say nothing: the test is due again."""
AT_ONCE = 1000
"""So many stays in one event."""


def take(w: Work, stay: Stay, on: date, tube: str, *, at: datetime | None = None) -> ScheduledTest:
    """The test that was due `on` a day was taken, into a tube (``tube:12``); the same tube twice is once.

    One that was missed may be taken late: K28 looks at the day on which it was. Missing; Refused (``test-not-due``).
    """
    test = _of(w, stay.id, on)
    w.need("quarantine.check", test.site_id if stay.state == "in_site" and test.site_id else test.place_id)
    if test.tube == tube:
        return test
    if test.state not in ("due", "missed"):
        raise Refused("test-not-due", state=test.state)
    test.state, test.tube, test.taken_at = "taken", tube, min(at or w.now, w.now)
    _tell(w, [test], "taken")
    return test


def result(w: Work, tube_ref: str, result: str, at: datetime) -> list[int]:
    """A tube has a result: the stays whose tests it answers, which are then looked at for their release.

    A result that says nothing (``invalid``, ``inconclusive``, ``lost``) makes the test due again. A tube of nobody
    under observation changes nothing. Invalid: ``no-such-result``.
    """
    if result not in (*RESULTS, *AGAIN):
        raise Invalid("no-such-result", field="result", result=result[:24])
    found = w.session.scalars(select(ScheduledTest).where(ScheduledTest.tube == tube_ref)).all()
    wanted = result if result in RESULTS else "due"
    changed = [test for test in found if test.state != wanted]
    for place in sorted({test.site_id or test.place_id for test in changed}):
        w.need("quarantine.check", place)
    for test in changed:
        test.state, test.result_at = wanted, at
        if wanted == "due":
            test.tube = test.taken_at = test.result_at = None
    if changed:
        _tell(w, changed, result)
        ids = [test.stay_id for test in changed]
        releasing.look(w, w.session.scalars(select(Stay).where(Stay.id.in_(ids))).all())
    return [test.stay_id for test in changed]


def waive(w: Work, stay: Stay, on: date, reason: str) -> ScheduledTest:
    """The test is not asked for, for a reason of the pack; Invalid (``no-such-reason``), Refused (``test-not-due``)."""
    test = _of(w, stay.id, on)
    w.need("quarantine.release", test.place_id)
    if reason not in w.rules.value(PACK, "waive.reasons"):
        raise Invalid("no-such-reason", field="reason", reason=reason[:24])
    if test.state == "waived":
        return test
    if test.state not in ("due", "missed"):
        raise Refused("test-not-due", state=test.state)
    test.state, test.reason = "waived", reason
    _tell(w, [test], "waived")
    return test


def miss(w: Work, today: date) -> int:
    """Tests that were due before today and were not taken are missed; how many."""
    running = select(Stay.id).where(Stay.state.not_in(sorted(STAY.ends)))
    gone: tuple[ColumnElement[bool], ...] = (
        ScheduledTest.state == "due",
        ScheduledTest.due_on < today,
        ScheduledTest.stay_id.in_(running),
    )
    columns = (ScheduledTest.stay_id, ScheduledTest.place_id, ScheduledTest.site_id)
    if w.session.execute(select(ScheduledTest.stay_id).where(*gone).limit(1)).first() is None:
        return 0
    missed = update(ScheduledTest).where(*gone).values(state="missed").returning(*columns)
    rows = w.session.execute(missed, execution_options={"synchronize_session": False}).all()
    _tell_many(w, ((row.stay_id, row.site_id or row.place_id) for row in rows), "missed")
    return len(rows)


def _of(w: Work, stay: int, on: date) -> ScheduledTest:
    test = w.session.get(ScheduledTest, (stay, on))
    if test is None:
        raise Missing("no-such", what="test", id=stay)
    return test


def _tell(w: Work, tests: Iterable[ScheduledTest], verb: str) -> None:
    w.session.flush()
    _tell_many(w, ((test.stay_id, test.site_id or test.place_id) for test in tests), verb)


def _tell_many(w: Work, stays: Iterable[tuple[int, int]], verb: str) -> None:
    """One event for each place, of a thousand stays at most."""
    places: dict[int, set[int]] = defaultdict(set)
    for stay, place in stays:
        places[place].add(stay)
    for place, found in sorted(places.items()):
        ids = sorted(found)
        for at in range(0, len(ids), AT_ONCE):
            w.tell(TestsKept(stays=tuple(ids[at : at + AT_ONCE]), verb=verb, place=place))
