"""Who passes an order on: the offices, sites and named people of the stage, and what they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from region.accounts.models import Account
from region.dispatch.actions import answering, cascading, reviewing
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Choice, PassOn, TaskReport
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.work import Work
from tests.flows.stage import Stage
from tests.world import World

CLINICS = Choice(types=("community_health_centre",))
OFFICE = Choice(types=("subdistrict_office",))


def passing(token: str = "pass-0001", **facts: Any) -> PassOn:
    """A form that passes an order on."""
    return PassOn.model_validate({"form_token": token, **facts})


def part(w: Work, directive: int, place: Place, account: int | None = None) -> Recipient:
    """A site's, or a person's, part in an order."""
    wanted = select(Recipient).where(Recipient.directive_id == directive, Recipient.place_id == place.id)
    return w.session.scalars(wanted.where(Recipient.account_id == account)).one()


@contextmanager
def person(world: World, account: Account, place: Place, role: str = "clinic") -> Iterator[Work]:
    """A work of one named person of a site."""
    actor = Actor(
        f"account:{account.id}", (Grant(role, place.path),), account_id=account.id, site_id=place.id
    )
    with world.office.work(actor) as w:
        yield w


def passed_on(stage: Stage, parent: Directive, token: str = "pass-0001", **facts: Any) -> Directive:
    """The sub-district's office passes on to the clinics below it, or to those chosen."""
    with stage.world.as_("subdistrict_officer", stage.subdistrict, "officer") as w:
        said = passing(token, **{"choice": CLINICS, **facts})
        child = cascading.pass_on(w, part(w, parent.id, stage.office), said)
    stage.world.run()
    return child


def done(world: World, child: int, place: Place, account: Account, reviewer: Actor) -> None:
    """A named person reports, and whoever passed the order on accepts."""
    with person(world, account, place) as w:
        said = TaskReport(uid=f"done-{child:04}-{account.id:06}", text="done")
        answering.report(w, part(w, child, place, account.id), said)
    with world.office.work(reviewer) as w:
        reviewing.accept(w, part(w, child, place, account.id))
