"""The list of the transfer team: by the clock, page after page, nobody left out and nobody twice."""

from __future__ import annotations

from pytest import MonkeyPatch

from region.quarantine.queries import transfers
from tests.region.quarantine.ground import ground
from tests.world import World


def test_pages_follow_the_clock_whoever_began_first(world: World, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "MOST", 2)
    here = ground(world)
    later = here.stays(3)
    world.wait(hours=-2)
    sooner = here.stays(2)
    world.wait(hours=2)
    seen: list[int] = []
    with here.driver() as w:
        while page := transfers.listed(w, seen[-1] if seen else 0):
            seen += [ride.stay.id for ride in page]
    assert seen == sooner + later
