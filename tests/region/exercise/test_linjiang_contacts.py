"""The exercise's ten days through the real actions: every number of the truth table, and the funnel's identities."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from region.exercise.linjiang.contacts import Outbreak, sums
from region.spine.work import Work
from region.tracing.queries.daily import table
from region.tracing.queries.funnel import Funnel, funnel
from region.tracing.queries.indicators import awaiting, indicator
from tests.world import World

OWN = (48, 131, 402, 788, 1120, 1306, 1402, 1446, 1461, 1461)
SECONDARY = (62, 240, 690, 1410, 2050, 2380, 2520, 2571, 2590, 2590)
AWAITING = (7, 12, 39, 64, 30, 11, 4, 0, 0, 0)
CONVERTED = (0, 2, 7, 18, 36, 53, 65, 71, 73, 73)
RELEASED = (0, 0, 0, 0, 0, 0, 0, 0, 41, 113)
ROOMS = (41, 117, 356, 706, 1054, 1242, 1333, 1375, 1347, 1275)
NEW = (1, 3, 9, 16, 22, 19, 12, 6, 2, 0)
COMMUNITY = (1, 1, 4, 5, 4, 2, 0, 0, 0, 0)
FIRST = date(2022, 8, 1)


def seen(w: Work, incident: int, at: datetime) -> tuple[Funnel, Funnel]:
    return funnel(w, incident, at), funnel(w, incident, at, category="secondary_contact")


def test_at_12_the_funnel_adds_up_on_each_of_the_ten_days(sqlite_world: World) -> None:
    world = sqlite_world
    district = world.area(level="district")
    homes = world.areas(district, 8, "community")
    incident = world.incident(district).id
    outbreak = Outbreak(incident, district.id, [one.id for one in homes], FIRST, world.office.clock.zone)
    ends = []
    for day in range(1, 11):
        world.clock.at = outbreak.at(day, 23, 59) + timedelta(seconds=59)
        with world.as_("epidemiologist", district) as w:
            outbreak.play(w)
            ends.append(w.now)
    with world.as_("epidemiologist", district) as w:
        for day, end in enumerate(ends):
            close, secondary = seen(w, incident, end)
            assert close.own == OWN[day] and secondary.own == secondary.home == SECONDARY[day], f"D{day + 1}"
            parts = (close.awaiting, close.converted, close.released, close.central, close.verifying)
            assert parts == (AWAITING[day], CONVERTED[day], RELEASED[day], ROOMS[day], 0), f"D{day + 1}"
            assert not close.broken and not secondary.broken
            assert close.own == close.landed + close.verifying
            assert close.landed == close.central + close.awaiting + close.converted + close.released
            assert awaiting(w, incident, end).people == AWAITING[day]
        assert (close.to_city, close.to_province, close.to_district) == (41, 22, 0)
        _indicators(w, incident, world)


def _indicators(w: Work, incident: int, world: World) -> None:
    days = table(w, incident, FIRST, FIRST + timedelta(days=9))
    assert tuple(one.new.value for one in days) == NEW and not any(one.new.revised for one in days)
    assert tuple(one.community.value for one in days) == COMMUNITY
    assert [one.total.value for one in days] == sums(NEW) and days[-1].total.value == 90
    assert [f"{100 * (days[n].controlled_share or 0):.1f}" for n in (3, 4, 6)] == ["68.8", "81.8", "100.0"]
    shares = {
        "K05": (89, 90),
        "K06": (81, 90),
        "K07": (88, 90),
        "K08": (84, 90),
        "K09": (1329, 1461),
        "K11": (1440, 1461),
        "K13": (57, 63),
    }
    found = {code: indicator(w, code, incident, w.now) for code in shares}
    assert {code: (one.met, one.due) for code, one in found.items()} == shares
