"""Who is asking: sessions that expire, tokens with scopes, signatures with a window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import EnvironBuilder

from region.accounts import actions
from region.accounts.identify import identify, signature
from region.accounts.models import ApiToken, RoleGrant, SignInSession
from region.app import create_app
from region.places.models import Place
from region.spine.actor import Actor
from region.spine.errors import Forbidden, Unknown
from tests.region.accounts.test_entering import person, sign_in
from tests.world import World


def asked(world: World, *, sid: str | None = None, **request: Any) -> Actor | None:
    """What `identify` says of a request."""
    app = create_app(world.settings, world.office)
    builder = EnvironBuilder(**request)
    with app.request_context(builder.get_environ()):
        from flask import request as current
        from flask import session

        if sid:
            session["sid"] = sid
        return identify(world.office, current)


def test_nobody_is_signed_in(world: World) -> None:
    assert asked(world) is None
    assert asked(world, sid="made up") is None


def test_a_session_says_who_where_and_in_which_realm(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area)
    account = person(world, clinic)
    found = asked(world, sid=sign_in(world).token)
    assert found is not None
    assert (found.name, found.account_id, found.site_id, found.realm, found.lang) == (
        f"account:{account}", account, clinic.id, 0, "zh",
    )  # fmt: skip
    assert [(grant.role, grant.path) for grant in found.grants] == [("clinic", clinic.path)]


def test_a_desk_s_session_ends_after_two_hours_unused_and_twelve_in_all(world: World) -> None:
    person(world, world.area(), role="subdistrict_officer")
    token = sign_in(world).token
    for _ in range(6):
        world.wait(minutes=119)
        assert asked(world, sid=token) is not None
    world.wait(minutes=7)
    assert asked(world, sid=token) is None, "twelve hours are over"
    other = sign_in(world).token
    world.wait(minutes=121)
    assert asked(world, sid=other) is None, "two hours unused"


def test_a_clinic_s_telephone_stays_signed_in_for_a_week_unused(world: World) -> None:
    person(world, world.clinic(world.area()))
    token = sign_in(world).token
    world.wait(days=6, hours=23)
    assert asked(world, sid=token) is not None
    world.wait(days=7, minutes=1)
    assert asked(world, sid=token) is None


def test_last_seen_is_written_once_a_minute_at_most(world: World) -> None:
    person(world, world.clinic(world.area()))
    token = sign_in(world).token

    def seen() -> float:
        with world.as_system() as w:
            return (w.session.scalars(select(SignInSession.seen_at)).one() - world.clock.at).total_seconds()

    world.wait(seconds=59)
    asked(world, sid=token)
    assert seen() == -59
    world.wait(seconds=1)
    asked(world, sid=token)
    assert seen() == 0


def test_a_closed_account_is_out_at_once(world: World) -> None:
    area = world.area()
    account = person(world, world.clinic(area))
    token = sign_in(world).token
    with world.as_("administrator", area) as w:
        actions.close_account(w, account)
    assert asked(world, sid=token) is None
    assert sign_in(world).step == "refused"


def test_grants_begin_and_end_in_time(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area)
    account = person(world, clinic)
    with world.as_("administrator", area) as w:
        tonight = world.clock.at.replace(hour=3)
        actions.grant_role(w, account, "sampler", area.id, starts=tonight, ends=tonight.replace(hour=4))
    token = sign_in(world).token

    def roles() -> set[str]:
        found = asked(world, sid=token)
        assert found is not None
        return {grant.role for grant in found.grants}

    assert roles() == {"clinic"}
    world.wait(hours=2)
    assert roles() == {"clinic", "sampler"}
    world.wait(hours=1)
    assert roles() == {"clinic"}
    with world.as_system() as w:
        actions.revoke_role(
            w, w.session.scalars(select(RoleGrant.id).where(RoleGrant.role == "clinic")).one()
        )
    assert roles() == set()


def token_for(world: World, place: Place, scopes: list[str]) -> tuple[int, str]:
    with world.as_system() as w:
        token, secret = actions.make_token(
            w, name="laboratory system", place_id=place.id, role="duty_officer", scopes=scopes, days=30
        )
        return token.id, secret


def test_a_token_may_what_its_scopes_say_and_no_more_of_its_role(world: World) -> None:
    area, other = world.area(), world.area()
    _id, secret = token_for(world, area, ["dispatch.read"])
    found = asked(world, headers={"Authorization": f"Bearer {secret}"})
    assert found is not None
    with world.office.work(found) as w:
        w.need("dispatch.read", area.id)
        assert not w.may("dispatch.read", other.id)
        with pytest.raises(Forbidden):
            w.need("dispatch.issue", area.id)
        with pytest.raises(Forbidden):
            w.need("dispatch.issue")


def test_a_token_ends_by_its_day_and_by_hand_and_is_told_once_a_day(world: World) -> None:
    id, secret = token_for(world, world.area(), ["dispatch.read"])
    header = {"Authorization": f"Bearer {secret}"}
    for _ in range(3):
        asked(world, headers=header)
    world.wait(days=1)
    asked(world, headers=header)
    assert len(world.journal("accounts.TokenUsed")) == 2
    with world.as_system() as w:
        actions.revoke_token(w, id)
    with pytest.raises(Unknown):
        asked(world, headers=header)
    _id, second = token_for(world, world.area(), ["dispatch.read"])
    world.wait(days=30)
    with pytest.raises(Unknown):
        asked(world, headers={"Authorization": f"Bearer {second}"})


def test_a_header_that_does_not_hold_is_not_saved_by_a_cookie(world: World) -> None:
    person(world, world.clinic(world.area()))
    token = sign_in(world).token
    for header in ("Bearer nonsense", "Basic eDp5", "Region-Signature site=1"):
        with pytest.raises(Unknown):
            asked(world, sid=token, headers={"Authorization": header})


def signed(world: World, site: int, key: str, *, ago: int = 0, body: bytes = b'{"n":1}', **other: Any) -> Any:
    timestamp = str(int(world.clock.at.timestamp()) - ago)
    made = signature(key, timestamp, "0", "POST", "/api/v1/acknowledge?x=1", body)
    header = f"Region-Signature site={site}, realm=0, timestamp={timestamp}, signature={made}"
    request = {"path": "/api/v1/acknowledge", "query_string": "x=1", "method": "POST", "data": body} | other
    return asked(world, headers={"Authorization": header}, **request)


def test_a_site_s_system_signs_what_it_sends(world: World) -> None:
    clinic = world.clinic(world.area(), webhook_key="the site's key")
    found = signed(world, clinic.id, "the site's key")
    assert (found.name, found.site_id, found.grants[0].role, found.grants[0].path) == (
        f"site:{clinic.id}", clinic.id, "site_system", clinic.path,
    )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"data": b'{"n":2}'}, {"method": "PUT"}, {"path": "/api/v1/other"}, {"query_string": "x=2"}],
    ids=["body", "method", "path", "query"],
)
def test_whatever_is_changed_breaks_the_signature(world: World, change: dict[str, Any]) -> None:
    clinic = world.clinic(world.area(), webhook_key="the site's key")
    with pytest.raises(Unknown, match="signature-refused"):
        signed(world, clinic.id, "the site's key", **change)


def test_a_signature_holds_for_five_minutes_either_way(world: World) -> None:
    clinic = world.clinic(world.area(), webhook_key="the site's key")
    keyless = world.clinic(world.area())
    assert signed(world, clinic.id, "the site's key", ago=300) is not None
    assert signed(world, clinic.id, "the site's key", ago=-300) is not None
    for ago in (301, -301):
        with pytest.raises(Unknown, match="signature-stale"):
            signed(world, clinic.id, "the site's key", ago=ago)
    for site in (keyless.id, 999_999):
        with pytest.raises(Unknown, match="signature-refused"):
            signed(world, site, "the site's key")


def test_a_session_opened_by_password_bears_no_role_that_demands_more(world: World) -> None:
    area = world.area()
    account = person(world, world.clinic(area))
    token = sign_in(world).token
    assert asked(world, sid=token) is not None
    with world.as_("administrator", area) as w:
        granted = actions.grant_role(w, account, "duty_officer", area.id)
    assert asked(world, sid=token) is None
    with world.as_("administrator", area) as w:
        actions.revoke_role(w, granted.id)
    assert asked(world, sid=token) is not None
    proven = world.signed_in("duty_officer", area)
    assert asked(world, sid=proven) is not None, "one proven by a code does"


def test_a_session_ends_at_the_age_of_the_roles_held_now(world: World) -> None:
    area = world.area()
    account = person(world, world.clinic(area))
    token = sign_in(world).token
    world.wait(hours=11, minutes=59)
    with world.as_("administrator", area) as w:
        actions.grant_role(w, account, "subdistrict_officer", area.id)
    assert asked(world, sid=token) is None, "a desk unused for two hours"
    token = sign_in(world).token
    for _ in range(7):
        world.wait(minutes=102)
        assert asked(world, sid=token) is not None
    with world.as_system() as w:
        w.session.connection().execute(
            update(SignInSession).values(expires_at=w.real_now + timedelta(days=9))
        )
    world.wait(minutes=6)
    assert asked(world, sid=token) is None, "twelve hours, whatever was written when it was opened"


def test_an_older_token_loses_what_demands_a_second_factor(world: World) -> None:
    area = world.area()
    _id, secret = token_for(world, area, ["dispatch.read"])
    with world.as_system() as w:
        w.session.connection().execute(update(ApiToken).values(scopes=["dispatch.read", "dispatch.issue"]))
    found = asked(world, headers={"Authorization": f"Bearer {secret}"})
    assert found is not None and found.only == {"dispatch.read"}
