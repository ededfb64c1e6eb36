"""A backup brings every row and every file back, on either database, and is refused when anything is amiss."""

from __future__ import annotations

import json
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from region.app import build_office
from region.cli import archive
from region.people.actions.registering import Given, register
from region.people.queries.masked import masked
from region.places.models import Place
from region.settings import Settings
from region.spine import migrate
from region.spine.actor import system_actor
from region.spine.db import Base, connect
from region.spine.errors import Broken, Fault, Invalid, Refused
from region.spine.installation import SilentBell
from tests import servers
from tests.region.cli.conftest import Call
from tests.world import World


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, as the models read them."""
    with engine.connect() as connection:
        return {
            table.name: [
                {name: getattr(value, "wkb", value) for name, value in row.items()}
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def filled(world: World) -> World:
    """A region with areas, sites, an incident, a journal, files and work owed; one place moved under a later."""
    city = world.area(level="city", name_zh="临江 “市”\n二行")
    east, west = world.area(city), world.area(city)
    for area in (east, west):
        for _ in range(3):
            world.clinic(area, phone="010-1")
    world.incident(east)
    with world.as_system() as w:
        w.owe("flow.step", key="x", step="none.such", entry=1)
    with world.office.engine.begin() as connection:
        places = Base.metadata.tables["places"]
        connection.execute(update(places).where(places.c.id == east.id).values(parent_id=west.id))
    for name, content in (("ab/abcdef", b"\x00\xff picture"), ("cd/cdef", b"")):
        path = world.office.installation.files_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return world


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database to restore into."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    admin = request.getfixturevalue("postgres")
    url = servers.fresh_database(admin)
    yield url
    servers.drop_database(admin, url)


def test_every_row_and_file_comes_back_on_either_database(
    world: World, empty_url: str, tmp_path: Path, call: Call
) -> None:
    filled(world)
    before = everything(world.office.engine)
    given = {"data_dir": world.settings.data_dir, "database_url": world.database_url}
    saved = call("backup", tmp_path / "b.tar", "--keys", tmp_path / "k.tar", **given)
    assert saved.returncode == 0, saved.stderr
    for name in ("b.tar", "k.tar"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600

    back = call(
        *("restore", tmp_path / "b.tar", "--into", empty_url, "--keys", tmp_path / "k.tar"),
        data_dir=tmp_path / "new",
    )
    assert back.returncode == 0, back.stderr
    engine = connect(empty_url)
    assert everything(engine) == before
    assert len(before["places"]) == 9 and before["journal"] and before["errands"]
    assert migrate.differences(engine) == []
    assert (tmp_path / "new/files/ab/abcdef").read_bytes() == b"\x00\xff picture"
    assert (tmp_path / "new/files/cd/cdef").read_bytes() == b""
    kept = (world.settings.data_dir / "secrets" / "seal.key").read_text()
    assert (tmp_path / "new/secrets/seal.key").read_text() == kept
    assert stat.S_IMODE((tmp_path / "new/secrets/seal.key").stat().st_mode) == 0o600
    engine.dispose()


def test_life_goes_on_after_a_restore(world: World, empty_url: str, tmp_path: Path) -> None:
    """Counters go on after what came in, and the journal still refuses to be changed."""
    filled(world)
    restored_to(world, empty_url, tmp_path)
    again = World(empty_url, tmp_path / "again")
    there = again.area()
    assert there.id > 9
    with pytest.raises(Exception, match="append-only"), again.office.engine.begin() as connection:
        journal = Base.metadata.tables["journal"]
        connection.execute(update(journal).values(actor="x"))
    with again.as_system() as w:
        assert w.get(Place, there.id).name_zh
    again.close()


def restored_to(world: World, url: str, tmp_path: Path) -> None:
    archive.save(world.office.engine, world.office.installation.files_dir, tmp_path / "b.tar", "now")
    engine = connect(url)
    with archive.open_tar(tmp_path / "b.tar") as tar:
        archive.bring_back(tar, archive.read_manifest(tar), engine)
    engine.dispose()


def test_nothing_is_restored_over_something(sqlite_world: World, tmp_path: Path, call: Call) -> None:
    world = sqlite_world
    filled(world)
    archive.save(world.office.engine, world.office.installation.files_dir, tmp_path / "b.tar", "now")
    before = everything(world.office.engine)
    over = call("restore", tmp_path / "b.tar", "--into", world.database_url, data_dir=tmp_path / "new")
    assert over.returncode == Refused.exit_code
    assert "empty place only" in over.stderr
    assert everything(world.office.engine) == before
    over = call("restore", tmp_path / "b.tar", "--into", world.settings.data_dir)
    assert over.returncode == Refused.exit_code
    again = call(
        "backup", tmp_path / "b.tar", data_dir=world.settings.data_dir, database_url=world.database_url
    )
    assert again.returncode == Refused.exit_code, "an older backup is never overwritten"


@pytest.mark.parametrize("what", ["tables/places.jsonl.gz", "files/ab/abcdef"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    sqlite_world: World, tmp_path: Path, call: Call, what: str
) -> None:
    filled(sqlite_world)
    archive.save(
        sqlite_world.office.engine, sqlite_world.office.installation.files_dir, tmp_path / "b.tar", "now"
    )
    with tarfile.open(tmp_path / "b.tar") as tar:
        at = tar.getmember(what).offset_data
    with (tmp_path / "b.tar").open("r+b") as raw:
        raw.seek(at + 5)
        was = raw.read(1)
        raw.seek(at + 5)
        raw.write(bytes([was[0] ^ 1]))
    back = call("restore", tmp_path / "b.tar", "--into", tmp_path / "new")
    assert back.returncode == Invalid.exit_code
    assert what in back.stderr
    assert not (tmp_path / "new").exists()


def test_half_a_restore_leaves_an_empty_place(sqlite_world: World, empty_url: str, tmp_path: Path) -> None:
    """A manifest that counts more rows than came is found at the end; the place is empty again afterwards."""
    filled(sqlite_world)
    archive.save(
        sqlite_world.office.engine, sqlite_world.office.installation.files_dir, tmp_path / "b.tar", "now"
    )
    engine = connect(empty_url)
    with archive.open_tar(tmp_path / "b.tar") as tar:
        manifest = archive.read_manifest(tar)
        told = json.loads(json.dumps(manifest))
        next(one for one in told["tables"] if one["name"] == "journal")["rows"] += 1
        with pytest.raises(Invalid, match="backup-count"):
            archive.bring_back(tar, told, engine)
        archive.bring_back(tar, manifest, engine)  # the place is empty, so the right one goes in
    assert everything(engine) == everything(sqlite_world.office.engine)
    engine.dispose()


@pytest.mark.parametrize("path", ["files/../../evil", "/etc/evil"])
def test_a_path_out_of_the_folder_is_refused(path: str) -> None:
    with pytest.raises(Fault, match="backup-path"):
        archive._inside(path)


def test_who_somebody_is_can_be_read_after_a_restore_with_the_keys_and_not_without(
    sqlite_world: World, tmp_path: Path, call: Call
) -> None:
    """The key of what was collected about people is not in the backup, but among the keys."""
    world = sqlite_world
    grid = world.area(level="grid")
    given = Given("01900000-0000-7000-8000-0000000000aa", grid.id, "none", name="张小三")
    with world.as_system() as w:
        [person] = register(w, [given], incident=None, source="list").values()
    where = {"data_dir": world.settings.data_dir, "database_url": world.database_url}
    assert call("backup", tmp_path / "b.tar", "--keys", tmp_path / "k.tar", **where).returncode == 0
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert not [name for name in tar.getnames() if name.endswith(".key")]

    def name_in(folder: Path, *keys: object) -> str:
        into = ("restore", tmp_path / "b.tar", "--into", folder, *keys)
        assert call(*into, data_dir=folder).returncode == 0
        office = build_office(Settings(data_dir=folder), clock=world.office.clock, bell=SilentBell())
        with office.work(system_actor()) as w:
            return masked(w, [person])[person].name

    assert name_in(tmp_path / "whole", "--keys", tmp_path / "k.tar") == "张*三"
    with pytest.raises(Broken, match="data-key-lost"):
        name_in(tmp_path / "keyless")
