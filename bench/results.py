"""Time a file of results: `python -m bench.results [rows] [sqlite|postgresql]`.

100,000 closed tubes, one file with a result for each, a few of them positive and a few of no known tube: planned,
applied part by part as the workers would, sent and applied again, which must change nothing. In a process of its own,
whose memory is measured. A bare insert of as many rows is timed beside it: only that ratio means something elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from bench.ground import peak_mib
from region.formats.codes.tubes import own_code
from region.formats.tables import write_csv, write_xlsx
from region.places.models import Place
from region.sampling.actions import result_loading
from region.sampling.models import LabDay, ResultLoad, RoundSite, Tube, TubeResult, Turnaround
from region.sampling.result_plan import ResultOptions, ResultPlan
from region.spine import migrate
from region.spine.db import connect
from tests import servers
from tests.region.sampling.ground import DEVICE, Ground, running_round
from tests.world import World

ROWS, PLAN_S, APPLY_S, MIB = 100_000, 30, 60, 500
POSITIVE_EVERY, UNKNOWN_EVERY = 5_000, 2_500
HEADS = ("采样管编码", "检测结果", "N基因Ct值", "ORF1ab基因Ct值", "报告时间")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that it took, and what it gave."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def fill(ground: Ground, rows: int) -> float:
    """So many closed tubes; the seconds that the bare insert took."""
    now = ground.world.clock.at
    code = [own_code(now.date(), "990106001001", n) for n in range(rows)]
    facts: dict[str, Any] = {
        "realm": 0,
        "place_id": ground.clinic.id,
        "lab_id": ground.lab.id,
        "round_id": ground.round_id,
        "site_id": ground.site_id,
        "method": "pool_10",
        "size": 10,
        "members": 10,
        "device": DEVICE,
        "sampler": "bench",
        "kept_at": now,
        "state": "closed",
        "since": now,
    }
    given = [
        {**facts, "uid": f"{n:036d}", "code": one, "closed_at": now - timedelta(minutes=60 + n % 600)}
        for n, one in enumerate(code)
        if n % UNKNOWN_EVERY
    ]

    def write() -> None:
        with ground.world.office.engine.begin() as connection:
            connection.execute(insert(Tube), given)

    return timed(write)[0]


def sheet(ground: Ground, rows: int, write: Callable[..., bytes]) -> bytes:
    """A file with a result for each tube."""
    now = ground.world.clock.at.astimezone(ground.world.office.clock.zone)
    day = ground.world.clock.at.date()
    lines = []
    for n in range(rows):
        suspect = n % POSITIVE_EVERY == 1
        at = f"{now - timedelta(minutes=n % 50):%Y-%m-%d %H:%M}"
        cells = ("阳性", "31.2", "33.0") if suspect else ("阴性", "", "")
        lines.append((own_code(day, "990106001001", n), *cells, at))
    return write(HEADS, lines)


def plan(ground: Ground, data: bytes) -> int:
    with ground.world.as_("laboratory", ground.lab) as w:
        return result_loading.plan_load(w, ground.lab.id, data, "results.csv", ResultOptions()).id


def apply(ground: Ground, load: int) -> float:
    """Apply a load part by part; the seconds of the longest part."""
    with ground.world.as_("laboratory", ground.lab) as w:
        result_loading.apply_load(w, load)
    longest, start = 0.0, 0
    while True:
        began = time.perf_counter()
        with ground.world.as_system() as w:
            result_loading.apply_part(w, load, start)
        longest = max(longest, time.perf_counter() - began)
        with ground.world.as_system() as w:
            row = w.get(ResultLoad, load)
            start = ResultPlan.from_doc(row.plan).done
            if row.state == "applied":
                return longest


def standing(ground: Ground) -> tuple[Any, ...]:
    """Everything that a file of results changes, as sums."""
    with ground.world.as_system() as w:
        told = w.session.scalar(select(func.count()).select_from(TubeResult))
        tubes = w.session.execute(select(Tube.result, func.count()).group_by(Tube.result)).all()
        days = w.session.execute(select(func.sum(LabDay.reported), func.sum(LabDay.positive))).one()
        times = w.session.execute(select(func.sum(Turnaround.tubes), func.sum(Turnaround.positive))).one()
    return told, tuple(sorted(map(str, tubes))), tuple(days), tuple(times)


def make(url: str, folder: Path, rows: int) -> float:
    """An empty database with a round and its tubes, and the two files beside it; the seconds of the bare insert."""
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    world = World(url, folder)
    ground = running_round(world)
    bare = fill(ground, rows)
    (folder / "results.csv").write_bytes(sheet(ground, rows, write_csv))
    (folder / "results.xlsx").write_bytes(sheet(ground, rows, write_xlsx))
    world.close()
    return bare


def ground_in(world: World) -> Ground:
    """The round that was made."""
    with world.as_system() as w:
        site = w.session.scalars(select(RoundSite)).one()
        places = [w.get(Place, id or 0) for id in (site.place_id, site.lab_id)]
        return Ground(world, places[0], [], places[0], places[1], site.round_id, site.id)


def measure(url: str, folder: Path, rows: int, bare: float) -> bool:
    """Print the figures of one database; whether they are within the limits and nothing changed the second time."""
    world = World(url, folder)
    ground = ground_in(world)
    csv, xlsx = ((folder / f"results.{kind}").read_bytes() for kind in ("csv", "xlsx"))
    base = peak_mib(os.getpid())
    planning, load = timed(lambda: plan(ground, csv))
    applying, longest = timed(lambda: apply(ground, load))
    before = standing(ground)
    with world.as_system() as w:
        became = ResultPlan.from_doc(w.get(ResultLoad, load).plan).became
    again, other = timed(lambda: plan(ground, xlsx))
    reapplied, _longest = timed(lambda: apply(ground, other))
    same = standing(ground) == before
    peak = peak_mib(os.getpid())
    world.close()
    print(f"{rows:,} rows; a bare insert of as many tubes {bare:.1f} s; {became}")
    print(f"CSV: plan {planning:.1f} s (limit {PLAN_S}), apply {applying:.1f} s (limit {APPLY_S}), ", end="")
    print(f"the longest part {longest:.1f} s; {applying / bare:.1f} bare inserts")
    print(f"the same as XLSX: plan {again:.1f} s, apply {reapplied:.1f} s, changed nothing: {same}")
    print(f"peak memory {peak:.0f} MiB (limit {MIB}), {base:.0f} of it before the file was read")
    return same and max(planning, again) < PLAN_S and applying < APPLY_S and peak < MIB


def main(words: list[str]) -> int:
    rows = next((int(word) for word in words if word.isdigit()), ROWS)
    if words[:1] == ["--measure"]:
        return 0 if measure(words[1], Path(words[2]), rows, float(words[3])) else 1
    bad = 0
    for name in [word for word in words if not word.isdigit()] or ["sqlite", "postgresql"]:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = f"sqlite:///{folder}/region.sqlite"
            if name == "postgresql":
                url = servers.fresh_database(stack.enter_context(servers.running_postgres(folder)))
            print(f"\n{name}:", flush=True)
            bare = make(url, folder, rows)
            argv = [
                sys.executable,
                "-m",
                "bench.results",
                "--measure",
                url,
                str(folder),
                f"{bare:.3f}",
                str(rows),
            ]
            bad |= subprocess.run(argv, check=False).returncode
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
