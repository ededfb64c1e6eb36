"""When a zone may be lowered: clear days since its newest infection, a round with all negative, further days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)
MOST_DAYS = timedelta(days=14)
"""So far back a round is looked for."""


@dataclass(frozen=True)
class Rules:
    """What a disease pack says of zones; a number that it does not have is None.

    `classes` from the gravest to the lightest. Clear days are whole days of the region after that of the newest
    infection; `round_on` counts such days too, the day after the newest infection is 1.
    """

    classes: tuple[str, ...]
    high_clear_days: int | None = None
    high_round_on: int | None = None
    high_to_low_after: int | None = None
    medium_clear_days: int | None = None
    medium_round_on: int | None = None

    @property
    def drawn(self) -> tuple[str, ...]:
        """The classes that zones are drawn in: all but the lightest, which is the rest of the county."""
        return self.classes[:-1]


def rules_of(values: Mapping[str, Any]) -> Rules | None:
    """The rules among a pack's values under ``zone``, by the rest of their names; None when the pack draws no zones."""
    if not values.get("classes"):
        return None

    def whole(name: str) -> int | None:
        return None if values.get(name) is None else int(values[name])

    return Rules(
        classes=tuple(values["classes"]),
        high_clear_days=whole("high_clear_days"),
        high_round_on=whole("high_round_on_day"),
        high_to_low_after=whole("high_to_low_after_days"),
        medium_clear_days=whole("medium_clear_days"),
        medium_round_on=whole("medium_round_on_day"),
    )


@dataclass(frozen=True)
class Round:
    """One day's tests of those who live in a zone: answered negative, without an answer, positive, and all who are due.

    Whoever is due and was not sampled (due - done - pending - positive) keeps it incomplete as well.
    """

    done: int
    pending: int
    positive: int
    due: int

    @property
    def missing(self) -> int:
        """How many have no answer yet, sampled or not."""
        return max(self.pending, self.due - self.done - self.positive)

    @property
    def held(self) -> bool:
        """Whether anybody was sampled."""
        return bool(self.done or self.pending or self.positive)

    @property
    def all_negative(self) -> bool:
        """Whether there was a round, and everybody in it has a negative answer."""
        return self.done > 0 and not self.missing and not self.positive


@dataclass(frozen=True)
class Lowering:
    """The grade that comes next and the day of the region from whose beginning it holds; or why it does not yet.

    `reason` is empty, or ``lowest``, ``no-rule``, ``clear-days``, ``round-incomplete``, ``round-positive``,
    ``round-not-held``. `clear` of `needed` days are over at the end of today. `round_on` counts days after the newest
    infection, as the pack does; `tested` is what was found on the day looked at last.
    """

    target: str | None
    effective: date | None
    reason: str = ""
    clear: int = 0
    needed: int = 0
    round_on: int | None = None
    tested: Round | None = None

    def due(self, today: date) -> bool:
        """Whether it is time to propose it: on the last clear day, and whenever that is past."""
        return not self.reason and self.effective is not None and self.effective - DAY <= today


Rounds = Callable[[date], Round]


def judge(
    rules: Rules, grade: str, newest: date, today: date, rounds: Rounds, came_down: date | None = None
) -> Lowering:
    """What the rules say today of a zone of this grade whose newest infection was on `newest`.

    `came_down` is the day from which it was lowered from the gravest class. If all clear days lie before it, only the
    further days count; an infection that came, or was learnt of, later makes the zone one of its own class again.
    `rounds` says what was found on a day. (9th ed. and Twenty Measures, DOMAIN 1.5; vectors V9 and V10.)
    """
    if grade == rules.classes[-1] or grade not in rules.classes:
        return Lowering(None, None, "lowest" if grade == rules.classes[-1] else "no-rule")
    target = rules.classes[rules.classes.index(grade) + 1]
    spent = newest + DAY * (rules.high_clear_days or 0)
    if came_down is not None and spent < came_down and rules.high_to_low_after is not None:
        return _after_days(target, came_down - DAY, rules.high_to_low_after, today)
    if grade == "high":
        return _after_round(target, newest, rules.high_clear_days, rules.high_round_on, today, rounds)
    return _after_round(target, newest, rules.medium_clear_days, rules.medium_round_on, today, rounds)


def _after_days(target: str, last: date, needed: int, today: date) -> Lowering:
    """So many whole days after the day `last`."""
    clear = max(0, (today - last).days)
    reason = "clear-days" if clear < needed else ""
    return Lowering(target, last + DAY * (needed + 1), reason, min(clear, needed), needed)


def _after_round(
    target: str, newest: date, needed: int | None, round_on: int | None, today: date, rounds: Rounds
) -> Lowering:
    """So many clear days, and if the pack says so a round on that day, or on a later one, in which all are negative."""
    if needed is None:
        return Lowering(target, None, "no-rule")
    plain = _after_days(target, newest, needed, today)
    if round_on is None:
        return plain
    first = newest + DAY * round_on
    if plain.reason or today < first:
        foreseen = newest + DAY * (max(needed, round_on) + 1)
        return Lowering(target, foreseen, "clear-days", plain.clear, needed, round_on)
    held: Round | None = None
    for day in _days(max(first, today - MOST_DAYS), today):
        tested = rounds(day)
        if tested.all_negative:
            effective = max(newest + DAY * needed, day) + DAY
            return Lowering(target, effective, "", needed, needed, round_on, tested)
        held = tested if held is None or tested.held else held
        if tested.positive:
            break
    return Lowering(target, None, _lacks(held), needed, needed, round_on, held)


def _days(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


def _lacks(tested: Round | None) -> str:
    if tested is None or not tested.held:
        return "round-not-held"
    return "round-positive" if tested.positive else "round-incomplete"
