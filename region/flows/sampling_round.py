"""A round is ordered: those who run its sites are told; the first open site opens it; supplies learn of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import func, select

from region.dispatch.actions.ruled import drafted, give
from region.dispatch.actions.writing import Part
from region.dispatch.models import Directive
from region.places.models import Place
from region.resources.questions import PlannedSampling, Sampled
from region.sampling.actions import running
from region.sampling.events.rounds import RoundMoved, RoundSiteMoved
from region.sampling.methods import method
from region.sampling.models import Round, RoundArea, RoundHour, RoundSite
from region.sampling.queries.siting import sites_of
from region.spine.flow import answers, when
from region.spine.scope import below
from region.spine.work import Work

TEMPLATE = "run_sampling_sites"
TO_COME = ("planned", "approved", "ordered", "running")
TAKEN = ("running", "closing", "closed")
DAY = timedelta(days=1)


@when(RoundMoved)
def tell_the_sites(w: Work, e: RoundMoved) -> None:
    """One order to all who run sites; beside it how many sites, samplers and tubes each of them is to have ready."""
    round_ = w.get(Round, e.round)
    if e.verb != "order" or round_.state != "ordered":
        return
    token = str(uuid5(NAMESPACE_URL, f"sampling-round/{w.realm}/{round_.id}/order"))
    standing = w.session.scalar(select(Directive.id).where(Directive.form_token == token))
    if standing is None:
        sites = sites_of(w, round_)
        zone = w.office.clock.zone
        given = {
            "round": round_.code,
            "sites": len(sites),
            "opens": round_.starts_at.astimezone(zone),
            "closes": round_.due_at.astimezone(zone),
        }
        draft = drafted(token, round_.incident_id, TEMPLATE, given)
        standing = give(w, draft, round_.place_id, _parts(w, round_, sites)).id
    if round_.directive is None:
        running.told_by(w, round_, f"directive:{standing}")


def _parts(w: Work, round_: Round, sites: list[RoundSite]) -> list[Part]:
    """What each runner is to have ready: its sites, their samplers, and tubes with the spare ones."""
    need, size = round_.plan["need"], method(w, round_.method).size
    extra = 1 + need["spare"] / max(1, need["tubes"])
    told: dict[int, Counter[str]] = {}
    for site in sites:
        one = told.setdefault(site.place_id, Counter())
        one["sites_open"] += 1
        one["samplers"] += site.samplers
        one["tubes_ready"] += round(site.expected / size * extra + 0.5)
    return [
        Part(place, targets={name: float(number) for name, number in one.items() if number})
        for place, one in sorted(told.items())
    ]


@when(RoundSiteMoved)
def open_the_round(w: Work, e: RoundSiteMoved) -> None:
    """When its first site opens, the round runs."""
    round_ = w.get(Round, e.round)
    if e.verb == "open" and round_.state == "ordered":
        running.open_round(w, round_)


@answers(PlannedSampling)
def planned_sampling(w: Work, question: PlannedSampling) -> dict[date, Sampled]:
    """What rounds took on days that are over, and what they are planned to take from today on."""
    today = w.office.clock.day(w.now)
    place = w.get(Place, question.area)
    persons: dict[date, float] = {}
    tubes: dict[date, Counter[int]] = {}
    wanted = select(Round).where(Round.state.in_({*TO_COME, *TAKEN})).order_by(Round.id)
    first, last = _midnight(w, question.first), _midnight(w, question.last + DAY)
    with w.beyond_scope("rounds of the area above sample the people of this one too"):
        for round_ in w.session.scalars(wanted.where(Round.starts_at < last, Round.due_at > first)).all():
            for day, number in _days(w, round_, place, today).items():
                if question.first <= day <= question.last and number > 0:
                    persons[day] = persons.get(day, 0) + number
                    _add_tubes(tubes.setdefault(day, Counter()), round_, number)
    return {day: Sampled(round(number), dict(tubes[day])) for day, number in sorted(persons.items())}


def _add_tubes(tubes: Counter[int], round_: Round, persons: float) -> None:
    """Tubes in proportion to people: what the plan has for all of them, by how many share one."""
    everybody = round_.plan["people"]["due"]
    for size, number in round_.plan["need"]["by_size"].items():
        tubes[int(size)] += round(number * persons / max(1, everybody))


def _days(w: Work, round_: Round, place: Place, today: date) -> dict[date, float]:
    """How many people of the place on each day: taken on days that are over, as planned from today on."""
    if "need" not in round_.plan:
        return {}
    due = _due(w, round_, place)
    found: dict[date, float] = {}
    if round_.state in TO_COME:
        for day, part in _parts_of_days(w, round_).items():
            if day >= today:
                found[day] = due * part
    for day, number in _taken(w, round_, place).items():
        if day < today or round_.state not in TO_COME:
            found[day] = number
    return found


def _due(w: Work, round_: Round, place: Place) -> int:
    if place.kind == "site":
        wanted = select(func.sum(RoundSite.expected)).where(RoundSite.place_id == place.id)
        wanted = wanted.where(RoundSite.round_id == round_.id, RoundSite.state != "stopped")
    else:
        wanted = select(func.sum(RoundArea.due)).join(Place, Place.id == RoundArea.place_id)
        wanted = wanted.where(RoundArea.round_id == round_.id, below(Place.path, place.path))
    return int(w.session.scalar(wanted) or 0)


def _parts_of_days(w: Work, round_: Round) -> dict[date, float]:
    """The part of a round's window that lies in each day of the region."""
    at, found = round_.starts_at, {}
    while at < round_.due_at:
        day = w.office.clock.day(at)
        until = min(round_.due_at, _midnight(w, day + DAY))
        found[day] = (until - at) / (round_.due_at - round_.starts_at)
        at = until
    return found


def _taken(w: Work, round_: Round, place: Place) -> dict[date, float]:
    """People sampled by day, from kept counts of hours; at a site, its own count by the days of the whole round."""
    wanted = select(RoundHour.hour, func.sum(RoundHour.sampled)).where(RoundHour.round_id == round_.id)
    if place.kind == "area":
        wanted = wanted.join(Place, Place.id == RoundHour.place_id).where(below(Place.path, place.path))
    found: dict[date, float] = {}
    for hour, number in w.session.execute(wanted.group_by(RoundHour.hour)):
        day = w.office.clock.day(round_.starts_at + timedelta(hours=hour))
        found[day] = found.get(day, 0.0) + float(number)
    if place.kind == "site":
        own = select(func.sum(RoundSite.sampled)).where(RoundSite.round_id == round_.id)
        total = w.session.scalar(own.where(RoundSite.place_id == place.id)) or 0
        everybody = sum(found.values())
        return {day: total * number / everybody for day, number in found.items()} if everybody else {}
    return found


def _midnight(w: Work, day: date) -> datetime:
    return datetime.combine(day, time(), w.office.clock.zone).astimezone(UTC)
