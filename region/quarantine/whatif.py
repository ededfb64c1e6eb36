"""What another pack, or other numbers in a schedule, would do to people whose observation runs already.

Pure: running plans and schedules in, a difference out. A change never lengthens a running restriction: a plan whose
last day would be later, or that would send somebody back to a site, is not taken over at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from region.quarantine.regimen import CENTRAL, Regimen, Stage, reckon

RELEASED, SHORTENED, UNCHANGED, KEPT = "released", "shortened", "unchanged", "kept"
"""Fates: nothing is left to serve; fewer days; the same last day by the new rules; the old plan stands."""
AT_HOME = ("returning", "at_home")
ONE_DAY = timedelta(days=1)
FREEDOM = {"no": 2, "with_consent": 1, "yes": 0}


@dataclass(frozen=True)
class Running:
    """So many stays that share a plan and stand at the same point of it."""

    category: str
    plan: Regimen
    stage: int
    state: str
    stays: int

    @property
    def found_on(self) -> date | None:
        """The day on which they were found, where that was late."""
        first = self.plan.stages[0].first
        return first if first > self.plan.counts_from + ONE_DAY else None


@dataclass(frozen=True)
class Outcome:
    """What becomes of them: the plan from now on, the stage of it they stand in, and whether some day is stricter."""

    fate: str
    plan: Regimen
    stage: int
    stricter: bool = False


def carry_over(running: Running, schedule: Mapping[str, Any] | None, today: date) -> Outcome:
    """The outcome for people under one plan when `schedule` takes its place (None: the category is observed no more).

    Source: the lead's rule AT-20, the recomputed end is never later than the old one.
    """
    old = running.plan
    if schedule is None:
        return Outcome(RELEASED, cut(old, running.stage, today - ONE_DAY), running.stage)
    new = reckon(schedule, old.counts_from, running.found_on)
    if not new.stages:
        return Outcome(RELEASED, cut(old, running.stage, today - ONE_DAY), running.stage)
    new = _as_chosen(running, new)
    if new.ends_on > old.ends_on or _back_to_a_site(running, new, today):
        return Outcome(KEPT, old, running.stage)
    if running.state == "in_site":
        new, stage = _out_of_the_site(running, new, today)
    else:
        stage = new.stage_on(today)
    fate = _fate(old, new, today)
    return Outcome(fate, new, stage, fate != RELEASED and _stricter(running, new, today))


def cut(plan: Regimen, stage: int, last: date) -> Regimen:
    """The plan ended on `last` at the latest: nothing follows, and later tests are not asked for."""
    stages = list(plan.stages[: stage + 1])
    now = stages[-1]
    ends = min(now.last, last)
    tests = tuple(test for test in now.tests if test.on <= ends)
    stages[-1] = replace(now, first=min(now.first, ends), last=ends, tests=tests)
    return replace(plan, stages=tuple(stages), ends_on=min(plan.ends_on, ends))


def edited(schedule: Mapping[str, Any], numbers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A schedule with other numbers for its stages: each of `numbers` has ``days`` and ``tests`` (days of the stage).

    ValueError when there are not as many, no day is left, or a test lies outside its stage.
    """
    stages = []
    for said, given in zip(schedule["stages"], numbers, strict=True):
        days, tests = int(given["days"]), sorted({int(day) for day in given["tests"]})
        if not 1 <= days <= 60 or any(not 1 <= day <= days for day in tests):
            raise ValueError("numbers of a stage")
        doubles = [day for day in said.get("double_tests", ()) if day in tests]
        stages.append({**said, "days": days, "tests": tests, "double_tests": doubles})
    return {**schedule, "stages": stages}


def _as_chosen(running: Running, new: Regimen) -> Regimen:
    """Whoever serves at home what others serve in a site goes on doing so."""
    old = running.plan.stages[0]
    goes = any(stage.mode == CENTRAL for stage in running.plan.stages)
    return new.in_mode(old.mode) if not goes and new.stages[0].mode == CENTRAL else new


def _back_to_a_site(running: Running, new: Regimen, today: date) -> bool:
    left = [stage for stage in new.stages if stage.last >= today]
    return running.state in AT_HOME and any(stage.mode == CENTRAL for stage in left)


