"""Tables as people really send them: what is read, what is set aside, what is refused and why."""

import csv
import io
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from region.formats.findings import Unreadable
from region.formats.tables import Limits, read_table, write_csv, write_xlsx
from region.formats.text import clean, code_text, decode


def text_table(text, written_in="utf-8", **options):
    return read_table(text.encode(written_in), "in.csv", **options)


def codes(table):
    return {notice.code for notice in table.notices}


CHINESE = "编号,姓名,街道\n1,张𬭎,北外滩街道\n2,李㛃,天平路街道\n3,欧阳小明,湖南路街道\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_certain_encodings_keep_rare_characters(encoding):
    table = text_table(CHINESE, encoding)
    assert [row.cells["姓名"] for row in table.rows] == ["张𬭎", "李㛃", "欧阳小明"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("縣市,姓名\n臺北市,王小明\n新北市,陳大文\n", "big5"), ("nom,ville\nRené,Orléans\n", "latin-1")],
)
def test_uncertain_encodings_are_refused_and_may_be_stated(text, encoding):
    with pytest.raises(Unreadable) as caught:
        text_table(text, encoding)
    assert caught.value.code == "encoding_unknown"
    stated = {"latin-1": "cp1252"}.get(encoding, encoding)
    assert len(text_table(text, encoding, encoding=stated).rows) == len(text.splitlines()) - 1


def test_utf16_without_mark_and_wrong_statement_are_refused():
    with pytest.raises(Unreadable, match="encoding_unknown"):
        decode("code,name\n1,alpha\n2,beta\n".encode("utf-16-le"))
    with pytest.raises(Unreadable, match="encoding_wrong"):
        decode(b"\xff\xff", "utf-8")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(mark, end):
    lines = ["code", "name", "n"], ["1", "a b", "3"], ["2", "c", "4"]
    table = text_table(end.join(mark.join(line) for line in lines))
    assert table.columns == ("code", "name", "n")
    assert [dict(row.cells) for row in table.rows] == [
        {"code": "1", "name": "a b", "n": "3"},
        {"code": "2", "name": "c", "n": "4"},
    ]


def test_two_delimiters_that_fit_equally_are_refused():
    with pytest.raises(Unreadable) as caught:
        text_table("a,b;c\n1,2;3\n4,5;6\n")
    assert caught.value.code == "delimiter_unclear"
    assert text_table("a,b;c\n1,2;3\n", delimiter=";").columns == ("a,b", "c")


def test_thousands_commas_do_not_win_over_semicolons():
    table = text_table('码;周一;周二\n1;1,234;"2,345"\n2;<5;12\n3;1,000;2,000\n')
    assert table.columns == ("码", "周一", "周二")
    assert table.rows[0].cells["周二"] == "2,345"


def test_broken_rows_are_refused_by_number_and_the_others_read():
    table = text_table(
        'a,b,c\n1,"x\ny",z\n2,too,many,cells\n3,few\n4,"bad"tail,z\n5,ok,z\n6,"open,z\n7,x,y\n'
    )
    assert [row.number for row in table.rows] == [2, 6]
    assert [(p.number, p.code, p.facts["line"]) for p in table.refused] == [
        (3, "too_many_cells", 4),
        (4, "too_few_cells", 5),
        (5, "text_after_quote", 6),
        (7, "quote_not_closed", 8),
    ]
    assert table.refused[-1].facts["last_line"] == 9


def test_captions_totals_notes_and_blank_rows_are_set_aside_with_notice():
    table = text_table(
        "疫情日报表,,\n报告日期：2022年3月28日,,单位：例\n\n街道,新增,累计\n甲街道,1,5\n,,\n乙街道,2,6\n合计,3,11\n填报人：某某,,\n"
    )
    assert table.columns == ("街道", "新增", "累计")
    assert [row.cells["街道"] for row in table.rows] == ["甲街道", "乙街道"]
    found = {notice.code: notice for notice in table.notices}
    assert "报告日期:2022年3月28日" in [t.replace("：", ":") for t in found["captions"].facts["texts"]]
    assert found["total_row"].number == 8
    assert found["note_row"].number == 9


def test_a_header_label_with_a_colon_is_still_a_header():
    assert text_table("街道,人数（单位：例）\n甲,1\n乙,2\n").columns[0] == "街道"


