"""Time the work-lists of people in care at full size: `python -m bench.quarantine_lists [--scale 0.02] [--runs 25]`.

PostgreSQL with a million persons, 300,000 stays and six million checks. Real accounts of a clinic, a quarantine site,
a district and a city are signed in; each asks the real application for the pages that their roles open, page after page
as a reader would. Compared with the same application saying that it is well; only that ratio means something on another
machine.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

from bench.quarantine_ground import Meter, Size, filled, memory, words
from bench.registry_ground import name, phone
from bench.stay_ground import Made
from bench.supplies import p95
from region.places.models import Place
from tests.region.sampling.ground import resident
from tests.world import World

LIMIT_MS = 300
RUNS = 25
WELL = "/healthz"
PAGES = {
    "stays": "/quarantine/stays",
    "health checks, places": "/quarantine/checks",
    "health checks of a community": "/quarantine/checks?place={home}",
    "health checks of a site": "/quarantine/checks?place={site}",
    "transfers": "/quarantine/transfers",
    "sites": "/quarantine/sites",
    "rooms of a site": "/quarantine/sites/{rooms}",
    "cases": "/tracing",
    "contacts to be found": "/tracing/contacts",
    "contacts who wait": "/tracing/contacts?waits=awaiting",
    "funnel now": "/tracing/funnel",
    "funnel of an hour": "/tracing/funnel?at=2022-08-10T09:00",
    "letters": "/tracing/letters",
    "zones": "/zones",
    "key people": "/care",
    "key people of a class": "/care?level=red",
    "ways to treatment": "/care/ways",
    "a clinic's day": "/day",
}
SEARCH = "/people/search"
SOUGHT: dict[str, Callable[[int], dict[str, str]]] = {
    "a person by number": lambda n: {"number": resident(n)},
    "a person by telephone": lambda n: {"phone": phone(n)},
    "persons by name and birth": lambda n: {"name": name(n), "born": born(n)},
}
NEXT = re.compile(r'href="(/[^"]*[?&]after=[^"]+)"')


def born(n: int) -> str:
    """The birth date that the number of the n-th person says."""
    digits = resident(n)[6:14]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


@dataclass(frozen=True)
class Spent:
    """Milliseconds of each answer; on the mean, of processor time of the application and of the database."""

    answers: list[float]
    app: float
    database: float

    def line(self, title: str) -> str:
        """A line of the table."""
        middle, worst = statistics.median(self.answers), p95(self.answers)
        figures = f"{middle:>8.0f} {worst:>8.0f} {self.app:>8.0f} {self.database:>8.0f}"
        return f"{title:<46} {len(self.answers):>4} {figures}"


def spend(meter: Meter, ask: Callable[[int], Any], runs: int) -> Spent | None:
    """Ask so many times after a first time that is not counted; None for what the reader's role does not open."""
    if ask(0).status_code in (403, 404):
        return None
    took: list[float] = []
    meter.start()
    for n in range(runs):
        began = time.perf_counter()
        answer = ask(n)
        took.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise SystemExit(f"{answer.request.path}: {answer.status}")
    app, database = meter.read()
    return Spent(took, 1000 * app / runs, 1000 * database / runs)


def leafing(client: Any, first: str) -> Callable[[int], Any]:
    """Ask for a page, then for the next one that it names; after the last one, or the tenth, begin anew."""
    following = first

    def ask(n: int) -> Any:
        nonlocal following
        answer = client.get(first if n % 10 == 0 else following)
        found = NEXT.findall(answer.get_data(as_text=True))
        following = unescape(found[-1]) if found else first
        return answer

    return ask


def seeking(
    client: Any, made: Made, said: Callable[[int], dict[str, str]], home: int
) -> Callable[[int], Any]:
    """Look for one person after another who lives in a community, for a purpose."""
    homes = len(made.homes)

    def ask(n: int) -> Any:
        person = home - made.homes[0].id + homes * (1 + n % (made.persons // homes - 1))
        return client.post(SEARCH, data={"purpose": "find_retest", **said(person)})

    return ask


def readers(made: Made) -> dict[str, tuple[str, Place, dict[str, int]]]:
    """Who reads: the role, the place that it is held for, and what stands in the addresses of pages."""
    here = {"home": made.homes[0].id, "site": made.sites[0].id, "rooms": 1}
    return {
        "clinic": ("clinic_lead", made.towns[0], here),
        "site": ("quarantine_nurse", made.sites[0], here),
        "district": ("subdistrict_officer", made.districts[0], here),
        "city": ("subdistrict_officer", made.city, here),
    }


def measure(world: World, made: Made, runs: int) -> float:
    """Print the table; the p95 of the slowest page, in milliseconds."""
    meter, slowest, shut = Meter.of(world), 0.0, set(PAGES)
    client = world.browser()
    well = spend(meter, lambda _n: client.get(WELL), runs)
    assert well is not None
    print(f"{'milliseconds':<46} {'n':>4} {'median':>8} {'p95':>8} {'app cpu':>8} {'db cpu':>8}")
    print(well.line(WELL))
    for title, (role, place, here) in readers(made).items():
        client = world.browser_as(role, place, login=title)
        asks = {page: leafing(client, address.format(**here)) for page, address in PAGES.items()}
        asks |= {page: seeking(client, made, said, here["home"]) for page, said in SOUGHT.items()}
        for page, ask in asks.items():
            if (spent := spend(meter, ask, runs)) is not None:
                print(spent.line(f"{title}: {page}"), flush=True)
                slowest = max(slowest, p95(spent.answers))
                shut.discard(page)
    print(f"opened by none of them: {', '.join(sorted(shut)) or 'no page'}")
    print(
        f"slowest p95 {slowest:.0f} ms (limit {LIMIT_MS}: {slowest / LIMIT_MS:.2f} of it), "
        f"{slowest / p95(well.answers):.0f} times {WELL}; {memory()}"
    )
    return slowest


def main(argv: list[str] | None = None) -> int:
    """1 when a page misses the limit."""
    said = words(__doc__, argv, runs=RUNS)
    with filled(Size(said.scale)) as (world, made):
        return int(measure(world, made, said.runs) > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