def _out_of_the_site(running: Running, new: Regimen, today: date) -> tuple[Regimen, int]:
    """Whoever is in a site stands in the stage of the site until he is let go home, over or not."""
    there = [n for n, stage in enumerate(new.stages) if stage.mode == CENTRAL]
    if there:
        return new, there[-1]
    now = cut(running.plan, running.stage, today - ONE_DAY).stages[-1]
    after = [replace(s, first=max(s.first, today)) for s in new.stages if s.last >= today]
    after = [replace(s, tests=tuple(test for test in s.tests if test.on >= today)) for s in after]
    stages = (*running.plan.stages[: running.stage], now, *after)
    return replace(new, stages=stages), running.stage


def _fate(old: Regimen, new: Regimen, today: date) -> str:
    if new.ends_on < today <= old.ends_on:
        return RELEASED
    return SHORTENED if new.ends_on < old.ends_on else UNCHANGED


def _stricter(running: Running, new: Regimen, today: date) -> bool:
    """Whether there is a day left on which the new plan gives less freedom than the old one."""
    for n in range((new.ends_on - today).days + 1):
        was, will = (_on(plan, today + timedelta(days=n)) for plan in (running.plan, new))
        if was is not None and will is not None and _weight(will) > _weight(was):
            return True
    return False


def _weight(stage: Stage) -> tuple[bool, int]:
    return stage.mode == CENTRAL, FREEDOM.get(stage.may_leave, 2)


def _on(plan: Regimen, day: date) -> Stage | None:
    return next((stage for stage in plan.stages if stage.first <= day <= stage.last), None)


@dataclass(frozen=True)
class Day:
    """One day: people whose plan has them in a site, and tests due, by the old rules and by the new."""

    on: date
    rooms_before: int
    rooms_after: int
    tests_before: int
    tests_after: int


@dataclass(frozen=True)
class Difference:
    """What a change would do to all of them; `days_less` are person-days of restriction that fall away."""

    stays: int
    released: int
    shortened: int
    unchanged: int
    kept: int
    stricter: int
    days_less: int
    days: tuple[Day, ...]

    def as_doc(self) -> dict[str, Any]:
        """As plain values, for the row of a proposal."""
        return {**asdict(self), "days": [asdict(day) | {"on": day.on.isoformat()} for day in self.days]}


def difference(pairs: Iterable[tuple[Running, Outcome]], today: date) -> Difference:
    """Add up what becomes of groups of stays; the days from today to the last one on which anybody is restricted."""
    fates: Counter[str] = Counter()
    counts: dict[str, Counter[date]] = {
        name: Counter() for name in ("rooms_before", "rooms_after", "tests_before", "tests_after")
    }
    last, stricter, less = today, 0, 0
    for running, outcome in pairs:
        fates[outcome.fate] += running.stays
        stricter += running.stays * outcome.stricter
        less += running.stays * _left(running.plan.ends_on, today) - running.stays * _left(
            outcome.plan.ends_on, today
        )
        last = max(last, running.plan.ends_on)
        for when, plan in (("before", running.plan), ("after", outcome.plan)):
            over = when == "after" and outcome.fate == RELEASED
            _count(counts[f"rooms_{when}"], counts[f"tests_{when}"], running, None if over else plan, today)
    span = (last - today).days + 1
    dates = [today + timedelta(days=n) for n in range(span)]
    days = tuple(Day(on, **{name: found[on] for name, found in counts.items()}) for on in dates)
    by_fate = {fate: fates[fate] for fate in (RELEASED, SHORTENED, UNCHANGED, KEPT)}
    return Difference(stays=fates.total(), stricter=stricter, days_less=less, days=days, **by_fate)


def _left(ends_on: date, today: date) -> int:
    return max(0, (ends_on - today).days + 1)


def _count(
    rooms: Counter[date], tests: Counter[date], running: Running, plan: Regimen | None, today: date
) -> None:
    for stage in plan.stages if plan else ():
        for test in stage.tests:
            tests[test.on] += running.stays * (test.on >= today)
        if stage.mode == CENTRAL and running.state not in AT_HOME:
            for n in range(stage.days):
                rooms[stage.first + timedelta(days=n)] += running.stays
