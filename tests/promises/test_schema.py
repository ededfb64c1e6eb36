"""Migrations are numbered and lead to one head that is what the models say; events hold what they may hold.

Two heads are two databases of which nobody knows which is right. A migration that imports the application
means something else next year. An event is kept for ever: free text in it would be a person's name for ever.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from datetime import date, datetime
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from region.app import all_flows
from region.spine import migrate
from region.spine.journal import Event
from tests.promises.code import ROOT, nodes, python_files, short
from tests.world import World

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
EVENTS = all_flows().events
PLAIN = {int, float, bool, str, datetime, date, NoneType}


def test_migrations_are_numbered_without_gaps() -> None:
    assert [path.name[:5] for path in VERSIONS] == [f"{n:04}_" for n in range(1, len(VERSIONS) + 1)]
    assert len(migrate.heads()) == 1


def test_no_migration_imports_the_application() -> None:
    for path in VERSIONS:
        assert not re.search(
            r"^\s*(from|import) (region|maps|rules)\b", path.read_text("utf-8"), re.MULTILINE
        )


def test_the_head_is_what_the_models_say(world: World) -> None:
    assert migrate.differences(world.office.engine) == []
    assert [migrate.revision(world.office.engine)] == migrate.heads()


def test_the_way_back_exists(world: World) -> None:
    migrate.downgrade(world.office.engine, "base")
    migrate.upgrade(world.office.engine)
    assert migrate.differences(world.office.engine) == []


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_frozen_and_holds_codes_and_numbers(name: str) -> None:
    kind = EVENTS[name]
    assert dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    own = [one.name for one in dataclasses.fields(kind) if one.name not in ("place", "incident")]
    assert own, "what it is about is its first field"
    hints = get_type_hints(kind)
    for field in own:
        assert _kinds(hints[field]) <= PLAIN, f"{name}.{field}: {hints[field]}"
        assert not re.search(r"name_|phone|password|text|note|address|identity", field), f"{name}.{field}"
    assert (kind.__doc__ or "").strip().endswith("."), f"{name} says what happened"


def _kinds(hint: Any) -> set[Any]:
    inner = [one for one in get_args(hint) if one is not Ellipsis]
    if not inner:
        return {hint}
    assert get_origin(hint) is not list, "a frozen event holds tuples"
    return set().union(*(_kinds(one) for one in inner))


def test_every_event_is_told_somewhere() -> None:
    made = {
        node.id
        for path in python_files("region")
        if "events" not in (path.stem, path.parent.name)
        for node in nodes(path, ast.Name)
        if isinstance(node, ast.Name)
    }
    assert not [name for name, kind in EVENTS.items() if kind.__name__ not in made and kind is not Event]


def test_every_queue_is_worked_on() -> None:
    from region.cli.serve import QUEUES

    assert {runner.queue for runner in all_flows().runners.values()} <= set(QUEUES)


def test_every_model_is_in_a_models_file() -> None:
    """The migration tool knows the tables that are imported; all of them are where one looks."""
    for path in python_files("region"):
        tables = [n for n in nodes(path, ast.Assign) if "__tablename__" in ast.dump(n.targets[0])]  # type: ignore[attr-defined]
        assert not tables or "models" in (path.stem, path.parent.name) or "spine" in path.parts, short(path)
