"""The rules propose, a person signs; a missing result blocks it, a new infection takes it back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from region.spine.errors import Forbidden, Invalid, Refused
from region.zones.actions import declaring, infections, reviewing
from region.zones.models import Zone, ZoneReview
from tests.region.zones.ground import SOUTH, WEST, Ground
from tests.world import World

FROM_14 = datetime(2022, 8, 13, 16, tzinfo=UTC)


def standing(world: World, pack: str = "CN-COVID-9ED", people: int = 12) -> tuple[Ground, int]:
    """A high zone declared on 08-01 with its newest infection on 08-06, and people in it; it is 08-13, noon."""
    ground = Ground.of(world, pack)
    zone = ground.declared()
    ground.residents(people)
    ground.to(date(2022, 8, 6))
    count(ground, "case:1", date(2022, 8, 6))
    ground.to(date(2022, 8, 13))
    return ground, zone


def count(ground: Ground, ref: str, day: date) -> list[int]:
    with ground.world.as_system() as w:
        return infections.count(w, ref, day, place=ground.grids[0].id)


def look(ground: Ground) -> list[int]:
    with ground.world.as_system() as w:
        return [row.id for row in reviewing.review(w)]


def sign(ground: Ground, review: int, role: str = "commander") -> None:
    with ground.world.as_(role, ground.district, "leader") as w:
        reviewing.sign(w, w.get(ZoneReview, review))


def test_at_17_a_zone_is_not_lowered_while_one_result_is_missing(world: World) -> None:
    ground, zone = standing(world)
    ground.tube(ground.people[:10], "negative")
    last = ground.tube(ground.people[10:], "negative")
    (review,) = look(ground)
    assert look(ground) == [], "proposed once"
    row = ground.reviews()[0]
    assert (row.grade, row.effective_at, row.state) == ("medium", FROM_14, "proposed")
    assert row.facts["round"] == {"done": 12, "due": 12} and row.facts["clear"] == 7
    ground.answer(last, None)
    with pytest.raises(Refused) as refused:
        sign(ground, review)
    assert (refused.value.code, refused.value.facts) == ("round-incomplete", {"missing": 2, "day": 7})
    with pytest.raises(Refused, match="round-incomplete"), world.as_("commander", ground.district) as w:
        declaring.lift(w, w.get(Zone, zone), reason="in a hurry")
    ground.answer(last, "negative")
    sign(ground, review)
    assert ground.zone(zone).grade == "high", "from the beginning of the next day"
    ground.to(date(2022, 8, 14), hour=1)
    world.run()
    assert ground.zone(zone).grade == "medium"


def test_v9_to_its_end_from_medium_to_low_after_three_days_the_zone_is_lifted(world: World) -> None:
    ground, zone = standing(world)
    ground.tube(ground.people, "negative")
    sign(ground, look(ground)[0])
    ground.to(date(2022, 8, 15))
    world.run()
    assert look(ground) == []
    ground.to(date(2022, 8, 16), hour=20)
    (review,) = look(ground)
    assert ground.reviews()[-1].grade == "low"
    sign(ground, review)
    ground.to(date(2022, 8, 17), hour=1)
    world.run()
    found = ground.zone(zone)
    assert (found.state, found.grade) == ("lifted", "low")
    assert found.lifted_at == datetime(2022, 8, 16, 16, tzinfo=UTC)


def test_no_proposal_while_somebody_was_not_sampled_or_a_pool_is_not_resolved(world: World) -> None:
    ground, _zone = standing(world)
    ground.tube(ground.people[:2], "negative")
    pool = ground.tube(ground.people[2:], "positive")
    assert look(ground) == []
    for person in ground.people[2:]:
        ground.tube([person], "negative", size=1)
    assert len(look(ground)) == 1, "each negative in a tube of his own"
    ground.answer(pool, "positive")
    one = ground.tube([ground.people[5]], "positive", size=1)
    with pytest.raises(Refused, match="zone-no-longer-so"):
        sign(ground, 1)
    ground.answer(one, "negative")
    sign(ground, 1)


def test_a_new_infection_lets_the_proposal_lapse_and_undoes_what_was_signed(world: World) -> None:
    ground, zone = standing(world)
    ground.tube(ground.people, "negative")
    look(ground)
    assert count(ground, "case:2", date(2022, 8, 13)) == [zone]
    assert [row.state for row in ground.reviews()] == ["lapsed"]
    assert ground.zone(zone).last_infection_on == date(2022, 8, 13)
    ground.to(date(2022, 8, 20))
    ground.tube(ground.people, "negative")
    sign(ground, look(ground)[0])
    count(ground, "case:3", date(2022, 8, 20))
    ground.to(date(2022, 8, 21))
    world.run()
    assert ground.zone(zone).grade == "high" and look(ground) == []
    verbs = [entry.data["verb"] for entry in world.journal("zones.ZoneMoved")]
    assert "keep" in verbs and "take_effect" not in verbs


def test_an_infection_counts_once_by_point_or_place_and_an_old_one_takes_nothing_back(world: World) -> None:
    ground, zone = standing(world)
    assert count(ground, "case:1", date(2022, 8, 6)) == [zone]
    assert len(world.journal("zones.InfectionCounted")) == 1
    with world.as_system() as w:
        assert infections.count(w, "case:5", date(2022, 8, 2), point=(WEST + 0.01, SOUTH + 0.01)) == [zone]
        assert infections.count(w, "case:6", date(2022, 8, 9), point=(WEST + 0.07, SOUTH + 0.01)) == []
        assert infections.count(w, "case:7", date(2022, 8, 9), place=ground.outside.id) == []
        assert infections.count(w, "case:8", date(2022, 8, 3), place=ground.clinic.id) == [zone]
    assert ground.zone(zone).last_infection_on == date(2022, 8, 6)
    with world.as_system() as w:
        assert infections.count(w, "case:9", date(2022, 8, 5), place=ground.community.id) == [zone]
        with pytest.raises(Invalid, match="zone-day-to-come"):
            infections.count(w, "case:9", date(2022, 8, 14), place=ground.community.id)


def test_a_refusal_says_why_and_holds_and_only_who_may_decides(world: World) -> None:
    ground, zone = standing(world, pack="CN-COVID-20M")
    (review,) = look(ground)
    assert ground.reviews()[0].grade == "low", "no medium, and no round asked for"
    with pytest.raises(Forbidden):
        sign(ground, review, role="epidemiologist")
    with world.as_("commander", ground.district, "leader") as w:
        row = w.get(ZoneReview, review)
        with pytest.raises(Invalid, match="zone-reason-needed"):
            reviewing.refuse(w, row, " ")
        reviewing.refuse(w, row, "a wedding next door")
    assert look(ground) == [] and ground.zone(zone).state == "standing"
    world.wait(days=2)
    world.run()
    assert look(ground) == []


def test_a_proposal_that_nobody_decides_is_late(world: World) -> None:
    ground, _zone = standing(world, pack="CN-COVID-20M")
    look(ground)
    world.wait(hours=25)
    world.run()
    assert [entry.data["verb"] for entry in world.journal("zones.ReviewMoved")] == ["propose", "late"]
