"""CAP 1.2 both ways: what we write we read back, others read it too, and each rule of the standard is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import capparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from region.formats import cap
from region.formats.findings import Unreadable

EAST = timezone(timedelta(hours=8))
ORDER = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>YC-2022-0801-7</identifier>
  <sender>duty@yunchuan.example</sender>
  <sent>2022-08-01T09:30:00+08:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <source>Municipal commission</source>
  <scope>Private</scope>
  <addresses>990106001 "the clinic on the hill" 990106002</addresses>
  <references>duty@yunchuan.example,YC-2022-0801-6,2022-08-01T08:00:00-00:00</references>
  <incidents>INC-1</incidents>
  <info>
    <language>zh-CN</language>
    <category>Health</category>
    <event>预警通报</event>
    <responseType>Prepare</responseType>
    <urgency>Expected</urgency>
    <severity>Moderate</severity>
    <certainty>Likely</certainty>
    <effective>2022-08-01T09:30:00+08:00</effective>
    <expires>2022-08-02T09:30:00+08:00</expires>
    <headline>口罩清点</headline>
    <web>https://yunchuan.example/7</web>
    <parameter><valueName>level</valueName><value>3</value></parameter>
    <resource><resourceDesc>plan</resourceDesc><mimeType>application/pdf</mimeType><size>12</size></resource>
    <area>
      <areaDesc>临江区</areaDesc>
      <polygon>29.1,113.1 29.2,113.1 29.2,113.2 29.1,113.1</polygon>
      <circle>29.15,113.15 2.5</circle>
      <geocode><valueName>place</valueName><value>990106</value></geocode>
      <altitude>10</altitude>
      <ceiling>300</ceiling>
    </area>
  </info>
</alert>"""


def codes(text: str) -> list[str]:
    return [problem.code for problem in cap.check(text.encode())]


def test_a_message_that_keeps_the_standard_has_no_problem_and_is_read() -> None:
    assert cap.check(ORDER.encode()) == []
    alert = cap.read(ORDER.encode())
    assert alert.addresses == ("990106001", "the clinic on the hill", "990106002")
    assert alert.references == (
        cap.Reference("duty@yunchuan.example", "YC-2022-0801-6", datetime(2022, 8, 1, 8, tzinfo=UTC)),
    )
    (info,) = alert.infos
    assert info.areas[0].polygons[0][1] == (113.1, 29.2)
    assert info.areas[0].circles == (cap.Circle((113.15, 29.15), 2.5),)
    assert info.expires == datetime(2022, 8, 2, 1, 30, tzinfo=UTC)


