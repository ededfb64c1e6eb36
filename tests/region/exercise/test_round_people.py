"""The invented residents: all different, all with papers that pass, none of a district that exists."""

from __future__ import annotations

from datetime import date

import pytest

from region.exercise.linjiang.names import POPULATION
from region.exercise.linjiang.round_people import number_of, uid
from region.exercise.linjiang.rounds import LINES, hours_to_result, in_time, scaled
from region.people.papers import read_paper


def test_everybody_has_a_number_of_his_own() -> None:
    everybody = [number_of(n) for n in range(POPULATION)]
    assert len(set(everybody)) == POPULATION
    for one in everybody[::9973]:
        assert one.startswith("990106") and read_paper("resident", one, date(2022, 8, 1)).value == one


def test_things_of_two_kinds_have_different_uids() -> None:
    assert len({uid(kind, number) for kind in range(3) for number in range(100)}) == 300


@pytest.mark.parametrize("people", [1_800, 36_000, POPULATION])
def test_the_hours_to_result_are_those_of_the_pace(people: int) -> None:
    for line in (scaled(one, people) for one in LINES):
        hours = hours_to_result(line)
        assert len(hours) == line.of_round and hours == sorted(hours)
        assert sum(one < 12 for one in hours) == in_time(line)
