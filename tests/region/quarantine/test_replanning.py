"""A plan is reckoned anew: a secondary contact becomes a close one and is to be fetched, with a clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from region.quarantine.actions.moving import move
from region.quarantine.actions.replanning import replan
from region.quarantine.models import ScheduledTest, Stay
from region.quarantine.regimen import of_doc
from region.spine.errors import Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World


def at_home(g: Ground) -> int:
    """A secondary contact of contact 9, in quarantine at home."""
    (id,) = g.stays(category="secondary_contact", linked="contact:9")
    with g.epidemiologist() as w:
        move(w, [w.get(Stay, id)], "notify")
    with g.world.as_("community_officer", g.home) as w:
        move(w, [w.get(Stay, id)], "settle_at_home")
    return id


def swabs(g: Ground, id: int) -> list[tuple[int, str, str]]:
    with g.world.as_system() as w:
        rows = select(ScheduledTest).where(ScheduledTest.stay_id == id).order_by(ScheduledTest.due_on)
        return [(row.due_on.day, row.kind, row.state) for row in w.session.scalars(rows)]


def test_at_16_the_linked_contact_turns_positive_and_a_transfer_is_raised_with_its_clock(
    world: World,
) -> None:
    g = ground(world)
    id = at_home(g)
    world.wait(days=2)
    with g.epidemiologist() as w:
        replan(w, w.get(Stay, id), category="close_contact", evidence="tube:7", why="linked_positive")
    with world.as_system() as w:
        stay = w.get(Stay, id)
    assert (stay.state, stay.category, stay.mode) == ("notified", "close_contact", "central_quarantine")
    assert stay.transfer_due_at == world.clock.at + timedelta(hours=8)
    assert (stay.counts_from, stay.ends_on, stay.evidence) == (date(2022, 8, 1), date(2022, 8, 11), "tube:7")
    assert of_doc(stay.plan).stages[0].first == date(2022, 8, 3)
    assert swabs(g, id) == [
        (2, "scheduled", "due"),
        (3, "scheduled", "due"),
        (4, "scheduled", "due"),
        (5, "scheduled", "waived"),
        (6, "scheduled", "due"),
        (8, "scheduled", "due"),
        (11, "scheduled", "due"),
    ]
    (told,) = world.journal("quarantine.StaysReplanned")
    assert told.data == {"stays": [id], "why": "linked_positive"}
    world.wait(hours=8, minutes=1)
    world.run()
    late = [entry.data for entry in world.journal("quarantine.StaysLate")]
    assert late == [{"stays": [id], "state": "notified"}]


def test_reckoned_twice_it_changes_nothing(world: World) -> None:
    g = ground(world)
    id = at_home(g)
    for _ in range(2):
        with g.epidemiologist() as w:
            replan(w, w.get(Stay, id), category="close_contact", why="linked_positive")
    assert len(world.journal("quarantine.StaysReplanned")) == 1


def test_a_restart_counts_from_the_day_of_the_positive(world: World) -> None:
    g = ground(world)
    (id,) = g.inside()
    world.wait(days=4)
    with g.epidemiologist() as w:
        replan(w, w.get(Stay, id), counts_from=date(2022, 8, 5), why="site_positive")
    with world.as_system() as w:
        stay = w.get(Stay, id)
    assert (stay.state, stay.ends_on, stay.mode) == ("in_site", date(2022, 8, 15), "central_quarantine")
    after = [(day, state) for day, _, state in swabs(g, id) if day > 4]
    assert after == [(day, "waived" if day == 11 else "due") for day in (6, 7, 8, 10, 11, 12, 15)]


def test_whose_days_are_over_or_whose_stay_ended_is_not_kept_longer(world: World) -> None:
    g = ground(world)
    id = at_home(g)
    world.wait(days=30)
    with pytest.raises(Refused, match="period-over"), g.epidemiologist() as w:
        replan(w, w.get(Stay, id), category="close_contact", why="linked_positive")
    with g.epidemiologist() as w:
        move(w, [w.get(Stay, id)], "close")
    with pytest.raises(Refused, match="stay-ended"), g.epidemiologist() as w:
        replan(w, w.get(Stay, id), category="close_contact", why="linked_positive")
