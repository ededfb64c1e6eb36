"""Everything asked of incidents; changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from region.incidents.models import Incident
from region.places.models import Place
from region.spine.clock import REAL, Realm
from region.spine.errors import Missing
from region.spine.work import Work

NEWEST = (Incident.state.desc(), Incident.opened_at.desc(), Incident.id.desc())


def incidents(w: Work, *, state: str | None = None) -> Sequence[Incident]:
    """The incidents that the actor may know of, open ones first, the newest first."""
    wanted = select(Incident).order_by(*NEWEST)
    return w.session.scalars(wanted if state is None else wanted.where(Incident.state == state)).all()


def by_code(w: Work, code: str) -> Incident:
    """The incident with this code in this realm; Missing when there is none."""
    found = w.session.scalars(select(Incident).where(Incident.code == code)).first()
    if found is None:
        raise Missing("no-such", what="incident", id=code[:40])
    return found


def current(w: Work) -> Incident | None:
    """The newest open incident in the actor's places, or around them: what screens begin with.

    A city's incident is the incident of its districts and clinics too; each sees its own rows of it.
    """
    with w.beyond_scope("an incident that covers a place is an incident of that place"):
        wanted = select(Incident, Place.path).join(Place, Place.id == Incident.place_id)
        rows = w.session.execute(wanted.where(Incident.state == "open").order_by(*NEWEST)).all()
    mine = w.actor.paths
    near = (row for row, path in rows if any(path.startswith(one) or one.startswith(path) for one in mine))
    return next(near, None)


def realm_of(w: Work) -> Realm | None:
    """The realm of this work; None is the real world."""
    return None if w.realm == REAL else w.session.get(Realm, w.realm)


def disease_packs(w: Work) -> list[tuple[str, str, str]]:
    """The packs that an incident can be opened under: id, Chinese title, English title."""
    packs = [pack for pack in w.rules.packs if pack.id.isupper() and "-" in pack.id]
    return sorted((pack.id, pack.title.zh, pack.title.en) for pack in packs)


def pack_of(w: Work, incident: int) -> str:
    """The id of the pack that an incident is answered under, also for an actor whose places it lies above."""
    with w.beyond_scope("the rules of an incident hold for everybody in it"):
        found = w.session.scalar(select(Incident.pack).where(Incident.id == incident))
    if found is None:
        raise Missing("no-such", what="incident", id=incident)
    return found


def has_rule(w: Work, incident: int, name: str) -> bool:
    """Whether an incident's own pack says something of this name."""
    return name in w.rules.pack(pack_of(w, incident)).document.values


def limit_of(w: Work, incident: int, name: str, otherwise: str) -> timedelta:
    """A length of time from an incident's own pack, or from the pack `otherwise` where that one is silent."""
    own = pack_of(w, incident)
    return w.rules.duration(own if has_rule(w, incident, name) else otherwise, name)
