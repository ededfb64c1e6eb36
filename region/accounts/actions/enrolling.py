"""Enrolment of a whole region from one spreadsheet: plan what a file would change, then apply exactly that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from region.accounts.actions.granting import grant, may_grant, revoke
from region.accounts.events import AccountsEnrolled
from region.accounts.models import Account, RoleGrant
from region.accounts.queries.people import in_force
from region.accounts.queries.roles import role_named
from region.accounts.roster import Person, Roster
from region.formats.findings import Problem
from region.places.models import Place
from region.spine.errors import Broken, Refused
from region.spine.work import Work

BY_FILE = "enrolment"
"""Who granted, for grants that a file made: only those does a later file take back."""
AT_ONCE = 400
"""Values in one IN list: databases limit the variables of a statement."""


@dataclass(frozen=True)
class Change:
    """One person of the file as it would be: `account` is None for a new one, `fields` what would change."""

    person: Person
    home: Place
    scope: Place
    role: str
    account: Account | None
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a file would do, row by row: shown before it is applied, and made again when it is."""

    digest: str
    new: tuple[Change, ...]
    changed: tuple[Change, ...]
    same: int
    refused: tuple[Problem, ...]

    @property
    def rows(self) -> int:
        """How many rows the file has that could be a person."""
        return len(self.new) + len(self.changed) + self.same + len(self.refused)


def plan_roster(w: Work, roster: Roster) -> Plan:
    """Compare a file with what stands; changes nothing. Rows that may not be applied are refused with why."""
    w.need("accounts.enrol")
    desk = _Desk(w, roster)
    read = [desk.read(person) for person in roster.people]
    changes = {one.person.login: one for one in read if isinstance(one, Change)}
    refused = [*roster.refused, *(one for one in read if isinstance(one, Problem))]
    while orphans := [one for one in changes.values() if _orphan(one.person, changes, desk.accounts)]:
        for one in orphans:
            del changes[one.person.login]
            facts = {"login": one.person.deputy_of}
            refused.append(Problem(one.person.number, "deputy-unknown", facts))
    return Plan(
        roster.digest,
        new=tuple(one for one in changes.values() if one.account is None),
        changed=tuple(one for one in changes.values() if one.fields),
        same=sum(1 for one in changes.values() if one.account is not None and not one.fields),
        refused=tuple(sorted(refused, key=lambda one: one.number)),
    )


def _orphan(person: Person, changes: Mapping[str, Change], accounts: Mapping[str, Account]) -> bool:
    """Whether somebody stands in for a person who neither has an account nor gets one by this file."""
    principal = person.deputy_of
    return bool(principal) and principal not in changes and principal not in accounts


def apply_roster(w: Work, roster: Roster) -> Plan:
    """Make the plan again under this transaction and carry it out; a file that changes nothing tells nothing."""
    w.need("accounts.enrol")
    role = w.role
    plan = plan_roster(w, roster)
    if not plan.new and not plan.changed:
        return plan
    by_login = {change.person.login: _write(w, change) for change in (*plan.new, *plan.changed)}
    _name_deputies(w, (*plan.new, *plan.changed), by_login)
    w.role = role
    w.tell(
        AccountsEnrolled(
            digest=plan.digest,
            new=len(plan.new),
            changed=len(plan.changed),
            refused=len(plan.refused),
            place=_where(w),
        )
    )
    return plan


def _where(w: Work) -> int | None:
    """The place for which the actor enrols: the first in which they may."""
    paths = w.actor.paths_for(w.rules.roles_that("accounts.enrol"))
    parts = paths[0].strip("/").split("/") if paths else [""]
    return int(parts[-1]) if parts[-1] else None


