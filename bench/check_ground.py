"""Six million health checks for measurements, morning and evening of ten days, and their kept counts by place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Integer, and_, case, cast, func, literal, null, or_, select

from bench.filling import as_sql, filling, put, table
from bench.stay_ground import AT_HOME, HALF_DAYS, INSIDE, NOON, TODAY
from region.quarantine.models import Check, CheckSum, Stay
from region.spine.db import Doc
from tests.world import World


def fill(world: World) -> None:
    """The checks of the stays that stand, and what is counted of them."""
    with filling(world.office.engine) as connection:
        _checks(connection)
        _sums(connection)


def _checks(connection: Connection) -> None:
    """Ten days, morning and evening, for whoever is under observation; of this afternoon's a third are made."""
    for back in range(-1, HALF_DAYS):
        _half_day(connection, TODAY - timedelta(days=(back + 1) // 2), "am" if back % 2 == 0 else "pm", back)


def _half_day(connection: Connection, day: date, half: str, back: int) -> None:
    stay = table(Stay)
    made = case(
        (literal(back) < 0, stay.c.checked_at == NOON), (literal(back) == 0, stay.c.id % 20 > 0), else_=True
    )
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=0.5 if half == "am" else 5.5)
    abnormal = stay.c.id % 500 == (7 if back <= 0 else back + 20)
    handled = and_(abnormal, or_(literal(back) > 0, stay.c.id % 3 == 0))
    put(
        connection,
        Check,
        stay,
        and_(stay.c.state.in_((INSIDE, AT_HOME)), made),
        stay_id=stay.c.id,
        day=day,
        half=half,
        realm=0,
        place_id=func.coalesce(stay.c.site_id, stay.c.place_id),
        at=at,
        by="site",
        actor="nurse",
        celsius=case((abnormal, 38.2), else_=36.6),
        symptoms=case(
            (abnormal, as_sql(["cough"], Doc)),
            else_=as_sql([], Doc),
        ),
        abnormal=abnormal,
        handled_at=case((handled, at), else_=null()),
        handled_by=case((handled, "nurse"), else_=null()),
        handling=case((handled, "observed"), else_=null()),
    )


def _sums(connection: Connection) -> None:
    made = table(Check).c
    key = (made.place_id, made.day, made.half)
    counts = select(
        *key,
        func.count().label("done"),
        func.count().filter(made.abnormal).label("abnormal"),
        func.count(made.handled_at).label("handled"),
    )
    sums = counts.group_by(*key).subquery()
    due = cast(sums.c.done * 1.04 + 2, Integer)
    put(connection, CheckSum, sums, realm=0, due=due, late=0, **dict(sums.c))
