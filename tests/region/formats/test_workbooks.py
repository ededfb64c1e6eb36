"""Workbooks: merged headers, hidden rows and sheets, formulas never computed, numbers that lost digits."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook

from region.formats.findings import Unreadable
from region.formats.tables import Limits, read_table


def saved(book):
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def daily_report():
    book = Workbook()
    sheet = book.active
    for line in (
        ["某市日报表", None, None, None, None, None],
        ["报告日期：2022年3月28日", None, None, "单位：例", None, None],
        ["片区", "区", "确诊", None, "无症状", None],
        [None, None, "新增", "累计", "新增", "累计"],
        ["东", "甲区", 31, 210, 2, 5],
        ["西", "乙区", 5, 44, 0, 1],
        [None, "丙区", 7, 51, 1, 2],
        ["小计（西）", None, "=SUM(C6:C7)", "=SUM(D6:D7)", None, None],
        ["注：演示", None, None, None, None, None],
    ):
        sheet.append(line)
    for merge in ("A1:F1", "A2:C2", "D2:F2", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "A6:A7", "A8:B8"):
        sheet.merge_cells(merge)
    sheet.row_dimensions[7].hidden = True
    book.create_sheet("字典")["A1"] = "勿删"
    book["字典"].sheet_state = "hidden"
    return saved(book)


def test_a_report_with_merged_headers():
    table = read_table(daily_report(), "日报.xlsx")
    assert table.columns == ("片区", "区", "确诊/新增", "确诊/累计", "无症状/新增", "无症状/累计")
    assert [(row.number, row.cells["片区"], row.cells["区"]) for row in table.rows] == [
        (5, "东", "甲区"),
        (6, "西", "乙区"),
        (7, "西", "丙区"),
    ]
    assert sum(int(row.cells["确诊/新增"]) for row in table.rows) == 43
    assert table.refused == ()
    found = {notice.code: notice for notice in table.notices}
    assert found["hidden_rows"].facts["rows"] == [7]
    assert found["sheet_ignored"].facts == {"sheet": "字典", "hidden": True}
    assert found["total_row"].number == 8
    assert found["note_row"].number == 9
    assert found["merged_filled"].facts["rows"] == [7]


def test_a_formula_without_a_value_refuses_its_row():
    book = Workbook()
    for line in (["码", "数"], ["1", 5], ["2", "=B2*2"], ["3", 6]):
        book.active.append(line)
    table = read_table(saved(book), "x.xlsx")
    assert [row.cells["码"] for row in table.rows] == ["1", "3"]
    assert [(p.number, p.code, p.facts["cells"]) for p in table.refused] == [
        (3, "formula_without_value", ["B3"])
    ]


def test_dates_numbers_and_lost_digits_as_text():
    book = Workbook()
    book.active.append(["码", "日", "刻", "真"])
    book.active.append([306.0, dt.date(2022, 3, 20), dt.datetime.fromisoformat("2022-03-21T14:05"), True])
    book.active.append([310199198001150112, dt.date(2022, 3, 21), 1.25, False])
    table = read_table(saved(book), "x.xlsx")
    assert tuple(table.rows[0].cells.values()) == ("306", "2022-03-20", "2022-03-21T14:05:00", "TRUE")
    assert "e+17" in table.rows[1].cells["码"]
    assert next(n for n in table.notices if n.code == "digits_lost").facts["cells"] == ["A3"]
    assert table.date_system == 1900


def test_the_1904_system_is_seen():
    book = Workbook()
    book.epoch = dt.datetime.fromisoformat("1904-01-01")
    book.active.append(["a", "b"])
    book.active.append(["1", "2"])
    assert read_table(saved(book), "x.xlsx").date_system == 1904


def test_a_choice_of_sheets_is_refused_until_stated():
    book = Workbook()
    book.active.append(["a", "b"])
    book.active.append(["1", "2"])
    book.create_sheet("二")["A1"] = "c"
    with pytest.raises(Unreadable) as caught:
        read_table(saved(book), "x.xlsx")
    assert (caught.value.code, caught.value.facts["sheets"]) == ("several_sheets", ["Sheet", "二"])
    assert read_table(saved(book), "x.xlsx", sheet="Sheet").columns == ("a", "b")
    with pytest.raises(Unreadable, match="no_sheet"):
        read_table(saved(book), "x.xlsx", sheet="三")


def rewritten(data, name, change):
    """The archive with one member's bytes changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    return buffer.getvalue()


def small():
    book = Workbook()
    book.active.append(["a", "b"])
    book.active.append(["1", "2"])
    return saved(book)


def test_a_cell_in_the_farthest_corner_is_refused_before_it_is_built():
    corner = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    data = rewritten(small(), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", corner))
    with pytest.raises(Unreadable, match="too_large"):
        read_table(data, "x.xlsx")


def test_a_document_type_is_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'

    def change(xml):
        head, _mark, rest = xml.partition(b"<worksheet")
        return head + bomb + b"<worksheet" + rest

    with pytest.raises(Unreadable, match="broken_workbook"):
        read_table(rewritten(small(), "xl/worksheets/sheet1.xml", change), "x.xlsx")


def test_bombs_broken_and_foreign_archives_are_refused():
    padded = rewritten(small(), "docProps/app.xml", lambda _xml: b" " * 20_000_000)
    with pytest.raises(Unreadable, match="zip_bomb"):
        read_table(padded, "x.xlsx")
    with pytest.raises(Unreadable, match="zip_too_large"):
        read_table(small(), "x.xlsx", limits=Limits(unpacked_bytes=100))
    with pytest.raises(Unreadable, match="broken_zip"):
        read_table(small()[:200], "x.xlsx")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(Unreadable, match="unknown_format"):
        read_table(buffer.getvalue(), "x.xlsx")
    with pytest.raises(Unreadable, match="broken_workbook"):
        read_table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "x.xls")
