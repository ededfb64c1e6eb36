"""How fast one order reaches ten thousand sites, against a bare client that sends the same letters.

``python -m bench.fanout [--sites 10000] [--latency 50-400] [--hang 1]``: prints both times, their ratio, the time
from the click to the first letter, and the memory of every process. ``--latency 0`` has receivers that answer at
once. The bare client keeps no record, retries nothing and signs nothing; each site is a host of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import aiohttp

from bench import ground
from tests.receivers import Elsewhere, listening_elsewhere
from tests.region.dispatch.orders import BODY_EN, BODY_ZH

AT_ONCE = 500
PATIENCE = 5.0
LONGEST = 300.0


def addresses(port: int, sites: int, latency: str, hang_percent: float) -> list[str]:
    """One address for each site, every one a host of its own; each so many hang for ever."""
    every = round(100 / hang_percent) if hang_percent else 0
    manner = "ok" if latency == "0" else f"slow/{latency}"
    return [
        f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/"
        + (f"deaf/999999/{n}" if every and n % every == 0 else f"{manner}/{n}")
        for n in range(sites)
    ]


async def bare(urls: list[str]) -> float:
    """Send one letter to each address and wait for each answer or the time limit; gives the seconds."""
    body = (BODY_ZH + BODY_EN).encode() + b"." * 400
    began, todo = time.monotonic(), iter(enumerate(urls))
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:

        async def send_on() -> None:
            for number, url in todo:
                try:
                    async with session.post(
                        url, data=body, headers={"Idempotency-Key": str(number)}
                    ) as answer:
                        await answer.read()
                except TimeoutError:
                    continue

        await asyncio.gather(*(send_on() for _ in range(AT_ONCE)))
    return time.monotonic() - began


def real(folder: Path, urls: list[str], receivers: Elsewhere) -> dict[str, float]:
    """The same through the region; seconds from the click, and memory."""
    world, city = ground.region_of(folder, urls)
    with ground.crew(world) as crew:
        began = time.time()
        ground.click(world, city, len(urls), crew.valkey.url)
        issued = time.time() - began
        found = {"issued": issued}
        hanging = sum("/deaf/" in url for url in urls)
        while time.time() - began < LONGEST:
            time.sleep(0.1)
            crew.measure()
            if "owed" not in found and ground.count(world, "1"):
                found["owed"] = time.time() - began
            if "delivered" not in found and (
                ground.count(world, "channel = 'webhook' and state = 'delivered'") == len(urls) - hanging
            ):
                found["delivered"] = time.time() - began
            if "delivered" in found and not ground.count(world, "channel = 'webhook' and tries = 0"):
                found["tried"] = time.time() - began
                break
        first = receivers.summary()["first_at"]
        assert isinstance(first, float)
        found["first"] = first - began
        print("\n".join(crew.died()) or "all processes lived")
        print("peak memory, MiB:", {name: round(mib) for name, mib in sorted(crew.peaks.items())})
    world.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--latency", default="50-400", help="milliseconds that receivers take; 0 for at once")
    parser.add_argument("--hang", type=float, default=1.0, help="per cent of receivers that never answer")
    given = parser.parse_args()
    with listening_elsewhere("0.0.0.0") as receivers, tempfile.TemporaryDirectory() as name:
        urls = addresses(receivers.port, given.sites, given.latency, given.hang)
        alone = asyncio.run(bare(urls))
        print(f"bare client: {alone:.1f} s, {given.sites / alone:.0f} letters/s")
        receivers.forget()
        found = real(Path(name), urls, receivers)
        for what, seconds in sorted(found.items(), key=lambda pair: pair[1]):
            print(f"{what:10} {seconds:6.2f} s after the click")
        print(f"region: {given.sites / found['tried']:.0f} letters/s, ratio {alone / found['tried']:.2f}")


if __name__ == "__main__":
    main()
