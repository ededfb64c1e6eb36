"""What a load is asked to do, and what it would do row by row: kept as a plain document until it is applied."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from region.formats.findings import Notice, Problem


@dataclass(frozen=True)
class AreaOptions:
    """How a file of areas is to be read. Names are of the file's columns; "" means the file has none.

    `level` is a code for all rows, `level_column` one column that says it for each. `parent` is a column with
    the parent's code, or ``geometry``. `crs` is WGS84, CGCS2000, GCJ02, BD09 or EPSG:n; "" takes what the
    file states. `population_year` is a year or a column. `overlap` is the share of the smaller of two areas
    that may be covered twice. `under` is the code of the place that receives rows without a parent.
    """

    level: str = ""
    level_column: str = ""
    code: str = "code"
    name_zh: str = ""
    name_en: str = ""
    parent: str = ""
    parent_level: str = ""
    crs: str = ""
    population: str = ""
    population_year: str = ""
    households: str = ""
    valid_from: str = ""
    overlap: float = 0.001
    under: str = ""
    layer: str = ""
    encoding: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteOptions:
    """How a file of sites is to be read; see AreaOptions.

    `type` is a column, or a type for all rows when `type_column` is "". `area` is a column with the code of
    the area that a site belongs to, or ``geometry``. `crs` must be stated. `catchment` holds codes of areas,
    separated by ``;``, in one cell.
    """

    code: str = "code"
    name_zh: str = ""
    name_en: str = ""
    type: str = ""
    type_column: str = ""
    area: str = "geometry"
    area_level: str = ""
    lon: str = "lon"
    lat: str = "lat"
    crs: str = ""
    phone: str = ""
    duty_phone: str = ""
    capacity: str = ""
    catchment: str = ""
    sheet: str = ""
    encoding: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)


Options = AreaOptions | SiteOptions


@dataclass
class PlannedRow:
    """One row that can be applied. `action` is new, changed or same; `values` are what the columns said.

    `parent` is the id of a place that stands; `parent_code` names one of the same file instead. `changed`
    lists the values that differ from what stands. `warnings` are findings: code and facts.
    """

    number: int
    code: str
    values: dict[str, Any]
    action: str = "new"
    place: int | None = None
    parent: int | None = None
    parent_code: str | None = None
    changed: list[str] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def warn(self, why: str, **facts: Any) -> None:
        """Note something that a person should look at."""
        self.warnings.append({"code": why, "facts": facts})


@dataclass
class Plan:
    """What a file would change: rows, refusals, notices, and whether the batch looks shifted.

    `tree` is the change counter of places at which the plan was made: applied later, it is refused as stale.
    """

    digest: str
    tree: int
    rows: list[PlannedRow]
    refused: list[dict[str, Any]]
    notices: list[dict[str, Any]] = field(default_factory=list)
    shift: dict[str, Any] | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, same, refused, and how many carry a warning."""
        by_action = Counter(row.action for row in self.rows)
        return {
            "rows": len(self.rows) + len(self.refused),
            "new": by_action["new"],
            "changed": by_action["changed"],
            "same": by_action["same"],
            "refused": len(self.refused),
            "warned": sum(1 for row in self.rows if row.warnings),
        }

    @property
    def empty(self) -> bool:
        """Whether applying it would change nothing."""
        return not any(row.action != "same" for row in self.rows)

    @property
    def warned(self) -> list[PlannedRow]:
        """The rows to look at: what could not be told first, then the worst fits."""
        shares = {
            id(row): min((one["facts"].get("share", -1) for one in row.warnings), default=0)
            for row in self.rows
        }
        return sorted(
            (row for row in self.rows if row.warnings), key=lambda row: (shares[id(row)], row.number)
        )

    def to_doc(self) -> dict[str, Any]:
        """As kept in the row of the load."""
        return {**asdict(self), "counts": self.counts}

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> Plan:
        """The plan as it was kept."""
        known = {f.name for f in fields(cls)} - {"rows"}
        rows = [PlannedRow(**row) for row in doc["rows"]]
        return cls(rows=rows, **{name: doc[name] for name in known})


def noted(findings: Sequence[Notice | Problem]) -> list[dict[str, Any]]:
    """Notices and problems of a reader as plain documents."""
    return [{"number": f.number, "code": f.code, "facts": dict(f.facts)} for f in findings]


def refusal(number: int, why: str, **facts: Any) -> dict[str, Any]:
    """Why a row is refused."""
    return {"number": number, "code": why, "facts": facts}
