"""A phone synchronises: what it sends is kept once and whole, and the counts follow."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.sampling.actions.claims import settle_tube_twice
from region.sampling.actions.syncing import sync
from region.sampling.actions.tallying import uncount
from region.sampling.models import Round, RoundArea, RoundHour, RoundSite, Tube
from region.spine.errors import Missing, Refused
from tests.region.sampling.books import check, everything, items, members
from tests.region.sampling.ground import running_round
from tests.region.sampling.sync_stage import OTHER, seen, send, tubes, voids
from tests.world import World


def test_a_batch_is_kept_with_its_people_and_counts(world: World) -> None:
    ground = running_round(world)
    tube = ground.tube([ground.person(n) for n in range(10)])
    assert [one.state for one in send(ground, ground.batch([tube])).tubes] == ["kept"]
    with world.as_system() as w:
        row = w.session.scalars(select(Tube)).one()
        assert (row.members, row.state, row.code, row.lab_id) == (10, "closed", tube.code, ground.lab.id)
        site = w.get(RoundSite, ground.site_id)
        assert (site.sampled, site.tubes, site.last_at) == (10, 1, world.clock.at)
        area = w.get(RoundArea, (ground.round_id, ground.grids[0].id))
        assert (area.sampled, area.last_at) == (10, world.clock.at)
        hour = w.session.scalars(select(RoundHour)).one()
        assert (hour.hour, hour.sampled) == (1, 10)
    check(world)


def test_the_same_batch_again_changes_nothing_and_says_the_same(world: World) -> None:
    ground = running_round(world)
    full = ground.tube([ground.person(n) for n in range(11)])
    again = ground.tube([ground.person(3), ground.person(20, kind="passport", number="?")])
    batch = ground.batch([full, again])
    first, before = send(ground, batch), everything(world)
    told = len(world.journal())
    assert send(ground, batch) == first
    assert everything(world) == before
    assert len(world.journal()) == told
    assert first.tubes[0].over and first.tubes[1].twice and first.tubes[1].papers


def test_a_higher_revision_replaces_and_a_lower_one_changes_nothing(world: World) -> None:
    ground = running_round(world)
    one, two, three = (ground.person(n) for n in range(3))
    first = ground.tube([one, two], closed_at=None)
    send(ground, ground.batch([first]))
    said = {"uid": first.uid, "code": first.code}
    send(ground, ground.batch([ground.tube([two, three], **said, revision=3)]))
    send(ground, ground.batch([ground.tube([one], **said, revision=2, void=True)]))
    with world.as_system() as w:
        row = w.session.scalars(select(Tube)).one()
        assert (row.revision, row.state, row.members) == (3, "closed", 2)
    assert len(members(world)) == 2
    check(world)


def test_who_moves_to_another_tube_of_the_batch_is_kept_as_moved(world: World) -> None:
    ground = running_round(world)
    one, two = ground.person(1), ground.person(2)
    first = ground.tube([one, two])
    send(ground, ground.batch([first]))
    changed = ground.tube([one], uid=first.uid, code=first.code, revision=2)
    send(ground, ground.batch([changed, ground.tube([two])]))
    assert sorted(map(str, voids(world))) == ["None", "None", "moved"]
    check(world)


def test_a_thrown_away_tube_counts_nobody_and_gives_its_code_up(world: World) -> None:
    ground = running_round(world)
    people = [ground.person(n) for n in range(3)]
    first = ground.tube(people)
    send(ground, ground.batch([first]))
    thrown = ground.tube(people, uid=first.uid, code=first.code, revision=2, void=True)
    answer = send(ground, ground.batch([thrown, ground.tube(people[:2], code=first.code)]))
    assert [one.state for one in answer.tubes] == ["kept", "kept"]
    check(world)
    with world.as_system() as w:
        assert (w.get(RoundSite, ground.site_id).sampled, w.get(RoundSite, ground.site_id).tubes) == (2, 1)


def test_what_a_laboratory_has_no_phone_changes_and_nobody_is_lost(world: World) -> None:
    ground = running_round(world)
    tube = ground.tube([ground.person(1)])
    send(ground, ground.batch([tube]))
    with world.as_system() as w:
        w.session.scalars(select(Tube)).one().state = "received"
        w.tell(seen(ground))
    late = ground.tube([ground.person(1), ground.person(2)], uid=tube.uid, code=tube.code, revision=2)
    send(ground, ground.batch([late]))
    send(ground, ground.batch([late]))
    assert voids(world) == [None, "late"]
    assert [one.facts for one in items(world)["tube_gone"]] == [{"state": "received", "added": 1}]
    check(world)


def test_batches_before_the_round_are_refused_and_late_ones_kept(world: World) -> None:
    ground = running_round(world)
    for state, kept in (("ordered", False), ("closing", True), ("closed", True)):
        with world.as_system() as w:
            w.get(Round, ground.round_id).state = state
            w.tell(seen(ground))
        batch = ground.batch([ground.tube([ground.person(1)])])
        if kept:
            assert send(ground, batch).tubes[0].state == "kept"
        else:
            with pytest.raises(Refused, match="round-not-open"):
                send(ground, batch)


def test_a_site_of_others_is_not_there(world: World) -> None:
    ground = running_round(world)
    stranger = world.clinic(world.area(ground.district, level="community"))
    with pytest.raises(Missing), world.as_("sampler", stranger) as w:
        sync(w, ground.batch([]))


@pytest.mark.parametrize(
    ("verdict", "states", "counted"),
    [
        ("first_stays", ["closed", "void"], 3),
        ("other_stays", ["void", "closed"], 2),
        ("both_real", ["closed"] * 2, 5),
    ],
)
def test_two_tubes_with_one_code_are_settled(
    sqlite_world: World, verdict: str, states: list[str], counted: int
) -> None:
    ground = running_round(sqlite_world)
    first = ground.tube([ground.person(n) for n in range(3)])
    second = ground.tube([ground.person(n) for n in (7, 8)], code=first.code)
    send(ground, ground.batch([first]))
    send(ground, ground.batch([second], device=OTHER))
    (item,) = items(sqlite_world)["tube_twice"]
    with sqlite_world.as_("clinic_lead", ground.clinic) as w:
        settle_tube_twice(w, w.get(type(item), item.id), verdict, code=ground.code())
    assert [one.state for one in tubes(sqlite_world)] == states
    check(sqlite_world)
    with sqlite_world.as_system() as w:
        assert w.get(RoundSite, ground.site_id).sampled == counted
    more = ground.tube([ground.person(n) for n in (7, 8, 9)], uid=second.uid, code=second.code, revision=2)
    answer = send(ground, ground.batch([more], device=OTHER))
    if verdict == "both_real":
        assert (answer.tubes[0].state, tubes(sqlite_world)[1].contested) == ("kept", False)
    check(sqlite_world)


def test_a_code_that_is_none_keeps_its_people(world: World) -> None:
    ground = running_round(world)
    wrong = ground.code()[:-1] + "*"
    answer = send(ground, ground.batch([ground.tube([ground.person(1)], code=wrong)]))
    assert (answer.tubes[0].state, answer.tubes[0].reason) == ("contested", "strange_character")
    assert "code_wrong" in items(world)
    check(world)


def test_rejected_tubes_make_people_due_again_but_for_who_has_another(world: World) -> None:
    ground = running_round(world)
    people = [ground.person(n) for n in range(3)]
    tube = ground.tube(people)
    send(ground, ground.batch([tube, ground.tube([people[0]])]))
    with world.as_system() as w:
        first = w.session.scalars(select(Tube).where(Tube.uid == tube.uid)).one()
        first.state = "rejected"
        w.session.flush()
        uncount(w, [first.id], "rejected")
        w.tell(seen(ground))
    check(world)
    assert sum(one.counted for one in members(world)) == 1


def test_one_person_at_two_sites_within_minutes_is_looked_into(world: World) -> None:
    ground = running_round(world)
    send(ground, ground.batch([ground.tube([ground.person(1)])]))
    with world.as_system() as w:
        site = w.get(RoundSite, ground.site_id)
        facts = {one.key: getattr(site, one.key) for one in RoundSite.__table__.columns if one.key != "id"}
        other = w.add(RoundSite(**facts | {"number": 2, "sampled": 0, "tubes": 0}))
        w.tell(seen(ground))
    world.wait(minutes=2)
    assert send(ground, ground.batch([ground.tube([ground.person(1)])], site=other.id)).tubes[0].twice
    assert len(items(world)["person_twice"]) == 1
    check(world)
