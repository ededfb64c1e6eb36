"""What a phone takes into the field to work without a network: its site, the rules, who lives there, who is alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from region.people.models import Person
from region.people.queries.field_marks import field_key
from region.people.queries.masked import Masked, masked
from region.places.models import Place
from region.sampling.methods import methods
from region.sampling.models import Round, RoundDue, RoundSite, SingleOnly
from region.sampling.states import PACK
from region.spine.errors import Refused
from region.spine.scope import below
from region.spine.work import Work

LAST = 4
TAKEN_ALONG = ("ordered", "running", "closing")
"""Before a round is ordered, and after it, nobody needs to carry about who lives there and who is sampled alone."""
LIMITS = ("field.skew_seconds", "field.idle_minutes", "field.keep_hours", "field.offline_hours")
RESIDENTS = "who lives in the grids that come to the site is sampled there"


def field_pack(w: Work, site_id: int) -> dict[str, Any]:
    """All that a phone of a site needs offline; names are masked, of numbers it has the last four characters.

    `key` (hex) is the realm's field key; `apart` maps marks under it (hex, of kind and number) to the reason why the
    bearer is sampled alone, of all who live in the round's area. Missing for a site of others.
    """
    site = w.get(RoundSite, site_id)
    w.need("sampling.sample", site.place_id)
    with w.beyond_scope(RESIDENTS):
        round_ = w.get(Round, site.round_id)
        if round_.state not in TAKEN_ALONG:
            raise Refused("round-not-open", state=round_.state)
        alone = _alone(w, round_.place_id)
        people = _residents(w, site, alone)
        grids = {id: _names(w.get(Place, id)) for id in _areas(site)}
        lab = _names(w.get(Place, site.lab_id)) if site.lab_id else None
    words = _words(w, "not_sampled_reasons")
    reasons = {code: one for code, one in words.items() if "by" not in one}
    return {
        "site": _site(site) | {"lab": lab},
        "round": _round(round_),
        "grids": grids,
        "methods": {one.code: _method(one) for one in methods(w).values()},
        "reasons": reasons,
        "reason_order": list(reasons),
        "single_reasons": _words(w, "single_reasons"),
        "limits": {name.split(".")[1]: w.rules.value(PACK, name) for name in LIMITS},
        "key": field_key(w).hex(),
        "apart": {bytes(row.mark).hex(): row.reason for row in alone.values() if row.mark is not None},
        "residents": people,
    }


def _areas(site: RoundSite) -> list[int]:
    return [int(area) for area in site.areas]


def _alone(w: Work, area: int) -> dict[int, Any]:
    """Who of those who live in the round's area is sampled alone now, by person."""
    path = w.get(Place, area).path
    wanted = select(SingleOnly.person_id, SingleOnly.mark, SingleOnly.reason)
    wanted = wanted.join(Place, Place.id == SingleOnly.place_id).where(below(Place.path, path))
    wanted = wanted.where(
        SingleOnly.since <= w.now, or_(SingleOnly.until.is_(None), SingleOnly.until > w.now)
    )
    return {row.person_id: row for row in w.session.execute(wanted.order_by(SingleOnly.id))}


def _residents(w: Work, site: RoundSite, alone: dict[int, Any]) -> list[dict[str, Any]]:
    """Who lives in the site's grids, or is on the round's list there: masked, with what the list says of him."""
    grids = _areas(site)
    due = select(RoundDue.person_id, RoundDue.scheme, RoundDue.reason, RoundDue.sampled_at)
    due = due.where(RoundDue.round_id == site.round_id, RoundDue.place_id.in_(grids))
    listed = {row.person_id: row for row in w.session.execute(due)}
    here = set(w.session.scalars(select(Person.id).where(Person.place_id.in_(grids))))
    known = masked(w, sorted(here | set(listed)))
    return [_resident(known[id], listed.get(id), alone.get(id)) for id in sorted(known)]


def _resident(one: Masked, due: Any, alone: Any) -> dict[str, Any]:
    return {
        "person": one.person,
        "name": one.name,
        "last": one.number[-LAST:].lstrip("*"),
        "grid": one.place,
        "scheme": due.scheme if due is not None else None,
        "reason": due.reason if due is not None else None,
        "sampled": due is not None and due.sampled_at is not None,
        "apart": alone.reason if alone is not None else None,
    }


def _site(site: RoundSite) -> dict[str, Any]:
    return {
        "id": site.id,
        "number": site.number,
        "zh": site.name_zh,
        "en": site.name_en,
        "place": site.place_id,
        "state": site.state,
    }


def _round(round_: Round) -> dict[str, Any]:
    return {
        "id": round_.id,
        "code": round_.code,
        "state": round_.state,
        "method": round_.method,
        "starts_at": round_.starts_at.isoformat(),
        "due_at": round_.due_at.isoformat(),
    }


def _method(one: Any) -> dict[str, Any]:
    return {"zh": one.zh, "en": one.en, "size": one.size, "short": one.short, "alone": one.size == 1}


def _names(place: Place) -> dict[str, Any]:
    return {"zh": place.name_zh, "en": place.name_en}


def _words(w: Work, name: str) -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = {code: dict(one) for code, one in w.rules.value(PACK, name).items()}
    return said


def sites_of(w: Work, place: int | None) -> Sequence[RoundSite]:
    """The sites of rounds that run (or are about to) at the actor's place, or at all of his places: to choose from."""
    wanted = select(RoundSite).where(RoundSite.state.not_in(("closed", "stopped", "proposed")))
    if place is not None:
        wanted = wanted.where(RoundSite.place_id == place)
    return w.session.scalars(wanted.order_by(RoundSite.id.desc()).limit(50)).all()
