"""People go when the pack's conditions are met, are told once, and never stay beyond the day that it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from region.quarantine.actions import moving, nightly, releasing, testing
from region.quarantine.models import ScheduledTest, Stay
from region.quarantine.queries import indicators
from region.quarantine.queries.tests import judged
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

LAST = date(2022, 8, 8)
NUMBERS: Iterator[int] = iter(range(1, 10_000))


@pytest.fixture
def place(world: World) -> Ground:
    return ground(world)


def on(place: Ground, day: int, hour: int = 9) -> None:
    """Go on to an hour of a day of August, as the region's clocks have it."""
    place.world.clock.at = datetime(2022, 8, day, hour, tzinfo=UTC) - timedelta(hours=8)


def swabbed(place: Ground, stay: int, *days: int, result: str = "negative") -> None:
    """The tests of these days are taken on them, with this result."""
    for day in days:
        on(place, day)
        tube = f"tube:{next(NUMBERS)}"
        with place.nurse() as w:
            testing.take(w, w.get(Stay, stay), date(2022, 8, day), tube)
        with place.world.as_system() as w:
            testing.result(w, tube, result, w.now)


def states(place: Ground, stay: int) -> dict[int, str]:
    with place.world.as_system() as w:
        rows = w.session.query(ScheduledTest).filter_by(stay_id=stay).order_by(ScheduledTest.due_on)
        return {row.due_on.day: row.state for row in rows}


def state(place: Ground, stay: int) -> str:
    with place.world.as_system() as w:
        return w.get(Stay, stay).state


def let_go(place: Ground, stay: int, reason: str | None = None) -> list[int]:
    with place.epidemiologist() as w:
        return releasing.release(w, [w.get(Stay, stay)], reason)


def test_the_last_day_s_negative_test_makes_ready_once(place: Ground) -> None:
    stay = place.inside()[0]
    swabbed(place, stay, 2, 3, 4, 6)
    assert not place.world.journal("quarantine.ReleaseReady")
    swabbed(place, stay, 8)
    ready = place.world.journal("quarantine.ReleaseReady")
    assert [entry.data["stays"] for entry in ready] == [[stay]] and ready[0].place_id == place.site.id
    on(place, 9)
    with place.world.as_system() as w:
        nightly.judge(w, date(2022, 8, 9), 0)
    assert len(place.world.journal("quarantine.ReleaseReady")) == 1
    assert let_go(place, stay) == [stay]
    assert state(place, stay) == "returning" and let_go(place, stay) == []
    with place.world.as_("community_officer", place.home) as w:
        moving.move(w, [w.get(Stay, stay)], "come_home")
    with place.world.as_system() as w:
        testing.take(w, w.get(Stay, stay), date(2022, 8, 11), "tube:home")
        assert testing.result(w, "tube:home", "negative", w.now) == [stay]
    on(place, 12)
    with place.world.as_system() as w:
        nightly.judge(w, date(2022, 8, 12), 0)
    assert len(place.world.journal("quarantine.ReleaseReady")) == 2, "each stage has its own end"
    with place.world.as_("clinic_lead", place.home) as w:
        assert releasing.release(w, [w.get(Stay, stay)]) == [stay]
    assert state(place, stay) == "closed"
    with place.world.as_system() as w:
        row = w.get(Stay, stay)
        assert w.office.clock.day(row.released_at) == date(2022, 8, 9), (
            "K29 looks at the day on which he left the site"
        )


def test_k28_and_k29_of_the_days(place: Ground) -> None:
    stay = place.inside()[0]
    swabbed(place, stay, 2, 3, 4, 6, 8)
    on(place, 10)
    with pytest.raises(Refused, match="release-needs-reason"):
        let_go(place, stay)
    with place.nurse() as w:
        assert (indicators.releases(w, LAST, LAST).part, indicators.releases(w, LAST, LAST).whole) == (0, 1)
        assert indicators.tests(w, date(2022, 8, 2), LAST).value == 1.0
    let_go(place, stay, "late_no_transport")
    with place.nurse() as w:
        late = indicators.of_days(w, LAST, LAST)["K29"]
        assert (late.part, late.whole) == (0, 1)
        assert indicators.of_days(w, date(2022, 7, 1), date(2022, 7, 2))["K29"].value is None


