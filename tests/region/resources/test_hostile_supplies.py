"""What would hurt a commission: strangers, squatters, recalled goods, absurd input, one hand that signs for two."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from region.formats import have
from region.interop.queries.have_out import TAXONOMY
from region.resources.actions import blocking, counting, differing, handing, keeping, requesting, transferring
from region.resources.actions.handing import Signed
from region.resources.actions.keeping import Received
from region.resources.actions.requesting import Asked
from region.resources.actions.transferring import Ordered
from region.resources.area import AREA
from region.resources.models import AreaSupply, Lot, Movement, Shelf, Stock, SupplyRequest, Transfer
from region.resources.queries import lots
from region.resources.weighing import Counted
from region.spine.clock import Realm
from region.spine.errors import Forbidden, Missing, Refused
from tests.region.resources.road import GOOD, Road
from tests.region.resources.store import by_lot, issue, receive, shelf, uid
from tests.region.resources.test_stock_api import KEY, ask
from tests.world import World


def lot_of(road: Road) -> int:
    with road.world.as_system() as w:
        return w.session.scalars(select(Lot.id).where(Lot.code == "A")).one()


def test_another_district_reaches_nothing_by_any_address(sqlite_world: World) -> None:
    road = Road.of(sqlite_world)
    road.on_the_way(100)
    with sqlite_world.as_("clinic", road.clinic) as w:
        requesting.ask(w, road.clinic.id, [Asked("n95", 10)], uid=uid())
    with sqlite_world.as_system() as w:
        written = w.session.scalar(select(func.count()).select_from(Movement))
    form = {"uid": uid(), "form_token": uid(), "item": "n95", "quantity": "1", "stock": "1", "words": "x"}
    for role, place in (("storekeeper", road.stranger), ("duty_officer", road.elsewhere)):
        person = sqlite_world.browser_as(role, place)
        for rule in (rule for routes in AREA.routes for rule in routes.rules if "<int:" in rule.path):
            at = 1 if re.search("lots|requests|transfers|plans|loads", rule.path) else road.store.id
            path = re.sub(r"<int:[a-z_]+>", str(at), rule.path)
            answer = person.open(path, method=rule.method, data=form if rule.method == "POST" else None)
            assert answer.status_code in (403, 404), (role, rule)
        for path in ("/shelf", "/shelf/data", "/supplies/shelves.csv"):
            assert person.get(path, query_string={"place": road.store.id}).status_code in (403, 404)
        for path in ("/capacity", "/supplies/expiry", "/supplies/forecast", "/supplies"):
            answer = person.get(path, query_string={"area": road.district.id})
            own = answer.status_code == 302 and answer.headers["Location"] == f"/supplies/{place.id}"
            assert own or answer.status_code == 404
    with sqlite_world.as_system() as w:
        assert w.session.scalar(select(func.count()).select_from(Movement)) == written


def test_an_exercise_moves_nothing_of_the_real_world(sqlite_world: World) -> None:
    road = Road.of(sqlite_world)
    lot = lot_of(road)
    with sqlite_world.as_system() as w:
        w.session.add(Realm(id=1, name_zh="演练", name_en="Drill", rate=1))
    drill = sqlite_world.actor("storekeeper", road.store).in_realm(1)
    with sqlite_world.office.work(drill) as w:
        keeping.receive(w, road.store.id, [Received("n95", 7, "A", GOOD)], uid="one-name")
    with sqlite_world.as_("storekeeper", road.store) as w:
        keeping.receive(w, road.store.id, [Received("n95", 1, "A", GOOD)], uid="one-name")
        assert w.session.scalars(select(Stock.on_hand)).all() == [1001]
    with sqlite_world.office.work(drill) as w:
        assert w.session.scalars(select(Stock.on_hand)).all() == [7]
        for act in (lots.account_of, lambda w, lot: blocking.recall(w, lot, uid=uid())):
            with pytest.raises(Missing):
                act(w, lot)


def test_two_systems_may_give_their_movements_the_same_names(world: World) -> None:
    district = world.area()
    sites = [
        world.site(district, "warehouse", webhook_url="http://127.0.0.1:9/", webhook_key=KEY)
        for _ in range(2)
    ]
    came = {"uid": "20220801-0001", "kind": "receive", "item": "n95", "quantity": 60, "lot": "A"}
    gone = {"uid": "20220801-0002", "kind": "issue", "item": "n95", "quantity": 60, "lot": "A"}
    count = {"uid": "20220801-0001", "lines": [{"item": "swab", "quantity": 5}]}
    for site in sites:
        said = ask(world, site, "POST", "/api/v1/stock/movements", [came, gone]).get_json()
        assert (said["new"], said["same"]) == (2, 0), "what another site calls its own is nobody else's"
        assert ask(world, site, "POST", "/api/v1/stock/counts", count).get_json()["new"] == 1
        again = ask(world, site, "POST", "/api/v1/stock/movements", [came, gone]).get_json()
        assert (again["same"], again["refused"]) == (2, []), "its lot is used up, by itself"
    assert [shelf(world, site, "n95").on_hand for site in sites] == [0, 0]


@pytest.mark.parametrize("name", ["count-{}-adjust-found-1", "count-{}-adjust-opening-1"])
def test_nobody_takes_the_name_of_a_sheet_that_a_count_will_write(sqlite_world: World, name: str) -> None:
    road = Road.of(sqlite_world, masks=0)
    receive(sqlite_world, road.store, "n95", 10)
    person = sqlite_world.browser_as("storekeeper", road.store)
    for number in range(1, 4):
        form = {"uid": name.format(number), "item": "swab", "quantity": "1"}
        person.post(f"/supplies/{road.store.id}/receive", data=form)
    with sqlite_world.as_("storekeeper", road.store) as w:
        counting.take(w, road.store.id, [Counted("n95", 25), Counted("gloves", 5)], uid=uid())
    assert shelf(sqlite_world, road.store, "n95").on_hand == 25
    assert shelf(sqlite_world, road.store, "gloves").on_hand == 5


def test_whoever_signed_for_the_giver_settles_nothing_and_nobody_approves_what_they_asked(
    sqlite_world: World,
) -> None:
    road, world = Road.of(sqlite_world), sqlite_world
    transfer = road.ordered(100)
    road.commit(transfer)
    both = replace(world.actor("storekeeper", road.district, "account:7"), account_id=7)
    officer = replace(world.actor("duty_officer", road.district, "account:7"), account_id=7)
    with world.office.work(both) as w:
        handing.ship(w, w.get(Transfer, transfer))
    road.receive(transfer, {road.lines(transfer)[0].id: Signed(90)})
    with world.office.work(both) as w:
        differing.explain(w, w.get(Transfer, transfer), {}, "fell off")
    for actor in (both, officer):
        with pytest.raises(Forbidden, match="same-hand"), world.office.work(actor) as w:
            row = w.get(Transfer, transfer)
            differing.confirm(w, row) if actor is both else differing.settle(w, row, {}, "lost")
    assert road.state(transfer) == "explained"
    with world.office.work(officer) as w:
        asked = requesting.ask(
            w, road.clinic.id, [Asked("n95", 10)], uid=uid(), answer_place=road.district.id
        )
    with pytest.raises(Forbidden, match="own-request"), world.office.work(officer) as w:
        requesting.accept(w, w.get(SupplyRequest, asked.id))
    with world.as_("duty_officer", road.district) as w:
        requesting.accept(w, w.get(SupplyRequest, asked.id))


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 30, "１"])
def test_no_number_in_an_address_is_a_fault_of_ours(sqlite_world: World, number: str) -> None:
    road = Road.of(sqlite_world)
    person = sqlite_world.browser_as("duty_officer", road.district)
    for path, name in (
        ("/supplies/plans", "before"), (f"/supplies/lots/{lot_of(road)}", "after"), ("/capacity", "area"),
        ("/supplies", "after"), ("/supplies/expiry", "after"), ("/supplies/forecast", "area"),
        ("/api/v1/have.xml", "area"),
    ):  # fmt: skip
        for value in (number, f"{number}~{number}~x"):
            assert person.get(path, query_string={name: value}).status_code < 500, (path, value)
    form = {"form_token": uid(), f"from{number}-1": "1", "covers": number, "area": number, "floor": number}
    for path in ("/supplies/plans", "/supplies/requests", "/supplies/transfers"):
        assert person.post(path, data=form).status_code < 500


@pytest.mark.parametrize(
    ("field", "value"),
    [("covers", "999999999999"), ("owner", "nobody"), ("storage", "x" * 21), ("expires_on", "2022-02-30"),
     ("quantity", "５"), ("quantity", "-1"), ("quantity", "1.5"), ("quantity", "1" + "0" * 18)],
)  # fmt: skip
def test_a_form_that_cannot_be_is_said_to_be_wrong(sqlite_world: World, field: str, value: str) -> None:
    road = Road.of(sqlite_world, masks=0)
    person = sqlite_world.browser_as("storekeeper", road.store)
    form = {"uid": uid(), "item": "n95", "quantity": "1", field: value}
    assert person.post(f"/supplies/{road.store.id}/receive", data=form).status_code == 422
    assert by_lot(sqlite_world, road.store, "n95") == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_time_are_no_fault_of_ours(sqlite_world: World, day: str) -> None:
    road = Road.of(sqlite_world)
    person = sqlite_world.browser_as("storekeeper", road.store)
    form = {"uid": uid(), "item": "n95", "quantity": "1", "lot": "Z", "expires_on": day}
    assert person.post(f"/supplies/{road.store.id}/receive", data=form).status_code in (303, 422)
    form = {"form_token": uid(), "place": str(road.store.id), "item-1": "n95", "quantity-1": "1"}
    answer = person.post("/supplies/requests", data={**form, "needed_by": f"{day}T00:00"})
    assert answer.status_code in (303, 422)
    sqlite_world.run()
    for path in (
        f"/supplies/{road.store.id}",
        f"/supplies/{road.store.id}/shelf?item=n95",
        "/supplies/expiry",
    ):
        assert person.get(path).status_code == 200
    for path in ("/supplies/requests", "/supplies/loads", "/shelf"):
        assert person.get(path).status_code == 200


def test_a_clock_that_was_never_set_is_refused_line_by_line(sqlite_world: World) -> None:
    world = sqlite_world
    site = world.site(world.area(), "warehouse", webhook_url="http://127.0.0.1:9/", webhook_key=KEY)
    line = {"kind": "receive", "item": "n95", "quantity": 1}
    moves = [
        {**line, "uid": "move-0001", "at": "0001-01-01T00:00:00+14:00"},
        {**line, "uid": "move-0002", "at": "9999-12-31T23:59:59-12:00"},
        {**line, "uid": "move-0003", "at": "2022-08-01T00:00:00+08:00"},
    ]
    said = ask(world, site, "POST", "/api/v1/stock/movements", moves).get_json()
    assert (said["new"], [one["index"] for one in said["refused"]]) == (1, [0, 1])


def test_what_a_maker_prints_is_neither_a_formula_nor_a_script(sqlite_world: World) -> None:
    road = Road.of(sqlite_world, masks=0)
    receive(sqlite_world, road.store, "n95", 5, "=HYPERLINK(1)", GOOD)
    receive(sqlite_world, road.store, "n95", 5, "<b>A", GOOD)
    person = sqlite_world.browser_as("storekeeper", road.store)
    table = person.get("/supplies/shelves.csv").get_data(as_text=True)
    assert "=HYPERLINK" in table and not re.search(r'(^|,)"?=HYPERLINK', table)
    with sqlite_world.as_system() as w:
        numbers = w.session.scalars(select(Lot.id)).all()
    for path in [f"/supplies/{road.store.id}/shelf?item=n95", *(f"/supplies/lots/{n}" for n in numbers)]:
        page = person.get(path)
        assert page.status_code == 200 and "<b>A" not in page.get_data(as_text=True)


@pytest.mark.parametrize("amount", ["NaN", "INF", "1e400", "1e30"])
def test_no_amount_in_a_report_of_capacity_is_a_fault_of_ours(sqlite_world: World, amount: str) -> None:
    clinic = sqlite_world.clinic(sqlite_world.area(), code="990106-HO-001")
    offer = have.Resource("beds.icu", 77, TAXONOMY, unit="beds", baseline=80, in_use=3)
    facility = have.Facility(f"site.{clinic.code}", "x", offers=(offer,))
    body = have.write(have.Report("x", (facility,)))
    assert body.count(b">77") == 1
    body = re.sub(rb">77[.0]*<", b">" + amount.encode() + b"<", body)
    answer = sqlite_world.browser_as("clinic", clinic).post("/api/v1/have", data=body)
    assert answer.status_code == 422 or answer.get_json()["changed"] == {}


BOMB = b'<!DOCTYPE a [<!ENTITY b "xx"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("body", [BOMB, b"<a>" * 5000, b"", b"\xff\xfe<", b"<HAVE/>"])
def test_no_report_of_capacity_breaks_anything(sqlite_world: World, body: bytes) -> None:
    clinic = sqlite_world.clinic(sqlite_world.area())
    answer = sqlite_world.browser_as("clinic", clinic).post("/api/v1/have", data=body)
    assert answer.status_code == 422


def test_the_last_day_is_the_regions_and_counts_until_its_midnight(sqlite_world: World) -> None:
    world = sqlite_world
    store = world.site(world.area(), "warehouse")
    receive(world, store, "n95", 10, "A", date(2022, 8, 1))
    world.wait(hours=14, minutes=59)  # 23:59 in the region, the day before by nobody's clock
    issue(world, store, "n95", 1)
    world.wait(minutes=1)
    with pytest.raises(Refused, match="not-enough"):
        issue(world, store, "n95", 1)
    world.run()
    with world.as_("storekeeper", store) as w:
        keeping.expire(w, store.id, uid=uid())
    assert by_lot(world, store, "n95") == [(0, 0, 0)]


def test_areas_are_the_plain_sums_of_their_shelves(world: World) -> None:
    road = Road.of(world)
    road.on_the_way(70)
    road.commit(road.ordered(30))
    receive(world, road.clinic, "n95", 40, "OLD", date(2022, 8, 1))
    receive(world, road.stranger, "n95", 11, "A", GOOD)
    issue(world, road.clinic, "n95", 7)
    lot = lot_of(road)
    with world.as_("storekeeper", road.district) as w:
        blocking.recall(w, lot, uid=uid())
    world.wait(days=1, hours=2)
    with world.as_system() as w:
        w.owe("resources.reckon", key="now")
    world.run()
    with world.as_system() as w:
        shelves = {one.place_id: one for one in w.session.scalars(select(Shelf).where(Shelf.item == "n95"))}
        areas = {one.place_id: one for one in w.session.scalars(select(AreaSupply))}
    for area, sites in (
        (road.district, (road.store, road.clinic)),
        (road.city, (road.store, road.clinic, road.stranger)),
    ):
        mine = [shelves[one.id] for one in sites]
        for name in ("on_hand", "usable", "blocked", "expired", "coming", "near_expiry"):
            assert getattr(areas[area.id], name) == sum(getattr(one, name) for one in mine), name
    assert (shelves[road.clinic.id].expired, shelves[road.clinic.id].usable) == (33, 0)
    assert (areas[road.district.id].coming, areas[road.district.id].blocked) == (70, 900)


def test_a_plans_transfer_cannot_be_forestalled_by_its_name(sqlite_world: World) -> None:
    road = Road.of(sqlite_world)
    person = sqlite_world.browser_as("storekeeper", road.store)
    token = f"plan-1-{road.store.id}-{road.clinic.id}"
    form = {"form_token": token, "giver": str(road.store.id), "taker": road.clinic.code}
    person.post("/supplies/transfers", data={**form, "item-1": "n95", "quantity-1": "1"})
    with sqlite_world.as_("duty_officer", road.district) as w:
        said = {"giver": road.store.id, "taker": road.clinic.id, "ordered_for": road.district.id}
        name = f"plan:1:{road.store.id}:{road.clinic.id}"
        made = transferring.order(w, **said, kind="plan", uid=name, lines=[Ordered("n95", 500)])
    assert made.kind == "plan"
