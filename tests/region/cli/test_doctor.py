"""The doctor sees what is wrong, says how to mend it, and says so in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from tests import servers
from tests.region.cli.conftest import ROOT, Call
from tests.world import World


def line(told: str, what: str) -> str:
    return next(one for one in told.splitlines() if what in one)


def test_an_empty_place_is_not_well(tmp_path: Path, call: Call) -> None:
    told = call("doctor", data_dir=tmp_path / "none")
    assert told.returncode == 1
    for what in ("data folder", "keys", "database", "Redis"):
        assert line(told.stdout, f" {what}:").startswith("▲")


def test_it_sees_dead_work_loose_keys_and_nobody_at_work(
    sqlite_world: World, valkey: servers.Valkey, call: Call
) -> None:
    world = sqlite_world
    with world.as_system() as w:
        w.owe("flow.step", key="x", step="none.such", entry=1)
        w.owe("flow.step", key="y", step="none.such", entry=1)
    world.run()
    (world.settings.secrets_path / "seal.key").chmod(0o644)
    given = {
        "data_dir": world.settings.data_dir,
        "database_url": world.database_url,
        "redis_url": valkey.url.replace("/0", "/9"),
    }
    told = call("doctor", **given)
    assert told.returncode == 1
    assert line(told.stdout, "dead errands") == "▲ dead errands: 2"
    assert line(told.stdout, "keys").startswith("▲ keys: others may read seal.key")
    assert line(told.stdout, "workers").startswith("▲ workers: 0 seen, none for urgent")
    assert line(told.stdout, "Redis").startswith("✓")
    chinese = call("doctor", "--lang", "zh", **given).stdout
    assert "失败事项: 2" in chinese
    mends = [one for one in chinese.splitlines() if "→" in one]
    assert mends and all(re.search("[一-鿿]", one) for one in mends if "chmod" not in one), mends

    listed = call("errands", "dead", **given)
    assert "2 dead" in listed.stdout and "flow.step" in listed.stdout
    assert call("errands", "revive", "--all", **given).stdout == "2 revived\n"
    assert len(world.journal("spine.ErrandRevived")) == 2
    assert len(world.errands("due")) == 2


def test_packages_are_compared_with_the_lock(call: Call, tmp_path: Path) -> None:
    assert (ROOT / "requirements.lock").exists()
    assert line(call("doctor", data_dir=tmp_path).stdout, "packages").startswith("✓")


def test_the_database_s_verbs(tmp_path: Path, call: Call) -> None:
    assert call("db", "check", data_dir=tmp_path).returncode == 6
    assert call("db", "upgrade", data_dir=tmp_path).returncode == 0
    checked = call("db", "check", data_dir=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert call("db", "downgrade", "base", data_dir=tmp_path).returncode == 2
    away = call("db", "check", data_dir=tmp_path, database_url="postgresql+psycopg://nobody@127.0.0.1:1/x")
    assert away.returncode == 6 and len(away.stderr.splitlines()) == 1


def test_the_first_administrator(sqlite_world: World, call: Call) -> None:
    world = sqlite_world
    given = {"data_dir": world.settings.data_dir, "database_url": world.database_url}
    early = call("account", "administrator", "wang", **given)
    assert early.returncode == 3 and "region load areas" in early.stderr
    world.area(level="city")
    made = call("account", "administrator", "wang", **given)
    assert made.returncode == 0 and "/join/" in made.stdout, made.stderr
    again = call("account", "administrator", "wang", **given)
    assert again.returncode == 0 and again.stdout != made.stdout
