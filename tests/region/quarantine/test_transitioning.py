"""Running stays go over to other rules only when another person approves, and never to a later end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.quarantine.actions import transitioning
from region.quarantine.models import ScheduledTest, Stay, StayBatch, StayChange, Transition
from region.quarantine.queries import whatif
from region.spine.errors import Forbidden, Invalid, Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

SWITCH = datetime(2022, 11, 11, 1, 0, tzinfo=UTC)
TO = "CN-COVID-20M"


@pytest.fixture
def running(world: World) -> tuple[Ground, list[int]]:
    """Three contacts exposed on 7 November and a secondary contact, all under the ninth edition, on 11 November."""
    world.clock.at = SWITCH - timedelta(days=3)
    here = ground(world)
    first = here.stays(3, counts_from=date(2022, 11, 7))
    second = here.stays(1, counts_from=date(2022, 11, 7), category="secondary_contact")
    world.clock.at = SWITCH
    return here, first + second


def proposed(here: Ground, **how: Any) -> int:
    with here.world.as_("epidemiologist", here.district, "lin") as w:
        return transitioning.propose(w, here.incident, how.pop("to", TO), **how).id


def approved(here: Ground, id: int, name: str = "leader") -> transitioning.Decided:
    with here.world.as_("commander", here.district, name) as w:
        return transitioning.approve(w, w.get(Transition, id))


def seen(here: Ground, ids: list[int]) -> list[tuple[str, date, datetime, int]]:
    with here.world.as_system() as w:
        stays = [w.get(Stay, id) for id in ids]
        return [(one.pack, one.ends_on, one.expires_at, one.version) for one in stays]


def by_day(here: Ground, id: int) -> dict[int, str]:
    """The states of a stay's tests by the day of November."""
    with here.world.as_system() as w:
        rows = w.session.scalars(select(ScheduledTest).where(ScheduledTest.stay_id == id))
        return {row.due_on.day: row.state for row in rows}


def test_at_20_running_contacts_keep_the_ninth_edition_until_the_transition_is_approved(
    running: tuple[Ground, list[int]],
) -> None:
    here, ids = running
    here.world.run()
    before = seen(here, ids)
    id = proposed(here)
    here.world.run()
    assert seen(here, ids) == before
    assert all(pack == "CN-COVID-9ED" for pack, *_ in before)
    decided = approved(here, id)
    after = seen(here, ids)
    assert decided == transitioning.Decided(changed=4, kept=0)
    assert [one[0] for one in after] == [TO, TO, TO, "CN-COVID-9ED"]
    assert [one[1] for one in after] == [date(2022, 11, 15)] * 3 + [date(2022, 11, 10)]
    assert all(new[1] <= old[1] and new[2] <= old[2] for old, new in zip(before, after, strict=True))
    assert all(new[3] > old[3] for old, new in zip(before, after, strict=True))


def test_tests_follow_the_new_plan_and_what_is_due_no_more_is_waived(
    running: tuple[Ground, list[int]],
) -> None:
    here, ids = running
    assert by_day(here, ids[0]) == dict.fromkeys((8, 9, 10, 12, 14, 17), "due")
    approved(here, proposed(here))
    assert by_day(here, ids[0]) == {
        8: "due",
        9: "due",
        10: "due",
        12: "due",
        13: "due",
        14: "waived",
        15: "due",
        17: "waived",
    }
    assert by_day(here, ids[3]) == {8: "due", 11: "waived", 14: "waived"}


def test_it_is_one_change_of_many_that_keeps_what_each_stay_was_and_is_told(
    running: tuple[Ground, list[int]],
) -> None:
    here, ids = running
    approved(here, proposed(here))
    with here.world.as_system() as w:
        batch = w.session.scalars(select(StayBatch)).one()
        changes = w.session.scalars(select(StayChange).order_by(StayChange.stay_id)).all()
        assert (batch.verb, batch.stays) == ("transition", 4)
        assert [(one.stay_id, one.after_version) for one in changes] == [
            (id, w.get(Stay, id).version) for id in ids
        ]
        assert changes[0].before["ends_on"] == "2022-11-17"
        assert changes[0].before["plan"]["ends_on"] == "2022-11-17"
    told = here.world.journal("quarantine.StaysReplanned")
    assert [(one.data["why"], one.place_id) for one in told] == [("transition", here.home.id)]
    assert [one.data["verb"] for one in here.world.journal("quarantine.TransitionMoved")] == [
        "propose",
        "approve",
    ]
    assert here.world.journal("quarantine.BatchKept")[0].data["stays"] == 4


