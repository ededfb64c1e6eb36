"""One order goes down four levels to named people, each level answers for its own, and the closing climbs back up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import event, insert, select, update

from region.accounts.models import Account
from region.dispatch.actions import answering, cascading, reviewing, writing
from region.dispatch.events import DirectiveClosed, DirectivePassedOn
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.children import children, children_of_recipients, whole
from region.dispatch.schemas import Choice, Draft, TaskReport
from region.dispatch.states import OPEN
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.errors import Missing, Refused
from region.spine.work import Work
from tests.flows.cascade_stage import done, part, passing
from tests.world import World

DISTRICTS, EACH, PEOPLE, REAL = 10, 100, 3, 6


@dataclass
class City:
    """Ten districts with their commissions, a hundred communities each, three people in each community's office."""

    world: World
    city: Place
    districts: list[Place]
    commissions: list[Place]
    communities: list[Place]
    offices: list[Place]
    people: list[Account]
    order: int = 0

    def desk(self, at: int) -> Actor:
        """The duty desk of a district, which signs for its commission too."""
        own = Grant("clinic", self.commissions[at].path)
        return Actor(f"desk-{at}", (Grant("duty_officer", self.districts[at].path), own))

    def community(self, at: int) -> Actor:
        """The officer of a community."""
        return Actor(f"community-{at}", (Grant("community_officer", self.communities[at].path),))

    def of(self, at: int) -> list[Account]:
        """The people of a community."""
        return self.people[at * PEOPLE : (at + 1) * PEOPLE]


def build(world: World) -> City:
    city = world.area(level="city")
    districts = world.areas(city, DISTRICTS, "district")
    communities = [one for district in districts for one in world.areas(district, EACH, "community")]
    commissions, offices = world.sites(districts, "commission"), world.sites(communities, "community_office")
    found = City(world, city, districts, commissions, communities, offices, world.people(offices, PEOPLE))
    said = {
        "form_token": "form-0001",
        "incident_id": world.incident(city).id,
        "kind": "directive",
        "urgency": "priority",
        "title_zh": "逐户排查",
        "title_en": "Visit every household",
        "body_zh": "今日完成。",
        "body_en": "By the end of the day.",
        "task_minutes": 600,
        "choice": Choice(types=("commission",)),
    }
    with world.as_("duty_officer", city, "city") as w:
        order = writing.compose(w, Draft.model_validate(said), city.id)
        writing.submit(w, order)
        writing.issue(w, order)
    found.order = order.id
    return found


def split(city: City) -> list[int]:
    """Each district's desk makes an order for its communities out of the city's; gives them."""
    made = []
    for at in range(DISTRICTS):
        with city.world.office.work(city.desk(at)) as w:
            chosen = Choice(types=("community_office",))
            said = passing(f"split-{at:04}", choice=chosen)
            made.append(cascading.pass_on(w, part(w, city.order, city.commissions[at]), said).id)
    return made


def to_people(city: City, below: list[int]) -> list[int]:
    """The first communities pass on to their three people; the others' orders are written straight into the tables."""
    made = []
    for at in range(REAL):
        with city.world.office.work(city.community(at)) as w:
            said = passing(f"people-{at:04}", people=[one.id for one in city.of(at)])
            made.append(cascading.pass_on(w, part(w, below[0], city.offices[at]), said).id)
    with city.world.as_system() as w:
        first = w.get(Directive, made[0])
        wanted = select(Recipient).where(Recipient.directive_id.in_(below)).order_by(Recipient.id)
        rows = [_copy(w, first, one) for one in w.session.scalars(wanted).all()[REAL:]]
        ids = w.session.scalars(insert(Directive).returning(Directive.id, sort_by_parameter_order=True), rows)
        _give_to_people(w, city, ids.all())
        facts = {"urgency": "priority", "acknowledge_due": first.task_due, "task_due": first.task_due}
        told = {**first.about, "parent": below[0], "recipient": first.passed_by_id, "recipients": PEOPLE}
        w.tell(DirectivePassedOn(**told, **facts))
    return made


def _copy(w: Work, first: Directive, made_by: Recipient) -> dict[str, object]:
    own = {"id", "number", "form_token", "place_id", "parent_id", "passed_by_id"}
    same = {c.key: getattr(first, c.key) for c in Directive.__table__.columns if c.key not in own}
    place = w.get(Place, made_by.place_id).parent_id
    token = f"bulk-{made_by.id}"
    return {**same, "form_token": token, "number": token, "place_id": place} | {
        "parent_id": made_by.directive_id,
        "passed_by_id": made_by.id,
    }