@dataclass
class _Desk:
    """What rows are checked against, fetched at once; questions asked twice are answered from memory."""

    w: Work
    roster: Roster
    places: dict[str, list[Place]] = field(init=False)
    accounts: dict[str, Account] = field(init=False)
    strangers: set[str] = field(init=False)
    grants: dict[int, list[RoleGrant]] = field(init=False)
    allowed: dict[tuple[str, int], str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        people = self.roster.people
        logins = {one for person in people for one in (person.login, person.deputy_of) if one}
        codes = {one for person in people for one in (person.site_code, person.area_code) if one}
        self.places, self.accounts, self.grants = {}, {}, {}
        for some in _portions(codes):
            for place in self.w.session.scalars(
                select(Place).where(Place.code.in_(some), Place.valid_to.is_(None))
            ):
                self.places.setdefault(place.code, []).append(place)
        known: set[str] = set()
        for some in _portions(logins):
            for account in self.w.session.scalars(select(Account).where(Account.login.in_(some))):
                self.accounts[account.login] = account
            with self.w.beyond_scope("logins are unique in the whole installation"):
                known.update(self.w.session.scalars(select(Account.login).where(Account.login.in_(some))))
        self.strangers = known - set(self.accounts)
        for some in _portions({account.id for account in self.accounts.values()}):
            wanted = select(RoleGrant).where(RoleGrant.account_id.in_(some), in_force(self.w.real_now))
            for held in self.w.session.scalars(wanted):
                self.grants.setdefault(held.account_id, []).append(held)

    def read(self, person: Person) -> Change | Problem:
        """One row as a change, or refused with its reason."""
        found = self._places(person)
        if isinstance(found, Problem):
            return found
        home, scope = found
        role = role_named(self.w.rules, person.role)
        if role is None:
            return Problem(person.number, "role-unknown", {"role": person.role})
        if person.login in self.strangers:
            return Problem(person.number, "login-taken", {"login": person.login})
        account = self.accounts.get(person.login)
        if account is not None and account.state == "closed":
            return Problem(person.number, "account-closed", {"login": person.login})
        if (why := self._may(role, scope)) is not None:
            return Problem(person.number, why, {"role": person.role})
        if person.deputy_of == person.login:
            return Problem(person.number, "deputy-is-self", {"login": person.login})
        fields = () if account is None else tuple(self._differences(person, account, home, scope, role))
        if account is not None and account.id == self.w.actor.account_id and "role" in fields:
            return Problem(person.number, "grants-self", {"login": person.login})
        return Change(person, home, scope, role, account, fields)

    def _places(self, person: Person) -> tuple[Place, Place] | Problem:
        found: list[Place] = []
        for code in (person.site_code, person.area_code or person.site_code):
            places = self.places.get(code, [])
            if len(places) != 1:
                return Problem(person.number, "site-twice" if places else "site-unknown", {"code": code})
            found.append(places[0])
        return found[0], found[1]

    def _may(self, role: str, scope: Place) -> str | None:
        """Why the actor may not grant a role at a place, or None."""
        if (role, scope.id) not in self.allowed:
            try:
                self.w.need("accounts.enrol", scope.id)
                may_grant(self.w, role, scope.id)
                self.allowed[role, scope.id] = None
            except Refused as fault:
                self.allowed[role, scope.id] = fault.code
        return self.allowed[role, scope.id]

    def _differences(
        self, person: Person, account: Account, home: Place, scope: Place, role: str
    ) -> Iterator[str]:
        seal = self.w.office.installation.seal
        principal = self.accounts.get(person.deputy_of)
        held = {(one.role, one.place_id) for one in self.grants.get(account.id, ())}
        by_file = {
            (one.role, one.place_id) for one in self.grants.get(account.id, ()) if one.granted_by == BY_FILE
        }
        if account.name_zh != person.name_zh:
            yield "name_zh"
        if person.name_en and account.name_en != person.name_en:
            yield "name_en"
        if person.phone and (seal.open(account.phone) if account.phone else None) != person.phone:
            yield "phone"
        if account.place_id != home.id:
            yield "place"
        if (role, scope.id) not in held or by_file - {(role, scope.id)}:
            yield "role"
        if account.deputy_of_id != (principal.id if principal else None) or (
            person.deputy_of and principal is None
        ):
            yield "deputy_of"


def _portions(values: Iterable[str] | Iterable[int]) -> Iterator[list[str | int]]:
    ordered: list[str | int] = sorted(values)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _write(w: Work, change: Change) -> Account:
    """One row of the plan as rows of the database, the deputy aside."""
    person, account = change.person, change.account
    if account is None:
        account = Account(login=person.login, name_en=person.name_en, lang="zh")
    account.name_zh, account.name_en = person.name_zh, person.name_en or account.name_en
    account.place_id = change.home.id
    if account.id is None or "phone" in change.fields:
        account.phone = w.office.installation.seal.close(person.phone) if person.phone else None
    w.add(account)
    if change.account is None or "role" in change.fields:
        _regrant(w, account, change)
    return account


def _regrant(w: Work, account: Account, change: Change) -> None:
    wanted = select(RoleGrant).where(RoleGrant.account_id == account.id, in_force(w.real_now))
    kept = False
    for held in w.session.scalars(wanted):
        if (held.role, held.place_id) == (change.role, change.scope.id):
            kept = True
        elif held.granted_by == BY_FILE:
            revoke(w, held)
    if not kept:
        grant(w, account, change.role, change.scope.id, w.real_now, None, BY_FILE)


def _name_deputies(w: Work, changes: Iterable[Change], written: Mapping[str, Account]) -> None:
    """Once everybody has a row: whom each stands in for; a principal may stand anywhere in the file."""
    for change in changes:
        principal = change.person.deputy_of
        if not principal:
            written[change.person.login].deputy_of_id = None
            continue
        found = written.get(principal) or w.session.scalar(select(Account).where(Account.login == principal))
        if found is None:
            raise Broken("deputy-unknown", login=principal)
        written[change.person.login].deputy_of_id = found.id
