"""Where the rounds of Linjiang are played, by whom, and the evening before each: planned, sited, approved, ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from region.exercise.linjiang.names import POPULATION
from region.exercise.linjiang.rounds import AID, SITES, Line
from region.places.models import Place
from region.sampling.actions import drafting, planning, pledging, running, siting
from region.sampling.models import Round
from region.sampling.needs import Asked
from region.spine.actor import Actor, Grant
from region.spine.errors import Refused
from region.spine.work import Office, Work

OPENS, LASTS = timedelta(hours=6), timedelta(hours=16)
"""From midnight: the first sample; and how long a round lasts."""
HOUR = timedelta(hours=1)
LETTER = "LJ-0803-002"
"""By which the city promises its mobile laboratory."""


@dataclass
class Stage:
    """Where it is played. `labs` with tubes a day, the one that is lent (`aid`) apart; `move` sets the clock, `run`
    does what is owed; laboratories report each `every`."""

    office: Office
    area: int
    incident: int
    labs: Sequence[tuple[int, int]]
    aid: int
    move: Callable[[datetime], None]
    run: Callable[[], object]
    every: timedelta = HOUR
    realm: int = 0
    ill: set[int] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    """Rounds whose plan was refused until aid was attached."""

    @contextmanager
    def as_(self, role: str, path: str, name: str = "") -> Iterator[Work]:
        """A work of somebody with a role at a path of places."""
        with self.office.work(Actor(name or role, (Grant(role, path),), realm=self.realm)) as w:
            yield w

    def path(self, place: int) -> str:
        """The path of a place."""
        with self.as_("system", "") as w:
            return w.get(Place, place).path

    def midnight(self, line: Line) -> datetime:
        """The beginning of the round's day."""
        return datetime.combine(line.date, time(), self.office.clock.zone).astimezone(UTC)


def prepare(stage: Stage, line: Line, people: int) -> int:
    """The evening before: drafted, planned, sited, approved by a second person, ordered. The round's id."""
    path = stage.path(stage.area)
    with stage.as_("duty_officer", path, "planner") as w:
        row = _draft(stage, w, line, people)
        for lab, tubes in stage.labs:
            pledging.pledge(w, row, lab, tubes)
        if line.capacity > sum(tubes for _lab, tubes in stage.labs):
            lend(stage, w, row, people)
        planning.plan(w, row)
        siting.propose(w, row, max(3, round(SITES * people / POPULATION)))
        number = row.id
    _approve(stage, line, number, path, people)
    with stage.as_("duty_officer", path, "planner") as w:
        running.order(w, w.get(Round, number))
    stage.run()
    return number


def _draft(stage: Stage, w: Work, line: Line, people: int) -> Round:
    starts = stage.midnight(line) + OPENS
    asked = Asked(
        exempt=people - line.due - line.separate,
        separate=line.separate,
        separate_tubes=line.separate,
        singles=line.singles,
        household_persons=line.household_persons,
        household_tubes=line.households,
    )
    return drafting.draft(
        w,
        area=stage.area,
        starts_at=starts,
        due_at=starts + LASTS,
        method_code="pool_10",
        code=line.code,
        incident=stage.incident,
        asked=asked,
    )


def lend(stage: Stage, w: Work, row: Round, people: int) -> None:
    """The mobile laboratory of the city, in proportion to the people; with none, it is not there."""
    with w.beyond_scope("the laboratory that another place lends"):
        pledging.pledge(w, row, stage.aid, round(AID * people / POPULATION), True, LETTER)


def _approve(stage: Stage, line: Line, number: int, path: str, people: int) -> None:
    """A second person agrees; where laboratories are planned with too much, not before aid is promised (AT-10)."""
    try:
        with stage.as_("approver", path, "leader") as w:
            planning.approve(w, w.get(Round, number))
    except Refused as refused:
        if refused.code != "round-overloaded":
            raise
        stage.refused.append(line.code)
        with stage.as_("duty_officer", path, "planner") as w:
            lend(stage, w, w.get(Round, number), people)
        with stage.as_("approver", path, "leader") as w:
            planning.approve(w, w.get(Round, number))
