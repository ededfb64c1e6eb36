"""A phone that sends numbers of persons who are in none of its lists learns nothing of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.people.actions.registering import Given, register
from region.places.models import Place
from region.sampling.actions.singling import keep_apart
from region.sampling.events.rounds import DueListed
from region.sampling.models import RoundDue, Tube, WorkItem
from region.sampling.queries import timeline
from region.sampling.schemas import Kept, SentPerson, SentTube
from tests.region.sampling.books import check, items
from tests.region.sampling.ground import Ground, resident, running_round, uid
from tests.region.sampling.sync_stage import send, voids
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return running_round(world)


def known(ground: Ground, n: int, home: Place, apart: bool) -> int:
    """The n-th resident is in the registry, lives there, and is kept apart or not."""
    with ground.world.as_system() as w:
        given = Given(uid(), home.id, "resident", resident(n), "某人")
        (person,) = register(w, [given], incident=None, source="list").values()
        if apart:
            keep_apart(w, [person], reason="close_contact", ref=f"contact:{n}")
    ground.world.wait(minutes=1)
    return person


def by_number(ground: Ground, person: int, **facts: object) -> SentPerson:
    """Somebody whom a phone names by his number alone."""
    return ground.person(0, kind="none", number="", name="", person=person, **facts)


def said(tube: SentTube, answer: Kept) -> tuple[object, ...]:
    """What the phone learns, with people by their place in the tube."""
    place = {one.uid: n for n, one in enumerate(tube.people)}
    named = {
        name: [place[one] for one in getattr(answer, name)] for name in ("apart", "twice", "over", "papers")
    }
    return answer.state, answer.reason, named


def tried(ground: Ground, person: int, company: int, **facts: object) -> tuple[object, ...]:
    """What a sampler learns who puts a number into a pool after so many others."""
    others = [ground.person(next(ground.numbers) + 500) for _ in range(company)]
    ground.world.wait(seconds=5)
    tube = ground.tube([*others, by_number(ground, person, **facts)])
    learned = said(tube, send(ground, ground.batch([tube])).tubes[0])
    assert said(tube, send(ground, ground.batch([tube])).tubes[0]) == learned, "nor when it is sent again"
    return learned


@pytest.mark.parametrize("company", [1, 10])
def test_the_answer_is_the_same_whether_he_is_kept_apart_or_not(ground: Ground, company: int) -> None:
    far = ground.world.area(ground.district, level="community")
    apart, free = known(ground, 1, far, apart=True), known(ground, 2, far, apart=False)
    answers = [tried(ground, one, company) for one in (apart, free)]
    assert answers[0] == answers[1] and answers[0][2] == {
        "apart": [], "twice": [], "over": [10] if company == 10 else [], "papers": []}  # fmt: skip
    assert voids(ground.world).count("apart") == 1, "it is kept, for those who lead the round"
    check(ground.world)


def test_a_home_that_the_phone_makes_up_opens_nothing(ground: Ground) -> None:
    far = ground.world.area(ground.district, level="community")
    apart = known(ground, 1, far, apart=True)
    answer = tried(ground, apart, 2, home=ground.grids[0].id)
    assert answer[2] == {"apart": [], "twice": [], "over": [], "papers": []}


def test_nor_whether_he_was_sampled_elsewhere(ground: Ground) -> None:
    far = ground.world.area(ground.district, level="community")
    apart, free = known(ground, 1, far, apart=True), known(ground, 2, far, apart=False)
    for one in (apart, free):
        send(ground, ground.batch([ground.tube([by_number(ground, one)], method="single")]))
    ground.world.wait(minutes=30)
    assert tried(ground, apart, 1) == tried(ground, free, 1)


def test_neither_the_site_s_work_list_nor_the_tube_s_page_says_it(ground: Ground) -> None:
    far = ground.world.area(ground.district, level="community")
    apart = known(ground, 1, far, apart=True)
    tried(ground, apart, 1)
    with ground.world.as_("sampler", ground.clinic) as w:
        assert w.session.scalars(select(WorkItem)).all() == []
        (tube,) = w.session.scalars(select(Tube)).all()
        life = timeline.life(w, tube)
        assert (life.members, life.void, life.items) == (2, 0, [])
    (item,) = items(ground.world)["apart_in_pool"]
    assert (item.place_id, item.facts) == (ground.district.id, {"people": 1, "reasons": ["close_contact"]})


def test_of_its_own_people_it_learns_what_it_must(ground: Ground) -> None:
    here = known(ground, 1, ground.grids[0], apart=True)
    assert tried(ground, here, 1)[2]["apart"] == [1]  # type: ignore[index]
    far = ground.world.area(ground.district, level="community")
    listed = known(ground, 2, far, apart=True)
    with ground.world.as_system() as w:
        w.session.add(
            RoundDue(round_id=ground.round_id, person_id=listed, place_id=ground.grids[1].id, scheme="due")
        )
        w.tell(DueListed(round=ground.round_id, due=1, exempt=0, separate=0, place=ground.district.id))
    assert tried(ground, listed, 1)[2]["apart"] == [1]  # type: ignore[index]
    known(ground, 3, far, apart=True)
    tube = ground.tube([ground.person(3), ground.person(99)])
    assert said(tube, send(ground, ground.batch([tube])).tubes[0])[2]["apart"] == [0]  # type: ignore[index]
