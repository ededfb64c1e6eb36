"""What the sites of an area can take in, as an EDXL-HAVE report; each count carries the moment of its oldest number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from region.formats import have
from region.places.models import Place
from region.resources.capacity import kinds_of
from region.resources.queries.capacity import BEDS
from region.resources.queries.capacity_places import AtPlace, of_sites
from region.spine.i18n import pick, translate
from region.spine.work import Work

TAXONOMY = "urn:winex:region:capacity"
"""Our list of kinds; its bed types go by their names in EDXL-HAVE where they have one."""
SITE = "site."
"""Stands before a site's code, because the standard's ids begin with a letter."""
KINDS = {
    "hospital": "Hospital",
    "designated_hospital": "Hospital",
    "fever_clinic": "Hospital",
    "shelter_hospital": "TemporaryFacility",
    "quarantine_site": "TemporaryFacility",
}
COLOURS = {"green": "green", "amber": "yellow", "red": "red"}


def keys_of(w: Work) -> dict[str, str]:
    """The key under which each kind travels, by its code."""
    return {code: str(facts.get("have", code)) for code, facts in kinds_of(w.rules).items()}


def report(w: Work, area: Place, lang: str) -> have.Report:
    """The sites of an area that told anything, in the order of their codes."""
    sites = of_sites(w, area)
    return have.Report(
        organization=pick(lang, area.name_zh, area.name_en),
        facilities=tuple(_facility(w, site, rows, lang) for site, rows in sites),
        comment=None if w.realm == 0 else translate(lang, "EXERCISE: these numbers are invented"),
    )


def _facility(w: Work, site: Place, rows: list[AtPlace], lang: str) -> have.Facility:
    moments = sorted(number.at for row in rows for number in row.numbers.values() if number.at is not None)
    beds = tuple(_service(w, row, lang) for row in rows if row.kind.startswith(BEDS))
    title = translate(lang, "Beds by type")
    return have.Facility(
        id=f"{SITE}{site.code}",
        name=pick(lang, site.name_zh, site.name_en),
        kind=KINDS.get(site.site.type) if site.site is not None else None,
        point=None if site.lon is None or site.lat is None else (site.lon, site.lat),
        period=have.Period(moments[0], moments[-1]) if moments else None,
        lists=(have.ServiceList(beds, TAXONOMY, title),) if beds else (),
        offers=tuple(_offers(w, rows, lang)),
    )


def _service(w: Work, row: AtPlace, lang: str) -> have.Service:
    facts = kinds_of(w.rules)[row.kind]
    numbers = row.numbers
    ready, in_use = numbers["ready"].value, numbers["in_use"].value
    counts = None
    if ready is not None and in_use is not None:
        counts = have.Counts(
            available=ready - in_use,
            baseline=numbers["total"].value,
            in_use=in_use,
            broken=numbers["broken"].value,
            updated=row.oldest,
            availability="Exceeded" if in_use > ready else "Full" if in_use == ready else "Open",
            note=_note(w, row, lang),
        )
    colour = COLOURS.get(row.band)
    return have.Service(
        key=keys_of(w)[row.kind],
        name=pick(lang, facts["zh"], facts["en"]),
        open=None if ready is None else ready > 0,
        colour=have.Colour(colour) if colour else None,
        beds=counts,
    )


def _note(w: Work, row: AtPlace, lang: str) -> str | None:
    """A stale number is said to be stale in words as well."""
    if not row.stale or row.oldest is None:
        return None
    hours = round((w.now - row.oldest) / timedelta(hours=1))
    return translate(lang, "stale: the oldest number is {hours} hours old", hours=hours)


def _offers(w: Work, rows: list[AtPlace], lang: str) -> Iterator[have.Resource]:
    """What is no bed: rooms, tubes a day, vehicles and teams, each with how many are free."""
    kinds: Mapping[str, Any] = kinds_of(w.rules)
    for row in rows:
        if not row.kind.startswith(BEDS) and row.free is not None:
            yield have.Resource(
                kind=keys_of(w)[row.kind],
                amount=row.free,
                taxonomy=TAXONOMY,
                unit=pick(lang, kinds[row.kind]["unit"]["zh"], kinds[row.kind]["unit"]["en"]),
                note=_note(w, row, lang),
                baseline=row.numbers["total"].value,
                in_use=row.numbers["in_use"].value,
                broken=row.numbers["broken"].value,
                updated=row.oldest,
            )