def test_duplicate_columns_and_missing_header_are_refused():
    with pytest.raises(Unreadable, match="duplicate_columns"):
        text_table("a,b,a\n1,2,3\n")
    with pytest.raises(Unreadable, match="no_header"):
        text_table("1,2,3\n4,5,6\n")
    with pytest.raises(Unreadable, match="empty"):
        text_table("\n\n")


def test_normalisation_is_noticed_and_the_original_kept():
    table = text_table("编号,人数,街道\n０１,１，２３４,\u200b徐汇区\u3000\n02,5,北外滩街道（原名）\n")
    row = table.rows[0]
    assert dict(row.cells) == {"编号": "01", "人数": "1,234", "街道": "徐汇区"}
    assert dict(row.originals) == {"编号": "０１", "人数": "１，２３４", "街道": "\u200b徐汇区\u3000"}
    assert table.rows[1].cells["街道"] == "北外滩街道（原名）"
    assert {n.facts["column"] for n in table.notices if n.code == "text_normalised"} == {
        "编号",
        "人数",
        "街道",
    }


def test_nul_and_long_cells_do_not_break_reading():
    table = text_table(f"a,b\n1,\x00x\n2,{'长' * 40_000}\n3,{'y' * 200_000}\n4,z\n")
    assert [(row.number, row.cells["b"]) for row in table.rows] == [(2, "x"), (5, "z")]
    assert [(p.number, p.code) for p in table.refused] == [(3, "cell_too_long"), (4, "cell_too_long")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (306.0, "306"),
        ("306.0", "306"),
        (" ３０６ ", "306"),
        ("007", "007"),
        ("'0123", "0123"),
        (12, "12"),
        ("3.1E+5", "3.1E+5"),
        ("A00.0", "A00.0"),
        (float("nan"), ""),
        ("3101 99", "310199"),
        (1.5, "1.5"),
    ],
)
def test_code_text(value, expected):
    assert code_text(value) == expected


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)


CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["=1+1", "'=x", "''5", "@SUM(A1)", "+1+1", "-1", "-x", "'", "'7", "\t=1", "1,234", 'a"b', "多行\n文"]
)


def unlike_a_special_row(line):
    return bool(line[0]) and not line[0].casefold().startswith(("合", "小", "总", "共", "t", "s", "g"))


LINES = st.lists(
    st.tuples(CELLS.map(clean), CELLS.map(clean)).filter(unlike_a_special_row), min_size=1, max_size=5
)


@given(LINES)
@settings(deadline=None)
def test_csv_written_and_read_again_is_the_same(lines):
    table = read_table(write_csv(["x", "y"], lines), "out.csv", delimiter=",")
    assert [tuple(row.cells.values()) for row in table.rows] == [(a, clean(b)) for a, b in lines]


@given(LINES)
@settings(deadline=None, max_examples=25)
def test_workbook_written_and_read_again_is_the_same(lines):
    table = read_table(write_xlsx(["x", "y"], lines), "out.xlsx")
    assert [tuple(row.cells.values()) for row in table.rows] == lines


@given(CELLS)
def test_no_written_cell_starts_a_formula(text):
    data = write_csv(["h"], [[text]]).decode("utf-8-sig")
    seen = list(csv.reader(io.StringIO(data, newline="")))[1:]
    first = seen[0][0] if seen and seen[0] else ""
    runs = first[:1] in tuple("=+-@\t\r＝＋－＠")
    assert not runs or re.fullmatch(r"[+-]\d+(\.\d+)?", first, re.ASCII)


def test_formulas_are_written_as_text_in_workbooks():
    data = write_xlsx(["x"], [["=1+1"], ["@a"]])
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    styles = zipfile.ZipFile(io.BytesIO(data)).read("xl/styles.xml")
    assert b'quotePrefix="1"' in styles


def test_the_digest_is_of_the_bytes():
    assert text_table("a,b\n1,2\n").digest != text_table("a,b\n1,3\n").digest
    assert len(text_table("a,b\n1,2\n").digest) == 64


def test_limits_refuse_the_whole_file():
    with pytest.raises(Unreadable, match="too_large"):
        text_table("a,b\n" + "1,2\n" * 200, limits=Limits(rows=50))
    with pytest.raises(Unreadable, match="too_large"):
        text_table("a,b\n1,2\n", limits=Limits(file_bytes=3))
