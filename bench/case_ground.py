"""Cases and contacts of a measurement: each stay is of a contact, and there is one case for fifty of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, func, literal, null, or_

from bench.filling import later, put, series, table
from bench.stay_ground import CLOSE, INSIDE, NOW, SECOND, TODAY, Made
from region.quarantine.models import Stay
from region.tracing.models import Case, Contact, ContactControl, ContactLink, Infection, TraceLetter

CONTACTS_A_CASE = 50
LETTERS = 600


def fill(connection: Connection, made: Made) -> None:
    """Cases with their sources, contacts with their links and controls, letters; the stays stand already."""
    cases = max(made.stays // CONTACTS_A_CASE, 10)
    _cases(connection, made, cases)
    _infections(connection, cases)
    _contacts(connection, made)
    _links(connection, made, cases)
    _controls(connection)
    _letters(connection, made)


def _cases(connection: Connection, made: Made, cases: int) -> None:
    numbers = series(cases)
    n = numbers.c.value
    person, found = made.persons - n, later(NOW, -(n % 200))
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
        **_progress(n, found),
        facts={},
        since=found,
        version=1,
    )


def _progress(n: Any, found: Any) -> dict[str, Any]:
    """How far the n-th case is: its state, when each clock is due, and when it was met."""
    turn = n % 20
    states = ((turn < 1, "found"), (turn < 3, "assigned"), (turn < 5, "core_known"), (turn < 9, "reported"))
    dues = {"card": 2, "core": 4, "report": 24, "care": 2}
    done = {"card": turn > 0, "core": turn > 2, "report": turn > 4, "care": turn > 1}
    clocks = {f"{name}_due_at": later(found, hours) for name, hours in dues.items()}
    ends = {f"{name}_at": case((yes, later(found, 1 + n % 3)), else_=null()) for name, yes in done.items()}
    assigned = case((turn > 0, found), else_=null())
    return {"state": case(*states, else_="closed"), "assigned_at": assigned, **clocks, **ends}


def _infections(connection: Connection, cases: int) -> None:
    """Each case but the first was infected by one of the seven before it."""
    numbers = series(cases)
    n = numbers.c.value
    source = n - 1 - n % 7
    facts: dict[str, Any] = {"likely": "possible", "setting": "dining", "realm": 0}
    put(connection, Infection, numbers, source > 0, case_id=n, source_id=source, **facts)


def _contacts(connection: Connection, made: Made) -> None:
    """One for each stay, and a fifth as many more who are looked for, let go or given to others."""
    n, stay = series(made.stays * 6 // 5), table(Stay)
    id, own = n.c.value, stay.c
    determined = func.coalesce(own.determined_at, later(NOW, -(id % 120)))
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
        last_exposure_on=func.coalesce(own.counts_from, TODAY - timedelta(days=2)),
        determined_at=determined,
        determined_by="bench",
        transfer_due_at=case((id % 2 == 0, later(determined, 8)), else_=null()),
        control_due_at=later(determined, 8),
        **_whereabouts(id, own, determined),
        since=determined,
        version=1,
    )


def _whereabouts(id: Any, own: Any, determined: Any) -> dict[str, Any]:
    """The state and control of a contact by his own stay, or by his number where he has none."""
    turn, alone = id % 10, own.id.is_(None)
    states = ((~alone, "landed"), (turn < 4, "verifying"), (turn < 8, "released"), (turn < 9, "pushed"))
    coming = own.state.in_(("identified", "notified", "in_transfer"))
    over, under = and_(alone, turn > 3), and_(~alone, ~coming)
    controls = ((alone, null()), (coming, "awaiting"), (own.state == INSIDE, "central"))
    came = later(determined, 1 + id % 8)
    return {
        "state": case(*states, else_="excluded"),
        "control": case(*controls, else_="home"),
        "pushed_to": case((and_(over, turn == 8), "city"), else_=null()),
        "landed_at": case((or_(~alone, turn.between(4, 7)), determined), else_=null()),
        "controlled_at": case((under, came), else_=null()),
        "arrived_at": case((and_(under, own.state == INSIDE), came), else_=null()),
        "ended_at": case((over, later(determined, 24)), else_=null()),
    }


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
