"""Many stays are changed at once: a double click is one, and it is undone while none of them changed since."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from region.quarantine.actions import batching
from region.quarantine.actions.batching import Wanted
from region.quarantine.actions.moving import move
from region.quarantine.models import Room, ScheduledTest, Stay, StayBatch
from region.quarantine.queries import worklist
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

CANCEL = Wanted("cancel", reason="entered_wrongly")


@pytest.fixture
def here(world: World) -> Ground:
    return ground(world)


def changed(here: Ground, ids: list[int], wanted: Wanted = CANCEL, token: str = "t-1") -> int:
    with here.epidemiologist() as w:
        return batching.change(w, ids, wanted, token=token).id


def undone(here: Ground, batch: int) -> int:
    with here.epidemiologist() as w:
        return batching.undo(w, w.get(StayBatch, batch))


def rows(here: Ground, ids: list[int]) -> list[dict[str, Any]]:
    """The stays as they are, without the version, which only ever counts up."""
    with here.world.as_system() as w:
        stays = [w.get(Stay, id) for id in ids]
        names = [column.key for column in Stay.__table__.columns if column.key != "version"]
        return [{name: getattr(stay, name) for name in names} for stay in stays]


def count_tests(here: Ground, state: str) -> int:
    with here.world.as_system() as w:
        wanted = select(func.count()).select_from(ScheduledTest).where(ScheduledTest.state == state)
        return w.session.scalar(wanted) or 0


def test_a_cancellation_of_many_is_undone_to_the_last_column(here: Ground) -> None:
    ids = here.stays(5)
    before, due = rows(here, ids), count_tests(here, "due")
    batch = changed(here, ids)
    assert {row["state"] for row in rows(here, ids)} == {"cancelled"}
    assert count_tests(here, "due") == 0
    assert undone(here, batch) == 5
    assert rows(here, ids) == before
    assert count_tests(here, "due") == due
    assert [one.data["verb"] for one in here.world.journal("quarantine.BatchKept")] == ["cancel", "undo"]


def test_a_double_click_is_one_change(here: Ground) -> None:
    ids = here.stays(2)
    assert changed(here, ids) == changed(here, ids)
    assert len(here.world.journal("quarantine.BatchKept")) == 1
    assert undone(here, changed(here, ids)) == 2
    assert undone(here, changed(here, ids)) == 0


def test_undo_is_refused_and_says_how_many_changed_since(here: Ground) -> None:
    ids = here.stays(3)
    batch = changed(here, ids, Wanted("site", site=_site(here)))
    with here.epidemiologist() as w:
        move(w, [w.get(Stay, ids[0])], "notify")
    with pytest.raises(Refused) as refused:
        undone(here, batch)
    assert (refused.value.code, refused.value.facts["changed"], refused.value.facts["of"]) == (
        "batch-changed",
        1,
        3,
    )


def test_those_to_whom_it_does_not_apply_are_counted_before_and_left_alone(here: Ground) -> None:
    ids = here.stays(3)
    changed(here, ids[:1])
    with here.epidemiologist() as w:
        assert worklist.preview(w, ids, "cancel", None, None) == worklist.Preview(will=2, left=1)
        assert batching.change(w, ids, CANCEL, token="t-2").stays == 2
    with pytest.raises(Refused, match="no-stay-changes"):
        changed(here, ids, token="t-3")
    with pytest.raises(Refused, match="no-stay-changes"):
        changed(here, ids, Wanted("paint"), token="t-4")


def test_people_with_special_needs_are_moved_home_and_back(here: Ground) -> None:
    ids = here.stays(2, care_needs=("pregnant",))
    before = rows(here, ids)
    batch = changed(here, ids, Wanted("home"))
    after = rows(here, ids)
    assert {(row["mode"], row["plan"]["stages"][0]["mode"], row["transfer_due_at"]) for row in after} == {
        ("home_quarantine", "home_quarantine", None)
    }
    undone(here, batch)
    assert rows(here, ids) == before


def test_whoever_may_not_be_watched_at_home_is_not(here: Ground) -> None:
    with pytest.raises(Invalid, match="mode-not-allowed"):
        changed(here, here.stays(1), Wanted("home"))


def test_an_extension_needs_a_reason_and_a_later_day(here: Ground) -> None:
    ids = here.stays(2)
    end = rows(here, ids)[0]["ends_on"]
    for wrong in (Wanted("extend", until=end + timedelta(days=5)), Wanted("extend", "expired", until=end)):
        with pytest.raises(Invalid, match="no-such-reason"):
            changed(here, ids, wrong)
    with pytest.raises(Refused, match="not-later"):
        changed(here, ids, Wanted("extend", "late_no_result", until=end))
    changed(here, ids, Wanted("extend", "late_no_result", until=end + timedelta(days=5)))
    assert [row["expires_at"].date() for row in rows(here, ids)] == [end + timedelta(days=5)] * 2
    told = here.world.journal("quarantine.StaysReplanned")
    assert told[-1].data["why"] == "late_no_result"


def test_a_room_that_somebody_left_is_not_given_back_to_him(here: Ground) -> None:
    ids = here.inside(1)
    undone(here, changed(here, ids))
    found = rows(here, ids)[0]
    assert (found["state"], found["room_id"], found["site_id"]) == ("in_site", None, here.site.id)
    with here.world.as_system() as w:
        assert {room.occupants for room in w.session.scalars(select(Room))} == {0}


def test_nobody_changes_stays_of_another_community_or_without_the_right(here: Ground) -> None:
    ids = here.stays(1, at=here.other)
    with pytest.raises(Missing), here.world.as_("epidemiologist", here.home) as w:
        batching.change(w, ids, CANCEL, token="t-1")
    inside = here_inside(here)
    with pytest.raises(Forbidden), here.nurse() as w:
        batching.change(w, inside, CANCEL, token="t-2")


def here_inside(here: Ground) -> list[int]:
    """Somebody whom the nurse of the site may know of."""
    with here.world.as_system() as w:
        ids = [stay.id for stay in w.session.scalars(select(Stay))]
    changed(here, ids, Wanted("site", site=_site(here)), token="to-site")
    return ids


def _site(here: Ground) -> int:
    """The site, with a room, so that it is one of quarantine's."""
    here.rooms(1)
    return here.site.id


def test_the_work_list_filters_and_pages_by_the_day_they_end(here: Ground) -> None:
    late = here.stays(2, counts_from=date(2022, 8, 1))
    soon = here.stays(1, counts_from=date(2022, 7, 30), at=here.other)
    second = here.stays(1, category="secondary_contact")
    with here.epidemiologist() as w:
        every = [stay.id for stay in worklist.page(w, worklist.Filters())]
        assert every == [*second, *soon, *late]
        first = w.get(Stay, soon[0])
        assert [one.id for one in worklist.page(w, worklist.Filters(), (first.ends_on, first.id))] == late
        assert worklist.count(w, worklist.Filters(category="secondary_contact")) == 1
        assert worklist.all_ids(w, worklist.Filters(place=here.other.id), 9) == soon
        assert worklist.count(w, worklist.Filters(state="cancelled")) == 0
        assert worklist.count(w, worklist.Filters(until=first.ends_on)) == 2
        assert worklist.count(w, worklist.Filters(late=True)) == 0
