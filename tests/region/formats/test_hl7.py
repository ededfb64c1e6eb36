"""HL7 as it comes from analysers: marks, escapes, character sets, times, faults by their place, frames in pieces."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from region.formats import hl7

ZONE = ZoneInfo("Asia/Shanghai")
ORU = (
    "MSH|^~\\&|LIS|LAB7|REGION|HEALTH|20220801153000||ORU^R01^ORU_R01|MSG00001|P|2.5|||||CHN|{charset}\r"
    "PID|1||7**^^^X||张^三||19800101|M\r"
    "OBR|1|P-1|ACC-9^LIS|94500-6^RNA^LN|||20220801090000|||||||||||||||20220801150000+0800|||F\r"
    "OBX|1|CWE|94500-6^RNA^LN||260415000^未检出^SCT||||||F|||20220801120000\r"
    "OBX|2|NM|94745-7^Ct^LN||31.7|{{Ct}}|||||F|||||||20220801145930+0800\r"
    "OBX|3|ST|99^note^L||a\\F\\b\\S\\c\\R\\d\\T\\e\\E\\f\\X41\\\\.br\\g~second||||||F\r"
    "SPM|1|2208019901060010010000017^A||NPS\r"
)


def oru(charset: str = "UNICODE UTF-8", encoding: str = "utf-8", **swaps: str) -> bytes:
    text = ORU.replace("{charset}", charset)
    for old, new in swaps.items():
        text = text.replace(old.replace("__", "|"), new)
    return text.encode(encoding)


def swapped(old: str, new: str) -> bytes:
    text = ORU.replace("{charset}", "UNICODE UTF-8")
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("UNICODE UTF-8", "utf-8"), ("GB 18030-2000", "gb18030"), ("", "utf-8"), ("", "gb18030")],
)
def test_a_message_is_read_in_each_character_set(charset: str, encoding: str) -> None:
    found = hl7.read_results(hl7.parse(oru(charset, encoding)), ZONE)
    assert (found.facility, found.control, found.processing) == ("LAB7", "MSG00001", "P")
    assert found.at == datetime(2022, 8, 1, 7, 30, tzinfo=UTC)
    (order,) = found.orders
    assert (order.specimen, order.number) == ("2208019901060010010000017", "ACC-9")
    assert order.at == datetime(2022, 8, 1, 15, 0, tzinfo=timezone(timedelta(hours=8)))
    first, ct, note = order.observations
    assert (first.code, first.value, first.value_text, first.final) == (
        "94500-6",
        "260415000",
        "未检出",
        True,
    )
    assert (ct.value, ct.place, note.value) == ("31.7", "OBX^2^5", "a|b^c~d&e\\fA\ng")


def test_without_an_spm_the_placers_number_is_the_tube() -> None:
    message = hl7.parse(oru().split(b"SPM|")[0].replace(b"\r", b"\n"))
    (order,) = hl7.read_results(message, ZONE).orders
    assert (order.specimen, order.specimen_place) == ("P-1", "OBR^1^2")


def test_own_marks_and_several_orders() -> None:
    data = b"MSH#*~!%#L#F###20220801##ORU*R01#7#P#2.5".replace(b"20220801", b"202208011200")
    data += b"\rOBR#1##A%1\rOBX#1#ST#c##x!F!y######F\rOBR#2##B\rOBX#2#SN#c##>*40######P\r"
    found = hl7.read_results(hl7.parse(data), ZONE)
    first, second = found.orders
    assert first.observations[0].value == "x#y" and first.number == "A"
    assert second.observations[0].value == "40" and not second.observations[0].final


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("ORU^R01^ORU_R01", "ADT^A01", 200, "MSH^1^9"),
        ("ORU^R01^ORU_R01", "ORU^R30", 201, "MSH^1^9"),
        ("|P|2.5", "|X|2.5", 202, "MSH^1^11"),
        ("|P|2.5", "|P|3.0", 203, "MSH^1^12"),
        ("|MSG00001|", "||", 101, "MSH^1^10"),
        ("|LAB7|", "||", 101, "MSH^1^4"),
        ("|20220801153000|", "|2022-08-01|", 102, "MSH^1^7"),
        ("|20220801153000|", "|20221301153000|", 102, "MSH^1^7"),
        ("20220801150000+0800", "yesterday", 102, "OBR^1^22"),
        ("||||||F|||20220801120000", "|||||||||20220801120000", 101, "OBX^1^11"),
        ("OBR|1", "ZBR|1", 100, "OBX^1"),
        ("SPM|1", "!PM|1", 100, "7"),
        ("^~\\&", "^^\\&", 101, "MSH^1^2"),
        ("UNICODE UTF-8", "KS X 1001", 103, "MSH^1^18"),
    ],
)
def test_a_fault_says_where(old: str, new: str, code: int, place: str) -> None:
    with pytest.raises(hl7.Wrong) as wrong:
        hl7.read_results(hl7.parse(swapped(old, new)), ZONE)
    assert (wrong.value.code, wrong.value.place) == (code, place)
    assert "张" not in str(wrong.value)


def test_bytes_that_are_no_message() -> None:
    for data in (b"", b"MSH", b"hello world", b"\xff\xfe" * 20):
        with pytest.raises(hl7.Wrong):
            hl7.parse(data)
    with pytest.raises(hl7.Wrong) as wrong:
        hl7.parse(oru("UNICODE UTF-8", "gb18030"))
    assert (wrong.value.code, wrong.value.place) == (102, "MSH^1^18")


def test_an_acknowledgement_names_the_message_and_the_place() -> None:
    at = datetime(2022, 8, 1, 16, 0, tzinfo=ZONE)
    message = hl7.parse(oru())
    good = hl7.parse(hl7.acknowledge(message, [], at, "A1"))
    assert [one.name for one in good.segments] == ["MSH", "MSA"]
    assert (good.header.text(9), good.header.text(6), good.header.text(10)) == ("ACK", "LAB7", "A1")
    assert (good.segments[1].text(1), good.segments[1].text(2)) == ("AA", "MSG00001")
    faults = [hl7.Wrong(102, "OBX^2^5", "a|b"), hl7.Wrong(101, "SPM^1^2")]
    bad = hl7.parse(hl7.acknowledge(message, faults, at, "A2"))
    errors = [one for one in bad.segments if one.name == "ERR"]
    assert bad.segments[1].text(1) == "AE" and [one.text(3) for one in errors] == ["102", "101"]
    assert [errors[0].text(2, n) for n in (1, 2, 3)] == ["OBX", "2", "5"] and errors[0].text(7) == "a|b"
    rejected = hl7.parse(hl7.acknowledge(None, [hl7.Wrong(200, "MSH^1^9")], at, "A3"))
    assert (rejected.segments[1].text(1), rejected.segments[1].text(2)) == ("AR", "")


def test_frames_come_in_any_pieces() -> None:
    one, two = hl7.framed(b"MSH one"), hl7.framed(b"MSH two")
    frames = hl7.Frames()
    assert frames.feed(b"noise" + one + b"\r\n" + two) == [b"MSH one", b"MSH two"]
    pieces = [bytes([byte]) for byte in one + two]
    assert [found for piece in pieces for found in frames.feed(piece)] == [b"MSH one", b"MSH two"]
    assert frames.feed(one[:4]) == [] and frames.feed(two) == [b"MSH two"], "the half that died is left out"
    small = hl7.Frames(most=10)
    with pytest.raises(hl7.TooLong):
        small.feed(b"\x0b" + b"x" * 20)
    assert small.feed(hl7.framed(b"ok")) == [b"ok"]
