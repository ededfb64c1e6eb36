"""Who is asking: a signed-in browser, a program with a token, or a site's own system with its signature."""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import session as cookie
from sqlalchemy import update

from region.accounts.actions import token_used
from region.accounts.models import Account, ApiToken, SignInSession
from region.accounts.queries.people import grants_in_force
from region.accounts.queries.roles import demands_second_factor, for_persons_alone
from region.accounts.queries.sessions import api_token_by_secret, lengths, session_by_token
from region.places.models import Place, Site
from region.spine.actor import Actor, Grant, system_actor
from region.spine.errors import Missing, Unknown
from region.spine.work import Office, Work

SEEN_EVERY = timedelta(minutes=1)
"""A page a second must not be a write a second: "last seen" is true to the minute."""
WINDOW = 300
"""Seconds by which a signature's time may differ from ours: clocks drift, and a captured request goes stale."""


def identify(office: Office, request: Any) -> Actor | None:
    """The actor behind a request, or None when nobody is signed in.

    An ``Authorization`` header decides alone (a cookie beside it is not looked at, for such requests carry no
    form token); one that does not hold raises Unknown.
    """
    header = request.headers.get("Authorization", "")
    if not header:
        token = cookie.get("sid")
        return _by_session(office, str(token)) if token else None
    scheme, _, rest = header.partition(" ")
    if scheme == "Bearer":
        return _by_token(office, rest.strip())
    if scheme == "Region-Signature":
        return _by_signature(office, request, _parts(rest))
    raise Unknown("authorization-scheme")


def _by_session(office: Office, token: str) -> Actor | None:
    with office.work(system_actor(), reading=True) as w:
        found = session_by_token(w, token)
        if found is None:
            return None
        session, account = found
        held = grants_in_force(w, account.id)
        idle = w.real_now - session.seen_at
        if not _holds(w, session, {grant.role for grant, _place in held}):
            return None
        actor = _person(w, session, account, tuple(Grant(grant.role, place.path) for grant, place in held))
    if idle >= SEEN_EVERY:
        _seen(office, session.id)
    return actor


def _holds(w: Work, session: SignInSession, roles: set[str]) -> bool:
    """Whether a session bears the roles held now: one granted since may ask for more than it was opened with."""
    length = lengths(w.rules, roles)
    if w.real_now - session.seen_at > length.idle or w.real_now - session.made_at >= length.most:
        return False
    proven = session.factor == "totp" or w.office.installation.demo
    return proven or not demands_second_factor(w.rules, roles)


def _person(w: Work, session: SignInSession, account: Account, grants: tuple[Grant, ...]) -> Actor:
    home = w.get(Place, account.place_id)
    return Actor(
        f"account:{account.id}",
        grants,
        realm=session.realm,
        account_id=account.id,
        site_id=home.id if home.kind == "site" else None,
        lang=account.lang,
        roles_shown=tuple(dict.fromkeys(grant.role for grant in grants)),
    )


def _seen(office: Office, session_id: int) -> None:
    """Note that a session is in use; of many requests at once, one writes."""
    with office.work(system_actor()) as w:
        w.session.execute(
            update(SignInSession)
            .where(SignInSession.id == session_id, SignInSession.seen_at <= w.real_now - SEEN_EVERY)
            .values(seen_at=w.real_now)
        )


def _by_token(office: Office, secret: str) -> Actor:
    with office.work(system_actor(), reading=True) as w:
        token = api_token_by_secret(w, secret)
        if token is None:
            raise Unknown("token-refused")
        place = w.get(Place, token.place_id)
        actor = Actor(
            f"token:{token.id}",
            (Grant(token.role, place.path),),
            realm=token.realm,
            site_id=place.id if place.kind == "site" else None,
            only=frozenset(token.scopes) - for_persons_alone(w.rules),
        )
        first = _first_today(w, token)
    if first:
        with office.work(system_actor(token.realm)) as w:
            token_used(w, token.id)
    return actor


def _first_today(w: Work, token: ApiToken) -> bool:
    day = w.office.clock.day
    return token.used_at is None or day(token.used_at) != day(w.real_now)


def _parts(text: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in text.split(","))
    return {name: value.strip('"') for name, _, value in pairs}


def signature(key: str, timestamp: str, realm: str, method: str, path: str, body: bytes) -> str:
    """What a site's system signs with: HMAC-SHA-256 (hex) over ``timestamp.realm.METHOD.path.sha256(body)``.

    `path` is decoded, and ends with ``?`` and the query as sent where there is one.
    """
    signed = f"{timestamp}.{realm}.{method}.{path}.{sha256(body).hexdigest()}"
    return hmac.new(key.encode(), signed.encode(), sha256).hexdigest()


def _by_signature(office: Office, request: Any, parts: dict[str, str]) -> Actor:
    stated = [parts.get(name, "") for name in ("site", "realm", "timestamp")]
    if not all(value.isascii() and value.isdecimal() and len(value) < 12 for value in stated):
        raise Unknown("signature-form")
    site_id, realm, timestamp = (int(value) for value in stated)
    query = request.query_string.decode("ascii", "replace")
    path = f"{request.path}?{query}" if query else request.path
    with office.work(system_actor(), reading=True) as w:
        if abs(w.real_now.timestamp() - timestamp) > WINDOW:
            raise Unknown("signature-stale")
        key, place_path = _key(w, site_id)
        right = signature(key, stated[2], stated[1], request.method, path, request.get_data(cache=True))
        if not hmac.compare_digest(right.encode(), parts.get("signature", "").encode()):
            raise Unknown("signature-refused")
    grants = (Grant("site_system", place_path),)
    return Actor(f"site:{site_id}", grants, realm=realm, site_id=site_id)


def _key(w: Work, site_id: int) -> tuple[str, str]:
    try:
        site = w.get(Site, site_id)
    except Missing:
        raise Unknown("signature-refused") from None
    if not site.webhook_key:
        raise Unknown("signature-refused")
    return w.office.installation.seal.open(site.webhook_key), w.get(Place, site_id).path
