"""Teams that look after the key people of a community, or one person: roles of the pack, each with an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from region.accounts.models import Account
from region.care import groups
from region.care.events import CareArranged
from region.care.models import CareTeam
from region.spine.errors import Invalid
from region.spine.work import Work


@dataclass(frozen=True)
class Member:
    """One of a team: his role in it, and the login of his account."""

    role: str
    login: str


def set_team(
    w: Work,
    place: int,
    kind: str,
    members: Sequence[Member],
    *,
    person: int | None = None,
    site: int | None = None,
) -> CareTeam:
    """Say who is in the team of a place (or of one person there), and which site does its tasks; the same is no change.

    Invalid (``no-such-team``, ``no-such-team-role``, ``no-such-member``).
    """
    w.need("care.assign", place)
    _sound(w, kind, members)
    told = [{"role": one.role, "login": one.login} for one in members]
    row = _standing(w, place, kind, person)
    if row is not None and (row.members, row.site_id) == (told, site):
        return row
    verb = "set" if row is None else "change"
    if row is None:
        row = CareTeam(place_id=place, kind=kind, person_id=person, version=0)
        w.session.add(row)
    row.members, row.site_id, row.version = told, site, row.version + 1
    w.session.flush()
    w.tell(CareArranged(what="team", row=row.id, verb=verb, place=place))
    return row


def _standing(w: Work, place: int, kind: str, person: int | None) -> CareTeam | None:
    wanted = select(CareTeam).where(CareTeam.place_id == place, CareTeam.kind == kind)
    return w.session.scalars(wanted.where(CareTeam.person_id.is_not_distinct_from(person))).first()


def _sound(w: Work, kind: str, members: Sequence[Member]) -> None:
    teams = groups.named(w, "team")
    if kind not in teams:
        raise Invalid("no-such-team", field="kind", kind=kind)
    for one in members:
        if one.role not in teams[kind].value:
            raise Invalid("no-such-team-role", field="role", role=one.role)
    logins = {one.login for one in members}
    with w.beyond_scope("whether an account stands: a police officer is not of the community's own staff"):
        found = set(w.session.scalars(select(Account.login).where(Account.login.in_(logins))))
    if logins - found:
        raise Invalid("no-such-member", field="login")
