"""A zone is declared, regraded, redrawn and lifted: at once or from a moment on; each change is kept with its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from region.incidents.models import Incident
from region.spine.errors import Invalid, Refused
from region.spine.work import Work
from region.zones.actions import clocks
from region.zones.actions.drawing import Outline, lay
from region.zones.actions.keeping import planned, see_inside, write_grade
from region.zones.models import Zone, ZoneGrade
from region.zones.queries.judged import judged
from region.zones.queries.rules import rules_for
from region.zones.states import ZONE

MOST_AHEAD = timedelta(days=30)
MOST_BACK = timedelta(days=2)


def declare(
    w: Work, zone: Zone, grade: str | None = None, *, at: datetime | None = None, reason: str = ""
) -> None:
    """The zone stands from `at` (now): with the grade it was drawn with, or another of the pack."""
    effective = _moment(w, at)
    if grade is not None and grade not in rules_for(w, zone.pack).drawn:
        raise Invalid("zone-grade-unknown", field="grade", grade=grade[:20])
    ZONE.move(w, zone, "declare", place=zone.place_id)
    zone.grade = grade or zone.grade
    zone.declared_at = effective
    see_inside(w, zone)
    write_grade(w, zone, zone.grade, effective, reason)
    clocks.tell(w, zone, "declare", effective)
    clocks.start(w, zone)


def regrade(w: Work, zone: Zone, grade: str, *, at: datetime | None = None, reason: str) -> None:
    """Another grade of the pack, by a person's decision, with a reason. The lightest one is `lift`.

    A lower one is Refused (``round-incomplete``) while a result of the round that the rules look at is missing.
    """
    classes = rules_for(w, zone.pack).classes
    if grade not in classes[:-1] or grade == zone.grade:
        raise Invalid("zone-grade-unknown", field="grade", grade=grade[:20])
    _with_reason(reason)
    w.need("zones.declare", zone.place_id)
    if zone.grade not in classes or classes.index(grade) > classes.index(zone.grade):
        none_missing(w, zone)
    change(w, zone, grade, at, reason)


def lift(w: Work, zone: Zone, *, at: datetime | None = None, reason: str) -> None:
    """The zone ends from `at` (now), by a person's decision, with a reason; refused as lowering is."""
    _with_reason(reason)
    w.need("zones.declare", zone.place_id)
    none_missing(w, zone)
    change(w, zone, _lightest(w, zone), at, reason)


def redraw(w: Work, zone: Zone, outline: Outline, *, reason: str) -> None:
    """Another outline from now on, with the same grade; what lies inside is counted anew."""
    _with_reason(reason)
    ground = lay(w, w.get(Incident, zone.incident_id), outline)
    if planned(w, zone) is not None:
        raise Refused("zone-change-planned")
    w.need("zones.declare", ground.place)
    ZONE.move(w, zone, "redraw", place=zone.place_id)
    zone.geometry, zone.made_from = ground.geometry, ground.made_from
    zone.crs_source, zone.place_id = ground.crs, ground.place
    see_inside(w, zone)
    write_grade(w, zone, zone.grade, w.now, reason)
    clocks.tell(w, zone, "redraw", w.now)
    clocks.start(w, zone)


def change(
    w: Work, zone: Zone, grade: str, at: datetime | None, reason: str, review: int | None = None
) -> None:
    """Give a standing zone a grade from a moment on; the lightest ends it. One for later is owed to the clock."""
    effective = _moment(w, at)
    verb = "lift" if grade == _lightest(w, zone) else "regrade"
    ZONE.find(verb, zone.state)
    w.need("zones.declare", zone.place_id)
    row = write_grade(w, zone, grade, effective, reason, review)
    if effective > w.now:
        zone.version += 1
        w.owe("zones.take_effect", key=f"zones-effect:{row.id}", at=effective, grade=row.id)
    else:
        ZONE.move(w, zone, verb, place=zone.place_id)
        _enter(w, zone, row)
    clocks.tell(w, zone, verb, effective, grade)


def take_effect(w: Work, grade: int) -> None:
    """What was decided for now holds; nothing happens when it was undone, or holds already."""
    row = w.session.get(ZoneGrade, grade)
    zone = None if row is None else w.get(Zone, row.zone_id)
    if (
        row is None
        or zone is None
        or row.until is not None
        or zone.state != "standing"
        or zone.grade == row.grade
    ):
        return
    verb = "end" if row.grade == _lightest(w, zone) else "take_effect"
    if verb == "end":
        ZONE.move(w, zone, "end", place=zone.place_id)
    else:
        w.need("zones.review", zone.place_id)
        zone.since, zone.version = w.now, zone.version + 1
    _enter(w, zone, row)
    clocks.tell(w, zone, verb, row.effective_at)


def told_by(w: Work, zone: Zone, directive: str) -> None:
    """The order to those inside went out."""
    w.need("zones.review", zone.place_id)
    zone.directive, zone.version = directive, zone.version + 1
    clocks.tell(w, zone, "ordered")


def none_missing(w: Work, zone: Zone) -> None:
    """Refused (``round-incomplete``, with how many) while a result of the round that the rules look at is missing."""
    found = judged(w, zone)
    missing = 0 if found.tested is None or found.tested.all_negative else found.tested.missing
    if found.tested is not None and found.tested.held and missing:
        raise Refused("round-incomplete", missing=missing, day=found.round_on or 0)


def _enter(w: Work, zone: Zone, row: ZoneGrade) -> None:
    zone.grade = row.grade
    if zone.state in ZONE.ends:
        zone.lifted_at = row.effective_at
    clocks.start(w, zone)


def _lightest(w: Work, zone: Zone) -> str:
    return rules_for(w, zone.pack).classes[-1]


def _with_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("zone-reason-needed", field="reason")


def _moment(w: Work, at: datetime | None) -> datetime:
    """When it begins: now, up to two days ago for what is entered late, or up to thirty days ahead."""
    effective = at or w.now
    if not w.now - MOST_BACK <= effective <= w.now + MOST_AHEAD:
        raise Invalid("zone-moment-wrong", field="effective")
    return effective
