"""Tubes as a phone sent them beside tubes as they stand: which are new, changed, the same, old, or past any change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.formats.codes.tubes import read_code, unread
from region.formats.text import code_text
from region.sampling.methods import Method, methods
from region.sampling.models import Tube
from region.sampling.schemas import Kept, SentTube
from region.spine import bulk
from region.spine.work import Work

CHANGEABLE = ("open", "closed")
"""A phone changes a tube until a laboratory has it."""


@dataclass(frozen=True)
class Standing:
    """A tube as it stands."""

    id: int
    uid: str
    code: str
    contested: bool
    revision: int
    state: str
    since: datetime
    closed_at: datetime | None


@dataclass
class Line:
    """One tube of a batch. `news`: new, changed, same, old, or late (sent again when no phone may change it)."""

    sent: SentTube
    method: Method
    row: Standing | None
    news: str
    code: str
    wrong: str | None
    """What is wrong with the code."""
    id: int = 0
    contested: bool = False
    refused: str | None = None
    apart: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)
    papers: dict[str, str] = field(default_factory=dict)
    strange: dict[str, bool] = field(default_factory=dict)
    """Who of its people the phone may know nothing of, and whether he is one too many in it."""
    added: int = 0
    """People who are in a tube only by what came late."""

    @property
    def writes(self) -> bool:
        return self.news in ("new", "changed") and self.refused is None

    @property
    def state(self) -> str:
        """The state that it is in after this: what is closed stays closed."""
        if self.news not in ("new", "changed"):
            return self.row.state if self.row else ""
        if self.sent.void:
            return "void"
        closed = self.sent.closed_at is not None or (self.row is not None and self.row.state == "closed")
        return "closed" if closed else "open"

    @property
    def claims(self) -> bool:
        """Whether it asks for a code that it does not hold yet."""
        held = self.row is not None and self.row.code == self.code
        return self.writes and self.wrong is None and self.state != "void" and not held

    def answer(self) -> Kept:
        """What the phone learns: of whom it may know nothing, only what it sees itself."""
        people: dict[str, Any] = {
            "apart": {uid: why for uid, why in self.apart.items() if uid not in self.strange},
            "twice": [uid for uid in self.twice if uid not in self.strange],
            "over": [uid for uid in self.over if uid not in self.strange]
            + [uid for uid, over in self.strange.items() if over],
            "papers": self.papers,
        }
        claimed = self.contested and self.state != "void"
        state = "refused" if self.refused else "contested" if claimed else "kept"
        reason = self.refused or self.wrong or ("over-full" if people["over"] else None)
        return Kept.model_validate({"uid": self.sent.uid, "state": state, "reason": reason, **people})


def lines_of(w: Work, tubes: Sequence[SentTube]) -> list[Line]:
    """The tubes of a batch, the newest of each; those that stand are held until the work ends."""
    newest: dict[str, SentTube] = {}
    for one in tubes:
        if one.uid not in newest or newest[one.uid].revision < one.revision:
            newest[one.uid] = one
    known, standing = methods(w), _standing(w, sorted(newest))
    return [_line(known, standing.get(uid), one) for uid, one in newest.items()]


def _line(known: dict[str, Method], row: Standing | None, sent: SentTube) -> Line:
    read = read_code(sent.code)
    code = str(read.value) if read.value else code_text(unread(read)).upper()
    method = known.get(sent.method)
    line = Line(sent, method or next(iter(known.values())), row, _news(row, sent), code, read.reason)
    line.refused = None if method else "method-unknown"
    if row is not None:
        line.id, line.contested = row.id, row.contested
    return line


def _news(row: Standing | None, sent: SentTube) -> str:
    if row is None:
        return "new"
    if sent.revision <= row.revision:
        return "same" if sent.revision == row.revision else "old"
    return "changed" if row.state in CHANGEABLE else "late"


def _standing(w: Work, uids: Sequence[str]) -> dict[str, Standing]:
    columns = (
        Tube.id,
        Tube.uid,
        Tube.code,
        Tube.contested,
        Tube.revision,
        Tube.state,
        Tube.since,
        Tube.closed_at,
    )
    wanted = select(*columns).where(bulk.among(w.session, Tube.uid, uids)).order_by(Tube.id)
    rows = w.session.execute(wanted.with_for_update(key_share=True)) if uids else ()
    return {row.uid: Standing(*row) for row in rows}
