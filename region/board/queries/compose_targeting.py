"""What the composer offers for choosing by numbers and groups, and what a new order changes of the one it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from region.dispatch.models import Directive, Group
from region.dispatch.queries import groups
from region.dispatch.queries.difference import Difference, difference, of_directive, of_draft
from region.dispatch.schemas import Draft
from region.dispatch.wording import PACK
from region.places.queries.tree import levels
from region.resources.catalogue import items_of
from region.spine.work import Work


@dataclass(frozen=True)
class FactName:
    """A number known of sites by which they may be chosen: its name, and what it is called with its unit."""

    name: str
    zh: str
    en: str
    unit_zh: str = ""
    unit_en: str = ""


def fact_names(w: Work) -> list[FactName]:
    """The numbers that a condition may ask: days of supply, what templates let sites report or count, of places."""
    reported: dict[str, FactName] = {}
    counted: dict[str, FactName] = {}
    for template in w.rules.pack(PACK).templates().values():
        for item in template.task.evidence if template.task else ():
            if item.type != "number" or item.unit is None:
                continue
            named = (item.label.zh, item.label.en, item.unit.zh, item.unit.en)
            reported.setdefault(item.name, FactName(f"reported.{item.name}", *named))
            if item.measure:
                counted.setdefault(item.measure, FactName(f"counted.{item.measure}", *named))
    items = items_of(w.rules)
    supply = [
        FactName(f"supply.{name}.days", items[name]["zh"], items[name]["en"], "天", "days")
        for name in w.rules.value(PACK, "targeting.stock")
    ]
    places = [
        FactName(name, word["zh"], word["en"])
        for name, word in w.rules.value(PACK, "targeting.facts").items()
    ]
    return [*supply, *reported.values(), *counted.values(), *places]


def level_names(w: Work) -> list[str]:
    """The levels of areas over which a number may be summed, from coarse to fine."""
    return [level for level, _ in levels(w)]


def saved_groups(w: Work) -> Sequence[Group]:
    """The groups that may be chosen."""
    return groups.standing(w)


def change_by_draft(w: Work, draft: Draft) -> Difference | None:
    """What an order as it is composed would change of the one it replaces; None when it replaces none."""
    if draft.supersedes_id is None:
        return None
    old = w.get(Directive, draft.supersedes_id)
    return difference(w, of_directive(w, old), of_draft(w, draft))


def change_by_order(w: Work, order: Directive) -> Difference | None:
    """What an order that is not issued yet will change of the one it replaces; None when it replaces none."""
    if order.supersedes_id is None or order.issued_at is not None:
        return None
    old = w.get(Directive, order.supersedes_id)
    return difference(w, of_directive(w, old), of_directive(w, order))
