"""The first administrator: the one account that nobody signed in can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from region.cli import context
from region.spine.errors import Invalid, Missing

if TYPE_CHECKING:
    from region.spine.work import Work


@click.group()
def account() -> None:
    """Accounts are made on screen or from a spreadsheet; only the first administrator is made here."""


@account.command()
@click.argument("login")
@click.option("--name", default="", help="the person's name [LOGIN]")
@click.option("--place", default="", help="code of the place [the only one without a parent]")
@context.lang_option
def administrator(login: str, name: str, place: str, lang: str) -> None:
    """Make an administrator and print the join code with which they choose a password.

    Called again for the same login, it prints a new code: the way back in when a password is lost.
    """
    from region.accounts.actions.joining import LASTS, make_join_codes
    from region.accounts.actions.people import ensure_account
    from region.spine.actor import system_actor

    office = context.office()
    with office.work(system_actor()) as w:
        home = _home(w, place)
        made = ensure_account(
            w,
            login=login,
            name_zh=name or login,
            name_en=name or login,
            place_id=home,
            role="administrator",
            lang=lang,
        )
        (invited,) = make_join_codes(w, home, [made.id])
    address = office.installation.public_url or "http://127.0.0.1:8080"
    click.echo(f"{invited.account.login}: {address}/join/{invited.code}")
    click.echo(f"works once, for {LASTS.days} days")


def _home(w: Work, code: str) -> int:
    """The number of the place with this code, or of the only place without a parent."""
    from sqlalchemy import select

    from region.places.models import Place

    wanted = select(Place).where(Place.code == code if code else Place.parent_id.is_(None)).limit(2)
    found = w.session.scalars(wanted).all()
    if not found:
        raise Missing("no-place-yet") if not code else Missing("no-such", what="place", id=code)
    if len(found) > 1:
        raise Invalid("which-place", field="--place")
    return found[0].id
