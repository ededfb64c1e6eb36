"""The exercise region is loaded once, whole, with somebody awake everywhere."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from region.accounts.models import Account, DutyShift
from region.care.models import CareTask
from region.exercise import care_day, load
from region.incidents import queries as incidents
from region.places import queries as places
from region.places.models import Place
from region.quarantine.models import Check, Stay
from region.resources.models import AreaSupply, Capacity, Shelf
from region.resources.models.totals import BANDS, WHY
from region.sampling.models import Box, Recall, Round, RoundSite, Tube, WorkItem
from region.spine.actor import system_actor
from region.tracing.models import Case
from region.zones.models import Zone
from tests.region.resources.store import unbalanced
from tests.world import World


def test_everything_is_loaded_once(sqlite_world: World) -> None:
    world = sqlite_world
    world.office = replace(world.office, installation=replace(world.office.installation, demo=True))
    said: list[str] = []
    load.load_exercise(world.office, said.append)
    assert any(load.DEMO_PASSWORD in line for line in said)
    world.realm = load.REALM
    before = len(world.journal())
    load.load_exercise(world.office, said.append)
    assert len(world.journal()) == before
    with world.office.work(system_actor(load.REALM)) as w:
        assert dict(places.levels(w)) == {
            "city": 1,
            "district": 1,
            "subdistrict": 8,
            "community": 96,
            "grid": 1080,
        }
        assert w.session.scalar(select(func.count()).select_from(Place).where(Place.kind == "site")) == 358
        found = incidents.by_code(w, load.INCIDENT)
        assert (found.pack, found.level, found.state) == (load.PACK, "IV", "open")
        on_duty = set(w.session.scalars(select(DutyShift.place_id)))
        assert on_duty >= set(w.session.scalars(select(Place.id).where(Place.kind == "site")))
        assert set(w.session.scalars(select(Shelf.band).distinct())) == set(BANDS)
        assert not w.session.scalars(select(Shelf.item).where(Shelf.stale)).all(), "all was reckoned"
        assert set(w.session.scalars(select(Shelf.why).distinct())) == set(WHY)
        assert w.session.scalar(select(func.count()).select_from(AreaSupply)) > 0
        assert set(w.session.scalars(select(Capacity.kind).distinct())) >= {
            "rooms.quarantine",
            "beds.shelter",
        }
        joined = w.session.scalars(select(Account.login).where(Account.password.is_not(None)))
        assert set(joined) == {one.login for one in load.NAMED}
    assert unbalanced(world) == []
    the_people_in_care(world)
    the_round_of_today(world)


def the_people_in_care(world: World) -> None:
    """Each screen of care has something: rooms, a vehicle, a fever, a missing check, a zone, tasks of a clinic."""
    with world.as_system() as w:
        assert w.session.scalar(select(func.count()).select_from(Case)) == care_day.CASES
        states = {
            row[0]: row[1] for row in w.session.execute(select(Stay.state, func.count()).group_by(Stay.state))
        }
        assert states == {
            "in_site": care_day.IN_ROOMS,
            "in_transfer": care_day.ON_THE_WAY,
            "notified": care_day.TOLD,
            "identified": care_day.CONTACTS - care_day.IN_ROOMS - care_day.ON_THE_WAY - care_day.TOLD,
        }
        assert w.session.scalar(select(func.count()).select_from(Check)) == care_day.CHECKED
        assert w.session.scalars(select(Zone.state)).all() == ["standing"]
        assert w.session.scalar(select(func.count()).select_from(CareTask)) > 0


def the_round_of_today(world: World) -> None:
    """It runs, and every screen of sampling has something: for the sampler, the laboratory and the courier too."""
    with world.as_system() as w:
        assert w.session.scalars(select(Round.state)).one() == "running"
        at = {one.code: one.id for one in w.session.scalars(select(Place))}
        places = {one.login: at[one.place] for one in load.NAMED}
        ours = select(RoundSite.state).where(RoundSite.place_id == places["sampler"])
        assert "open" in w.session.scalars(ours).all()
        assert set(w.session.scalars(select(Box.state))) == {"open", "sealed", "collected", "unpacked"}
        at_lab = select(Tube.state).where(Tube.lab_id == places["lab"]).distinct()
        assert set(w.session.scalars(at_lab)) == {"closed", "received", "reported"}
        assert sorted(w.session.scalars(select(WorkItem.kind))) == ["temperature_wrong", "tube_twice"]
        assert w.session.scalars(select(Tube.result).where(Tube.result == "positive")).all() == ["positive"]
    world.run(rounds=400)  # what a whole region's load owes takes many batches
    with world.as_system() as w:
        assert w.session.execute(select(Recall.state, Recall.members)).one() == ("recalled", 10)


def test_outside_a_demonstration_nobody_gets_the_printed_password(sqlite_world: World) -> None:
    said: list[str] = []
    load.load_exercise(sqlite_world.office, said.append)
    assert not any(load.DEMO_PASSWORD in line for line in said)
    with sqlite_world.office.work(system_actor(load.REALM)) as w:
        assert (
            w.session.scalar(select(func.count()).select_from(Account).where(Account.password.is_not(None)))
            == 0
        )
