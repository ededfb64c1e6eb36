"""The kinds of capacity, as the rule pack has them, and what a place tells of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from region.resources.states import PACK
from region.spine.errors import Invalid
from region.spine.rulebook import Rulebook

NUMBERS = ("total", "ready", "in_use", "broken")
MOST = 10_000_000
"""More of anything at one place is a slip of the keyboard."""
AHEAD = timedelta(minutes=5)
"""By so much may the clock of a site's system be fast."""
Number = Annotated[int, Field(ge=0, le=MOST)]


class Told(BaseModel):
    """What a place tells of one kind: those of the four numbers that it knows, and the moment for which they hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, Field(max_length=40)]
    total: Number | None = None
    ready: Number | None = None
    in_use: Number | None = None
    broken: Number | None = None
    at: AwareDatetime | None = None

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers that are told, by name."""
        return {name: value for name in NUMBERS if (value := getattr(self, name)) is not None}


def told_of(given: Any) -> Told:
    """A line of a form or of a program's list; Invalid (``fields-wrong``) names what is wrong and why."""
    try:
        return Told.model_validate(given)
    except ValidationError as error:
        wrong = [
            {"field": ".".join(map(str, one["loc"])) or "-", "reason": one["type"]}
            for one in error.errors(include_input=False)
        ]
        kind = given.get("kind") if isinstance(given, Mapping) else None
        named = {"kind": kind[:40]} if isinstance(kind, str) else {}
        raise Invalid("fields-wrong", field=wrong[0]["field"], fields=wrong, **named) from error


def kinds_of(rules: Rulebook) -> Mapping[str, Mapping[str, Any]]:
    """Every kind of capacity by its code, in the order in which they are shown."""
    found: Mapping[str, Mapping[str, Any]] = rules.value(PACK, "capacity.kinds")
    return found


def kinds_for(rules: Rulebook, site_type: str) -> tuple[str, ...]:
    """The kinds that a site of this type is asked for; a place may tell any other as well."""
    return tuple(rules.value(PACK, "capacity.asked").get(site_type, ()))


def stale_before(rules: Rulebook, now: datetime) -> dict[str, datetime]:
    """For each kind the moment before which a number is stale."""
    return {code: now - timedelta(hours=facts["stale_hours"]) for code, facts in kinds_of(rules).items()}


def check(rules: Rulebook, kind: str, numbers: Mapping[str, int | None], told: Mapping[str, int]) -> None:
    """Refuse numbers of a kind that cannot all be true; Invalid names the kind and the number told that breaks it.

    ``capacity-over-total``: in use and out of use are more than there are; ``capacity-ready-over-total``.
    """
    total = numbers.get("total")
    if total is None:
        return
    in_use, broken, ready = (numbers.get(name) or 0 for name in ("in_use", "broken", "ready"))
    names = {f"kind_{lang}": kinds_of(rules)[kind][lang] for lang in ("zh", "en")}
    if in_use + broken > total:
        field = next((name for name in ("in_use", "broken") if name in told), "total")
        facts = {"in_use": in_use, "broken": broken, "total": total}
        raise Invalid("capacity-over-total", field=field, kind=kind, **names, **facts)
    if ready > total:
        field = "ready" if "ready" in told else "total"
        raise Invalid("capacity-ready-over-total", field=field, kind=kind, ready=ready, total=total, **names)
