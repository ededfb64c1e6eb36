"""Health checks are kept, one for each half-day, by thousands; a later one of the half-day corrects the first."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from region.quarantine.actions import check_sums
from region.quarantine.events import ChecksKept
from region.quarantine.halves import ORDER, HalfDay
from region.quarantine.models import Check, Stay
from region.quarantine.queries.checklists import windows
from region.quarantine.states import PACK, STAY
from region.spine import bulk
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work

COLDEST, HOTTEST = 33.0, 43.0
"""Degrees between which a living person's temperature lies; beyond them somebody mistyped."""
OF_STAY = (
    *(
        Stay.id,
        Stay.place_id,
        Stay.site_id,
        Stay.state,
        Stay.arrived_at,
        Stay.since,
        Stay.pack,
        Stay.incident_id,
    ),
)
Key = tuple[int, dt.date, str]


@dataclass(frozen=True)
class GivenCheck:
    """What was found of one stay in one half-day: degrees Celsius, and codes of symptoms (empty: asked, none)."""

    stay: int
    day: dt.date
    half: str
    celsius: float | None
    symptoms: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class KeptChecks:
    """How many checks are new, how many corrected an earlier one, and in which stays something is abnormal."""

    new: int
    corrected: int
    abnormal: tuple[int, ...]


def keep(w: Work, checks: Sequence[GivenCheck], *, by: str, source: str) -> KeptChecks:
    """Keep checks of many stays at once; the same check twice changes nothing.

    `by` is who looked (resident, site, phone, visit), `source` the way it came (a code). Raises Missing, Invalid
    (``half-day-wrong``, ``celsius-odd``, ``no-such-symptom``), Refused (``check-too-early``, ``stay-over``).
    """
    given = {(one.stay, one.day, one.half): one for one in checks}
    stays = _stays(w, {one.stay for one in given.values()})
    needed = "quarantine.answer" if by == "resident" else "quarantine.check"
    for place in sorted({answerable_place(stay) for stay in stays.values()}):
        w.need(needed, place)
    rows = {key: _row(w, one, stays[one.stay], by) for key, one in given.items()}
    before = _standing(w, rows)
    fresh = {key: row for key, row in rows.items() if key not in before}
    changed = {key: row for key, row in rows.items() if key in before and _differs(before[key], row)}
    check_sums.count(w, fresh.values(), stays, [(before[key], row) for key, row in changed.items()])
    _write(w, fresh, changed, before)
    if fresh or changed:
        _note(w, {**fresh, **changed})
    _tell(w, fresh, changed, source)
    ill = tuple(sorted({row["stay_id"] for row in (*fresh.values(), *changed.values()) if row["abnormal"]}))
    return KeptChecks(len(fresh), len(changed), ill)


def answerable_place(stay: Any) -> int:
    """The place that has to check a stay: its site while he is in it, else the community of his home."""
    return int(stay.site_id if stay.state == "in_site" and stay.site_id else stay.place_id)


def symptoms_of(w: Work, pack: str) -> tuple[str, ...]:
    """The symptoms that an incident's pack asks about; those of the quarantine pack where it names none."""
    owner = pack if "symptoms" in w.rules.pack(pack).content["values"] else PACK
    return tuple(w.rules.value(owner, "symptoms"))


def _stays(w: Work, ids: Iterable[int]) -> dict[int, Any]:
    wanted = set(ids)
    rows = w.session.execute(select(*OF_STAY).where(bulk.among(w.session, Stay.id, wanted))).all()
    found = {row.id: row for row in rows}
    for id in sorted(wanted - set(found)):
        raise Missing("no-such", what="stay", id=id)
    return found


def _row(w: Work, one: GivenCheck, stay: Any, by: str) -> dict[str, Any]:
    at = min(one.at or w.now, w.now)
    _sound(w, one, stay)
    return {
        "stay_id": one.stay,
        "day": one.day,
        "half": one.half,
        "realm": w.realm,
        "place_id": answerable_place(stay),
        "at": at,
        "by": by,
        "actor": w.actor.name,
        "celsius": one.celsius,
        "symptoms": sorted(set(one.symptoms)),
        "abnormal": bool(one.symptoms) or (one.celsius is not None and one.celsius >= fever(w, stay.pack)),
    }


