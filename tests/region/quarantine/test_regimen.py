"""The vectors of the domain, from the shipped packs: V1 to V8, late entry, release judged, restart, no schedule."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from region.quarantine.regimen import (
    ADMISSION,
    SCHEDULED,
    Done,
    Regimen,
    Stage,
    judge,
    of_doc,
    reckon,
    restarted,
)
from region.spine.rulebook import Rulebook

RULES = Rulebook.shipped()
NINTH = "CN-COVID-9ED"


def schedule(pack: str, category: str = "close_contact") -> Mapping[str, Any]:
    found: Mapping[str, Any] = RULES.value(pack, f"schedule.{category}")
    return found


def release(pack: str, category: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schedule(pack, category)["release"]
    return found


def plan(pack: str, day: str, category: str = "close_contact", found: str | None = None) -> Regimen:
    return reckon(
        schedule(pack, category), date.fromisoformat(day), date.fromisoformat(found) if found else None
    )


def days(stage: Stage) -> tuple[str, str, str]:
    return stage.mode, f"{stage.first:%m-%d}", f"{stage.last:%m-%d}"


def swabs(part: Stage | Regimen) -> list[str]:
    return [f"{test.on:%m-%d}" for test in part.tests]


def done(part: Stage | Regimen, *states: str) -> list[Done]:
    return [Done(test.on, state) for test, state in zip(part.tests, states, strict=True)]


def test_at_01_v1_close_contact_of_the_ninth_edition() -> None:
    made = plan(NINTH, "2022-08-01")
    central, home = made.stages
    assert days(central) == ("central_quarantine", "08-02", "08-08")
    assert swabs(central) == ["08-02", "08-03", "08-04", "08-06", "08-08"]
    assert days(home) == ("home_monitoring", "08-09", "08-11")
    assert swabs(home) == ["08-11"]
    assert {test.specimen for test in made.tests} == {"oropharyngeal"}
    assert not any(test.double for test in made.tests)
    assert (made.ends_on, made.missed) == (date(2022, 8, 11), ())
    assert made.restricts_movement and home.may_leave == "with_consent" and home.checks_per_day == 2


def test_at_01_v1_closes_after_the_last_negative() -> None:
    made, rule = plan(NINTH, "2022-08-01"), release(NINTH, "close_contact")
    waiting = done(made, *["negative"] * 5, "taken")
    closed = done(made, *["negative"] * 6)
    on = {"last": made.ends_on, "today": made.ends_on}
    assert judge(rule, waiting, **on).reasons == ("days-not-over", "test-missing")
    assert judge(rule, closed, **on).met
    early = {"last": made.ends_on, "today": made.ends_on - timedelta(days=1)}
    assert judge(rule, closed[:5], **early).reasons == ("days-not-over",)


def test_at_01_v2_close_contact_of_the_eighth_edition() -> None:
    made = plan("CN-COVID-8ED", "2022-03-01")
    central, home = made.stages
    assert days(central) == ("central_quarantine", "03-02", "03-15")
    assert swabs(central) == ["03-02", "03-05", "03-08", "03-15"]
    assert [test.on.day for test in made.tests if test.double] == [15]
    assert days(home) == ("home_monitoring", "03-16", "03-22")
    assert swabs(home) == ["03-17", "03-22"]
    assert {test.specimen for test in made.tests} == {"nasopharyngeal"}


def test_at_01_v3_close_contact_of_the_twenty_measures() -> None:
    central, home = plan("CN-COVID-20M", "2022-11-20").stages
    assert days(central) == ("central_quarantine", "11-21", "11-25")
    assert swabs(central) == ["11-21", "11-22", "11-23", "11-25"]
    assert days(home) == ("home_quarantine", "11-26", "11-28")
    assert swabs(home) == ["11-26", "11-28"]
    assert home.may_leave == "no"


def test_at_01_v4_contact_of_the_ten_measures() -> None:
    (home,) = plan("CN-COVID-10M", "2022-12-10").stages
    assert days(home) == ("home_quarantine", "12-11", "12-15")
    assert swabs(home) == ["12-15"]


def test_at_01_v5_secondary_contact_goes_when_his_contact_s_first_two_are_negative() -> None:
    made, rule = plan(NINTH, "2022-08-01", "secondary_contact"), release(NINTH, "secondary_contact")
    (home,) = made.stages
    assert days(home) == ("home_quarantine", "08-02", "08-08")
    assert swabs(home) == ["08-02", "08-05", "08-08"]
    own = done(made, "negative", "negative", "negative")
    on = {"last": home.last, "today": date(2022, 8, 8)}
    assert judge(rule, own, ("negative", "negative", "due"), **on).met
    assert judge(rule, own, ("negative",), **on).reasons == ("linked-waiting",)
    assert judge(rule, own, ("negative", "taken"), **on).reasons == ("linked-waiting",)
    missed = done(made, "negative", "missed", "negative")
    assert judge(rule, missed, ("negative", "negative"), **on).reasons == ("test-missing",)
    waived = done(made, "negative", "waived", "negative")
    assert judge(rule, waived, ("negative", "negative"), **on).met


def test_at_01_v6_the_contact_turns_positive_and_the_plan_is_reckoned_from_his_own_exposure() -> None:
    linked = plan(NINTH, "2022-08-01", "secondary_contact")
    rule = schedule(NINTH, "secondary_contact")
    own = done(linked, "negative", "due", "due")
    said = judge(rule["release"], own, ("negative", "positive"), last=linked.ends_on, today=date(2022, 8, 3))
    assert "linked-positive" in said.reasons
    assert rule["reclassify_on_linked_positive"] == "close_contact"
    anew = plan(NINTH, "2022-08-01", "close_contact", "2022-08-03")
    assert [days(stage) for stage in anew.stages] == [
        ("central_quarantine", "08-03", "08-08"),
        ("home_monitoring", "08-09", "08-11"),
    ]


def test_at_01_v7_found_late_serves_the_days_that_remain_and_is_tested_at_once() -> None:
    made = plan(NINTH, "2022-08-01", found="2022-08-05")
    central, home = made.stages
    assert days(central) == ("central_quarantine", "08-05", "08-08")
    assert [(f"{test.on:%m-%d}", test.kind) for test in central.tests] == [
        ("08-05", ADMISSION),
        ("08-06", SCHEDULED),
        ("08-08", SCHEDULED),
    ]
    assert [day.day for day in made.missed] == [2, 3, 4]
    assert [day.day for day in made.missed_tests] == [2, 3, 4]
    assert days(home) == ("home_monitoring", "08-09", "08-11")
    own = done(made, *["negative"] * 4)
    assert judge(release(NINTH, "close_contact"), own, last=made.ends_on, today=made.ends_on).met


def test_at_01_v7_found_on_a_day_of_a_test_is_tested_once_and_after_the_last_day_serves_nothing() -> None:
    made = plan(NINTH, "2022-08-01", found="2022-08-06")
    assert [(test.on.day, test.kind) for test in made.stages[0].tests] == [(6, SCHEDULED), (8, SCHEDULED)]
    over = plan(NINTH, "2022-08-01", found="2022-09-01")
    assert over.stages == () and len(over.missed) == 10
    in_home = plan(NINTH, "2022-08-01", found="2022-08-10")
    assert [days(stage) for stage in in_home.stages] == [("home_monitoring", "08-10", "08-11")]


def test_at_01_v8_a_contact_who_is_only_monitored_may_go_where_he_likes() -> None:
    made = plan("WHO-MPOX-2024", "2025-05-01")
    (stage,) = made.stages
    assert days(stage) == ("self_monitoring", "05-02", "05-22")
    assert not made.restricts_movement and not made.tests
    rule = release("WHO-MPOX-2024", "close_contact")
    assert not judge(rule, [], last=made.ends_on, today=made.ends_on).met
    assert judge(rule, [], last=made.ends_on, today=made.ends_on + timedelta(days=1)).met
    late = plan("WHO-MPOX-2024", "2025-05-01", found="2025-05-10")
    assert not late.tests, "a plan without tests asks for none at admission"


def test_a_full_length_schedule_begins_anew_for_whoever_is_found_late() -> None:
    full = {**schedule(NINTH), "late_entry": "full_length"}
    made = reckon(full, date(2022, 8, 1), date(2022, 8, 5))
    assert days(made.stages[0]) == ("central_quarantine", "08-05", "08-11")


def test_a_positive_of_his_own_is_never_overlooked() -> None:
    made = plan(NINTH, "2022-08-01")
    own = done(made, "negative", "positive", *["negative"] * 4)
    said = judge({"own_tests": "last_negative"}, own, last=made.ends_on, today=made.ends_on)
    assert said.reasons == ("own-positive",)


@pytest.mark.parametrize(
    ("found", "floor", "again"),
    [
        ("person", 5, True),
        ("person", 6, True),
        ("person", 4, True),
        ("person", 7, False),
        ("environment", 9, True),
    ],
)
def test_a_positive_inside_a_site_restarts_its_floor_and_the_next(
    found: str, floor: int, again: bool
) -> None:
    rule = RULES.value("CN-COVID-8ED", "site_positive_restart")
    assert restarted(rule, found, 5, floor) is again


def test_every_schedule_that_is_shipped_can_be_reckoned_and_kept() -> None:
    seen: list[str] = []
    for pack in RULES.packs:
        for category, rule in pack.values_under("schedule").items():
            made = reckon(rule.value, date(2022, 8, 1))
            assert of_doc(made.as_doc()) == made
            _follow_each_other(made.stages)
            seen.append(f"{pack.id}/{category}")
    assert len(seen) > 12


def _follow_each_other(stages: Sequence[Stage]) -> None:
    assert stages[0].first == date(2022, 8, 2)
    for before, after in itertools.pairwise(stages):
        assert after.first == before.last + timedelta(days=1)
