"""Every loop closes, every wait has a length, and every capability is both granted and needed.

A loop that may wait for ever is how orders are lost. A limit whose name is in no pack fails on the day when it
is first needed. A capability that nobody holds locks a door for good; one that nothing needs is a key that
people believe to be worth something.
"""

from __future__ import annotations

import ast
import re

import pytest

from region.app import AREAS
from region.spine.machine import Machine
from region.spine.rulebook import Rulebook
from tests.promises.code import called, nodes, python_files

RULES = Rulebook.shipped()
MACHINES = [machine for area in AREAS for machine in area.machines]
URGENCIES = ("flash", "urgent", "priority", "routine")
CAPABILITY = re.compile(r"[a-z]+\.[a-z]+")


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_loop_closes(machine: Machine) -> None:
    assert machine.faults() == []


def test_every_machine_is_shown_by_its_area() -> None:
    """A loop in a states.py that its area does not name is not tested, drawn or documented."""
    made = [
        node.args or [one.value for one in node.keywords if one.arg == "name"]
        for path in python_files("region")
        if path.name == "states.py" or path.parent.name == "states"
        for node in nodes(path, ast.Call)
        if isinstance(node, ast.Call) and called(node) == "Machine"
    ]
    assert len(made) == len(MACHINES)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_limit_has_a_length(machine: Machine) -> None:
    """A plain name is a limit by urgency of the machine's pack; a dotted one is there as it stands."""
    for name in set(machine.limits.values()):
        wanted = [name] if "." in name else [f"{name}.{urgency}" for urgency in URGENCIES]
        for one in wanted:
            assert RULES.duration(machine.pack, one).total_seconds() > 0


def needed() -> set[str]:
    """What the code needs: in need(), may(), needs=, by= of moves, and menus."""
    found = {move.by for machine in MACHINES for move in machine.moves}
    found |= {rule.needs for area in AREAS for routes in area.routes for rule in routes.rules if rule.needs}
    found |= {item.needs for area in AREAS for item in area.menu}
    named = set(RULES.value("roles", "capabilities"))
    for path in python_files("region"):
        found |= {
            node.value
            for node in nodes(path, ast.Constant)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in named
        }
    return found


def test_what_is_needed_exists_and_somebody_holds_it() -> None:
    named = set(RULES.value("roles", "capabilities"))
    assert needed() <= named
    for capability in named:
        assert RULES.roles_that(capability)


def test_every_capability_is_needed_somewhere() -> None:
    assert set(RULES.value("roles", "capabilities")) - needed() == set()


def test_roles_hold_only_what_has_a_name() -> None:
    named = set(RULES.value("roles", "capabilities"))
    for role, facts in RULES.roles.items():
        assert set(facts["capabilities"]) <= named, role


def test_what_is_needed_by_name_in_code_is_spelled_right() -> None:
    """`w.need("dispatch.isue")` would be found by the first person who is refused."""
    wrong = []
    named = set(RULES.value("roles", "capabilities"))
    for path in python_files("region"):
        for node in nodes(path, ast.Call):
            if isinstance(node, ast.Call) and called(node) in ("need", "may", "roles_that") and node.args:
                said = node.args[0]
                if isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value:
                    wrong += [said.value] if said.value not in named else []
    assert not wrong
