"""Eight rounds of Linjiang in small: plan, field, laboratories, positive pools and the rule by which rounds stop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from region.dispatch.actions import ending
from region.dispatch.models import Directive
from region.exercise.linjiang import round_play
from region.exercise.linjiang.round_stage import Stage, prepare
from region.exercise.linjiang.rounds import LINES, Line, figures, in_time, scaled
from region.people.models import Person
from region.sampling.models import Recall, RecallMember, Round, SingleOnly
from region.sampling.queries.indicators import of_round
from region.sampling.queries.rounds import stop_advice
from region.surveillance.models import CaseProposal
from tests.region.sampling import books
from tests.region.sampling.planning_ground import planned_ground
from tests.world import World

EACH = 150
"""People of each of twelve grids: a district of a two-hundredth of Linjiang."""


class Told(NamedTuple):
    """A round that was played: its line, its id, and how many boxes it took."""

    line: Line
    round: int
    boxes: int


def stage_of(world: World, pack: str = "CN-COVID-20M") -> Stage:
    """The district, two laboratories and one that the city lends; the response's pack has the rule to stop."""
    plan = planned_ground(world, people=EACH, lab=0)
    second = world.site(plan.district, "laboratory")
    lent = world.site(world.area(level="city"), "laboratory")
    capacity = scaled(LINES[0], 12 * EACH).capacity

    def move(at: datetime) -> None:
        world.clock.at = at

    return Stage(
        office=world.office,
        area=plan.district.id,
        incident=world.incident(plan.district, pack).id,
        labs=[(plan.lab.id, capacity // 4), (second.id, capacity - capacity // 4)],
        aid=lent.id,
        move=move,
        run=world.run,
        every=timedelta(hours=12),
    )


def play(world: World, stage: Stage, codes: tuple[str, ...]) -> Iterator[Told]:
    """These rounds one after the other."""
    lines = [scaled(line, 12 * EACH) for line in LINES if line.code in codes]
    ids: list[int] = []

    def plan_next() -> None:
        end_orders(world)
        if len(ids) < len(lines):
            ids.append(prepare(stage, lines[len(ids)], 12 * EACH))

    world.clock.at = stage.midnight(lines[0]) - timedelta(hours=6)
    plan_next()
    for place, line in enumerate(lines):
        day = round_play.play(stage, line, ids[place], plan_next)
        yield Told(line, ids[place], len(day.boxes))


def end_orders(world: World) -> None:
    """Nobody answers orders here: they are taken back, or their clocks would look at them for the rest of the week."""
    with world.as_system() as w:
        for order in w.session.scalars(select(Directive).where(Directive.state == "issued")).all():
            ending.withdraw(w, order, "over")


def check(world: World, told: Told) -> None:
    """K14 to K21 are the figures of the table, and the hours of K16 those of its pace."""
    with world.as_system() as w:
        found = of_round(w, w.get(Round, told.round))
        assert w.get(Round, told.round).state == "closed"
    assert {code: (one.part, one.whole) for code, one in found.items()} == figures(told.line, told.boxes)
    hours = found["K16"].facts
    assert (hours["median"], hours["p90"]) == (told.line.pace.median, told.line.pace.p90)
    assert found["K20"].facts["done"] == found["K20"].whole


def test_a_round_on_both_databases(world: World) -> None:
    """R1: one of two pools is true. One person is proposed as a case, nineteen are restored, and nothing else stays."""
    (told,) = play(world, stage_of(world), ("R1",))
    check(world, told)
    books.check(world)
    with world.as_system() as w:
        states = Counter(w.session.scalars(select(RecallMember.state)))
        ended = list(w.session.scalars(select(Recall.state).order_by(Recall.state)))
        proposed = list(w.session.scalars(select(CaseProposal.person_id)))
        alone = list(w.session.scalars(select(SingleOnly.person_id).where(SingleOnly.until.is_(None))))
        people = w.session.scalar(select(func.count()).select_from(Person))
        assert stop_advice(w, w.get(Round, told.round)).verdict == "go_on"  # type: ignore[union-attr]
    assert (states, ended) == ({"restored": 19, "positive": 1}, ["cleared", "confirmed"])
    assert len(proposed) == 1 and alone == proposed
    assert people == told.line.sampled


def test_the_rounds_that_differ_and_the_one_more(sqlite_world: World) -> None:
    """Too much for the laboratories, true pools and a false one, rounds that find nobody: after three of these three
    clear days and one more round on 13 August."""
    stage = stage_of(sqlite_world)
    rounds = []
    for told in play(sqlite_world, stage, ("R2", "R6", "R7", "R8")):
        check(sqlite_world, told)
        rounds.append(told)
    assert stage.refused == ["R2"], "the second round waited for aid (AT-10)"
    with sqlite_world.as_system() as w:
        states = Counter(w.session.scalars(select(RecallMember.state)))
        ended = Counter(w.session.scalars(select(Recall.state)))
        proposed = w.session.scalar(select(func.count()).select_from(CaseProposal))
        advice = stop_advice(w, w.get(Round, rounds[-1].round))
    assert (states, ended) == ({"restored": 46, "positive": 4}, {"cleared": 1, "confirmed": 4})
    assert proposed == 4
    assert advice is not None and (advice.verdict, advice.extra) == ("wait", date(2022, 8, 13))


def test_the_table_says_of_the_whole_district_what_the_scenario_shows() -> None:
    shown = {
        line.code: [f"{part / max(1, whole):.1%}" for part, whole in figures(line, 500).values()]
        for line in LINES
    }
    assert shown["R1"] == ["96.8%", "3.2%", "94.1%", "96.2%", "93.9%", "0.0%", "100.0%", "0.0%"]
    assert [one[0] for one in shown.values()][1:] == [
        "98.2%",
        "98.7%",
        "98.9%",
        "99.0%",
        "99.0%",
        "99.1%",
        "99.1%",
    ]
    loads = ["93.9%", "103.8%", "83.9%", "85.4%", "86.1%", "86.3%", "86.3%", "86.1%"]
    assert [one[4] for one in shown.values()] == loads and shown["R2"][2] == "78.4%"
    first = LINES[0]
    assert (first.due - first.sampled, first.pools, first.positive) == (11_480, 34_760, 2)
    assert in_time(first) / first.of_round == pytest.approx(0.941, abs=5e-5)
    late, members = sum(line.late for line in LINES), 10 * sum(line.positive for line in LINES)
    assert (members - late, members) == (183, 190)
