"""Choosing recipients by shape, distance, group, what is known of them, and exclusion; and what the preview says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from pyproj import Geod
from shapely.geometry import box
from sqlalchemy import event, select

from region.dispatch.choice import preview, resolve
from region.dispatch.choice.shapes import near_outline, near_point
from region.dispatch.events import TaskReported
from region.dispatch.models import Address, Recipient, Report, Tally
from region.dispatch.questions import FactsOfSites
from region.dispatch.schemas import Choice
from region.places.events import SitesLoaded
from region.places.models import Area, Place, Site
from region.spine.errors import Invalid
from tests.flows.stage import Stage, stage
from tests.world import World

__all__ = ["stage"]
EARTH = Geod(ellps="WGS84")


@dataclass
class Ground:
    """A district with two towns: two clinics and an office in the first, one clinic in the second."""

    world: World
    district: Place
    towns: list[Place]
    clinics: list[Place]
    office: Place
    order: int = 0

    def chosen(self, **choice: Any) -> set[int]:
        with self.world.as_("duty_officer", self.district) as w:
            return set(resolve(w, Choice.model_validate(choice)).sites)

    def told(self, site: Place, **numbers: float) -> None:
        """The site reports these numbers now."""
        with self.world.as_system() as w:
            recipient = w.session.scalars(select(Recipient).where(Recipient.place_id == site.id)).first()
            assert recipient is not None
            facts = {"recipient_id": recipient.id, "place_id": site.id, "numbers": numbers, "made_by": "t"}
            report = w.add(Report(uid=f"{site.id}-{w.now:%d%H%M%S%f}-{len(numbers)}", made_at=w.now, **facts))
            w.tell(TaskReported(recipient=recipient.id, directive=0, report=report.id, place=site.id))


@pytest.fixture
def ground(stage: Stage) -> Ground:
    stage.issued(choice=Choice(areas=(stage.district.id,)))
    towns = [stage.subdistrict, _above(stage.world, stage.elsewhere)]
    return Ground(stage.world, stage.district, towns, [*stage.clinics[:2], stage.elsewhere], stage.office)


def _above(world: World, site: Place) -> Place:
    with world.as_system() as w:
        return w.get(Place, site.parent_id)


def ids(*places: Place) -> set[int]:
    return {place.id for place in places}


@pytest.mark.parametrize("lat", [1.5, 61.2])
@pytest.mark.parametrize("metres", [300.0, 25_000.0])
def test_a_point_s_surroundings_are_metres_at_every_latitude(lat: float, metres: float) -> None:
    bearings = np.arange(0, 360, 15.0)
    for part, hit in ((0.9995, True), (1.0005, False)):
        start = np.full(len(bearings), 114.3), np.full(len(bearings), lat)
        lon, lats, _ = EARTH.fwd(*start, bearings, np.full(len(bearings), metres * part))
        assert set(near_point((114.3, lat), metres, np.array(lon), np.array(lats)).tolist()) == {hit}


@pytest.mark.parametrize("lat", [1.5, 61.2])
def test_an_outline_s_surroundings_are_metres_at_every_latitude(lat: float) -> None:
    square = box(114.0, lat, 114.2, lat + 0.1)
    corner = 114.2, lat + 0.1
    for bearing in (0.0, 45.0, 90.0):
        for metres, hit in ((1990.0, True), (2010.0, False)):
            lon, lats, _ = EARTH.fwd(*corner, bearing, metres)
            assert near_outline(square, 2000.0, np.array([lon]), np.array([lats])).tolist() == [hit]
    inside, nowhere = np.array([114.1, np.nan]), np.array([lat + 0.05, np.nan])
    assert near_outline(square, 1.0, inside, nowhere).tolist() == [True, False]


def test_around_a_point_and_around_an_area(ground: Ground) -> None:
    near = ground.clinics[0]
    assert near.lon is not None and near.lat is not None
    at = {"metres": 5, "point": [near.lon, near.lat]}
    assert ground.chosen(around=at) == ids(near)
    with ground.world.as_system() as w:
        outline = w.session.scalars(select(Area.geometry).where(Area.place_id == ground.towns[1].id)).one()
        assert outline is not None
    around = ground.chosen(around={"metres": 100, "area": ground.towns[1].id})
    assert ids(ground.clinics[2]) <= around and not ids(ground.clinics[0]) & around
    for wrong in ({"metres": 5}, {"metres": 5, "point": [1, 2], "area": ground.towns[0].id}):
        with pytest.raises(Invalid, match="around-what"):
            ground.chosen(around=wrong)
    with pytest.raises(Invalid, match="point-off-earth"):
        ground.chosen(around={"metres": 5, "point": [30.0, 114.0]})


def test_whoever_is_left_out_is_not_chosen_by_rule_or_by_hand(ground: Ground) -> None:
    first, second, far = ground.clinics
    everywhere = {"types": ["community_health_centre"]}
    assert ids(first, second, far) <= ground.chosen(**everywhere)
    assert ids(first) & ground.chosen(**everywhere, without_sites=[first.id]) == set()
    assert ground.chosen(**everywhere, without_areas=[ground.towns[0].id]) == ids(far)
    assert ground.chosen(sites=[far.id, first.id], without_areas=[ground.towns[0].id]) == ids(far)


def test_a_retired_site_is_not_chosen(ground: Ground) -> None:
    with ground.world.as_system() as w:
        w.get(Place, ground.clinics[0].id).valid_to = w.now.date()
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=1, refused=0))
    assert not ids(ground.clinics[0]) & ground.chosen(types=["community_health_centre"])
    with pytest.raises(Invalid, match="no-such-site"):
        ground.chosen(sites=[ground.clinics[0].id])


def test_a_condition_holds_only_where_the_number_is_known(ground: Ground) -> None:
    first, second, far = ground.clinics
    ground.told(first, masks=100)
    ground.told(second, masks=900)
    with ground.world.as_("duty_officer", ground.district) as w:
        short = Choice.model_validate({"conditions": [{"fact": "reported.masks", "op": "<", "value": 500}]})
        reach = resolve(w, short)
    assert set(reach.sites) == ids(first)
    assert far.id in reach.unknown and second.id not in reach.unknown
    (gap,) = reach.gaps
    assert (gap.known, len(gap.unknown)) == (2, gap.of - 2)
    ground.world.wait(days=15)
    assert ground.chosen(conditions=[{"fact": "reported.masks", "op": "<", "value": 500}]) == set()


def test_what_was_sent_back_is_not_known(ground: Ground) -> None:
    first = ground.clinics[0]
    ground.told(first, masks=700)
    ground.world.wait(hours=1)
    ground.told(first, masks=7)
    under = {"conditions": [{"fact": "reported.masks", "op": "<", "value": 500}]}
    assert ground.chosen(**under) == ids(first)
    with ground.world.as_system() as w:
        newest = w.session.scalars(select(Report).order_by(Report.id.desc())).first()
        assert newest is not None
        newest.verdict = "returned"
        w.tell(TaskReported(recipient=newest.recipient_id, directive=0, report=newest.id, place=first.id))
    assert ground.chosen(**under) == set()


def test_days_of_supply_need_two_days_and_a_shrinking_stock(ground: Ground) -> None:
    first, second, far = ground.clinics
    for site, stock in ((first, 1000), (second, 500), (far, 100)):
        ground.told(site, masks=stock)
    question = FactsOfSites(("supply.masks.days",), tuple(ids(first, second, far)))

    def days() -> dict[int, float]:
        with ground.world.as_("duty_officer", ground.district) as w:
            return {site: one.value for site, one in w.ask(question)["supply.masks.days"].items()}

    assert days() == {}
    ground.world.wait(hours=1)
    ground.told(first, masks=900)
    assert days() == {}
    ground.world.wait(days=2)
    ground.told(first, masks=500)
    ground.told(second, masks=800)
    assert days() == {first.id: 500 / ((900 - 500) / 2)}


def test_a_rule_over_a_level_sums_stock_over_use_and_states_what_is_known(ground: Ground) -> None:
    first, second, far = ground.clinics
    for site, stock in ((first, 1000), (second, 300), (far, 1000)):
        ground.told(site, masks=stock)
    ground.world.wait(days=1)
    for site, stock in ((first, 900), (second, 200), (far, 990)):
        ground.told(site, masks=stock)
    rule = {"fact": "supply.masks.days", "op": "<", "value": 7, "level": "subdistrict"}
    with ground.world.as_("duty_officer", ground.district) as w:
        reach = resolve(w, Choice.model_validate({"conditions": [rule], "types": ["subdistrict_office"]}))
    # (900 + 200) / (100 + 100) = 5.5 days, not the mean of 9 and 2.
    assert set(reach.sites) == ids(ground.office)
    (gap,) = reach.gaps
    (town,) = gap.sums
    assert (town.area, town.value, town.known, town.of, town.holds) == (ground.towns[0].id, 5.5, 2, 4, True)
    with pytest.raises(Invalid, match="no-such-level"):
        ground.chosen(conditions=[{**rule, "level": "grid"}])


def test_numbers_of_places_and_counts(ground: Ground) -> None:
    first, second, far = ground.clinics
    with ground.world.as_system() as w:
        w.get(Site, first.id).capacity = 40
        w.get(Area, ground.towns[1].id).population = 90_000
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=2, refused=0))
        for site, days, value in ((first, 0, 80.0), (second, 1, 999.0)):
            counted = {"measure": "swabs", "at": w.now - timedelta(days=days), "value": value}
            w.add(Tally(place_id=site.id, made_by="t", made_at=w.now, **counted))
        w.tell(TaskReported(recipient=0, directive=0, report=0))
    assert ground.chosen(conditions=[{"fact": "site.capacity", "op": ">=", "value": 40}]) == ids(first)
    assert ground.chosen(conditions=[{"fact": "area.population", "op": ">", "value": 5000}]) == ids(far)
    crowded = {"fact": "area.population", "op": "=", "value": 90_000, "level": "subdistrict"}
    assert ground.chosen(conditions=[crowded]) == ids(far)
    assert ground.chosen(conditions=[{"fact": "counted.swabs", "op": ">", "value": 1}]) == ids(first)
    with pytest.raises(Invalid, match="no-such-fact"):
        ground.chosen(conditions=[{"fact": "moon.phase", "op": ">", "value": 1}])


def test_the_preview_counts_by_area_and_channel_and_names_who_is_cut_off(ground: Ground) -> None:
    second, far = ground.clinics[1:]
    with ground.world.as_system() as w:
        w.get(Site, second.id).dark_since = w.now
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=1, refused=0))
        sms = {"channel": "sms", "address": "x", "digest": "d", "made_by": "t", "made_at": w.now}
        w.add(Address(place_id=ground.office.id, **sms))
        w.tell(TaskReported(recipient=0, directive=0, report=0))
    everywhere = Choice(areas=(ground.district.id,))
    with ground.world.as_("duty_officer", ground.district) as w:
        found = preview(w, everywhere, ground.district.id)
    assert found.areas == ((ground.towns[0].id, 4), (ground.towns[1].id, 1))
    # An address serves nobody while the installation has no provider for its channel.
    assert found.channels == {"portal": 3}
    assert set(found.cut_off) == ids(second, far, ground.office)
    office = ground.world.office
    by_sms = replace(office.installation, channels={"sms": {"url": "http://127.0.0.1:9/"}})
    with replace(office, installation=by_sms).work(ground.world.actor("duty_officer", ground.district)) as w:
        found = preview(w, everywhere, ground.district.id)
    assert found.channels == {"portal": 3, "sms": 1}
    assert set(found.cut_off) == ids(second, far)
    assert (found.total, found.reachable) == (5, 3)
    assert found.names[far.id]["en"] == far.name_en


def test_a_stranger_s_sites_cannot_be_chosen(ground: Ground) -> None:
    world = ground.world
    with world.as_("duty_officer", ground.towns[1]) as w:
        assert set(resolve(w, Choice(types=("community_health_centre",))).sites) == ids(ground.clinics[2])
        for foreign in (Choice(areas=(ground.towns[0].id,)), Choice(sites=(ground.clinics[0].id,))):
            with pytest.raises(Invalid, match="no-such"):
                resolve(w, foreign)


def test_as_many_queries_for_one_site_as_for_all(ground: Ground) -> None:
    """The number of statements does not grow with the number of sites."""
    asked: list[str] = []
    event.listen(ground.world.office.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    rule = {"fact": "reported.masks", "op": "<", "value": 500, "level": "subdistrict"}

    def statements(area: Place) -> int:
        with ground.world.as_("duty_officer", ground.district) as w:
            asked.clear()
            preview(w, Choice.model_validate({"areas": [area.id], "conditions": [rule]}), ground.district.id)
            return len(asked)

    first = statements(ground.towns[1])
    for _ in range(6):
        ground.world.clinic(ground.towns[0])
    assert statements(ground.district) == first <= 12
