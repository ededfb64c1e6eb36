"""What is known of sites when recipients are chosen by a rule: their shelves, reported, counted, or in the tree.

One function for each source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import Select, or_, select

from region.dispatch.models import Report, Tally
from region.dispatch.questions import Amount, FactsOfSites, Known
from region.dispatch.wording import PACK
from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.resources.catalogue import items_of
from region.resources.models import Shelf
from region.spine.errors import Invalid
from region.spine.flow import answers
from region.spine.work import Work

FEW = 500
"""Up to so many sites are asked by id; more are read together, for databases limit the values of a statement."""
Row = TypeVarTuple("Row")
Source = Callable[[Work, str, FactsOfSites], Known]


@answers(FactsOfSites)
def facts_of_sites(w: Work, question: FactsOfSites) -> dict[str, Known]:
    """Each fact from its source, for the sites asked; Invalid when no source keeps a fact of this name."""
    wanted = frozenset(question.sites)
    found: dict[str, Known] = {}
    for name in question.names:
        source, item = _source(name)
        known = source(w, item, question)
        found[name] = {site: amount for site, amount in known.items() if site in wanted}
    return found


def _source(name: str) -> tuple[Source, str]:
    """The function that knows a fact, and what it is asked for: ``reported.masks`` is masks, of what was reported."""
    if name in PLAIN:
        return PLAIN[name], ""
    head, _, item = name.partition(".")
    if head == "supply" and item.endswith(".days"):
        return _days_of_supply, item.removesuffix(".days")
    if head in NAMED and item:
        return NAMED[head], item
    raise Invalid("no-such-fact", field="choice.conditions", fact=name)


def _capacity(w: Work, _item: str, _question: FactsOfSites) -> Known:
    """How many people or beds a site holds."""
    rows = w.session.execute(select(Site.place_id, Site.capacity).where(Site.capacity.is_not(None)))
    return {place: Amount(float(capacity or 0)) for place, capacity in rows}


def _population(w: Work, _item: str, question: FactsOfSites) -> Known:
    """How many people live in the area that a site lies in: of the level asked, or the nearest that was counted."""
    terms = [Area.population.is_not(None), current(today(w))]
    if question.level is not None:
        terms.append(Area.level == question.level)
    counted = select(Area.place_id, Area.population).join(Place, Place.id == Area.place_id).where(*terms)
    people = {place: float(number or 0) for place, number in w.session.execute(counted)}
    paths = w.session.execute(select(Place.id, Place.path).where(Place.kind == "site"))
    found: Known = {}
    for site, path in paths:
        above = (int(step) for step in reversed(path.strip("/").split("/")))
        area = next((step for step in above if step in people), None)
        if area is not None:
            found[site] = Amount(people[area], area=area)
    return found


def _reported(w: Work, item: str, question: FactsOfSites) -> Known:
    """The newest number that a site reported under this name, and that was not sent back."""
    return {site: Amount(told[-1][1]) for site, told in _told(w, item, question).items()}


def _days_of_supply(w: Work, item: str, question: FactsOfSites) -> Known:
    """Days of supply by the stock ledger for an item of the catalogue, by what sites report for any other name."""
    return (_by_shelves if item in items_of(w.rules) else _by_reports)(w, item, question)


def _by_shelves(w: Work, item: str, question: FactsOfSites) -> Known:
    """What may be used of it over what a day takes, as reckoned last; shelves whose burn is unknown are left out."""
    usable = Shelf.on_hand - Shelf.reserved - Shelf.blocked - Shelf.expired
    wanted = select(Shelf.place_id, usable, Shelf.burn).where(Shelf.item == item, Shelf.burn > 0)
    rows = w.session.execute(_of(question, Shelf.place_id, wanted))
    return {site: Amount(float(max(0, left)), per=float(burn or 0)) for site, left, burn in rows}


def _by_reports(w: Work, item: str, question: FactsOfSites) -> Known:
    """The newest reported stock over what a day took of it since the last report of an earlier day.

    Unknown without reports of two days, and where the stock did not shrink: a delivery in between hides the use.
    """
    found: Known = {}
    for site, told in _told(w, item, question).items():
        day, stock = told[-1]
        earlier = [one for one in told if one[0] < day]
        if not earlier:
            continue
        before, had = earlier[-1]
        burn = (had - stock) / (day - before).days
        if burn > 0:
            found[site] = Amount(stock, per=burn)
    return found


def _told(w: Work, item: str, question: FactsOfSites) -> dict[int, list[tuple[date, float]]]:
    """What each site reported under a name on which day, the newest last; not older than the pack says."""
    since = w.now - timedelta(days=int(w.rules.value(PACK, "targeting.facts_days")))
    wanted = select(Report.place_id, Report.made_at, Report.numbers)
    wanted = wanted.where(Report.made_at >= since, Report.made_at <= w.now)
    wanted = wanted.where(or_(Report.verdict.is_(None), Report.verdict == "accepted"))
    rows = w.session.execute(_of(question, Report.place_id, wanted).order_by(Report.made_at, Report.id))
    found: dict[int, list[tuple[date, float]]] = {}
    for site, day, value in _numbers(w, item, rows):
        found.setdefault(site, []).append((day, value))
    return found


def _numbers(w: Work, item: str, rows: Any) -> Iterator[tuple[int, date, float]]:
    for site, made_at, numbers in rows:
        if isinstance(value := numbers.get(item), int | float):
            yield site, w.office.clock.day(made_at), float(value)


def _counted(w: Work, measure: str, question: FactsOfSites) -> Known:
    """What a site's own system has counted of a measure since the day began."""
    began = w.now.astimezone(w.office.clock.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = select(Tally.place_id, Tally.value)
    wanted = wanted.where(Tally.measure == measure, Tally.at >= began, Tally.at <= w.now)
    rows = w.session.execute(_of(question, Tally.place_id, wanted).order_by(Tally.at, Tally.id))
    return {site: Amount(value) for site, value in rows}


def _of(question: FactsOfSites, column: Any, wanted: Select[*Row]) -> Select[*Row]:
    return wanted.where(column.in_(question.sites)) if len(question.sites) <= FEW else wanted


PLAIN: dict[str, Source] = {"site.capacity": _capacity, "area.population": _population}
NAMED: dict[str, Source] = {"reported": _reported, "counted": _counted}
"""By the word before the first point; what follows is the name of the evidence or of the measure."""
