"""What an ended response collected is destroyed by two, certified, and destroyed again in every restored backup."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from region.app import build_office
from region.people.actions import destroying
from region.people.actions.looking import Wanted, seek
from region.people.actions.opening import open_people
from region.people.actions.registering import Given, register
from region.people.models import DataKey, Destruction, Person, Secret
from region.people.queries.grounds import grounds
from region.people.queries.privacy import destroyed
from region.people.vault import ended_in, key_path, list_path
from region.settings import Settings
from region.spine.actor import system_actor
from region.spine.errors import Invalid, Refused
from tests.region.cli.conftest import Call
from tests.region.cli.conftest import call as call
from tests.region.people.ground import Ground
from tests.region.sampling.ground import resident, uid
from tests.world import World


def destruction(ground: Ground) -> int:
    with ground.privacy() as w:
        return w.session.scalars(select(Destruction.id)).one()


def approved(ground: Ground) -> int:
    id = destruction(ground)
    for name in ("account:5", "account:6"):
        with ground.privacy(name) as w:
            destroying.approve(w, w.get(Destruction, id))
    return id


def test_at_24_an_ended_response_is_destroyed_and_a_restored_backup_destroys_it_again(
    world: World, tmp_path: Path, call: Call
) -> None:
    ground = Ground(world)
    incident, other = world.incident(ground.city), world.incident(ground.city)
    here = [ground.person(n, incident=incident.id) for n in range(6)]
    both = ground.person(0, incident=other.id)
    assert both == here[0]
    given = {"data_dir": world.settings.data_dir, "database_url": world.database_url}
    assert call("backup", tmp_path / "b.tar", "--keys", tmp_path / "k.tar", **given).returncode == 0

    ground.ended(incident)
    id = approved(ground)
    with ground.privacy() as w:
        destroying.carry_out(w, w.get(Destruction, id))
    file = key_path(world.office.installation, 0, f"incident:{incident.id}")
    assert not file.exists()
    with ground.officer() as w:
        assert set(open_people(w, here, purpose="trace")) == {both}, "the other response needs him still"
        assert seek(w, Wanted(number=resident(3)), purpose="trace") == []
        assert seek(w, Wanted(number=resident(0)), purpose="trace") == [both]
        assert w.session.scalars(select(Person.mark).where(Person.id == here[3])).one() is None
    with ground.privacy() as w:
        paper = w.get(Destruction, id).certificate or {}
        assert paper["counts"] == {"person_secrets": 6}
        assert paper["approved_by"] == ["account:5", "account:6"]
        assert all(len(paper[name]) == 64 for name in ("key_sha256", "secrets_sha256", "sha256"))
    assert [one.data["verb"] for one in world.journal("people.DestructionMoved")] == [
        "list",
        "approve",
        "approve",
        "destroy",
    ]

    back = call(
        *("restore", tmp_path / "b.tar", "--into", tmp_path / "new", "--keys", tmp_path / "k.tar"),
        *("--destroyed", list_path(world.office.installation.keys_dir)),
    )
    assert back.returncode == 0, back.stderr
    assert "destroyed again what was collected on 1 grounds" in back.stdout
    assert only_one_is_left(tmp_path / "new", f"incident:{incident.id}", here) == both


def only_one_is_left(folder: Path, ground: str, people: list[int]) -> int:
    """In the restored installation the ground's key and secrets are gone; whom the other response needs still."""
    again = build_office(Settings(data_dir=folder))
    try:
        assert not key_path(again.installation, 0, ground).exists()
        with again.work(system_actor()) as w:
            (left,) = w.session.scalars(select(Secret.person_id)).all()
            assert set(open_people(w, people, purpose="trace")) == {left}
            assert len(w.session.scalars(select(DataKey).where(DataKey.destroyed_at.is_not(None))).all()) == 1
    finally:
        again.engine.dispose()
    return left


