"""Signing in: password, lock-out, second factor, sessions that end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from region.accounts import actions, passwords
from region.accounts.models import Account, SignInSession
from region.accounts.queries.sessions import session_by_token
from region.app import create_app
from region.places.models import Place
from region.spine.actor import Actor
from region.spine.errors import Refused, Unknown
from region.spine.work import Work
from tests.world import World

PASSWORD = "three words long"
VISITOR = Actor("visitor")


def person(world: World, place: Place, login: str = "nanping01", role: str = "clinic") -> int:
    """A connected person; returns the account's id."""
    with world.as_system() as w:
        made = actions.ensure_account(
            w,
            login=login,
            name_zh="王雨桐",
            name_en="Wang Yutong",
            place_id=place.id,
            role=role,
            password=PASSWORD,
        )
        return made.id


def sign_in(world: World, login: str = "nanping01", password: str = PASSWORD) -> actions.Outcome:
    with world.office.work(VISITOR) as w:
        return actions.sign_in(w, login, password)


def test_the_right_password_opens_a_session_that_only_its_hash_is_kept_of(world: World) -> None:
    account = person(world, world.clinic(world.area()))
    outcome = sign_in(world, " NanPing01 ")
    assert outcome.step == "in" and outcome.token and outcome.keeps
    with world.as_system() as w:
        kept = w.session.scalars(select(SignInSession)).one()
        assert kept.token != outcome.token and kept.account_id == account and kept.factor == "password"
    assert [entry.actor for entry in world.journal("accounts.SignedIn")] == [f"account:{account}"]


def test_a_wrong_password_an_unknown_login_and_one_who_never_joined_look_alike(world: World) -> None:
    clinic = world.clinic(world.area())
    person(world, clinic)
    with world.as_system() as w:
        actions.ensure_account(
            w, login="nanping02", name_zh="李文博", name_en="", place_id=clinic.id, role="clinic"
        )
    outcomes = {
        sign_in(world, "nanping01", "wrong"),
        sign_in(world, "nobody"),
        sign_in(world, "nanping02", ""),
    }
    assert outcomes == {actions.Outcome("refused")}
    assert [entry.data["tries"] for entry in world.journal("accounts.SignInFailed")] == [1]


def test_five_failures_rest_the_account_for_fifteen_minutes(world: World) -> None:
    person(world, world.clinic(world.area()))
    for _ in range(5):
        sign_in(world, password="wrong")
    locked = world.journal("accounts.AccountLocked")
    assert len(locked) == 1 and locked[0].data["until"].startswith("2022-08-01T01:15")
    assert sign_in(world).step == "refused"
    world.wait(minutes=14, seconds=59)
    assert sign_in(world).step == "refused"
    world.wait(seconds=1)
    assert sign_in(world).step == "in"


def test_four_failures_do_not_and_a_success_starts_the_count_again(world: World) -> None:
    person(world, world.clinic(world.area()))
    for _ in range(2):
        for _ in range(4):
            sign_in(world, password="wrong")
        assert sign_in(world).step == "in"
    assert world.journal("accounts.AccountLocked") == []


def set_up(world: World) -> tuple[str, actions.Outcome]:
    """Sets a second factor up for nanping01: the secret, and the outcome."""
    half = sign_in(world)
    assert half.step == "set-up" and half.token
    secret = pyotp.random_base32()
    with world.office.work(VISITOR) as w:
        code = pyotp.TOTP(secret).at(world.clock.at)
        return secret, actions.set_second_factor(w, half.token, secret, code)


def test_a_role_that_may_issue_owes_a_second_factor_and_half_a_session_opens_nothing(world: World) -> None:
    person(world, world.area(), role="duty_officer")
    half = sign_in(world)
    assert half.step == "set-up" and half.token
    with world.as_system() as w:
        assert session_by_token(w, half.token) is None
        assert session_by_token(w, half.token, half=True) is not None
    _secret, outcome = set_up(world)
    assert outcome.step == "in" and not outcome.keeps
    assert len(world.journal("accounts.SecondFactorSet")) == 1


def test_a_code_works_once(world: World) -> None:
    account = person(world, world.area(), role="duty_officer")
    secret, _outcome = set_up(world)
    code = pyotp.TOTP(secret).at(world.clock.at)

    def confirm(given: str) -> str:
        half = sign_in(world)
        assert half.step == "code" and half.token
        with world.office.work(VISITOR) as w:
            return actions.confirm_code(w, half.token, given).step

    assert confirm(code) == "refused", "the step was used when it was set up"
    world.wait(seconds=60)
    fresh = pyotp.TOTP(secret).at(world.clock.at)
    assert confirm(fresh) == "in"
    assert confirm(fresh) == "refused"
    world.wait(seconds=60)
    late = pyotp.TOTP(secret).at(world.clock.at - timedelta(seconds=30))
    assert confirm(late) == "in", "a clock that is one step slow"
    world.wait(minutes=3)
    assert confirm(pyotp.TOTP(secret).at(world.clock.at - timedelta(seconds=61))) == "refused"
    with world.as_system() as w:
        assert secret not in (w.get(Account, account).totp or "")


