"""The stories of the field, as the server keeps them: AT-02, AT-03, AT-04, AT-27 and AT-28."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from region.people.actions.opening import open_people
from region.people.actions.registering import Given, register
from region.people.models import Person
from region.sampling.actions.singling import end_apart, keep_apart
from region.sampling.models import FieldDevice, RoundSite
from region.spine.work import Work
from tests.region.sampling.books import check, items, members, rows
from tests.region.sampling.ground import Ground, resident, running_round, uid
from tests.region.sampling.sync_stage import OTHER, send, tubes, voids
from tests.world import World


def test_at_02_two_phones_one_tube_one_stays_and_nobody_is_lost(world: World) -> None:
    ground = running_round(world)
    mine, yours = ([ground.person(n + k) for n in range(5)] for k in (0, 10))
    first = ground.tube(mine)
    send(ground, ground.batch([first]))
    world.wait(hours=5)  # the other phone had no network
    second = ground.tube(yours, code=first.code)
    answer = send(ground, ground.batch([second], device=OTHER))
    assert answer.tubes[0].state == "contested"
    (item,) = items(world)["tube_twice"]
    ids = {row.uid: row.id for row in tubes(world)}
    assert (item.ref, item.other) == (f"tube:{ids[first.uid]}", f"tube:{ids[second.uid]}")
    assert [one.contested for one in tubes(world)] == [False, True]
    assert len(members(world)) == 10
    check(world)


def test_at_03_the_eleventh_person_of_ten_is_refused_and_due_again(world: World) -> None:
    ground = running_round(world)
    people = [ground.person(n) for n in range(11)]
    answer = send(ground, ground.batch([ground.tube(people)]))
    assert (answer.tubes[0].reason, answer.tubes[0].over) == ("over-full", [people[10].uid])
    assert voids(world).count("over") == 1 and len(members(world)) == 11
    assert items(world)["over_full"][0].facts == {"people": 11, "size": 10}
    with world.as_system() as w:
        assert w.get(RoundSite, ground.site_id).sampled == 10
    send(ground, ground.batch([ground.tube([people[10]], method="single")]))
    with world.as_system() as w:
        assert w.get(RoundSite, ground.site_id).sampled == 11
    check(world)


def test_at_04_a_close_contact_in_a_pool_is_told_back_and_counts_alone(world: World) -> None:
    ground = running_round(world)
    contact, others = ground.person(0), [ground.person(n) for n in range(1, 10)]
    send(ground, ground.batch([ground.tube([ground.person(99)])]))
    with world.as_system() as w:
        known = _register(w, ground, contact.number)
        keep_apart(w, [known], reason="close_contact", ref="contact:1")
    world.wait(minutes=1)
    contact, others = ground.person(0), [ground.person(n) for n in range(1, 10)]
    answer = send(ground, ground.batch([ground.tube([contact, *others])]))
    assert answer.tubes[0].apart == {contact.uid: "close_contact"}
    assert items(world)["apart_in_pool"][0].facts == {"people": 1, "reasons": ["close_contact"]}
    assert voids(world).count("apart") == 1
    alone = send(ground, ground.batch([ground.tube([contact], method="single")]))
    assert alone.tubes[0].apart == {}
    check(world)
    with world.as_system() as w:
        assert w.get(RoundSite, ground.site_id).sampled == 11
        assert end_apart(w, "contact:1") == 1
    world.wait(minutes=1)
    free = ground.tube([ground.person(0), ground.person(50)])
    assert send(ground, ground.batch([free])).tubes[0].apart == {}


def _register(w: Work, ground: Ground, number: str) -> int:
    one = Given(uid(), ground.grids[0].id, "resident", number, "x")
    return register(w, [one], incident=None, source="list")[one.uid]


def test_at_27_a_phone_ten_minutes_slow_is_corrected_and_flagged_once_a_day(world: World) -> None:
    ground = running_round(world)
    now, slow = world.clock.at, timedelta(minutes=10)
    at = now - slow - timedelta(minutes=5)
    tube = ground.tube([ground.person(1, at=at)], opened_at=at, closed_at=at + timedelta(minutes=1))
    answer = send(ground, ground.batch([tube], sent_at=now - slow))
    assert (answer.skew, answer.flagged) == (600, True)
    (row,) = tubes(world)
    assert (row.skew, row.closed_at) == (600, now - timedelta(minutes=4))
    assert members(world)[0].at == now - timedelta(minutes=5)
    send(ground, ground.batch([], sent_at=now - slow))
    (item,) = items(world)["clock_wrong"]
    assert item.facts == {"skew": 600}
    assert len(world.journal("sampling.DeviceSeen")) == 1
    world.wait(days=1)
    send(ground, ground.batch([], sent_at=world.clock.at + slow))
    assert len(items(world)["clock_wrong"]) == 2
    with world.as_system() as w:
        assert w.session.scalars(select(FieldDevice)).one().skew == -600


def test_a_clock_a_little_wrong_is_left_and_the_future_never_comes(world: World) -> None:
    ground = running_round(world)
    fast = world.clock.at + timedelta(seconds=90)
    answer = send(ground, ground.batch([ground.tube([ground.person(1, at=fast)])], sent_at=fast))
    assert (answer.skew, answer.flagged) == (-90, False)
    assert members(world)[0].at == world.clock.at
    assert "clock_wrong" not in items(world)


def test_at_28_papers_are_read_or_refused_with_a_reason_and_nobody_is_lost(world: World) -> None:
    ground = running_round(world)
    old = resident(5)[:6] + resident(5)[8:17]
    people = [
        ground.person(1),
        ground.person(0, number=resident(2)[:-1] + ("1" if resident(2)[-1] != "1" else "2")),
        ground.person(0, number=old),
        ground.person(0, kind="passport", number="E12345678"),
        ground.person(0, kind="none", number="", name="新生儿"),
        ground.person(0, kind="birth", number="P990106001"),
    ]
    answer = send(ground, ground.batch([ground.tube(people)]))
    assert answer.tubes[0].papers == {people[1].uid: "checksum"}
    assert [one.facts for one in items(world)["bad_paper"]] == [{"reason": "checksum"}]
    with world.as_system() as w:
        kinds = sorted(w.session.scalars(select(Person.kind)))
    assert kinds == ["birth", "none", "other", "passport", "resident", "resident"]
    assert send(ground, ground.batch([ground.tube([ground.person(5)])])).tubes[0].twice
    check(world)
    with world.as_("clinic_lead", ground.clinic) as w:
        assert not open_people(w, [], purpose="mend_paper")


def test_a_paper_put_right_makes_the_person_known(world: World) -> None:
    ground = running_round(world)
    wrong = ground.person(1, number="12345")
    tube = ground.tube([wrong])
    send(ground, ground.batch([tube]))
    right = ground.person(1, uid=wrong.uid)
    answer = send(ground, ground.batch([ground.tube([right], uid=tube.uid, code=tube.code, revision=2)]))
    assert not answer.tubes[0].papers
    assert len(rows(world, Person)) == len(members(world)) == 1
    assert send(ground, ground.batch([ground.tube([ground.person(1)])])).tubes[0].twice
    check(world)
