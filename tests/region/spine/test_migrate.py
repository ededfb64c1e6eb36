"""A database that holds an order under way is brought to the newest shape, and back, without losing a row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import IntegrityError

from region.spine import migrate
from region.spine.db import connect
from tests import servers

NOW = "2022-08-01 09:30:00"
PLACE = (
    "INSERT INTO places (id, path, kind, code, name_zh, name_en, facts) "
    "VALUES (1, '1/', 'site', 'X', '甲', 'A', '{}')"
)
INCIDENT = (
    "INSERT INTO incidents (id, realm, code, place_id, kind, title_zh, title_en, pack, pack_digest, level, state,"
    " since, version, opened_at, opened_by) VALUES (1, 0, 'I', 1, 'k', '甲', 'A', 'P', '-', 'IV', 'open',"
    f" '{NOW}', 1, '{NOW}', 'x')"
)
DIRECTIVE = (
    "INSERT INTO directives (id, realm, number, form_token, place_id, incident_id, kind, urgency, title_zh,"
    " title_en, body_zh, body_en, ground, evidence, chosen, pack_digest, composed_by, task_minutes, state,"
    " since, version) VALUES (1, 0, 'LJ-1', 'form-0001', 1, 1, 'directive', 'urgent', '甲', 'A', '甲', 'A', '',"
    f" '[]', '[1]', '-', 'x', 60, 'issued', '{NOW}', 1)"
)
RECIPIENT = (
    "INSERT INTO recipients (id, realm, directive_id, place_id, required, state, since, version, pressed,"
    f" pressure) VALUES (1, 0, 1, 1, true, 'delivered', '{NOW}', 1, 0, 0)"
)
DELIVERY = (
    "INSERT INTO deliveries (id, realm, uid, recipient_id, directive_id, place_id, channel, round, state, since,"
    f" version, tries, due_at) VALUES (1, 0, 'u', 1, 1, 1, 'portal', 1, 'owed', '{NOW}', 1, 0, '{NOW}')"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as it was before campaigns, with one order under way."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    else:
        url = servers.fresh_database(request.getfixturevalue("postgres"))
    engine = connect(url)
    migrate.upgrade(engine, "0002")
    with engine.begin() as connection:
        for row in (PLACE, INCIDENT, DIRECTIVE, RECIPIENT, DELIVERY):
            connection.exec_driver_sql(row)
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        servers.drop_database(request.getfixturevalue("postgres"), url)


def test_an_order_under_way_goes_along(old: Engine) -> None:
    migrate.upgrade(old)
    with old.begin() as connection:
        order = connection.exec_driver_sql("SELECT number, warning_level, end_note FROM directives").all()
        task = connection.exec_driver_sql("SELECT state, account_id FROM recipients").all()
        letter = connection.exec_driver_sql("SELECT uid, rung FROM deliveries").all()
        assert (order, task, letter) == ([("LJ-1", 0, "")], [("delivered", None)], [("u", "site")])
        connection.exec_driver_sql("UPDATE recipients SET state = 'stopping'")
        connection.exec_driver_sql("UPDATE recipients SET state = 'delivered'")
    migrate.downgrade(old, "0002")
    with old.begin() as connection:
        assert connection.exec_driver_sql("SELECT number, state FROM directives").all() == [
            ("LJ-1", "issued")
        ]


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE recipients SET state = 'lost'",
        "UPDATE directives SET state = 'lost'",
        "UPDATE directives SET warning_level = 5",
        "UPDATE directives SET urgency = 'soon'",
        "UPDATE recipients SET pressure = 9",
        "UPDATE recipients SET directive_id = 99",
        RECIPIENT.replace("VALUES (1,", "VALUES (2,"),
    ],
)
def test_what_was_checked_is_still_checked(old: Engine, wrong: str) -> None:
    migrate.upgrade(old)
    with pytest.raises(IntegrityError), old.begin() as connection:
        connection.exec_driver_sql(wrong)


def test_a_reference_lost_on_the_way_is_found(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'torn.sqlite'}")
    migrate.upgrade(engine, "0002")
    loose = create_engine(f"sqlite:///{tmp_path / 'torn.sqlite'}")
    with loose.begin() as connection:
        connection.exec_driver_sql(DELIVERY)
    with pytest.raises(migrate.Broken, match="references-lost"):
        migrate.upgrade(engine)
    assert migrate.revision(engine) == "0002"
    engine.dispose()
    loose.dispose()
