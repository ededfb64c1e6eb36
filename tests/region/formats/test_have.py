"""HAVE 2.0 both ways: what others write is read, each broken rule has its place, what we write we read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from region.formats import have
from region.formats.findings import Unreadable
from region.formats.have import grammar

EAST = timezone(timedelta(hours=8))
NOON = datetime(2022, 8, 1, 12, tzinfo=EAST)
# As an editor of the drafts would write it: prefixes, capitals in imported names, things that are not read here.
BEDS = """<?xml version="1.0" encoding="UTF-8"?>
<h:HAVE xmlns:h="urn:oasis:names:tc:emergency:edxl:have:2.0" xmlns:ct="urn:oasis:names:tc:emergency:edxl:ct:1.0"
    xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:x="urn:oasis:names:tc:emergency:edxl:ciq:1.0:xnl"
    xmlns:e="urn:oasis:names:tc:emergency:edxl:extension:1.0">
  <h:organizationInformation>
    <x:OrganisationName><x:NameElement>云川市卫生健康委</x:NameElement></x:OrganisationName>
  </h:organizationInformation>
  <h:reportingPeriod>
    <ct:FromDateTime>2022-08-01T00:00:00+08:00</ct:FromDateTime>
    <ct:ToDateTime>2022-08-01T12:00:00+08:00</ct:ToDateTime>
  </h:reportingPeriod>
  <h:reportComment>Noon</h:reportComment>
  <h:facility>
    <h:facilityInformation>
      <h:facilityID>P990106001</h:facilityID>
      <h:facilityName>临江人民医院</h:facilityName>
      <h:facilityGeoLocation><ct:EDXLGeoLocation><gml:Point gml:id="p1">
        <gml:pos>29.1 113.25</gml:pos></gml:Point></ct:EDXLGeoLocation></h:facilityGeoLocation>
      <h:facilityDetails><x:OrganisationName/></h:facilityDetails>
      <h:facilityKind>Hospital</h:facilityKind>
      <h:clinicalStatusDefault>Normal</h:clinicalStatusDefault>
      <h:emergencyDepartmentStatus><h:emsCapacity/></h:emergencyDepartmentStatus>
    </h:facilityInformation>
    <h:serviceList>
      <h:taxonomyURI>urn:example:beds</h:taxonomyURI>
      <h:taxonomyName/>
      <h:serviceListItem>
        <h:serviceTaxonomyKeyValue>icu</h:serviceTaxonomyKeyValue>
        <h:serviceName>重症床位</h:serviceName>
        <h:serviceStatus>
          <h:isAvailable>true</h:isAvailable>
          <h:colourStatus><h:colourCodeDefault>
            <ct:ValueListURI>urn:oasis:names:tc:emergency:EDXL:HAVE:2.0:Defaults:ColourCode</ct:ValueListURI>
            <ct:Value>yellow</ct:Value></h:colourCodeDefault></h:colourStatus>
          <h:comment>two nurses short</h:comment>
          <h:stability>deteriorating</h:stability>
        </h:serviceStatus>
        <h:serviceBedCapacity>
          <h:availableCount>-2</h:availableCount>
          <h:baselineCount>24</h:baselineCount>
          <e:extension><e:community>urn:winex:region:have</e:community><e:id>n</e:id>
            <e:parameter><e:nameURI>urn:winex:region:have:in-use</e:nameURI><e:value>25</e:value></e:parameter>
            <e:parameter><e:nameURI>urn:example:mood</e:nameURI><e:value>grim</e:value></e:parameter>
          </e:extension>
        </h:serviceBedCapacity>
      </h:serviceListItem>
    </h:serviceList>
    <h:resources>
      <h:resourceOffers><h:resourceOffer>
        <h:resourceKind><ct:ValueListURI>urn:example:kit</ct:ValueListURI><ct:Value>vent</ct:Value></h:resourceKind>
        <h:quantityAmount>3</h:quantityAmount>
        <h:quantityUnitOfMeasure>台</h:quantityUnitOfMeasure>
      </h:resourceOffer></h:resourceOffers>
    </h:resources>
  </h:facility>
