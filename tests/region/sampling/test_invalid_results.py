"""A tube whose result is invalid makes its people due again, and the round's list says why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.sampling.events.rounds import DueListed
from region.sampling.models import Round, RoundArea, RoundDue, TubeMember
from region.sampling.queries import due
from region.sampling.queries.due import Filters
from region.sampling.queries.field_pack import field_pack
from region.sampling.schemas import SentTube
from tests.region.sampling.books import check, everything, members
from tests.region.sampling.ground import Ground, running_round
from tests.region.sampling.sync_stage import send
from tests.region.sampling.tubes import result, stands, tell
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return running_round(world)


def sampled(ground: Ground, *people: int, **facts: object) -> SentTube:
    """A tube of these residents, kept; whoever is in it is on the round's list."""
    tube = ground.tube([ground.person(n) for n in people], **facts)
    send(ground, ground.batch([tube]))
    with ground.world.as_system() as w:
        listed = select(RoundDue.person_id).where(RoundDue.round_id == ground.round_id)
        wanted = select(TubeMember).where(TubeMember.person_id.not_in(listed)).order_by(TubeMember.person_id)
        for one in w.session.scalars(wanted).all():
            w.session.add(
                RoundDue(
                    round_id=ground.round_id,
                    person_id=one.person_id,
                    place_id=one.home_id,
                    scheme="due",
                    sampled_at=one.at,
                )
            )
        w.tell(
            DueListed(round=ground.round_id, due=len(people), exempt=0, separate=0, place=ground.district.id)
        )
    return tube


def missing(ground: Ground) -> dict[str | None, int]:
    """How many of the list are due and not sampled, by reason."""
    with ground.world.as_system() as w:
        return due.by_reason(w, w.get(Round, ground.round_id))


def counted(ground: Ground) -> int:
    """The kept count of the grid where they live."""
    with ground.world.as_system() as w:
        return w.get(RoundArea, (ground.round_id, ground.grids[0].id)).sampled


def test_its_people_are_due_again_with_the_reason_until_they_have_another_tube(ground: Ground) -> None:
    silent, good = sampled(ground, 0, 1, 2), sampled(ground, 3, 4)
    assert counted(ground) == 5 and missing(ground) == {}
    ground.world.wait(hours=2)
    tell(ground, [result(ground, silent.code, "invalid"), result(ground, good.code)])
    assert [one.void for one in members(ground.world)] == ["invalid"] * 3 + [None] * 2
    assert counted(ground) == 2 and missing(ground) == {"invalid": 3}
    with ground.world.as_("community_officer", ground.district) as w:
        shown = due.not_sampled(w, w.get(Round, ground.round_id), Filters(reason="invalid"))
        assert len(shown) == 3 and all(one.shown is not None for one in shown)
    (told,) = ground.world.journal("sampling.NotSampledExplained")
    assert (told.data["reason"], told.data["persons"]) == ("invalid", 3)
    check(ground.world)
    send(ground, ground.batch([ground.tube([ground.person(n) for n in (0, 1)])]))
    assert counted(ground) == 4 and missing(ground) == {"invalid": 1}
    check(ground.world)


def test_the_same_result_again_changes_nothing(ground: Ground) -> None:
    tube = sampled(ground, 0, 1)
    said = result(ground, tube.code, "invalid", mark="A-1")
    tell(ground, [said])
    before = everything(ground.world)
    ground.world.wait(minutes=5)
    assert tell(ground, [said]).again == 1
    assert tell(ground, [result(ground, tube.code, "invalid")]).again == 1
    after = everything(ground.world)
    assert {name for name in before if before[name] != after[name]} <= {"tubes"}
    assert missing(ground) == {"invalid": 2}


@pytest.mark.parametrize("later", ["negative", "positive", "grey"])
def test_a_result_that_says_something_after_all_counts_them_again(ground: Ground, later: str) -> None:
    tube = sampled(ground, 0, 1)
    tell(ground, [result(ground, tube.code, "invalid")])
    ground.world.wait(hours=1)
    assert tell(ground, [result(ground, tube.code, later)]).changed == 1
    assert [(one.void, one.counted) for one in members(ground.world)] == [(None, True)] * 2
    assert counted(ground) == 2 and missing(ground) == {}
    with ground.world.as_system() as w:
        assert set(w.session.scalars(select(RoundDue.reason))) == {None}
    check(ground.world)


def test_a_result_that_is_taken_back_as_invalid_counts_nobody(ground: Ground) -> None:
    tube = sampled(ground, 0, 1)
    tell(ground, [result(ground, tube.code)])
    ground.world.wait(hours=1)
    tell(ground, [result(ground, tube.code, "invalid")])
    assert stands(ground, tube.code).result == "invalid"
    assert counted(ground) == 0 and missing(ground) == {"invalid": 2}
    check(ground.world)


def test_who_has_another_tube_counts_by_that_one(ground: Ground) -> None:
    first = sampled(ground, 0, 1)
    ground.world.wait(minutes=30)
    second = sampled(ground, 0, opened_at=ground.world.clock.at - timedelta(minutes=1))
    assert [one.void for one in members(ground.world)] == [None, None, "twice"]
    tell(ground, [result(ground, first.code, "invalid")])
    seats = [(one.void, one.counted) for one in members(ground.world)]
    assert seats == [("invalid", False), ("invalid", False), (None, True)]
    assert missing(ground) == {"invalid": 1} and counted(ground) == 1
    tell(ground, [result(ground, second.code)])
    assert missing(ground) == {"invalid": 1}
    check(ground.world)


def test_a_result_that_was_there_before_its_tube(ground: Ground) -> None:
    code = ground.code()
    tell(ground, [result(ground, code, "invalid")])
    sampled(ground, 0, 1, code=code)
    ground.world.run()
    assert stands(ground, code).result == "invalid" and counted(ground) == 0
    with ground.world.as_system() as w:
        assert set(w.session.scalars(select(RoundDue.sampled_at))) <= {None}
    check(ground.world)


def test_samplers_are_not_offered_a_reason_that_only_a_result_gives(ground: Ground) -> None:
    with ground.sampler() as w:
        offered = field_pack(w, ground.site_id)["reasons"]
    assert "away" in offered and "invalid" not in offered
