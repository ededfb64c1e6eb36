"""What a policy asks of one person under observation, day by day: its stages, its tests, and when he may go.

Pure: schedules in, dates out. Day 0 is the region's day of the last exposure (arrival, discharge), day n the day n
days later; the first stage begins on day 1. The rules are read from the pack of the incident, never known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

CENTRAL = "central_quarantine"
"""The mode of a stage that is served in a site."""
SCHEDULED, ADMISSION, EXTRA = "scheduled", "admission", "extra"
NEGATIVE, POSITIVE, WAIVED = "negative", "positive", "waived"


@dataclass(frozen=True)
class PlannedTest:
    """One test that the plan asks for; `double` is two samples, each tested by itself."""

    on: date
    kind: str = SCHEDULED
    double: bool = False
    specimen: str | None = None


@dataclass(frozen=True)
class Stage:
    """One stretch of the plan, both days included; `may_leave` is no, with_consent or yes."""

    mode: str
    first: date
    last: date
    tests: tuple[PlannedTest, ...]
    checks_per_day: int
    may_leave: str

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Regimen:
    """The plan of one person. `missed` are days gone before he was found: flagged, never a fault of his.

    Whoever is found after his last day has no stages: there is nothing left to serve.
    """

    counts_from: date
    stages: tuple[Stage, ...]
    ends_on: date
    missed: tuple[date, ...] = ()
    missed_tests: tuple[date, ...] = ()

    @property
    def tests(self) -> tuple[PlannedTest, ...]:
        """All tests, by day."""
        return tuple(test for stage in self.stages for test in stage.tests)

    @property
    def restricts_movement(self) -> bool:
        """Whether some stage keeps him from going where he likes."""
        return any(stage.may_leave != "yes" for stage in self.stages)

    def stage_on(self, day: date) -> int:
        """The number of the stage of a day: the first before it begins, the last after it ended."""
        last = max(len(self.stages) - 1, 0)
        return next((n for n, stage in enumerate(self.stages) if day <= stage.last), last)

    def in_mode(self, mode: str) -> Regimen:
        """The same with its first stage served in another mode (home in place of a site)."""
        return replace(self, stages=(replace(self.stages[0], mode=mode), *self.stages[1:]))

    def as_doc(self) -> dict[str, Any]:
        """As plain values, for the row of a stay."""
        return {
            "counts_from": self.counts_from.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "missed": [day.isoformat() for day in self.missed],
            "missed_tests": [day.isoformat() for day in self.missed_tests],
            "stages": [_stage_doc(stage) for stage in self.stages],
        }


def of_doc(doc: Mapping[str, Any]) -> Regimen:
    """The plan as it was kept by `Regimen.as_doc`."""
    return Regimen(
        counts_from=date.fromisoformat(doc["counts_from"]),
        ends_on=date.fromisoformat(doc["ends_on"]),
        missed=tuple(date.fromisoformat(day) for day in doc["missed"]),
        missed_tests=tuple(date.fromisoformat(day) for day in doc["missed_tests"]),
        stages=tuple(_stage_of(stage) for stage in doc["stages"]),
    )


def _stage_doc(stage: Stage) -> dict[str, Any]:
    return {
        "mode": stage.mode,
        "first": stage.first.isoformat(),
        "last": stage.last.isoformat(),
        "checks_per_day": stage.checks_per_day,
        "may_leave": stage.may_leave,
        "tests": [
            {"on": t.on.isoformat(), "kind": t.kind, "double": t.double, "specimen": t.specimen}
            for t in stage.tests
        ],
    }


def _stage_of(doc: Mapping[str, Any]) -> Stage:
    tests = [
        PlannedTest(date.fromisoformat(t["on"]), t["kind"], t["double"], t["specimen"]) for t in doc["tests"]
    ]
    first, last = date.fromisoformat(doc["first"]), date.fromisoformat(doc["last"])
    return Stage(doc["mode"], first, last, tuple(tests), doc["checks_per_day"], doc["may_leave"])


def reckon(schedule: Mapping[str, Any], counts_from: date, found_on: date | None = None) -> Regimen:
    """The plan of somebody whose day 0 is `counts_from`, found on `found_on` (None: in time).

    Whoever is found late serves the days that remain (or all of them, where the schedule says so). The first of them
    asks for a test at once, which replaces none of those that follow; the days and tests before it are flagged.
    """
    begins = counts_from + timedelta(days=1)
    if found_on is None or found_on <= begins:
        return _whole(schedule, counts_from, begins)
    if schedule.get("late_entry") == "full_length":
        return _whole(schedule, counts_from, found_on)
    return _found_late(_whole(schedule, counts_from, begins), found_on, schedule.get("specimen"))


def _whole(schedule: Mapping[str, Any], counts_from: date, first: date) -> Regimen:
    stages: list[Stage] = []
    for said in schedule["stages"]:
        stages.append(_stage(said, first, schedule.get("specimen")))
        first = stages[-1].last + timedelta(days=1)
    return Regimen(counts_from, tuple(stages), stages[-1].last)


def _stage(said: Mapping[str, Any], first: date, specimen: str | None) -> Stage:
    doubles = said.get("double_tests", ())
    tests = tuple(
        PlannedTest(first + timedelta(days=day - 1), SCHEDULED, day in doubles, specimen)
        for day in said.get("tests", ())
    )
    last = first + timedelta(days=said["days"] - 1)
    return Stage(said["mode"], first, last, tests, said.get("checks_per_day", 0), said["may_leave"])


def _found_late(plan: Regimen, found_on: date, specimen: str | None) -> Regimen:
    """The days that remain; where the plan asks for tests at all, one is due on the day he is found."""
    gone = (min(found_on, plan.ends_on + timedelta(days=1)) - plan.stages[0].first).days
    missed = tuple(plan.stages[0].first + timedelta(days=n) for n in range(gone))
    left = [stage for stage in plan.stages if stage.last >= found_on]
    if left:
        now = left[0]
        tests = tuple(test for test in now.tests if test.on >= found_on)
        if plan.tests and not any(test.on == found_on for test in tests):
            tests = (PlannedTest(found_on, ADMISSION, False, specimen), *tests)
        left[0] = replace(now, first=max(now.first, found_on), tests=tests)
    untaken = tuple(test.on for test in plan.tests if test.on < found_on)
    return replace(plan, stages=tuple(left), missed=missed, missed_tests=untaken)


@dataclass(frozen=True)
class Done:
    """What became of one test: due, taken, negative, positive, missed or waived."""

    on: date
    state: str


@dataclass(frozen=True)
class Verdict:
    """Whether the conditions are met; if not, the codes of what is missing."""

    met: bool
    reasons: tuple[str, ...] = ()


def judge(
    rule: Mapping[str, Any],
    tests: Sequence[Done],
    linked_first: Sequence[str] = (),
    *,
    last: date,
    today: date,
) -> Verdict:
    """Whether a stage that ends on `last` may end `today` by the release rule of its pack.

    `tests` are those of the plan up to the end of the stage, `linked_first` the states of the linked contact's tests,
    oldest first. A stage whose last day has a negative test ends with it; one without ends when its last day is over.
    Reasons: ``days-not-over``, ``own-positive``, ``test-missing``, ``linked-positive``, ``linked-waiting``.
    """
    due = sorted((test for test in tests if test.on <= last), key=lambda test: test.on)
    reasons = [
        *_days(due, last, today),
        *_own(str(rule.get("own_tests", "none")), due),
        *_linked(rule, linked_first),
    ]
    return Verdict(not reasons, tuple(dict.fromkeys(reasons)))


def _days(due: Sequence[Done], last: date, today: date) -> list[str]:
    closing = any(test.on == last and test.state == NEGATIVE for test in due)
    over = today > last or (today == last and closing)
    return [] if over else ["days-not-over"]


def _own(asked: str, due: Sequence[Done]) -> list[str]:
    if any(test.state == POSITIVE for test in due):
        return ["own-positive"]
    counted = [test for test in due if test.state != WAIVED]
    if asked == "none":
        return []
    judged = counted if asked == "all_negative" else counted[-1:]
    return [] if all(test.state == NEGATIVE for test in judged) else ["test-missing"]


def _linked(rule: Mapping[str, Any], states: Sequence[str]) -> list[str]:
    wanted = rule.get("linked_contact_first_negatives")
    if not wanted:
        return []
    first = states[:wanted]
    if POSITIVE in first:
        return ["linked-positive"]
    return [] if len(first) == wanted and all(one == NEGATIVE for one in first) else ["linked-waiting"]


def restarted(rule: Mapping[str, Any], found: str, positive_floor: int | None, floor: int | None) -> bool:
    """Whether a positive inside a site makes somebody on `floor` begin again (the pack's `site_positive_restart`).

    `found` is what was positive: ``person`` or ``environment``. Unknown floors count as the same one.
    """
    whom = rule.get(found) or ()
    if "whole_site" in whom:
        return True
    apart = 0 if positive_floor is None or floor is None else floor - positive_floor
    return {0: "same_floor", 1: "floor_above", -1: "floor_below"}.get(apart) in whom
