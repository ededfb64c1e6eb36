"""Key people are listed by thousands, tested by the highest frequency, asked by their class, and looked after once."""

from __future__ import annotations

from datetime import date

import pytest

from region.care.actions import classing, listing, tasks, teams, testing, ways
from region.care.actions.classing import Facts
from region.care.actions.listing import Join
from region.care.actions.tasks import NewTask
from region.care.actions.teams import Member
from region.care.actions.ways import Way
from region.care.models import CareRoute, CareTask, CareTeam
from region.care.queries.indicators import served
from region.care.queries.people import Wanted, listed, whole
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.care.ground import Ground, ground
from tests.world import World


@pytest.fixture
def here(world: World) -> Ground:
    return ground(world)


def take(here: Ground, task: CareTask) -> None:
    with here.world.as_("clinic", here.clinic) as w:
        tasks.do(w, [w.get(CareTask, task.id)])


def test_the_highest_frequency_of_somebody_s_groups_is_due_and_a_test_serves_all(here: Ground) -> None:
    [one] = here.people(1)
    assert here.joined([one], "crowded_posts") == 1
    assert here.joined([one], "cold_chain") == 1
    assert here.joined([one], "cold_chain") == 0, "twice is once"
    assert here.nightly() == 1
    assert here.nightly() == 0, "twice changes nothing"
    [task] = here.tasks()
    assert (task.kind, task.site_id, task.state) == ("sample_at_home", here.clinic.id, "due")
    take(here, task)
    assert here.nightly() == 0
    here.world.wait(days=1)
    assert here.nightly() == 1, "daily, because cold chain is"
    with here.world.as_system() as w:
        listing.leave(w, [one], "cold_chain")
    take(here, here.tasks()[-1])
    for day, new in ((1, 0), (2, 0), (3, 1)):
        here.world.wait(days=1)
        assert here.nightly() == new, f"twice a week: day {day}"


def test_a_test_taken_elsewhere_counts(here: Ground) -> None:
    [one] = here.people(1)
    here.joined([one], "police")
    with here.world.as_system() as w:
        testing.note(w, [one], w.now)
        testing.note(w, [one], w.now)
    assert here.nightly() == 0
    assert [entry.data["people"] for entry in here.world.journal("care.TestsNoted")] == [1]
    here.world.wait(days=3)
    assert here.nightly() == 1


def test_leaving_the_last_group_closes_what_was_to_do(here: Ground) -> None:
    people = here.people(3)
    here.joined(people, "cold_chain")
    here.joined(people[:1], "police")
    here.nightly()
    with here.world.as_system() as w:
        tasks.make(w, [NewTask("stay:7", people[1], here.home.id, "release_notice", "stay:7")])
    with here.world.as_("subdistrict_officer", here.district) as w:
        assert listing.leave(w, people[:2], "cold_chain") == 2
    states = {(one.person_id, one.kind): (one.state, one.reason) for one in here.tasks()}
    assert states == {
        (people[0], "sample_at_home"): ("due", None),
        (people[1], "sample_at_home"): ("cancelled", "left_groups"),
        (people[1], "release_notice"): ("due", None),
        (people[2], "sample_at_home"): ("due", None),
    }
    assert [entry.data for entry in here.world.journal("care.MembersListed")][-1] == {
        "group": "cold_chain",
        "joined": 0,
        "left": 2,
    }


def test_a_membership_that_ends_by_its_day_closes_too(here: Ground) -> None:
    people = here.people(1)
    day = here.world.office.clock.day(here.world.clock.at)
    here.joined(people, "entrants", until=date.fromordinal(day.toordinal() + 1))
    assert here.nightly() == 1
    here.world.wait(days=1)
    assert here.nightly() == 0
    assert [one.state for one in here.tasks()] == ["cancelled"]


