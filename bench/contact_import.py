"""Time a list of contacts: `python -m bench.contact_import [rows]` (PostgreSQL; 10,000 contacts of 50 cases).

The file is planned and applied by the real actions, with the vault, the registry and the journal.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.ground import peak_mib
from region.spine import migrate
from region.spine.db import connect
from region.tracing.actions import loading
from region.tracing.models import Case, Contact, ContactLink, LineLoad
from tests import servers
from tests.region.tracing.ground import Ground, ground_of, resident
from tests.world import World

ROWS, CASES, LIMIT_S = 10_000, 50, 30
HEADINGS = "姓名,证件号码,手机号,社区代码,类别,末次接触日期,关联病例,接触方式\n"


def file_of(ground: Ground, codes: list[str], rows: int) -> bytes:
    """A list of so many invented contacts, each of two cases, in two communities."""
    homes = (ground.here.code, ground.there.code)
    lines = (
        f"测试{n},{resident(1000 + n)},139{n:08d},{homes[n % 2]},密接,2022-07-30,"
        f"{codes[n % len(codes)]};{codes[(n + 1) % len(codes)]},同餐\n"
        for n in range(rows)
    )
    return (HEADINGS + "".join(lines)).encode()


def timed(world: World, ground: Ground, act: Callable[[Any], Any]) -> tuple[float, Any]:
    """Seconds of a whole work of the district's epidemiologist, its commit included, and what it gave."""
    began = time.perf_counter()
    with world.as_("epidemiologist", ground.district) as w:
        found = act(w)
    return time.perf_counter() - began, found


def load(world: World, rows: int) -> float:
    """Seconds of plan and apply together; prints each."""
    ground = ground_of(world)
    with ground.desk() as w:
        codes = [ground.case(w).code for _ in range(CASES)]
    data = file_of(ground, codes, rows)
    incident, options = ground.incident.id, loading.Options()
    planned, id = timed(
        world, ground, lambda w: loading.plan_lines(w, incident, "contacts", data, "contacts.csv", options).id
    )
    applied, _ = timed(world, ground, lambda w: loading.apply_lines(w, w.get(LineLoad, id)))
    with ground.desk() as w:
        kept = {
            kind: w.session.scalar(select(func.count()).select_from(kind))
            for kind in (Case, Contact, ContactLink)
        }
        plan = w.get(LineLoad, id).plan
        print(plan["counts"], plan["refused"][:3])
    print(f"kept: {kept[Case]} cases, {kept[Contact]:,} contacts, {kept[ContactLink]:,} links")
    print(f"plan {planned:.1f} s, apply {applied:.1f} s, peak memory {peak_mib(os.getpid()):.0f} MiB")
    return planned + applied if kept[Contact] == rows else float("inf")


def main(rows: int) -> int:
    """Print the figures; 1 where the limit is missed or a contact is."""
    with tempfile.TemporaryDirectory() as folder, servers.running_postgres(Path(folder)) as url:
        database = servers.fresh_database(url)
        engine = connect(database)
        migrate.upgrade(engine)
        engine.dispose()
        world = World(database, Path(folder))
        seconds = load(world, rows)
        world.close()
    return int(seconds > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace(",", "")) if len(sys.argv) == 2 else ROWS))
