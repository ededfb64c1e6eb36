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
from datetime import UTC, date, datetime
from pathlib import Path

from region.spine import migrate
from region.spine.db import connect
from region.tracing.actions import loading
from region.tracing.graph import Graph
from region.tracing.models import LineLoad
from region.tracing.queries.chains import chains
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World

CLASSICS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "classics"
FIRST = date(2001, 6, 1)
"""The school's days are numbered; their distances are compared, not their dates."""
SUPERSPREADER, INFECTED = "45", 30
"""What its description says of one case."""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def taken_in(
    folder: Path, now: datetime, data: bytes, day_one: date | None = None
) -> tuple[Graph, dict[str, int]]:
    """The graph and the counts of the plan, after this file was planned and applied in a region of its own."""
    database = f"sqlite:///{folder / 'region.sqlite'}"
    engine = connect(database)
    migrate.upgrade(engine)
    engine.dispose()
    world = World(database, folder)
    world.clock.at = now
    try:
        return _applied(ground_of(world), data, day_one)
    finally:
        world.close()


def _applied(ground: Ground, data: bytes, day_one: date | None) -> tuple[Graph, dict[str, int]]:
    """Planned and applied twice, by two works each: the second changes nothing."""
    options = loading.Options(ground.here.id, day_one)
    for _ in range(2):
        with ground.desk() as w:
            id = loading.plan_lines(w, ground.incident.id, "cases", data, "cases.csv", options).id
        with ground.desk() as w:
            loading.apply_lines(w, w.get(LineLoad, id))
    with ground.desk() as w:
        return chains(w, ground.incident.id).graph, w.get(LineLoad, id).plan["counts"]


def same(what: str, given: object, wanted: object) -> int:
    """Print and count one comparison."""
    print(f"    {what}: {given}" + ("" if given == wanted else f", expected {wanted}"))
    return int(given != wanted)


def measles(path: Path, folder: Path) -> int:
    """How many figures differ from what the list itself says."""
    rows = rows_of(path)
    found, counts = taken_in(folder, datetime(1862, 3, 1, tzinfo=UTC), path.read_bytes())
    print("  measles, Hagelloch 1861")
    onset = {row["case_ID"]: date.fromisoformat(row["date_of_prodrome"]) for row in rows}
    pairs = [(row["case_ID"], row["infector"]) for row in rows if row["infector"]]
    days = [(onset[case] - onset[source]).days for case, source in pairs]
    infected = Counter(source for _, source in pairs)
    bad = same("rows, good, refused", (counts["rows"], counts["good"], counts["refused"]), (188, 188, 0))
    bad += same("infector known", len(found.sources), 184)
    most = found.most[1] if found.most else 0
    bad += same(f"infected by case {SUPERSPREADER}", (most, infected[SUPERSPREADER]), (INFECTED, INFECTED))
    spread = Counter(infected[row["case_ID"]] for row in rows)
    bad += same("distribution of offspring", list(found.spread), sorted(spread.items()))
    bad += same("chains", len(found.chains), len(rows) - len(pairs))
    bad += same("rings", found.rings, [])
    told = found.intervals
    if told is None:
        return bad + same("serial intervals", 0, len(days))
    wanted = (len(days), statistics.fmean(days), statistics.median(days))
    bad += same("serial intervals, mean, median", (told.n, told.mean, told.median), wanted)
    for number, (cases, r) in enumerate(found.by_generation):
        print(f"    generation {number}: {cases} cases, R {r:.2f}")
    return bad


def norovirus(path: Path, folder: Path) -> int:
    """The pupils with a dated illness are taken in as cases without sources: each is a chain of its own."""
    ill = [
        (n, row["start_illness"])
        for n, row in enumerate(rows_of(path), start=1)
        if row["start_illness"] != "0"
    ]
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["id", "day", "onset"])
    sheet.writerows([f"P{n}", day, day] for n, day in ill)
    found, counts = taken_in(folder, datetime(2001, 9, 1, tzinfo=UTC), text.getvalue().encode(), FIRST)
    print("  norovirus, Derbyshire 2001")
    bad = same("good, refused", (counts["good"], counts["refused"]), (75, 0))
    bad += same("chains", len(found.chains), 75)
    onsets = sorted(node.onset for node in found.nodes.values() if node.onset)
    gaps = [(one - onsets[0]).days for one in onsets]
    days = sorted(int(day) for _, day in ill)
    return bad + same("cases by day alike", gaps == [day - days[0] for day in days], True)


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
