"""Take real line lists beside this project in through the import, and compare the graph with the lists themselves.

Measles in Hagelloch 1861 (188 cases, the infector of 184 known) and norovirus in a school in Derbyshire 2001 (75 of 492
pupils ill); ../shared/data/classics says where they come from. The people are known by the number of their row alone.
"""

from __future__ import annotations

import csv
import io
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from region.spine import migrate
from region.spine.db import connect
from region.tracing import graph as figures
from region.tracing.actions import loading
from region.tracing.models import LineLoad
from region.tracing.queries.graph import graph_of
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World

CLASSICS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "classics"
MEASLES = {"ref": "case_ID", "sources": "infector", "onset": "date_of_prodrome", "day": "date_of_rash"}
"""Which column of that list is what of ours."""
SUPERSPREADER, INFECTED = "45", 30
"""What its description says of one case."""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def taken_in(
    folder: Path, now: datetime, data: bytes, columns: dict[str, str]
) -> tuple[figures.Graph, dict[str, int]]:
    """The graph and the counts of the plan, after this file was planned and applied in a region of its own."""
    database = f"sqlite:///{folder / 'region.sqlite'}"
    engine = connect(database)
    migrate.upgrade(engine)
    engine.dispose()
    world = World(database, folder)
    world.clock.at = now
    try:
        return _applied(ground_of(world), data, columns)
    finally:
        world.close()


def _applied(ground: Ground, data: bytes, columns: dict[str, str]) -> tuple[figures.Graph, dict[str, int]]:
    about: dict[str, Any] = {"columns": columns, "place": ground.here.id}
    with ground.desk() as w:
        id = loading.plan_lines(w, ground.incident.id, "cases", data, "cases.csv", **about).id
    with ground.desk() as w:
        loading.apply_lines(w, w.get(LineLoad, id))
    with ground.desk() as w:
        return graph_of(w, ground.incident.id)[0], w.get(LineLoad, id).plan["counts"]


def same(what: str, given: object, wanted: object) -> int:
    """Print and count one comparison."""
    print(f"    {what}: {given}" + ("" if given == wanted else f", expected {wanted}"))
    return int(given != wanted)


def measles(path: Path, folder: Path) -> int:
    """How many figures differ from what the list itself says."""
    rows = rows_of(path)
    found, counts = taken_in(folder, datetime(1862, 3, 1, tzinfo=UTC), path.read_bytes(), MEASLES)
    print("  measles, Hagelloch 1861")
    onset = {row["case_ID"]: date.fromisoformat(row["date_of_prodrome"]) for row in rows}
    pairs = [(row["case_ID"], row["infector"]) for row in rows if row["infector"]]
    days = sorted((onset[case] - onset[source]).days for case, source in pairs)
    infected = Counter(source for _, source in pairs)
    spread = Counter(infected[row["case_ID"]] for row in rows)
    bad = same("rows, new, refused", (counts["rows"], counts["new"], counts["refused"]), (188, 188, 0))
    bad += same("infector known", len(found.best), 184)
    most = max(figures.offspring(found).values())
    bad += same(f"infected by case {SUPERSPREADER}", most, infected[SUPERSPREADER])
    bad += same("said of it", most, INFECTED)
    bad += same("serial intervals alike", figures.serial_intervals(found) == days, True)
    bad += same("distribution of offspring", figures.distribution(found), dict(sorted(spread.items())))
    bad += same("chains", len(figures.chains(found)), len(rows) - len(pairs))
    told = figures.summary(days)
    k = figures.dispersion(figures.offspring(found).values())
    if told is not None and k is not None:
        bad += same("median days", told.median, statistics.median(days))
        print(f"    mean {told.mean:.2f} days; k {k:.2f}")
    for number, cases, r in figures.by_generation(found):
        print(f"    generation {number}: {cases} cases, R {r:.2f}")
    return bad


def norovirus(path: Path, folder: Path) -> int:
    """The ill pupils are taken in as cases without sources: each is a chain of its own."""
    rows = rows_of(path)
    first = date(2001, 6, 1)
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["ref", "day", "onset"])
    ill: Sequence[tuple[int, date]] = [
        (n, first + timedelta(days=int(row["start_illness"])))
        for n, row in enumerate(rows, start=1)
        if row["start_illness"] != "0"
    ]
    sheet.writerows([f"P{n}", day.isoformat(), day.isoformat()] for n, day in ill)
    found, counts = taken_in(folder, datetime(2001, 9, 1, tzinfo=UTC), text.getvalue().encode(), {})
    print("  norovirus, Derbyshire 2001")
    bad = same("pupils", len(rows), 492)
    bad += same("new cases", counts["new"], 75)
    bad += same("chains", len(figures.chains(found)), 75)
    curve = Counter(node.onset for node in found.nodes.values())
    return bad + same("cases by day alike", curve == Counter(day for _, day in ill), True)


def main(classics: Path = CLASSICS) -> int:
    """Exit code 1 if anything differs; without the lists nothing is compared, and it says so."""
    print("check-vectors: line lists and transmission graph against real outbreaks")
    lists = {"measles_hagelloch_1861.csv": measles, "norovirus_derbyshire_2001.csv": norovirus}
    bad = 0
    for name, check in lists.items():
        if not (classics / name).is_file():
            print(f"  {name}: not there, nothing was compared")
            continue
        with tempfile.TemporaryDirectory() as folder:
            bad += check(classics / name, Path(folder))
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