BROKEN = [
    ("<identifier>YC-2022-0801-7<", "<identifier>YC 7<", "cap-name", "/alert/identifier"),
    ("<identifier>YC-2022-0801-7<", "<identifier>YC,7<", "cap-name", "/alert/identifier"),
    ("<sender>duty@yunchuan.example<", "<sender>the duty officer<", "cap-name", "/alert/sender"),
    ("<identifier>YC-2022-0801-7</identifier>", "", "cap-missing", "/alert/identifier"),
    ("<identifier>YC-2022-0801-7</identifier>", "<identifier/>", "cap-empty", "/alert/identifier"),
    ("<status>Actual</status>", "", "cap-missing", "/alert/status"),
    (">Actual<", ">Real<", "cap-word", "/alert/status"),
    (">Update<", ">Replace<", "cap-word", "/alert/msgType"),
    (">Private<", ">Secret<", "cap-word", "/alert/scope"),
    (">Health<", ">Medical<", "cap-word", "/alert/info[1]/category[1]"),
    (">Prepare<", ">Panic<", "cap-word", "/alert/info[1]/responseType[1]"),
    (">Expected<", ">Soon<", "cap-word", "/alert/info[1]/urgency"),
    (">Moderate<", ">Bad<", "cap-word", "/alert/info[1]/severity"),
    (">Likely<", ">Maybe<", "cap-word", "/alert/info[1]/certainty"),
    ("<category>Health</category>", "", "cap-missing", "/alert/info[1]/category"),
    ("<sent>2022-08-01T09:30:00+08:00", "<sent>2022-08-01T01:30:00Z", "cap-time", "/alert/sent"),
    ("<sent>2022-08-01T09:30:00+08:00", "<sent>2022-08-01T09:30:00", "cap-time", "/alert/sent"),
    ("<sent>2022-08-01T09:30:00+08:00", "<sent>2022-08-01T09:30:00.5+08:00", "cap-time", "/alert/sent"),
    ("<sent>2022-08-01T09:30:00+08:00", "<sent>2022-02-30T09:30:00+08:00", "cap-time", "/alert/sent"),
    ("<sent>2022-08-01T09:30:00+08:00", "<sent>2022-08-01T01:30:00+00:00", "cap-time-utc", "/alert/sent"),
    ("<source>", "<source>x</source><source>", "cap-twice", "/alert/source"),
    ("<source>Municipal commission</source>", "<mood>grim</mood>", "cap-unknown-element", "/alert/mood"),
    ("<source>", "<source><b/>", "cap-not-text", "/alert/source"),
    (
        "<source>Municipal commission</source>\n  <scope>Private</scope>",
        "<scope>Private</scope><source>x</source>",
        "cap-order",
        "/alert/source",
    ),
    (">Private<", ">Restricted<", "cap-restriction-missing", "/alert/restriction"),
    (
        "<scope>Private</scope>",
        "<scope>Private</scope><restriction>x</restriction>",
        "cap-restriction-needless",
        "/alert/restriction",
    ),
    (
        '<addresses>990106001 "the clinic on the hill" 990106002</addresses>',
        "",
        "cap-addresses-missing",
        "/alert/addresses",
    ),
    ('hill" 990106002', "hill 990106002", "cap-quotes", "/alert/addresses"),
    (",2022-08-01T08:00:00-00:00", "", "cap-reference", "/alert/references"),
    (
        "<references>duty@yunchuan.example,YC-2022-0801-6,2022-08-01T08:00:00-00:00</references>",
        "",
        "cap-references-missing",
        "/alert/references",
    ),
    (">zh-CN<", ">chinese (simplified)<", "cap-language", "/alert/info[1]/language"),
    (
        "<expires>2022-08-02T09:30:00",
        "<expires>2022-08-01T09:30:00",
        "cap-expires-before-sent",
        "/alert/info[1]/expires",
    ),
    (">https://yunchuan.example/7<", ">see our page<", "cap-uri", "/alert/info[1]/web"),
    ("<value>3</value>", "", "cap-missing", "/alert/info[1]/parameter[1]/value"),
    (
        "<mimeType>application/pdf</mimeType>",
        "",
        "cap-missing",
        "/alert/info[1]/resource[1]/mimeType",
    ),
    ("<size>12<", "<size>12 kB<", "cap-number", "/alert/info[1]/resource[1]/size"),
    (
        "<size>12</size>",
        "<size>12</size><digest>abc</digest>",
        "cap-digest",
        "/alert/info[1]/resource[1]/digest",
    ),
    ("29.2,113.2 29.1,113.1<", "29.2,113.2<", "cap-polygon-short", "/alert/info[1]/area[1]/polygon[1]"),
    ("29.2,113.2 29.1,113.1<", "29.2,113.2 29,113<", "cap-polygon-open", "/alert/info[1]/area[1]/polygon[1]"),
    ("29.2,113.2 ", "113.2;29.2 ", "cap-point", "/alert/info[1]/area[1]/polygon[1]"),
    ("29.2,113.2 ", "129.2,113.2 ", "cap-point", "/alert/info[1]/area[1]/polygon[1]"),
    ("29.15,113.15 2.5", "29.15,113.15", "cap-circle", "/alert/info[1]/area[1]/circle[1]"),
    ("29.15,113.15 2.5", "29.15,113.15 -1", "cap-circle", "/alert/info[1]/area[1]/circle[1]"),
    ("<altitude>10</altitude>", "", "cap-ceiling-alone", "/alert/info[1]/area[1]/ceiling"),
    ("<altitude>10<", "<altitude>high<", "cap-number", "/alert/info[1]/area[1]/altitude"),
]


