"""The rule packs in force, as works ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from region.spine.errors import Broken, Invalid
from rules.pack import Pack, Packs, Rendered, RuleError, load_packs
from rules.schema import Evidence
from rules.units import read_duration

SHIPPED = Path(__file__).parents[2] / "rules" / "packs"


@cache
def _shipped() -> Packs:
    """Read and checked once a process: packs are never changed, only laid over."""
    return load_packs(SHIPPED)


@dataclass
class Rulebook:
    """Packs by id; one object serves a process and is replaced when a new version comes into force."""

    packs: Packs

    @classmethod
    def shipped(cls) -> Rulebook:
        """The packs that come with the product."""
        return cls(_shipped())

    def pack(self, pack_id: str) -> Pack:
        """The newest pack with this id; Broken when the installation lacks it."""
        try:
            return self.packs.get(pack_id)
        except RuleError as error:
            raise Broken("no-such-pack", pack=pack_id) from error

    def has(self, pack_id: str) -> bool:
        """Whether there is such a pack."""
        return pack_id in self.packs.ids()

    def duration(self, pack_id: str, name: str) -> timedelta:
        """A length of time from a pack."""
        return self.pack(pack_id).duration(name)

    def value(self, pack_id: str, name: str) -> Any:
        """A plain value from a pack."""
        return self.pack(pack_id).value(name).value

    def render(self, pack_id: str, template: str, lang: str, given: dict[str, Any]) -> Rendered:
        """A template filled in; Invalid names the placeholder that is missing or of the wrong kind."""
        try:
            return self.pack(pack_id).render(template, "zh" if lang == "zh" else "en", **given)
        except RuleError as error:
            raise Invalid(error.code.replace("_", "-"), **error.facts) from error

    @staticmethod
    def evidence(given: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """What an order asks to hand in, read as templates' evidence is; Invalid names the item that is ill made."""
        found: dict[str, dict[str, Any]] = {}
        for number, item in enumerate(given):
            try:
                one = Evidence.model_validate(item)
            except ValidationError as error:
                part = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
                raise Invalid(
                    "evidence-ill-made", field=f"evidence.{number}.{part}", number=number + 1
                ) from error
            if one.name in found:
                raise Invalid("evidence-named-twice", field=f"evidence.{number}.name", name=one.name)
            found[one.name] = one.model_dump()
        return list(found.values())

    def task_limit(self, pack_id: str, template: str) -> timedelta:
        """How long the task of a template may take."""
        task = self.pack(pack_id).template(template).task
        if task is None:
            raise Broken("no-task", template=template)
        return read_duration(task.limit)

    @cached_property
    def roles(self) -> dict[str, Any]:
        """Each role's names, capabilities, and whether it needs a second factor."""
        return {name: dict(value.value) for name, value in self.pack("roles").values_under("role").items()}

    def roles_that(self, capability: str) -> frozenset[str]:
        """The roles that may do something; Broken when no role may, which is a misspelling."""
        found = frozenset(name for name, role in self.roles.items() if capability in role["capabilities"])
        if not found:
            raise Broken("nobody-may", capability=capability)
        return found
