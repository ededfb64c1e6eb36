"""EDXL-RM both ways: a request of others is read, each broken rule has its place, what we write we read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from region.formats import rm
from region.formats.findings import Unreadable
from region.formats.rm import grammar

EAST = timezone(timedelta(hours=8))
SPACE, SHARED = grammar.NAMESPACE, grammar.SHARED
REQUEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<m:RequestResource xmlns:m="{SPACE}" xmlns:r="{SHARED}" xmlns:x="urn:oasis:names:tc:ciq:xpil:3">
  <m:MessageID>LJ-0801-1</m:MessageID>
  <m:SentDateTime>2022-08-01T09:30:00+08:00</m:SentDateTime>
  <m:MessageContentType>RequestResource</m:MessageContentType>
  <m:MessageDescription>防护物资</m:MessageDescription>
  <m:OriginatingMessageID>LJ-0801-1</m:OriginatingMessageID>
  <m:IncidentInformation><r:IncidentID>INC-1</r:IncidentID></m:IncidentInformation>
  <m:Funding><r:FundCode>7</r:FundCode></m:Funding>
  <m:ContactInformation>
    <r:ContactDescription>临江人民医院物资科</r:ContactDescription>
    <r:ContactRole>Requester</r:ContactRole>
    <r:AdditionalContactInformation><x:PartyName/></r:AdditionalContactInformation>
  </m:ContactInformation>
  <m:ResourceInformation>
    <m:ResourceInfoElementID>1</m:ResourceInfoElementID>
    <m:Resource>
      <m:Name>N95 口罩</m:Name>
      <m:TypeStructure><r:ValueListURN>urn:example:items</r:ValueListURN><r:Value>n95</r:Value></m:TypeStructure>
    </m:Resource>
    <m:AssignmentInformation>
      <m:Quantity><r:MeasuredQuantity>
        <r:Amount>2400</r:Amount><r:UnitOfMeasure><r:Value>只</r:Value></r:UnitOfMeasure>
      </r:MeasuredQuantity></m:Quantity>
      <m:AnticipatedFunction>采样</m:AnticipatedFunction>
    </m:AssignmentInformation>
    <m:ScheduleInformation>
      <m:ScheduleType>RequestedArrival</m:ScheduleType>
      <m:DateTime>2022-08-02T08:00:00+08:00</m:DateTime>
      <m:Location><r:LocationDescription>东门库房</r:LocationDescription></m:Location>
    </m:ScheduleInformation>
  </m:ResourceInformation>
  <m:ResourceInformation>
    <m:ResourceInfoElementID>2</m:ResourceInfoElementID>
    <m:Resource><m:Name>转运车</m:Name></m:Resource>
    <m:AssignmentInformation>
      <m:Quantity><r:QuantityText>two or three</r:QuantityText></m:Quantity>
    </m:AssignmentInformation>
  </m:ResourceInformation>
</m:RequestResource>"""


def test_a_request_of_others_is_read() -> None:
    assert rm.check(REQUEST.encode()) == []
    message = rm.read(REQUEST.encode())
    assert (message.kind, message.id, message.incident) == ("RequestResource", "LJ-0801-1", "INC-1")
    assert message.sent == datetime(2022, 8, 1, 1, 30, tzinfo=UTC)
    assert message.contacts == (rm.Contact("Requester", "临江人民医院物资科"),)
    masks, cars = message.lines
    due = rm.Schedule("RequestedArrival", datetime(2022, 8, 2, tzinfo=UTC), "东门库房")
    wanted = {
        "name": "N95 口罩",
        "kind": "n95",
        "taxonomy": "urn:example:items",
        "amount": 2400.0,
        "unit": "只",
    }
    assert masks == rm.Line("1", **wanted, purpose="采样", schedules=(due,))
    assert (cars.amount, cars.amount_text) == (None, "two or three")


LINE = "/RequestResource/ResourceInformation[1]"
BROKEN = [
    ("<m:MessageID>LJ-0801-1</m:MessageID>", "", "edxl-missing", "/RequestResource/MessageID"),
    ("<m:MessageID>LJ-0801-1</m:MessageID>", "<m:MessageID/>", "edxl-empty", "/RequestResource/MessageID"),
    ("09:30:00+08:00", "09:30:00", "edxl-time", "/RequestResource/SentDateTime"),
    ("2022-08-02T08", "2022-08-32T08", "edxl-time", f"{LINE}/ScheduleInformation[1]/DateTime"),
    (">RequestResource<", ">CommitResource<", "edxl-kind", "/RequestResource/MessageContentType"),
    ("<r:Amount>2400<", "<r:Amount>2,400<", "edxl-number", "MeasuredQuantity/Amount"),
    ("<r:Amount>2400</r:Amount>", "", "edxl-missing", "MeasuredQuantity/Amount"),
    ("<m:ScheduleType>RequestedArrival</m:ScheduleType>", "", "edxl-missing", "ScheduleType"),
    ("<m:Name>转运车</m:Name>", "", "edxl-missing", "/RequestResource/ResourceInformation[2]/Resource/Name"),
    (
        ">2</m:ResourceInfoElementID>",
        ">1</m:ResourceInfoElementID>",
        "edxl-id-twice",
        "ResourceInformation[2]",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "path"), BROKEN)
def test_each_grave_fault_is_refused_with_its_place(old: str, new: str, code: str, path: str) -> None:
    assert REQUEST.count(old) == 1
    data = REQUEST.replace(old, new).encode()
    grave = [one for one in rm.check(data) if not one.mild]
    assert [one.code for one in grave] == [code]
    assert path in grave[0].path
    with pytest.raises(Unreadable) as refused:
        rm.read(data)
    assert (refused.value.code, refused.value.facts["rule"]) == ("edxl-breaks-rules", code)