def test_a_database_brought_back_by_other_means_is_caught_by_the_night(world: World) -> None:
    ground = Ground(world)
    incident = world.incident(ground.city)
    ground.person(1, incident=incident.id)
    installation = world.office.installation
    file = key_path(installation, 0, f"incident:{incident.id}")
    key = file.read_bytes()
    with world.office.engine.connect() as connection:
        kept = connection.execute(select(Secret.__mapper__.local_table)).mappings().all()
    ground.ended(incident)
    id = approved(ground)
    with ground.privacy() as w:
        destroying.carry_out(w, w.get(Destruction, id))
    file.write_bytes(key)
    with world.office.engine.begin() as connection:
        connection.execute(Secret.__mapper__.local_table.insert(), [dict(row) for row in kept])  # type: ignore[attr-defined]
    for _ in range(2):
        with world.as_system() as w:
            w.owe("people.keep_destroyed", key=f"night:{w.now}")
        world.run()
        world.wait(days=1)
    assert not file.exists()
    with world.as_system() as w:
        assert w.session.scalar(select(func.count()).select_from(Secret)) == 0
    assert [one.data["again"] for one in world.journal("people.KeyDestroyed")] == [False, True]


def test_two_different_people_approve(world: World) -> None:
    ground = Ground(world)
    incident = world.incident(ground.city)
    ground.person(1, incident=incident.id)
    ground.ended(incident)
    id = destruction(ground)
    with ground.privacy() as w, pytest.raises(Refused, match="not-from-here"):
        destroying.carry_out(w, w.get(Destruction, id))
    with ground.privacy() as w:
        destroying.approve(w, w.get(Destruction, id))
    with ground.privacy() as w, pytest.raises(Refused, match="same-person"):
        destroying.approve(w, w.get(Destruction, id))
    with ground.privacy("account:6") as w:
        destroying.approve(w, w.get(Destruction, id))
        assert w.get(Destruction, id).state == "approved"


def test_what_is_held_is_approved_anew(world: World) -> None:
    ground = Ground(world)
    ground.ended(world.incident(ground.city))
    id = approved(ground)
    with ground.privacy() as w:
        with pytest.raises(Invalid, match="hold-no-reason"):
            destroying.hold(w, w.get(Destruction, id), " ")
        destroying.hold(w, w.get(Destruction, id), "诉讼保全")
        destroying.free(w, w.get(Destruction, id))
    with ground.privacy() as w:
        row = w.get(Destruction, id)
        assert (row.state, row.first_by, row.second_by) == ("listed", None, None)
        destroying.stop(w, row, "评估后留存")
        assert row.state == "stopped"


def test_nothing_is_collected_on_a_destroyed_ground(world: World) -> None:
    ground = Ground(world)
    incident = world.incident(ground.city)
    id = ground.person(1, incident=incident.id)
    with pytest.raises(Refused, match="incident-still-open"), world.as_system() as w:
        destroying.list_(w, incident)
    ground.ended(incident)
    number = approved(ground)
    with ground.privacy() as w:
        destroying.carry_out(w, w.get(Destruction, number))
    world.run()
    assert len(ended_in(list_path(world.office.installation.keys_dir))) == 1
    with pytest.raises(Refused, match="ground-destroyed"):
        ground.person(1, incident=incident.id)
    assert ground.person(1) != id, "without his mark he is not known again"
    with world.as_system() as w:
        again = Given(uid=uid(), place=ground.inner.id, kind="resident", number=resident(2))
        register(w, [again], incident=None, source="list")


def test_smallest_counts_are_not_told_and_grounds_say_until_when(world: World) -> None:
    ground = Ground(world)
    incident = world.incident(ground.city)
    ground.person(1, incident=incident.id)
    ground.person(2)
    ground.ended(incident)
    with ground.privacy() as w:
        held = {one.key.ground: one for one in grounds(w)}
        mine = held[f"incident:{incident.id}"]
        assert mine.people == 1 and mine.incident is not None and mine.incident.closed_at is not None
        assert mine.until is not None and (mine.until - mine.incident.closed_at).days == 30
        assert held["standing"].until is None
    id = approved(ground)
    world.wait(days=31)
    with ground.privacy() as w:
        assert destroyed(w).share == 0
        destroying.carry_out(w, w.get(Destruction, id))
        assert (w.get(Destruction, id).certificate or {})["counts"] == {"person_secrets": "<5"}
    with ground.privacy() as w:
        assert destroyed(w).share == 1
