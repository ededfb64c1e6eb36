"""Play the rounds of Linjiang at full scale: `python -m bench.linjiang_rounds [R1 R2 …] [sqlite|postgresql]`.

360,000 invented people, 1,080 grids, 150 sites, through the actions that people use. Each round's row and K14 to K21
are printed beside what the scenario shows; exit 1 if any differs in a digit that is shown. PostgreSQL unless named.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from region.dispatch.actions import ending
from region.dispatch.models import Directive
from region.exercise.linjiang import round_play
from region.exercise.linjiang.names import DISTRICT, POPULATION
from region.exercise.linjiang.region import build
from region.exercise.linjiang.round_stage import Stage, prepare
from region.exercise.linjiang.rounds import LABORATORIES, LINES, Line, figures
from region.exercise.load import load_places
from region.places.models import Place
from region.sampling.models import Round
from region.sampling.queries.indicators import Indicator, of_round
from region.spine import migrate
from region.spine.db import connect
from tests import servers
from tests.world import World

SHOWN: Mapping[str, Mapping[str, str]] = {
    "R1": {
        "K14": "346,920/358,400 = 96.8 %",
        "K15": "11,480",
        "K16": "median 7.8 h, P90 11.3 h, <= 12 h 94.1 %",
        "K17": "96.2 %",
        "K19": "2/34,760 = 0.006 %",
        "K21": "1/346,920 = 0.29 per 100,000",
    },
    "R2": {"K16": "<= 12 h 78.4 %", "K18": "39,440/38,000 = 103.8 %"},
    "R8": {"K14": "353,450/356,740 = 99.1 %"},
}
"""What the scenario says of single rounds, as a screen writes it."""


def stage_of(world: World) -> Stage:
    """Linjiang as it is loaded for an exercise, and the mobile laboratory that the city lends."""
    load_places(world.office, build())
    with world.as_system() as w:
        at = {row.code: row for row in w.session.scalars(select(Place))}
    district, city = at[DISTRICT[0]], at[DISTRICT[0][:4]]
    labs = [(at[f"990106-LAB-{n:03d}"].id, tubes) for n, tubes in enumerate(LABORATORIES, start=1)]
    incident = world.incident(district, "CN-COVID-20M")

    def move(moment: datetime) -> None:
        world.clock.at = moment

    lent = world.site(city, "laboratory").id
    return Stage(world.office, district.id, incident.id, labs, lent, move, lambda: world.run(100_000))


def said(code: str, one: Indicator) -> str:
    """An indicator as the scenario writes it."""
    share = one.value or 0.0
    parts = f"{one.part:,}/{one.whole:,}"
    within = f"<= 12 h {share:.1%}".replace("%", " %")
    return {
        "K14": f"{parts} = {share * 100:.1f} %",
        "K15": f"{one.part:,}",
        "K16": f"median {one.facts.get('median')} h, P90 {one.facts.get('p90')} h, {within}",
        "K17": f"{share * 100:.1f} %",
        "K18": f"{parts} = {share * 100:.1f} %",
        "K19": f"{parts} = {share * 100:.3f} %",
        "K20": parts,
        "K21": f"{parts} = {share * 100_000:.2f} per 100,000",
    }[code]


def check(world: World, line: Line, number: int, boxes: int) -> int:
    """Print the indicators of a round; how many differ from the table or from what the scenario shows."""
    with world.as_system() as w:
        found = of_round(w, w.get(Round, number))
    wrong = 0
    for code, parts in figures(line, boxes).items():
        one, shown = found[code], SHOWN.get(line.code, {}).get(code, "")
        same = (one.part, one.whole) == parts and said(code, one).endswith(shown)
        wrong += not same
        print(
            f"  {code} {said(code, one):<52} {'' if same else 'NOT'} {shown or f'{parts[0]:,}/{parts[1]:,}'}"
        )
    return wrong


def end_orders(world: World) -> None:
    """Nobody answers orders here: the day before's are taken back."""
    with world.as_system() as w:
        for order in w.session.scalars(select(Directive).where(Directive.state == "issued")).all():
            ending.withdraw(w, order, "over")


def play(world: World, stage: Stage, lines: list[Line]) -> int:
    """Play these rounds; how many figures differ."""
    ids: list[int] = []
    taken = [0.0]

    def plan_next() -> None:
        end_orders(world)
        began = time.perf_counter()
        if len(ids) < len(lines):
            ids.append(prepare(stage, lines[len(ids)], POPULATION))
        taken[0] = time.perf_counter() - began

    world.clock.at = stage.midnight(lines[0]) - timedelta(hours=6)
    plan_next()
    wrong = members = in_time = 0
    for place, line in enumerate(lines):
        print(f"{line.code}: due {line.due:,}, sampled {line.sampled:,}, tubes {line.tubes:,}; ", end="")
        print(f"planned in {taken[0]:.0f} s", flush=True)
        began = time.perf_counter()
        day = round_play.play(stage, line, ids[place], plan_next)
        seconds = time.perf_counter() - began
        print(f"  {seconds:.0f} s, {line.sampled / seconds:,.0f} persons/s, {len(day.boxes)} boxes")
        wrong += check(world, line, ids[place], len(day.boxes))
        members, in_time = members + 10 * line.positive, in_time + 10 * line.positive - line.late
    print(f"K20 of all: {in_time}/{members} = {in_time / max(1, members):.1%}")
    return wrong


def main(words: list[str]) -> int:
    lines = [line for line in LINES if line.code in words] or list(LINES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "sqlite" in words:
            return run(f"sqlite:///{folder}/region.sqlite", folder, lines)
        with servers.running_postgres(folder) as server:
            return run(servers.fresh_database(server), folder, lines)


def run(url: str, folder: Path, lines: list[Line]) -> int:
    """Play them in a new database; exit code."""
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    world = World(url, folder)
    wrong = play(world, stage_of(world), lines)
    world.close()
    print(f"figures that differ: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
