"""Compare what the readers of tables, areas and codes make of the shared dirty files with what is expected."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely

from region.formats.areas import check_shapes, parent_by_geometry, read_areas
from region.formats.codes import place_code, resident_id
from region.formats.dates import read_date
from region.formats.numbers import read_age, read_count
from region.formats.tables import Table, read_table, write_csv, write_xlsx
from region.formats.text import code_text, match_key

_LATEST = dt.date(2022, 12, 31)  # the files are of 2022

# Differences that are meant, and why; anything else that differs fails the check.
MEANT = {
    ("03", "onset of D07"): "a two-digit year is refused, with the expected date as the suggestion",
    ("03", "D14 flagged"): "onset after report is for the importer, which knows both columns",
    ("nyc", "parents by geometry in uhf42"): "the file assigns by one inner point, we by the largest share",
    ("04", "traditional place name"): "variants of names belong to the registry of places, not to a reader",
}


@dataclass(frozen=True)
class Comparison:
    """One expectation and what came out."""

    file: str
    item: str
    expected: object
    actual: object


Compared = Iterator[Comparison]


def _facts(table: Table, code: str) -> list[Any]:
    return [notice for notice in table.notices if notice.code == code]


def _linelist(table: Table, expected: dict[str, Any]) -> Compared:
    yield Comparison("01", "encoding", "gb18030", _facts(table, "encoding")[0].facts["encoding"])
    yield Comparison("01", "data rows", expected["data_rows"], len(table.rows))
    blank = sum(notice.facts["count"] for notice in _facts(table, "blank_rows"))
    yield Comparison("01", "rows left out", expected["ignore_rows"], blank + len(_facts(table, "note_row")))
    ages = {row.cells["年龄"]: read_age(row.cells["年龄"]) for row in table.rows}
    yield Comparison("01", "age 2岁3月", 2.25, ages["2岁3月"].value)
    yield Comparison("01", "age 6月", 0.5, read_age("6月").value)
    yield Comparison("01", "age 90+", (90.0, True), (ages["90+"].value, ages["90+"].facts.get("at_least")))
    yield Comparison("01", "age 不详", "missing", ages["不详"].reason)
    names = "".join(row.cells["姓名"] for row in table.rows)
    yield Comparison("01", "rare characters kept", (True, True), ("𬭎" in names, "㛃" in names))
    yield Comparison("01", "quoted commas kept", 10, sum("路," in row.cells["备注"] for row in table.rows))


def _merged(table: Table, expected: dict[str, Any]) -> Compared:
    yield Comparison("02", "data rows", expected["data_rows"], len(table.rows))
    total = sum(read_count(row.cells["确诊病例/当日新增"]).value or 0 for row in table.rows)
    yield Comparison("02", "sum of new confirmed", expected["sum_new_confirmed"], total)
    captions = [text for notice in _facts(table, "captions") for text in notice.facts["texts"]]
    dates = [read_date(text.partition("：")[2]).value for text in captions if "日期" in text]
    yield Comparison("02", "report date", [expected["report_date"].split()[0]], [str(date) for date in dates])
    filled = {row.number: row.cells["片区"] for row in table.rows if row.number >= 6}
    yield Comparison("02", "filled down", {6: "浦西", 7: "浦西", 8: "浦西"}, filled)
    hidden = [notice.facts["rows"] for notice in _facts(table, "hidden_rows")]
    kept = 7 in {row.number for row in table.rows}
    yield Comparison("02", "hidden row warned of and kept", ([[7]], True), (hidden, kept))
    yield Comparison("02", "totals set aside", [9, 10], [n.number for n in _facts(table, "total_row")])
    yield Comparison("02", "footnote set aside", [12], [n.number for n in _facts(table, "note_row")])
    ignored = [notice.facts["sheet"] for notice in _facts(table, "sheet_ignored")]
    yield Comparison("02", "hidden sheet ignored", ["字典"], ignored)


def _dates(table: Table, expected: dict[str, Any]) -> Compared:
    day = dt.date(2022, 3, 20)
    by_id = {row.cells["病例编号"]: row.cells for row in table.rows}
    for label in expected["onset_all_2022-03-20"]:
        name = label.split()[0]
        value = read_date(by_id[name]["发病日期"], table.date_system, _LATEST).value
        yield Comparison("03", f"onset of {name}", day, value)
    for name in expected["reject_or_flag"]:
        reading = read_date(by_id[name]["发病日期"], table.date_system, _LATEST)
        yield Comparison("03", f"{name} flagged", True, not reading.certain)
    yield Comparison("03", "report without a year", False, read_date(by_id["D04"]["报告时间"]).certain)


def _fullwidth(table: Table, expected: dict[str, Any]) -> Compared:
    yield Comparison("04", "rows", expected["rows"], len(table.rows))
    by_id = {row.cells["编号"]: row.cells for row in table.rows}
    reasons = {"04": "chinese_numeral", "06": "approximate", "07": "missing"}
    for name, value in expected["values"].items():
        reading = read_count(by_id[name]["人数"])
        wanted = (value, None) if isinstance(value, int) else (None, reasons[name])
        yield Comparison("04", f"count in {name}", wanted, (reading.value, reading.reason))
    yield Comparison("04", "invisible characters gone", "徐汇区", by_id["02"]["区"])
    yield Comparison("04", "spaces inside a name", match_key("浦东新区"), match_key(by_id["05"]["区"]))
    yield Comparison("04", "traditional place name", match_key("徐汇区"), match_key(by_id["03"]["区"]))


def _ids(table: Table, expected: dict[str, Any]) -> Compared:
    rows = [(row.cells, resident_id(row.cells["身份证号"])) for row in table.rows]
    by_name: dict[str, list[Any]] = {}
    for cells, reading in rows:
        by_name.setdefault(cells["姓名"], []).append((cells, reading))
    for label in expected["valid_checksum"]:
        name = label.split()[0]
        yield Comparison("05", f"{name} valid", True, all(r.certain for _c, r in by_name[name]))
    for name, why in expected["bad"].items():
        reading = by_name[name][0][1]
        flagged = not reading.certain or bool(reading.facts.get("converted"))
        yield Comparison("05", f"{name} flagged ({why})", True, flagged)
    reasons = [by_name[name][0][1].reason for name in ("测试丁", "测试己", "测试子")]
    yield Comparison("05", "reasons", ["checksum", "scientific_notation", "impossible_date"], reasons)
    others = [by_name[name][0][1].reason for name in ("测试辛", "TEST PERSON", "测试壬", "测试癸")]
    yield Comparison("05", "not ids", ["phone_number", "not_an_id", "missing", "missing"], others)
    numbers = {name: {r.value.number for _c, r in found if r.value} for name, found in by_name.items()}
    yield Comparison("05", "one id, two names", numbers["测试甲"], numbers["测试甲2"])
    yield Comparison("05", "one person twice", 1, len(numbers["测试丙"]))
    agree = [
        (r.value.male == (c["性别"] == "男"), str(r.value.born) == c["出生日期"])
        for c, r in by_name["测试乙"]
    ]
    yield Comparison("05", "sex and birth conflict seen", [(True, True), (False, False)], agree)


def _conversions(table: Table, expected: dict[str, Any]) -> Compared:
    yield Comparison("06", "rows", expected["rows"], len(table.rows))
    distinct = {tuple(row.cells.values()) for row in table.rows}
    yield Comparison("06", "exact duplicates", expected["exact_duplicate"], len(table.rows) - len(distinct))


def _crosstab(table: Table, _expected: dict[str, Any]) -> Compared:
    yield Comparison("08", "encoding", "utf-16", _facts(table, "encoding")[0].facts["encoding"])
    yield Comparison("08", "delimiter", ";", _facts(table, "delimiter")[0].facts["delimiter"])
    yield Comparison("08", "totals set aside", 1, len(_facts(table, "total_row")))
    readings = [[read_count(cell) for cell in list(row.cells.values())[2:]] for row in table.rows]
    first = readings[0]
    yield Comparison("08", "thousands", [1234, 2345], [first[0].value, first[1].value])
    yield Comparison("08", "dash and empty", ["missing"] * 2, [first[2].reason, readings[2][2].reason])
    suppressed = [readings[1][0].reason, readings[2][0].reason]
    yield Comparison("08", "suppressed", ["suppressed"] * 2, suppressed)
    yield Comparison("08", "row total", 3579, sum(reading.value or 0 for reading in first[:3]))
    levels = [reading.value.level for row in table.rows if (reading := place_code(row.cells["区代码"])).value]
    yield Comparison("08", "the city told from its districts", ["county"] * 3 + ["prefecture"], levels)


def _boundaries(path: Path) -> Compared:
    areas = read_areas(path.read_bytes(), path.name)
    refused = {problem.number for problem in (*areas.refused, *check_shapes(areas.features))}
    noticed = {notice.number: notice.code for notice in areas.notices if notice.number}
    accepted = {feature.number for feature in areas.features} - refused
    yield Comparison("11", "accepted as it is", {1}, {n for n in accepted if n not in noticed})
    repaired = {n: noticed[n] for n in accepted if n in noticed}
    yield Comparison("11", "repaired with notice", {2: "shape_repaired", 3: "ring_closed"}, repaired)
    for number, label in enumerate(
        ("second A3", "A5 null", "A6 projected", "A7 overlap", "A8 shifted", "no code", "A10 line", "A11"), 4
    ):
        yield Comparison("11", f"{label} refused", True, number in refused)


def _injection(table: Table, _expected: dict[str, Any]) -> Compared:
    identifiers = [row.cells["编号"] for row in table.rows]
    read = [str(n) for n in range(1, 13) if n not in (9, 10)]
    yield Comparison("13", "rows read (9 and 10 are broken)", read, identifiers)
    yield Comparison("13", "broken rows by line", [11, 12], [p.facts["line"] for p in table.refused])
    names = [row.cells["姓名"] for row in table.rows]
    yield Comparison("13", "formulas as text", "=+@", "".join(name[0] for name in names[:3]))
    yield Comparison("13", "no NUL left", False, any("\x00" in name for name in names))
    lines = [tuple(row.cells.values()) for row in table.rows]
    text = write_csv(table.columns, lines)
    bare = [f"{mark}{start}".encode() for mark in ("\n", ",", '"') for start in ("=", "@", "+1+")]
    yield Comparison("13", "formulas neutralised in CSV", False, any(start in text for start in bare))
    for kind, data in (("csv", text), ("xlsx", write_xlsx(table.columns, lines))):
        again = read_table(data, f"x.{kind}")
        back = [tuple(row.cells.values()) for row in again.rows]
        yield Comparison("13", f"export to {kind} and back", lines, back)


def _revisions(table: Table, _expected: dict[str, Any]) -> Compared:
    series: dict[str, list[int]] = {}
    for row in table.rows:
        value = read_count(row.cells["cumulative_cases"]).value
        series.setdefault(row.cells["province_code"], []).append(-1 if value is None else value)
    # The 61 are those of named provinces; the unassigned buckets (codes from 800) fall by their nature.
    named = (values for code, values in series.items() if int(code) < 800)
    falls = sum(b < a for values in named for a, b in pairwise(values))
    yield Comparison("15", "negative daily differences", 61, falls)
    pseudo = {row.cells["province"] for row in table.rows if int(row.cells["province_code"]) >= 800}
    told = {name.split("/")[0].split(" - ")[0] for name in pseudo}
    yield Comparison("15", "unassigned areas kept", True, "In fase di definizione" in told)
    yield Comparison("15", "refused", 0, len(table.refused))


def _city(folder: Path) -> Compared:
    files = {name: read_areas((folder / f"{name}.geojson").read_bytes(), name) for name in _CITY}
    for name, count in _CITY.items():
        areas = files[name]
        yield Comparison("nyc", f"{name} features", (count, 0), (len(areas.features), len(areas.refused)))
    small = files["modzcta"].features
    people = sum(read_count(code_text(str(f.properties["pop"]))).value or 0 for f in small)
    yield Comparison("nyc", "population", 8_332_463, people)
    yield Comparison("nyc", "slivers are within tolerance", 0, len(check_shapes(small)))
    for name, field, own in (("uhf42", "uhf42_code", "code"), ("boroughs", "borough_code", "borough_code")):
        parents = {f.number: code_text(str(f.properties[own])) for f in files[name].features}
        found = parent_by_geometry(small, files[name].features)
        told = [code_text(str(f.properties[field])) for f in small]
        agree = sum(parents.get(p.parent_number or 0) == t for p, t in zip(found, told, strict=True))
        yield Comparison("nyc", f"parents by geometry in {name}", len(small), agree)
        silent = [
            p for p, t in zip(found, told, strict=True) if not p.note and parents[p.parent_number or 0] != t
        ]
        yield Comparison("nyc", f"other parents in {name} without a warning", [], silent)
    sites = read_table((folder / "sites.csv").read_bytes(), "sites.csv")
    yield Comparison("nyc", "sites", (118, 0), (len(sites.rows), len(sites.refused)))
    outlines = {str(f.properties["borough"]): f.geometry for f in files["boroughs"].features}
    points = [
        (r.cells["borough"], shapely.Point(float(r.cells["lon"]), float(r.cells["lat"]))) for r in sites.rows
    ]
    inside = sum(name in outlines and outlines[name].covers(point) for name, point in points)
    yield Comparison("nyc", "sites in their borough", 117, inside)


_CITY = {"modzcta": 177, "uhf42": 42, "boroughs": 5}
_TABLES = {
    "01_gb18030_linelist.csv": _linelist,
    "02_merged_headers.xlsx": _merged,
    "03_dates_mixed.xlsx": _dates,
    "04_fullwidth_invisible.csv": _fullwidth,
    "05_bad_ids.csv": _ids,
    "06_duplicates_and_conversions.csv": _conversions,
    "08_crosstab_utf16.csv": _crosstab,
    "13_injection_and_broken_rows.csv": _injection,
    "15_real_cumulative_revisions.csv": _revisions,
}


def compared(shared: Path) -> Compared:
    """Every comparison, file by file."""
    dirty = shared / "data" / "dirty"
    expected = json.loads((dirty / "EXPECTED.json").read_text(encoding="utf-8"))
    for name, compare in _TABLES.items():
        yield from compare(read_table((dirty / name).read_bytes(), name), expected[name])
    yield from _boundaries(dirty / "11_boundaries_dirty.geojson")
    yield from _city(shared / "data" / "nyc")


def main(shared: Path) -> int:
    """Print how many comparisons are equal and each that is not; 0 when every difference is meant."""
    if not (shared / "data").is_dir():
        print("check-formats: there are no dirty files beside this project; nothing was compared.")
        return 0
    found = list(compared(shared))
    different = [one for one in found if one.expected != one.actual]
    print(f"check-formats: dirty files, {len(found)} compared, {len(found) - len(different)} equal")
    for file in dict.fromkeys(one.file for one in found):
        mine = [one for one in found if one.file == file]
        print(f"  {file}: {len(mine)} compared, {sum(one.expected == one.actual for one in mine)} equal")
    for one in different:
        why = MEANT.get((one.file, one.item))
        mark = f"meant: {why}" if why else "NOT MEANT"
        print(f"  {one.file} {one.item}: expected {one.expected!r}, got {one.actual!r} ({mark})")
    return 0 if all((one.file, one.item) in MEANT for one in different) else 1


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent.parent / "shared"))
