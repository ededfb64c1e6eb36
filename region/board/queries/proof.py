"""The proof sheet of one order: its recipients' lines, who signed as far as one may know, and the journal's seal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from region.audit import merkle
from region.audit.models import DaySeal
from region.audit.queries import leaf_of, seals
from region.board.queries.desk_history import actor_names
from region.dispatch.models import Directive
from region.dispatch.queries.proof import Line, proof
from region.places.models import Place
from region.spine.errors import Refused
from region.spine.work import Work


@dataclass(frozen=True)
class Sheet:
    """All that stands on a proof sheet.

    `digest` is the root (as in RFC 6962) over the `entries` lines of the journal that it rests on, up to number
    `upto`: made again up to the same number it comes out the same, unless a line was changed.
    """

    directive: Directive
    issuer: Place
    lines: tuple[Line, ...]
    counts: dict[str, int]
    names: dict[str, tuple[str, str]]
    days: tuple[DaySeal, ...]
    entries: int
    upto: int
    digest: str


def sheet(w: Work, directive: Directive, upto: int | None = None) -> Sheet:
    """The sheet as of now; Refused while the order is a draft. Who may not review sees roles in place of names."""
    if directive.issued_at is None:
        raise Refused("proof-of-draft", state=directive.state)
    found = proof(w, directive, upto)
    with w.beyond_scope("the body that issued it is named to all who received it"):
        issuer = w.get(Place, directive.place_id)
    signers = {line.recipient.acknowledged_by for line in found.lines} - {None}
    open_book = w.may("dispatch.review", directive.place_id)
    last = max((entry.recorded_at for entry in found.entries), default=directive.issued_at)
    return Sheet(
        directive,
        issuer,
        found.lines,
        _counts(found.lines, directive),
        actor_names(w, [str(who) for who in signers]) if open_book else {},
        tuple(seals(w, w.office.clock.day(directive.issued_at), w.office.clock.day(last))),
        len(found.entries),
        found.entries[-1].id if found.entries else 0,
        merkle.root([leaf_of(entry) for entry in found.entries]),
    )


def _counts(lines: tuple[Line, ...], directive: Directive) -> dict[str, int]:
    """How many recipients came how far."""
    found: Counter[str] = Counter()
    for line in lines:
        one = line.recipient
        found["delivered"] += line.delivered_at is not None
        found["received"] += line.received_at is not None
        found["signed"] += one.acknowledged_at is not None
        due = directive.acknowledge_due
        found["in_time"] += bool(one.acknowledged_at and due and one.acknowledged_at <= due)
        found["reported"] += one.reported_at is not None
        found["done"] += one.state == "accepted"
        found["waived"] += one.state in ("waived", "void")
    return {"recipients": len(lines), **found}
