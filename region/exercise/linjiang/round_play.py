"""Plays the rounds of Linjiang through the same actions that people use: plan, sample, carry, report, recall, close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from region.exercise.linjiang.round_people import sent, uid
from region.exercise.linjiang.round_stage import HOUR, LASTS, OPENS, Stage, lend
from region.exercise.linjiang.round_tubes import Box as Packed
from region.exercise.linjiang.round_tubes import Day, Grid, Pot, lay_out
from region.exercise.linjiang.rounds import Line
from region.formats.codes.tubes import own_code
from region.places.models import Place
from region.sampling.actions import custody, running
from region.sampling.actions.reporting import Result, report
from region.sampling.actions.signing import Said
from region.sampling.actions.syncing import sync
from region.sampling.models import Box, Round, RoundArea, RoundSite
from region.sampling.queries.siting import sites_of
from region.sampling.schemas import Batch, SentBox, SentTube
from region.spine.work import Work

EVENING, MORNING = timedelta(hours=17, minutes=30), timedelta(days=1, hours=5, minutes=40)
"""From midnight: when the next round is planned; and when this one is closed, on the next day."""
AREA_CODE = "990106001001"
PAUSE = timedelta(minutes=10)
SOON, LATE, ANSWER = timedelta(hours=2), timedelta(hours=4, minutes=20), timedelta(hours=4, minutes=30)
"""From a positive pool: its members sampled again, the last of them too late, and the results of those in time."""
PHONE, BOX, TUBE = 1, 2, 3
Event = tuple[datetime, int, Callable[[], None]]


@dataclass(frozen=True)
class Site:
    """A sampling site: its id, the path of who runs it, its laboratory."""

    id: int
    path: str
    lab: int


def play(stage: Stage, line: Line, number: int, evening: Callable[[], None]) -> Day:
    """A prepared round from its first sample to its end in the next morning; `evening` is called at its time."""
    midnight = stage.midnight(line)
    starts = midnight + OPENS
    stage.move(starts)
    sites = _open(stage, line, number)
    day = lay_out(line, _grids(stage, number), starts, frozenset(stage.ill))
    events = [*_carrying(stage, line, sites, day), *_reporting(stage, line, sites, day)]
    for place, pot in enumerate(day.positive):
        events += _recall(stage, line, sites[pot.site], place, pot)
    events += [
        (midnight + EVENING, 0, evening),
        (starts + LASTS, 0, lambda: _finish(stage, number, sites)),
        (midnight + MORNING, 9, lambda: _close(stage, number)),
    ]
    ran_at = starts
    for at, _order, act in sorted(events, key=lambda one: one[:2]):
        stage.move(at)
        act()
        if at - ran_at >= PAUSE:
            stage.run()
            ran_at = at
    stage.run()
    return day


def _open(stage: Stage, line: Line, number: int) -> list[Site]:
    """Sites open, and with the first the round; the laboratory that was promised and is not there is taken off."""
    with stage.as_("duty_officer", stage.path(stage.area), "planner") as w:
        round_ = w.get(Round, number)
        if line.code in stage.refused:
            lend(stage, w, round_, 0)
        rows = sites_of(w, round_)
        paths = {one.id: one.path for one in w.session.scalars(select(Place))}
        sites = [Site(one.id, paths[one.place_id], one.lab_id or 0) for one in rows]
    _move(stage, sites, "open")
    stage.run()
    return sites


def _move(stage: Stage, sites: Sequence[Site], verb: str) -> None:
    for site in sites:
        with stage.as_("sampler", site.path) as w:
            running.move_site(w, w.get(RoundSite, site.id), verb)


def _grids(stage: Stage, number: int) -> list[Grid]:
    """The grids in the order of the sites that their people go to; those of no site go to the first."""
    with stage.as_("system", "") as w:
        sites = sites_of(w, w.get(Round, number))
        at = {grid: place for place, site in reversed(list(enumerate(sites))) for grid in site.areas}
        wanted = select(RoundArea).where(RoundArea.round_id == number).order_by(RoundArea.place_id)
        found, first = [], 0
        for row in w.session.scalars(wanted):
            one = Grid(row.place_id, first, row.registered, row.due, row.separate, at.get(row.place_id, 0))
            found.append(one)
            first += row.registered
    return sorted(found, key=lambda one: (one.site, one.id))


def _carrying(stage: Stage, line: Line, sites: Sequence[Site], day: Day) -> Iterator[Event]:
    courier = stage.path(stage.area)
    labs = {site.lab: stage.path(site.lab) for site in sites}
    for box in day.boxes:
        site = sites[box.site]
        code = uid(BOX, line.day * 10_000 + box.number)

        def send(site: Site = site, box: Packed = box) -> None:
            _send(stage, line, site, box)

        def take(code: str = code) -> None:
            with stage.as_("courier", courier) as w:
                custody.collect(w, _box(w, code), Said(celsius=4.0))

        def unpack(code: str = code, site: Site = site) -> None:
            with stage.as_("laboratory", labs[site.lab], f"laboratory {site.lab}") as w:
                custody.receive(w, _box(w, code), Said(celsius=5.0))
                custody.unpack(w, _box(w, code), whole=True)

        yield box.sealed, 1, send
        yield box.sealed + HOUR / 3, 2, take
        yield box.received, 3, unpack


def _box(w: Work, code: str) -> Box:
    return w.session.scalars(select(Box).where(Box.uid == code)).one()


def _send(stage: Stage, line: Line, site: Site, box: Packed) -> None:
    """The phone of the site synchronises a sealed box with its tubes."""
    number = uid(BOX, line.day * 10_000 + box.number)
    said = SentBox.model_validate(
        {
            "uid": number,
            "code": f"LJ{line.day:02d}-{box.number:04d}",
            "opened_at": box.tubes[0].closed - HOUR / 4,
            "sealed_at": box.sealed,
            "tubes": len(box.tubes),
            "celsius": 4.0,
        }
    )
    _sync(stage, line, site, [_tube(line, pot, number) for pot in box.tubes], [said], box.sealed)


def _sync(
    stage: Stage, line: Line, site: Site, tubes: Sequence[SentTube], boxes: Sequence[SentBox], at: datetime
) -> None:
    facts = {"device": uid(PHONE, line.day * 10_000 + site.id), "sent_at": at, "site": site.id}
    for start in range(0, len(tubes), 500):
        some = list(tubes[start : start + 500])
        with stage.as_("sampler", site.path) as w:
            told = sync(w, Batch.model_validate({**facts, "tubes": some, "boxes": list(boxes)}))
        odd = [one for one in told.tubes if one.state != "kept" or one.apart or one.twice or one.papers]
        if odd:
            raise AssertionError(f"{line.code}: {odd[0]}")


def _code(line: Line, serial: int) -> str:
    return own_code(line.date, AREA_CODE, serial)


def _tube(line: Line, pot: Pot, box: str | None) -> SentTube:
    last = len(pot.people)
    seconds = timedelta(seconds=10)
    people = [
        sent(n, home, pot.closed - (last - place) * seconds) for place, (n, home) in enumerate(pot.people)
    ]
    said = {
        "uid": uid(TUBE, line.day * 1_000_000 + pot.serial),
        "revision": 1,
        "code": _code(line, pot.serial),
        "method": pot.method,
        "stream": pot.stream,
        "box": box,
        "opened_at": pot.closed - HOUR / 12,
        "closed_at": pot.closed,
        "people": people,
    }
    return SentTube.model_validate(said)


def _reporting(stage: Stage, line: Line, sites: Sequence[Site], day: Day) -> Iterator[Event]:
    """Each laboratory reports at whole steps of `every`; positive pools at once."""
    positive = {pot.serial for pot in day.positive}
    start = stage.midnight(line)
    groups: dict[tuple[int, int], list[Pot]] = defaultdict(list)
    for pot in day.pots:
        if pot.serial not in positive:
            groups[sites[pot.site].lab, (pot.reported - start) // stage.every].append(pot)
    for (lab, step), pots in groups.items():
        latest = max(pot.reported for pot in pots)

        def tell(lab: int = lab, pots: list[Pot] = pots) -> None:
            _report(stage, lab, [Result(_code(line, pot.serial), "negative", pot.reported) for pot in pots])

        yield min(max(latest, start), start + (step + 1) * stage.every), 4, tell
    for pot in day.positive:

        def alarm(pot: Pot = pot) -> None:
            told = Result(_code(line, pot.serial), "positive", pot.reported, 27.4, 28.9)
            _report(stage, sites[pot.site].lab, [told])
            stage.run()

        yield pot.reported, 5, alarm


def _report(stage: Stage, lab: int, results: Sequence[Result]) -> None:
    with stage.as_("laboratory", stage.path(lab), f"laboratory {lab}") as w:
        told = report(w, lab, results, source="api")
    if told.refused or told.unknown:
        raise AssertionError(f"refused {told.refused[:1]}, unknown {told.unknown}")


def _recall(stage: Stage, line: Line, site: Site, place: int, pot: Pot) -> Iterator[Event]:
    """The members of the place-th positive pool are sampled again alone, some too late, and their results told: one of
    a true pool is positive (he is ill, and in no later round), all others negative."""
    late = 0 if place else min(line.late, len(pot.people))
    true = place < line.confirmed
    alone = [
        Pot(900_000 + place * 100 + at, pot.site, "single", "retest", [one], pot.reported + SOON)
        for at, one in enumerate(pot.people)
    ]
    for one in alone[len(alone) - late :]:
        one.closed = pot.reported + LATE
    for moment in sorted({one.closed for one in alone}):
        some = [one for one in alone if one.closed == moment]

        def again(some: list[Pot] = some, moment: datetime = moment) -> None:
            _sync(stage, line, site, [_tube(line, one, None) for one in some], [], moment)

        def answer(some: list[Pot] = some, moment: datetime = moment) -> None:
            results = [_answer(stage, line, one, true and one is alone[0], moment) for one in some]
            _report(stage, site.lab, results)
            stage.run()

        yield moment, 6, again
        yield moment - SOON + ANSWER, 7, answer


def _answer(stage: Stage, line: Line, pot: Pot, ill: bool, moment: datetime) -> Result:
    if ill:
        stage.ill.add(pot.people[0][0])
    return Result(_code(line, pot.serial), "positive" if ill else "negative", moment - SOON + ANSWER)


def _finish(stage: Stage, number: int, sites: Sequence[Site]) -> None:
    _move(stage, sites, "close")
    with stage.as_("duty_officer", stage.path(stage.area), "planner") as w:
        running.finish(w, w.get(Round, number))


def _close(stage: Stage, number: int) -> None:
    with stage.as_("duty_officer", stage.path(stage.area), "planner") as w:
        running.close(w, w.get(Round, number))