def test_who_may_not_or_says_nothing_of_sense_is_refused(here: Ground) -> None:
    [one] = here.people(1)
    good = Join(one, here.home.id, "elderly", "register", "list:1")
    wrong = [
        (Join(one, here.home.id, "nobles", "register", "list:1"), "no-such-group"),
        (Join(one, here.home.id, "elderly", "rumour", "list:1"), "no-such-source"),
        (Join(one, here.home.id, "elderly", "register", " "), "no-evidence"),
        (
            Join(one, here.home.id, "elderly", "register", "x", date(2022, 8, 2), date(2022, 8, 2)),
            "days-wrong",
        ),
    ]
    for given, code in wrong:
        with here.world.as_system() as w, pytest.raises(Invalid) as fault:
            listing.join(w, [given])
        assert fault.value.code == code
    with here.world.as_("clinic", here.district) as w, pytest.raises(Forbidden):
        listing.join(w, [good])
    with here.world.as_("community_officer", here.other) as w, pytest.raises((Missing, Forbidden)):
        listing.join(w, [good])


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (Facts(64, "none", "full"), "green"),
        (Facts(65, "stable", "full"), "yellow"),
        (Facts(81, "stable", "partial"), "red"),
        (Facts(0, "none", "full", "infant"), "red"),
        (Facts(30, "none", "full", "pregnant"), "red"),
    ],
)
def test_the_score_gives_the_service_class(sqlite_world: World, facts: Facts, level: str) -> None:
    with sqlite_world.as_system() as w:
        assert classing.score(w, facts).level == level


def test_a_class_is_followed_up_and_k41_counts_it(here: Ground) -> None:
    red, yellow, green = here.people(3)
    here.joined([red, yellow, green], "elderly")
    given = {
        red: Facts(82, "unstable", "none"),
        yellow: Facts(66, "stable", "full"),
        green: Facts(66, "none", "full"),
    }
    for person, facts in given.items():
        with here.world.as_("clinic_lead", here.district) as w:
            classing.classify(w, person, here.home.id, facts)
    assert here.nightly() == 2
    for task in here.tasks():
        take(here, task)
    made = {red: 1, yellow: 1}
    for day in range(1, 7):
        here.world.wait(days=1)
        here.nightly()
        for task in here.tasks(state="due"):
            made[task.person_id] += 1
            if day != 2:
                take(here, task)
    assert made == {red: 7, yellow: 3}, "every day, and every third day"
    first = date(2022, 8, 1)
    with here.world.as_system() as w:
        found = {one.level: (one.done, one.due, one.share) for one in served(w, first, date(2022, 8, 7))}
    assert found == {"red": (6, 7, 6 / 7), "yellow": (3, 3, 1.0), "green": (0, 0, None)}
    assert [one.reason for one in here.tasks(state="not_done")] == ["missed"]


def test_a_doctor_says_otherwise_and_the_same_again_is_no_change(here: Ground) -> None:
    [one] = here.people(1)
    for _ in range(2):
        with here.world.as_("clinic_lead", here.district, "account:4") as w:
            row = classing.classify(w, one, here.home.id, Facts(66), level="red")
            assert (row.level, row.rule, row.decided_by) == ("red", "doctor:yellow.3", "account:4")
            assert row.pack_digest == w.rules.pack("care").digest
    assert len(here.world.journal("care.PeopleClassed")) == 1
    with here.world.as_system() as w:
        for wrong, code in ((Facts(-1), "class-facts-wrong"), (Facts(3, "cold"), "class-facts-wrong")):
            with pytest.raises(Invalid) as fault:
                classing.classify(w, one, here.home.id, wrong)
            assert fault.value.code == code
        with pytest.raises(Invalid, match="no-such-class"):
            classing.classify(w, one, here.home.id, Facts(3), level="purple")


def test_a_way_to_treatment_asks_for_transport_on_its_days_until_it_ends(here: Ground) -> None:
    [one] = here.people(1)
    hospital = here.world.site(here.district, "hospital")
    here.joined([one], "long_term_drug")
    way = Way("dialysis", hospital.id, (2, 4), hour=10, transport="ambulance")
    for _ in range(2):
        with here.world.as_("clinic_lead", here.district) as w:
            row = ways.set_way(w, one, here.home.id, way).id
    assert len(here.world.journal("care.CareArranged")) == 1
    assert here.nightly() == 0, "Monday"
    here.world.wait(days=1)
    assert here.nightly() == 1
    [task] = here.tasks()
    assert (task.kind, task.ref) == ("transport", f"route:{row}")
    assert task.due_at.astimezone(here.world.office.clock.zone).hour == 8, "two hours before"
    with here.world.as_("clinic_lead", here.district) as w:
        ways.end(w, w.get(CareRoute, row))
        with pytest.raises(Invalid, match="route-days-wrong"):
            ways.set_way(w, one, here.home.id, Way("dialysis", hospital.id))
        with pytest.raises(Invalid, match="no-such-transport"):
            ways.set_way(w, one, here.home.id, Way("dialysis", hospital.id, (1,), transport="sledge"))
        with pytest.raises(Invalid, match="no-such-route"):
            ways.set_way(w, one, here.home.id, Way("spa", hospital.id, (1,)))
    assert here.tasks()[0].state == "cancelled"


