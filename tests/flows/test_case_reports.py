"""An accepted proposal is a case, and the case has its report card, once, with the person masked."""

from __future__ import annotations

from sqlalchemy import select

from region.surveillance.actions.proposing import decide
from region.surveillance.models import CaseProposal, CaseReport, DayCount
from region.tracing.models import Case
from tests.region.sampling.pool_stage import Stage
from tests.world import World


def test_a_case_has_its_card_once(world: World) -> None:
    stage = Stage.of(world)
    stage.answer("positive", *stage.alone(3, stream="fever"))
    with world.as_system() as w:
        (row,) = w.session.scalars(select(CaseProposal))
        assert row.incident_id is not None
        row_id = row.id
    with world.as_("epidemiologist", stage.ground.district) as w:
        decide(w, w.get(CaseProposal, row_id), "accept")
    world.run()
    world.run()
    with world.as_system() as w:
        case = w.session.scalars(select(Case)).one()
        card = w.session.scalars(select(CaseReport)).one()
        assert (card.source, card.source_ref) == ("case", f"case:{case.id}")
        assert (card.person_id, card.place_id, card.kind) == (case.person_id, case.place_id, "confirmed")
        assert card.item == "covid_19" and card.due_at > card.diagnosed_at
        assert w.session.scalars(select(DayCount.count)).all() == [1]
