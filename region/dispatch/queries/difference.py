"""What changes when one order takes another's place: its words, its limits and evidence, and whom it goes to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from sqlalchemy import select

from region.dispatch.choice import resolve
from region.dispatch.choice.preview import Names, names_of
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Draft
from region.dispatch.wording import PACK, minutes, worded
from region.spine.work import Work

TEXTS = ("title_zh", "title_en", "body_zh", "body_en")
MOST_NAMES = 200
WORDS = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|[0-9]+(?:[.:/-][0-9]+)*|\s+|.", re.DOTALL)
"""English by words, a number, date or time as a whole, everything else (Chinese too) by characters."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stays, goes, or comes."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was: None where there was or will be nothing. Lengths are whole minutes."""

    what: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Version:
    """What is compared of an order, whether it stands already or is only composed."""

    texts: dict[str, str]
    limits: dict[str, Any]
    evidence: dict[str, dict[str, Any]]
    sites: frozenset[int]


@dataclass(frozen=True)
class Difference:
    """`texts` in pieces by field; `limits` and `evidence` only where they changed; sites by id, with some names."""

    texts: dict[str, tuple[Piece, ...]]
    limits: tuple[Change, ...]
    evidence: tuple[Change, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]
    kept: tuple[int, ...]
    names: Names

    @property
    def changed_texts(self) -> dict[str, tuple[Piece, ...]]:
        """The texts that are not as they were."""
        return {name: some for name, some in self.texts.items() if any(one.kind != "same" for one in some)}

    @property
    def nothing(self) -> bool:
        """Whether the new order says and asks exactly what the old one did, of the same sites."""
        return not (self.changed_texts or self.limits or self.evidence or self.added or self.removed)


def of_directive(w: Work, directive: Directive) -> Version:
    """An order as it stands: its recipients once it is issued, the chosen sites before."""
    if directive.issued_at is None:
        sites = frozenset(int(site) for site in directive.chosen)
    else:
        wanted = select(Recipient.place_id).where(Recipient.directive_id == directive.id)
        sites = frozenset(w.session.scalars(wanted))
    texts = {name: str(getattr(directive, name)) for name in TEXTS}
    limits = _limits(w, directive.kind, directive.urgency, directive.task_minutes, directive.ground)
    return Version(texts, limits, _named(directive.evidence), sites)


def of_draft(w: Work, draft: Draft) -> Version:
    """An order as it is composed; raises what composing it would raise."""
    text = worded(w, draft)
    texts = {name: str(getattr(text, name)) for name in TEXTS}
    limits = _limits(w, text.kind, text.urgency, text.task_minutes, text.ground)
    return Version(texts, limits, _named(text.evidence), frozenset(resolve(w, draft.choice).sites))


def difference(w: Work, old: Version, new: Version) -> Difference:
    """What the new version changes of the old one; one query for the names of the first of those who come or go."""
    added, removed = sorted(new.sites - old.sites), sorted(old.sites - new.sites)
    kept = sorted(new.sites & old.sites)
    return Difference(
        {name: pieces(old.texts[name], new.texts[name]) for name in TEXTS},
        _changes(old.limits, new.limits),
        _changes(old.evidence, new.evidence),
        tuple(added),
        tuple(removed),
        tuple(kept),
        names_of(w, [*added[:MOST_NAMES], *removed[:MOST_NAMES], *kept[:MOST_NAMES]]),
    )


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """A text against its older wording, in order: joined, the same and the new pieces are the new text."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(after[k:m])))
            continue
        gone, come = "".join(before[i:j]), "".join(after[k:m])
        found += [Piece("gone", gone)] * bool(gone) + [Piece("new", come)] * bool(come)
    return tuple(found)


def _limits(w: Work, kind: str, urgency: str, task_minutes: int, ground: str) -> dict[str, Any]:
    acknowledge = minutes(w.rules.duration(PACK, f"acknowledge.{urgency}"))
    return {
        "kind": kind,
        "urgency": urgency,
        "acknowledge_minutes": acknowledge,
        "task_minutes": task_minutes,
        "ground": ground,
    }


def _named(evidence: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in evidence}


def _changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    names: Sequence[str] = [*old, *(name for name in new if name not in old)]
    pairs = [(name, old.get(name), new.get(name)) for name in names]
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])
