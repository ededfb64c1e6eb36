"""Signing in and out: password, second factor, lock-out, sessions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from sqlalchemy import or_, update

from region.accounts import second_factor
from region.accounts.events import AccountLocked, SecondFactorSet, SignedIn, SignedOut, SignInFailed
from region.accounts.models import Account, SignInSession
from region.accounts.passwords import REST, TRIES, verify
from region.accounts.queries.people import account_by_login, roles_in_force
from region.accounts.queries.roles import demands_second_factor
from region.accounts.queries.sessions import HALF, HALFWAY, lengths, session_by_token
from region.spine.clock import Realm
from region.spine.errors import Invalid, Missing, Refused, Unknown
from region.spine.work import Work


@dataclass(frozen=True)
class Outcome:
    """How a sign-in went on: `step` is ``in``, ``code``, ``set-up`` or ``refused``; `token` for the cookie.

    `keeps` says that the cookie outlives the browser's window. A refusal is an outcome, not an error: the
    failure that it counted must be committed.
    """

    step: str
    token: str | None = None
    keeps: bool = False


REFUSED = Outcome("refused")
NOBODY_YET = "who is asking is found before it is known what they may see"


def sign_in(w: Work, login: str, password: str, realm: int = 0) -> Outcome:
    """Check a password. Unknown logins, wrong passwords and resting accounts look and last the same."""
    with w.beyond_scope(NOBODY_YET):
        account = account_by_login(w, login)
        right = verify(account.password if account else None, password, w.office.installation.demo)
        if account is None or account.state != "active" or _resting(w, account):
            return REFUSED
        if not right:
            _count_failure(w, account)
            return REFUSED
        return begin_session(w, account.id, realm)


def begin_session(w: Work, account_id: int, realm: int = 0) -> Outcome:
    """After the password: a whole session, or half of one that still owes the second factor."""
    _open_realm(w, realm)
    with w.beyond_scope(NOBODY_YET):
        account = w.get(Account, account_id)
        demanded = demands_second_factor(w.rules, roles_in_force(w, account.id))
        if account.totp_last is not None:
            return Outcome("code", _half(w, account, realm))
        if demanded and not w.office.installation.demo:
            return Outcome("set-up", _half(w, account, realm))
        return open_session(w, account, realm, "demo" if demanded else "password")


def open_session(w: Work, account: Account, realm: int, factor: str) -> Outcome:
    """Open a whole session; `factor` says by what: ``password``, ``totp``, ``demo`` (bypass), ``join``."""
    length = lengths(w.rules, roles_in_force(w, account.id))
    token = secrets.token_urlsafe(32)
    w.add(
        SignInSession(
            token=w.office.installation.seal.digest(token),
            account_id=account.id,
            realm=realm,
            factor=factor,
            made_at=w.real_now,
            seen_at=w.real_now,
            expires_at=w.real_now + length.most,
        )
    )
    account.failures, account.locked_until, account.seen_at = 0, None, w.real_now
    act_as(w, account)
    w.tell(SignedIn(account=account.id, factor=factor, place=account.place_id))
    return Outcome("in", token, keeps=length.idle.days > 0)


def confirm_code(w: Work, token: str, code: str) -> Outcome:
    """The second half of a sign-in: a one-time password, each step once. Failures count as the password's do."""
    with w.beyond_scope(NOBODY_YET):
        half, account = _halfway(w, token)
        if _resting(w, account):
            return REFUSED
        secret = w.office.installation.seal.open(account.totp or "")
        step = second_factor.matching_step(secret, code, w.real_now, account.totp_last)
        if step is None or not _use_step(w, account, step):
            _count_failure(w, account)
            return REFUSED
        half.ended_at = w.real_now
        return open_session(w, account, half.realm, "totp")


