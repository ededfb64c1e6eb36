"""To whom an order may be passed on, in whose name, until when, and how it is quoted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.accounts.models import Account, RoleGrant
from region.accounts.queries import masked_phone
from region.accounts.queries.people import in_force
from region.dispatch.models import Directive, Recipient
from region.dispatch.tasks import tasks_of
from region.dispatch.wording import PACK
from region.places.hierarchy import OFFICES
from region.places.models import Place, Site
from region.places.queries.tree import current, today
from region.spine.scope import below
from region.spine.work import Work

LIVING = ("active", "invited")
MOST_SITES = 5000
MOST_PEOPLE = 500


@dataclass(frozen=True)
class Candidates:
    """The sites by area and the people below the body that would issue; the latest time; the numbers asked for.

    `areas` are ``{zh, en, sites: [{id, zh, en}]}``, `people` ``{id, zh, en, place_zh, place_en, post_zh, post_en,
    phone}`` with the telephone masked, `tasks` ``{name, zh, en, unit_zh, unit_en}``. `quoted` is the text that is
    passed on where nobody writes another.
    """

    latest: datetime | None
    areas: list[dict[str, Any]]
    people: list[dict[str, Any]]
    tasks: list[dict[str, str]]
    quoted: dict[str, str]


def issuing_body(w: Work, place_id: int) -> Place:
    """An office speaks for the area that it is the office of, through those who may act for that area."""
    place = w.get(Place, place_id)
    kind = w.session.scalar(select(Site.type).where(Site.place_id == place_id))
    if kind in OFFICES and place.parent_id is not None and w.may("dispatch.pass_on", place.parent_id):
        return w.get(Place, place.parent_id)
    return place


def quoted(w: Work, parent: Directive) -> dict[str, str]:
    """The text from above under its number, in both languages: title_zh, body_zh, title_en, body_en."""
    said: dict[str, str] = {}
    for lang in ("zh", "en"):
        above = {name: getattr(parent, f"{name}_{lang}") for name in ("title", "body")}
        found = w.rules.render(PACK, "passed_on", lang, {"number": parent.number or "-", **above})
        said[f"title_{lang}"], said[f"body_{lang}"] = found.title, found.body
    return said


def candidates(w: Work, recipient: Recipient) -> Candidates:
    """Everything that the form for passing on offers; needs ``dispatch.pass_on`` at the recipient's place."""
    w.need("dispatch.pass_on", recipient.place_id)
    body = issuing_body(w, recipient.place_id)
    order = recipient.directive
    names = ("name", "zh", "en", "unit_zh", "unit_en")
    return Candidates(
        latest=order.task_due,
        areas=_sites(w, body, recipient.place_id),
        people=_people(w, body),
        tasks=[{name: getattr(task, name) for name in names} for task in tasks_of(order)],
        quoted=quoted(w, order),
    )


def _sites(w: Work, body: Place, own: int) -> list[dict[str, Any]]:
    wanted = select(Place.id, Place.parent_id, Place.name_zh, Place.name_en)
    wanted = wanted.join(Site, Site.place_id == Place.id)
    wanted = wanted.where(current(today(w)), below(Place.path, body.path), Place.id != own)
    rows = w.session.execute(wanted.order_by(Place.path).limit(MOST_SITES)).all()
    parents = select(Place.id, Place.name_zh, Place.name_en)
    parents = parents.where(below(Place.path, body.path), Place.kind == "area")
    areas: dict[int | None, dict[str, Any]] = {
        row.id: {"zh": row.name_zh, "en": row.name_en, "sites": []} for row in w.session.execute(parents)
    }
    for row in rows:
        if row.parent_id in areas:
            areas[row.parent_id]["sites"].append({"id": row.id, "zh": row.name_zh, "en": row.name_en})
    return [area for area in areas.values() if area["sites"]]


def _people(w: Work, body: Place) -> list[dict[str, Any]]:
    """Those of its places but the reader, with the post that each holds now."""
    wanted = (
        select(Account, Place)
        .join(Place, Place.id == Account.place_id)
        .where(
            Account.state.in_(LIVING), below(Place.path, body.path), Account.id != (w.actor.account_id or 0)
        )
        .order_by(Place.path, Account.id)
        .limit(MOST_PEOPLE)
    )
    rows = w.session.execute(wanted).all()
    posts = _posts(w, [person.id for person, _place in rows])
    return [
        {
            "id": person.id,
            "zh": person.name_zh,
            "en": person.name_en,
            "place_zh": place.name_zh,
            "place_en": place.name_en,
            "post_zh": "、".join(post["zh"] for post in posts.get(person.id, [])),
            "post_en": ", ".join(post["en"] for post in posts.get(person.id, [])),
            "phone": masked_phone(w, person),
        }
        for person, place in rows
    ]


def _posts(w: Work, people: list[int]) -> dict[int, list[dict[str, str]]]:
    """The names of the roles that each person holds now."""
    held = select(RoleGrant.account_id, RoleGrant.role).where(
        RoleGrant.account_id.in_(people), in_force(w.real_now)
    )
    found: dict[int, dict[str, dict[str, str]]] = {}
    for person, role in w.session.execute(held.order_by(RoleGrant.id)):
        found.setdefault(person, {})[role] = w.rules.value("roles", f"role.{role}")["name"]
    return {person: list(posts.values()) for person, posts in found.items()}
