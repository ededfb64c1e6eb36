"""The funnel at any hour: what a past hour showed stays, pushed people are theirs, and a hole is shown, not hidden."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from region.spine.work import Work
from region.tracing.actions import cases, contacts
from region.tracing.events import ContactsControlled
from region.tracing.models import Case, ContactControl
from region.tracing.queries.funnel import Funnel, funnel
from region.tracing.queries.indicators import awaiting, behind, indicator
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return ground_of(world)


def seen(ground: Ground, w: Work, **how: int) -> Funnel:
    return funnel(w, ground.incident.id, w.now, **how)


def test_every_past_hour_shows_what_was_so_then(ground: Ground) -> None:
    world = ground.world
    with ground.desk() as w:
        start = w.now
        case = ground.case(w)
        rows = sorted(ground.contacts(w, 8), key=lambda one: one.id)
        contacts.move(w, rows[:1], "push", reason="city")
        contacts.move(w, rows[1:2], "exclude", reason="duplicate")
    world.wait(hours=2)
    with ground.desk() as w:
        contacts.move(w, rows[2:6], "land")
    world.wait(hours=2)
    with ground.desk() as w:
        contacts.control(w, rows[2:4], "central")
        contacts.control(w, rows[4:5], "home")
        contacts.move(w, rows[6:7], "convert", case=case.id)
    world.wait(days=7)
    with ground.desk() as w:
        contacts.move(w, rows[2:3], "release")
        now = seen(ground, w)
        after = funnel(w, ground.incident.id, start + timedelta(hours=2))
        before = funnel(w, ground.incident.id, start)
    assert (before.determined, before.pushed, before.own, before.verifying) == (7, 1, 6, 6), (
        "excluded never count"
    )
    assert (after.own, after.landed, after.awaiting, after.verifying) == (6, 4, 4, 2)
    assert (now.central, now.home, now.awaiting, now.converted, now.released) == (1, 1, 1, 1, 1)
    assert (now.own, now.landed, now.verifying, now.to_city) == (6, 5, 1, 1)
    assert not any(one.broken for one in (before, after, now))


def test_a_hole_between_the_parts_is_shown(ground: Ground) -> None:
    with ground.desk() as w:
        rows = ground.contacts(w, 3)
        contacts.move(w, rows, "land")
        hole = update(ContactControl).where(ContactControl.contact_id == rows[0].id).values(until=w.now)
        w.session.execute(hole)
        w.tell(ContactsControlled(contacts=(rows[0].id,), control="awaiting", place=ground.here.id))
        assert seen(ground, w).broken == {"landed": 1}


def test_pushed_within_the_region_is_counted_once_over_all_and_by_each_place(ground: Ground) -> None:
    with ground.desk() as w:
        (one,) = ground.contacts(w, 1)
        contacts.move(w, [one], "push", reason="district")
        ground.contacts(w, 2, ground.there, came_from="to_us")
        here, there = (seen(ground, w, place=place.id) for place in (ground.here, ground.there))
        assert (here.determined, here.to_district, here.own) == (1, 1, 0)
        assert (there.to_us, there.own, there.verifying) == (2, 2, 2)
        assert seen(ground, w).own == 2
    with ground.world.as_("community_officer", ground.here) as w:
        assert seen(ground, w).own == 0


def test_who_was_raised_to_a_close_contact_counts_from_then_on(ground: Ground) -> None:
    with ground.desk() as w:
        start = w.now
        (one,) = ground.contacts(w, 1, category="secondary_contact")
    ground.world.wait(hours=5)
    with ground.desk() as w:
        contacts.reclassify(w, one, "close_contact", one.last_exposure_on)
        assert (funnel(w, ground.incident.id, start).own, seen(ground, w).own) == (0, 1)
        assert funnel(w, ground.incident.id, start, category=None).own == 1


def test_transfers_and_control_in_time_with_the_lists_behind(ground: Ground) -> None:
    """K09, K10 and K11: three arrive in 7, 9 and 30 hours, one may stay at home, one has still to come."""
    world = ground.world
    with ground.desk() as w:
        start, id = w.now, ground.incident.id
        soon, later, last, home, open_ = rows = ground.contacts(w, 5)
        contacts.move(w, rows, "land")
    world.wait(hours=31)
    with ground.desk() as w:
        for one, hours in ((soon, 7), (later, 9), (last, 30)):
            contacts.control(w, [one], "central", at=start + timedelta(hours=hours))
        contacts.control(w, [home], "home", at=start + timedelta(hours=1))
        k09, k11 = (indicator(w, code, id, w.now) for code in ("K09", "K11"))
        assert (k09.met, k09.due, k09.running) == (1, 4, 0) and k09.share == 0.25
        assert (k11.met, k11.due) == (3, 5)
        assert {one.id for one in behind(w, "K09", id, w.now)} == {later.id, last.id, open_.id}
        assert {one.id for one in behind(w, "K11", id, w.now, met=True)} == {soon.id, later.id, home.id}
        early = indicator(w, "K09", id, start + timedelta(hours=7, minutes=30))
        assert (early.met, early.due, early.running) == (1, 1, 3)
        assert (awaiting(w, id, w.now).people, awaiting(w, id, w.now).too_long) == (1, 1)
        assert awaiting(w, id, start).too_long == 0


def test_clocks_of_cases_in_time_with_the_lists_behind(ground: Ground) -> None:
    """K05 to K08: what ran out counts at once, what still runs is not judged."""

    world = ground.world
    with ground.desk() as w:
        good, bad = ground.case(w), ground.case(w)
        for row in (good, bad):
            cases.assign(w, row, "li.an")
        cases.send_card(w, good)
        assert indicator(w, "K07", ground.incident.id, w.now).share is None
    world.wait(hours=3)
    with ground.desk() as w:
        row = w.get(Case, good.id)
        cases.save_core(w, row, {})
        cases.arrive_in_care(w, row, None)
        cases.report(w, row)
        found = {code: indicator(w, code, ground.incident.id, w.now) for code in ("K05", "K06", "K07", "K08")}
        assert [(one.met, one.due, one.running) for one in found.values()] == [
            (1, 2, 0),
            (1, 1, 1),
            (1, 1, 1),
            (0, 2, 0),
        ]
        assert [one.id for one in behind(w, "K05", ground.incident.id, w.now)] == [bad.id]
        elsewhere = indicator(w, "K05", ground.incident.id, w.now, ground.there.id)
        assert (elsewhere.due, elsewhere.share) == (0, None)