def test_what_leaves_no_doubt_is_noticed_and_read() -> None:
    text = REQUEST.replace("<r:UnitOfMeasure>", "<r:Mood>grim</r:Mood><r:UnitOfMeasure>")
    text = text.replace("RequestedArrival", "NeededBy").replace("09:30:00+08:00", "01:30:00.0Z")
    found = [(one.code, one.mild) for one in rm.check(text.encode())]
    assert sorted(found) == [("edxl-time-form", True), ("edxl-unknown-element", True), ("edxl-word", True)]
    message = rm.read(text.encode())
    assert (message.sent.hour, message.lines[0].schedules[0].type) == (1, "NeededBy")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (
            f'<!DOCTYPE a [<!ENTITY b "b">]><RequestResource xmlns="{SPACE}">&b;</RequestResource>',
            "edxl-entities",
        ),
        ('<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>', "edxl-entities"),
        ("<RequestResource", "edxl-not-xml"),
        ("<RequestResource/>", "edxl-not-rm"),
        (f'<RequestResource xmlns="{SHARED}"/>', "edxl-not-rm"),
        (f'<RequestQuote xmlns="{SPACE}"/>', "edxl-not-rm"),
        ("<a>" * 100 + "</a>" * 100, "edxl-too-deep"),
        (" " * (rm.MOST_BYTES + 1), "edxl-too-large"),
        (f'<RequestResource xmlns="{SPACE}">{"<a/>" * 40_000}</RequestResource>', "edxl-too-large"),
        (f'<RequestResource xmlns="{SPACE}"/>', "edxl-breaks-rules"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(data: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        rm.read(data.encode())
    assert refused.value.code == code


def test_an_answer_names_the_message_and_the_lines_that_it_answers() -> None:
    request = rm.read(REQUEST.encode())
    line = replace(request.lines[0], response=rm.Response("1", "Provisional", "half of it"), amount=1200.0)
    answer = replace(
        request, kind="ResponseToRequestResource", id="YC-1", preceding=request.id, lines=(line,)
    )
    data = rm.write(answer)
    assert rm.check(data) == []
    names = {"m": SPACE, "r": SHARED}
    root = ElementTree.fromstring(data)
    assert root.tag == f"{{{SPACE}}}ResponseToRequestResource"
    here = "m:ResourceInformation/m:"
    said = {
        "m:PrecedingMessageID": "LJ-0801-1",
        f"{here}ResponseInformation/m:ResponseType": "Provisional",
        f"{here}AssignmentInformation/m:Quantity/r:MeasuredQuantity/r:Amount": "1200",
        "m:ContactInformation/r:ContactRole": "Requester",
    }
    assert {path: root.findtext(path, namespaces=names) for path in said} == said
    bare = replace(answer, preceding=None, lines=(replace(line, response=None),))
    assert [one.path for one in rm.check(rm.write(bare))] == [
        "/ResponseToRequestResource/PrecedingMessageID",
        "/ResponseToRequestResource/ResourceInformation[1]/ResponseInformation",
    ]


def test_no_other_kind_and_no_time_without_offset_is_written() -> None:
    message = rm.read(REQUEST.encode())
    with pytest.raises(ValueError, match="kind"):
        rm.write(replace(message, kind="Feed"))
    with pytest.raises(ValueError, match="offset"):
        rm.write(replace(message, sent=message.sent.replace(tzinfo=None)))


TEXT = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=20
    )
    .map(str.strip)
    .filter(bool)
)
MAYBE = st.none() | TEXT
TIMES = st.builds(
    lambda seconds, minutes: datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes))),
    st.integers(600_000_000, 3_800_000_000),
    st.sampled_from([0, 480, -300, 330]),
)


def some(one: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    return st.lists(one, min_size=least, max_size=2).map(tuple)


def kept(line: rm.Line) -> rm.Line:
    """A unit stands with an amount only, and a list with its value."""
    unit = line.unit if line.amount is not None else None
    return replace(
        line,
        unit=unit,
        units=line.units if unit else None,
        taxonomy=line.taxonomy if line.kind else None,
        statuses=line.statuses if line.status else None,
    )


LINES = st.builds(
    rm.Line,
    *(TEXT, TEXT, MAYBE, MAYBE, MAYBE),
    *(st.none() | st.integers(0, 10**9).map(float), MAYBE, MAYBE, MAYBE, MAYBE, MAYBE),
    st.builds(rm.Response, TEXT, st.sampled_from(grammar.WORDS["ResponseType"]), MAYBE),
    *(MAYBE, MAYBE, MAYBE),
    some(st.builds(rm.Schedule, st.sampled_from(grammar.WORDS["ScheduleType"]), st.none() | TIMES, MAYBE)),
).map(kept)
MESSAGES = st.builds(
    rm.Message,
    st.sampled_from(grammar.KINDS),
    *(TEXT, TIMES, TEXT),
    some(st.builds(rm.Contact, st.none() | st.sampled_from(grammar.WORDS["ContactRole"]), MAYBE), least=1),
    st.lists(LINES, min_size=1, max_size=2, unique_by=lambda one: one.id).map(tuple),
    *(TEXT, MAYBE, MAYBE, MAYBE),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGES)
def test_what_is_written_keeps_the_rules_and_is_read_back_the_same(message: rm.Message) -> None:
    data = rm.write(message)
    assert rm.check(data) == []
    assert rm.read(data) == message


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"<a>{text}</a>".encode()))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        rm.check(data)
