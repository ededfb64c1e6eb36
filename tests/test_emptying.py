"""The database that tests share is as new for each of them, whatever the one before did to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from region.spine.clock import REAL
from tests import servers
from tests.emptying import Reused
from tests.world import World


@pytest.fixture
def reused(postgres: str, postgres_template: str) -> Reused:
    """One of this test alone."""
    return Reused(postgres, postgres_template)


def first_area(url: str, folder: Path) -> int:
    """Write to it as any test does; the number of the first place, the journal's guard being on."""
    world = World(url, folder)
    made = world.area()
    assert len(world.journal()) == 1
    world.close()
    return made.id


def test_what_was_written_is_gone_and_counting_begins_again(reused: Reused, tmp_path: Path) -> None:
    first = reused.lend()
    assert first_area(first, tmp_path) == 1
    with servers.plain_connection(first) as connection:
        connection.execute("UPDATE realms SET name_en = 'Another' WHERE id = %s", [REAL])
    reused.take_back()
    assert reused.lend() == first, "it is the same database"
    with servers.plain_connection(first) as connection:
        assert connection.execute("SELECT id, name_en FROM realms").fetchall() == [(0, "Real")]
    assert first_area(first, tmp_path) == 1
    with pytest.raises(Exception, match="append-only"), servers.plain_connection(first) as connection:
        connection.execute("DELETE FROM journal")
    reused.take_back()
    servers.drop_database(reused.admin, first)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE places ADD COLUMN more text",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        "DROP TABLE place_aliases",
    ],
)
def test_one_whose_schema_was_changed_is_not_handed_on(reused: Reused, change: str) -> None:
    first = reused.lend()
    with servers.plain_connection(first) as connection:
        connection.execute(change)
    reused.take_back()
    second = reused.lend()
    assert second != first
    servers.drop_database(reused.admin, second)


def test_one_that_somebody_still_uses_is_not_handed_on(reused: Reused) -> None:
    first = reused.lend()
    with servers.plain_connection(first):
        reused.take_back()
        assert reused.url == ""
