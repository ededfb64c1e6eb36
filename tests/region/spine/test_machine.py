"""Closed loops close."""

from __future__ import annotations

import pytest

from region.spine.errors import Broken, Refused
from region.spine.machine import Machine, Move


def loop(**changes: object) -> Machine:
    facts = {
        "name": "lamp",
        "start": "off",
        "ends": frozenset({"broken"}),
        "moves": (Move("light", "off", "on", "x"), Move("smash", "on", "broken", "x")),
        "limits": {"off": "a", "on": "b"},
    }
    return Machine(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_good_loop_has_no_faults() -> None:
    assert loop().faults() == []
    assert loop().states == ("off", "on", "broken")
    assert "off --> on: light" in loop().mermaid()


def test_waiting_for_ever_is_a_fault() -> None:
    assert loop(limits={"off": "a"}).faults() == ["on: no limit"]


def test_a_state_without_a_way_out_is_a_fault() -> None:
    stuck = loop(
        moves=(*loop().moves, Move("lose", "on", "lost", "x")), limits={"off": "a", "on": "b", "lost": "c"}
    )
    assert stuck.faults() == ["lost: no way to an end"]


def test_a_state_that_nothing_leads_to_is_a_fault() -> None:
    odd = loop(
        moves=(*loop().moves, Move("x", "ghost", "broken", "x")), limits={"off": "a", "on": "b", "ghost": "c"}
    )
    assert odd.faults() == ["ghost: cannot be reached"]


def test_a_wrong_move_is_refused_and_an_unknown_one_is_our_fault() -> None:
    with pytest.raises(Refused):
        loop().find("smash", "off")
    with pytest.raises(Broken):
        loop().find("fly", "off")
