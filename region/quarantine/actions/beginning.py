"""Beginning stays: on a legal ground and on evidence, with a plan from the incident's pack and a last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, select

from region.incidents.models import Incident
from region.quarantine.actions import clocks, planning
from region.quarantine.events import StaysBegun
from region.quarantine.models import Stay
from region.quarantine.regimen import Regimen
from region.quarantine.states import PACK, STAY
from region.spine import bulk
from region.spine.errors import Refused
from region.spine.journal import CODE
from region.spine.work import Work

AT_ONCE = 5000
"""So many values in one question."""


@dataclass(frozen=True)
class Begin:
    """One person to be under observation. `ref` is what it rests on (``contact:12``), `evidence` the row that shows it.

    `place` is the community or grid of his home, `counts_from` day 0, `found_at` when he was determined (None: now);
    `mode` another way than the schedule's first (home in place of a site), where that may be.
    """

    person: int
    ref: str
    place: int
    category: str
    counts_from: date
    evidence: str
    household: str | None = None
    linked: str | None = None
    care_needs: tuple[str, ...] = ()
    mode: str | None = None
    found_at: datetime | None = None


@dataclass(frozen=True)
class _Ground:
    """What all stays of one list share."""

    incident: int
    pack: str
    digest: str
    legal_ground: str


def begin(w: Work, given: Sequence[Begin], *, incident: int, legal_ground: str) -> list[Stay]:
    """Put people under observation; the stay of each, in the order given, those that stood already included.

    The same `ref` begins once, and whoever has an open stay in this incident keeps that one. Whoever is found after
    his last day has nothing left to serve: he is left out. Refused: ``no-legal-ground`` (not one of the pack's),
    ``no-evidence``; Invalid: ``no-schedule``, ``mode-not-allowed``.
    """
    for place in sorted({one.place for one in given}):
        w.need("quarantine.begin", place)
    if legal_ground not in w.rules.value(PACK, "grounds"):
        raise Refused("no-legal-ground", ground=legal_ground[:40])
    for one in given:
        if not one.evidence.strip() or not CODE.fullmatch(one.evidence):
            raise Refused("no-evidence", ref=one.ref[:40])
    ground = _ground(w, incident, legal_ground)
    known = _standing(w, given, incident)
    made = _add(w, _fresh(given, known), ground)
    if made:
        stays = tuple(stay.id for stay in made)
        w.tell(StaysBegun(stays=stays, pack=ground.pack, legal_ground=legal_ground, **clocks.about(w, made)))
        clocks.start_stays(w, made)
    return _in_order(w, given, incident)


def _ground(w: Work, incident: int, legal_ground: str) -> _Ground:
    with w.beyond_scope("the rules of an incident may be known to whoever acts in it"):
        pack = w.get(Incident, incident).pack
    return _Ground(incident, pack, w.rules.pack(pack).digest, legal_ground)


def _open(w: Work, incident: int, persons: Sequence[int]) -> ColumnElement[bool]:
    running = (Stay.incident_id == incident) & Stay.state.not_in(sorted(STAY.ends))
    return running & bulk.among(w.session, Stay.person_id, persons)


def _pages(given: Sequence[Begin]) -> Iterator[Sequence[Begin]]:
    return (given[at : at + AT_ONCE] for at in range(0, len(given), AT_ONCE))


def _standing(w: Work, given: Sequence[Begin], incident: int) -> set[str | int]:
    """The refs that began already, and the persons who have an open stay."""
    found: set[str | int] = set()
    with w.beyond_scope("a stay rests on its ref once, and a person has one, wherever he is kept"):
        for page in _pages(given):
            refs = bulk.among(w.session, Stay.ref, [one.ref for one in page])
            found.update(w.session.scalars(select(Stay.ref).where(refs)))
            here = _open(w, incident, [one.person for one in page])
            found.update(w.session.scalars(select(Stay.person_id).where(here)))
    return found


def _fresh(given: Sequence[Begin], known: set[str | int]) -> list[Begin]:
    """Those who begin now, each ref and each person once."""
    seen, fresh = set(known), []
    for one in given:
        if one.ref not in seen and one.person not in seen:
            seen |= {one.ref, one.person}
            fresh.append(one)
    return fresh


def _add(w: Work, fresh: Sequence[Begin], ground: _Ground) -> list[Stay]:
    """The rows of the stays and of their tests; the same day 0 is reckoned once."""

    @cache
    def planned(category: str, counts_from: date, found: date) -> tuple[Regimen, Mapping[str, Any]]:
        return planning.plan_for(w, ground.pack, category, counts_from, found)

    plans: list[tuple[Stay, Regimen]] = []
    for one in fresh:
        found_on = w.office.clock.day(one.found_at or w.now)
        plan, schedule = planned(one.category, one.counts_from, found_on)
        if plan.stages:
            plan = planning.in_mode(plan, schedule, one.mode, one.care_needs)
            plans.append((_stay(w, one, plan, ground), plan))
    w.session.add_all(stay for stay, _ in plans)
    w.session.flush()
    planning.write_tests(w, plans)
    return [stay for stay, _ in plans]


def _stay(w: Work, one: Begin, plan: Regimen, ground: _Ground) -> Stay:
    known_at = one.found_at or w.now
    limit = clocks.limit(w, "clock.contact_transfer", ground.pack)
    mode = plan.stages[0].mode
    shared = {"pack": ground.pack, "pack_digest": ground.digest, "state": STAY.start, "since": w.now}
    return Stay(
        realm=w.realm,
        incident_id=ground.incident,
        person_id=one.person,
        ref=one.ref,
        place_id=one.place,
        household=one.household,
        category=one.category,
        mode=mode,
        counts_from=one.counts_from,
        plan=plan.as_doc(),
        ends_on=plan.ends_on,
        legal_ground=ground.legal_ground,
        evidence=one.evidence,
        expires_at=planning.expiry(w, plan.ends_on),
        care_needs=list(one.care_needs),
        determined_at=known_at,
        transfer_due_at=known_at + limit if mode == planning.CENTRAL else None,
        linked=one.linked,
        **shared,
    )


def _in_order(w: Work, given: Sequence[Begin], incident: int) -> list[Stay]:
    """The stays of those given whom the actor may know of: by ref, else the open one of the person."""
    by_ref: dict[str, Stay] = {}
    by_person: dict[int, Stay] = {}
    for page in _pages(given):
        refs = bulk.among(w.session, Stay.ref, [one.ref for one in page])
        by_ref |= {stay.ref: stay for stay in w.session.scalars(select(Stay).where(refs))}
        here = _open(w, incident, [one.person for one in page])
        by_person |= {stay.person_id: stay for stay in w.session.scalars(select(Stay).where(here))}
    found = (by_ref.get(one.ref) or by_person.get(one.person) for one in given)
    return list({stay.id: stay for stay in found if stay is not None}.values())
