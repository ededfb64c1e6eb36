"""What a file of results is asked to do, and what it would do: sums and rows to look at, kept as a plain document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from region.sampling.result_told import Judged, Result

COLUMNS = ("tube", "result", "ct_n", "ct_orf", "reported")
SHOWN = 200
"""Rows of each kind that a plan keeps to be looked at; the sums count all."""
COUNTED = ("new", "changed", "unknown", "same", "older", "again")


@dataclass(frozen=True)
class ResultOptions:
    """How a file of results is to be read. Names are of the file's columns; "" finds the column by its heading.

    `reported_at` (``2022-08-01T15:30`` of the region's clock) is the time of all rows where no column says it.
    """

    tube: str = ""
    result: str = ""
    ct_n: str = ""
    ct_orf: str = ""
    reported: str = ""
    reported_at: str = ""
    sheet: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row that was read: its number in the file, and the result."""

    number: int
    told: Result

    def packed(self) -> list[Any]:
        """As kept until it is applied."""
        one = self.told
        return [self.number, one.code, one.result, one.reported_at.isoformat(), one.ct_n, one.ct_orf]

    @classmethod
    def unpacked(cls, kept: Sequence[Any]) -> ReadRow:
        """The row as it was kept."""
        number, code, result, at, ct_n, ct_orf = kept
        return cls(number, Result(code, result, datetime.fromisoformat(at), ct_n, ct_orf))


@dataclass
class ResultPlan:
    """What a file would change. `counts`: rows by meaning, by result, refused; `rows`: those that need a look.

    While it is applied, `done` rows are, and `became` sums what became of them.
    """

    options: dict[str, Any]
    counts: dict[str, int]
    refused: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    notices: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0
    became: dict[str, int] = field(default_factory=dict)
    denied: list[dict[str, Any]] = field(default_factory=list)
    """Rows that were good when planned, and refused when applied."""

    @property
    def good(self) -> int:
        """Rows that would be applied."""
        return self.counts["rows"] - self.counts["refused"]

    def to_doc(self) -> dict[str, Any]:
        """As kept in the row of the load."""
        return asdict(self)

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> ResultPlan:
        """The plan as it was kept."""
        return cls(**{one.name: doc[one.name] for one in fields(cls)})


def planned(
    options: ResultOptions,
    rows: Sequence[ReadRow],
    judged: Sequence[Judged],
    refused: Iterable[dict[str, Any]],
) -> tuple[ResultPlan, list[ReadRow]]:
    """The plan of what was read and judged, row by row the same, and the rows that may be applied."""
    away = list(refused)
    meanings: Counter[str] = Counter()
    results: Counter[str] = Counter()
    look: list[dict[str, Any]] = []
    good: list[ReadRow] = []
    for row, one in zip(rows, judged, strict=True):
        if one.meaning == "refused":
            away.append({"number": row.number, "code": f"result_{one.why}", "facts": one.facts})
            continue
        good.append(row)
        meanings[one.meaning] += 1
        results[row.told.result] += 1
        if len(look) < SHOWN and (one.meaning in ("changed", "unknown", "older") or one.suspect):
            look.append(_look(row, one))
    away.sort(key=lambda one: one["number"])
    counts = {"rows": len(good) + len(away), "refused": len(away)}
    counts |= {name: meanings[name] for name in COUNTED}
    counts |= {name: results[name] for name in ("negative", "positive", "grey", "invalid")}
    return ResultPlan(asdict(options), counts, away[:SHOWN], look), good


def _look(row: ReadRow, one: Judged) -> dict[str, Any]:
    return {
        "number": row.number,
        "tube": one.code,
        "result": row.told.result,
        "before": one.tube.result if one.tube else None,
        "meaning": one.meaning,
        "at": row.told.reported_at.isoformat(),
    }