@pytest.mark.parametrize(("old", "new", "code", "path"), BROKEN)
def test_each_rule_is_noticed_with_its_place(old: str, new: str, code: str, path: str) -> None:
    assert ORDER.count(old) >= 1
    found = cap.check(ORDER.replace(old, new, 1).encode())
    assert [(problem.code, problem.path) for problem in found] == [(code, path)]


def test_utc_with_a_plus_is_the_one_mild_fault() -> None:
    text = ORDER.replace("2022-08-01T08:00:00-00:00", "2022-08-01T08:00:00+00:00")
    assert cap.check(text.encode()) == []  # inside a reference it must be what the other message said
    text = ORDER.replace("<sent>2022-08-01T09:30:00+08:00", "<sent>2022-08-01T01:30:00+00:00")
    assert [problem.mild for problem in cap.check(text.encode())] == [True]
    assert cap.read(text.encode()).sent == datetime(2022, 8, 1, 1, 30, tzinfo=UTC)


def test_a_signature_at_the_end_is_no_fault() -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>'
    assert codes(ORDER.replace("</alert>", signature)) == []


BOMB = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&c;</identifier></alert>"""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB.encode(), "cap-entities"),
        (b"<alert", "cap-not-xml"),
        (b"", "cap-not-xml"),
        (b"\x00\xff\x13", "cap-not-xml"),
        (b'<?xml version="1.0" encoding="klingon"?><alert/>', "cap-not-xml"),
        (b"<alert/>", "cap-not-cap"),
        (b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>', "cap-not-cap"),
        (b"<a>" * 100 + b"</a>" * 100, "cap-too-deep"),
        (b" " * (cap.MOST_BYTES + 1), "cap-too-large"),
        (ORDER.replace(">Actual<", ">Real<").encode(), "cap-breaks-rules"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        cap.read(data)
    assert refused.value.code == code


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"<a>{text}</a>".encode()))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        cap.check(data)


def test_control_characters_are_left_out() -> None:
    alert = cap.read(ORDER.encode())
    written = cap.write(cap.Alert(**{**vars(alert), "note": "a\x00b\x0bc\r\nd\ufffe"}))
    assert cap.read(written).note == "abc\nd"


def test_another_program_reads_the_same() -> None:
    alert = cap.read(ORDER.encode())
    theirs = capparser.parse(stringXML=cap.write(alert).decode())
    said = {
        name: getattr(theirs, name)[0] for name in ("identifier", "sender", "sent", "scope", "references")
    }
    assert said == {
        "identifier": alert.identifier,
        "sender": alert.sender,
        "sent": "2022-08-01T09:30:00+08:00",
        "scope": "Private",
        "references": "duty@yunchuan.example,YC-2022-0801-6,2022-08-01T08:00:00-00:00",
    }
    info = theirs.info[0][0]
    assert (info.language[0], info.headline[0], info.severity[0]) == ("zh-CN", "口罩清点", "Moderate")
    area = info.area[0][0]
    assert area.polygon[0] == "29.1,113.1 29.2,113.1 29.2,113.2 29.1,113.1"
    assert area.geocode[0][0].value[0] == "990106"


def test_a_time_without_its_offset_is_not_written() -> None:
    alert = cap.read(ORDER.encode())
    with pytest.raises(ValueError, match="offset"):
        cap.write(cap.Alert(**{**vars(alert), "sent": alert.sent.replace(tzinfo=None)}))
