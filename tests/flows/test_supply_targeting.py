"""Recipients chosen by days of supply, from the shelves of the stock ledger.

A site whose use nobody knows is not a site with many days left, nor one with none: it is not chosen by a rule.
"""

from __future__ import annotations

from typing import Any

import pytest

from region.board.queries.compose_targeting import fact_names
from region.dispatch.choice import resolve
from region.dispatch.questions import FactsOfSites, Known
from region.dispatch.schemas import Choice
from region.places.models import Place
from region.resources.actions import reckoning
from region.spine.errors import Invalid
from tests.flows.stage import Stage, stage
from tests.region.resources.store import issue, receive

__all__ = ["stage"]
FACT = "supply.n95.days"


def used(stage: Stage, *places: tuple[Place, int]) -> None:
    """A day on which these places used so many, and its reckoning."""
    for place, number in places:
        issue(stage.world, place, "n95", number)
    stage.world.wait(days=1)
    with stage.world.as_system() as w:
        reckoning.reckon_items(w, ["n95"])


def asked(stage: Stage) -> Known:
    with stage.world.as_("duty_officer", stage.district) as w:
        return w.ask(FactsOfSites((FACT,), tuple(site.id for site in (*stage.clinics, stage.elsewhere))))[
            FACT
        ]


def chosen(stage: Stage, **rule: Any) -> set[int]:
    given = {"conditions": [{"fact": FACT, "op": "<", "value": 7, **rule}], "areas": [stage.district.id]}
    with stage.world.as_("duty_officer", stage.district) as w:
        return set(resolve(w, Choice.model_validate(given)).sites)


def test_sites_are_chosen_by_what_their_shelves_say(stage: Stage) -> None:
    short, plenty, quiet = stage.clinics
    for place, number in ((short, 700), (plenty, 5000), (quiet, 1000), (stage.elsewhere, 10)):
        receive(stage.world, place, "n95", number)
    for _ in range(2):
        used(stage, (short, 100), (plenty, 100))
    found = asked(stage)
    assert set(found) == {short.id, plenty.id}
    assert (found[short.id].amount, found[short.id].per, found[plenty.id].value) == (500, 100, 48)
    assert chosen(stage) == {short.id}
    # Over the whole sub-district: 5,300 for 200 a day, so nobody there is short.
    assert chosen(stage, level="subdistrict") == set()
    for _ in range(4):
        used(stage, (plenty, 1000))
    assert short.id not in asked(stage) and chosen(stage) == {plenty.id}


def test_the_composer_offers_items_of_the_catalogue(stage: Stage) -> None:
    with stage.world.as_("duty_officer", stage.district) as w:
        names = [one.name for one in fact_names(w) if one.name.startswith("supply.")]
        assert names[0] == FACT
        assert len(w.ask(FactsOfSites(tuple(names), (stage.office.id,)))) == len(names)
        with pytest.raises(Invalid, match="no-such-fact"):
            w.ask(FactsOfSites(("supply.n95.weeks",), (stage.office.id,)))