def test_early_only_with_a_reason_of_the_pack(place: Ground) -> None:
    stay = place.inside()[0]
    on(place, 5)
    with pytest.raises(Refused, match="release-needs-reason") as refused:
        let_go(place, stay)
    assert refused.value.facts["why"] == "days-not-over"
    with pytest.raises(Invalid, match="no-such-reason"):
        let_go(place, stay, "homesick")
    assert let_go(place, stay, "early_by_expert") == [stay]
    with place.world.as_system() as w:
        assert w.get(Stay, stay).end_reason == "early_by_expert"


def test_a_missed_test_keeps_somebody_until_it_is_made_up(place: Ground) -> None:
    stay = place.inside()[0]
    swabbed(place, stay, 2, 3, 4)
    on(place, 9, 1)
    with place.world.as_system() as w:
        assert nightly.miss_tests(w, date(2022, 8, 9)) == 2
    with place.world.as_system() as w:
        assert nightly.miss_tests(w, date(2022, 8, 9)) == 0
        assert nightly.judge(w, date(2022, 8, 9), 0) is None
        assert judged(w, [w.get(Stay, stay)])[stay].reasons == ("test-missing",)
    assert states(place, stay)[8] == "missed"
    with place.nurse() as w:
        testing.take(w, w.get(Stay, stay), LAST, "tube:late")
    with place.world.as_system() as w:
        assert testing.result(w, "tube:late", "negative", w.now) == [stay]
        assert w.get(Stay, stay).met_at == w.now
        assert indicators.tests(w, LAST, LAST).part == 0, "taken a day late"
    verbs = [entry.data["verb"] for entry in place.world.journal("quarantine.TestsKept")]
    assert verbs[-3:] == ["missed", "taken", "negative"]


def test_a_result_that_says_nothing_makes_the_test_due_again(place: Ground) -> None:
    stay = place.inside()[0]
    swabbed(place, stay, 2, result="invalid")
    assert states(place, stay)[2] == "due"
    swabbed(place, stay, 2)
    assert states(place, stay)[2] == "negative"
    with place.world.as_system() as w:
        assert testing.result(w, "tube:of-nobody", "negative", w.now) == []
        with pytest.raises(Invalid, match="no-such-result"):
            testing.result(w, "tube:1", "purple", w.now)
    with place.nurse() as w:
        row = w.get(Stay, stay)
        with pytest.raises(Missing):
            testing.take(w, row, date(2022, 8, 5), "tube:5")
        with pytest.raises(Refused, match="test-not-due"):
            testing.take(w, row, date(2022, 8, 2), "tube:other")


def test_a_waived_test_is_asked_for_no_more(place: Ground) -> None:
    stay = place.inside()[0]
    swabbed(place, stay, 2, 3, 4, 6)
    on(place, 8)
    with place.epidemiologist() as w:
        with pytest.raises(Invalid, match="no-such-reason"):
            testing.waive(w, w.get(Stay, stay), LAST, "no_time")
        testing.waive(w, w.get(Stay, stay), LAST, "recovered")
        testing.waive(w, w.get(Stay, stay), LAST, "recovered")
    on(place, 9, 1)
    with place.world.as_system() as w:
        nightly.judge(w, date(2022, 8, 9), 0)
        assert w.get(Stay, stay).met_at == w.now
        assert indicators.tests(w, LAST, LAST).whole == 0


def secondary(place: Ground) -> tuple[int, int]:
    """A close contact in the site, and the stay at home of a secondary contact of his."""
    first = place.inside(at=place.other)[0]
    with place.world.as_system() as w:
        ref = w.get(Stay, first).ref
    second = place.stays(category="secondary_contact", linked=ref)[0]
    with place.world.as_("community_officer", place.home) as w:
        moving.move(w, [w.get(Stay, second)], "notify")
        moving.move(w, [w.get(Stay, second)], "settle_at_home")
    return first, second


