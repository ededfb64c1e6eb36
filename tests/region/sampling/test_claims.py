"""Tubes that claim one code, settled late: one was thrown away meanwhile, or a third has taken the code."""

from __future__ import annotations

import pytest

from region.sampling.actions.claims import settle_tube_twice
from region.sampling.models import WorkItem
from region.sampling.schemas import SentTube
from region.spine.errors import Refused
from tests.region.sampling.books import check, items
from tests.region.sampling.ground import Ground, running_round
from tests.region.sampling.sync_stage import OTHER, send, tubes
from tests.world import World

THIRD = "01900000-0000-7000-8000-00000000d003"


def claimed(ground: Ground) -> tuple[SentTube, SentTube]:
    """A tube of three, and one of two by another phone that claims its code."""
    first = ground.tube([ground.person(n) for n in range(3)])
    other = ground.tube([ground.person(n) for n in (7, 8)], code=first.code)
    send(ground, ground.batch([first]))
    send(ground, ground.batch([other], device=OTHER))
    return first, other


def thrown(ground: Ground, tube: SentTube, device: str) -> None:
    """Its phone throws a tube away."""
    said = {"uid": tube.uid, "code": tube.code, "revision": 2, "void": True}
    send(ground, ground.batch([ground.tube(tube.people, **said)], device=device))


def settle(ground: Ground, verdict: str) -> None:
    """The site's leader settles the oldest item; the work is one of its own, as the web's is."""
    item = items(ground.world)["tube_twice"][0]
    with ground.world.as_("clinic_lead", ground.clinic) as w:
        settle_tube_twice(w, w.get(WorkItem, item.id), verdict, code=ground.code())


def standing(world: World) -> list[tuple[str, bool]]:
    """State of each tube, and whether it is contested."""
    return [(one.state, one.contested) for one in tubes(world)]


def test_the_other_stays_though_the_first_was_thrown_away(world: World) -> None:
    ground = running_round(world)
    first, _ = claimed(ground)
    thrown(ground, first, ground.batch().device)
    settle(ground, "other_stays")
    assert standing(world) == [("void", True), ("closed", False)]
    assert items(world)["tube_twice"][0].verdict == "other_stays"
    check(world)


@pytest.mark.parametrize("verdict", ["first_stays", "both_real"])
def test_a_code_that_a_third_tube_took_stays_with_the_third(world: World, verdict: str) -> None:
    ground = running_round(world)
    first, _ = claimed(ground)
    thrown(ground, first, ground.batch().device)
    send(ground, ground.batch([ground.tube([ground.person(11)], code=first.code)], device=THIRD))
    before = standing(world)
    assert before == [("void", True), ("closed", True), ("closed", False)]
    with pytest.raises(Refused) as refused:
        settle(ground, "other_stays")
    assert refused.value.code == "code-taken" and refused.value.facts["given"] == first.code
    assert standing(world) == before and items(world)["tube_twice"][0].state == "open"
    settle(ground, verdict)
    wanted = ("void", True) if verdict == "first_stays" else ("closed", False)
    assert standing(world) == [("void", True), wanted, ("closed", False)]
    check(world)


def test_a_first_tube_that_has_another_code_by_now_is_not_thrown_away(world: World) -> None:
    ground = running_round(world)
    first, _ = claimed(ground)
    send(ground, ground.batch([ground.tube(first.people, uid=first.uid, revision=2)]))
    third = ground.tube([ground.person(11)], code=first.code)
    send(ground, ground.batch([third], device=THIRD))
    with pytest.raises(Refused, match="code-taken"):
        settle(ground, "other_stays")
    thrown(ground, third, THIRD)
    settle(ground, "other_stays")
    assert standing(world) == [("closed", False), ("closed", False), ("void", True)]
    check(world)


def test_the_other_does_not_stay_when_its_phone_threw_it_away(world: World) -> None:
    ground = running_round(world)
    _, other = claimed(ground)
    thrown(ground, other, OTHER)
    with pytest.raises(Refused, match="not-from-here"):
        settle(ground, "other_stays")
    settle(ground, "first_stays")
    assert [state for state, _ in standing(world)] == ["closed", "void"]
    assert items(world)["tube_twice"][0].state == "settled"
    check(world)
