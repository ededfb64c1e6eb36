"""Errands: work that is owed. A row is the promise; whoever runs it holds a lease and may die without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import CheckConstraint, Index, String, Table, and_, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from region.spine.db import Base, Doc, Key
from region.spine.errors import Fault, Missing, Stale
from region.spine.journal import Event
from region.spine.scope import InRealm, Placed

STATES = ("due", "leased", "done", "dead")
LEASE = timedelta(seconds=20)
MOST_TRIES = 8
LONGEST_BACKOFF = timedelta(minutes=5)


class Errand(Placed, InRealm, Base):
    """One piece of owed work; `key` makes it once, `due_at` (a real instant) makes it a timer."""

    __tablename__ = "errands"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_errands_waiting", "state", "queue", "due_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    runner: Mapped[str] = mapped_column(String(80))
    queue: Mapped[str] = mapped_column(String(20))
    args: Mapped[dict[str, Any]] = mapped_column(Doc)
    state: Mapped[str] = mapped_column(String(10), default="due")
    due_at: Mapped[datetime]
    place_id: Mapped[int | None]
    cause_id: Mapped[int | None] = mapped_column(Key)
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


ROWS: Table = Errand.metadata.tables["errands"]


@dataclass(frozen=True, kw_only=True)
class ErrandReturned(Event):
    """Whoever held this errand died or stalled; it is due again."""

    errand: int
    runner: str
    tries: int


@dataclass(frozen=True, kw_only=True)
class ErrandDied(Event):
    """This errand failed too often, or for a reason that trying again cannot mend; a person must look."""

    errand: int
    runner: str
    tries: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ErrandRevived(Event):
    """A person put a dead errand back to work."""

    errand: int
    runner: str


@dataclass(frozen=True)
class Claim:
    """An errand that this process holds until `lease_until`, unless it says more."""

    id: int
    key: str
    runner: str
    args: dict[str, Any]
    realm: int
    place_id: int | None
    cause_id: int | None
    tries: int
    lease: str


def put(session: Session, row: dict[str, Any]) -> bool:
    """Write a promise; False if one with this key stands already."""
    if session.execute(select(ROWS.c.id).where(ROWS.c.key == row["key"])).first():
        return False
    try:
        with session.begin_nested():
            session.execute(insert(ROWS).values(tries=0, state="due", **row))
    except IntegrityError:
        return False
    return True


def claim(session: Session, queue: str, now: datetime, most: int) -> list[Claim]:
    """Take up to `most` due errands by compare-and-set; two workers never hold the same one."""
    waiting = and_(ROWS.c.state == "due", ROWS.c.queue == queue, ROWS.c.due_at <= now)
    chosen = select(ROWS.c.id).where(waiting).order_by(ROWS.c.due_at, ROWS.c.id).limit(most)
    # As a common table expression: PostgreSQL may run a plain subquery more than once and pass its limit.
    first = chosen.with_for_update(skip_locked=True).cte("first_due")
    taken = session.execute(
        update(ROWS)
        .where(ROWS.c.id.in_(select(first.c.id)), ROWS.c.state == "due")
        .values(state="leased", lease=str(uuid4()), lease_until=now + LEASE, tries=ROWS.c.tries + 1)
        .returning(*(ROWS.c[name] for name in Claim.__dataclass_fields__))
    )
    return sorted((Claim(**row) for row in taken.mappings()), key=lambda one: one.id)


def extend(session: Session, held: Claim, now: datetime) -> None:
    """Say that the work goes on; raises Stale when the lease was lost meanwhile."""
    _settle(session, held, lease_until=now + LEASE)


def finish(session: Session, held: Claim, now: datetime) -> None:
    """Mark it done, in the transaction of its effects; raises Stale when the lease was lost."""
    _settle(session, held, state="done", ended_at=now, lease=None, lease_until=None, last_error=None)


def fail(session: Session, held: Claim, now: datetime, error: BaseException) -> bool:
    """Put it back with a pause, or end it as dead; True when it died."""
    retry = error.retry if isinstance(error, Fault) else True
    dead = not retry or held.tries >= MOST_TRIES
    pause = min(LONGEST_BACKOFF, timedelta(seconds=2 ** min(held.tries, 10)))
    values: dict[str, Any] = {"lease": None, "lease_until": None, "last_error": reason(error)}
    values |= {"state": "dead", "ended_at": now} if dead else {"state": "due", "due_at": now + pause}
    _settle(session, held, **values)
    return dead


def give_back(session: Session, held: Claim) -> None:
    """Hand back what was claimed but not begun."""
    _settle(session, held, state="due", lease=None, lease_until=None, tries=held.tries - 1)


def expired(session: Session, now: datetime) -> Sequence[Any]:
    """Return to work what a dead worker held; or end it as dead; gives the rows with their new state."""
    late = and_(ROWS.c.state == "leased", ROWS.c.lease_until < now)
    wanted = tuple(ROWS.c[name] for name in ("id", "runner", "tries", "realm", "place_id", "queue", "state"))
    free = select(ROWS.c.id).where(late).with_for_update(skip_locked=True).cte("late")
    spent = ROWS.c.tries >= MOST_TRIES  # what kills its worker each time must not be tried for ever
    back = (
        update(ROWS)
        .where(ROWS.c.id.in_(select(free.c.id)), late)
        .values(
            state=case((spent, "dead"), else_="due"),
            ended_at=case((spent, now), else_=None),
            lease=None,
            lease_until=None,
            due_at=now,
        )
    )
    return session.execute(back.returning(*wanted)).all()


def queues_due(session: Session, now: datetime) -> set[str]:
    """The queues in which something waits to be run now."""
    waiting = and_(ROWS.c.state == "due", ROWS.c.due_at <= now)
    return set(session.execute(select(ROWS.c.queue).where(waiting).distinct()).scalars())


def reason(error: BaseException) -> str:
    """A failure as a code and a place in our code; never its message, which may name a person."""
    if isinstance(error, Fault):
        return error.code[:80]
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    spot = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "-"
    return f"{type(error).__name__}:{spot}"[:80].replace("<", "").replace(">", "")


def _settle(session: Session, held: Claim, **values: Any) -> None:
    mine = and_(ROWS.c.id == held.id, ROWS.c.lease == held.lease)
    kept = session.execute(update(ROWS).where(mine).values(**values).returning(ROWS.c.id)).first()
    if kept is None:
        raise Stale("lease-lost", errand=held.id)


def dead_ones(session: Session) -> Sequence[Errand]:
    """The errands of this realm that nobody will run unless a person revives them, the oldest first."""
    return session.scalars(select(Errand).where(Errand.state == "dead").order_by(Errand.ended_at)).all()


def revive(session: Session, number: int, now: datetime) -> Errand:
    """Put a dead errand back to work with its tries forgotten; Missing when it is not there or not dead."""
    row = session.get(Errand, number)
    if row is None or row.state != "dead":
        raise Missing("no-such-dead-errand", errand=number)
    row.state, row.due_at, row.tries, row.ended_at = "due", now, 0, None
    session.flush()
    return row


def count_dead(session: Session) -> int:
    """How many errands of all realms are dead."""
    return session.execute(select(func.count()).where(ROWS.c.state == "dead")).scalar_one()


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the longest waiting errand of all realms is due; None when nothing is."""
    waiting = and_(ROWS.c.state == "due", ROWS.c.due_at <= now)
    oldest: datetime | None = session.execute(select(func.min(ROWS.c.due_at)).where(waiting)).scalar_one()
    return oldest
