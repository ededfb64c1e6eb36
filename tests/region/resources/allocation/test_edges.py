"""The edges of a plan: nobody short, nobody who can give, and every reason for which a site stays short."""

from __future__ import annotations

import math

import numpy as np
import pytest

from region.resources.allocation.greedy import greedy_nearest
from region.resources.allocation.outcome import Stage
from region.resources.allocation.plan import make_plan
from region.resources.allocation.problem import BadProblem, Problem
from region.resources.allocation.reach import great_circle
from tests.region.resources.allocation.evenings import Spot, evening, store

LATE = 700.0
SHORT = Spot(burn=10.0)


def reasons(problem: Problem) -> list[tuple[int, str]]:
    plan, greedy = make_plan(problem), greedy_nearest(problem)
    assert plan.short == greedy.short and not plan.lines
    return [(row.place, row.why) for row in plan.short]


def test_nobody_is_short() -> None:
    plan = make_plan(evening(Spot(((100, LATE),)), store((1000, LATE))))
    assert (plan.lines, plan.lifted, plan.short, plan.needy) == ((), (), (), 0)
    assert plan.weight.gap == 0 and plan.cost.gap == 0


def test_no_place_at_all() -> None:
    assert make_plan(evening()).lines == ()


def test_one_giver_one_taker() -> None:
    problem = evening(Spot(((100, LATE),), north=10), Spot(((25, LATE),)), pack=10)
    for plan in (make_plan(problem), greedy_nearest(problem)):
        assert plan.lines == () and [row.why for row in plan.short] == ["not-enough"]
    (line,) = make_plan(evening(Spot(((120, LATE),), north=10), Spot(((25, LATE),)), pack=10)).lines
    assert (line.giver, line.taker, line.lot, line.quantity) == (1, 2, 101, 50)
    assert (line.giver_before, line.giver_after, line.taker_before, line.taker_after) == (12, 7, 2.5, 7.5)
    assert line.km == pytest.approx(13, rel=1e-3) and line.minutes == pytest.approx(19.5, rel=1e-3)


@pytest.mark.parametrize(
    ("why", "giver", "rules"),
    [
        ("nothing-to-spare", Spot(((70, LATE),)), {}),
        ("nothing-to-spare", store((40, LATE), keep=40), {}),
        ("nothing-to-spare", store((9, LATE)), {"pack": 10}),
        ("nothing-to-spare", store((900, -1.0)), {}),
        ("nothing-to-spare", Spot(((900, LATE),), burn=math.nan), {}),
        ("out-of-reach", store((900, LATE), north=200), {"most_minutes": 60.0}),
        ("expires", store((900, 6.0)), {}),
        ("no-vehicle", store((900, LATE), loads=0), {}),
        ("least-consignment", store((60, LATE)), {"least_consignment": 65}),
        ("not-enough", store((69, LATE)), {}),
        ("not-enough", store((900, LATE), loads=2, load=30), {}),
    ],
)
def test_a_site_that_stays_short_is_told_why(why: str, giver: Spot, rules: dict[str, float]) -> None:
    assert reasons(evening(SHORT, giver, **rules))[0] == (1, why)


def test_who_comes_later_in_the_order_is_told_so() -> None:
    plan = make_plan(evening(SHORT, Spot(burn=10.0, rank=1), store((100, LATE))))
    assert plan.lifted == (2,)
    (short,) = plan.short
    assert (short.place, short.rank, short.days, short.lacks, short.why) == (1, 3, 0.0, 70, "order")


def test_places_of_unknown_burn_are_not_planned() -> None:
    plan = make_plan(evening(Spot(burn=math.nan), Spot(((500, LATE),), burn=math.nan), Spot(burn=0.0)))
    assert not plan.lines and plan.needy == 0
    assert [(row.place, row.why, row.days, row.lacks) for row in plan.short] == [
        (place, "unknown-burn", None, None) for place in (1, 2, 3)
    ]


def test_a_warehouse_gives_down_to_what_it_keeps() -> None:
    (line,) = make_plan(evening(SHORT, store((100, LATE), keep=30))).lines
    assert line.quantity == 70 and line.giver_before is None and line.giver_after is None
    assert reasons(evening(SHORT, store((100, LATE), keep=31))) == [(1, "not-enough")]


def test_the_first_to_expire_goes_first_unless_it_would_expire_there() -> None:
    slow, fast = Spot(floor=7.0, north=1), Spot(burn=10.0, floor=3.0, north=2)
    problem = evening(store((80, LATE), (20, 5.0), (60, 30.0)), slow, fast)
    told = [(line.taker, line.lot, line.quantity) for line in make_plan(problem).lines]
    assert told == [(2, 103, 60), (2, 101, 10), (3, 102, 20), (3, 101, 10)]


def test_open_packs_stay_where_they_are() -> None:
    problem = evening(store((19, 20.0), (69, LATE)), SHORT, pack=10)
    assert [(line.lot, line.quantity) for line in make_plan(problem).lines] == [(101, 10), (102, 60)]
    more = evening(store((19, 20.0), (69, LATE)), Spot(burn=11.0), pack=10)
    assert reasons(more) == [(2, "not-enough")]


def test_a_site_gets_the_least_consignment_where_it_needs_less() -> None:
    (line,) = make_plan(evening(store((900, LATE)), Spot(((65, LATE),)), least_consignment=20)).lines
    assert (line.quantity, line.taker_after) == (20, 8.5)


def test_no_consignment_is_left_too_small() -> None:
    """The nearest could give 60, but then 10 would be left for the other, which is less than the least."""
    spots = [SHORT, store((60, LATE), north=1), store((65, LATE), north=9)]
    problem = evening(*spots, least_consignment=20)
    told = [(line.giver, line.quantity) for line in greedy_nearest(problem).lines]
    assert told == [(2, 50), (3, 20)] == [(line.giver, line.quantity) for line in make_plan(problem).lines]


def test_a_great_circle_over_the_date_line_and_a_quarter_of_the_earth() -> None:
    at = np.array([179.9, 0.0]), np.array([0.0, 0.0]), np.array([-179.9, 0.0]), np.array([0.0, 90.0])
    near, far = great_circle(*at)
    assert near == pytest.approx(22.239, abs=1e-3) and far == pytest.approx(10007.557, abs=1e-3)


def test_a_gap_is_a_share_of_the_larger_and_unknown_without_a_bound() -> None:
    assert Stage(99.0, 100.0, "lp", 0.0).gap == pytest.approx(0.01)
    assert Stage(100.0, 99.0, "lp", 0.0).gap == pytest.approx(0.01)
    assert Stage(5.0, None, "greedy", 0.0).gap is None


@pytest.mark.parametrize(
    ("code", "spot", "rules"),
    [
        ("rank", Spot(rank=6), {}),
        ("floor", Spot(floor=0.0), {}),
        ("floor", Spot(floor=math.nan), {}),
        ("negative", Spot(keep=-1), {}),
        ("place-nowhere", Spot(north=math.nan), {}),
        ("lot-value", Spot(((-1, LATE),)), {}),
        ("lot-value", Spot(((1, math.nan),)), {}),
        ("option-value", SHORT, {"pack": 0}),
        ("option-value", SHORT, {"speed": 0.0}),
        ("option-value", SHORT, {"class_ratio": 0.5}),
        ("option-value", SHORT, {"cost_gap": -0.1}),
    ],
)
def test_what_cannot_be_planned_with_is_refused(code: str, spot: Spot, rules: dict[str, float]) -> None:
    with pytest.raises(BadProblem) as caught:
        evening(spot, **rules)
    assert caught.value.code == code
