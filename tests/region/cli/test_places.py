"""`region places merge`: one site into another, by their codes."""

from __future__ import annotations

from region.places.models import Place
from tests.region.cli.conftest import Call
from tests.world import World


def test_a_site_is_merged_into_another_by_code(sqlite_world: World, call: Call) -> None:
    world = sqlite_world
    district = world.area()
    old, new = world.clinic(district), world.clinic(district)
    at = {"data_dir": world.settings.data_dir, "database_url": world.database_url}
    said = call("places", "merge", old.code, new.code, **at)
    assert (said.returncode, said.stdout) == (0, f"{old.code} -> {new.code}\n"), said.stderr
    with world.as_system() as w:
        assert w.get(Place, old.id).facts["merged_into"] == new.id
    gone = call("places", "merge", "990100000", new.code, **at)
    assert gone.returncode == 3 and "990100000" in gone.stderr
