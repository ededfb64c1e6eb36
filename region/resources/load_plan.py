"""What a file of counts is asked to do, and what it would do row by row: kept as a plain document until applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

from region.resources.weighing import Counted, Taking, Weighed

COLUMNS = ("site", "item", "quantity", "unit", "lot", "expires", "counted")


@dataclass(frozen=True)
class LoadOptions:
    """How a file of counts is to be read. Names are of the file's columns; "" finds the column by its heading.

    `place` is the code of the site of all rows where no column says it. `counted_on` is the day on which it was
    counted where no column says it. `packs` states that a box is the catalogue's full pack.
    """

    site: str = ""
    item: str = ""
    quantity: str = ""
    unit: str = ""
    lot: str = ""
    expires: str = ""
    counted: str = ""
    place: str = ""
    counted_on: str = ""
    packs: bool = False
    sheet: str = ""
    encoding: str = ""


@dataclass
class PlannedCount:
    """One row that can be applied. `action` is new, changed or same; `given` is what stood in mended cells."""

    number: int
    place: int
    site: str
    item: str
    quantity: int
    lot: str | None
    expires: str | None
    counted_at: str
    action: str = "new"
    expected: int = 0
    meaning: str = "same"
    given: dict[str, str] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        """What is there beyond the books, or short of them."""
        return self.quantity - self.expected

    def line(self) -> Counted:
        """As a count takes it."""
        return Counted(
            self.item, self.quantity, self.lot, date.fromisoformat(self.expires) if self.expires else None
        )

    def judge(self, found: Weighed) -> bool:
        """Take over what it means now; whether that is something else than before."""
        before = self.expected, self.meaning
        self.expected, self.meaning = found.verdict.expected, found.verdict.meaning
        self.action = "new" if found.verdict.opening else "same" if self.meaning == "same" else "changed"
        return before != (self.expected, self.meaning)


@dataclass
class LoadPlan:
    """What a file would change: rows, refusals, notices; `moved` are rows whose shelves moved since."""

    digest: str
    rows: list[PlannedCount]
    refused: list[dict[str, Any]]
    notices: list[dict[str, Any]] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, the same, refused."""
        by_action = Counter(row.action for row in self.rows)
        return {
            "rows": len(self.rows) + len(self.refused),
            **{action: by_action[action] for action in ("new", "changed", "same")},
            "refused": len(self.refused),
        }

    def takings(self, name: str) -> tuple[list[Taking], list[list[PlannedCount]]]:
        """The rows as counts, one a place and moment, and the rows of each in the order of its lines."""
        groups: dict[tuple[int, str], list[PlannedCount]] = {}
        for row in self.rows:
            groups.setdefault((row.place, row.counted_at), []).append(row)
        takings = [
            Taking(place, datetime.fromisoformat(at), f"{name}-{n}", tuple(row.line() for row in rows))
            for n, ((place, at), rows) in enumerate(groups.items())
        ]
        return takings, list(groups.values())

    def judge(self, judged: Sequence[Weighed], groups: Sequence[Sequence[PlannedCount]]) -> list[int]:
        """Take over what each row means; rows that cannot stand are refused. The numbers of rows that differ."""
        differs: list[int] = []
        away: set[int] = set()
        for one in judged:
            row = groups[one.taking][one.index]
            why = refusal_of(one)
            if why is not None:
                self.refused.append({"number": row.number, **why})
                away.add(row.number)
            if why is not None or row.judge(one):
                differs.append(row.number)
        self.rows = [row for row in self.rows if row.number not in away]
        self.refused.sort(key=lambda one: one["number"])
        return sorted(differs)

    def to_doc(self) -> dict[str, Any]:
        """As kept in the row of the load."""
        return {**asdict(self), "counts": self.counts}

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> LoadPlan:
        """The plan as it was kept."""
        known = {f.name for f in fields(cls)} - {"rows"}
        return cls(rows=[PlannedCount(**row) for row in doc["rows"]], **{name: doc[name] for name in known})


def refusal_of(one: Weighed) -> dict[str, Any] | None:
    """Why a row cannot stand: less than is held, an unclear lot, or a count older than the one that stands."""
    if one.verdict.refused is not None:
        code, facts = one.verdict.refused
        return {"code": code.replace("-", "_"), "facts": {"item": one.line.item, **facts}}
    if one.verdict.meaning == "old":
        since = one.verdict.since
        return {"code": "count_older", "facts": {"since": since.isoformat() if since else "–"}}
    return None
