"""The routes of accounts, and what their pages share."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.errors import Fault
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("accounts", "region.accounts.routes")


@dataclass(frozen=True)
class Complaint:
    """What a form says beside a field: the sentence, and the field it belongs to (empty: the whole form)."""

    field: str
    text: str


def complaint(w: Work, fault: Fault) -> Complaint:
    """A fault for showing on its form again. Once anything was told it is raised instead, and undone whole."""
    if w.told or w.touched:
        raise fault
    return Complaint(str(fault.facts.get("field", "")), fault_text(current_lang(), fault))
