"""Compare the generator of Linjiang's rounds with the scenario's tables, where these lie beside this project."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from region.exercise.linjiang.rounds import BOXES, LINES, Line, figures


def row_of(line: Line) -> dict[str, str]:
    """A round as the scenario's table writes it."""
    return {
        "round (day)": f"{line.code} (D{line.day})",
        "due": str(line.due),
        "sampled": str(line.sampled),
        "coverage": f"{line.sampled / line.due * 100:.2f} %",
        "pooled persons / tubes": f"{line.pooled} / {line.pools}",
        "household tubes": str(line.households),
        "single": str(line.singles + line.separate),
        "total tubes": str(line.tubes),
        "capacity": str(line.capacity),
        "load": f"{line.tubes / line.capacity * 100:.1f} %",
    }


def phrases() -> Iterator[tuple[str, str]]:
    """What the scenario must say of each indicator, by the generator's own numbers."""
    found = {line.code: figures(line, BOXES) for line in LINES}
    first, second, last = found["R1"], found["R2"], found["R8"]
    yield "K14", f"R1 {_parts(first['K14'])} = {_share(first['K14'], 1)}"
    yield "K14", f"R8 {_share(last['K14'], 1)}"
    yield "K15", f"R1 {first['K15'][0]:,}"
    pace = LINES[0].pace
    yield "K16", f"R1 median {pace.median} h, P90 {pace.p90} h, ≤ 12 h {_share(first['K16'], 1)}"
    yield "K16", f"R2 ≤ 12 h {_share(second['K16'], 1)}"
    yield "K17", f"R1 {_share(first['K17'], 1)}"
    yield "K18", f"R2 {_parts(second['K18'])} = {_share(second['K18'], 1)}"
    # The scenario counts the pools of the round proper; in R1 there are no others.
    yield "K19", f"R1 {_parts(first['K19'])} = {_share(first['K19'], 3)}"
    followed = (sum(one["K20"][0] for one in found.values()), sum(one["K20"][1] for one in found.values()))
    yield "K20", f"{_parts(followed)} = {_share(followed, 1)}"
    yield "K21", f"R1 {_parts(first['K21'])} = {first['K21'][0] / first['K21'][1] * 100_000:.2f} per 100,000"


def _parts(one: tuple[int, int]) -> str:
    return f"{one[0]:,}/{one[1]:,}"


def _share(one: tuple[int, int], digits: int) -> str:
    return f"{one[0] / one[1] * 100:.{digits}f} %"


def check(scenario: Path) -> int:
    """Print what is compared; how many rows and figures differ. Without the tables nothing is, and it says so."""
    if not (scenario / "rounds.csv").is_file():
        print("  rounds of the scenario: no tables, nothing was compared")
        return 0
    with (scenario / "rounds.csv").open(encoding="utf-8", newline="") as file:
        theirs = list(csv.DictReader(file))
    with (scenario / "kpis.csv").open(encoding="utf-8", newline="") as file:
        told = {row["id"]: row["scenario value"] for row in csv.DictReader(file)}
    ours = [row_of(line) for line in LINES]
    wrong = [f"{one} is not {other}" for one, other in zip(ours, theirs, strict=True) if one != other]
    said = list(phrases())
    wrong += [
        f"{code}: {phrase!r} is not in {told[code]!r}" for code, phrase in said if phrase not in told[code]
    ]
    print(f"  rounds of the scenario: {len(ours)} rows and {len(said)} figures compared, {len(wrong)} differ")
    for one in wrong:
        print(f"    {one}")
    return len(wrong)
