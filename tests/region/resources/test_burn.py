"""Burn and days of supply: the published table to its last digit, silence, late entries, and a slow twin."""

import math
from collections import defaultdict

import numpy as np
import pytest

from region.resources import burn
from region.resources.bands import band_of, days_of
from region.resources.burn import BANDS, CONFIDENCE, WHY, Burn, BurnRules, Use, reckon, shown
from region.resources.models import totals
from region.spine.rulebook import Rulebook

RULES = BurnRules(
    **{name: v.value for name, v in Rulebook.shipped().pack("supply").values_under("burn").items()}
)
TODAY = 738_000

# The drill of ten days: masks used, masks left at midnight, days of supply as the wall must show them.
MASKS_USED = [2400, 6800, 8200, 9100, 9400, 9000, 8200, 7200, 5500, 3900]
MASKS_LEFT = [57600, 50800, 42600, 33500, 144100, 135100, 126900, 119700, 114200, 110300]
MASKS_LAST = [None, 11.0, 7.3, 4.2, 16.2, 14.7, 14.3, 14.7, 16.4, 19.9]
# Sampling tubes: the first round is on day 2, and there is none on day 10.
TUBES_USED = [0, 34760, 34340, 34475, 34500, 34515, 34520, 34525, 34530, 0]
TUBES_LEFT = [150000, 115240, 80900, 46425, 211925, 177410, 142890, 108365, 73835, 73835]
TUBES_LAST = [None, None, 2.34, 1.34, 6.15]

Row = tuple[int, int, float, bool, int]


def use_of(*rows: Row) -> Use:
    return Use.of(*zip(*rows, strict=True)) if rows else Use.of([], [], [], [], [])


def told(amounts: dict[int, float]) -> Use:
    """Use of one shelf by days before today, each told on its day."""
    return use_of(*((0, TODAY - back, amount, False, 1) for back, amount in amounts.items()))


def one(use: Use, today: int = TODAY) -> Burn:
    return reckon(use, 1, today, RULES)


def lasts(used: list[int], left: list[int], decimals: int) -> list[float | None]:
    """Days of supply at the end of each day, from what was known by then."""
    shown_then = []
    for day, stock in enumerate(left, start=1):
        rows = [(0, TODAY + at, float(amount), False, 1) for at, amount in enumerate(used[:day], start=1)]
        then = one(use_of(*rows), TODAY + day)
        shown_then.append(shown(float(burn.days_of_supply([stock], then.rate)[0]), decimals))
    return shown_then


def test_k31_masks_of_all_ten_days() -> None:
    assert lasts(MASKS_USED, MASKS_LEFT, 1) == MASKS_LAST


def test_k32_tubes() -> None:
    found = lasts(TUBES_USED, TUBES_LEFT, 2)
    assert found[:5] == TUBES_LAST
    assert found[8] == found[9] == 2.14  # a day without a round changes nothing


def test_a_silent_sites_burn_turns_unknown_with_its_age() -> None:
    use = told({6: 90, 5: 100, 4: 110})
    last = TODAY - 4
    for silent in range(RULES.silent_days + 1):
        then = one(use, last + silent)
        assert (then.rate[0], WHY[then.why[0]], then.last_day[0]) == (100, "known", last)
    for silent in (RULES.silent_days + 1, 10, 20):
        then = one(use, last + silent)
        assert math.isnan(then.rate[0]) and CONFIDENCE[then.confidence[0]] == "none"
        assert (WHY[then.why[0]], then.last_day[0]) == ("silent", last)


def test_a_late_bulk_entry_that_says_what_it_covers_does_not_inflate_the_rate() -> None:
    week = [(0, TODAY - back, 100.0, False, 1) for back in (9, 8, 7)]
    then = one(use_of(*week, (0, TODAY, 700.0, False, 7)))
    assert (then.rate[0], then.days_used[0], CONFIDENCE[then.confidence[0]]) == (100, 3, "gaps")


@pytest.mark.parametrize(("entered", "rate"), [(700, 100), (800, 100), (900, 112.5), (100, 100), (240, 120)])
def test_a_late_bulk_entry_that_does_not_say_so_does_not_inflate_the_rate(entered: int, rate: float) -> None:
    before = {11: 100, 10: 100, 9: 100, 8: 100}  # and then seven days of nothing
    then = one(told({**before, 0: entered}))
    expected = rate if entered != 240 else (100 + 120 + 120) / 3
    assert then.rate[0] == pytest.approx(expected) and then.last_day[0] == TODAY


