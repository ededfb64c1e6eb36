"""What will be needed: from use, beds, rounds and what is on its way; never a number where nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from region.places.models import Place
from region.resources.actions import reporting
from region.resources.capacity import told_of
from region.resources.models import Transfer
from region.resources.queries.forecast import Forecast, forecast
from region.resources.questions import PlannedSampling, Sampled
from region.spine.errors import Invalid, Missing
from region.spine.work import Work
from tests.region.resources.road import Road
from tests.region.resources.store import issue, receive
from tests.world import START, World

TODAY = date(2022, 8, 15)


def asked(world: World, place: Place, item: str = "n95") -> Forecast:
    """What a planner of the place is told."""
    with world.as_("planner", place) as w:
        return forecast(w, item, place.id)


def used(world: World, place: Place, amounts: list[int], item: str = "n95") -> None:
    """A place used so much on each of the days before today."""
    for n, amount in enumerate(amounts):
        world.clock.at = START + timedelta(days=14 - len(amounts) + n)
        issue(world, place, item, amount)
    world.clock.at = START + timedelta(days=14)


@pytest.fixture
def district(world: World) -> Place:
    return world.area(level="district", name_zh="临江区", name_en="Linjiang")


def test_the_places_of_an_area_are_added_up_and_run_out_between_two_days(
    world: World, district: Place
) -> None:
    clinics = [world.clinic(district) for _ in range(2)]
    for clinic in clinics:
        receive(world, clinic, "n95", 775)
    used(world, clinics[0], [48, 52, 50, 47, 53, 50])
    used(world, clinics[1], [49, 51, 50, 52, 48, 50])
    found = asked(world, district)
    assert (found.basis, found.verdict, found.usable) == ("history", "within", 1550 - 600)
    assert found.history.days[-1] == (TODAY - timedelta(days=1), 100.0)
    assert (found.history.known, found.history.shelves, found.history.told) == (6, 2, 2)
    assert found.ahead[0].day == TODAY and len(found.ahead) == 14
    assert found.out.likely == TODAY + timedelta(days=9)  # 950 by 100 a day
    assert found.out.early is not None and found.out.early < found.out.likely
    alone = asked(world, clinics[0])
    assert alone.usable == 475 and alone.total.mid == pytest.approx(700, rel=0.02)


def test_what_today_used_already_is_not_needed_again(world: World, district: Place) -> None:
    clinic = world.clinic(district)
    receive(world, clinic, "n95", 2000)
    used(world, clinic, [100] * 6)
    before = asked(world, district)
    issue(world, clinic, "n95", 60)
    after = asked(world, district)
    assert after.usable == 1340 and after.ahead[0].left.mid == before.ahead[0].left.mid == 1300
    issue(world, clinic, "n95", 90)  # more than a day was expected to take
    assert asked(world, district).ahead[0].left.mid == 1250


def test_nothing_known_is_no_number(world: World, district: Place) -> None:
    clinic = world.clinic(district)
    receive(world, clinic, "n95", 500)
    used(world, clinic, [100])
    found = asked(world, district)
    assert (found.basis, found.verdict) == ("none", "unknown")
    assert found.total.mid is None and found.out.likely is None
    assert {one.need.mid for one in found.ahead} == {one.left.mid for one in found.ahead} == {None}
    assert found.history.last == TODAY - timedelta(days=1)
    assert asked(world, district, "goggles").usable is None


def test_few_days_say_how_much_and_not_how_sure(world: World, district: Place) -> None:
    clinic = world.clinic(district)
    receive(world, clinic, "n95", 700)
    used(world, clinic, [100, 100, 100])
    found = asked(world, district)
    assert (found.verdict, found.out.likely) == ("about", TODAY + timedelta(days=3))
    assert found.total.lower is None and found.out.sure is False


def tell_beds(world: World, hospital: Place, in_use: int) -> None:
    with world.as_("clinic", hospital) as w:
        told = told_of({"kind": "beds.isolation", "total": 300, "in_use": in_use})
        reporting.report(w, hospital.id, [told])


def test_occupied_beds_explain_their_share_and_are_not_counted_twice(world: World, district: Place) -> None:
    hospital = world.site(district, "hospital")
    receive(world, hospital, "isolation_gown", 9000)
    world.clock.at = START
    tell_beds(world, hospital, 40)
    used(world, hospital, [70 + 30] * 10, "isolation_gown")  # 40 beds take 70 a day, 30 go elsewhere
    tell_beds(world, hospital, 80)
    found = asked(world, district, "isolation_gown")
    assert found.known.beds is not None and found.known.beds.now == 80
    assert found.known.explained.tolist() == [70.0] * 28 and found.known.planned.tolist() == [140.0] * 14
    assert found.basis == "both"
    assert found.ahead[0].need.mid == pytest.approx(170, abs=1)
    assert found.ahead[0].planned == 140


def test_beds_alone_give_a_forecast_by_plan(world: World, district: Place) -> None:
    hospital = world.site(district, "hospital")
    tell_beds(world, hospital, 100)
    found = asked(world, district)
    assert (found.basis, found.verdict) == ("plan", "empty")
    assert found.total.mid == pytest.approx(127 * 14)


def test_rounds_of_sampling_are_asked_for_and_explain_the_past(
    world: World, district: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[PlannedSampling] = []
    soon, last = TODAY + timedelta(days=2), TODAY - timedelta(days=3)

    def rounds(w: Work, question: PlannedSampling) -> dict[date, Sampled]:
        questions.append(question)
        return {day: Sampled(1000, {10: 90, 1: 100}) for day in (last, soon)}

    monkeypatch.setitem(world.office.flows.answerers, PlannedSampling, rounds)
    store = world.site(district, "warehouse")
    receive(world, store, "swab", 9000)
    used(world, store, [20, 20, 20, 20, 20, 20, 20, 1050, 20, 20], "swab")
    found = asked(world, district, "swab")
    assert (questions[0].first, questions[0].last) == (
        TODAY - timedelta(days=28),
        TODAY + timedelta(days=13),
    )
    assert (found.basis, found.known.persons) == ("both", 1000)
    assert found.ahead[2].planned == pytest.approx(1030)
    assert found.ahead[1].need.mid == pytest.approx(20, abs=1.5)
    assert found.ahead[2].need.mid == pytest.approx(1050, abs=1.5)
    assert asked(world, district, "tube_10").total.mid == pytest.approx(90 * 1.03)


def test_until_rounds_are_kept_the_answer_is_empty(world: World, district: Place) -> None:
    with world.as_system() as w:
        assert w.ask(PlannedSampling(district.id, TODAY, TODAY)) == {}
    assert asked(world, district, "swab").known.persons == 0


def test_what_is_on_its_way_comes_on_its_day_or_tomorrow(world: World) -> None:
    road = Road.of(world)
    receive(world, road.clinic, "n95", 1000)
    used(world, road.clinic, [100] * 6)
    dated = road.ordered(300, due_at=world.clock.at + timedelta(days=3))
    late = road.ordered(50)
    for transfer in (dated, late):
        road.commit(transfer)
    with world.as_system() as w:
        assert w.get(Transfer, late).due_at is None
    found = asked(world, road.clinic)
    assert [one.coming for one in found.ahead[:5]] == [0, 50, 0, 300, 0]
    assert (found.coming, found.arrivals.undated) == (350, 50)
    road.ship(late)
    road.ship(dated, None)
    road.receive(late)
    found = asked(world, road.district)
    assert [one.coming for one in found.ahead[:5]] == [0, 0, 0, 300, 0]
    assert found.usable == 1000 - 300 - 50 + 1000 - 600 + 50
    assert asked(world, road.store).coming == 0


def test_a_stranger_is_told_nothing(world: World, district: Place) -> None:
    other = world.area(level="district")
    with world.as_("planner", other) as w:
        with pytest.raises(Missing):
            forecast(w, "n95", district.id)
        with pytest.raises(Invalid):
            forecast(w, "gold", other.id)