def by_hand(place: Ground, stay: int, days: tuple[int, ...]) -> None:
    with place.world.as_system() as w:
        for day in days:
            testing.take(w, w.get(Stay, stay), date(2022, 8, day), f"tube:{stay}-{day}")
            testing.result(w, f"tube:{stay}-{day}", "negative", w.now)


@pytest.mark.parametrize(("result", "reasons"), [("negative", ()), ("positive", ("linked-positive",))])
def test_a_secondary_contact_waits_for_his_contact_s_first_two_tests(
    place: Ground, result: str, reasons: tuple[str, ...]
) -> None:
    first, second = secondary(place)
    swabbed(place, first, 2)
    on(place, 8)
    by_hand(place, second, (2, 5, 8))
    with place.world.as_system() as w:
        assert judged(w, [w.get(Stay, second)])[second].reasons == ("linked-waiting",)
    swabbed(place, first, 3, result=result)
    on(place, 9)
    with place.world.as_(
        "community_officer", place.home
    ) as w:  # the other's home and site are beyond his places
        assert judged(w, [w.get(Stay, second)])[second].reasons == reasons
        assert w.session.get(Stay, first) is None


def expired(place: Ground, days: int) -> None:
    place.world.clock.at += timedelta(days=days)
    with place.world.as_system() as w:
        nightly.tick(w)


def test_a_restriction_ends_when_its_time_is_over_whatever_is_missing(place: Ground) -> None:
    inside, never = place.inside()[0], place.stays()[0]
    expired(place, 12)
    assert state(place, inside) == "in_site"
    expired(place, 1)
    assert (state(place, inside), state(place, never)) == ("closed", "cancelled")
    with place.world.as_system() as w:
        row = w.get(Stay, inside)
        assert (row.end_reason, row.room_id, row.closed_at) == ("expired", None, w.now)
    verbs = [entry.data["verb"] for entry in place.world.journal("quarantine.StaysMoved")]
    assert verbs[-3:] == ["release", "close", "cancel"]
    expired(place, 0)
    assert len(place.world.journal("quarantine.StaysMoved")) == len(verbs)


def test_only_a_reason_makes_a_restriction_longer(place: Ground) -> None:
    stay = place.inside()[0]
    with place.epidemiologist() as w:
        row = w.get(Stay, stay)
        with pytest.raises(Invalid, match="no-such-reason"):
            releasing.extend(w, row, row.expires_at + timedelta(days=1), "because")
        with pytest.raises(Refused, match="not-later"):
            releasing.extend(w, row, row.expires_at, "late_symptoms")
        releasing.extend(w, row, row.expires_at + timedelta(days=2), "late_symptoms", "发热")
    expired(place, 13)
    assert state(place, stay) == "in_site"
    told = place.world.journal("quarantine.StaysReplanned")
    assert [entry.data["why"] for entry in told] == ["late_symptoms"]
    expired(place, 2)
    assert state(place, stay) == "closed"


def test_the_clock_s_work_done_twice_changes_nothing(place: Ground) -> None:
    stay = place.inside()[0]
    swabbed(place, stay, 2, 3, 4, 6)
    on(place, 8)
    with place.nurse() as w:
        testing.take(w, w.get(Stay, stay), LAST, "tube:last")
    on(place, 9, 7)

    def night(w: Work) -> None:
        nightly.tick(w)
        nightly.miss_tests(w, date(2022, 8, 9))
        nightly.judge(w, date(2022, 8, 9), 0)
        nightly.make_dues(w, date(2022, 8, 9), "am")

    counts = []
    for _ in range(2):
        with place.world.as_system() as w:
            night(w)
        place.world.run()
        counts.append((len(place.world.journal()), len(place.world.errands())))
    assert counts[0] == counts[1]
    assert place.world.journal("quarantine.ChecksSummed")[-1].data["due"] == 1