def test_teams_are_of_the_pack_and_of_accounts_and_their_site_does_the_tasks(here: Ground) -> None:
    here.world.signed_in("clinic", here.clinic, "dr-wang")
    office = here.world.site(here.home, "community_office")
    with here.world.as_("clinic_lead", here.district) as w:
        for _ in range(2):
            teams.set_team(w, here.home.id, "three_person", [Member("doctor", "dr-wang")], site=office.id)
        for wrong, code in (
            (("seven", [Member("doctor", "dr-wang")]), "no-such-team"),
            (("three_person", [Member("cook", "dr-wang")]), "no-such-team-role"),
            (("three_person", [Member("doctor", "nobody")]), "no-such-member"),
        ):
            with pytest.raises(Invalid, match=code):
                teams.set_team(w, here.home.id, *wrong)
        assert w.session.get(CareTeam, 1) is not None
    assert [entry.data["verb"] for entry in here.world.journal("care.CareArranged")] == ["set"]
    here.joined(here.people(1), "cold_chain")
    here.nightly()
    assert here.tasks()[0].site_id == office.id


def test_a_task_ends_once_and_late_is_told_once(here: Ground) -> None:
    people = here.people(3)
    with here.world.as_("clinic_lead", here.district) as w:
        given = [NewTask(f"medicine:{one}", one, here.home.id, "medicine", "stay:7") for one in people]
        ids = tasks.make(w, given)
        assert tasks.make(w, given) == []
        with pytest.raises(Invalid, match="no-such-task"):
            tasks.make(w, [NewTask("x", people[0], here.home.id, "parade", "stay:7")])
    here.world.wait(hours=25)
    here.world.run()
    with here.world.as_system() as w:
        tasks.late(w)
        assert tasks.late(w) == 0
    told = here.world.journal("care.TasksMoved")
    assert [(entry.data["verb"], entry.data["tasks"]) for entry in told] == [("late", ids)]
    with here.world.as_("clinic", here.clinic) as w:
        done, failed, gone = (w.get(CareTask, id) for id in ids)
        tasks.do(w, [done])
        tasks.do(w, [done])
        with pytest.raises(Invalid, match="no-such-reason"):
            tasks.fail(w, [failed], "bored")
        tasks.fail(w, [failed], "not_home")
        with pytest.raises(Refused):
            tasks.do(w, [failed])
        with pytest.raises(Forbidden):
            tasks.cancel(w, [gone])
    with here.world.as_("clinic_lead", here.clinic) as w:
        tasks.cancel(w, [w.get(CareTask, ids[2])])
    assert [one.state for one in here.tasks()] == ["done", "not_done", "cancelled"]


def test_lists_are_by_group_and_class_and_a_stranger_s_people_are_not_there(here: Ground) -> None:
    people = here.people(60)
    here.joined(people, "elderly")
    here.joined(people[:2], "dialysis")
    with here.world.as_system() as w:
        classing.classify(w, people[0], here.home.id, Facts(82, "unstable"))
    with here.world.as_("community_officer", here.home) as w:
        first = listed(w, Wanted())
        rest = listed(w, Wanted(after=first[49].person))
        assert [one.person for one in (*first[:50], *rest)] == people
        [red] = listed(w, Wanted(level="red"))
        assert (red.person, red.groups, red.level) == (people[0], ["elderly", "dialysis"], "red")
        assert red.masked is not None and red.masked.name == "王*明"
        assert len(listed(w, Wanted("dialysis", "none"))) == 1
        assert whole(w, people[0]).classed is not None
    with here.world.as_("community_officer", here.other) as w:
        assert listed(w, Wanted()) == []
        with pytest.raises(Missing):
            whole(w, people[0])