def fever(w: Work, pack: str) -> float:
    """Degrees Celsius from which on a temperature counts as fever, by the incident's pack."""
    return float(w.rules.value(pack, "fever_celsius"))


def _sound(w: Work, one: GivenCheck, stay: Any) -> None:
    """Refuse what cannot be: a half-day to come, a temperature of nobody alive, a symptom that the pack lacks."""
    if one.half not in ORDER:
        raise Invalid("half-day-wrong", field="half", half=one.half)
    if one.celsius is not None and not COLDEST <= one.celsius <= HOTTEST:
        raise Invalid("celsius-odd", field="celsius", stay=one.stay, least=COLDEST, most=HOTTEST)
    for code in set(one.symptoms) - set(symptoms_of(w, stay.pack)):
        raise Invalid("no-such-symptom", field="symptoms", symptom=code)
    if w.now < windows(w).opens(HalfDay(one.day, one.half)):
        raise Refused("check-too-early", day=one.day.isoformat(), half=one.half)
    if stay.state in STAY.ends:
        raise Refused("stay-over", stay=one.stay)


def _standing(w: Work, rows: Mapping[Key, Any]) -> dict[Key, Check]:
    """The checks that stand already, by key."""
    ids = {stay for stay, _, _ in rows}
    days = sorted({day for _, day, _ in rows})
    wanted = select(Check).where(bulk.among(w.session, Check.stay_id, ids), Check.day.in_(days))
    found = {(one.stay_id, one.day, one.half): one for one in w.session.scalars(wanted)}
    return {key: one for key, one in found.items() if key in rows}


def _differs(standing: Check, row: Mapping[str, Any]) -> bool:
    return (standing.celsius, standing.symptoms) != (row["celsius"], row["symptoms"])


def _write(
    w: Work, fresh: Mapping[Key, Any], changed: Mapping[Key, Any], before: Mapping[Key, Check]
) -> None:
    """The moment of the first check stands: it was made in its window, or it was not."""
    if fresh:
        w.session.execute(insert(Check), list(fresh.values()))
    for key, row in changed.items():
        for name in ("celsius", "symptoms", "abnormal", "actor", "by"):
            setattr(before[key], name, row[name])
    w.session.flush()


def _note(w: Work, rows: Mapping[Key, Any]) -> None:
    """The stays know when they were last checked (in the half-day that runs) and since when something is wrong."""
    now = windows(w).current(w.now)
    seen = {stay for stay, day, half in rows if HalfDay(day, half) == now}
    if seen:
        w.session.execute(update(Stay).where(bulk.among(w.session, Stay.id, seen)).values(checked_at=w.now))
    flag(w, {stay for stay, _, _ in rows})


def flag(w: Work, stays: Iterable[int]) -> None:
    """Mark which of these stays have something abnormal that nobody has acted on, and unmark the others."""
    open_ = select(func.max(Check.at)).where(
        Check.stay_id == Stay.id, Check.abnormal.is_(True), Check.handled_at.is_(None)
    )
    newest = open_.correlate(Stay).scalar_subquery()
    ids = bulk.among(w.session, Stay.id, set(stays))
    w.session.execute(update(Stay).where(ids).values(symptoms_at=newest))


def _tell(w: Work, fresh: Mapping[Key, Any], changed: Mapping[Key, Any], source: str) -> None:
    """One event for each place and half-day."""
    groups: dict[tuple[int, dt.date, str], list[dict[str, Any]]] = defaultdict(list)
    for row in (*fresh.values(), *changed.values()):
        groups[row["place_id"], row["day"], row["half"]].append(row)
    for (place, day, half), rows in groups.items():
        w.tell(
            ChecksKept(
                day=day,
                half=half,
                checks=len(rows),
                abnormal=tuple(sorted(row["stay_id"] for row in rows if row["abnormal"])),
                corrected=tuple(
                    sorted(row["stay_id"] for row in rows if (row["stay_id"], day, half) in changed)
                ),
                source=source,
                place=place,
            )
        )