</h:HAVE>"""


def test_what_others_write_is_read() -> None:
    report = have.read(BEDS.encode())
    midnight = datetime(2022, 7, 31, 16, tzinfo=UTC)
    assert (report.organization, report.comment) == ("云川市卫生健康委", "Noon")
    assert report.period == have.Period(midnight, NOON)
    (facility,) = report.facilities
    assert (facility.id, facility.name, facility.point) == ("P990106001", "临江人民医院", (113.25, 29.1))
    assert facility.organization is None and facility.updated is None
    (listed,) = facility.lists
    assert (listed.taxonomy, listed.title) == ("urn:example:beds", None)
    (icu,) = listed.services
    assert icu.colour == have.Colour("yellow") and icu.open and icu.stability == "deteriorating"
    assert icu.beds == have.Counts(available=-2, baseline=24, in_use=25)
    assert facility.offers == (have.Resource("vent", 3.0, "urn:example:kit", "台"),)


def test_only_what_is_empty_is_noticed_mildly() -> None:
    assert have.check(BEDS.encode()) == [
        have.Problem("edxl-empty", "/HAVE/facility[1]/serviceList[1]/taxonomyName", mild=True)
    ]


PLACE, ITEM = "/HAVE/facility[1]", "/HAVE/facility[1]/serviceList[1]/serviceListItem[1]"
NAME = "<h:facilityName>临江人民医院</h:facilityName>"
BROKEN = [
    (
        "<h:facilityID>P990106001</h:facilityID>",
        "",
        "edxl-missing",
        f"{PLACE}/facilityInformation/facilityID",
    ),
    (NAME, "", "edxl-missing", f"{PLACE}/facilityInformation/facilityName"),
    (NAME, "<h:facilityName> </h:facilityName>", "edxl-empty", f"{PLACE}/facilityInformation/facilityName"),
    (NAME, NAME * 2, "edxl-twice", f"{PLACE}/facilityInformation/facilityName"),
    ("29.1 113.25", "113.25 29.1", "edxl-point", "gml:pos"),
    ("29.1 113.25", "29.1,113.25", "edxl-point", "gml:pos"),
    ("<h:serviceTaxonomyKeyValue>icu</h:serviceTaxonomyKeyValue>", "", "edxl-missing", ITEM),
    (">true<", ">perhaps<", "edxl-flag", f"{ITEM}/serviceStatus/isAvailable"),
    ("<h:isAvailable>true</h:isAvailable>", "", "edxl-missing", f"{ITEM}/serviceStatus/isAvailable"),
    (">-2<", ">two<", "edxl-number", f"{ITEM}/serviceBedCapacity/availableCount"),
    (">-2<", "><b/><", "edxl-not-text", f"{ITEM}/serviceBedCapacity/availableCount"),
    (
        "<h:availableCount>-2</h:availableCount>",
        "",
        "edxl-missing",
        f"{ITEM}/serviceBedCapacity/availableCount",
    ),
    (">24<", ">-24<", "edxl-negative", f"{ITEM}/serviceBedCapacity/baselineCount"),
    (">24<", ">24.5<", "edxl-number", f"{ITEM}/serviceBedCapacity/baselineCount"),
    (
        ">25<",
        ">many<",
        "edxl-number",
        f"{ITEM}/serviceBedCapacity/ext:extension[1]/ext:parameter[1]/ext:value",
    ),
    (">25<", "><", "edxl-number", f"{ITEM}/serviceBedCapacity/ext:extension[1]/ext:parameter[1]/ext:value"),
    ("<ct:Value>vent</ct:Value>", "", "edxl-missing", "resourceOffer[1]/resourceKind/ct:value"),
    (">3<", ">3 or 4<", "edxl-number", "resourceOffer[1]/quantityAmount"),
    ("<ct:ToDateTime>2022-08-01T12", "<ct:ToDateTime>2022-08-01T25", "edxl-time", "ct:todatetime"),
    ("12:00:00+08:00<", "12:00:00<", "edxl-time", "/HAVE/reportingPeriod/ct:todatetime"),
    ("12:00:00+08:00<", "noon<", "edxl-time", "/HAVE/reportingPeriod/ct:todatetime"),
    ("<ct:ToDateTime>2022-08-01", "<ct:ToDateTime>2022-07-01", "edxl-period", "/HAVE/reportingPeriod"),
]


@pytest.mark.parametrize(("old", "new", "code", "path"), BROKEN)
def test_each_grave_fault_is_refused_with_its_place(old: str, new: str, code: str, path: str) -> None:
    assert BEDS.count(old) == 1
    data = BEDS.replace(old, new).encode()
    grave = [one for one in have.check(data) if not one.mild]
    assert [one.code for one in grave] == [code]
    assert path in grave[0].path
    with pytest.raises(Unreadable) as refused:
        have.read(data)
    assert refused.value.code == "edxl-breaks-rules"
    assert (refused.value.facts["rule"], refused.value.facts["path"]) == (code, grave[0].path)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<h:facilityKind>", "<h:mood>grim</h:mood><h:facilityKind>", "edxl-unknown-element"),
        (">Hospital<", ">Fangcang<", "edxl-word"),
        (">P990106001<", ">990106001<", "edxl-id"),
        ("12:00:00+08:00<", "04:00:00.5Z<", "edxl-time-form"),
        (">-2<", ">26<", "edxl-more-than-all"),
        (
            "<h:facilityKind>Hospital</h:facilityKind>",
            "<h:parentFacility>P1</h:parentFacility>",
            "edxl-order",
        ),
    ],
)
def test_what_leaves_no_doubt_is_noticed_and_read(old: str, new: str, code: str) -> None:
    assert BEDS.count(old) == 1
    data = BEDS.replace(old, new).encode()
    assert [one.code for one in have.check(data) if one.code != "edxl-empty"] == [code]
    assert have.read(data).facilities[0].lists[0].services[0].key == "icu"


def test_two_facilities_do_not_share_an_id() -> None:
    start, end = BEDS.index("  <h:facility>"), BEDS.index("</h:HAVE>")
    found = have.check((BEDS[:end] + BEDS[start:]).encode())
    assert [(one.code, one.path) for one in found if not one.mild] == [
        ("edxl-id-twice", "/HAVE/facility[2]/facilityInformation/facilityID")
    ]


SPACE = "urn:oasis:names:tc:emergency:edxl:have:2.0"
BOMB = f"""<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]>
<HAVE xmlns="{SPACE}"><reportComment>&d;</reportComment></HAVE>"""
OUTSIDE = f"""<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>
<HAVE xmlns="{SPACE}"><reportComment>&b;</reportComment></HAVE>"""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB.encode(), "edxl-entities"),
        (OUTSIDE.encode(), "edxl-entities"),
        (f'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><HAVE xmlns="{SPACE}"/>'.encode(), "edxl-entities"),
        (b"<HAVE", "edxl-not-xml"),
        (b"", "edxl-not-xml"),
        (b"<HAVE/>", "edxl-not-have"),
        (b'<HospitalStatus xmlns="urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"/>', "edxl-not-have"),
        (f'<facility xmlns="{SPACE}"/>'.encode(), "edxl-not-have"),
        (b"<a>" * 100 + b"</a>" * 100, "edxl-too-deep"),
        (b" " * (have.MOST_BYTES + 1), "edxl-too-large"),
        (f'<HAVE xmlns="{SPACE}"/>'.encode(), "edxl-breaks-rules"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        have.read(data)
    assert refused.value.code == code


def test_the_written_file_speaks_with_the_names_of_the_standard() -> None:
    beds = have.Counts(3, baseline=20, in_use=15, broken=2, updated=NOON)
    ward = have.Service("negative-pressure", "负压病房", open=True, beds=beds, capacity="Open")
    place = have.Facility(
        "P1", "医院", "院办", point=(113.25, 29.1), lists=(have.ServiceList((ward,), "urn:b", "床"),)
    )
    root = ElementTree.fromstring(have.write(have.Report("卫健委", (place,), have.Period(NOON, NOON))))
    names = {"h": SPACE, **grammar.IMPORTED}
    item = "h:facility/h:serviceList/h:serviceListItem"
    said = {
        "h:organizationInformation/n:organisationName/n:nameElement": "卫健委",
        "h:reportingPeriod/ct:toDateTime": "2022-08-01T12:00:00+08:00",
        "h:facility/h:facilityInformation/h:facilityID": "P1",
        "h:facility/h:facilityInformation/h:facilityGeoLocation/ct:EDXLGeoLocation/gml:Point/gml:pos": "29.1 113.25",
        f"{item}/h:serviceBedCapacity/h:availableCount": "3",
        f"{item}/h:serviceBedCapacity/h:baselineCount": "20",
        f"{item}/h:capacity/ct:value": "Open",
    }
    assert {path: root.findtext(path, namespaces=names) for path in said} == said
    beyond = root.findall(f"{item}/h:serviceBedCapacity/ext:extension/ext:parameter", names)
    assert [one.findtext("ext:value", namespaces=names) for one in beyond] == [
        *("15", "2", "2022-08-01T12:00:00+08:00"),
    ]


def test_a_time_without_its_offset_is_not_written() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="offset"):
        have.write(have.Report("x", (), have.Period(naive, naive)))


def test_no_more_problems_are_told_than_anybody_reads() -> None:
    names = BEDS.replace("<h:facilityKind>", "<h:mood/>" * 2000 + "<h:facilityKind>").replace(">24<", ">x<")
    found = have.check(names.encode())
    assert sum(one.mild for one in found) == 500
    assert [one.code for one in found if not one.mild] == ["edxl-number"]


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"<a>{text}</a>".encode()))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        have.check(data)
