"""The catalogue of items, as the rule pack has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from region.resources.burn import BurnRules
from region.resources.states import PACK
from region.spine.errors import Invalid
from region.spine.rulebook import Rulebook
from region.spine.work import Work


def items_of(rules: Rulebook) -> dict[str, Mapping[str, Any]]:
    """Every item by its code, with its class under ``class``."""
    classes = rules.pack(PACK).values_under("catalogue")
    return {
        code: {**facts, "class": name}
        for name, group in classes.items()
        for code, facts in group.value.items()
    }


def need_item(w: Work, item: str, quantity: int = 1) -> Mapping[str, Any]:
    """What the catalogue says of an item; Invalid (``no-such-item``, ``quantity-wrong``)."""
    facts = items_of(w.rules).get(item)
    if facts is None:
        raise Invalid("no-such-item", field="item", item=item[:32])
    if quantity <= 0 or quantity > 10**12:
        raise Invalid("quantity-wrong", field="quantity", item=item)
    return facts


def burn_rules(rules: Rulebook) -> BurnRules:
    """How the burn is reckoned, from the pack."""
    names = BurnRules.__dataclass_fields__
    return BurnRules(**{name: int(rules.value(PACK, f"burn.{name}")) for name in names})


def band_limits(rules: Rulebook) -> Callable[[str], tuple[float, float]]:
    """Below how many days an item is red, and amber; those that run out within hours have limits in hours."""
    days = tuple(float(rules.value(PACK, f"band.{name}")) for name in ("red", "amber"))
    hours = tuple(rules.duration(PACK, f"hours.{name}") / timedelta(days=1) for name in ("red", "amber"))
    quick = {item for item, facts in items_of(rules).items() if facts.get("hours")}
    return lambda item: (hours[0], hours[1]) if item in quick else (days[0], days[1])
