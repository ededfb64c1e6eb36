"""What stands around the stays of a measurement: cases, contacts, key people, zones, and a journal of openings.

Each stay is of a contact; one case for fifty of them; every eighth person is in a key group. As in `stay_ground`,
the database writes them out of numbers, and the same numbers make the same rows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shapely.geometry import box
from sqlalchemy import Connection, and_, case, func, insert, literal, null, or_

from bench.filling import filling, later, listed, put, series, table
from bench.stay_ground import CLOSE, INSIDE, NOW, PACK, SECOND, TODAY, Made
from region.care import groups
from region.care.models import CareClass, CareTask, Membership
from region.people.events import PersonOpened
from region.quarantine.models import Stay
from region.spine.journal import Entry
from region.tracing.models import Case, Contact, ContactControl, ContactLink, Infection, TraceLetter
from region.zones.models import Zone, ZoneGrade, ZoneInfection, ZonePlace, ZoneReview
from tests.world import World

CONTACTS_A_CASE = 50
KEY = 8
ZONES, LETTERS, LINES = 300, 600, 500_000
PROPOSED: dict[str, Any] = {"state": "proposed", "since": NOW, "version": 1}


def fill(world: World, made: Made) -> None:
    """All of it; the stays stand already."""
    cases = max(made.stays // CONTACTS_A_CASE, 10)
    with world.as_system() as w:
        codes = [{"key": n, "code": code} for n, code in enumerate(groups.named(w, "group"))]
    with filling(world.office.engine) as connection:
        _cases(connection, made, cases)
        _contacts(connection, made)
        _links(connection, made, cases)
        _controls(connection)
        _letters(connection, made)
        _members(connection, made, codes)
        _tasks(connection, made)
        _zones(connection, made)
        _journal(connection, made)


def _cases(connection: Connection, made: Made, cases: int) -> None:
    numbers = series(cases)
    n = numbers.c.value
    person, found = made.persons - n, later(NOW, -(n % 200))
    turn = n % 20
    state = case(
        (turn < 1, "found"),
        (turn < 3, "assigned"),
        (turn < 5, "core_known"),
        (turn < 9, "reported"),
        else_="closed",
    )
    dues = {"card": 2, "core": 4, "report": 24, "care": 2}
    done = {"card": turn > 0, "core": turn > 2, "report": turn > 4, "care": turn > 1}
    clocks = {f"{name}_due_at": later(found, hours) for name, hours in dues.items()}
    ends = {
        f"{name}_at": case((is_so, later(found, 1 + n % 3)), else_=null()) for name, is_so in done.items()
    }
    day = literal(TODAY) - n % 9
    put(
        connection,
        Case,
        numbers,
        id=n,
        realm=0,
        incident_id=made.incident,
        person_id=person,
        place_id=made.home(person),
        code=func.concat("99-", n),
        kind="confirmed",
        found_by="round",
        community=n % 5 == 0,
        day=day,
        first_day=day,
        found_at=found,
        diagnosed_at=found,
        recorded_at=found,
        assigned_at=case((turn > 0, found), else_=null()),
        **clocks,
        **ends,
        facts={},
        state=state,
        since=found,
        version=1,
    )
    source = n - 1 - n % 7
    facts: dict[str, Any] = {
        "case_id": n,
        "source_id": source,
        "realm": 0,
        "likely": "possible",
        "setting": "dining",
    }
    put(connection, Infection, numbers, source > 0, **facts)


def _contacts(connection: Connection, made: Made) -> None:
    """One for each stay, and a fifth as many more who are looked for, let go or given to others."""
    n, stay = series(made.stays * 6 // 5), table(Stay)
    id, own = n.c.value, stay.c
    turn = id % 10
    coming = own.state.in_(("identified", "notified", "in_transfer"))
    state = case(
        (own.id.is_not(None), "landed"),
        (turn < 4, "verifying"),
        (turn < 8, "released"),
        (turn < 9, "pushed"),
        else_="excluded",
    )
    determined = func.coalesce(own.determined_at, later(NOW, -(id % 120)))
    over, under = and_(own.id.is_(None), turn > 3), and_(own.id.is_not(None), ~coming)
    control = case(
        (own.id.is_(None), null()), (coming, "awaiting"), (own.state == INSIDE, "central"), else_="home"
    )
    put(
        connection,
        Contact,
        n.outerjoin(stay, own.id == id),
        id=id,
        realm=0,
        incident_id=made.incident,
        person_id=id,
        episode=1,
        place_id=made.home(id),
        category=case((id % 2 == 0, CLOSE), else_=SECOND),
        came_from=case((id % 9 == 0, "to_us"), else_="us"),
        pushed_to=case((and_(over, turn == 8), "city"), else_=null()),
        last_exposure_on=func.coalesce(own.counts_from, TODAY - timedelta(days=2)),
        determined_at=determined,
        determined_by="bench",
        transfer_due_at=case((id % 2 == 0, later(determined, 8)), else_=null()),
        control_due_at=later(determined, 8),
        landed_at=case((or_(own.id.is_not(None), turn.between(4, 7)), determined), else_=null()),
        controlled_at=case((under, later(determined, 1 + id % 8)), else_=null()),
        arrived_at=case((and_(under, own.state == INSIDE), later(determined, 1 + id % 8)), else_=null()),
        control=control,
        ended_at=case((over, later(determined, 24)), else_=null()),
        state=state,
        since=determined,
        version=1,
    )


def _links(connection: Connection, made: Made, cases: int) -> None:
    contact = table(Contact).c
    second = and_(contact.category == SECOND, contact.id > 1)
    put(
        connection,
        ContactLink,
        table(Contact),
        id=contact.id,
        realm=0,
        contact_id=contact.id,
        case_id=case((second, null()), else_=1 + contact.id % cases),
        via_id=case((second, contact.id - 1), else_=null()),
        last_on=contact.last_exposure_on,
        setting="dining",
        note="",
    )


def _controls(connection: Connection) -> None:
    """First all awaited, then those who came are in a site or at home."""
    contact = table(Contact).c
    same = {"contact_id": contact.id, "realm": 0}
    here = contact.landed_at.is_not(None)
    until = func.coalesce(contact.controlled_at, contact.ended_at)
    put(
        connection,
        ContactControl,
        table(Contact),
        here,
        **same,
        since=contact.determined_at,
        until=until,
        control="awaiting",
    )
    came = and_(contact.controlled_at > contact.determined_at, contact.control.is_not(None))
    then = {"since": contact.controlled_at, "control": contact.control}
    put(connection, ContactControl, table(Contact), came, **same, **then)


def _letters(connection: Connection, made: Made) -> None:
    numbers = series(LETTERS)
    n = numbers.c.value
    state = case((n % 3 > 0, "answered"), else_="sent")
    sent = later(NOW, -n)
    put(
        connection,
        TraceLetter,
        numbers,
        id=n,
        realm=0,
        incident_id=made.incident,
        place_id=made.districts[0].id + n % len(made.districts),
        to_name="外地",
        level="city",
        code=func.concat("L-", n),
        contacts=[1, 2, 3],
        question="",
        sent_at=sent,
        sent_by="bench",
        due_at=later(sent, 24),
        answered_at=case((n % 3 > 0, later(sent, 1)), else_=null()),
        answer="",
        state=state,
        since=sent,
        version=1,
    )


def _members(connection: Connection, made: Made, codes: list[dict[str, Any]]) -> None:
    """Every eighth person in a key group; three of four of them classed."""
    n, group = series(made.persons // KEY), listed("code", codes)
    person = n.c.value * KEY - n.c.value % KEY
    put(
        connection,
        Membership,
        n.join(group, group.c.key == n.c.value % len(codes)),
        realm=0,
        person_id=person,
        place_id=made.home(person),
        site_id=made.clinic(person),
        group=group.c.code,
        since=TODAY - timedelta(days=60),
        source="list",
        evidence="list:1",
        tested_at=later(NOW, -24 * (n.c.value % 7)),
    )
    level = case((n.c.value % 20 == 0, "red"), (n.c.value % 4 == 0, "yellow"), else_="green")
    facts: dict[str, Any] = {"facts": {}, "rule": "bench", "pack_digest": "-", "decided_by": "bench"}
    where = {"person_id": person, "realm": 0, "place_id": made.home(person), "site_id": made.clinic(person)}
    put(
        connection,
        CareClass,
        n,
        n.c.value % 4 < 3,
        **where,
        level=level,
        decided_at=NOW - timedelta(days=9),
        **facts,
    )


def _tasks(connection: Connection, made: Made) -> None:
    """For each key person one follow-up of the days before, and one thing to do today."""
    n = series(made.persons // KEY)
    person = n.c.value * KEY - n.c.value % KEY
    level = case((n.c.value % 20 == 0, "red"), (n.c.value % 4 == 0, "yellow"), else_="green")
    same: dict[str, Any] = {
        "realm": 0,
        "person_id": person,
        "place_id": made.home(person),
        "site_id": made.clinic(person),
        "facts": {},
        "version": 1,
    }
    past, due = later(NOW, -24 * (1 + n.c.value % 6)), later(NOW, n.c.value % 12 - 3)
    follow = {"key": func.concat("follow:", person), "kind": "call", "ref": func.concat("class:", level)}
    done: dict[str, Any] = {"state": "done", "done_at": past, "done_by": "bench"}
    put(connection, CareTask, n, **same, **follow, **done, from_at=past, due_at=past, since=past)
    test = {
        "key": func.concat("test:", person),
        "kind": "sample_at_home",
        "ref": func.concat("group:", person),
    }
    late = case((due < NOW, due), else_=null())
    put(
        connection, CareTask, n, **same, **test, state="due", from_at=due, due_at=due, since=due, late_at=late
    )


def _zones(connection: Connection, made: Made) -> None:
    """One in three communities or so, each with two grades through time, its infections and its places."""
    zones, grades, places, infected, reviews = [], [], [], [], []
    for n in range(1, ZONES + 1):
        home = made.homes[n * 3 % len(made.homes)]
        lon, lat = 113 + n % 20 * 0.02, 29 + n // 20 * 0.02
        shape = box(lon, lat, lon + 0.01, lat + 0.01)
        grade = "high" if n % 3 else "medium"
        since = NOW - timedelta(days=n % 9 + 1)
        same = {"incident_id": made.incident, "place_id": home.id, "realm": 0, "geometry": shape}
        names = {"code": f"Z{n}", "name_zh": f"风险区{n}", "name_en": f"Zone {n}", "made_from": "drawn"}
        facts = {"grade": grade, "pack": PACK, "people": 900, "sites": 4, "last_infection_on": since.date()}
        state = {
            "state": "standing",
            "since": since,
            "declared_at": since,
            "version": 1,
            "crs_source": "WGS84",
        }
        zones.append({"id": n, **same, **names, **facts, **state})
        decided = {"decided_by": "bench", "decided_at": since, "reason": "", "pack_digest": "-", "realm": 0}
        grades.append(
            {"zone_id": n, "grade": grade, "geometry": shape, "effective_at": since, "until": None, **decided}
        )
        places.append({"zone_id": n, "place_id": home.id, "realm": 0, "share": 1.0, "people": 900})
        infected += [
            {"zone_id": n, "ref": f"case:{n + ZONES * m}", "day": since.date(), "known_at": since, "realm": 0}
            for m in range(15)
        ]
        if n % 10 == 0:
            facts = {"zone_id": n, "place_id": home.id, "realm": 0, "grade": "low", "effective_at": NOW}
            reviews.append({**facts, "facts": {}, "pack_digest": "-", "made_at": NOW, "note": "", **PROPOSED})
    rows = ((Zone, zones), (ZoneGrade, grades), (ZonePlace, places), (ZoneInfection, infected))
    for kind, these in (*rows, (ZoneReview, reviews)):
        connection.execute(insert(table(kind)), these)


def _journal(connection: Connection, made: Made) -> None:
    """Half a million lines of the weeks before, one of five an opening: what a look-up counts its own among."""
    numbers = series(LINES)
    n = numbers.c.value
    opened = n % 5 == 0
    at = later(NOW, -n, timedelta(seconds=10))
    put(
        connection,
        Entry,
        numbers,
        happened_at=at,
        recorded_at=at,
        place_id=made.home(n),
        incident_id=made.incident,
        realm=0,
        actor=func.concat("person-", n % 500),
        role="clinic",
        event=case((opened, PersonOpened.event_name()), else_="quarantine.ChecksKept"),
        version=1,
        subject=case((opened, "purpose:find_retest"), else_=func.concat("stay:", n)),
        data={"purpose": "find_retest", "persons": [1], "fields": ["name"]},
    )
