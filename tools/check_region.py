"""A real region through the whole loop, where ../shared lies: load it, order by polygon, see sites sign.

Loads the five boroughs, 42 health areas, 177 postal areas and 118 sites; sends one directive to the sites inside a
polygon over two boroughs; loopback receivers take the signed letters and sign for them over the API.
"""

from __future__ import annotations

import json
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import select
from werkzeug.serving import make_server

from region.accounts.identify import signature
from region.app import build_office, create_app
from region.dispatch.actions import writing
from region.dispatch.channels.signature import verify
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.progress import progress, site_states
from region.dispatch.schemas import Draft
from region.incidents.actions import open_incident
from region.places.actions import apply_load, make_root, plan_load, set_channel
from region.places.models import Place, Site
from region.places.plan import AreaOptions, Options, SiteOptions
from region.settings import Settings
from region.spine import migrate, worker
from region.spine.actor import Actor, Grant, system_actor
from region.spine.clock import wall_clock
from region.spine.installation import SilentBell
from region.spine.work import Office

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "nyc"
POLYGON = ((-74.02, 40.68), (-73.95, 40.68), (-73.95, 40.73), (-74.02, 40.73))
"""Lower Manhattan and the north of Brooklyn."""

FILES: tuple[tuple[str, Options, int], ...] = (
    ("boroughs.geojson", AreaOptions(level="borough", code="borough_code", name_en="borough"), 5),
    (
        "uhf42.geojson",
        AreaOptions(level="health_area", name_en="name", parent="geometry", parent_level="borough"),
        42,
    ),
    (
        "modzcta.geojson",
        AreaOptions(level="postal_area", name_en="name", parent="uhf42_code", parent_level="health_area"),
        177,
    ),
    (
        "sites.csv",
        SiteOptions(
            code="site_id",
            name_en="name",
            type_column="type",
            area="modzcta",
            area_level="postal_area",
            crs="WGS84",
        ),
        118,
    ),
)


def load(office: Office, folder: Path) -> bool:
    """Load all four files; False if one did not bring what it should."""
    with office.work(system_actor()) as w:
        make_root(w, code="NYC", name_zh="", name_en="New York City", zone="America/New_York")
    good = True
    for name, options, expected in FILES:
        with office.work(system_actor()) as w:
            number = plan_load(w, (folder / name).read_bytes(), name, options).id
        with office.work(system_actor()) as w:
            counts = apply_load(w, number).plan["counts"]
        print(f"  {name:<18} new {counts['new']}, refused {counts['refused']}, warned {counts['warned']}")
        good &= counts["new"] == expected
    return good


@contextmanager
def signing_sites(base: str, keys: dict[int, str]) -> Iterator[str]:
    """Loopback sites that check the letter's signature and sign for it over the API; their address."""

    class Site(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            site = int(self.path.rsplit("/", 1)[-1])
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stamp, seal = self.headers["Region-Timestamp"], self.headers["Region-Signature"]
            fault = verify(keys[site], stamp, body, seal, wall_clock())
            self.send_response(401 if fault else 200)
            self.end_headers()
            if not fault:
                threading.Thread(target=sign, args=(base, site, keys[site], stamp, body)).start()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def sign(base: str, site: int, key: str, stamp: str, letter: bytes) -> None:
    """What a site's own system does: one signed POST."""
    path = json.loads(letter)["acknowledge_url"]
    path = path[path.index("/api/") :]
    made = signature(key, stamp, "0", "POST", path, b"{}")
    header = f"Region-Signature site={site}, realm=0, timestamp={stamp}, signature={made}"
    headers = {"Authorization": header, "Content-Type": "application/json"}
    request = urllib.request.Request(base + path, b"{}", headers, method="POST")
    urllib.request.urlopen(request, timeout=20).close()


def order(office: Office, token: str) -> int:
    """One directive to the sites inside the polygon; its id."""
    with office.work(system_actor()) as w:
        root = w.session.scalars(select(Place).where(Place.code == "NYC")).one()
        incident = open_incident(
            w, code="NYC-1", place_id=root.id, kind="infectious_disease", pack="CN-GENERIC", level="-",
            title_zh="", title_en="Drill of the line",
        )  # fmt: skip
    with office.work(Actor("account:0", (Grant("duty_officer", root.path),))) as w:
        facts = {"form_token": token, "incident_id": incident.id, "urgency": "priority", "task_minutes": 60}
        words = dict.fromkeys(("title_zh", "title_en", "body_zh", "body_en"), "Sign, please")
        said = Draft.model_validate({**facts, **words, "choice": {"polygon": POLYGON}})
        directive = writing.compose(w, said, root.id)
        writing.submit(w, directive)
        writing.issue(w, directive)
    return directive.id


def run(office: Office) -> bool:
    """Load, give every site a loopback system, order, deliver, and count who signed."""
    good = load(office, SHARED)
    settings = Settings(data_dir=office.installation.files_dir.parent)
    server = make_server("127.0.0.1", 0, create_app(settings, office), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keys: dict[int, str] = {}
    with signing_sites(f"http://127.0.0.1:{server.server_port}", keys) as sites:
        with office.work(system_actor()) as w:
            for site in w.session.scalars(select(Site.place_id)).all():
                keys[site] = str(set_channel(w, site, f"{sites}/{site}"))
        number = order(office, "check-region-1")
        while due := worker.sweep_once(office):
            for queue in due:
                worker.run_due(office, queue)
        for _ in range(100):
            if not unsigned(office, number):
                break
            threading.Event().wait(0.1)
    return good and report(office, number)


def unsigned(office: Office, number: int) -> int:
    """How many recipients have not signed."""
    with office.work(system_actor(), reading=True) as w:
        waiting = select(Recipient.id).where(
            Recipient.directive_id == number, Recipient.acknowledged_at.is_(None)
        )
        return len(w.session.scalars(waiting).all())


def report(office: Office, number: int) -> bool:
    """What the wall shows: every site inside the polygon signed."""
    with office.work(system_actor(), reading=True) as w:
        counts = progress(w, [w.get(Directive, number)])[number]
        words = set(site_states(w, [number]).values())
        home = select(Place.path).join(Recipient, Recipient.place_id == Place.id)
        boroughs = {
            path.split("/")[1] for path in w.session.scalars(home.where(Recipient.directive_id == number))
        }
    where = f"{counts.total} sites in {len(boroughs)} boroughs"
    print(f"  order to {where}: {counts.signed} signed; the map says {sorted(words)}")
    return counts.total > 0 and counts.signed == counts.total and len(boroughs) == 2 and words == {"signed"}


def main() -> int:
    """Exit 1 if the region does not load or a site did not sign; says so when ../shared is absent."""
    if not SHARED.is_dir():
        print("check-region: there is no ../shared/data/nyc beside this project; nothing was checked.")
        return 0
    print("check-region: a real region through the whole loop")
    with tempfile.TemporaryDirectory() as folder:
        office = build_office(Settings(data_dir=Path(folder), zone="America/New_York"), bell=SilentBell())
        migrate.upgrade(office.engine)
        good = run(office)
    print(f"check-region: {'1 passed, 0 failed' if good else '0 passed, 1 failed'}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