def test_wrong_codes_rest_the_account_too_and_half_a_session_lasts_five_minutes(world: World) -> None:
    person(world, world.area(), role="commander")
    secret, _outcome = set_up(world)
    world.wait(minutes=1)
    half = sign_in(world)
    for _ in range(5):
        with world.office.work(VISITOR) as w:
            assert actions.confirm_code(w, half.token or "", "000000").step == "refused"
    with world.office.work(VISITOR) as w:
        right = pyotp.TOTP(secret).at(world.clock.at)
        assert actions.confirm_code(w, half.token or "", right).step == "refused"
    world.wait(minutes=5)
    with pytest.raises(Unknown), world.office.work(VISITOR) as w:
        actions.confirm_code(w, half.token or "", "000000")


def test_whoever_has_a_second_factor_cannot_set_another_over_it(world: World) -> None:
    person(world, world.area(), role="commander")
    set_up(world)
    half = sign_in(world)
    secret = pyotp.random_base32()
    with pytest.raises(Refused, match="second-factor-stands"), world.office.work(VISITOR) as w:
        actions.set_second_factor(w, half.token or "", secret, pyotp.TOTP(secret).at(world.clock.at))


def test_the_demonstration_bypasses_the_second_factor_and_says_so(sqlite_world: World) -> None:
    world = sqlite_world
    person(world, world.area(), role="commander")
    world.office = replace(world.office, installation=replace(world.office.installation, demo=True))
    assert sign_in(world).step == "in"
    with world.as_system() as w:
        assert w.session.scalars(select(SignInSession.factor)).all() == ["demo"]


def test_signing_out_and_ending_all_sessions(world: World) -> None:
    account = person(world, world.clinic(world.area()))
    one, two = sign_in(world), sign_in(world)
    with world.office.work(VISITOR) as w:
        actions.sign_out(w, one.token or "")
    with world.as_system() as w:
        assert session_by_token(w, one.token or "") is None
        assert session_by_token(w, two.token or "") is not None
        assert actions.end_sessions(w, account) == 1
    with world.as_system() as w:
        assert session_by_token(w, two.token or "") is None
        assert actions.end_sessions(w, account) == 0
    assert len(world.journal("accounts.SignedOut")) == 2


def test_a_lost_second_factor_is_cleared_by_another_and_set_up_anew(world: World) -> None:
    city = world.area()
    account = person(world, city, role="commander")
    set_up(world)
    with world.as_("administrator", city) as w:
        actions.clear_second_factor(w, account)
    assert sign_in(world).step == "set-up"


def test_a_failure_is_counted_on_what_stands_not_on_what_was_read(world: World) -> None:
    person(world, world.clinic(world.area()))
    with world.office.work(VISITOR) as w, w.beyond_scope("the row as an attempt at the same time read it"):
        read = w.session.scalars(select(Account)).one()
        _meanwhile(w, failures=4)
        assert read.failures == 0
        assert actions.sign_in(w, "nanping01", "wrong").step == "refused"
    assert [entry.data["tries"] for entry in world.journal("accounts.SignInFailed")] == [5]
    assert len(world.journal("accounts.AccountLocked")) == 1
    assert sign_in(world).step == "refused"


def test_a_lock_set_meanwhile_holds_for_the_right_password_and_counts_no_more(world: World) -> None:
    person(world, world.clinic(world.area()))
    for password in (PASSWORD, "wrong"):
        with (
            world.office.work(VISITOR) as w,
            w.beyond_scope("the row as an attempt at the same time read it"),
        ):
            _meanwhile(w, locked_until=None)
            read = w.session.scalars(select(Account)).one()
            _meanwhile(w, locked_until=w.real_now + timedelta(minutes=15))
            assert read.locked_until is None
            assert actions.sign_in(w, "nanping01", password).step == "refused"
    assert world.journal("accounts.SignInFailed") == [] == world.journal("accounts.SignedIn")


def _meanwhile(w: Work, **values: object) -> None:
    """Change the account as another transaction would: unseen by what this one has read."""
    w.session.connection().execute(update(Account).values(**values))


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/sign-in/second-factor"])
def test_guesses_are_limited_to_thirty_a_minute(world: World, path: str) -> None:
    app = create_app(world.settings, world.office)
    app.config["WTF_CSRF_METHODS"] = set()
    client = app.test_client()
    assert 429 not in {client.post(path, data={"code": "000000"}).status_code for _ in range(30)}
    assert client.post(path, data={"code": "000000"}).status_code == 429


def test_outside_a_demonstration_a_password_is_hashed_as_strongly_as_the_library_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All other tests hash quickly, by tests.economy."""
    monkeypatch.setattr(passwords, "PasswordHasher", PasswordHasher)
    passwords.hasher.cache_clear()
    kept = passwords.chosen(PASSWORD, "nanping01", demo=False)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify(kept, PASSWORD, demo=False)
    assert not passwords.verify(kept, PASSWORD + "!", demo=False)
    passwords.hasher.cache_clear()
