"""People in care for measurements: a million invented persons, 300,000 stays, six million checks, in PostgreSQL.

Ten districts of a hundred communities, 240 sites with rooms. Half of the stays are close contacts (a site, then home),
half the contacts of those (at home), begun on the days before `TODAY`, so that each night some stages are over. Written
by the database itself out of the numbers of persons; how fast that goes is no figure of the product. The same numbers
make the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, String, and_, case, cast, func, literal, null, or_, select

from bench.filling import as_sql, filling, later, listed, put, series, table
from region.places.models import Place
from region.quarantine.actions.planning import expiry
from region.quarantine.models import Handover, QuarantineSite, Room, ScheduledTest, Stay
from region.quarantine.regimen import reckon
from region.spine.db import Doc
from tests.world import World

PERSONS, STAYS = 1_000_000, 300_000
DISTRICTS, TOWNS, COMMUNITIES, SITES = 10, 10, 10, 240
PACK = "CN-COVID-9ED"
TODAY = date(2022, 8, 12)
NOW = datetime(2022, 8, 12, 6, 30, tzinfo=UTC)
"""Half past two in the afternoon: the second half-day's checks have begun."""
CLOSE, SECOND = "close_contact", "secondary_contact"
CLOSE_AGES, SECOND_AGES = 12, 9
"""Days since the last exposure, from 0 on: the oldest plans, and stages, ended the day before."""
HALF_DAYS = 20
FLOOR = 30
MORNING, NOON = NOW - timedelta(hours=6), NOW - timedelta(hours=1)
AT_HOME = "at_home"
INSIDE = "in_site"