def _give_to_people(w: Work, city: City, orders: list[int]) -> None:
    row = {"realm": 0, "state": "pending", "since": w.now, "version": 1, "required": True, "targets": {}}
    rows = [
        {
            **row,
            "pressed": 0,
            "pressure": 0,
            "directive_id": order,
            "account_id": one.id,
            "place_id": one.place_id,
        }
        for order, at in zip(orders, range(REAL, len(city.offices)), strict=True)
        for one in city.of(at)
    ]
    w.session.execute(insert(Recipient), rows)


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(world.office.engine, "before_cursor_execute", note)
    yield asked
    event.remove(world.office.engine, "before_cursor_execute", note)


def end_in_bulk(w: Work, orders: list[int], parts: list[int]) -> None:
    """What the test does not do one by one: these orders closed, these parts accepted."""
    w.session.execute(
        update(Recipient)
        .where(Recipient.id.in_(parts) | Recipient.directive_id.in_(orders), Recipient.state.in_(OPEN))
        .values(state="accepted", ended_at=w.now)
        .execution_options(synchronize_session=False)
    )
    w.session.execute(
        update(Directive)
        .where(Directive.id.in_(orders))
        .values(state="closed", ended_at=w.now)
        .execution_options(synchronize_session=False)
    )
    w.tell(DirectiveClosed(**w.get(Directive, orders[0]).about))


def test_a_city_order_reaches_districts_communities_and_people(world: World) -> None:
    city = build(world)
    below = split(city)
    people = to_people(city, below)
    world.run()
    with world.as_("duty_officer", city.city) as w, counted(world) as asked:
        order = w.get(Directive, city.order)
        found = children(w, [order.id])[order.id]
        all_in_all = whole(w, [order])[order.id]
    assert len(asked) < 40, "a few statements a level, not one an order"
    assert [(one.own.total, one.whole.total, one.orders) for one in found] == [(100, 400, 100)] * DISTRICTS
    assert (all_in_all.total, all_in_all.signed) == (10 + 1000 + 3000, 10 + REAL)
    with world.as_system() as w:
        for id in (*below, *people):
            assert w.get(Directive, id).task_due == order.task_due, (
                "nobody below has longer than the city gave"
            )
    strangers(city, below)
    climbs(city, below, people)
    assert not world.errands("dead")


def strangers(city: City, below: list[int]) -> None:
    """Another district sees its own part of the city's order alone, another city nothing."""
    with city.world.office.work(city.desk(1)) as w:
        assert [one.order.id for one in children(w, [city.order])[city.order]] == [below[1]]
        with pytest.raises(Missing):
            w.get(Directive, below[0])
    elsewhere = city.world.area(level="city")
    with city.world.as_("commander", elsewhere) as w:
        assert children(w, [city.order]) == {city.order: []}
        with pytest.raises(Missing):
            w.get(Directive, city.order)


def climbs(city: City, below: list[int], people: list[int]) -> None:
    """A community may not report before its people are done; then it closes, and so does everything above it."""
    world, desk, officer = city.world, city.desk(0), city.community(0)
    with world.office.work(officer) as w:
        mine = part(w, below[0], city.offices[0])
        with pytest.raises(Refused) as caught:
            answering.report(w, mine, TaskReport(uid="too-early-1", text="done"))
        assert (caught.value.code, caught.value.facts["count"]) == ("children-open", 1)
        assert [one.order.id for one in children_of_recipients(w, [mine])[mine.id]] == [people[0]]
    for account in city.of(0):
        done(world, people[0], city.offices[0], account, officer)
    world.run()
    with world.as_system() as w:
        assert w.get(Directive, people[0]).ended_at == w.now
        rest = set(w.session.scalars(select(Recipient.id).where(Recipient.directive_id == below[0])))
        rest -= {part(w, below[0], city.offices[0]).id}
        orders = w.session.scalars(select(Directive.id).where(Directive.passed_by_id.in_(rest))).all()
        end_in_bulk(w, list(orders), list(rest))
    finish(city, below[0], city.offices[0], officer, desk, "community-1")
    with world.as_system() as w:
        assert w.get(Directive, below[0]).state == "closed"
        assert w.get(Directive, city.order).state == "issued"
        parts = {part(w, city.order, one).id for one in city.commissions[1:]}
        orders = w.session.scalars(select(Directive.id).where(Directive.parent_id.in_(below[1:])))
        end_in_bulk(w, [*below[1:], *orders], list(parts))
    upper = Actor("city", (Grant("duty_officer", city.city.path),))
    finish(city, city.order, city.commissions[0], desk, upper, "district-01")
    with world.as_system() as w:
        closed = w.get(Directive, city.order)
        assert (closed.state, closed.ended_at) == ("closed", w.now)


def finish(city: City, order: int, site: Place, doer: Actor, reviewer: Actor, uid: str) -> None:
    with city.world.office.work(doer) as w:
        answering.report(w, part(w, order, site), TaskReport(uid=uid, text="done"))
    with city.world.office.work(reviewer) as w:
        reviewing.accept(w, part(w, order, site))
    city.world.run()
