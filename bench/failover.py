"""Ten thousand sites on three channels, and the first provider turns ill: how long until all go by the next one?

``python -m bench.failover [--sites 10000] [--good 2000]`` issues a flash order to sites that have a telephone and a
mailbox. The gateway of short messages takes so many and then answers 503. Prints the time from the first demotion to
the last delivery owed on the next channel (the limit is one minute), how many sites no provider took a letter for
(lost) and how many letters took effect twice (doubled). Ends with 1 when the limit is passed, or any is not 0.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from bench import ground
from region.dispatch.events import AddressSet
from region.dispatch.models import Address
from region.exercise.gateways.server import Elsewhere, running_elsewhere
from region.places.events import SitesLoaded
from region.places.models import Place, Site
from tests.world import World

LIMIT = 60.0
LONGEST = 420.0
CHANNELS = ("sms", "voice", "email")


def furnish(world: World, city: Place, sites: int) -> None:
    """Give each site a telephone and a mailbox."""
    seal = world.office.installation.seal
    with world.as_system() as w:
        ids = range(ground.FIRST_ID, ground.FIRST_ID + sites)
        numbers = [{"place_id": id, "phone": f"139{id:08}"} for id in ids]
        w.session.execute(update(Site), numbers)
        rows = [
            {
                "place_id": id,
                "channel": "email",
                "address": seal.close(f"duty{id}@clinic.example"),
                "digest": f"{id:064}",
                "label": "",
                "made_by": "bench",
                "made_at": w.now,
            }
            for id in ids
        ]
        w.session.execute(insert(Address), rows)
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=sites, refused=0, place=city.id))
        w.tell(AddressSet(line=0, channel="email", place=city.id))


def settings_of(gateways: Elsewhere) -> dict[str, str]:
    """The environment that makes workers use the gateways."""
    fields = gateways.gateways().fields()
    return {
        f"REGION_CHANNELS_{channel}_{name}".upper(): text
        for channel in CHANNELS
        for name, text in fields[channel].items()
    }


def asked(world: World, question: str) -> list[Any]:
    """Rows of a question, read past the areas so as not to disturb what is measured."""
    path = world.database_url.removeprefix("sqlite:///")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


REACHED = (
    "select count(distinct recipient_id) from deliveries "
    "where state = 'delivered' and channel in ('sms', 'voice', 'email')"
)


def play(world: World, gateways: Elsewhere, sites: int, good: int) -> float:
    """Wait until the gateway has taken `good` letters, make it ill, and wait until every site is reached."""
    began, ill = time.monotonic(), False
    while time.monotonic() - began < LONGEST:
        if not ill and ground.count(world, "channel = 'sms' and state = 'delivered'") >= good:
            gateways.behave("sms", fail_share=1.0)
            ill = True
            print(f"{time.monotonic() - began:6.1f} s: the gateway of short messages turns ill", flush=True)
        if asked(world, REACHED)[0][0] >= sites:
            return time.monotonic() - began
        time.sleep(0.2)
    return LONGEST


def told(world: World, event: str) -> list[tuple[datetime, dict[str, Any]]]:
    """When it was told, and what of."""
    rows = asked(world, f"select recorded_at, data from journal where event = 'dispatch.{event}' order by id")
    return [(datetime.fromisoformat(at).replace(tzinfo=UTC), json.loads(data)) for at, data in rows]


def report(world: World, gateways: Elsewhere, sites: int, took: float) -> int:
    """Print the figures; 1 when one of them is not good."""
    by_state = asked(world, "select channel, state, count(*) from deliveries group by 1, 2 order by 1, 2")
    print("deliveries:", {f"{channel} {state}": count for channel, state, count in by_state})
    demoted = [at for at, data in told(world, "ChannelDemoted") if data["channel"] == "sms"]
    owed = [at for at, data in told(world, "DeliveriesOwed") if data["channel"] in ("voice", "email")]
    switched = (owed[-1] - demoted[0]).total_seconds() if demoted and owed else -1.0
    effects = gateways.summary()["effects"]
    doubled = sum(count > 1 for channel in effects.values() for count in channel.values())
    lost = sites - asked(world, REACHED)[0][0]
    diverted = Counter(
        data["channel"] for _, data in told(world, "DeliveriesDiverted") for _ in data["deliveries"]
    )
    print(f"diverted: {dict(diverted)}; channels demoted: {len(told(world, 'ChannelDemoted'))}")
    print(
        f"{switched:6.1f} s from the first demotion to the last delivery owed on the next channel (limit {LIMIT:.0f})"
    )
    print(f"{took:6.1f} s from the click until every site was reached by a provider")
    print(f"lost: {lost}, doubled: {doubled}")
    return int(lost > 0 or doubled > 0 or not 0 <= switched <= LIMIT)


def main() -> int:
    """Play it and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--good", type=int, default=2_000, help="letters taken before the gateway turns ill")
    given = parser.parse_args()
    with running_elsewhere() as gateways, tempfile.TemporaryDirectory() as name:
        for channel in CHANNELS:
            gateways.behave(channel, delay_ms=[20, 80])
        world, city = ground.region_of(Path(name), [None] * given.sites)
        furnish(world, city, given.sites)
        with ground.crew(world, settings=settings_of(gateways)) as crew:
            ground.click(world, city, given.sites, crew.valkey.url, "flash")
            took = play(world, gateways, given.sites, given.good)
            crew.measure()
            print("\n".join(crew.died()) or "all processes lived")
            print("peak memory, MiB:", {part: round(mib) for part, mib in sorted(crew.peaks.items())})
        bad = report(world, gateways, given.sites, took)
        world.close()
    return bad


if __name__ == "__main__":
    sys.exit(main())
