"""Ten thousand sites, workers killed twice, Redis flushed and away for a while, 5 % of receivers bad: what is lost?

``python -m bench.chaos [--sites 10000]`` prints how many sites got no letter and how many got effects twice (both
must be 0), how long it took, and what the journal tells of retries. Ends with 1 when anything was lost or doubled.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench import ground
from tests.receivers import listening_elsewhere
from tests.world import World

REDIS_AWAY = 20.0
LONGEST = 600.0


def manner(number: int) -> str:
    """5 % bad: some answer 503 at first, some take the letter in and never answer, some do not even take it in."""
    bad = {0: f"fail/2/503/{number}", 20: f"hang/1/{number}", 40: f"hang/2/{number}"}
    bad |= {60: f"deaf/1/{number}", 80: f"fail/1/429/{number}"}
    return bad.get(number % 100, f"slow/50-400/{number}")


def share_delivered(world: World, sites: int) -> float:
    return ground.count(world, "channel = 'webhook' and state = 'delivered'") / sites


def await_share(world: World, sites: int, share: float, crew: ground.Crew) -> None:
    """Return when so much is delivered; SystemExit when it is not in ten minutes."""
    deadline = time.monotonic() + LONGEST
    while share_delivered(world, sites) < share:
        crew.measure()
        if time.monotonic() > deadline:
            raise SystemExit(f"stuck at {share_delivered(world, sites):.1%}: {crew.died()}")
        time.sleep(0.2)


def play(world: World, sites: int, crew: ground.Crew) -> None:
    """The disaster; each part begins when so much has arrived."""
    await_share(world, sites, 0.05, crew)
    crew.kill("worker 0")
    crew.start("worker 2", "worker")
    crew.valkey_client().flushall()
    print(f"{share_delivered(world, sites):5.1%} delivered: a worker killed, Redis flushed", flush=True)
    await_share(world, sites, 0.3, crew)
    crew.kill("worker 1")
    crew.start("worker 3", "worker")
    print(f"{share_delivered(world, sites):5.1%} delivered: another worker killed", flush=True)
    crew.valkey.stop()
    time.sleep(REDIS_AWAY)
    crew.valkey.start()
    print(
        f"{share_delivered(world, sites):5.1%} delivered: Redis is back after {REDIS_AWAY:.0f} s", flush=True
    )
    await_share(world, sites, 1.0, crew)


def main() -> int:
    """Play it and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    sites = parser.parse_args().sites
    with listening_elsewhere("0.0.0.0") as receivers, tempfile.TemporaryDirectory() as name:
        urls = [f"http://127.1.{n // 250}.{n % 250 + 1}:{receivers.port}/{manner(n)}" for n in range(sites)]
        world, city = ground.region_of(Path(name), urls)
        with ground.crew(world) as crew:
            began = time.monotonic()
            ground.click(world, city, sites, crew.valkey.url)
            play(world, sites, crew)
            print(
                f"all delivered after {time.monotonic() - began:.0f} s; {crew.died() or 'nothing else died'}"
            )
            print("peak memory, MiB:", {part: round(mib) for part, mib in sorted(crew.peaks.items())})
        counted = receivers.summary()
        told = Counter(
            {
                event: sum(len(entry.data["deliveries"]) for entry in world.journal(f"dispatch.{event}"))
                for event in (
                    "DeliveriesMade",
                    "DeliveriesRetried",
                    "DeliveriesReclaimed",
                    "DeliveriesFailed",
                )
            }
        )
        world.close()
    effects, arrivals = counted["effects"], counted["arrivals"]
    assert isinstance(effects, dict)
    assert isinstance(arrivals, dict)
    lost = sites - len(effects)
    doubled = sum(keys > 1 for keys in effects.values())
    print(f"letters sent: {sum(arrivals.values())}; journal: {dict(told)}")
    print(f"lost: {lost}, doubled: {doubled}")
    return 1 if lost or doubled else 0


if __name__ == "__main__":
    sys.exit(main())