@dataclass(frozen=True)
class Made:
    """What was made, and how much of it; each kind of places stands in one row of ids."""

    persons: int
    stays: int
    incident: int
    city: Place
    districts: list[Place]
    towns: list[Place]
    homes: list[Place]
    clinics: list[Place]
    sites: list[Place]

    @property
    def rooms(self) -> int:
        """Rooms of each site: for whoever is in it, and some to spare."""
        return (self.stays // 2 // CLOSE_AGES // SITES + 1) * 8 + FLOOR

    def home(self, n: Any) -> Any:
        """The community of the person with this number."""
        return self.homes[0].id + n % literal(len(self.homes))

    def clinic(self, n: Any) -> Any:
        """The clinic of the sub-district where the person with this number lives."""
        return self.clinics[0].id + n % literal(len(self.homes)) // COMMUNITIES


def tree(world: World, persons: int, stays: int) -> Made:
    """The city down to its communities, with a clinic in each sub-district and quarantine sites in each district."""
    city = world.area(level="city")
    districts = world.areas(city, DISTRICTS, "district")
    towns = [town for one in districts for town in world.areas(one, TOWNS, "subdistrict")]
    homes = [home for one in towns for home in world.areas(one, COMMUNITIES, "community")]
    clinics = world.sites(towns, "community_health_centre")
    sites = world.sites([districts[n * DISTRICTS // SITES] for n in range(SITES)], "quarantine_site")
    for kind in (homes, clinics, sites):
        assert kind[-1].id - kind[0].id == len(kind) - 1, "places do not stand in one row of ids"
    return Made(persons, stays, world.incident(city, PACK).id, city, districts, towns, homes, clinics, sites)


def fill(world: World, made: Made) -> None:
    """Rooms, and stays with their tests and handovers; persons stand already."""
    kinds = plans(world)
    with filling(world.office.engine) as connection:
        _stays(connection, made, kinds)
        _tests(connection, kinds)
        _rooms(connection, made)
        _handovers(connection)


def plans(world: World) -> list[dict[str, Any]]:
    """What the pack asks of each category and age, with the state that somebody is in by then; `key` counts them."""
    found: list[dict[str, Any]] = []
    with world.as_system() as w:
        for category, ages in ((CLOSE, CLOSE_AGES), (SECOND, SECOND_AGES)):
            schedule = w.rules.value(PACK, f"schedule.{category}")
            for age in range(ages):
                plan = reckon(schedule, TODAY - timedelta(days=age))
                inside = category == CLOSE and age <= plan.stages[0].days + 1
                stage = 0 if inside or category == SECOND else 1
                found.append(
                    {
                        "key": len(found),
                        "age": age,
                        "category": category,
                        "plan": plan.as_doc(),
                        "mode": plan.stages[stage].mode,
                        "stage": stage,
                        "counts_from": plan.counts_from,
                        "ends_on": plan.ends_on,
                        "expires_at": expiry(w, plan.ends_on),
                        "state": INSIDE if inside else AT_HOME,
                    }
                )
    return found


def _key(stay: Any) -> Any:
    """Which plan a stay has: even ones are close contacts, odd ones the contacts of the one before."""
    half = stay // 2
    return case((stay % 2 == 0, half % CLOSE_AGES), else_=CLOSE_AGES + half % SECOND_AGES)


def _stays(connection: Connection, made: Made, kinds: list[dict[str, Any]]) -> None:
    n, kind = series(made.stays), listed("kind", kinds)
    id = n.c.value
    turn = id // (2 * CLOSE_AGES)
    site = turn % SITES
    slot = turn // SITES * 8 + kind.c.age - 1
    coming = and_(kind.c.state == INSIDE, kind.c.age == 0)
    inside = and_(kind.c.state == INSIDE, kind.c.age > 0)
    put(
        connection,
        Stay,
        n.join(kind, kind.c.key == _key(id)),
        id=id,
        realm=0,
        incident_id=made.incident,
        person_id=id,
        ref=func.concat("contact:", id),
        evidence=func.concat("contact:", id),
        linked=case((id % 2 == 1, func.concat("contact:", id - 1)), else_=null()),
        place_id=made.home(id),
        site_id=case((or_(inside, coming), made.sites[0].id + site), else_=null()),
        room_id=case((inside, site * made.rooms + slot + 1), else_=null()),
        floor=case((inside, slot // FLOOR + 1), else_=null()),
        **{name: kind.c[name] for name in ("category", "plan", "mode", "stage", "counts_from", "ends_on")},
        pack=PACK,
        pack_digest="-",
        legal_ground="incident_order",
        expires_at=case((id % 200 == 0, NOW), else_=kind.c.expires_at),
        **_moments(id, turn, coming, inside, kind.c),
        care_needs=case((coming, as_sql(["elderly"], Doc)), else_=as_sql([], Doc)),
        alone=True,
        end_note="",
        version=1,
    )


def _moments(id: Any, turn: Any, coming: Any, inside: Any, kind: Any) -> dict[str, Any]:
    """The state of a stay, and when it came to it: those of today are on their way, all others are watched."""
    states = ((~coming, kind.state), (turn % 3 == 0, "identified"), (turn % 3 == 1, "notified"))
    began = later(kind.counts_from, 5)
    soon = later(NOW, turn % 480 - 120, timedelta(minutes=1))
    checked = case((coming, null()), (id % 10 < 3, NOON), (id % 20 > 0, MORNING), else_=null())
    return {
        "state": case(*states, else_="in_transfer"),
        "determined_at": began,
        "since": began,
        "transfer_due_at": case((coming, soon), else_=null()),
        "notified_at": case((~coming, began), else_=null()),
        "picked_up_at": case((inside, began), else_=null()),
        "arrived_at": case((~coming, began), else_=null()),
        "checked_at": checked,
        "symptoms_at": case((and_(~coming, id % 500 == 7), MORNING), else_=null()),
        "late_at": case((and_(coming, turn % 20 == 0), NOW), else_=null()),
    }


def _tests(connection: Connection, kinds: list[dict[str, Any]]) -> None:
    """Of the days before nearly all were taken, of today's most: what is left of them is missed in the night."""
    rows = [
        {"key": one["key"], "on": date.fromisoformat(test["on"]), "stage": number, "number": at}
        for one in kinds
        for number, stage in enumerate(one["plan"]["stages"])
        for at, test in enumerate(stage["tests"], 10 * number)
    ]
    stay, test = table(Stay), listed("test", rows)
    past = or_(test.c.on < TODAY, and_(test.c.on == TODAY, stay.c.id % 10 < 7))
    taken = and_(past, (stay.c.id + test.c.number) % 40 > 0)
    put(
        connection,
        ScheduledTest,
        stay.join(test, test.c.key == _key(stay.c.id)),
        stay_id=stay.c.id,
        due_on=test.c.on,
        realm=0,
        place_id=stay.c.place_id,
        site_id=stay.c.site_id,
        stage=test.c.stage,
        kind="scheduled",
        double=False,
        state=case((taken, "negative"), (test.c.on < TODAY, "missed"), else_="due"),
        tube=case((taken, func.concat("tube:", stay.c.id * 100 + test.c.number)), else_=null()),
        taken_at=case((taken, later(test.c.on, 2)), else_=null()),
        result_at=case((taken, later(test.c.on, 9)), else_=null()),
    )


def _rooms(connection: Connection, made: Made) -> None:
    n, stay = series(SITES * made.rooms), table(Stay)
    site, number = (n.c.value - 1) // made.rooms, (n.c.value - 1) % made.rooms
    held = and_(stay.c.room_id == n.c.value, stay.c.state == INSIDE)
    put(
        connection,
        Room,
        n.outerjoin(stay, held),
        id=n.c.value,
        realm=0,
        place_id=made.sites[0].id + site,
        floor=number // FLOOR + 1,
        code=func.lpad(cast(number, String), 4, "0"),
        capacity=1,
        accessible=number % 20 == 0,
        condition=case((number == made.rooms - 1, "cleaning"), else_="ready"),
        occupants=case((stay.c.id.is_(None), 0), else_=1),
        household=cast(stay.c.id, String),
        version=1,
    )
    room = table(Room).c
    counts = select(
        room.place_id,
        func.count().label("rooms"),
        func.count().filter(room.condition == "ready").label("ready"),
        func.sum(room.occupants).label("occupied"),
    )
    sums = counts.group_by(room.place_id).subquery()
    put(
        connection,
        QuarantineSite,
        sums,
        realm=0,
        opened_at=NOW - timedelta(days=30),
        version=1,
        **dict(sums.c),
    )


def _handovers(connection: Connection) -> None:
    """Whoever is in a site was signed for; whoever is on the way is offered."""
    stay = table(Stay)
    signed = stay.c.state == INSIDE
    put(
        connection,
        Handover,
        stay,
        stay.c.state.in_((INSIDE, "in_transfer")),
        realm=0,
        stay_id=stay.c.id,
        kind="arrive",
        from_place_id=stay.c.place_id,
        to_place_id=stay.c.site_id,
        given_by="driver",
        given_at=stay.c.since,
        taken_by=case((signed, "nurse"), else_=null()),
        taken_at=case((signed, stay.c.since), else_=null()),
        due_at=later(stay.c.since, 1),
        state=case((signed, "signed"), else_="offered"),
        since=stay.c.since,
        facts={},
        reason="",
        version=1,
    )
