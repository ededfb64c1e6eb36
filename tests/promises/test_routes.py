"""Every route has an actor or says that it is public, and a stranger's district sees nothing on any of them.

The filter of jurisdiction is in one place, but a route may still go round it: by looking beyond its scope, by a
query of its own, by a file's name. So each route is asked for a foreign district's rows, whatever it is.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import shapely
from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, String, Table

from region.app import AREAS, create_app
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.db import Base, Shape, UTCDateTime
from region.spine.web import Rule
from tests.world import World

RULES = [rule for area in AREAS for routes in area.routes for rule in routes.rules]
SECRET = "geheim7"
# Which table an address's number is of: by the parameter's name, or by the word before a plain <int:id>.
TABLES = {
    "place_id": "places",
    "account_id": "accounts",
    "grant_id": "role_grants",
    "shift_id": "duty_shifts",
    "token_id": "api_tokens",
    "incident_id": "incidents",
    "file_id": "files",
    "load_id": "place_loads",
    "group_id": "groups",
    "directives": "directives",
    "recipients": "recipients",
    "escalations": "escalations",
    "deliveries": "deliveries",
    "handovers": "handovers",
    "addresses": "addresses",
    "requests": "supply_requests",
    "transfers": "transfers",
    "plans": "supply_plans",
    "line": "supply_plan_lines",
    "lot_id": "lots",
    "result_load": "result_loads",
    "recalls": "recalls",
    "proposals": "case_proposals",
    "alerts": "alerts",
    "reports": "case_reports",
    "boxes": "boxes",
    "tubes": "tubes",
    "work": "work_items",
    "rounds": "rounds",
    "sites": "round_sites",
    "lists": "due_loads",
    "people": "persons",
    "mergings": "person_mergings",
    "exports": "exports",
    "glass": "broken_glass",
    "destructions": "destructions",
    "cases": "cases",
    "exposures": "exposure_places",
    "contacts": "contacts",
    "letters": "trace_letters",
    "stays": "stays",
    "batches": "stay_batches",
    "transitions": "policy_transitions",
    "appeals": "appeals",
    "tasks": "care_tasks",
    "ways": "care_routes",
    "zones": "zones",
    "reviews": "zone_reviews",
}
# The same words mean other tables under these addresses.
ELSEWHERE = {
    "/quarantine/sites/": "quarantine_sites",
    "/quarantine/handovers/": "stay_handovers",
    "/quarantine/transfers/": "stays",
    "/tracing/loads/": "line_loads",
    "/care/ways/": "care_routes",
}
ENDS = ("ends", "expires_at", "due_at")
NUMBER = re.compile(r"<[^>]+>")
PARAMETER = re.compile(r"(\w+)/<(?:(\w+):)?(\w+)>")


@dataclasses.dataclass
class Strangers:
    """A foreign district with one row in every table, whose every free text is the secret."""

    world: World
    east: Place
    west: Place
    inside: Place
    rows: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)

    def row(self, name: str) -> dict[str, Any]:
        """The foreign row of a table, with what it refers to; made when first asked for."""
        if name not in self.rows:
            table = Base.metadata.tables[name]
            values = {one.name: self._value(table, one) for one in table.columns if one.name != "id"}
            values = {key: value for key, value in values.items() if value is not None}
            with self.world.office.engine.begin() as connection:
                made = connection.execute(table.insert().values(**values)).inserted_primary_key
            self.rows[name] = {
                **values,
                **dict(zip(table.primary_key.columns.keys(), made or (), strict=True)),
            }
        return self.rows[name]

    def _value(self, table: Table, column: Any) -> Any:
        for key in column.foreign_keys:
            other = key.column.table.name
            if other == table.name:
                return None
            if other == "places":  # whoever takes is not whoever gives
                return self.inside.id if column.name == "taker_id" else self.west.id
            return self.row(other)[key.column.name]
        if column.name.endswith("place_id") or column.name in ("from_id", "to_id"):
            return self.west.id
        if column.nullable and not isinstance(column.type, String):
            return None
        return self._plain(table, column)

    def _plain(self, table: Table, column: Any) -> Any:
        one_of = next(
            (re.findall(r"'([^']*)'", str(c.sqltext)) for c in table.constraints if c.name and
             str(c.name).endswith(f"_{column.name}") and hasattr(c, "sqltext")), None)  # fmt: skip
        if one_of:
            return one_of[0]
        if table.name == "accounts" and column.name in ("phone", "totp"):
            return self.world.office.installation.seal.close(SECRET)
        if column.name == "realm":
            return 0
        if column.name == "uid":
            return str(uuid.uuid4())
        now = self.world.clock.at
        kinds: list[tuple[Any, Any]] = [
            (UTCDateTime, now + timedelta(hours=1 if column.name in ENDS else 0)),
            (Date, now.date()),
            (Boolean, False),
            (Shape, None if column.nullable else shapely.box(121.0, 30.0, 121.1, 30.1)),
            (JSON, {}),
            (Integer, 1),
            (Float, 1.0),
            (LargeBinary, b""),
        ]
        for kind, value in kinds:
            if isinstance(column.type, kind):
                return value
        length = getattr(column.type, "length", None) or 40
        return SECRET[:length]

    def address(self, rule: Rule) -> str:
        """The rule's path with the foreign rows' numbers in it."""

        def fill(found: re.Match[str]) -> str:
            word, _kind, name = found.groups()
            table = TABLES.get(name) or TABLES.get(word)
            table = next((own for start, own in ELSEWHERE.items() if rule.path.startswith(start)), table)
            if table is None:
                return f"{word}/{SECRET}"
            row = self.row(table)
            return f"{word}/{self.west.id if table == 'places' else row.get(name) or row['id']}"

        return PARAMETER.sub(fill, rule.path)


@pytest.fixture
def strangers(sqlite_world: World) -> Strangers:
    world = sqlite_world
    city = world.area(level="city")
    west = world.area(city, name_zh=SECRET + "西", name_en=SECRET + " West")
    inside = world.clinic(west, name_zh=SECRET + "院", name_en=SECRET + " clinic")
    made = Strangers(world, world.area(city), west, inside)
    for name in sorted({*TABLES.values(), *ELSEWHERE.values()} - {"places"}):
        made.row(name)
    return made


def test_every_route_needs_a_capability_or_says_that_it_is_public() -> None:
    assert RULES and all((rule.needs is None) == rule.public for rule in RULES)
    known = {rule.endpoint for rule in RULES}
    app_s_own = {"static", "healthz", "readyz"}
    import tempfile
    from pathlib import Path

    from region.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)))
    assert {rule.endpoint for rule in app.url_map.iter_rules()} - app_s_own == known


def test_every_parameter_of_a_number_is_known_here() -> None:
    """A new address with a new kind of number must say whose it is, or it would not be tested."""
    for rule in RULES:
        for word, kind, name in PARAMETER.findall(rule.path):
            if kind == "int" and not rule.path.startswith(tuple(ELSEWHERE)):
                assert TABLES.get(name) or TABLES.get(word), rule.path


def test_nobody_sees_anything(strangers: Strangers) -> None:
    """Without a sign-in every route that is not public answers 401, or leads to the sign-in."""
    browser = strangers.world.browser()
    for rule in RULES:
        if not rule.public:
            answer = browser.open(strangers.address(rule), method=rule.method, headers={"Authorization": "x"})
            assert answer.status_code in (401, 302), rule.path
            assert answer.status_code == 401 or "/sign-in" in answer.headers["Location"], rule.path


def test_a_stranger_s_district_sees_nothing_on_any_route(strangers: Strangers) -> None:
    """All roles at once, in the east: whatever is asked about the west is not there."""
    world = strangers.world
    roles = world.office.rules.roles
    actor = Actor(
        "stranger",
        tuple(Grant(role, strangers.east.path) for role in roles if role != "system"),
        site_id=strangers.east.id,
    )
    app = create_app(world.settings, world.office)
    app.extensions["region"] = dataclasses.replace(
        app.extensions["region"], identify=lambda _office, _request: actor
    )
    seen: list[str] = []
    for rule in RULES:
        with app.test_client() as browser:
            headers = {"Authorization": "x", "Accept": "application/json"}
            answer = browser.open(strangers.address(rule), method=rule.method, headers=headers)
            foreign = "<int:" in rule.path or "<uid>" in rule.path
            if foreign and answer.status_code not in (403, 404):
                # A form may be refused before the row is looked for; then one that is nowhere answers the same.
                nowhere = browser.open(NUMBER.sub("987654", rule.path), method=rule.method, headers=headers)
                same = nowhere.status_code == answer.status_code and nowhere.get_data() == answer.get_data()
                if answer.status_code < 400 or not same:
                    seen.append(f"{rule.method} {rule.path}: {answer.status_code}")
            if not answer.is_streamed and SECRET.encode() in answer.get_data() and not rule.public:
                seen.append(f"{rule.method} {rule.path}: shows the foreign district")
            answer.close()
    assert not seen


def test_the_secret_would_be_seen(strangers: Strangers) -> None:
    """The same walk by one who may see the west: else the walk above would prove nothing."""
    world = strangers.world
    roles = [role for role in world.office.rules.roles if role != "system"]
    actor = Actor("own", tuple(Grant(role, strangers.west.path) for role in roles), site_id=strangers.west.id)
    app = create_app(world.settings, world.office)
    app.extensions["region"] = dataclasses.replace(
        app.extensions["region"], identify=lambda _office, _request: actor
    )
    shown = 0
    for rule in RULES:
        if rule.method == "GET" and not rule.path.endswith(("live", "events", "stream")):
            with app.test_client() as browser:
                try:
                    answer = browser.get(strangers.address(rule), headers={"Accept": "application/json"})
                except Exception:  # noqa: BLE001 - rows of made-up texts need not make a page
                    continue
                shown += SECRET.encode() in answer.get_data()
    assert shown > 3
