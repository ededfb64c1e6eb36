"""A round from its order to its end: ordered to its sites, opened, finished, closed with its results, or cancelled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from region.places.models import Place
from region.sampling.actions import clocks, planning, pledging
from region.sampling.events.rounds import RoundMoved, RoundSiteMoved
from region.sampling.models import Round, RoundSite, Tube
from region.sampling.queries.siting import sites_of
from region.sampling.states import ROUND, SITE
from region.spine.errors import Invalid, Refused
from region.spine.machine import same_version
from region.spine.work import Work

approve = planning.approve
WAITING = ("open", "closed", "received")
"""States of a tube that still waits for a result."""
NOTE = 300


def order(w: Work, round_: Round, version: int | None = None) -> None:
    """Order an approved round to its sites; the order itself is given by the flow. A second click changes nothing."""
    if round_.state == "ordered":
        return
    same_version(round_, version)
    sites = sites_of(w, round_)
    if not sites:
        raise Refused("round-without-sites", round=round_.id)
    _have_runners(w, sites)
    ROUND.find("order", round_.state)
    pledging.check(w, round_)
    ROUND.move(w, round_, "order", place=round_.place_id)
    for site in sites:
        move_site(w, site, "order")
    _moved(w, round_, "order")


def _have_runners(w: Work, sites: list[RoundSite]) -> None:
    wanted = select(Place.id).where(Place.id.in_({site.place_id for site in sites}), Place.kind == "site")
    able = set(w.session.scalars(wanted))
    lacking = [site.number for site in sites if site.place_id not in able]
    if lacking:
        numbers = ", ".join(map(str, lacking[:10]))
        raise Refused("site-without-runner", sites=len(lacking), numbers=numbers)


def open_round(w: Work, round_: Round) -> None:
    """The first sample may be taken."""
    if round_.state == "running":
        return
    ROUND.move(w, round_, "open", place=round_.place_id)
    round_.opened_at = w.now
    _moved(w, round_, "open")


def finish(w: Work, round_: Round) -> None:
    """Sampling is over; results are still to come."""
    if round_.state == "closing":
        return
    ROUND.move(w, round_, "finish", place=round_.place_id)
    _moved(w, round_, "finish")


def reopen(w: Work, round_: Round) -> None:
    """There are people to sample after all."""
    if round_.state == "running":
        return
    ROUND.move(w, round_, "reopen", place=round_.place_id)
    _moved(w, round_, "reopen")


def waiting(w: Work, round_: Round) -> int:
    """Tubes of a round that have no result yet."""
    wanted = select(func.count()).select_from(Tube)
    with w.beyond_scope("a round waits for all of its tubes, wherever they are"):
        return w.session.scalar(wanted.where(Tube.round_id == round_.id, Tube.state.in_(WAITING))) or 0


def close(w: Work, round_: Round, reason: str = "") -> None:
    """End a round; while tubes wait for results only with a reason, which is kept with it."""
    if round_.state == "closed":
        return
    tubes = waiting(w, round_)
    if tubes and not reason.strip():
        raise Refused("tubes-waiting", round=round_.id, tubes=tubes)
    ROUND.move(w, round_, "close", place=round_.place_id)
    round_.closed_at = w.now
    round_.plan = {**round_.plan, "close_note": reason.strip()[:NOTE], "tubes_waiting": tubes}
    _stop_sites(w, round_)
    _moved(w, round_, "close")


def cancel(w: Work, round_: Round, reason: str) -> None:
    """Call a round off, with the reason; its sites stop."""
    if round_.state == "cancelled":
        return
    if not reason.strip():
        raise Invalid("field-missing", field="reason")
    ROUND.move(w, round_, "cancel", place=round_.place_id)
    round_.closed_at = w.now
    round_.plan = {**round_.plan, "close_note": reason.strip()[:NOTE]}
    _stop_sites(w, round_)
    _moved(w, round_, "cancel")


def _stop_sites(w: Work, round_: Round) -> None:
    for site in sites_of(w, round_):
        if site.state not in SITE.ends:
            move_site(w, site, "stop")


def move_site(w: Work, site: RoundSite, verb: str) -> None:
    """One step of one site: order, ready, open, close or stop; a step made already is not made twice."""
    if any(move.verb == verb and move.target == site.state for move in SITE.moves):
        return
    SITE.move(w, site, verb, place=site.place_id)
    clocks.start(w, site)
    told: dict[str, Any] = {"site": site.id, "round": site.round_id, "verb": verb, "state": site.state}
    w.tell(RoundSiteMoved(place=site.place_id, **told))


def told_by(w: Work, round_: Round, directive: str) -> None:
    """Keep which order told the sites."""
    round_.directive = directive
    round_.version += 1
    where: dict[str, Any] = {"place": round_.place_id, "incident": round_.incident_id}
    w.tell(RoundMoved(round=round_.id, verb="told", state=round_.state, **where))


def _moved(w: Work, round_: Round, verb: str) -> None:
    clocks.start(w, round_)
    where: dict[str, Any] = {"place": round_.place_id, "incident": round_.incident_id}
    w.tell(RoundMoved(round=round_.id, verb=verb, state=round_.state, **where))