def test_the_days_after_a_late_entry_count_as_they_are_told() -> None:
    then = one(told({12: 100, 11: 100, 3: 800, 2: 120, 1: 130, 0: 140}))
    assert then.rate[0] == pytest.approx(130) and CONFIDENCE[then.confidence[0]] == "full"


def test_an_ordinary_day_after_days_off_stays_one_day() -> None:
    then = one(told({4: 100, 3: 110, 0: 120}))
    assert then.rate[0] == pytest.approx(110) and CONFIDENCE[then.confidence[0]] == "gaps"


def test_a_first_entry_is_one_days_use_however_large() -> None:
    then = one(told({0: 900}))
    assert math.isnan(then.rate[0]) and WHY[then.why[0]] == "one_day" and then.days_used[0] == 1


def test_use_inferred_from_a_count_is_spread_and_marked() -> None:
    then = one(use_of((0, TODAY, 700.0, True, 7)))
    assert (then.rate[0], then.days_used[0]) == (100, 3) and CONFIDENCE[then.confidence[0]] == "inferred"
    far = one(
        use_of((0, TODAY - 20, 4000.0, True, 40), (0, TODAY - 1, 50.0, False, 1), (0, TODAY, 70, False, 1))
    )
    assert far.rate[0] == pytest.approx(60)  # what lies before the time looked at is not piled up on its edge


def test_a_count_that_shows_no_use_ends_the_silence_and_is_no_activity() -> None:
    quiet: list[Row] = [(0, TODAY - 9 + at, 100.0, False, 1) for at in range(3)]
    quiet.append((0, TODAY - 1, 0.0, True, 6))
    then = one(use_of(*quiet, (0, TODAY, 700.0, False, 1)))
    assert then.rate[0] == pytest.approx(300)  # all of it was used today: the count shows none before
    assert WHY[one(use_of(*quiet)).why[0]] == "silent"


def test_a_silence_longer_than_the_rows_reach_back_keeps_its_age() -> None:
    last = TODAY - 45
    then = reckon(use_of(), 2, TODAY, RULES, last_used=[last, 0])
    assert [WHY[code] for code in then.why] == ["silent", "never"] and then.last_day.tolist() == [last, 0]
    late = use_of((0, TODAY - 1, 4400.0, False, 1), (0, TODAY, 110.0, False, 1))
    after = reckon(late, 1, TODAY, RULES, last_used=[last])
    assert after.rate[0] == pytest.approx((110 + 100 + 100) / 3) and after.last_day[0] == TODAY


def test_never_used_is_not_silent() -> None:
    then = reckon(use_of((1, TODAY, 0.0, False, 1)), 2, TODAY, RULES)
    assert [WHY[code] for code in then.why] == ["never", "never"] and not then.last_day.any()
    assert np.isnan(then.rate).all()


def test_several_rows_of_a_day_are_added() -> None:
    then = one(use_of((0, TODAY - 1, 40, False, 1), (0, TODAY, 30, False, 1), (0, TODAY, 50, False, 1)))
    assert (then.rate[0], CONFIDENCE[then.confidence[0]]) == (60, "full")


def test_a_day_that_has_only_begun_and_days_to_come_are_left_out() -> None:
    then = one(told({2: 100, 1: 100, 0: 3, -1: 5000}), TODAY - 1)
    assert then.rate[0] == 100


