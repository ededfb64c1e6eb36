"""Work: one actor, one moment, one transaction. Returning commits, raising rolls back; here is the one commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from region.spine import errands
from region.spine.actor import Actor
from region.spine.clock import REAL, Clock, Realm
from region.spine.db import Base
from region.spine.errors import Broken, Forbidden, Missing, Stale
from region.spine.flow import Flows, Question
from region.spine.installation import Bell, Installation, SilentBell
from region.spine.journal import Entry, Event
from region.spine.rulebook import Rulebook
from region.spine.scope import Scope, path_of
from region.spine.session import no_silent_change, sessions

Answer = TypeVar("Answer")
Row = TypeVar("Row", bound=Base)


@dataclass
class Work:
    """One piece of work. Areas' actions and queries take it as their first argument, `w`."""

    actor: Actor
    session: Session
    office: Office
    now: datetime
    real_now: datetime
    cause_id: int | None = None
    role: str = ""
    told: list[Entry] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    queues: set[str] = field(default_factory=set)

    @property
    def realm(self) -> int:
        """The world this work belongs to: 0 is real, any other an exercise."""
        return self.actor.realm

    @property
    def rules(self) -> Rulebook:
        """The rule packs in force."""
        return self.office.rules

    def add(self, row: Row) -> Row:
        """Put a new row into this work and give it its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def get(self, kind: type[Row], id: Any) -> Row:
        """The row with this id; Missing when there is none, or none that the actor may know of."""
        found = self.session.get(kind, id)
        if found is None:
            raise Missing("no-such", what=kind.__name__.lower(), id=id)
        return found

    def tell(self, told: Event, *, happened_at: datetime | None = None) -> Entry:
        """Say what happened: writes the journal, and owes one errand to each step that reacts to it."""
        entry = Entry(
            realm=self.realm,
            happened_at=happened_at or self.now,
            recorded_at=self.now,
            place_id=told.place,
            incident_id=told.incident,
            actor=self.actor.name,
            role=self.role or (self.actor.grants[0].role if self.actor.grants else "-"),
            event=told.event_name(),
            version=told.version,
            subject=told.subject,
            cause_id=self.cause_id,
            data=told.facts(),
        )
        self.session.add(entry)
        self.session.flush()
        self.told.append(entry)
        for name in self.office.flows.owed(told):
            self._promise("flow.step", f"{name}:{entry.id}", {"step": name, "entry": entry.id}, None, entry)
        return entry

    def owe(
        self,
        runner: str,
        *,
        key: str,
        after: timedelta | None = None,
        at: datetime | None = None,
        really_at: datetime | None = None,
        place: int | None = None,
        **args: Any,
    ) -> bool:
        """Promise work, once per `key`; False if it stood already.

        `after` is a delay and `at` a moment on this realm's clock; `really_at` is a real instant.
        """
        moment = at if at is not None else (self.now + after if after is not None else None)
        due = really_at if moment is None else self._real(moment)
        cause = self.told[-1] if self.told else None
        return self._promise(runner, key, args, due, cause, place)

    def _promise(
        self,
        name: str,
        key: str,
        args: dict[str, Any],
        due: datetime | None,
        cause: Entry | None,
        place: int | None = None,
    ) -> bool:
        runner = self.office.flows.runners.get(name)
        if runner is None:
            raise Broken("no-such-runner", runner=name)
        due_at = self.real_now if due is None else due
        row = {
            "key": f"{self.realm}/{key}",
            "runner": name,
            "queue": runner.queue,
            "args": args,
            "realm": self.realm,
            "due_at": due_at,
            "place_id": place,
            "cause_id": cause.id if cause else self.cause_id,
            "made_at": self.real_now,
        }
        made = errands.put(self.session, row)
        if made and due_at <= self.real_now:
            self.queues.add(runner.queue)
        return made

    def _real(self, realm_time: datetime) -> datetime:
        realm = None if self.realm == REAL else self.session.get(Realm, self.realm)
        return realm_time if realm is None else realm.real_at(realm_time)

    def ask(self, question: Question[Answer]) -> Answer:
        """Ask what another area knows; answered in `flows/`, read-only, in this transaction."""
        answer = self.office.flows.answerers[type(question)]
        before = len(self.told)
        found: Answer = answer(self, question)
        if len(self.told) != before:
            raise Broken("answer-changed-something", question=type(question).__name__)
        return found

    def need(self, capability: str, place: int | None = None) -> None:
        """Refuse unless the actor holds a role with this capability, there or anywhere; keep the role used."""
        roles = self.rules.roles_that(capability)
        only = self.actor.only
        usable = only is None or capability in only
        held = [grant for grant in self.actor.grants if usable and grant.role in roles]
        if held and place is not None:
            path = path_of(self.session, place)
            if path is None:
                raise Missing("no-such", what="place", id=place)
            held = [grant for grant in held if path.startswith(grant.path)]
        if not held:
            raise Forbidden("not-allowed", needs=capability)
        self.role = held[0].role

    def may(self, capability: str, place: int | None = None) -> bool:
        """Whether `need` would pass: for showing or leaving out a button."""
        try:
            replace(self).need(capability, place)
        except (Forbidden, Missing):
            return False
        return True

    @contextmanager
    def beyond_scope(self, reason: str) -> Iterator[None]:
        """Look past the actor's places for what may be known there, such as the names of places above.

        Rows found there leave the session with the block: else `get` would serve them later unasked.
        """
        if not reason:
            raise Broken("no-reason")
        with self._looking(""):
            yield

    @contextmanager
    def through(self, path: str) -> Iterator[Work]:
        """Look at one place beyond the actor's own, for whom it was opened: a work with the same actor, there alone.

        What he may do there is what `people.open` lets him, whatever his roles hold elsewhere.
        """
        grants = tuple(replace(grant, path=path) for grant in self.actor.grants)
        narrow = replace(self.actor, grants=grants, only=frozenset({"people.open"}))
        with self._looking(path):
            yield replace(self, actor=narrow)

    @contextmanager
    def _looking(self, path: str) -> Iterator[None]:
        narrow = self.session.info["scope"]
        known = set(self.session.identity_map.keys())
        self.session.info["scope"] = Scope((path,), self.realm)
        try:
            yield
        finally:
            self.session.info["scope"] = narrow
            for key in set(self.session.identity_map.keys()) - known:
                self.session.expunge(self.session.identity_map[key])


@dataclass(frozen=True)
class Office:
    """What opens works: the database, the clock, the rules, the flows, the installation and the bell."""

    engine: Engine
    clock: Clock
    flows: Flows
    rules: Rulebook
    installation: Installation
    bell: Bell = field(default_factory=SilentBell)

    @contextmanager
    def work(self, actor: Actor, *, cause_id: int | None = None, reading: bool = False) -> Iterator[Work]:
        """Open a work; on leaving it commits, or rolls back what raised. `reading` takes no write lock."""
        engine = self.engine.execution_options(region_reading=True) if reading else self.engine
        with sessions(bind=engine) as session:
            session.info["scope"] = Scope(actor.paths, actor.realm)
            if not reading:
                session.connection()  # SQLite waits here for its turn: the moment is taken after it
            real_now = self.clock.instant()
            w = Work(actor, session, self, self.clock.realm_time(session, actor.realm), real_now, cause_id)
            session.info["work"] = w
            try:
                yield w
                session.flush()
                no_silent_change(w)
                session.commit()
            except (StaleDataError, IntegrityError, OperationalError) as error:
                raise _crossed(error) from error
        if w.queues:
            self.bell.ring(w.queues)
        if w.told:
            self.bell.tick(w.realm, w.told[-1].id)


CROSSED = ("40001", "40P01")  # what PostgreSQL calls a serialization failure and a deadlock


def _crossed(error: Exception) -> Exception:
    """Two works changed the same row, or wrote the same key, at once: Stale, and trying again makes sense."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, OperationalError) and state not in CROSSED:
        return error
    return Stale("crossed")
