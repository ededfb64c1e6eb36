"""Time the field on a day of mass sampling: `python -m bench.field [seconds] [phones] [flat]`, on PostgreSQL.

500 phones against the web as the product runs it (gunicorn) with a process that runs errands beside it. Each phone
sends ten tubes of ten at a time, and all of them together `OFFERED` tubes a second; with the word `flat` as the third,
as fast as the server answers. Of the people half are registered already. What is printed is tubes and people a second,
how long an answer takes, whether anything was lost or doubled, and the same rows put in bare by one process: only that
ratio means something on another machine.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, insert, select

from bench.board import up
from region.app import build_office, create_app
from region.people.actions.registering import Given, register
from region.places.models import Place
from region.sampling.events.rounds import RoundSitesSet
from region.sampling.models import RoundArea, RoundSite, Tube, TubeMember
from region.settings import Settings
from region.spine import migrate, worker
from region.spine.actor import Actor, Grant
from region.spine.clock import wall_clock
from region.spine.db import connect
from region.supervisor import free_port
from tests import servers
from tests.region.sampling.ground import Ground, resident, running_round, uid
from tests.world import World

SECONDS, PHONES, SITES, GRIDS = 120, 500, 100, 50
A_BATCH, A_TUBE, KNOWN = 10, 10, 20_000
TUBES_A_SECOND, P95_S = 200, 1.0
OFFERED = 205
ERRANDS = "errands"


def app() -> Any:
    """What gunicorn serves: everybody is a sampler of the district."""
    made = create_app(Settings.from_env())
    made.config["WTF_CSRF_METHODS"] = set()
    sampler = Actor("sampler", (Grant("sampler", os.environ["BENCH_PATH"]),))
    made.extensions["region"] = dataclasses.replace(made.extensions["region"], identify=lambda *_: sampler)
    return made


@dataclasses.dataclass
class Round:
    """What the phones work in: the sites, the grids, and a number that no person had before."""

    sites: list[int]
    grids: list[int]
    path: str
    next_known: int = 0
    next_new: int = KNOWN
    tube: int = 0

    def person(self, at: str) -> dict[str, Any]:
        """Every other one is registered already, while there are any."""
        if self.next_known <= self.next_new - KNOWN and self.next_known < KNOWN:
            self.next_known += 1
            n = self.next_known - 1
        else:
            self.next_new += 1
            n = self.next_new - 1
        said = {"uid": uid(), "at": at, "kind": "resident", "number": resident(n), "name": "张小三"}
        return said | {"phone": "13800000000", "home": self.grids[n % len(self.grids)]}

    def batch(self, phone: int, device: str, boxless_at: datetime) -> dict[str, Any]:
        """Ten full tubes of one phone, which had no network for a while."""
        tubes, at = [], boxless_at.isoformat()
        for _ in range(A_BATCH):
            self.tube += 1
            tube = {"uid": uid(), "revision": 1, "code": f"B{self.tube:09}", "method": "pool_10"}
            people = [self.person(at) for _ in range(A_TUBE)]
            tubes.append(tube | {"opened_at": at, "closed_at": at, "people": people})
        return {"device": device, "sent_at": at, "site": self.sites[phone % len(self.sites)], "tubes": tubes}


def prepare(url: str, folder: Path) -> Round:
    """A round that runs, with its sites and grids, and people who are registered already."""
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    world = World(url, folder)
    world.clock.at = wall_clock()
    ground = running_round(world)
    grids = [one.id for one in world.areas(ground.district, GRIDS, "grid")]
    sites = _sites(world, ground, grids)
    with world.as_system() as w:
        for at in range(0, KNOWN, 5000):
            given = [
                Given(uid(), grids[n % len(grids)], "resident", resident(n), "张小三", "13800000000")
                for n in range(at, at + 5000)
            ]
            register(w, given, incident=None, source="list")
    world.close()
    return Round(sites, grids, ground.district.path)


def _sites(world: World, ground: Ground, grids: list[int]) -> list[int]:
    clinics: list[Place] = world.sites([ground.district] * SITES, "community_health_centre")
    with world.as_system() as w:
        first = w.get(RoundSite, ground.site_id)
        same = {one.key: getattr(first, one.key) for one in RoundSite.__mapper__.columns if one.key != "id"}
        made = [
            RoundSite(**same | {"number": n + 2, "place_id": clinic.id, "areas": [grids[n % len(grids)]]})
            for n, clinic in enumerate(clinics)
        ]
        w.session.add_all(made)
        w.session.add_all(
            RoundArea(round_id=ground.round_id, place_id=id, registered=900, due=900) for id in grids
        )
        w.tell(RoundSitesSet(round=ground.round_id, sites=SITES, covered=1.0, place=ground.district.id))
        w.session.flush()
        return [one.id for one in made]


async def phone(
    session: aiohttp.ClientSession,
    made: Round,
    number: int,
    times: tuple[float, float, float],
    took: list[float],
    sent: list[str],
) -> None:
    """One phone: a batch, its answer, the next; a batch without an answer is sent again as it is.

    `times`: when it begins, when it ends, and the least time from one batch to the next.
    """
    due, until, pause = times
    device = uid()
    while time.perf_counter() < until:
        if due >= until:
            return
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        due += pause
        batch, kept = made.batch(number, device, wall_clock()), False
        while not kept:
            began = time.perf_counter()
            async with session.post("/api/v1/field/sync", json=batch) as answer:
                told = await answer.json()
                kept = answer.status == 200
            took.append(time.perf_counter() - began)
        assert all(one["state"] == "kept" for one in told["tubes"]), told
        sent += [one["uid"] for one in batch["tubes"]]


async def storm(
    base: str, made: Round, phones: int, seconds: float, flat: bool
) -> tuple[list[float], list[str], float]:
    """All phones at once; how long each answer took, the tubes that were sent, and how long it all took."""
    took, sent = list[float](), list[str]()
    plain = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(base, connector=plain, timeout=aiohttp.ClientTimeout(60)) as session:
        await up(session)
        began = time.perf_counter()
        pause = 0.0 if flat else phones * A_BATCH / OFFERED
        when = [(began + pause * n / phones, began + seconds, pause) for n in range(phones)]
        await asyncio.gather(*(phone(session, made, n, when[n], took, sent) for n in range(phones)))
        return took, sent, time.perf_counter() - began


def books(world: World, sent: list[str]) -> bool:
    """Whether every tube stands once with all its people, and the counts are the sum of them."""
    with world.as_system() as w:
        tubes = w.session.scalars(select(Tube.uid)).all()
        counted = w.session.scalars(select(func.count()).where(TubeMember.counted)).one()
        kept = [
            int(w.session.scalars(select(func.sum(kind.sampled))).one()) for kind in (RoundArea, RoundSite)
        ]
    print(f"{len(sent)} tubes sent, {len(tubes)} kept, {counted} people counted, counts say {kept}")
    return sorted(tubes) == sorted(sent) and {counted, *kept} == {A_TUBE * len(sent)}


def bare(world: World, batches: int) -> float:
    """Tubes a second when the same rows are put in bare, a batch a transaction, by one process."""
    with world.as_system() as w:
        tube = dict(w.session.execute(select(*Tube.__table__.columns).limit(1)).mappings().one())
        member = dict(w.session.execute(select(*TubeMember.__table__.columns).limit(1)).mappings().one())
        people = list(w.session.scalars(select(TubeMember.person_id).distinct().limit(A_BATCH * A_TUBE)))
    tables, began = Tube.metadata.tables, time.perf_counter()
    with world.office.engine.connect() as connection:
        for n in range(batches):
            rows = [
                {**tube, "id": 10**9 + A_BATCH * n + k, "uid": uid(), "code": uid()} for k in range(A_BATCH)
            ]
            sitting = [
                {**member, "tube_id": row["id"], "person_id": who, "counted": False}
                for row, who in zip(rows * A_TUBE, people, strict=True)
            ]
            connection.execute(insert(tables["tubes"]), rows)
            connection.execute(insert(tables["tube_members"]), sitting)
            connection.commit()
    return batches * A_BATCH / (time.perf_counter() - began)


def report(took: list[float], sent: list[str], seconds: float, single: float) -> bool:
    """Print the figures; whether they are those that were asked for."""
    rate, ordered = len(sent) / seconds, sorted(took)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(
        f"{rate:.0f} tubes a second (wanted {TUBES_A_SECOND}), {A_TUBE * rate:.0f} people, over {seconds:.0f} s"
    )
    print(
        f"an answer: median {statistics.median(took):.2f} s, p95 {p95:.2f} s (wanted {P95_S}), {len(took)} of them"
    )
    print(f"bare rows, one process: {single:.0f} tubes a second; the field is {rate / single:.2f} of it")
    return rate >= TUBES_A_SECOND and p95 < P95_S


def run_errands() -> None:
    """What the product's worker does: sweep, and run what is due."""
    office = build_office(Settings.from_env())
    while True:
        for queue in sorted(worker.sweep_once(office)):
            worker.run_due(office, queue)
        time.sleep(0.2)