def set_second_factor(w: Work, token: str, secret: str, code: str) -> Outcome:
    """Set up the second factor that a half session owes: the first code from the new secret proves it."""
    with w.beyond_scope(NOBODY_YET):
        half, account = _halfway(w, token)
        if account.totp_last is not None:
            raise Refused("second-factor-stands")
        step = second_factor.matching_step(secret, code, w.real_now, None)
        if step is None:
            return REFUSED
        account.totp = w.office.installation.seal.close(secret)
        account.totp_last = step
        half.ended_at = w.real_now
        w.tell(SecondFactorSet(account=account.id, place=account.place_id))
        return open_session(w, account, half.realm, "totp")


def act_as(w: Work, account: Account) -> None:
    """From here on the journal names the person who has just proved who they are, not a visitor."""
    w.actor = replace(w.actor, name=f"account:{account.id}", account_id=account.id)


def sign_out(w: Work, token: str) -> None:
    """End one session; an ended one stays ended."""
    with w.beyond_scope(NOBODY_YET):
        found = session_by_token(w, token) or session_by_token(w, token, half=True)
        if found is not None:
            session, account = found
            session.ended_at = w.real_now
            w.tell(SignedOut(account=account.id, place=account.place_id))


def end_sessions(w: Work, account_id: int) -> int:
    """End every session of an account: one's own, or another's with the right to grant; how many ended."""
    account = w.get(Account, account_id)
    if w.actor.account_id != account_id:
        w.need("accounts.grant", account.place_id)
    return end_all(w, account)


def end_all(w: Work, account: Account) -> int:
    """End every session of an account, and tell it when there was one."""
    standing = update(SignInSession).where(
        SignInSession.account_id == account.id, SignInSession.ended_at.is_(None)
    )
    ended = w.session.scalars(standing.values(ended_at=w.real_now).returning(SignInSession.id)).all()
    if ended:
        w.tell(SignedOut(account=account.id, place=account.place_id))
    return len(ended)


def _resting(w: Work, account: Account) -> bool:
    """Whether an account is locked, as its row stands now; the row is held until the work ends.

    Guesses sent at once were all begun before the lock that the first of them set.
    """
    w.session.refresh(account, ["failures", "locked_until"], with_for_update=True)
    return account.locked_until is not None and account.locked_until > w.real_now


def _half(w: Work, account: Account, realm: int) -> str:
    token = secrets.token_urlsafe(32)
    w.add(
        SignInSession(
            token=w.office.installation.seal.digest(token),
            account_id=account.id,
            realm=realm,
            factor=HALF,
            made_at=w.real_now,
            seen_at=w.real_now,
            expires_at=w.real_now + HALFWAY.most,
        )
    )
    return token


def _halfway(w: Work, token: str) -> tuple[SignInSession, Account]:
    found = session_by_token(w, token, half=True)
    if found is None:
        raise Unknown("sign-in-again")
    return found


def _use_step(w: Work, account: Account, step: int) -> bool:
    """Mark a step as used, in one statement: of two that come at once with the same code, one wins."""
    fresh = or_(Account.totp_last.is_(None), Account.totp_last < step)
    used = update(Account).where(Account.id == account.id, fresh).values(totp_last=step)
    return w.session.scalar(used.returning(Account.id)) is not None


def _count_failure(w: Work, account: Account) -> None:
    """Count in one statement, so that failures that come at once are all counted."""
    this = update(Account).where(Account.id == account.id)
    counted = this.values(failures=Account.failures + 1).returning(Account.failures)
    tries = w.session.scalars(counted).one()
    w.tell(SignInFailed(account=account.id, tries=tries, place=account.place_id))
    if tries >= TRIES:
        until = w.real_now + REST
        w.session.execute(this.values(failures=0, locked_until=until))
        w.tell(AccountLocked(account=account.id, until=until, place=account.place_id))


def _open_realm(w: Work, realm: int) -> None:
    if realm == 0:
        return
    found = w.session.get(Realm, realm)
    if found is None:
        raise Missing("no-such", what="realm", id=realm)
    if found.closed_at is not None:
        raise Invalid("realm-closed", field="realm")
