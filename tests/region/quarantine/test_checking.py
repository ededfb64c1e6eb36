"""Health checks: kept by thousands, corrected within the half-day, counted as they come, acted on within the limit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from region.quarantine.actions import handling, nightly
from region.quarantine.actions.checking import GivenCheck, keep
from region.quarantine.halves import HalfDay, Windows
from region.quarantine.models import Check, CheckSum, Stay
from region.quarantine.queries import checklists, indicators
from region.spine.clock import CHINA
from region.spine.errors import Invalid, Missing, Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

DAY = date(2022, 8, 2)
AM = HalfDay(DAY, "am")


@pytest.fixture
def place(world: World) -> Ground:
    return ground(world)


def morning(place: Ground, number: int = 3) -> list[int]:
    """People who came in yesterday; now it is half past seven in the morning and the checks are due."""
    ids = place.inside(number)
    place.world.wait(hours=22, minutes=30)
    with place.world.as_system() as w:
        nightly.make_dues(w, DAY, "am")
    return ids


def give(place: Ground, *checks: GivenCheck, by: str = "site") -> Any:
    with place.nurse() as w:
        return keep(w, checks, by=by, source="tablet")


def sums(place: Ground) -> dict[str, tuple[int, ...]]:
    """Due, done, late, abnormal and handled, by half-day."""
    with place.world.as_system() as w:
        rows = w.session.query(CheckSum).filter_by(place_id=place.site.id, day=DAY)
        return {row.half: (row.due, row.done, row.late, row.abnormal, row.handled) for row in rows}


def test_the_half_days_are_those_of_the_region() -> None:
    hours = Windows({"am": [6, 12], "pm": [12, 22]}, CHINA)
    at = datetime(2022, 8, 2, 3, tzinfo=CHINA)
    assert hours.current(at) == HalfDay(date(2022, 8, 1), "pm")
    assert hours.current(at + timedelta(hours=3)) == AM
    assert hours.opened(at) == [] and hours.opened(at + timedelta(hours=9)) == [AM, HalfDay(DAY, "pm")]
    assert hours.ends(AM) == datetime(2022, 8, 2, 12, tzinfo=CHINA)


def test_checks_are_kept_counted_and_told_once(place: Ground) -> None:
    a, b, _c = morning(place)
    given = [GivenCheck(a, DAY, "am", 36.5), GivenCheck(b, DAY, "am", 37.9, ("dry_cough",))]
    kept = give(place, *given)
    assert (kept.new, kept.corrected, kept.abnormal) == (2, 0, (b,))
    assert sums(place)["am"] == (3, 2, 0, 1, 0)
    again = give(place, *given)
    assert (again.new, again.corrected) == (0, 0) and sums(place)["am"] == (3, 2, 0, 1, 0)
    told = place.world.journal("quarantine.ChecksKept")
    assert [entry.data["abnormal"] for entry in told] == [[b]] and told[0].place_id == place.site.id
    with place.nurse() as w:
        assert w.get(Stay, b).symptoms_at == place.world.clock.at and w.get(Stay, a).symptoms_at is None
        assert w.get(Stay, a).checked_at == place.world.clock.at


def test_fever_and_symptoms_are_those_of_the_incident_s_pack(place: Ground) -> None:
    a, b, c = morning(place)
    kept = give(
        place,
        GivenCheck(a, DAY, "am", 37.2),
        GivenCheck(b, DAY, "am", 37.3),
        GivenCheck(c, DAY, "am", 36.4, ("diarrhoea",)),
    )
    assert kept.abnormal == (b, c)
    with pytest.raises(Invalid, match="no-such-symptom"):
        give(place, GivenCheck(a, DAY, "pm", 36.4, ("toothache",)))


def test_a_later_check_of_the_half_day_corrects_the_first_and_is_told(place: Ground) -> None:
    a = morning(place)[0]
    give(place, GivenCheck(a, DAY, "am", 39.6))
    first = place.world.clock.at
    place.world.wait(minutes=10)
    kept = give(place, GivenCheck(a, DAY, "am", 36.9))
    assert (kept.new, kept.corrected, kept.abnormal) == (0, 1, ())
    assert sums(place)["am"] == (3, 1, 0, 0, 0)
    with place.nurse() as w:
        check = w.get(Check, (a, DAY, "am"))
        assert (check.celsius, check.at) == (36.9, first)
        assert w.get(Stay, a).symptoms_at is None
    assert place.world.journal("quarantine.ChecksKept")[-1].data["corrected"] == [a]


def test_a_check_after_its_window_is_late_and_one_before_it_is_refused(place: Ground) -> None:
    a, b, _c = morning(place)
    with pytest.raises(Refused, match="check-too-early"):
        give(place, GivenCheck(a, DAY, "pm", 36.5))
    place.world.wait(hours=5)
    give(place, GivenCheck(a, DAY, "am", 36.5), GivenCheck(b, DAY, "pm", 36.5))
    assert sums(place)["am"] == (3, 0, 1, 0, 0)
    with place.nurse() as w:
        assert w.get(Stay, a).checked_at is None, "the half-day that runs has not been asked about"
        assert w.get(Stay, b).checked_at is not None


def test_whoever_came_after_the_window_opened_is_not_due_in_it(place: Ground) -> None:
    morning(place, 1)
    new = place.inside(1)[0]
    give(place, GivenCheck(new, DAY, "am", 38.0))
    assert sums(place)["am"] == (1, 0, 0, 1, 0)


@pytest.mark.parametrize("celsius", [3.65, 365.0])
def test_a_temperature_of_nobody_alive_is_refused(place: Ground, celsius: float) -> None:
    a = morning(place)[0]
    with pytest.raises(Invalid, match="celsius-odd"):
        give(place, GivenCheck(a, DAY, "am", celsius))
    with pytest.raises(Invalid, match="half-day-wrong"):
        give(place, GivenCheck(a, DAY, "night", 36.5))
    with pytest.raises(Missing):
        give(place, GivenCheck(10**6, DAY, "am", 36.5))


def test_k27_counts_what_was_acted_on_within_two_hours(place: Ground) -> None:
    a, b, _c = morning(place)
    give(place, GivenCheck(a, DAY, "am", 38.1), GivenCheck(b, DAY, "am", 38.2))
    place.world.wait(hours=2)
    with place.nurse() as w:
        handling.handle(w, a, DAY, "am", "called_doctor")
    place.world.wait(minutes=1)
    for _ in range(2):
        with place.nurse() as w:
            handling.handle(w, b, DAY, "am", "tested")
    assert sums(place)["am"] == (3, 2, 0, 2, 1)
    assert len(place.world.journal("quarantine.CheckHandled")) == 2
    with place.nurse() as w:
        figures = indicators.of_days(w, DAY, DAY)
        assert (figures["K26"].part, figures["K26"].whole) == (2, 3)
        assert (figures["K27"].part, figures["K27"].whole, figures["K27"].target) == (1, 2, 1.0)
        assert w.get(Stay, a).symptoms_at is None
        with pytest.raises(Invalid, match="no-such-handling"):
            handling.handle(w, a, DAY, "am", "prayed")


def test_a_handled_fever_that_was_a_slip_of_the_pen_counts_nowhere(place: Ground) -> None:
    a = morning(place)[0]
    give(place, GivenCheck(a, DAY, "am", 38.8))
    with place.nurse() as w:
        handling.handle(w, a, DAY, "am", "false_alarm")
    assert sums(place)["am"] == (3, 1, 0, 1, 1)
    give(place, GivenCheck(a, DAY, "am", 36.8))
    assert sums(place)["am"] == (3, 1, 0, 0, 0)


def test_the_list_has_symptoms_first_then_who_is_missing(place: Ground) -> None:
    a, b, c = morning(place)
    give(place, GivenCheck(a, DAY, "am", 36.5), GivenCheck(c, DAY, "am", 38.5))
    with place.nurse() as w:
        rows = checklists.listed(w, place.site.id, AM)
        assert [(row.stay.id, row.group) for row in rows] == [(c, "symptoms"), (b, "missing"), (a, "done")]
        assert all(row.room for row in rows) and rows[0].check is not None
        rest = checklists.listed(w, place.site.id, AM, after=rows[0].key)
        assert [row.stay.id for row in rest] == [b, a]
        assert checklists.listed(w, place.site.id, AM, floor=7) == []
        stood = checklists.standing(w, AM)
        assert [(one.place.id, one.missing) for one in stood] == [(place.site.id, 1)]
    with place.world.as_("quarantine_nurse", place.other) as w:
        assert checklists.listed(w, place.site.id, AM) == [] and checklists.standing(w, AM) == []


def test_checks_made_by_hundreds_are_one_event(place: Ground) -> None:
    ids = place.inside(60)
    place.world.wait(hours=22, minutes=30)
    give(place, *(GivenCheck(id, DAY, "am", 36.6) for id in ids))
    assert len(place.world.journal("quarantine.ChecksKept")) == 1
    assert sums(place)["am"][1] == 60
