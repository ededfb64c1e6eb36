"""Accounts made and closed by hand, a lost second factor taken away, a telephone shown for a purpose."""

from __future__ import annotations

from sqlalchemy import select

from region.accounts.actions.entering import end_all
from region.accounts.actions.granting import grant, may_grant, reaches
from region.accounts.actions.joining import connect
from region.accounts.events import AccountClosed, AccountMade, PhoneShown, SecondFactorCleared
from region.accounts.models import Account, RoleGrant
from region.accounts.passwords import hasher
from region.accounts.queries.people import account_by_login, in_force
from region.accounts.roster import LOGIN, telephone
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.i18n import LANGS
from region.spine.work import Work

PURPOSES = ("escalation", "duty", "enrolment", "exercise")
"""Why a telephone may be shown; the journal keeps the code."""


def make_account(
    w: Work,
    *,
    login: str,
    name_zh: str,
    name_en: str,
    place_id: int,
    role: str,
    phone: str | None = None,
    lang: str = "zh",
) -> Account:
    """Make one account, not connected yet, with one role at its place; Invalid names the field that is wrong."""
    w.get(Place, place_id)
    w.need("accounts.enrol", place_id)
    may_grant(w, role, place_id)
    account = new_account(w, login, name_zh, name_en, place_id, phone, lang)
    w.tell(AccountMade(account=account.id, place=place_id))
    grant(w, account, role, place_id, w.real_now, None, w.actor.name)
    return account


def new_account(
    w: Work, login: str, name_zh: str, name_en: str, place_id: int, phone: str | None, lang: str
) -> Account:
    """A checked new row; the caller tells the event."""
    login = login.strip().casefold()
    if not LOGIN.fullmatch(login):
        raise Invalid("login-form", field="login", login=login)
    with w.beyond_scope("logins are unique in the whole installation"):
        if account_by_login(w, login) is not None:
            raise Invalid("login-taken", field="login", login=login)
    if not 0 < len(name_zh.strip()) <= 60 or len(name_en) > 80:
        raise Invalid("name-missing", field="name_zh")
    if lang not in LANGS:
        raise Invalid("lang-unknown", field="lang")
    return w.add(
        Account(
            login=login,
            name_zh=name_zh.strip(),
            name_en=name_en.strip(),
            place_id=place_id,
            phone=sealed_phone(w, phone),
            lang=lang,
        )
    )


def sealed_phone(w: Work, phone: str | None) -> str | None:
    """A telephone ready to be kept; Invalid when it cannot be dialled. Invented ones only where none is real."""
    if not phone:
        return None
    number = telephone(phone, invented=invented_phones(w))
    if number is None:
        raise Invalid("phone-bad", field="phone")
    return w.office.installation.seal.close(number)


def invented_phones(w: Work) -> bool:
    """Whether telephones of the exercises may be entered: in a demonstration or an exercise only."""
    return w.office.installation.demo or w.realm != 0


def ensure_account(
    w: Work,
    *,
    login: str,
    name_zh: str,
    name_en: str,
    place_id: int,
    role: str,
    phone: str | None = None,
    lang: str = "zh",
    password: str | None = None,
) -> Account:
    """The account with this login, made if missing, with `role` at its place; a second call changes nothing.

    A password connects the person; it is set once, its strength not checked: a demonstration prints its own.
    """
    names = {"name_zh": name_zh, "name_en": name_en}
    account = account_by_login(w, login) or make_account(
        w, login=login, place_id=place_id, role=role, phone=phone, lang=lang, **names
    )
    _ensure_role(w, account, role, place_id)
    if password is not None and account.password is None:
        w.need("accounts.enrol", place_id)
        connect(w, account, hasher(w.office.installation.demo).hash(password))
    return account


def _ensure_role(w: Work, account: Account, role: str, place_id: int) -> None:
    if not _holds(w, account, role, place_id):
        may_grant(w, role, place_id)
        grant(w, account, role, place_id, w.real_now, None, w.actor.name)


def _holds(w: Work, account: Account, role: str, place_id: int) -> bool:
    held = select(RoleGrant.id).where(
        RoleGrant.account_id == account.id,
        RoleGrant.role == role,
        RoleGrant.place_id == place_id,
        in_force(w.real_now),
    )
    return w.session.scalar(held.limit(1)) is not None


def close_account(w: Work, account_id: int) -> None:
    """Close an account: it signs in no more, its sessions end; nobody closes their own."""
    account = w.get(Account, account_id)
    w.need("accounts.enrol", account.place_id)
    if w.actor.account_id == account_id:
        raise Forbidden("closes-self")
    reaches(w, account_id, "accounts.enrol")
    if account.state == "closed":
        raise Refused("account-closed")
    account.state = "closed"
    end_all(w, account)
    w.tell(AccountClosed(account=account.id, place=account.place_id))


def clear_second_factor(w: Work, account_id: int) -> None:
    """Take a lost second factor away and end the sessions; the next sign-in sets up a new one."""
    account = w.get(Account, account_id)
    w.need("accounts.grant", account.place_id)
    if w.actor.account_id == account_id:
        raise Forbidden("clears-self")
    reaches(w, account_id, "accounts.grant")
    account.totp = account.totp_last = None
    end_all(w, account)
    w.tell(SecondFactorCleared(account=account.id, place=account.place_id))


def reveal_phone(w: Work, account_id: int, purpose: str) -> str:
    """A telephone in full for a stated purpose (one of PURPOSES); who saw whose is told. Empty when none."""
    account = w.get(Account, account_id)
    w.need("dispatch.escalate" if purpose == "escalation" else "accounts.read", account.place_id)
    if purpose not in PURPOSES:
        raise Invalid("purpose-unknown", field="purpose")
    w.tell(PhoneShown(account=account.id, purpose=purpose, place=account.place_id))
    return w.office.installation.seal.open(account.phone) if account.phone else ""