def slow(rows: list[Row], today: int) -> tuple[float, int]:
    """The same arithmetic for one shelf, a day at a time, as one would do it on paper."""
    day_use: dict[int, float] = defaultdict(float)
    known: set[int] = set()
    first = today - RULES.looked_at + 1
    plain: dict[int, float] = defaultdict(float)
    for _, day, used, inferred, covers in rows:
        if first <= day <= today and (used > 0 or inferred):
            for at in range(max(day - covers + 1, first), day + 1):
                known.add(at)
                day_use[at] += max(used, 0) / covers
            if covers == 1 and not inferred:
                plain[day] += used
    for day in sorted(plain):
        before = [at for at in known if at < day]
        recent = sorted((at for at, used in day_use.items() if at < day and used > 0), reverse=True)
        if not before or not recent or day - max(before) == 1:
            continue
        usual = sum(day_use[at] for at in recent[: RULES.days]) / len(recent[: RULES.days])
        covers = min(max(math.floor(plain[day] / usual + 0.5), 1), day - max(before))
        day_use[day] -= plain[day]
        for at in range(day - covers + 1, day + 1):
            day_use[at] += plain[day] / covers
            known.add(at)
    active = sorted((at for at, used in day_use.items() if used > 0), reverse=True)
    if not active:
        return math.nan, 0
    mean = [day_use[at] for at in active if at > today - RULES.window_days][: RULES.days]
    is_known = len(mean) >= RULES.least_days and today - active[0] <= RULES.silent_days
    return (sum(mean) / len(mean) if is_known else math.nan), active[0]


def some_rows(shelves: int, seed: int) -> list[Row]:
    random = np.random.default_rng(seed)
    rows: list[Row] = []
    for shelf in range(shelves):
        for day in range(TODAY - 33, TODAY + 2):
            if random.random() < (0.15, 0.5, 0.9)[shelf % 3]:
                covers = int(random.choice([1, 1, 1, 1, 5, 9, 40]))
                inferred = bool(covers > 1 and random.random() < 0.5)
                rows.append((shelf, day, float(random.choice([0, 1, 20, 25, 150])), inferred, covers))
    return rows


def test_many_shelves_at_once_as_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burn, "BLOCK", 17)  # blocks end in the middle
    rows = some_rows(120, seed=7)
    mixed = [rows[at] for at in np.random.default_rng(1).permutation(len(rows))]
    found = reckon(use_of(*mixed), 120, TODAY, RULES)
    expected = [slow([row for row in rows if row[0] == shelf], TODAY) for shelf in range(120)]
    np.testing.assert_allclose(found.rate, [rate for rate, _ in expected], rtol=1e-9)
    assert found.last_day.tolist() == [last for _, last in expected]
    assert {WHY[code] for code in found.why} >= {"known", "silent"}


def test_history_holds_what_was_told_and_spread_and_nothing_else() -> None:
    use = told({12: 100, 11: 100, 10: 100, 2: 800, 1: 120})
    found = burn.daily(use, 1, TODAY, 14, RULES)[0]
    assert np.flatnonzero(np.isnan(found)).tolist() == [0, 13]
    assert found[1:4].tolist() == [100] * 3 and found[4:12].tolist() == [100] * 8 and found[12] == 120


def test_days_and_bands_are_those_of_a_single_shelf() -> None:
    usable = [0, -5, 100, 699, 700, 1399, 1400, 9000, 50]
    rate = [100.0, 100.0, math.nan, 100.0, 100.0, 100.0, 100.0, 100.0, 0.0]
    days = burn.days_of_supply(usable, rate)
    singly = [days_of(left, None if math.isnan(r) else r) for left, r in zip(usable, rate, strict=True)]
    assert [shown(day, 9) for day in days] == [shown(day, 9) for day in singly]
    codes = burn.band(usable, days, 7, 14)
    assert [BANDS[code] for code in codes] == [
        band_of(n, d, 7, 14) for n, d in zip(usable, singly, strict=True)
    ]
    assert np.isfinite(days[~np.isnan(days)]).all()


def test_hours_to_empty() -> None:
    hours = burn.hours_to_empty([10, 10], [48.0, math.nan])
    assert hours[0] == 5 and math.isnan(hours[1])


def test_numbers_are_shown_with_halves_up() -> None:
    assert [shown(n) for n in (12.25, 0.05, 11.0435, 16.1916)] == [12.3, 0.1, 11.0, 16.2]
    assert shown(2.675, 2) == 2.68 and shown(math.nan) is shown(None) is None


def test_the_words_are_those_of_the_rows() -> None:
    assert burn.WHY == totals.WHY and burn.BANDS == totals.BANDS


def test_ill_made_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        Use.of([0, 1], [TODAY], [1.0], [False], [1])
    with pytest.raises(ValueError, match="does not exist"):
        reckon(use_of((2, TODAY, 1.0, False, 1)), 2, TODAY, RULES)


def test_no_rows_at_all() -> None:
    assert [WHY[code] for code in reckon(use_of(), 3, TODAY, RULES).why] == ["never"] * 3
