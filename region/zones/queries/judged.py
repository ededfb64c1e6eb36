"""What the pack's rules say today of a standing zone, with the rounds of those who live in it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from region.places.models import Place
from region.spine.work import Work
from region.zones.lowering import Lowering, Round, Rules, judge
from region.zones.models import Zone, ZoneGrade, ZonePlace
from region.zones.queries.rules import rules_in
from region.zones.questions import ZoneRounds


def judged(w: Work, zone: Zone) -> Lowering:
    """The grade that comes next, or why not; a zone whose pack draws no zones gets ``no-rule``."""
    rules = rules_in(w, zone.pack)
    today = w.office.clock.day(w.now)
    newest = newest_of(w, zone)
    if rules is None or newest is None:
        return Lowering(None, None, "no-rule")
    homes = homes_in(w, zone)

    def rounds(day: date) -> Round:
        return w.ask(ZoneRounds(homes, day))

    return judge(rules, zone.grade, newest, today, rounds, _came_down(w, zone, rules))


def newest_of(w: Work, zone: Zone) -> date | None:
    """The day from which clear days count: that of the newest infection inside, else that of the declaration."""
    if zone.last_infection_on is not None:
        return zone.last_infection_on
    return None if zone.declared_at is None else w.office.clock.day(zone.declared_at)


def homes_in(w: Work, zone: Zone) -> tuple[int, ...]:
    """The areas inside: where its people live."""
    wanted = select(ZonePlace.place_id).join(Place, Place.id == ZonePlace.place_id)
    wanted = wanted.where(ZonePlace.zone_id == zone.id, Place.kind == "area").order_by(ZonePlace.place_id)
    with w.beyond_scope("the people of a whole zone decide about it"):
        return tuple(w.session.scalars(wanted))


def _came_down(w: Work, zone: Zone, rules: Rules) -> date | None:
    """The day from which it was lowered from the gravest grade to the one it has, if that is how it came to it."""
    wanted = select(ZoneGrade.grade, ZoneGrade.effective_at).where(
        ZoneGrade.zone_id == zone.id, ZoneGrade.effective_at <= w.now
    )
    in_force = wanted.where((ZoneGrade.until.is_(None)) | (ZoneGrade.until > ZoneGrade.effective_at))
    rows = w.session.execute(in_force.order_by(ZoneGrade.effective_at, ZoneGrade.id)).all()
    changes = [
        now
        for before, now in zip([None, *rows], rows, strict=False)
        if not before or before.grade != now.grade
    ]
    if len(changes) < 2 or changes[-2].grade != rules.classes[0] or changes[-1].grade != zone.grade:
        return None
    return w.office.clock.day(changes[-1].effective_at)
