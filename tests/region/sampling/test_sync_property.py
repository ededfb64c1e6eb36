"""Whatever phones send, in whatever order and however often: counts are the sum of members, and nobody is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from region.sampling.actions.syncing import sync
from region.sampling.models import Tube, TubeMember
from region.sampling.schemas import Batch, SentTube
from region.spine.errors import Stale
from tests.region.sampling.books import check, everything, members, rows
from tests.region.sampling.ground import Ground, running_round, uid
from tests.world import World

QUIET = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
PHONES = [f"01900000-0000-7000-8000-00000000d10{n}" for n in range(3)]
TELLING = st.fixed_dictionaries(
    {
        "phone": st.integers(0, 2),
        "tube": st.integers(0, 5),
        "revision": st.integers(1, 4),
        "people": st.lists(st.integers(0, 9), max_size=7),
        "minute": st.integers(0, 90),
        "home": st.sampled_from([0, 1]),
        "method": st.sampled_from(["single", "pool_5", "household"]),
        "closed": st.booleans(),
        "void": st.sampled_from([False, False, False, True]),
        "same_code": st.sampled_from([False, False, True]),
    }
)


def tube_of(ground: Ground, uids: list[str], codes: list[str], told: dict[str, Any]) -> SentTube:
    """A tube as drawn; now and then two of them claim one code."""
    at = ground.world.clock.at - timedelta(minutes=told["minute"])
    home = ground.grids[told["home"]].id
    return ground.tube(
        [ground.person(n, at=at, home=home) for n in told["people"]],
        uid=uids[told["tube"]],
        code=codes[0 if told["same_code"] else told["tube"]],
        revision=told["revision"],
        method=told["method"],
        closed_at=at if told["closed"] else None,
        void=told["void"],
    )


def send(ground: Ground, batch: Batch) -> None:
    with ground.sampler() as w:
        sync(w, batch)


@QUIET
@given(
    batches=st.lists(st.lists(TELLING, min_size=1, max_size=3), min_size=1, max_size=6), twice=st.booleans()
)
def test_counts_are_the_sum_of_members(
    world: World, batches: list[list[dict[str, Any]]], twice: bool
) -> None:
    ground = running_round(world)
    uids, codes = [uid() for _ in range(6)], [f"{ground.round_id}-{n}-{uid()[-6:]}" for n in range(6)]
    for telling in batches:
        tubes = [tube_of(ground, uids, codes, told) for told in telling]
        batch = ground.batch(tubes, device=PHONES[telling[0]["phone"]])
        send(ground, batch)
        check(world)
        if twice:
            before = everything(world)
            send(ground, batch)
            assert everything(world) == before


def test_the_same_batch_from_two_threads_is_kept_once(world: World) -> None:
    ground = running_round(world)
    batches = [
        ground.batch([ground.tube([ground.person(10 * n + k) for k in range(10)]) for _ in range(2)])
        for n in range(3)
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: _insist(ground, one), batches * 3))
    assert len(rows(world, Tube)) == 6
    assert sum(one.counted for one in members(world)) == 30
    check(world)


def test_many_phones_with_the_same_people_at_once_count_each_once(world: World) -> None:
    ground = running_round(world)
    batches = [
        ground.batch(
            [ground.tube([ground.person((n + 3 * k) % 12) for k in range(4)]) for _ in range(2)],
            device=PHONES[n % 3][:-1] + str(n),
        )
        for n in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: _insist(ground, one), batches))
    assert sum(one.counted for one in members(world)) == 12
    assert len(rows(world, TubeMember)) == 64
    check(world)


def _insist(ground: Ground, batch: Batch) -> None:
    """As the web does when another work crossed it."""
    for tried in range(5):
        try:
            send(ground, batch)
            return
        except Stale:
            if tried == 4:
                raise
