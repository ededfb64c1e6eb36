"""The groups at a glance, what waits by its clock, and what is arranged: reckoned by hand and read to the digit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from region.care.actions import classing, tasks, teams, testing, ways
from region.care.actions.classing import Facts
from region.care.actions.listing import Join, join
from region.care.actions.teams import Member
from region.care.actions.ways import Way
from region.care.models import CareRoute, CareTask
from region.care.queries import arranged, groups_table, waiting
from region.care.queries.waiting import Asked
from region.spine.errors import Forbidden, Invalid, Missing
from tests.region.care.ground import Ground, ground
from tests.world import World


@pytest.fixture
def here(world: World) -> Ground:
    return ground(world)


def test_the_groups_at_a_glance_to_the_digit(here: Ground) -> None:
    """Ten cold-chain workers (24 h), four of them also police (72 h), three elderly without a test.

    Tests: worker 1 to 3 today, worker 4 yesterday (25 h ago: in time for police alone). Everybody else never.
    """
    people = here.people(13)
    workers, elderly = people[:10], people[10:]
    here.joined(workers, "cold_chain")
    here.joined(workers[:4], "police")
    here.joined(elderly, "elderly")
    with here.world.as_system() as w:
        testing.note(w, [workers[3]], w.now)
    here.world.wait(hours=25)
    with here.world.as_system() as w:
        testing.note(w, workers[:3], w.now)
    assert here.nightly() == 7, "worker 4 to 10"
    here.due_task(elderly[0])
    here.world.wait(hours=20)
    with here.world.as_("clinic", here.clinic) as w:
        found = {one.code: one for one in groups_table.lines(w) if one.people}
    read = {code: (one.people, one.covered, one.share, one.waiting, one.late) for code, one in found.items()}
    assert read == {
        "cold_chain": (10, 3, 0.3, 7, 7),
        "police": (4, 4, 1.0, 1, 1),
        "elderly": (3, 0, None, 1, 0),
    }
    with here.world.as_("clinic", here.other) as w:
        assert not [one for one in groups_table.lines(w) if one.people or one.waiting]


def test_people_by_class_are_counted_once_though_they_are_in_two_groups(here: Ground) -> None:
    people = here.people(4)
    here.joined(people, "elderly")
    here.joined(people[:2], "dialysis")
    with here.world.as_system() as w:
        classing.classify(w, people[0], here.home.id, Facts(82, "unstable"))
        found = {one.level: one.people for one in groups_table.by_class(w)}
    assert found == {"red": 1, "yellow": 0, "green": 0, "none": 3}


def test_the_clinic_s_day_is_by_clock_and_page_by_page(here: Ground) -> None:
    people = here.people(120)
    here.joined(people, "cold_chain")
    here.joined(people[:3], "police")
    here.nightly()
    first = here.world.clock.at + timedelta(hours=1)
    urgent = here.due_task(people[-1], "transport", due_at=first)
    with here.world.as_("clinic", here.clinic) as w:
        page = waiting.of_site(w, here.clinic.id)
        assert (page.tasks[0].id, len(page.tasks)) == (urgent, 50)
        assert page.people[people[-1]].name == "王*明"
        seen = [one.id for one in page.tasks]
        while page.after:
            page = waiting.of_site(w, here.clinic.id, after=page.after)
            seen += [one.id for one in page.tasks]
        assert len(seen) == len(set(seen)) == 121
        assert [one.id for one in waiting.of_site(w, here.clinic.id, until=first).tasks] == [urgent]
        police = waiting.by_clock(w, Asked(group="police"))
        assert sorted(one.person_id for one in police.tasks) == people[:3]
        assert waiting.by_clock(w, Asked(late=True)).tasks == []
        assert len(waiting.by_clock(w, Asked(level="none")).tasks) == 50
        assert waiting.by_clock(w, Asked(level="red")).tasks == []
    here.world.wait(hours=2)
    with here.world.as_("clinic", here.clinic) as w:
        assert [one.id for one in waiting.by_clock(w, Asked(late=True)).tasks] == [urgent]
    with here.world.as_("clinic", here.other) as w:
        assert waiting.of_site(w, here.clinic.id).tasks == []


def test_who_answers_for_whom_and_who_has_no_team(here: Ground) -> None:
    here.world.signed_in("clinic", here.clinic, "dr-wang")
    one, two, far = *here.people(2), *here.people(1, here.other)
    here.joined([one, two], "elderly")
    with here.world.as_system() as w:
        join(w, [Join(far, here.other.id, "dialysis", "register", "list:1")])
        whole_place = teams.set_team(w, here.home.id, "three_person", [Member("doctor", "dr-wang")]).id
        his = teams.set_team(w, here.home.id, "five_to_one", [Member("doctor", "dr-wang")], person=one).id
    with here.world.as_("clinic_lead", here.district) as w:
        found = arranged.teams(w)
        assert found.people == {whole_place: 2, his: 1}
        assert list(found.names) == ["dr-wang"] and all(found.names["dr-wang"])
        assert arranged.without_team(w) == [(here.other.id, 1)]
    with here.world.as_("clinic_lead", here.other) as w:
        assert arranged.teams(w).teams == []


def test_a_team_of_one_person_does_his_tasks(here: Ground) -> None:
    here.world.signed_in("clinic", here.clinic, "dr-wang")
    one, two = here.people(2)
    office = here.world.site(here.home, "community_office")
    with here.world.as_system() as w:
        member = [Member("doctor", "dr-wang")]
        teams.set_team(w, here.home.id, "five_to_one", member, person=one, site=office.id)
    here.joined([one, two], "cold_chain")
    here.nightly()
    assert {task.person_id: task.site_id for task in here.tasks()} == {one: office.id, two: here.clinic.id}


def test_a_way_is_checked_and_its_check_grows_old(here: Ground) -> None:
    [one] = here.people(1)
    first, second = (here.world.site(here.district, "hospital") for _ in range(2))
    here.joined([one], "dialysis")
    way = Way("dialysis", first.id, (1, 3, 5), 9, transport="community_car", fallback=second.id)
    with here.world.as_("clinic_lead", here.district) as w:
        with pytest.raises(Invalid, match="fallback-is-the-same"):
            ways.set_way(w, one, here.home.id, Way("dialysis", first.id, (1,), fallback=first.id))
        row = ways.set_way(w, one, here.home.id, way).id
        assert arranged.ways(w).stale == {row}, "never checked"
    for _ in range(2):
        with here.world.as_("clinic", here.clinic) as w:
            ways.check(w, w.get(CareRoute, row))
    with here.world.as_("clinic", here.other) as w, pytest.raises((Missing, Forbidden)):
        ways.check(w, w.get(CareRoute, row))
    assert [entry.data["verb"] for entry in here.world.journal("care.CareArranged")] == ["set", "check"]
    with here.world.as_("clinic", here.clinic) as w:
        page = arranged.ways(w, "dialysis")
        assert ([one.fallback_id for one in page.ways], page.stale) == ([second.id], frozenset())
        assert arranged.ways(w, unchecked=True).ways == [] and arranged.ways(w, "delivery").ways == []
    here.world.wait(days=8)
    with here.world.as_("clinic", here.clinic) as w:
        assert [one.id for one in arranged.ways(w, unchecked=True).ways] == [row]


def test_the_next_day_of_a_way_is_today_or_a_weekday_or_the_one_day() -> None:
    monday, day = date(2022, 8, 1), date(2022, 8, 20)
    weekly, once = CareRoute(weekdays=[1, 4], due_on=None), CareRoute(weekdays=[], due_on=day)
    assert arranged.next_day(weekly, monday) == monday
    assert arranged.next_day(weekly, date(2022, 8, 2)) == date(2022, 8, 4)
    assert arranged.next_day(weekly, date(2022, 8, 5)) == date(2022, 8, 8)
    assert (arranged.next_day(once, monday), arranged.next_day(once, date(2022, 8, 21))) == (day, None)


def test_a_task_told_late_by_a_phone_is_done_at_its_own_moment(here: Ground) -> None:
    [one] = here.people(1)
    task = here.due_task(one)
    at = here.world.clock.at
    here.world.wait(hours=3)
    with here.world.as_("clinic", here.clinic) as w:
        tasks.do(w, [w.get(CareTask, task)], at=at)
    [done] = here.tasks()
    assert (done.done_at, done.state) == (at, "done")