def main(words: list[str]) -> int:
    if words == [ERRANDS]:
        run_errands()
    flat = words[-1:] == ["flat"]
    words = words[: len(words) - flat]
    seconds, phones = [*(int(word) for word in words), *(SECONDS, PHONES)[len(words) :]]
    with tempfile.TemporaryDirectory() as name, servers.running_postgres(Path(name)) as admin:
        folder, url = Path(name), servers.fresh_database(admin)
        made, port = prepare(url, folder), free_port()
        environment = os.environ | {
            "REGION_DATABASE_URL": url,
            "REGION_DATA_DIR": str(folder / "data"),
            "BENCH_PATH": made.path,
        }
        workers = str(max(2, os.cpu_count() or 2))
        argv = [sys.executable, "-m", "gunicorn", "bench.field:app()", "--workers", workers, "--threads", "4"]
        argv += [
            "--worker-class",
            "region.cli.patience.PatientWorker",
            "--bind",
            f"127.0.0.1:{port}",
            "--log-level",
            "warning",
        ]
        web = subprocess.Popen(argv, env=environment)
        errands = subprocess.Popen([sys.executable, "-m", "bench.field", ERRANDS], env=environment)
        try:
            took, sent, lasted = asyncio.run(storm(f"http://127.0.0.1:{port}", made, phones, seconds, flat))
        finally:
            for process in (web, errands):
                process.terminate()
                process.wait()
        world = World(url, folder)
        whole, single = books(world, sent), bare(world, 200)
        world.close()
        return 0 if report(took, sent, lasted, single) and whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
