"""What a person's own samples say of him while a pool that he was in is suspected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from region.sampling.own_samples import OwnSample, standing

NOON = datetime(2022, 8, 2, 4, tzinfo=UTC)
N, P, G, I, W = "negative", "positive", "grey", "invalid", None  # noqa: E741


@pytest.mark.parametrize(
    ("samples", "state", "tube"),
    [
        ([], "pool_suspect", None),
        ([(-10, N)], "pool_suspect", None),  # taken before the pool was recalled: it answers nothing
        ([(10, W)], "resampled", 1),
        ([(10, N)], "restored", 1),
        ([(10, P)], "positive", 1),
        ([(-30, P)], "positive", 1),  # of his own, taken since the pool: it explains the pool
        ([(-90, P)], "pool_suspect", None),  # before the pool was sampled: another story
        ([(10, G)], "pool_suspect", None),
        ([(10, I)], "pool_suspect", None),
        ([(10, G), (20, W)], "resampled", 2),
        ([(10, G), (20, N)], "restored", 2),
        ([(10, N), (20, G)], "pool_suspect", None),
        ([(10, N), (20, W)], "restored", 1),
        ([(10, N), (20, I)], "restored", 1),
        ([(10, W), (20, I)], "pool_suspect", None),
        ([(10, P), (20, N)], "positive", 1),
    ],
)
def test_where_a_member_stands(samples: list[tuple[int, str | None]], state: str, tube: int | None) -> None:
    ours = [OwnSample(n, NOON + timedelta(minutes=at), said) for n, (at, said) in enumerate(samples, start=1)]
    found = standing(reversed(ours), pooled=NOON - timedelta(hours=1), raised=NOON, since=NOON)
    assert (found.state, found.tube) == (state, tube)


def test_a_sample_between_two_pools_answers_the_first_alone() -> None:
    ours = [OwnSample(1, NOON + timedelta(minutes=10), N)]
    pooled, second = NOON - timedelta(hours=1), NOON + timedelta(minutes=30)
    found = standing(ours, pooled=pooled, raised=NOON, since=second)
    assert (found.state, found.sampled_at) == ("pool_suspect", NOON + timedelta(minutes=10))
