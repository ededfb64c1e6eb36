"""When zones are lowered (V9, V10) and when rounds of a region stop (V11), read from the packs as they are shipped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from region.sampling.needs import Ended, stop_rule
from region.spine.rulebook import Rulebook
from region.zones.lowering import Lowering, Round, Rules, judge, rules_of

RULES = Rulebook.shipped()
NEWEST = date(2022, 8, 6)
NEGATIVE = Round(done=400, pending=0, positive=0, due=400)
NONE = Round(done=0, pending=0, positive=0, due=400)


def values(pack: str, under: str = "zone") -> dict[str, Any]:
    return {name: one.value for name, one in RULES.pack(pack).values_under(under).items()}


def rules(pack: str) -> Rules:
    found = rules_of(values(pack))
    assert found is not None
    return found


def on(day: int, found: Round) -> Callable[[date], Round]:
    """What was found on one day of August; on all others nobody was sampled."""
    return lambda asked: found if asked == date(2022, 8, day) else NONE


def look(grade: str, today: int, rounds: Callable[[date], Round], came_down: date | None = None) -> Lowering:
    return judge(rules("CN-COVID-9ED"), grade, NEWEST, date(2022, 8, today), rounds, came_down)


def test_at_01_v9_high_becomes_medium_after_seven_clear_days_and_a_negative_round_then_low_after_three() -> (
    None
):
    rounds = on(13, NEGATIVE)
    early = look("high", 12, rounds)
    assert (early.reason, early.clear, early.needed, early.effective) == (
        "clear-days",
        6,
        7,
        date(2022, 8, 14),
    )
    high = look("high", 13, rounds)
    assert (high.target, high.effective, high.reason) == ("medium", date(2022, 8, 14), "")
    assert high.due(date(2022, 8, 13)) and not early.due(date(2022, 8, 12))
    wait = look("medium", 15, on(1, NONE), came_down=date(2022, 8, 14))
    assert (wait.reason, wait.clear, wait.needed) == ("clear-days", 2, 3)
    medium = look("medium", 16, on(1, NONE), came_down=date(2022, 8, 14))
    assert (medium.target, medium.effective, medium.reason) == ("low", date(2022, 8, 17), "")


def test_at_01_v10_one_pending_result_keeps_it_high_because_the_day_7_round_is_incomplete() -> None:
    found = look("high", 13, on(13, Round(done=399, pending=1, positive=0, due=400)))
    assert (found.effective, found.reason, found.round_on) == (None, "round-incomplete", 7)
    assert found.tested is not None and found.tested.missing == 1
    unsampled = look("high", 13, on(13, Round(done=399, pending=0, positive=0, due=400)))
    assert unsampled.reason == "round-incomplete"


def test_at_01_v11_rounds_stop_after_three_clear_ones_three_days_and_one_more() -> None:
    stop = values("CN-COVID-20M", "round_stop")
    infections = [1, 4, 5, 4, 2, 0, 0, 0]
    rounds = [Ended(date(2022, 11, 21) + timedelta(days=n), found) for n, found in enumerate(infections)]
    found = stop_rule(rounds, int(stop["clear_rounds"]), int(stop["wait_days"]))
    assert (found.verdict, found.extra) == ("wait", rounds[-1].day + timedelta(days=4))
    assert found.extra is not None
    clear, again = Ended(found.extra, 0), Ended(found.extra, 1)
    assert stop_rule([*rounds, clear], 3, 3).verdict == "stop"
    assert stop_rule([*rounds, again], 3, 3).verdict == "go_on"
    assert stop["extra_rounds"] == 1, "the rule counts one extra round; a pack with more needs more"


def test_a_round_held_later_counts_from_its_own_day_and_a_positive_one_never() -> None:
    later = look("high", 15, on(15, NEGATIVE))
    assert (later.target, later.effective) == ("medium", date(2022, 8, 16))
    assert look("high", 15, on(1, NONE)).reason == "round-not-held"
    assert look("high", 13, on(13, Round(398, 1, 1, 400))).reason == "round-positive"


def test_a_zone_that_began_as_medium_needs_its_own_round() -> None:
    assert look("medium", 13, on(1, NONE)).reason == "round-not-held"
    assert look("medium", 13, on(13, NEGATIVE)).effective == date(2022, 8, 14)
    struck = look("medium", 16, on(1, NONE), came_down=NEWEST)  # an infection on the day it came down
    assert struck.reason == "round-not-held"


def test_the_twenty_measures_know_no_medium_and_ask_for_no_round() -> None:
    found = judge(rules("CN-COVID-20M"), "high", NEWEST, date(2022, 8, 11), on(1, NONE))
    assert (found.target, found.effective, found.reason) == ("low", date(2022, 8, 12), "")
    assert judge(rules("CN-COVID-20M"), "medium", NEWEST, date(2022, 9, 1), on(1, NONE)).reason == "no-rule"
    assert judge(rules("CN-COVID-20M"), "low", NEWEST, date(2022, 9, 1), on(1, NONE)).reason == "lowest"


def test_a_pack_without_zones_has_no_rules() -> None:
    assert all(rules_of(values(pack)) is None for pack in ("CN-COVID-BB", "CN-GENERIC", "WHO-MPOX-2024"))
