"""What the composer offers: incidents, templates with their blanks prefilled, areas and types with their sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from region.board.queries.desk_areas import AreaName, areas
from region.dispatch.schemas import Choice, Draft
from region.dispatch.wording import PACK, kinds_to_write, worded
from region.formats.codes import mask_phone
from region.incidents.models import Incident
from region.places.models import Place, Site
from region.places.queries import site_features
from region.places.queries.tree import current, today
from region.spine.errors import Invalid
from region.spine.work import Work

STEP = timedelta(minutes=10)
URGENCIES = ("flash", "urgent", "priority", "routine")


@dataclass(frozen=True)
class Blank:
    """A placeholder of a template as an input: its type, labels, and what stands in it at first."""

    name: str
    type: str
    zh: str
    en: str
    value: str = ""


@dataclass(frozen=True)
class Offer:
    """A template as the composer offers it; `minutes` is its own limit for the task."""

    id: str
    zh: str
    en: str
    kind: str
    urgency: str
    minutes: int
    blanks: tuple[Blank, ...]


@dataclass(frozen=True)
class Branch:
    """An area of the tree with how many sites lie in it, and the areas below."""

    area: AreaName
    sites: int
    below: tuple[Branch, ...]


def open_incidents(w: Work) -> Sequence[Incident]:
    """The responses that an order may belong to, the newest first."""
    wanted = select(Incident).where(Incident.state == "open").order_by(Incident.opened_at.desc())
    return w.session.scalars(wanted).all()


def offers(w: Work) -> list[Offer]:
    """The templates that make an order, as the pack orders them: the most used first."""
    pack, written = w.rules.pack(PACK), kinds_to_write(w)
    found = []
    for name, template in pack.templates().items():
        if template.task is None or template.task.kind not in written:
            continue
        length = w.rules.task_limit(PACK, name)
        blanks = _blanks(w, template.placeholders, length)
        minutes = int(length.total_seconds() // 60)
        found.append(
            Offer(
                name,
                template.label.zh,
                template.label.en,
                template.task.kind,
                template.task.urgency,
                minutes,
                blanks,
            )
        )
    return found


def _blanks(w: Work, placeholders: Any, limit: timedelta) -> tuple[Blank, ...]:
    """The first of two moments is when it begins, the last when it must be done."""
    moments = [name for name, blank in placeholders.items() if blank.type == "datetime"]
    start = _rounded(w.now.astimezone(w.office.clock.zone))
    values = dict.fromkeys(moments[-1:], start + limit)
    values |= dict.fromkeys(moments[:-1], start)
    return tuple(
        Blank(name, blank.type, blank.label.zh, blank.label.en, _first(w, name, blank.type, values, limit))
        for name, blank in placeholders.items()
    )


def _rounded(moment: datetime) -> datetime:
    """The next full ten minutes: nobody orders for 17:43."""
    floor = moment.replace(minute=0, second=0, microsecond=0)
    steps = -((floor - moment) // STEP)
    return floor + steps * STEP


def _first(w: Work, name: str, type: str, values: dict[str, datetime], limit: timedelta) -> str:
    if type == "datetime":
        return f"{values[name]:%Y-%m-%dT%H:%M}"
    if type == "date":
        return f"{w.now.astimezone(w.office.clock.zone):%Y-%m-%d}"
    if type == "duration":
        return str(int(limit.total_seconds() // 60))
    if type == "text" and name == "contact":
        return w.office.installation.duty_phone
    return "1" if name in ("round", "times") else ""


def second_person(w: Work) -> dict[str, dict[str, bool]]:
    """For each kind and urgency, whether the rule pack demands that somebody else approves it."""
    kinds = w.rules.value(PACK, "kinds")
    pack = w.rules.pack(PACK)
    return {
        kind: {
            urgency: bool(
                pack.decide("approval", {"kind": kind, "urgency": urgency, "passed_on": False}).outcome[
                    "second_person"
                ]
            )
            for urgency in URGENCIES
        }
        for kind in kinds
    }


def tree(w: Work) -> list[Branch]:
    """The areas of the actor down to communities, with the sites in each; grids stay out."""
    known = areas(w, "community").by_id
    counted: Counter[int] = Counter()
    for path in w.session.scalars(select(Place.path).join(Site).where(current(today(w)))):
        counted.update(int(step) for step in path.strip("/").split("/"))
    below: dict[int | None, list[AreaName]] = {}
    for area in known.values():
        below.setdefault(area.parent if area.parent in known else None, []).append(area)

    def branch(area: AreaName) -> Branch:
        return Branch(area, counted[area.id], tuple(branch(one) for one in below.get(area.id, ())))

    return [branch(area) for area in below.get(None, ())]


def types(w: Work) -> list[tuple[str, int]]:
    """The types of sites there are, with how many of each, the most first."""
    rows = w.session.scalars(
        select(Site.type).join(Place, Place.id == Site.place_id).where(current(today(w)))
    )
    return Counter(rows).most_common()


def composer_sites(w: Work, lang: str) -> dict[str, Any]:
    """The sites as the composer's map draws them: dark, not connected yet, or ready; with their area's id."""
    collection = site_features(w, lang)
    rows = w.session.execute(
        select(Place.id, Place.path, Site.connected_at, Site.webhook_url).join(Site)
    ).all()
    reached = {row.id: row.connected_at is not None or row.webhook_url is not None for row in rows}
    paths = {row.id: row.path for row in rows}
    known = areas(w)
    for feature in collection["features"]:
        facts = feature["properties"]
        area = known.spoken(paths[facts["id"]])
        facts["area"] = area.id if area else None
        if facts["state"] == "none" and not reached[facts["id"]]:
            facts["state"] = "unreachable"
    return collection


def phones(w: Work, ids: Iterable[int]) -> list[dict[str, Any]]:
    """The telephones of sites that an order cannot reach, so that the desk can call them instead."""
    wanted = select(Place, Site).join(Site, Site.place_id == Place.id).where(Place.id.in_(list(ids)))
    rows = w.session.execute(wanted.order_by(Place.code)).all()
    return [
        {
            "id": place.id,
            "zh": place.name_zh,
            "en": place.name_en,
            **phone_of(site, w.may("dispatch.escalate", place.id)),
        }
        for place, site in rows
    ]


def phone_of(site: Site, whole: bool) -> dict[str, str]:
    """The telephone on duty at a site: shown masked, and whole to be dialled by those who may press for answers."""
    number = site.duty_phone or site.phone or ""
    return {"phone": mask_phone(number) if number else "", "dial": number if whole else ""}


def preview(w: Work, template: str, given: dict[str, Any]) -> dict[str, str]:
    """The wording in both languages as it would be fixed; Invalid names the blank that is missing or wrong."""
    if template not in w.rules.pack(PACK).templates():
        raise Invalid("no-such-template", field="template", template=template[:60])
    draft = Draft(form_token="preview-only", incident_id=0, template=template, given=given, choice=Choice())
    text = worded(w, draft)
    return {name: getattr(text, name) for name in ("title_zh", "title_en", "body_zh", "body_en")}
