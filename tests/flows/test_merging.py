"""Two sites become one in the middle of a response: history stays, and the new owner sees what is open."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering
from region.dispatch.models import Delivery, Directive, Recipient, Remark, Report
from region.dispatch.queries.inbox import inbox
from region.dispatch.schemas import Choice, TaskReport
from region.places.actions import merge_sites
from region.places.models import Place
from region.places.queries import find_code
from region.spine.errors import Forbidden, Missing, Refused
from tests.flows.cascade_stage import part
from tests.flows.stage import Stage, stage
from tests.promises.test_errands import again, everything

__all__ = ["stage"]


def merge(stage: Stage, old: Place, new: Place) -> None:
    with stage.world.as_("administrator", stage.district) as w:
        merge_sites(w, old.id, new.id)
    stage.world.run()


def test_at_09_recipient_merged_in_mid_event(stage: Stage) -> None:
    old, new = stage.clinics[0], stage.elsewhere
    first, second = stage.issued(), stage.issued(token="form-0002")
    stage.sign(first, old)
    with stage.world.as_("clinic", old) as w:
        answering.report(w, part(w, second.id, old), TaskReport(uid="report-001", text="done"))
    signed = len(stage.world.journal("dispatch.DirectiveAcknowledged"))
    merge(stage, old, new)
    with stage.world.as_("clinic", new) as w:
        cards = {card.number: card.state for card in inbox(w).cards}
        assert cards == {first.number: "acknowledged", second.number: "reported"}
        answering.report(w, part(w, first.id, new), TaskReport(uid="report-002", text="done"))
    with stage.world.as_("clinic", old) as w:
        assert inbox(w).cards == []
    with stage.world.as_("duty_officer", stage.district) as w:
        moved = part(w, first.id, new)
        assert (moved.was_place_id, moved.acknowledged_by) == (old.id, "clinic")
        places = {row.uid: row.place_id for row in w.session.scalars(select(Report))}
        assert places == {"report-001": old.id, "report-002": new.id}, "what was reported keeps its place"
        assert w.get(Place, old.id).valid_to is not None
        assert find_code(w, old.code, kind="site").id == new.id
    journal = stage.world.journal("dispatch.DirectiveAcknowledged")
    assert [entry.place_id for entry in journal] == [old.id] * signed
    told = stage.world.journal("dispatch.RecipientMoved")
    assert [(entry.data["was"], entry.place_id) for entry in told] == [(old.id, new.id)] * 2
    assert not stage.world.errands("dead")


def test_what_is_owed_is_brought_to_the_new_owner(stage: Stage) -> None:
    order = stage.issued(choice=Choice(sites=(stage.clinics[0].id,)))
    merge(stage, stage.clinics[0], stage.elsewhere)
    with stage.world.as_system() as w:
        (owed,) = w.session.scalars(select(Delivery).where(Delivery.directive_id == order.id))
        assert (owed.state, owed.place_id) == ("owed", stage.elsewhere.id)


def test_who_has_the_same_order_does_it_once(stage: Stage) -> None:
    order = stage.issued()
    old, new = stage.clinics[0], stage.clinics[1]
    merge(stage, old, new)
    before = everything(stage.world)
    again(stage.world)
    stage.world.run()
    assert everything(stage.world) == before
    with stage.world.as_system() as w:
        assert (part(w, order.id, old).state, part(w, order.id, new).state) == ("waived", "pending")
        (said,) = w.session.scalars(select(Remark))
        assert new.code in said.text
        assert w.get(Directive, order.id).state == "issued"


def test_new_orders_do_not_go_to_a_site_that_is_no_more(stage: Stage) -> None:
    merge(stage, stage.clinics[0], stage.clinics[1])
    order = stage.issued()
    assert stage.clinics[0].id not in order.chosen and len(order.chosen) == 2


def test_only_sites_in_use_are_merged_and_only_by_who_loads_both(stage: Stage) -> None:
    old, new = stage.clinics[0], stage.clinics[1]
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Forbidden):
        merge_sites(w, old.id, new.id)
    other = stage.world.clinic(stage.world.area(level="district"))
    with stage.world.as_("administrator", stage.district) as w, pytest.raises((Forbidden, Missing)):
        merge_sites(w, old.id, other.id)
    merge(stage, old, new)
    merge(stage, old, new)
    assert len(stage.world.journal("places.SitesMerged")) == 1
    wrong = ((old, stage.clinics[2]), (new, old), (new, new), (stage.subdistrict, new))
    for left, right in wrong:
        with stage.world.as_("administrator", stage.district) as w, pytest.raises(Refused):
            merge_sites(w, left.id, right.id)
    with stage.world.as_system() as w:
        assert w.session.scalars(select(Recipient)).all() == []
