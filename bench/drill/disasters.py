"""What goes wrong, when, and how long it takes until nothing is overdue again."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, create_engine, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from bench import ground
from bench.drill.ground import postgres_pids
from region.dispatch.models import Hold
from region.exercise.gateways.server import Elsewhere
from region.spine.actor import system_actor
from region.spine.errands import Errand
from tests.world import World

OVERDUE = timedelta(seconds=5)
SOON = timedelta(minutes=2)


def sent_by_program(letters: FromClause) -> ColumnElement[bool]:
    """The channels that a program sends by, not a screen or a person with paper."""
    return letters.c.channel.not_in(("portal", "print"))


LONGEST = 300.0


@dataclass
class Disasters:
    """A list of them, spread over the time of the drill; what each did and how long recovery took is kept."""

    world: World
    crew: ground.Crew
    gateways: Elsewhere
    seconds: float
    kills: int = 0
    ended: list[tuple[str, float, float]] = field(default_factory=list)
    late_at: list[float] = field(default_factory=list)
    watching: bool = True
    fresh: int = 10

    def play(self) -> None:
        """One after the other, each at its part of the time; a watchman looks all the while what is overdue."""
        began = time.monotonic()
        threading.Thread(target=self._watch, daemon=True).start()
        for part, name, happen in self.plan():
            time.sleep(max(0.0, began + part * self.seconds - time.monotonic()))
            at = time.monotonic()
            happen()
            self.ended.append((name, at, time.monotonic()))
            print(f"{time.monotonic() - began:5.0f} s  {name}", flush=True)
        time.sleep(max(0.0, began + self.seconds - time.monotonic()))

    def plan(self) -> list[tuple[float, str, Callable[[], object]]]:
        """What happens, and at which part of the time."""
        return [
            (0.08, "a worker killed", lambda: self._kill("worker")),
            (0.20, "Redis stopped for 20 s", self._stop_redis),
            (0.28, "the gateway of short messages dead", lambda: self._gateway("sms", fail_share=1.0)),
            (0.34, "the database paused for 15 s", self._pause_database),
            (0.48, "a worker and the sweep killed", self._kill_two),
            (0.55, "the gateway of calls slow, of messages well", self._slow_calls),
            (0.62, "Redis emptied", lambda: self.crew.valkey_client().flushall()),
            (0.70, "the web server killed", lambda: self._kill("web")),
            (0.78, "Redis frozen for 20 s", self._freeze_redis),
            (0.88, "all workers killed", self._kill_workers),
        ]

    def settle(self) -> float:
        """Wait until nothing that a program can do is overdue or owed; the seconds it took, SystemExit if too long."""
        for channel in ("sms", "voice"):
            self._gateway(channel, fail_share=0.0, delay_ms=[20, 80])
        began = time.monotonic()
        while self.owed() or self.overdue():
            if time.monotonic() - began > LONGEST:
                raise SystemExit(f"did not recover: {self.crew.died()}")
            time.sleep(0.5)
        self.watching = False
        return time.monotonic() - began

    def recoveries(self) -> list[tuple[str, float]]:
        """For each disaster, how long after its end something was still overdue, until the next one began."""
        nexts = [at for _, at, _ in self.ended[1:]] + [float("inf")]
        return [
            (name, max([moment - over for moment in self.late_at if over < moment < until], default=0.0))
            for (name, _, over), until in zip(self.ended, nexts, strict=True)
        ]

    def _watch(self) -> None:
        while self.watching:
            try:
                if self.overdue():
                    self.late_at.append(time.monotonic())
            except SQLAlchemyError:
                self.late_at.append(time.monotonic())  # whoever cannot look cannot say that all is well
            time.sleep(0.5)

    def owed(self) -> int:
        """Letters that a program is to send within two minutes, in any realm.

        The others wait for the quiet to end, or for an address where nobody listens, which is tried for hours.
        """
        with self.world.office.work(system_actor(), reading=True) as w:
            letters = Hold.metadata.tables["deliveries"]
            wanted = select(func.count()).select_from(letters)
            soon = letters.c.due_at < w.real_now + SOON
            answered = or_(letters.c.last_error.is_(None), letters.c.last_error != "refused")
            wanted = wanted.where(letters.c.state == "owed", sent_by_program(letters), soon, answered)
            return int(w.session.execute(wanted).scalar_one())

    def overdue(self) -> int:
        """Due for more than five seconds, in any realm; a letter that a lane holds is on its way."""
        with self.world.office.work(system_actor(), reading=True) as w:
            late = w.real_now - OVERDUE
            table, letters = Errand.metadata.tables["errands"], Hold.metadata.tables["deliveries"]
            waiting = select(func.count()).select_from(table)
            errands = waiting.where(table.c.state == "due", table.c.due_at < late)
            gone = waiting.where(table.c.state == "leased", table.c.lease_until < late)
            unheld = or_(letters.c.lease.is_(None), letters.c.lease_until < late)
            owed = (
                select(func.count())
                .select_from(letters)
                .where(letters.c.state == "owed", sent_by_program(letters), letters.c.due_at < late, unheld)
            )
            return sum(int(w.session.execute(one).scalar_one()) for one in (errands, gone, owed))

    def _gateway(self, channel: str, **manner: Any) -> None:
        self.gateways.behave(channel, **manner)

    def _slow_calls(self) -> None:
        self._gateway("voice", delay_ms=[4500, 9000])
        self._gateway("sms", fail_share=0.0)

    def _kill(self, kind: str) -> None:
        name = next(one for one in self.crew.running if one.startswith(kind))
        self.crew.kill(name)
        self.kills += 1
        self.fresh += 1
        self.crew.start(f"{kind} {self.fresh}", kind)

    def _kill_two(self) -> None:
        self._kill("worker")
        self._kill("sweep")

    def _kill_workers(self) -> None:
        for _ in range(sum(name.startswith("worker") for name in self.crew.running)):
            self._kill("worker")

    def _stop_redis(self) -> None:
        self.crew.valkey.stop()
        time.sleep(20)
        self.crew.valkey.start()

    def _freeze_redis(self) -> None:
        self.crew.valkey.pause()
        time.sleep(20)
        self.crew.valkey.resume()

    def _pause_database(self) -> None:
        """PostgreSQL is frozen; of SQLite's file somebody holds the write lock."""
        if self.world.database_url.startswith("sqlite"):
            engine = create_engine(self.world.database_url)
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                time.sleep(15)
                connection.exec_driver_sql("ROLLBACK")
            engine.dispose()
            return
        pids = postgres_pids()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(15)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
