"""What another pack would do to running plans, reckoned by hand for 2022-11-11."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from region.quarantine.regimen import CENTRAL, Regimen, of_doc, reckon
from region.quarantine.whatif import (
    KEPT,
    RELEASED,
    SHORTENED,
    UNCHANGED,
    Outcome,
    Running,
    carry_over,
    cut,
    difference,
    edited,
)

TODAY = date(2022, 11, 11)


def schedule(*stages: tuple[str, int, list[int], str]) -> dict[str, Any]:
    """A schedule of these stages: mode, days, tests, may_leave."""
    said = [
        {"mode": mode, "days": days, "tests": tests, "checks_per_day": 2, "may_leave": leave}
        for mode, days, tests, leave in stages
    ]
    return {"stages": said, "release": {"own_tests": "last_negative"}, "late_entry": "remaining_days"}


NINTH = schedule((CENTRAL, 7, [1, 2, 3, 5, 7], "no"), ("home_monitoring", 3, [3], "with_consent"))
TWENTY = schedule((CENTRAL, 5, [1, 2, 3, 5], "no"), ("home_quarantine", 3, [1, 3], "no"))


def running(served: int, state: str = "in_site", stage: int = 0, stays: int = 1) -> Running:
    """People of the ninth edition of whom so many days are over before today."""
    plan = reckon(NINTH, TODAY - timedelta(days=served + 1))
    return Running("close_contact", plan, stage, state, stays)


def over(one: Running, to: dict[str, Any] | None = TWENTY) -> Outcome:
    return carry_over(one, to, TODAY)


def test_seven_days_in_a_site_become_five_and_the_end_comes_two_days_earlier() -> None:
    found = over(running(2))
    assert found.fate == SHORTENED
    assert found.plan.ends_on == running(2).plan.ends_on - timedelta(days=2)
    assert found.stage == 0


def test_whoever_has_served_all_days_of_the_new_rules_has_none_left() -> None:
    found = over(running(8, "at_home", stage=1))
    assert found.fate == RELEASED
    assert found.plan.ends_on == TODAY - timedelta(days=1)


def test_the_day_on_which_home_means_no_leave_any_more_is_counted_as_stricter() -> None:
    assert over(running(7, "at_home", stage=1)).stricter
    # his last day, the third of monitoring at home, does not come at all
    assert not over(running(9, "at_home", stage=1)).stricter
    fewer = edited(NINTH, [{"days": 5, "tests": [5]}, {"days": 3, "tests": []}])
    assert not over(running(2), fewer).stricter


def test_whoever_is_in_a_site_beyond_its_days_stands_in_its_stage_until_he_is_let_go() -> None:
    found = over(running(6))
    assert (found.fate, found.stage) == (SHORTENED, 0)
    assert found.plan.stages[0].last < TODAY


def test_a_change_that_would_end_later_is_not_taken_over() -> None:
    longer = schedule((CENTRAL, 14, [1, 14], "no"))
    found = over(running(2), longer)
    assert found == Outcome(KEPT, running(2).plan, 0)


def test_nobody_at_home_is_sent_back_to_a_site() -> None:
    inside_again = schedule((CENTRAL, 10, [10], "no"))
    assert over(running(7, "at_home", stage=1), inside_again).fate == KEPT


def test_whoever_was_watched_at_home_from_the_beginning_goes_on_at_home() -> None:
    plan = reckon(NINTH, TODAY - timedelta(days=2)).in_mode("home_quarantine")
    found = over(Running("close_contact", plan, 0, "at_home", 1))
    assert found.fate == SHORTENED
    assert {stage.mode for stage in found.plan.stages} == {"home_quarantine"}


def test_where_the_new_rules_know_no_site_the_stage_in_it_is_over_and_the_rest_is_at_home() -> None:
    at_home = schedule(("home_quarantine", 7, [1, 3, 5, 7], "no"))
    found = over(running(3), at_home)
    assert [stage.mode for stage in found.plan.stages] == [CENTRAL, "home_quarantine"]
    assert found.plan.stages[0].last == TODAY - timedelta(days=1)
    assert found.plan.stages[1].first == TODAY
    assert [test.on for test in found.plan.stages[1].tests] == [
        TODAY + timedelta(days=1),
        TODAY + timedelta(days=3),
    ]


def test_a_category_that_the_new_rules_lack_is_observed_no_more() -> None:
    found = over(running(2), None)
    assert found.fate == RELEASED
    assert found.plan.ends_on == TODAY - timedelta(days=1)
    assert all(test.on < TODAY for test in found.plan.tests)


def test_a_plan_that_has_not_begun_is_ended_without_turning_round() -> None:
    plan = reckon(NINTH, TODAY)
    found = over(Running("close_contact", plan, 0, "identified", 1), None)
    assert found.plan.stages[0].first <= found.plan.stages[0].last == found.plan.ends_on


def test_whoever_was_found_late_keeps_the_day_on_which_he_was_found() -> None:
    found_on = TODAY - timedelta(days=1)
    plan = reckon(NINTH, TODAY - timedelta(days=4), found_on)
    found = over(Running("close_contact", plan, 0, "in_site", 1))
    assert found.plan.stages[0].first == found_on
    assert found.plan == reckon(TWENTY, TODAY - timedelta(days=4), found_on)


@pytest.mark.parametrize("served", range(11))
@pytest.mark.parametrize("state", ["identified", "in_site", "at_home"])
def test_the_new_end_is_never_later_than_the_old_one(served: int, state: str) -> None:
    for to in (NINTH, TWENTY, schedule((CENTRAL, 21, [21], "no")), None):
        one = running(served, state, stage=int(served > 7))
        found = over(one, to)
        assert found.plan.ends_on <= one.plan.ends_on
        assert of_doc(found.plan.as_doc()) == found.plan


def test_cut_ends_a_plan_on_a_day_and_asks_for_no_later_test() -> None:
    plan = cut(running(2).plan, 0, TODAY + timedelta(days=1))
    assert isinstance(plan, Regimen)
    assert plan.ends_on == TODAY + timedelta(days=1)
    assert all(test.on <= plan.ends_on for test in plan.tests)


def test_the_difference_counts_people_rooms_and_tests_by_day() -> None:
    one, two = running(2, stays=10), running(8, "at_home", stage=1, stays=3)
    found = difference([(one, over(one)), (two, over(two))], TODAY)
    assert (found.stays, found.shortened, found.released, found.unchanged, found.kept) == (13, 10, 3, 0, 0)
    # ten people two days each; three people the two days of monitoring that were left
    assert found.days_less == 10 * 2 + 3 * 2
    first = found.days[0]
    assert (first.on, first.rooms_before, first.rooms_after) == (TODAY, 10, 10)
    # today is the third day: a test is due under both rules
    assert (first.tests_before, first.tests_after) == (10, 10)
    # on the sixth day nobody is in a site by the new rules, and a test is due at home by the new ones alone
    sixth = found.days[3]
    assert (sixth.rooms_before, sixth.rooms_after, sixth.tests_before, sixth.tests_after) == (10, 0, 0, 10)
    assert found.as_doc()["days"][0]["on"] == "2022-11-11"


def test_edited_numbers_replace_days_and_tests_of_each_stage() -> None:
    found = edited(NINTH, [{"days": 5, "tests": [5, 1]}, {"days": 3, "tests": []}])
    assert [(one["days"], one["tests"]) for one in found["stages"]] == [(5, [1, 5]), (3, [])]
    assert over(running(2), found).fate == SHORTENED
    assert (
        over(running(2), edited(NINTH, [{"days": 7, "tests": [7]}, {"days": 3, "tests": [3]}])).fate
        == UNCHANGED
    )


@pytest.mark.parametrize(
    "numbers",
    [
        [],
        [{"days": 0, "tests": []}, {"days": 3, "tests": []}],
        [{"days": 5, "tests": [6]}, {"days": 3, "tests": []}],
    ],
)
def test_numbers_that_cannot_be_are_refused(numbers: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"stage|argument"):
        edited(NINTH, numbers)