def test_who_proposed_does_not_approve(running: tuple[Ground, list[int]]) -> None:
    here, ids = running
    before = seen(here, ids)
    with here.world.as_("duty_officer", here.district, "he") as w:
        id = transitioning.propose(w, here.incident, TO).id
    with pytest.raises(Refused, match="transition-own"):
        approved(here, id, "he")
    with pytest.raises(Forbidden), here.world.as_("epidemiologist", here.district, "she") as w:
        transitioning.approve(w, w.get(Transition, id))
    assert seen(here, ids) == before


def test_rules_under_which_everybody_would_stay_longer_change_nobody(world: World) -> None:
    world.clock.at = SWITCH - timedelta(days=3)
    here = ground(world, TO)
    here.stays(2, counts_from=date(2022, 11, 7))
    with pytest.raises(Refused, match="nothing-to-change"):
        proposed(here, to="CN-COVID-9ED")
    with pytest.raises(Invalid, match="no-such-pack"):
        proposed(here, to="CN-NOTHING")


def test_the_same_proposal_is_one_and_a_dropped_one_changes_nothing(
    running: tuple[Ground, list[int]],
) -> None:
    here, ids = running
    before = seen(here, ids)
    id = proposed(here)
    assert proposed(here) == id
    with here.world.as_("commander", here.district) as w:
        transitioning.drop(w, w.get(Transition, id))
    with pytest.raises(Refused, match="not-from-here"):
        approved(here, id)
    assert seen(here, ids) == before


def test_edited_numbers_shorten_whom_they_touch_and_leave_the_pack(running: tuple[Ground, list[int]]) -> None:
    here, ids = running
    numbers = {"close_contact": [{"days": 5, "tests": [1, 3, 5]}, {"days": 3, "tests": [3]}]}
    decided = approved(here, proposed(here, to="CN-COVID-9ED", edits=numbers))
    assert decided == transitioning.Decided(changed=3, kept=1)
    assert [(one[0], one[1].day) for one in seen(here, ids)] == [("CN-COVID-9ED", 15)] * 3 + [
        ("CN-COVID-9ED", 14)
    ]


def test_a_restriction_that_somebody_extended_keeps_its_own_end(running: tuple[Ground, list[int]]) -> None:
    from region.quarantine.actions.releasing import extend

    here, ids = running
    until = SWITCH + timedelta(days=20)
    with here.epidemiologist() as w:
        extend(w, w.get(Stay, ids[0]), until, "late_symptoms")
    approved(here, proposed(here))
    found = seen(here, ids)
    assert found[0][2] == until
    assert found[1][2] < until


def test_a_proposal_that_waits_too_long_is_told_as_late(running: tuple[Ground, list[int]]) -> None:
    here, _ = running
    proposed(here)
    here.world.wait(days=3, seconds=1)
    here.world.run()
    assert here.world.journal("quarantine.TransitionMoved")[-1].data["verb"] == "late"


def test_what_would_be_is_counted_by_category_and_changes_nothing(running: tuple[Ground, list[int]]) -> None:
    here, ids = running
    before = seen(here, ids)
    with here.world.as_("epidemiologist", here.district) as w:
        found, by_category = whatif.compare(w, here.incident, "CN-COVID-9ED", TO)
        assert whatif.packs_in_use(w, here.incident) == [("CN-COVID-9ED", 4)]
    assert (found.stays, found.shortened, found.released) == (4, 3, 1)
    assert by_category["secondary_contact"].released == 1
    assert seen(here, ids) == before
