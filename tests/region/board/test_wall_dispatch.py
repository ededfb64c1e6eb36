"""The wall's dispatch scene: the three figures as the indicators count them, who has not signed, rungs, targets."""

from __future__ import annotations

from datetime import timedelta

from region.board.queries.snapshot import snapshot
from region.dispatch.queries.indicators import indicators
from tests.flows.campaign_stage import ordered, tell
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def test_the_scene_says_what_the_indicators_count_and_who_has_not_signed(stage: Stage) -> None:
    order = ordered(stage)
    stage.sign(order, stage.clinics[0])
    tell(stage, order, stage.clinics[0], 60, "told-0001")
    stage.world.wait(minutes=61)
    stage.world.run()
    with stage.world.office.work(stage.world.actor("wall_display", stage.district), reading=True) as w:
        shown = snapshot(w, "en")
        counted = indicators(w, w.now - timedelta(hours=24), w.now + timedelta(seconds=1))
    scene = shown["answers"]
    assert [one["key"] for one in scene["figures"]] == ["K34", "K35", "K36"]
    first = scene["figures"][0]
    assert (first["value"], first["note"]) == ("33.3", "target 95% · 1 of 3")
    assert (counted[0].numerator, counted[0].denominator) == (1, 3)
    assert scene["figures"][1]["value"] == "–", "nothing is due yet: no figure, and never a nought"
    assert (scene["figures"][2]["value"], scene["figures"][2]["tone"]) == ("0", "plain")
    (area,) = scene["list"]
    assert (area["text"], area["tone"]) == ("2 unsigned", "bad")
    assert area["note"] == "2 late, longest 1 min · 001"
    assert [one["value"] for one in scene["rungs"]] == ["2", "0", "0", "0"]
    (line,) = shown["directives"]["list"]
    assert line["note"].endswith("20% of the target")  # 60 of three times 100
